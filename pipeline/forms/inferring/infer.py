"""An administrator's existing Excel form → a definition to edit: YAML with a remark beside everything that was guessed.

``kabinet form infer``. The text always loads (``load_form``): what cannot be known is left out and said in a comment.
"""

from __future__ import annotations

import json
import posixpath
import re
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pipeline.authoring.tree import plain_scalar
from pipeline.catalogue import text
from pipeline.errors import ConfigurationError
from pipeline.files.names import slug
from pipeline.forms.definition import describe
from pipeline.forms.definition.form import (
    FormDefinition,
    load_form,
)
from pipeline.forms.inferring.guess import (
    Guess,
    guess_column,
)
from pipeline.forms.inferring.surroundings import (
    DressedBook,
    DressedSheet,
    open_book,
)
from pipeline.forms.inferring.tables import (
    Table,
    find_table,
)
from pipeline.forms.parts import layout
from pipeline.forms.parts.columns import RESERVED_IDS
from pipeline.forms.parts.limits.choice import list_name
from pipeline.forms.workbooks.values import (
    match_key,
    normalise,
)

SCHEMA = "../../docs/schema/form.schema.json"
"""Where editors find the schema, seen from ``publications/<code>/form.yaml``."""
_MOST_SHEETS = 50
_LONGEST_LINE = 100
_NUMBERING = re.compile(r"№( ?п ?/ ?п| ?п\.? ?п\.?)?|n п/п|номер (строки|по порядку)")
_OPT_OUT = re.compile(r"не (участву|провод|приним)")
_BAD_TITLE = re.compile(r"[\[\]:*?/\\']")


@dataclass
class _Column:
    id: str
    guess: Guess
    list: str | None = None


@dataclass
class _Sheet:
    id: str
    title: str
    table: Table
    columns: list[_Column]
    hint: str = ""
    notes: list[str] = field(default_factory=list)


@dataclass
class _Lists:
    """The lists found so far: id → values; equal lists are one."""

    values: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def put(self, guess: Guess) -> str:
        for known, values in self.values.items():
            if values == guess.values:
                return known
        name = guess.list_name.removeprefix(list_name("")) or guess.title
        key = _unique(identifier(name), self.values)
        self.values[key] = guess.values
        return key


def infer_form(data: bytes, name: str) -> str:
    """Return the YAML of a form made from the workbook in ``data`` (.xlsx, .xlsm) called ``name``.

    Sheets, columns, types, lists and limits are taken from its tables and their validations. Raises
    UnreadableWorkbook for what cannot be read, ConfigurationError when no sheet has a table.
    """
    book = open_book(data)
    lists = _Lists()
    sheets: list[_Sheet] = []
    passed: list[str] = []
    for sheet in book.sheets:
        if not sheet.raw.is_visible or _is_ours(book, sheet):
            continue
        table = find_table(sheet)
        made = None if table is None or len(sheets) >= _MOST_SHEETS else _sheet(book, sheet, table, lists, sheets)
        if made is None:
            passed += [sheet.raw.title] if sheet.raw.rows else []
        else:
            sheets.append(made)
    if not sheets:
        raise ConfigurationError("infer.nothing", file=name)
    form_title = _form_title(book, sheets, name)
    for made in sheets:
        made.hint = _hint(form_title, made)
    draft = list(_yaml(name, form_title, lists, sheets, passed, {}))
    hints = _hints(load_form("\n".join(draft), name), sheets)
    return "\n".join(_yaml(name, form_title, lists, sheets, passed, hints)) + "\n"


def identifier(title: str) -> str:
    """A permanent id made of a title: «Дата 1й курс» → ``data_1y_kurs``."""
    words = slug(normalise(title))
    if not words or not words[0].isalpha():
        words = f"c_{words}".rstrip("_")
    return words[:40].rstrip("_")


def _is_ours(book: DressedBook, sheet: DressedSheet) -> bool:
    """The cover and the findings of a form that this program made are no part of the form's definition."""
    return book.is_ours and sheet.raw.title in (layout.COVER_TITLE, layout.FINDINGS_TITLE)


def _sheet(book: DressedBook, sheet: DressedSheet, table: Table, lists: _Lists, others: list[_Sheet]) -> _Sheet | None:
    columns: list[_Column] = []
    notes = list(table.remarks)
    for place in table.titles:
        guess = guess_column(book, sheet, table, place)
        if _NUMBERING.fullmatch(guess.title.casefold()):
            notes.append(text("infer.numbering", title=guess.title))
            continue
        _own_title(guess, columns)
        key = _unique(identifier(guess.title), [column.id for column in columns] + list(RESERVED_IDS))
        columns.append(_Column(key, guess, lists.put(guess) if guess.type == "choice" else None))
    if not columns:
        return None
    _settle_required(columns)
    title = " ".join(_BAD_TITLE.sub(" ", normalise(sheet.raw.title)).split())[:31].strip() or "Лист"
    taken = {match_key(other.title) for other in others} | {
        match_key(word) for word in (layout.COVER_TITLE, layout.FINDINGS_TITLE)
    }
    if match_key(title) in taken:
        title = next(new for n in range(2, 100) if match_key(new := f"{title[:28]} {n}") not in taken)
        notes.append(text("infer.sheet_renamed", title=sheet.raw.title))
    return _Sheet(_unique(identifier(title), [other.id for other in others]), title, table, columns, notes=notes)


def _own_title(guess: Guess, columns: list[_Column]) -> None:
    """Two columns of one title would differ by their order alone: number the later one."""
    taken = {match_key(column.guess.title) for column in columns}
    if match_key(guess.title) in taken:
        guess.note("title_twice", title=guess.title)
        guess.title = next(new for n in range(2, 300) if match_key(new := f"{guess.title} ({n})") not in taken)


def _settle_required(columns: list[_Column]) -> None:
    """Prompts that say so outweigh stars: on our own forms a star may also mark what depends on other cells."""
    word = match_key(text("forms.prompt.required"))
    said = [word in match_key(column.guess.prompt) for column in columns]
    for column, required in zip(columns, said, strict=True):
        guess = column.guess
        if any(said):
            guess.required = required
        elif "обязат" in guess.prompt.casefold() and "необязат" not in guess.prompt.casefold():
            guess.required = True
        if guess.required:
            guess.note("required")


def _unique(name: str, taken: Iterable[str]) -> str:
    taken = set(taken)
    return name if name not in taken else next(new for n in range(2, 10_000) if (new := f"{name}_{n}") not in taken)


def _form_title(book: DressedBook, sheets: list[_Sheet], name: str) -> str:
    first = sheets[0].table.above[0] if sheets[0].table.above else ""
    return (book.title or first.removesuffix(f" — {sheets[0].title}") or _stem(name))[:250]


def _stem(name: str) -> str:
    return posixpath.splitext(posixpath.basename(name.replace("\\", "/")))[0].strip() or "form"


def _hint(form_title: str, sheet: _Sheet) -> str:
    """The text above the table, without the title: a hint; braces would be taken for placeholders."""
    titles = {match_key(form_title), match_key(sheet.title), match_key(f"{form_title} — {sheet.title}")}
    words = [label for label in sheet.table.above if match_key(label) not in titles]
    if words == [text("sheet.no_hint")]:
        return ""
    return " ".join(words)[:2_000].replace("{", "{{").replace("}", "}}")


def _hints(form: FormDefinition, sheets: list[_Sheet]) -> dict[tuple[str, str], str]:
    """What the prompts say beyond what the program will say itself."""
    hints = {}
    for sheet in sheets:
        for column in sheet.columns:
            spec = form.sheet(sheet.id).column(column.id)
            own = {match_key(sentence) for sentence in _sentences(describe.prompt(form, form.sheet(sheet.id), spec))}
            own.add(match_key(text("forms.prompt.required") + "."))
            extra = [
                sentence
                for sentence in _sentences(column.guess.prompt)
                if match_key(sentence) not in own and match_key(sentence + ".") not in own
            ]
            hints[sheet.id, column.id] = " ".join(extra)
    return hints


def _sentences(words: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.!?…])\s+", words.strip()) if part]


def _yaml(
    name: str,
    form_title: str,
    lists: _Lists,
    sheets: list[_Sheet],
    passed: list[str],
    hints: dict[tuple[str, str], str],
) -> Iterator[str]:
    yield f"# yaml-language-server: $schema={SCHEMA}"
    yield _comment("about", file=name)
    yield _comment("what_to_do")
    if passed:
        yield _comment("passed", sheets=", ".join(f"«{title}»" for title in passed))
    yield f"form: {_scalar(identifier(_stem(name)).replace('_', '-'))}"
    yield "version: 1"
    yield f"title: {_scalar(form_title)}"
    if lists.values:
        yield from ("", "lists:")
        for key, values in lists.values.items():
            yield from _list(key, values)
    yield from ("", "sheets:")
    for sheet in sheets:
        yield from _sheet_yaml(sheet, hints)
    yield ""
    yield _comment("rules")


def _list(key: str, values: tuple[str, ...]) -> Iterator[str]:
    opt_out = values[-1] if len(values) > 1 and _OPT_OUT.match(match_key(values[-1])) else None
    yield f"  {key}:"
    yield "    values:"
    for value in values[:-1] if opt_out else values:
        yield f"      - {_scalar(value)}"
    if opt_out:
        yield f"    {_comment('opt_out')}"
        yield f"    opt_out: {_scalar(opt_out)}"


def _sheet_yaml(sheet: _Sheet, hints: dict[tuple[str, str], str]) -> Iterator[str]:
    yield f"  - id: {_scalar(sheet.id)}"
    yield f"    title: {_scalar(sheet.title)}"
    if sheet.hint:
        yield from _hint_yaml("    ", sheet.hint)
    for note in sheet.notes:
        yield f"    # {_line(note)}"
    table = sheet.table
    code = "rows_guessed" if table.guessed else "rows"
    yield f"    {_comment(code, header=table.header, first=table.first, last=table.last)}"
    yield f"    rows: {{max: {table.last - table.first + 1}, min_filled: 1}}"
    yield "    columns:"
    for column in sheet.columns:
        yield from _column_yaml(column, hints.get((sheet.id, column.id), ""))


def _column_yaml(column: _Column, hint: str) -> Iterator[str]:
    guess = column.guess
    for note in guess.notes:
        yield f"      # {_line(note)}"
    yield f"      - id: {_scalar(column.id)}"
    yield f"        title: {_scalar(guess.title)}"
    yield f"        type: {guess.type}"
    if column.list:
        yield f"        list: {_scalar(column.list)}"
    if guess.required:
        yield "        required: true"
    if guess.range:
        yield f"        range: [{', '.join(map(_bound, guess.range))}]"
    if guess.length:
        yield f"        length: [{', '.join(map(_bound, guess.length))}]"
    if hint:
        yield from _hint_yaml("        ", hint)


def _bound(value: Any) -> str:  # noqa: ANN401 - a number, a date or nothing
    if value is None:
        return "null"
    return value.isoformat() if isinstance(value, date) else repr(value)


def _comment(code: str, **values: object) -> str:
    return "# " + _line(text(f"infer.{code}", **values))


def _line(words: str) -> str:
    return " ".join(normalise(words).split())


def _scalar(value: str) -> str:
    """A text as YAML on one line: bare where it stays that very text, else in quotes (JSON's are YAML's too)."""
    clean = " ".join(normalise(value).split())
    if plain_scalar(clean):
        return clean
    return json.dumps(clean, ensure_ascii=False) if "'" in clean or "\\" in clean else f"'{clean}'"


def _hint_yaml(indent: str, hint: str) -> Iterator[str]:
    """A hint on one line, or folded over several."""
    if len(hint) <= _LONGEST_LINE:
        yield f"{indent}hint: {_scalar(hint)}"
        return
    clean = " ".join(normalise(hint).split())
    yield f"{indent}hint: >-"
    for line in textwrap.wrap(clean, _LONGEST_LINE, break_long_words=False, break_on_hyphens=False):
        yield f"{indent}  {line}"
