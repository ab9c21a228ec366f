"""The parts of a form's definition as frozen types: sheets, columns, lists and rules, checked for shape alone.

Everything else about a form is made from this one definition: the workbook and its prompts (``build``, ``describe``),
the rules and their messages (``compile``, ``check``) and the export, so that they cannot disagree (W20).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Strict, StrictBool, Tag

ColumnType = Literal["text", "int", "decimal", "date", "choice", "bool", "code"]
SeverityName = Literal["error", "warning"]
RESERVED_IDS = ("row", "category")
"""What data and unpivots call by these names would collide with a column."""
MAX_ROWS = 5_000
"""The most rows that a sheet of a form may offer: more is a table for a database, not for a spreadsheet."""


def _one_or_many(value: object) -> object:
    """``paper`` and ``[paper]`` mean the same."""
    return (value,) if isinstance(value, str) else value


def _as_text(value: object) -> object:
    """A list's value may be written as a bare number: ``values: [10, 11]``."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


Name = Annotated[str, Strict(), Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
FormId = Annotated[str, Strict(), Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=60)]
RuleId = Annotated[str, Strict(), Field(pattern=r"^[A-Z][A-Z0-9_]*$", max_length=60)]
Line = Annotated[str, Strict(), Field(min_length=1, max_length=500)]
Paragraph = Annotated[str, Strict(), Field(max_length=4_000)]
Item = Annotated[str, BeforeValidator(_as_text, str | int | float), Field(min_length=1, max_length=255)]
Names = Annotated[tuple[Line, ...], BeforeValidator(_one_or_many, Line | tuple[Line, ...])]
Count = Annotated[int, Strict(), Field(ge=0, le=1_000_000_000)]
Bound = (
    Annotated[int, Strict(), Field(ge=-(10**15), le=10**15)] | Annotated[float, Strict()] | Annotated[date, Strict()]
)
Value = Annotated[bool, Strict()] | Bound | Annotated[str, Strict()]
Row = dict[str, Value | None]


class Spec(BaseModel):
    """Common to all parts of a definition: nothing unknown, nothing changed afterwards."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class ListSpec(Spec):
    """The values of a choice; ``aliases`` are other spellings of them, ``opt_out`` means «does not take part»."""

    values: Annotated[tuple[Item, ...], Field(min_length=1, max_length=5_000)]
    aliases: dict[Item, Item] = Field(default_factory=dict)
    opt_out: Item | None = None

    @property
    def choices(self) -> tuple[str, ...]:
        """What the drop-down offers: the values and, last, the opt-out."""
        return self.values if self.opt_out is None else (*self.values, self.opt_out)


class ColumnSpec(Spec):
    """A column. ``range`` bounds numbers and dates, ``length`` bounds texts and codes in characters (both inclusive).

    ``pattern`` is a regular expression that the whole text must match, ``sample`` shows a right value beside it;
    ``kind`` replaces the word in the kinds row (Fig. 14: «Число*»); ``width`` is in characters. ``severity`` is that of
    ``range``, ``length`` and ``pattern``: with ``warning`` a value outside them is told and taken.
    """

    id: Name
    title: Line
    type: ColumnType
    list: Name | None = None
    required: StrictBool = False
    range: tuple[Bound | None, Bound | None] | None = None
    length: tuple[Count | None, Count | None] | None = None
    pattern: Line | None = None
    sample: Line | None = None
    hint: Paragraph = ""
    kind: Line | None = None
    severity: SeverityName = "error"
    width: Annotated[int, Strict(), Field(ge=4, le=120)] | None = None


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
        return tuple(next(iter(self.category.values())))


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

    def column(self, column_id: str) -> ColumnSpec:
        """Return the column of that id; raises KeyError."""
        return self.by_id[column_id]


class Examples(Spec):
    """A passing and a failing example of a rule: rows of its sheet, or ``{sheet id: rows}`` for several sheets."""

    passing: tuple[Row, ...] | dict[Name, tuple[Row, ...]] = Field(alias="pass")
    failing: tuple[Row, ...] | dict[Name, tuple[Row, ...]] = Field(alias="fail")


class RuleBase(Spec):
    """Common to all rules. ``id`` is permanent; ``text`` is the rule in words, ``message`` what a finding says.

    Both texts may hold ``{max}``, ``{min}`` and the like, filled from the rule itself; left out, they are generated.
    """

    id: RuleId
    on: Annotated[Names, Field(min_length=1)]
    severity: SeverityName = "error"
    text: Paragraph | None = None
    message: Paragraph | None = None
    examples: Examples | None = None

    @property
    def kind(self) -> str:
        """The stable name of the sort of rule: the code of its findings."""
        return str(getattr(self, "check", ""))


class UniqueRule(RuleBase):
    """No two rows of a sheet agree in all columns ``of``; rows where one of them is empty do not count."""

    check: Literal["unique"]
    of: Names


class DistinctMaxRule(RuleBase):
    """At most ``max`` different values of ``of`` within each group ``by``."""

    check: Literal["distinct_max"]
    of: Line
    by: Names = ()
    max: Count


class CountRangeRule(RuleBase):
    """Each group ``by`` has from ``min`` to ``max`` filled rows; ``of`` names the column whose filled cells count."""

    check: Literal["count_range"]
    by: Names = ()
    of: Line | None = None
    min: Count = 0
    max: Count | None = None


class NotBeforeRule(RuleBase):
    """The date ``of`` is not earlier than ``than``: another date column or a date."""

    check: Literal["not_before"]
    of: Line
    than: Annotated[date, Strict()] | Line


class RowsMinRule(RuleBase):
    """The sheets ``on`` hold together at least ``min`` filled rows (W22)."""

    check: Literal["rows_min"]
    min: Count


class TotalsEqualRule(RuleBase):
    """The sum of the columns ``left`` equals the sum of ``right``; each is written ``sheet.column``."""

    check: Literal["totals_equal"]
    on: Names = ()
    left: Names
    right: Names


class Condition(Spec):
    """A condition on one cell that is not a plain value: it is filled, or empty, or is none of the values ``not``."""

    filled: StrictBool | None = None
    empty: StrictBool | None = None
    none_of: tuple[Value, ...] | None = Field(default=None, alias="not")


class Then(Spec):
    """What must hold where the condition does."""

    empty: Names = ()
    required: Names = ()
    equals: dict[Name, Value] = Field(default_factory=dict)


class WhenThenRule(RuleBase):
    """Where every condition of ``when`` holds, ``then`` must hold.

    A condition is ``column: value``, ``column: [values]`` or ``column: {filled: true}``.
    """

    when: Annotated[dict[Name, Value | tuple[Value, ...] | Condition], Field(min_length=1)]
    then: Then

    @property
    def kind(self) -> str:
        """``when_then``."""
        return "when_then"


class CompareRule(RuleBase):
    """An arithmetic comparison over the columns of a row, such as ``people <= rooms * 15`` (see ``expression``)."""

    compare: Line
    of: Line | None = None

    @property
    def kind(self) -> str:
        """``compare``."""
        return "compare"


CHECKS = ("unique", "distinct_max", "count_range", "not_before", "rows_min", "totals_equal")


def _rule_kind(raw: Any) -> str | None:  # noqa: ANN401 - whatever stands in the YAML
    if isinstance(raw, RuleBase):
        return raw.kind
    if not isinstance(raw, Mapping):
        return None
    if "compare" in raw:
        return "compare"
    if "when" in raw or "then" in raw:
        return "when_then"
    check = raw.get("check")
    return None if check is None else str(check)


RuleSpec = Annotated[
    Annotated[UniqueRule, Tag("unique")]
    | Annotated[DistinctMaxRule, Tag("distinct_max")]
    | Annotated[CountRangeRule, Tag("count_range")]
    | Annotated[NotBeforeRule, Tag("not_before")]
    | Annotated[RowsMinRule, Tag("rows_min")]
    | Annotated[TotalsEqualRule, Tag("totals_equal")]
    | Annotated[WhenThenRule, Tag("when_then")]
    | Annotated[CompareRule, Tag("compare")],
    Discriminator(_rule_kind),
]


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


class FormDefinition(Spec):
    """A versioned form. ``accepts`` are the older versions whose workbooks are still taken.

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
    rules: tuple[RuleSpec, ...] = ()

    @cached_property
    def digest(self) -> str:
        """The sha256 of the definition: what compiled rules are kept under."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

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

    def choices(self, column: ColumnSpec) -> ListSpec | None:
        """Return the list of a choice column, None for the other types."""
        return self.lists[column.list] if column.list else None
