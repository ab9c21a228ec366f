"""Lists, sheets, and the outline of a form: all of its definition but the rules, which speak of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

import polars as pl
from pydantic import BeforeValidator, Field, Strict, StrictBool

from pipeline.catalogue import text
from pipeline.forms.parts.columns import ColumnSpec, kind_label
from pipeline.forms.parts.spec import Count, FormId, Item, Line, Name, Paragraph, Spec

MAX_ROWS = 5_000
"""The most rows that a sheet of a form may offer: more is a table for a database, not for a spreadsheet."""


class ListSpec(Spec):
    """The values of a choice; ``aliases`` are other spellings of them, ``opt_out`` means «does not take part»."""

    values: Annotated[tuple[Item, ...], Field(min_length=1, max_length=5_000)]
    aliases: dict[Item, Item] = Field(default_factory=dict)
    opt_out: Item | None = None

    @property
    def choices(self) -> tuple[str, ...]:
        """What the drop-down offers: the values and, last, the opt-out."""
        return self.values if self.opt_out is None else (*self.values, self.opt_out)


class RowsSpec(Spec):
    """How many rows a sheet offers and how many must at least be filled (W22)."""

    max: Annotated[int, Strict(), Field(ge=1, le=MAX_ROWS)]
    min_filled: Count = 0


class UnpivotSpec(Spec):
    """Groups of columns that are one category each, seen as rows of their own under the name ``as``.

    ``category`` is ``{category: {field: column}}``: rules on ``as`` use the fields, ``category``, and the columns that
    belong to no category.
    """

    name: Name = Field(alias="as")
    category: Annotated[dict[Line, dict[Name, Name]], Field(min_length=1)]

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields, which all categories share."""
        return tuple(self.first)

    @property
    def first(self) -> Mapping[str, str]:
        """The fields of the first category, which lend all others their titles and types: field → column."""
        return next(iter(self.category.values()))

    @property
    def columns(self) -> frozenset[str]:
        """The columns that belong to a category."""
        return frozenset(column for fields in self.category.values() for column in fields.values())


class SheetSpec(Spec):
    """A sheet: ``title`` is its tab, ``hint`` the tip of Fig. 16 (``{RULE.max}`` is filled from the rule)."""

    id: Name
    title: Annotated[str, Strict(), Field(min_length=1, max_length=31, pattern=r"^[^\[\]:*?/\\']+$")]
    hint: Paragraph = ""
    rows: RowsSpec
    columns: Annotated[tuple[ColumnSpec, ...], Field(min_length=1, max_length=200)]
    unpivot: UnpivotSpec | None = None

    @cached_property
    def by_id(self) -> Mapping[str, ColumnSpec]:
        """Columns by id."""
        return {column.id: column for column in self.columns}

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """Where the form has its columns, from 1: column id → spreadsheet column."""
        return {column.id: number for number, column in enumerate(self.columns, start=1)}

    @cached_property
    def titles(self) -> tuple[str, ...]:
        """The titles of the columns."""
        return tuple(column.title for column in self.columns)

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """The row of kinds under the titles (Fig. 14)."""
        return tuple(kind_label(column) for column in self.columns)

    @cached_property
    def header(self) -> Mapping[int, str]:
        """The row of titles as the form has it, by spreadsheet column."""
        return dict(enumerate(self.titles, start=1))

    @cached_property
    def kinds_row(self) -> Mapping[int, str]:
        """The row of kinds as the form has it."""
        return dict(enumerate(self.kinds, start=1))

    def column(self, column_id: str) -> ColumnSpec:
        """Return the column of that id; raises KeyError."""
        return self.by_id[column_id]


class PrefillSpec(Spec):
    """A table of the publication's folder whose rows are put into a sheet before the form is first sent.

    ``source`` is the file (``files/…``, CSV or XLSX), ``login`` the heading of its column of logins, ``columns``
    column id → heading; without them every column whose title is a heading is filled.
    """

    source: Line = Field(alias="from")
    sheet: Name
    login: Line = "Логин"
    columns: dict[Name, Line] = Field(default_factory=dict)


def _one_or_many_tables(value: object) -> object:
    """A single table may be written without the list."""
    return (value,) if isinstance(value, Mapping) else value


@dataclass(frozen=True)
class Place:
    """Where a rule may speak, a sheet or an unpivot: ``columns`` are what it may name there, with their lists.

    A field of an unpivot has the first category's column as its spec; ``category`` is a text of its own.
    """

    name: str
    sheet: SheetSpec
    columns: Mapping[str, ColumnSpec]
    lists: Mapping[str, ListSpec]

    @property
    def titles(self) -> Mapping[str, str]:
        """What people call the columns of the sheet and the fields of the place."""
        return {column.id: column.title for column in self.sheet.columns} | {
            name: column.title for name, column in self.columns.items()
        }

    def joined(self, columns: Iterable[str]) -> str:
        """Return the titles of ``columns`` in a row: «Предмет», «Дата»."""
        return ", ".join(f"«{self.titles[column]}»" for column in columns)

    @property
    def waived(self) -> pl.Expr:
        """Whether the row says «does not take part»."""
        opted = [
            pl.col(name) == self.lists[column.list].opt_out
            for name, column in self.columns.items()
            if column.list is not None and self.lists[column.list].opt_out is not None
        ]
        return pl.any_horizontal(opted).fill_null(value=False) if opted else pl.lit(value=False)


class Outline(Spec):
    """A form without its rules. ``accepts`` are the older versions whose workbooks are still taken.

    ``mail_back`` False keeps data out of letters: answers then name cells and never values (confidential forms).
    """

    form: FormId
    version: Annotated[int, Strict(), Field(ge=1, le=100_000)]
    title: Line
    accepts: tuple[Annotated[int, Strict(), Field(ge=1)], ...] = ()
    mail_back: StrictBool = True
    prefill: Annotated[
        tuple[PrefillSpec, ...],
        BeforeValidator(_one_or_many_tables, PrefillSpec | tuple[PrefillSpec, ...]),
        Field(max_length=50),
    ] = ()
    lists: dict[Name, ListSpec] = Field(default_factory=dict)
    sheets: Annotated[tuple[SheetSpec, ...], Field(min_length=1, max_length=50)]

    @cached_property
    def by_id(self) -> Mapping[str, SheetSpec]:
        """Sheets by id."""
        return {sheet.id: sheet for sheet in self.sheets}

    @cached_property
    def places(self) -> Mapping[str, SheetSpec]:
        """What ``on`` of a rule may name, a sheet or an unpivot, with the sheet that it belongs to."""
        return {**self.by_id, **{sheet.unpivot.name: sheet for sheet in self.sheets if sheet.unpivot}}

    def sheet(self, sheet_id: str) -> SheetSpec:
        """Return the sheet of that id; raises KeyError."""
        return self.by_id[sheet_id]

    def place(self, name: str) -> Place:
        """Return the sheet or unpivot of that name; raises KeyError.

        Nothing is known in an unpivot whose first category names unknown columns: that is reported elsewhere.
        """
        sheet = self.places[name]
        unpivot = sheet.unpivot
        if name in self.by_id or unpivot is None:
            return Place(name, sheet, sheet.by_id, self.lists)
        if not sheet.by_id.keys() >= set(unpivot.first.values()):
            return Place(name, sheet, {}, self.lists)
        used = unpivot.columns
        shared = {column.id: column for column in sheet.columns if column.id not in used}
        category = ColumnSpec(id="category", title=text("forms.category"), type="text")
        fields = {field: sheet.by_id[column] for field, column in unpivot.first.items()}
        return Place(name, sheet, shared | {"category": category} | fields, self.lists)

    def choices(self, column: ColumnSpec) -> ListSpec | None:
        """Return the list of a choice column, None for the other types."""
        return self.lists[column.list] if column.list else None

    def opt_out(self, sheet: SheetSpec) -> str | None:
        """Return what is chosen on ``sheet`` by those who do not take part, None where nothing is."""
        lists = (self.choices(column) for column in sheet.columns)
        return next((listed.opt_out for listed in lists if listed is not None and listed.opt_out), None)
