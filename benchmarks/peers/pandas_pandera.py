"""The loop that a user would write: pandas reads the workbook with openpyxl, pandera checks every sheet lazily.

The rules are those of the shipped schedule form, in pandera's own words: nullable typed columns with ``coerce``,
ranges, a list, and checks on the whole frame for what concerns several cells. Aliases are replaced first.
What it cannot do: tell an error cell or a formula without a value from an empty cell (pandas gives NaN for all), check
the other cells of a column once one has failed to be coerced, or refuse a date that pandas can guess («15.09.21»).
"""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pandas as pd  # type: ignore[import-untyped]  # in .venv-bench only
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from pipeline.forms.definition.form import FormDefinition
from pipeline.forms.parts.layout import FIRST_ROW, HEADER_ROW, address, column_number
from pipeline.forms.parts.sheets import SheetSpec

OPT_OUT = "Не участвуем"
CATEGORIES = ("first", "graduates")
_PER_CATEGORY = ("date", "rooms", "people")
Rule = Callable[[Any], Any]
"""A frame → whether each of its rows is right."""


def checker(form: FormDefinition) -> Callable[[bytes], set[tuple[str, str]]]:
    """Return the function that reads and checks a workbook: bytes → wrong cells as (sheet title, address)."""
    schemas = {sheet.id: _schema(form, sheet) for sheet in form.sheets}
    titles = [sheet.title for sheet in form.sheets]

    def check(data: bytes) -> set[tuple[str, str]]:
        frames = pd.read_excel(io.BytesIO(data), sheet_name=titles, header=HEADER_ROW - 1, engine="openpyxl")
        wrong: set[tuple[str, str]] = set()
        for sheet in form.sheets:
            frame = _tidy(form, sheet, frames[sheet.title])
            try:
                schemas[sheet.id].validate(frame, lazy=True)
            except SchemaErrors as errors:
                wrong |= {(sheet.title, place) for place in _places(sheet, errors.failure_cases)}
        return wrong

    return check


def _tidy(form: FormDefinition, sheet: SheetSpec, frame: pd.DataFrame) -> pd.DataFrame:
    """The data rows under the columns' ids; the index is the spreadsheet's row."""
    frame = frame.rename(columns={column.title: column.id for column in sheet.columns})
    frame = frame[[column.id for column in sheet.columns]].iloc[FIRST_ROW - HEADER_ROW - 1 :]
    frame.index = pd.RangeIndex(FIRST_ROW, FIRST_ROW + len(frame))
    frame = frame.dropna(how="all")
    frame["subject"] = frame["subject"].str.strip().replace(form.lists[sheet.columns[0].list or ""].aliases)
    for column in sheet.columns:
        if column.type == "date":
            frame[column.id] = frame[column.id].map(_day)
    return frame


def _day(value: object) -> object:
    """Texts in the Russian order become dates; what cannot stays for pandera to refuse."""
    if isinstance(value, str):
        try:
            return pd.to_datetime(value, format="%d.%m.%Y")
        except ValueError:
            return value
    return value


def _schema(form: FormDefinition, sheet: SheetSpec) -> pa.DataFrameSchema:
    columns: dict[str, pa.Column] = {}
    for column in sheet.columns:
        if column.type == "choice":
            allowed = list(form.lists[column.list or ""].choices)
            columns[column.id] = pa.Column(str, pa.Check.isin(allowed, error="list"), nullable=False)
            continue
        low, high = column.range or (None, None)
        if isinstance(low, date):
            limits = pa.Check.in_range(pd.Timestamp(low), pd.Timestamp(high), error="range")
            columns[column.id] = pa.Column("datetime64[ns]", limits, nullable=True, coerce=True)
        else:
            columns[column.id] = pa.Column("Int64", pa.Check.in_range(low, high), nullable=True, coerce=True)
    return pa.DataFrameSchema(columns, checks=_row_checks())


def _row_checks() -> list[pa.Check]:
    """The rules on several cells; ``error`` names the cell's column."""
    rules: list[tuple[str, Rule]] = [("date_graduates", _any_date)]
    for category in CATEGORIES:
        rules += _category_rules(*(f"{name}_{category}" for name in _PER_CATEGORY))
    return [pa.Check(rule, error=column, ignore_na=False) for column, rule in rules]


def _category_rules(day: str, rooms: str, people: str) -> list[tuple[str, Rule]]:
    return [
        (day, lambda d: d[day].isna() | (d["subject"] != OPT_OUT)),
        (rooms, lambda d: d[rooms].isna() | (d["subject"] != OPT_OUT)),
        (people, lambda d: d[people].isna() | (d["subject"] != OPT_OUT)),
        (rooms, lambda d: d[day].isna() | d[rooms].notna()),
        (people, lambda d: d[day].isna() | d[people].notna()),
        (day, lambda d: d[people].isna() | d[day].notna()),
        (people, lambda d: _few_people(d[people], d[rooms])),
        (day, lambda d: ~d.duplicated(["subject", day]) | d[day].isna() | d["subject"].isna()),
        (day, lambda d: _five_days(d, day)),
    ]


def _any_date(frame: pd.DataFrame) -> pd.Series:
    dated = frame["date_first"].notna() | frame["date_graduates"].notna()
    return dated | (frame["subject"] == OPT_OUT) | frame["subject"].isna()


def _few_people(people: pd.Series, rooms: pd.Series) -> pd.Series:
    known = people.notna() & rooms.notna()
    return ~known | (people.where(known, 0) <= rooms.where(known, 0) * 15)


def _five_days(frame: pd.DataFrame, column: str) -> pd.Series:
    """Whether the day is among the first five of its subject."""
    order = frame.groupby("subject")[column].transform(lambda days: pd.factorize(days)[0])
    return order.isna() | (order < 5)


def _places(sheet: SheetSpec, cases: pd.DataFrame) -> set[str]:
    """The addresses that pandera's failure cases point at."""
    places: set[str] = set()
    for context, column, check, row in zip(
        cases["schema_context"], cases["column"], cases["check"], cases["index"], strict=True
    ):
        if row is None or pd.isna(row):
            continue
        name = column if context == "Column" else check
        if name in sheet.by_id:
            places.add(address(int(row), column_number(sheet, name)))
    return places
