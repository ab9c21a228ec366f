"""What a definition must agree on within itself: names that exist, types that fit, limits that can be met.

pydantic has seen to the shape of each part; here the parts are held against each other. Nothing raises: each mistake
is yielded with its place in the YAML.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from pipeline.authoring.mistake import (
    Mistake,
    Path,
)
from pipeline.forms.definition import describe
from pipeline.forms.definition.spec import FormDefinition
from pipeline.forms.parts import layout
from pipeline.forms.parts.columns import column_mistakes
from pipeline.forms.parts.sheets import ListSpec, PrefillSpec, SheetSpec, UnpivotSpec
from pipeline.forms.workbooks.titles import normal
from pipeline.forms.workbooks.values import match_key

_RESERVED = {match_key(title) for title in (layout.COVER_TITLE, layout.FINDINGS_TITLE)} | {
    layout.KEY_SHEET,
    layout.LISTS_SHEET,
}


def mistakes(form: FormDefinition) -> Iterator[Mistake]:
    """Yield what does not agree in ``form``; nothing for a right one."""
    for index, version in enumerate(form.accepts):
        if version >= form.version:
            yield Mistake(("accepts", index), "author.accepts_newer", {"value": version, "version": form.version})
    for list_id, listed in form.lists.items():
        yield from _list(("lists", list_id), listed)
    yield from _twice((sheet.id for sheet in form.sheets), lambda index: ("sheets", index, "id"))
    yield from _twice((normal(sheet.title) for sheet in form.sheets), lambda index: ("sheets", index, "title"))
    for index, sheet in enumerate(form.sheets):
        yield from _sheet(form, ("sheets", index), sheet)
    yield from _twice((rule.id for rule in form.rules), lambda index: ("rules", index, "id"))
    for index, rule in enumerate(form.rules):
        yield from rule.mistakes(form, ("rules", index))
    for index, table in enumerate(form.prefill):
        yield from _prefill(form, ("prefill", index), table)


def _twice(names: Iterable[str], path: Callable[[int], Path]) -> Iterator[Mistake]:
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name in seen:
            yield Mistake(path(index), "author.name_twice", {"value": name})
        seen.add(name)


def _prefill(form: FormDefinition, path: Path, table: PrefillSpec) -> Iterator[Mistake]:
    if not form.mail_back:
        yield Mistake(path, "author.prefill_confidential")
    if not table.source.startswith("files/"):
        yield Mistake((*path, "from"), "author.prefill_outside", {"value": table.source})
    sheet = form.by_id.get(table.sheet)
    if sheet is None:
        yield Mistake((*path, "sheet"), "author.unknown_place", {"wrong": table.sheet, "right": list(form.by_id)})
        return
    for column in table.columns:
        if column not in sheet.by_id:
            values = {"wrong": column, "right": list(sheet.by_id)}
            yield Mistake((*path, "columns", column), "author.unknown_column", values)


def _list(path: Path, listed: ListSpec) -> Iterator[Mistake]:
    yield from _twice((match_key(value) for value in listed.choices), lambda index: (*path, "values", index))
    known = {match_key(value) for value in listed.choices}
    for alias, value in listed.aliases.items():
        if value not in listed.choices:
            yield Mistake((*path, "aliases", alias), "author.unknown_value", {"wrong": value, "right": listed.choices})
        if match_key(alias) in known:
            yield Mistake((*path, "aliases", alias), "author.alias_is_value", {"value": alias})


def _sheet(form: FormDefinition, path: Path, sheet: SheetSpec) -> Iterator[Mistake]:
    if match_key(sheet.title) in _RESERVED:
        yield Mistake((*path, "title"), "author.reserved_title", {"value": sheet.title})
    if sheet.rows.min_filled > sheet.rows.max:
        bounds = {"low": sheet.rows.min_filled, "high": sheet.rows.max}
        yield Mistake((*path, "rows", "min_filled"), "author.crossed", bounds)
    yield from _twice((column.id for column in sheet.columns), lambda index: (*path, "columns", index, "id"))
    titles = (normal(column.title) for column in sheet.columns)
    yield from _twice(titles, lambda index: (*path, "columns", index, "title"))
    for index, column in enumerate(sheet.columns):
        yield from column_mistakes((*path, "columns", index), column, form.lists)
    if sheet.unpivot:
        yield from _unpivot(form, (*path, "unpivot"), sheet, sheet.unpivot)
    try:
        if sheet.hint:
            describe.sheet_hint(form, sheet)
    except (KeyError, IndexError, ValueError, AttributeError) as error:
        yield Mistake((*path, "hint"), "author.placeholder", {"value": str(error).strip("'")})


def _unpivot(form: FormDefinition, path: Path, sheet: SheetSpec, unpivot: UnpivotSpec) -> Iterator[Mistake]:
    others = [other.unpivot.name for other in form.sheets if other.unpivot and other is not sheet]
    if unpivot.name in form.by_id or unpivot.name in others:
        yield Mistake((*path, "as"), "author.name_twice", {"value": unpivot.name})
    used: set[str] = set()
    first = next(iter(unpivot.category.values()))
    for category, fields in unpivot.category.items():
        place = (*path, "category", category)
        if fields.keys() != first.keys():
            yield Mistake(place, "author.uneven_fields", {"fields": ", ".join(first)})
            continue
        for name, column_id in fields.items():
            if column_id not in sheet.by_id:
                yield Mistake((*place, name), "author.unknown_column", {"wrong": column_id, "right": list(sheet.by_id)})
            elif column_id in used:
                yield Mistake((*place, name), "author.name_twice", {"value": column_id})
            elif first[name] in sheet.by_id and sheet.column(first[name]).type != sheet.column(column_id).type:
                yield Mistake((*place, name), "author.uneven_types", {"field": name})
            used.add(column_id)
    taken = (sheet.by_id.keys() - used) | {"category"}
    for name in unpivot.fields:
        if name in taken:
            yield Mistake(path, "author.name_twice", {"value": name})
