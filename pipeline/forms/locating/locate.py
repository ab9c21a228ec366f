"""Where the form's parts are in a workbook that came back, and what the workbook says about itself.

People rename tabs, move columns and insert rows. Sheets are found by the title on the tab or in the sheet, columns by
their headers; places in the file prove nothing (W17, W18). Nothing is guessed: what fits two places is a finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import takewhile

from pipeline.catalogue import plural, text
from pipeline.forms.definition.form import FormDefinition
from pipeline.forms.locating.draftmark import draft_mark
from pipeline.forms.locating.notes import Note
from pipeline.forms.parts import layout
from pipeline.forms.parts.sheets import SheetSpec
from pipeline.forms.workbooks.cells import Cell
from pipeline.forms.workbooks.titles import normal
from pipeline.forms.workbooks.values import is_blank
from pipeline.forms.workbooks.workbook import (
    RawSheet,
    RawWorkbook,
)
from pipeline.model import Finding, Severity

_HEADER_SEARCH = 40
"""How far down the header is looked for: people insert rows above a table, not pages."""
_TELLING = 4
"""How many letters of two tabs' titles are the same when one is named after the other."""
_TOKEN = re.compile(r"[A-Za-z0-9._+-]{16,200}")
_RULE = "structure"


@dataclass(frozen=True, slots=True)
class Carriers:
    """What the workbook says of itself; nothing here is proved. ``tokens`` holds one entry for each carrier that has
    a token (hidden cell, keywords), so that two equal entries mean that both agree. ``draft``: the cover says «да», or
    None where its mark is neither «да» nor «нет»; ``notes`` then quote the mark.
    """

    tokens: tuple[str, ...] = ()
    form_id: str | None = None
    form_version: int | None = None
    code: str | None = None
    draft: bool | None = False
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class LocatedSheet:
    """A sheet of the form in the file. ``columns`` is column id → spreadsheet column; rows are the file's own."""

    spec: SheetSpec
    raw: RawSheet
    columns: Mapping[str, int]
    header_row: int
    first_row: int

    @property
    def last_row(self) -> int:
        """The last row in which the form offered a place for data."""
        return self.first_row + self.spec.rows.max - 1


@dataclass(frozen=True, slots=True)
class Located:
    """``sheets`` is sheet id → place; ``findings`` say what is missing, ``notes`` what was found changed.

    ``strangers`` are the visible sheets that the form does not know by title or header; each has a note.
    """

    sheets: Mapping[str, LocatedSheet]
    findings: tuple[Finding, ...] = ()
    notes: tuple[Note, ...] = ()
    strangers: tuple[RawSheet, ...] = ()

    @property
    def repaired(self) -> tuple[str, ...]:
        """The sentences of the notes."""
        return tuple(note.message for note in self.notes)


def keywords_of(token: str, form: FormDefinition) -> str:
    """Return the core property keywords that carry the form's identity; ``carriers`` reads them back."""
    return f"kabinet token={token} form={form.form} version={form.version}"


def carriers(workbook: RawWorkbook) -> Carriers:
    """Return what the workbook's hidden sheet, keywords and cover say."""
    key = _key_sheet(workbook)
    words = dict(word.split("=", 1) for word in workbook.keywords.split() if "=" in word)
    spoken = workbook.keywords.strip()
    tokens = [key.get("token"), words.get("token") or spoken]
    version = key.get("version") or words.get("version") or ""
    mark, note = draft_mark(workbook)
    return Carriers(
        tokens=tuple(token for token in tokens if token and _TOKEN.fullmatch(token)),
        form_id=key.get("form") or words.get("form"),
        form_version=int(version) if re.fullmatch(r"\d{1,6}", version) else None,
        code=key.get("code") or _beside(workbook, "cover.code") or None,
        draft=mark,
        notes=note,
    )


def locate(form: FormDefinition, workbook: RawWorkbook) -> Located:
    """Find the form's sheets and columns in ``workbook``; a finding is an error of structure."""
    chosen, renamed, free = _sheets(form, workbook)
    located: dict[str, LocatedSheet] = {}
    findings: list[Finding] = []
    noted = [
        Note(text("structure.sheet_renamed", title=spec.title, found=raw.title), spec.title) for spec, raw in renamed
    ]
    present = [sheet.title for sheet in workbook.sheets if sheet.is_visible]
    for spec in form.sheets:
        raw = chosen.get(spec.id)
        if raw is None:
            found = ", ".join(f"«{title}»" for title in present) or text("structure.nothing")
            missing = _finding("sheet_missing", spec, title=spec.title, found=found)
            opt_out = form.opt_out(spec)
            words = f" {text('structure.sheet_missing.opt_out', value=opt_out)}" if opt_out else ""
            findings.append(replace(missing, message=missing.message + words))
            continue
        sheet, faults, notes = _columns(spec, raw)
        located[spec.id] = sheet
        findings += faults
        noted += notes
    noted += _swapped(form, chosen)
    strangers: list[RawSheet] = []
    for raw in free:
        twin, same = _twin(form, located, raw)
        if twin is not None and (raw.is_visible or not same):
            findings.append(twin)
        elif raw.is_visible and raw.rows:
            noted.append(Note(text("structure.sheet_passed_over", title=raw.title), raw.title))
            strangers.append(raw)
    return Located(located, tuple(findings), tuple(noted), tuple(strangers))


def _finding(
    code: str, spec: SheetSpec, row: int | None = None, column: str | None = None, **values: object
) -> Finding:
    message = text(f"structure.{code}", sheet=spec.title, **values)
    return Finding(f"structure.{code}", _RULE, Severity.ERROR, message, sheet=spec.title, row=row, column=column)


def _key_sheet(workbook: RawWorkbook) -> dict[str, str]:
    """Return the pairs of the hidden key sheet; its cells are found by their labels, wherever rows have moved."""
    pairs: dict[str, str] = {}
    for sheet in workbook.sheets:
        if sheet.title.casefold() == layout.KEY_SHEET:
            for cells in sheet.rows.values():
                label, value = cells.get(1), cells.get(2)
                if isinstance(label, str) and isinstance(value, str | int | float):
                    pairs[label.strip()] = value.strip() if isinstance(value, str) else f"{value:.15g}"
    return pairs


def _beside(workbook: RawWorkbook, label: str) -> str:
    """Return the text to the right of a label of the cover, "" where there is none."""
    wanted = normal(text(label))
    for sheet in workbook.sheets:
        for cells in sheet.rows.values() if sheet.is_visible else ():
            for column, cell in cells.items():
                if normal(cell) == wanted:
                    right = sorted(other for other in cells if other > column and not is_blank(cells[other]))
                    return str(cells[right[0]]).strip() if right else ""
    return ""


def _printed(raw: RawSheet) -> set[str]:
    """The texts above the table: people rename the tab, not the title that the form prints in the sheet."""
    return {normal(cell) for row in range(1, layout.HEADER_ROW) for cell in raw.rows.get(row, {}).values()}


def _sheets(
    form: FormDefinition, workbook: RawWorkbook
) -> tuple[dict[str, RawSheet], list[tuple[SheetSpec, RawSheet]], list[RawSheet]]:
    """Match sheets in three passes: by tab, by the printed title, and by header where only one pair is left.

    Return sheet id → sheet, those found under another name, and the sheets that are left.
    """
    own = {layout.KEY_SHEET, layout.LISTS_SHEET, layout.FINDINGS_TITLE.casefold(), layout.COVER_TITLE.casefold()}
    free = [sheet for sheet in workbook.sheets if sheet.title.casefold() not in own]
    chosen: dict[str, RawSheet] = {}
    renamed: list[tuple[SheetSpec, RawSheet]] = []
    for by_tab in (True, False):
        for spec in form.sheets:
            if spec.id in chosen:
                continue
            tab, printed = normal(spec.title), normal(layout.printed_title(form.title, spec))
            fitting = [raw for raw in free if (normal(raw.title) == tab if by_tab else printed in _printed(raw))]
            if len(fitting) == 1:
                chosen[spec.id] = fitting[0]
                free.remove(fitting[0])
                if not by_tab:
                    renamed.append((spec, fitting[0]))
    left = [spec for spec in form.sheets if spec.id not in chosen]
    if len(left) == 1:
        fitting = [raw for raw in free if len(_header(left[0], raw)[1]) * 2 > len(left[0].columns)]
        if len(fitting) == 1:
            chosen[left[0].id] = fitting[0]
            renamed.append((left[0], fitting[0]))
            free.remove(fitting[0])
    return chosen, renamed, free


def _swapped(form: FormDefinition, chosen: Mapping[str, RawSheet]) -> Iterator[Note]:
    """A tab that names one sheet of the form over the printed title of another: the tab counts, with a note (W30)."""
    printed = {normal(layout.printed_title(form.title, spec)): spec for spec in form.sheets}
    for spec in form.sheets:
        raw = chosen.get(spec.id)
        others = [printed[key] for key in _printed(raw) & printed.keys()] if raw is not None else []
        if raw is not None and others and spec not in others:
            message = text("structure.tab_swapped", title=raw.title, printed=others[0].title, sheet=spec.title)
            yield Note(message, raw.title, layout.address(layout.TITLE_ROW, 1))


def _twin(form: FormDefinition, located: Mapping[str, LocatedSheet], raw: RawSheet) -> tuple[Finding | None, bool]:
    """Return the finding for a sheet with rows of a table that another sheet holds (W29), and whether they are equal.

    A sheet without most of the headers is the sender's own; a blank copy has nothing to lose.
    """
    copies = [
        (taken, _columns(taken.spec, raw)[0])
        for taken in located.values()
        if len(_header(taken.spec, raw)[1]) * 2 > len(taken.spec.columns)
    ]
    ranked = [(_kinship(form, original, copy), original, copy) for original, copy in copies]
    if not ranked:
        return None, False
    nearest = max(rank for rank, _, _ in ranked)
    near = [(original, copy) for rank, original, copy in ranked if rank == nearest]
    original, copy = near[0]
    rows, taken_rows = _rows(copy), _rows(original)
    if not rows:
        return None, False
    if not raw.is_visible:
        code = "structure.sheet_twice_hidden"
    elif {*map(tuple, rows)} <= {*map(tuple, taken_rows)}:
        code = "structure.sheet_copied"
    else:
        code = "structure.sheet_twice" if len(near) == 1 else "structure.sheet_twice_of_several"
    count = plural(len(rows), "строка", "строки", "строк")
    titles = " и ".join(f"«{sheet.spec.title}»" for sheet, _ in near)
    message = text(code, title=raw.title, sheet=original.spec.title, sheets=titles, rows=count)
    first = min(row for row, cells in raw.rows.items() if row >= copy.first_row and cells)
    place = layout.address(first, min(copy.columns.values(), default=1))
    finding = Finding("structure.sheet_twice", _RULE, Severity.ERROR, message, sheet=raw.title, row=first, cell=place)
    return finding, rows == taken_rows


def _kinship(form: FormDefinition, original: LocatedSheet, copy: LocatedSheet) -> tuple[bool, bool, int, int, bool]:
    """Return how surely the rows of ``copy`` are those of ``original``; the greater, the surer.

    Sheets of a form may have the same headers: what is in the copy counts first, then its own title, then which sheet
    of the form has no rows.
    """
    rows, taken_rows = _rows(copy), _rows(original)
    printed = normal(layout.printed_title(form.title, original.spec)) in _printed(copy.raw)
    letters = zip(normal(original.spec.title), normal(copy.raw.title), strict=False)
    begins = len(list(takewhile(lambda pair: pair[0] == pair[1], letters)))
    alike = begins if begins >= _TELLING else 0
    return rows == taken_rows, printed, len(_header(original.spec, copy.raw)[1]), alike, not taken_rows


def _rows(sheet: LocatedSheet) -> list[list[Cell]]:
    """The rows below the header with something in the form's columns, in the order of the definition."""
    places = [sheet.columns[column.id] for column in sheet.spec.columns if column.id in sheet.columns]
    below = (
        [sheet.raw.cell(row, place) for place in places] for row in sorted(sheet.raw.rows) if row >= sheet.first_row
    )
    return [cells for cells in below if not all(is_blank(cell) for cell in cells)]


def _header(spec: SheetSpec, raw: RawSheet) -> tuple[int, dict[int, str]]:
    """Return the header's row and its cells (column → normal text): the row that names the most columns."""
    wanted = _keys(spec.titles)
    best, best_row, named = 0, layout.HEADER_ROW, {}
    for row in sorted(raw.rows):
        if row > layout.HEADER_ROW + _HEADER_SEARCH:
            break
        cells = {column: normal(cell) for column, cell in raw.rows[row].items()}
        hits = len(wanted.intersection(cells.values()))
        if hits > best:
            best, best_row, named = hits, row, cells
        if best == len(wanted):  # no row can name more
            break
    return best_row, {column: name for column, name in named.items() if name in wanted}


def _is_as_sent(spec: SheetSpec, raw: RawSheet) -> bool:
    """Whether the header is where and what the form has: in nearly every file, so that no title need be compared."""
    if raw.rows.get(layout.HEADER_ROW) != spec.header:
        return False
    return all(len(raw.rows.get(row, ())) < len(_keys(spec.titles)) for row in range(1, layout.HEADER_ROW))


def _columns(spec: SheetSpec, raw: RawSheet) -> tuple[LocatedSheet, list[Finding], list[Note]]:
    if _is_as_sent(spec, raw):
        first = layout.KINDS_ROW + _is_kinds_row(spec, raw, layout.KINDS_ROW, spec.numbers)
        return LocatedSheet(spec, raw, spec.numbers, layout.HEADER_ROW, first), [], []
    header_row, named = _header(spec, raw)
    few = len(named) * 2 <= len(spec.columns)
    if not named or (
        few and _is_kinds_row(spec, raw, header_row, spec.numbers)
    ):  # a column may be called «Код» as well
        titles = ", ".join(f"«{column.title}»" for column in spec.columns)
        return LocatedSheet(spec, raw, {}, header_row, header_row + 1), [_finding("no_header", spec, titles=titles)], []
    places: dict[str, list[int]] = {}
    for place in sorted(named):
        places.setdefault(named[place], []).append(place)
    columns: dict[str, int] = {}
    findings: list[Finding] = []
    notes: list[Note] = []
    # Two columns of one title differ by their order, which is that of the definition.
    for key, ids in _by_title(tuple(spec.numbers), spec.titles).items():
        found = places.get(key, [])
        columns |= dict(zip(ids, found, strict=False))
        if len(found) > len(ids):
            title = spec.column(ids[0]).title
            where = ", ".join(layout.letters(place) for place in found)
            findings.append(_finding("column_twice", spec, header_row, ids[0], title=title, where=where))
    missing = [column for column in spec.columns if column.id not in columns]
    for column in missing:
        place = layout.column_number(spec, column.id)
        if _stands_in_place(spec, raw, header_row, columns, place):
            columns[column.id] = place
            found_title = raw.cell(header_row, place)
            message = text("structure.column_renamed", sheet=spec.title, title=column.title, found=found_title)
            notes.append(Note(message, spec.title, layout.address(header_row, place)))
        else:
            findings.append(
                _finding("column_missing", spec, header_row, column.id, title=column.title, header=header_row)
            )
    moved = [key for key, place in columns.items() if place != spec.numbers[key]]
    if moved and not findings:
        titles = ", ".join(f"«{spec.column(key).title}»" for key in moved)
        steps = {place - spec.numbers[key] for key, place in columns.items()}
        code = "structure.table_moved" if len(steps) == 1 else "structure.columns_moved"
        message = text(code, sheet=spec.title, titles=titles)
        notes.append(Note(message, spec.title, layout.address(header_row, min(columns[key] for key in moved))))
    first = header_row + 1 + _is_kinds_row(spec, raw, header_row + 1, columns)
    return LocatedSheet(spec, raw, columns, header_row, first), findings, notes


@lru_cache(maxsize=256)
def _keys(words: tuple[str, ...]) -> frozenset[str]:
    """Return ``words`` as titles are compared. They are a form's own and come again with every workbook."""
    return frozenset(normal(word) for word in words)


@lru_cache(maxsize=256)
def _by_title(ids: tuple[str, ...], titles: tuple[str, ...]) -> Mapping[str, Sequence[str]]:
    """Return the ids of the columns of each title; ``ids`` and ``titles`` are a form's own as well."""
    by_title: dict[str, list[str]] = {}
    for column_id, title in zip(ids, titles, strict=True):
        by_title.setdefault(normal(title), []).append(column_id)
    return by_title


def _stands_in_place(spec: SheetSpec, raw: RawSheet, header_row: int, columns: Mapping[str, int], place: int) -> bool:
    """Whether a column whose header was rewritten can be taken by its place: the others are all in theirs,
    more than half of the headers are right, and this place has a header that belongs to no one else."""
    in_place = all(other == layout.column_number(spec, key) for key, other in columns.items())
    known = sum(normal(raw.cell(header_row, other)) == normal(spec.column(key).title) for key, other in columns.items())
    has_header = bool(normal(raw.cell(header_row, place)))
    return in_place and known * 2 > len(spec.columns) and has_header and place not in columns.values()


def _is_kinds_row(spec: SheetSpec, raw: RawSheet, row: int, columns: Mapping[str, int]) -> bool:
    """Whether the row under the header is still the row of kinds (Fig. 14): some people delete it."""
    if raw.rows.get(row) == spec.kinds_row:
        return True
    words = _keys(spec.kinds)
    cells = [cell for place in columns.values() if (cell := raw.cell(row, place)) is not None]
    # A number or a date is no name of a kind: such a row holds data, and taking it for kinds would lose it silently.
    if not all(isinstance(cell, str) for cell in cells):
        return False
    said = [key for cell in cells if (key := normal(cell))]
    return bool(said) and words.issuperset(said)
