"""The vocabulary of conditions on a row: ``column: value``, ``column: [values]``, ``column: {filled: true}``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated

import polars as pl
from pydantic import Field, StrictBool

from pipeline.authoring.mistake import Mistake, Path
from pipeline.catalogue import text
from pipeline.forms.parts.marks import present
from pipeline.forms.parts.sheets import Place
from pipeline.forms.parts.spec import Name, Spec, Value
from pipeline.forms.parts.words import value_text


class Condition(Spec):
    """A condition on one cell that is not a plain value: it is filled, or empty, or is none of the values ``not``."""

    filled: StrictBool | None = None
    empty: StrictBool | None = None
    none_of: tuple[Value, ...] | None = Field(default=None, alias="not")


Wanted = Value | tuple[Value, ...] | Condition
When = Annotated[dict[Name, Wanted], Field(min_length=1)]


def when_words(when: Mapping[str, Wanted], place: Place) -> str:
    """Return the conditions in words: ««Предмет» — «Химия» и «Дата» заполнено»."""
    return text("forms.when.and").join(
        text("forms.when.condition", column=place.titles[column], condition=_words(wanted))
        for column, wanted in when.items()
    )


def when_mistakes(when: Mapping[str, Wanted], place: Place, path: Path) -> Iterator[Mistake]:
    """Yield conditions that say nothing, and values that a column can never hold."""
    for name, wanted in when.items():
        written = (*path, name)
        if isinstance(wanted, Condition) and _kinds(wanted) != 1:
            yield Mistake(written, "author.one_condition")
        for value in _values(wanted):
            yield from value_mistakes(value, place, name, written)


def value_mistakes(value: Value, place: Place, column: str, path: Path) -> Iterator[Mistake]:
    """Yield a mistake where ``column`` of ``place`` can never hold ``value``; an unknown column yields none."""
    spec = place.columns.get(column)
    if spec is None:
        return
    listed = place.lists.get(spec.list) if spec.list else None
    if listed is not None and str(value) not in listed.choices:
        yield Mistake(path, "author.unknown_value", {"wrong": str(value), "right": listed.choices})
        return
    fits = {
        "int": isinstance(value, int) and not isinstance(value, bool),
        "decimal": isinstance(value, int | float) and not isinstance(value, bool),
        "date": isinstance(value, date),
        "bool": isinstance(value, bool),
    }.get(spec.type, True)
    if not fits:
        yield Mistake(path, "author.value_type", {"value": value_text(value), "type": spec.type})


def all_hold(when: Mapping[str, Wanted]) -> pl.Expr:
    """Whether every condition holds; an unknown cell fulfils none but ``filled``."""
    return pl.all_horizontal(_holds(column, wanted) for column, wanted in when.items()).fill_null(value=False)


def _holds(column: str, wanted: Wanted) -> pl.Expr:
    if not isinstance(wanted, Condition):
        return _one_of(column, _values(wanted))
    if wanted.none_of is not None:
        return ~_one_of(column, wanted.none_of)
    return present(column) if _filled(wanted) else ~present(column)


def _one_of(column: str, values: Sequence[Value]) -> pl.Expr:
    return pl.any_horizontal(pl.col(column) == pl.lit(value) for value in values)


def _values(wanted: Wanted) -> tuple[Value, ...]:
    if isinstance(wanted, Condition):
        return wanted.none_of or ()
    return wanted if isinstance(wanted, tuple) else (wanted,)


def _filled(wanted: Condition) -> bool:
    return wanted.filled if wanted.filled is not None else not wanted.empty


def _kinds(wanted: Condition) -> int:
    return sum(item is not None for item in (wanted.filled, wanted.empty, wanted.none_of))


def _words(wanted: Wanted) -> str:
    if isinstance(wanted, tuple):
        return text("forms.when.one_of", values=_quoted(wanted))
    if not isinstance(wanted, Condition):
        return text("forms.when.equals", value=value_text(wanted))
    if wanted.none_of is not None:
        return text("forms.when.none_of", values=_quoted(wanted.none_of))
    return text("forms.when.filled") if _filled(wanted) else text("forms.when.empty")


def _quoted(values: Sequence[Value]) -> str:
    return ", ".join(f"«{value_text(value)}»" for value in values)
