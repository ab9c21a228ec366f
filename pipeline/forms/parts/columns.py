"""A column: its keys are those of its limits and a few of its own. A new limit joins the two tables here."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Annotated

import polars as pl
from pydantic import Field, Strict

from pipeline.authoring.mistake import Mistake, Path
from pipeline.catalogue import text
from pipeline.forms.parts.limit import (
    Limit,
    Validation,
)
from pipeline.forms.parts.limits.bounds import BoundsKeys, BoundsLimit
from pipeline.forms.parts.limits.choice import ChoiceKeys, ChoiceLimit
from pipeline.forms.parts.limits.kind import TypeLimit
from pipeline.forms.parts.limits.length import LengthKeys, LengthLimit
from pipeline.forms.parts.limits.pattern import PatternKeys, PatternLimit
from pipeline.forms.parts.limits.required import RequiredKeys, RequiredLimit
from pipeline.forms.parts.spec import Line, Paragraph, SeverityName
from pipeline.forms.parts.words import sentence

RESERVED_IDS = ("row", "category")
"""What data and unpivots call by these names would collide with a column."""


class ColumnSpec(PatternKeys, LengthKeys, BoundsKeys, RequiredKeys, ChoiceKeys):
    """A column. ``kind`` replaces the word in the kinds row (Fig. 14: «Число*»); ``width`` is in characters.

    ``severity`` is that of its limits: with ``warning`` a value outside them is reported and taken. The order of the
    bases, read from the last, is that of the keys in the schema for editors.
    """

    hint: Paragraph = ""
    kind: Line | None = None
    severity: SeverityName = "error"
    width: Annotated[int, Strict(), Field(ge=4, le=120)] | None = None


LIMITS: tuple[Limit[ColumnSpec], ...] = (
    ChoiceLimit(),
    BoundsLimit(),
    TypeLimit(),
    LengthLimit(),
    PatternLimit(),
    RequiredLimit(),
)
"""Every limit, in the order in which a cell's prompt names them and its faults are found."""


def column_mistakes(path: Path, column: ColumnSpec, lists: Collection[str]) -> Iterator[Mistake]:
    """Yield what the author of ``column`` got wrong; ``lists`` are the names of the form's lists."""
    if column.id in RESERVED_IDS:
        yield Mistake((*path, "id"), "author.reserved_id", {"value": column.id})
    for limit in LIMITS:
        yield from limit.mistakes(path, column, lists)
    if column.severity == "warning" and not any(limit.of_value for limit, _ in demands(column, pl.lit(value=False))):
        yield Mistake((*path, "severity"), "author.severity_of_nothing")


def demands(column: ColumnSpec, waived: pl.Expr) -> Iterator[tuple[Limit[ColumnSpec], pl.Expr]]:
    """Yield the limits that ``column`` has, each with its check; ``waived`` says of each row that it is opted out."""
    for limit in LIMITS:
        ok = limit.holds(column, waived)
        if ok is not None:
            yield limit, ok


def severity(column: ColumnSpec, limit: Limit[ColumnSpec]) -> SeverityName:
    """Return how serious it is when a value of ``column`` breaks ``limit``."""
    return column.severity if limit.of_value else "error"


def limits_text(column: ColumnSpec) -> str:
    """Return what a cell of ``column`` must be, as one sentence or more: «Число должно быть между 1 и 100.»"""
    return " ".join(sentence(said) for limit in LIMITS if (said := limit.sentence(column)))


def validation(column: ColumnSpec) -> Validation | None:
    """Return what an editor lets be typed into a cell of ``column``: the first limit that Excel can check decides."""
    return next((found for limit in LIMITS if (found := limit.validation(column))), None)


def kind_label(column: ColumnSpec) -> str:
    """Return the word of the kinds row (Fig. 14): «Список*», «Число», «Дата»; the star marks a required column."""
    if column.kind:
        return column.kind
    return text(f"forms.kind.{column.type}") + ("*" if column.required else "")
