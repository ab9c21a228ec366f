"""A definition → what ``check`` runs, made once for each form and kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import pandera.polars as pa

from pipeline.forms.checking.schemas import (
    Key,
    Limits,
    PlaceCheck,
    cell_limits,
    only_checked,
    place_checks,
    place_schemas,
)
from pipeline.forms.definition.spec import FormDefinition
from pipeline.forms.parts.columns import limits_text
from pipeline.forms.parts.expected import expected_in
from pipeline.forms.workbooks.values import Choices, Expected, Parser, parser
from pipeline.kept import Kept


@dataclass(frozen=True)
class CompiledForm:
    """What ``check`` runs: cell readers by (sheet, column, is 1904), the words for a column's limits, what makes a cell
    right in itself by sheet and column, the schema of each place without columns that have no check, and what each
    check's finding says, in order."""

    form: FormDefinition
    parsers: Mapping[tuple[str, str, bool], Parser]
    sentences: Mapping[tuple[str, str], str]
    limits: Mapping[str, Limits]
    schemas: Mapping[str, pa.DataFrameSchema]
    checks: Mapping[Key, PlaceCheck]


_COMPILED: Kept[str, CompiledForm] = Kept(200)


def compiled(form: FormDefinition) -> CompiledForm:
    """Return the compiled form, from the cache where it has been compiled before."""
    return _COMPILED.get(form.digest, lambda: compile_form(form))


def compile_form(form: FormDefinition) -> CompiledForm:
    """Return the form's rules ready to run over batches."""
    checks: dict[Key, PlaceCheck] = {}
    for check in place_checks(form):
        checks.setdefault(check.key, check)  # two demands of one rule on one cell say the same
    return CompiledForm(
        form,
        _parsers(form),
        {(sheet.id, column.id): limits_text(column) for sheet in form.sheets for column in sheet.columns},
        {sheet.id: cell_limits(form.place(sheet.id)) for sheet in form.sheets},
        {name: only_checked(schema) for name, schema in place_schemas(form).items()},
        checks,
    )


def _parsers(form: FormDefinition) -> dict[tuple[str, str, bool], Parser]:
    choices = {list_id: Choices(listed.choices, listed.aliases) for list_id, listed in form.lists.items()}

    @cache  # one reader for all columns of a kind: what it has read once it remembers
    def shared(kind: str, list_id: str | None, date1904: bool, expected: Expected) -> Parser:
        own = choices[list_id] if list_id else None
        return parser(kind, choices=own, date1904=date1904, expected=expected)

    return {
        (sheet.id, column.id, date1904): shared(column.type, column.list, date1904, expected_in(column))
        for sheet in form.sheets
        for column in sheet.columns
        for date1904 in (False, True)
    }
