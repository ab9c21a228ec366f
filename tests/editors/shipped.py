"""The forms that are shipped, filled at random within their rules, with every fault that their rules name."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from tests.editors.cases import Case, Fault, Row, Typed
from tests.factories.sheets import shipped_form

SCHEDULE = shipped_form("vpr-spo-2021-schedule")
PARTICIPANTS = shipped_form("vpr-spo-2021-participants")
_DAYS = [date(2021, 9, 15) + timedelta(days=number) for number in range(25)]
_NAMES = ("first", "graduates")
_BOTH: dict[str, Any] = {
    "subject": "ОБЖ",
    "date_first": _DAYS[0],
    "rooms_first": 3,
    "people_first": 30,
    "date_graduates": _DAYS[1],
    "rooms_graduates": 2,
    "people_graduates": 20,
}


def schedule(random: Random) -> Case:
    """Up to five days for each subject and category; the first sheet ends with five days of one subject."""
    rows = {sheet.id: _sheet_rows(random, sheet.id) for sheet in SCHEDULE.sheets}
    rows["paper"] = [row for row in rows["paper"] if row["subject"] not in ("ОБЖ", "Не участвуем")]
    at = len(rows["paper"])
    day: Row = {name: value for name, value in _BOTH.items() if not name.endswith("graduates")}
    other: Row = {"subject": "ОБЖ", "date_graduates": _DAYS[9], "rooms_graduates": 1, "people_graduates": 1}
    rows["paper"] += [dict(_BOTH), *(day | {"date_first": _DAYS[number]} for number in range(1, 5)), other]
    return Case("schedule", SCHEDULE, rows, tuple(_schedule_faults(random, at)))


def _sheet_rows(random: Random, sheet_id: str) -> list[Row]:
    listed = SCHEDULE.choices(SCHEDULE.sheet(sheet_id).columns[0])
    assert listed is not None
    rows: list[Row] = []
    for subject in random.sample(listed.values, random.randint(0, min(4, len(listed.values)))):
        days = {name: random.sample(_DAYS, random.randint(1, 5)) for name in _NAMES}
        for number in range(max(map(len, days.values()))):
            row: Row = {"subject": subject}
            for name, chosen in days.items():
                if number < len(chosen):
                    rooms = random.randint(1, 100)
                    people = random.randint(1, rooms * 15)
                    row |= {f"date_{name}": chosen[number], f"rooms_{name}": rooms, f"people_{name}": people}
            rows.append(row)
    return rows or [{"subject": "Не участвуем"}]


def _schedule_faults(random: Random, at: int) -> list[Fault]:
    emptied: dict[str, Typed | None] = dict.fromkeys(_BOTH)
    faults: tuple[tuple[str, str, str, dict[str, Typed | None]], ...] = (
        ("a text for a number", "type", "rooms_first", {"rooms_first": "двадцать"}),
        ("half a room", "type", "rooms_graduates", {"rooms_graduates": 2.5}),
        ("a date in words", "type", "date_first", {"date_first": "15 сентября"}),
        ("too many rooms", "range", "rooms_graduates", {"rooms_graduates": random.randint(101, 999)}),
        ("no rooms", "range", "rooms_first", {"rooms_first": 0}),
        ("before the first day", "range", "date_first", {"date_first": date(2021, 9, 14)}),
        ("after the last day", "range", "date_graduates", {"date_graduates": date(2021, 10, 10)}),
        ("not in the list", "list", "subject", {"subject": "Астрономия"}),
        ("no subject", "required", "subject", {"subject": None}),
        ("opted out with data", "OPTOUT", "rooms_first", emptied | {"subject": "Не участвуем", "rooms_first": 5}),
        ("no date at all", "ANYDATE", "date_graduates", emptied | {"subject": "История"}),
        ("date without people", "FULL", "people_first", {"people_first": None}),
        ("people without date", "DATE", "date_graduates", {"date_graduates": None}),
        ("a crowd", "LOAD", "people_first", {"people_first": 46}),
    )
    result = [
        Fault(what, rule, "paper", tuple(("paper", at, name, value) for name, value in changes.items()), at, column)
        for what, rule, column, changes in faults
    ]
    for what, rule, day in (("a sixth day", "DAYS5", _DAYS[20]), ("a day twice", "REPEAT", _DAYS[3])):
        cells: dict[str, Typed] = {"date_first": day, "rooms_first": 1, "people_first": 1}
        changes = tuple(("paper", at + 5, name, value) for name, value in cells.items())
        result.append(Fault(what, rule, "paper", changes, at + 5, "date_first"))
    return result


def participants(random: Random) -> Case:
    """Specialities, each once for its education and mode."""
    rows: list[Row] = []
    for number in range(random.randint(2, 8)):
        students = random.randint(1, 5_000)
        rows.append(
            {
                "education": random.choice(("Основное общее", "Среднее общее")),
                "specialty_code": f"{number:02}.02.{random.randint(1, 30):02}",
                "specialty": random.choice(("Сварочное производство", "Право и организация «соцзащиты»", "Дизайн")),
                "mode": random.choice(("Очная", "Очно-заочная", "Заочная")),
                "students": students,
                "participants": random.randint(0, students),
            }
        )
    at = random.randrange(1, len(rows))
    emptied: dict[str, Typed | None] = dict.fromkeys(rows[0])
    same = {name: rows[0][name] for name in ("specialty_code", "education", "mode")}
    faults: tuple[tuple[str, str, str, dict[str, Typed | None]], ...] = (
        ("a name for a code", "pattern", "specialty_code", {"specialty_code": "Право"}),
        ("a code of dashes", "pattern", "specialty_code", {"specialty_code": "09-02-07"}),
        ("no code", "required", "specialty_code", {"specialty_code": None}),
        ("a short name", "length", "specialty", {"specialty": "ИТ"}),
        ("no such mode", "list", "mode", {"mode": "Вечерняя"}),
        ("too many students", "range", "students", {"students": 5_001}),
        ("more participants", "PART", "participants", {"students": 10, "participants": 11}),
        ("once again", "ONCE", "specialty_code", same),
        ("opted out with data", "OPTOUT", "students", emptied | {"education": "Не участвуем", "students": 1}),
    )
    spoiled = tuple(
        Fault(what, rule, "first_year", tuple(("first_year", at, *change) for change in changes.items()), at, column)
        for what, rule, column, changes in faults
    )
    return Case("participants", PARTICIPANTS, {"first_year": rows}, spoiled)
