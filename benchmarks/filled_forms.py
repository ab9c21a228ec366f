"""Filled schedule forms for benchmarks, each different, with wrong cells whose places are known; the same for a seed.

The form is built by Kabinet, filled and saved through openpyxl, as an organisation's editor would. A wrong cell is
put where no other rule speaks of it as well, so that the truth is exact. Oddities that are not wrong (a number kept as
text, a no-break space, an alias) are put in too: taking one for wrong is inventing.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from pipeline.forms.definition.form import (
    FormDefinition,
    load_form,
)
from pipeline.forms.making.build import (
    Cover,
    build_workbook,
)
from pipeline.forms.parts.layout import FIRST_ROW, address, column_number
from pipeline.forms.parts.sheets import SheetSpec

DIRTY = 0.02
"""The share of filled cells that are wrong."""
_ODD = 0.01
_FIRST_DAY, _DAYS = date(2021, 9, 15), 25
_FORM = Path("publications/vpr-spo-2021-schedule/form.yaml")
_COVER = Cover(
    login="spo000001",
    login_name="Колледж № 1",
    publication_title="Расписание проведения ВПР СПО",
    form_code="000001-1",
    token="v1.spo000001.1.1.abcdefghijklmnop234567",
    reply_to="exchange@kabinet.test",
    opens_at=datetime(2021, 8, 30, 9, 0, tzinfo=UTC),
    closes_at=datetime(2021, 9, 7, 15, 0, tzinfo=UTC),
    support="support@kabinet.test",
)
OPT_OUT = "Не участвуем"
Row = dict[str, Any]
Place = tuple[str, str]
"""A cell: the sheet's title and the address."""


@dataclass(frozen=True)
class Filled:
    """A workbook as it came back; ``wrong`` is cell → the rule that it breaks."""

    data: bytes
    wrong: dict[Place, str] = field(default_factory=dict)
    cells: int = 0


def schedule_form() -> FormDefinition:
    """The shipped schedule form."""
    return load_form(_FORM.read_text(encoding="utf-8"), str(_FORM))


def filled_forms(form: FormDefinition, count: int, seed: int = 2021) -> Iterator[Filled]:
    """Yield ``count`` filled workbooks, the same ones for the same seed."""
    book = load_workbook(io.BytesIO(build_workbook(form, _COVER)))
    offered = {
        (spec.title, row, place): book[spec.title].cell(row, place).number_format
        for spec in form.sheets
        for row in range(FIRST_ROW, FIRST_ROW + spec.rows.max)
        for place in range(1, len(spec.columns) + 1)
    }
    for number in range(count):
        chance = random.Random(f"{seed}-{number}")
        wrong: dict[Place, str] = {}
        cells = 0
        for spec in form.sheets:
            rows, faults = _sheet_rows(form, spec, chance)
            cells += sum(len(row) for row in rows)
            wrong |= {(spec.title, _address(spec, at, column)): rule for (at, column), rule in faults.items()}
            sheet = book[spec.title]
            for at in range(spec.rows.max):
                row = rows[at] if at < len(rows) else {}
                for place, column in enumerate(spec.columns, start=1):
                    cell = sheet.cell(FIRST_ROW + at, place)
                    cell.number_format = offered[
                        spec.title, FIRST_ROW + at, place
                    ]  # a date of the form before changed it
                    cell.value = row.get(column.id)
        saved = io.BytesIO()
        book.save(saved)
        yield Filled(saved.getvalue(), wrong, cells)


def _address(spec: SheetSpec, at: int, column: str) -> str:
    return address(FIRST_ROW + at, column_number(spec, column))


def _sheet_rows(
    form: FormDefinition, spec: SheetSpec, chance: random.Random
) -> tuple[list[Row], dict[tuple[int, str], str]]:
    """Return about 15 rows within the rules but for the faults, which are (row, column) → rule."""
    listed = form.lists[spec.columns[0].list or ""]
    rows: list[Row] = []
    faults: dict[tuple[int, str], str] = {}
    subjects = chance.sample(listed.values, min(len(listed.values), 4))
    for subject in subjects:
        block = _block(subject, chance, apart=len(subjects) == 1)
        start = len(rows)
        group_fault = chance.random() < DIRTY * len(block) and _spoil_group(block, chance)
        rows += block
        if group_fault:
            faults[len(rows) - 1, "date_first"] = group_fault
            continue
        for at in range(start, len(rows)):
            if chance.random() < DIRTY * len(rows[at]):
                column, rule = _spoil(rows[at], chance)
                faults[at, column] = rule
            elif chance.random() < _ODD * len(rows[at]):
                _make_odd(rows[at], chance, listed.aliases)
    return rows, faults


def _block(subject: str, chance: random.Random, *, apart: bool) -> list[Row]:
    """Rows of a subject: up to five days for each category; ``apart`` gives each category rows of its own."""
    days = [_FIRST_DAY + timedelta(days=number) for number in chance.sample(range(_DAYS), 10)]
    if apart:
        first = [{"subject": subject} | _group("first", day, chance) for day in days[:5]]
        return first + [{"subject": subject} | _group("graduates", day, chance) for day in days[5:]]
    return [
        {"subject": subject} | _group("first", one, chance) | _group("graduates", other, chance)
        for one, other in zip(days[: chance.randint(3, 5)], days[5:], strict=False)
    ]


def _group(name: str, day: date, chance: random.Random) -> Row:
    rooms = chance.randint(1, 100)
    return {f"date_{name}": day, f"rooms_{name}": rooms, f"people_{name}": chance.randint(1, rooms * 15)}


def _spoil_group(block: list[Row], chance: random.Random) -> str:
    """Add a row that breaks a rule on the whole group: a sixth day, or a day written twice."""
    days = {row["date_first"] for row in block if "date_first" in row}
    free = [day for number in range(_DAYS) if (day := _FIRST_DAY + timedelta(days=number)) not in days]
    sixth = len(days) == 5 and chance.random() < 0.5
    day = chance.choice(free) if sixth else block[0]["date_first"]
    block.append({"subject": block[0]["subject"]} | _group("first", day, chance))
    return "DAYS5" if sixth else "REPEAT"


def _put(column: str, rule: str, *values: object) -> Callable[[Row, random.Random], tuple[str, str]]:
    """A fault that puts one of ``values`` into ``column`` of a category that the row has; «rooms» is «rooms_first»."""

    def spoil(row: Row, chance: random.Random) -> tuple[str, str]:
        name = column
        if column != "subject":
            name = chance.choice([key for key in row if key.startswith(column)])
        row[name] = chance.choice(values)
        return name, rule

    return spoil


def _leave_out_people(row: Row, chance: random.Random) -> tuple[str, str]:
    name = chance.choice([key for key in row if key.startswith("people")])
    del row[name]
    return name, "FULL"


def _leave_out_date(row: Row, chance: random.Random) -> tuple[str, str]:
    if not {"date_first", "date_graduates"} <= row.keys():  # another rule would speak of the row as well
        return _leave_out_people(row, chance)
    name = chance.choice(["date_first", "date_graduates"])
    del row[name]
    return name, "DATE"


def _leave_only_subject(row: Row, _: random.Random) -> tuple[str, str]:
    for name in [key for key in row if key != "subject"]:
        del row[name]
    return "date_graduates", "ANYDATE"


def _opt_out_with_data(row: Row, _: random.Random) -> tuple[str, str]:
    row.clear()
    row |= {"subject": OPT_OUT, "rooms_first": 3}
    return "rooms_first", "OPTOUT"


def _crowd(row: Row, chance: random.Random) -> tuple[str, str]:
    name = chance.choice([key.partition("_")[2] for key in row if key.startswith("people")])
    row[f"people_{name}"] = row[f"rooms_{name}"] * 15 + chance.randint(1, 500)
    return f"people_{name}", "LOAD"


_FAULTS: tuple[Callable[[Row, random.Random], tuple[str, str]], ...] = (
    _put("rooms", "type", "двадцать", "3 каб.", "нет", "?", "1-2"),
    _put("people", "type", "25 чел.", "около 30", "12/15", "1,250"),
    _put("rooms", "type", 2.5, 0.1),
    _put("people", "type", "#N/A", "#REF!"),
    _put("rooms", "type", date(2021, 9, 15)),
    _put("people", "type", "=C5*15"),
    _put("rooms", "range", 0, 101, -4, 1_000),
    _put("people", "range", 0, 3_001, 99_999, -1),
    _put("date", "range", date(2021, 9, 14), date(2021, 10, 10), date(2020, 9, 20), date(1921, 9, 20)),
    _put("date", "type", "9/15/2021", "15 сентября", "2021", "15.09.21", "с 15.09.2021"),
    _put("date", "type", "31.09.2021", "00.10.2021"),
    _put("date", "range", 15, 2021),
    _put("date", "type", "#VALUE!"),
    _put("subject", "list", "Астрономия", "Матем.", "Русский яз", "физ-ра"),
    _put("subject", "required", None),
    _leave_out_people,
    _leave_out_date,
    _leave_only_subject,
    _opt_out_with_data,
    _crowd,
)


def _spoil(row: Row, chance: random.Random) -> tuple[str, str]:
    return chance.choice(_FAULTS)(row, chance)


def _make_odd(row: Row, chance: random.Random, aliases: dict[str, str]) -> None:
    """Write a right value as people do: none of these is wrong."""
    column = chance.choice(list(row))
    value = row[column]
    if isinstance(value, date):
        row[column] = f"{value:%d.%m.%Y}"
    elif isinstance(value, int):
        row[column] = chance.choice([str(value), f" {value}", float(value)])
    else:
        same = [alias for alias, meant in aliases.items() if meant == value]
        row[column] = chance.choice([value.lower(), f"{value} ", value.replace(" ", "\xa0"), *same])
