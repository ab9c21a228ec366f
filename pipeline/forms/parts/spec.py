"""What every part of a form's definition is written with: the base of all types, names, texts, numbers and values."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict

from pipeline.authoring.source import Decimal

ColumnType = Literal["text", "int", "decimal", "date", "choice", "bool", "code"]
SeverityName = Literal["error", "warning"]


def _one_or_many(value: object) -> object:
    """``paper`` and ``[paper]`` mean the same."""
    return (value,) if isinstance(value, str) else value


def _as_text(value: object) -> object:
    """A list's value may be written as a bare number: ``values: [10, 2.50]``."""
    if isinstance(value, Decimal):
        return value.written
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
    """Common to all parts of a definition: no unknown keys, nothing changes afterwards."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
