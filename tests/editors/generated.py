"""Small forms made at random, with every kind of column and rule, filled within their rules, and one fault for each.

Each rule brings columns of its own, so that a fault breaks that rule alone. Everything is drawn from one ``Random``:
Hypothesis gives one that it can make smaller, a batch for an editor gives seeds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

import yaml

from pipeline.forms.definition.form import load_form
from tests.editors.cases import Case, Fault, Row, Typed

_LETTERS = "абвгдежзийклмнопрстуфхцчшщыэюяABCxyz"
_INNER = _LETTERS + "0123456789 «»\"&<>№-–.,;:()/'%ё"
_DAY = date(2021, 9, 1)
WORDS = ("Очная", "Заочная", "Очно-заочная", "Дистанционная, по сети", "«Иная»", "Сетевая & смешанная")


@dataclass
class _Sheet:
    """A sheet in the making; every row has its ``anchor``, so that no row is ever blank."""

    form: _Form
    id: str
    count: int
    columns: list[dict[str, Any]] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    rest: dict[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return f"Лист «{self.id}»"

    def add(self, kind: str, values: list[Typed | None], **limits: Any) -> str:
        """Add a column with a value for each row and return its id."""
        number = len(self.columns) + 1
        name = f"c{number}"
        self.columns.append({"id": name, "title": f"Графа {number}", "type": kind} | limits)
        for row, value in zip(self.rows, values, strict=True):
            row[name] = value
        return name

    def rule(self, body: dict[str, Any], on: str | None = None) -> str:
        """Add a rule on this sheet and return its id."""
        return self.form.rule({"on": on or self.id} | body)

    def fault(self, what: str, rule: str, column: str, row: int, changes: dict[str, Typed | None], **rest: Any) -> None:
        """Add a fault that changes cells of one row."""
        cells = tuple((self.id, row, name, value) for name, value in changes.items())
        self.form.faults.append(Fault(what, rule, self.id, cells, row, column, **rest))


@dataclass
class _Form:
    random: Random
    sheets: list[_Sheet] = field(default_factory=list)
    lists: dict[str, Any] = field(default_factory=dict)
    rules: list[dict[str, Any]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def sheet(self, count: int) -> _Sheet:
        sheet = _Sheet(self, f"s{len(self.sheets) + 1}", count, rows=[{} for _ in range(count)])
        self.sheets.append(sheet)
        sheet.add("text", [f"Площадка {number}" for number in range(count)])
        return sheet

    def rule(self, body: dict[str, Any]) -> str:
        name = f"R{len(self.rules) + 1}"
        severity = {"severity": "warning"} if self.random.random() < 0.3 else {}
        self.rules.append({"id": name} | body | severity)
        return name

    def list(self, values: list[str]) -> str:
        name = f"list{len(self.lists) + 1}"
        opt_out = {"opt_out": "Не участвуем"} if self.random.random() < 0.4 else {}
        self.lists[name] = {"values": values} | opt_out
        return name


def make_case(random: Random, name: str = "generated") -> Case:
    """Return a form with what ``random`` chooses of every kind, its rows and its faults."""
    form = _Form(random)
    for _ in range(random.randint(1, 2)):
        sheet = form.sheet(random.randint(4, 6))
        for make in random.sample(_PLAIN, random.randint(2, len(_PLAIN))):
            make(random, sheet)
        for make in random.sample(_RULES, random.randint(2, len(_RULES))):
            make(random, sheet)
    _totals(random, form)
    _least_rows(random, form)
    for sheet in form.sheets:
        random.shuffle(sheet.columns)
    definition = {
        "form": "generated-form",
        "version": random.randint(1, 9),
        "title": "Сбор «Проба» & сверка",
        "lists": form.lists,
        "sheets": [
            {
                "id": sheet.id,
                "title": sheet.title,
                "rows": {"max": sheet.count + random.randint(0, 3)} | sheet.rest.pop("rows", {}),
                "columns": sheet.columns,
            }
            | sheet.rest
            for sheet in form.sheets
        ],
        "rules": form.rules,
    }
    source = yaml.safe_dump(definition, allow_unicode=True, sort_keys=False)
    rows = {sheet.id: sheet.rows for sheet in form.sheets}
    return Case(name, load_form(source, "generated.yaml"), rows, tuple(form.faults))


def _some(random: Random, values: list[Typed | None], *, required: bool) -> list[Typed | None]:
    """Leave some cells empty where that is allowed; the first stays, so that there is something to spoil."""
    return [value if required or not index or random.random() < 0.8 else None for index, value in enumerate(values)]


def _text(random: Random, least: int, most: int) -> str:
    """A text of that many characters as people write it: no blanks at its ends, nothing that begins a formula."""
    size = random.randint(least, most)
    middle = "".join(random.choice(_INNER) for _ in range(max(size - 2, 0)))
    ends = [random.choice(_LETTERS) for _ in range(min(size, 2))]
    return ends[0] + middle + "".join(ends[1:])


def _plain(sheet: _Sheet, random: Random, kind: str, make: Callable[[], Typed], wrong: Typed, **limits: Any) -> str:
    """A column of one type: required or not, with the fault of a missing value and of a value of another type."""
    required = random.random() < 0.5
    values = _some(random, [make() for _ in sheet.rows], required=required)
    name = sheet.add(kind, values, required=required, **limits)
    row = random.choice([index for index, value in enumerate(values) if value is not None])
    if required:
        sheet.fault("missing", "required", name, row, {name: None})
    if kind != "text":
        rule = "list" if kind == "choice" else "type"
        sheet.fault(f"no {kind}", rule, name, row, {name: wrong}, kind_matters=kind == "code")
    return name


def _int(random: Random, sheet: _Sheet) -> None:
    low = random.randint(-50, 50)
    high = low + random.randint(0, 1_000)
    name = _plain(
        sheet, random, "int", lambda: random.randint(low, high), random.choice(("двадцать", 3.5)), range=[low, high]
    )
    sheet.fault("too small", "range", name, 0, {name: low - random.randint(1, 9)})
    sheet.fault("too big", "range", name, 0, {name: high + random.randint(1, 9)})


def _decimal(random: Random, sheet: _Sheet) -> None:
    low, high = random.randint(-9, 0), random.randint(1, 9)
    open_end = random.random() < 0.3
    name = _plain(
        sheet,
        random,
        "decimal",
        lambda: round(random.uniform(low, high), random.randint(1, 4)),
        "много",
        range=[low, None if open_end else high],
    )
    sheet.fault("too small", "range", name, 0, {name: low - 0.25})
    if not open_end:
        sheet.fault("too big", "range", name, 0, {name: high + 0.125})


def _date(random: Random, sheet: _Sheet) -> None:
    high = _DAY + timedelta(days=random.randint(0, 60))
    days = (high - _DAY).days
    wrong = random.choice(("сентябрь", "31.02.2021", "9-15/2021"))
    name = _plain(
        sheet, random, "date", lambda: _DAY + timedelta(days=random.randint(0, days)), wrong, range=[_DAY, high]
    )
    sheet.fault("too early", "range", name, 0, {name: _DAY - timedelta(days=1)})
    sheet.fault("too late", "range", name, 0, {name: high + timedelta(days=random.randint(1, 400))})


def _choice(random: Random, sheet: _Sheet) -> None:
    values = random.sample(WORDS, random.randint(1, len(WORDS)))
    listed = sheet.form.list(values)
    _plain(sheet, random, "choice", lambda: random.choice(values), "Вовсе другое", list=listed)


def _bool(random: Random, sheet: _Sheet) -> None:
    _plain(sheet, random, "bool", lambda: random.random() < 0.5, "возможно")


def _long(random: Random, sheet: _Sheet) -> None:
    low = random.randint(2, 5)
    high = low + random.randint(0, 20)
    name = _plain(sheet, random, "text", lambda: _text(random, low, high), "", length=[low, high])
    sheet.fault("too short", "length", name, 0, {name: _text(random, low - 1, low - 1)})
    sheet.fault("too long", "length", name, 0, {name: _text(random, high + 1, high + 3)})


def _code(random: Random, sheet: _Sheet) -> None:
    name = _plain(
        sheet,
        random,
        "code",
        lambda: f"0{random.randint(0, 9)}.{random.randint(10, 99)}.{random.randint(10, 99)}",
        random.randint(1, 99),
        pattern=r"\d{2}\.\d{2}\.\d{2}",
        sample="09.02.07",
    )
    sheet.fault("no such code", "pattern", name, 0, {name: random.choice(("09-02-07", "А9.02.07", "009.02.07"))})


def _unique(random: Random, sheet: _Sheet) -> None:
    number = sheet.add("int", [*random.sample(range(1, 500), sheet.count)])
    word = sheet.add("text", [random.choice("АБ") for _ in sheet.rows])
    of = random.choice(([number], [number, word], [word, number]))
    rule = sheet.rule({"check": "unique", "of": of})
    first, second = sorted(random.sample(range(sheet.count), 2))
    sheet.fault("repeated", rule, of[0], second, {name: sheet.rows[first][name] for name in of})


def _distinct(random: Random, sheet: _Sheet) -> None:
    most = random.randint(1, 3)
    places = sorted(random.sample(range(sheet.count), most + 1))
    values = [*random.sample(range(1, 50), most)]
    groups: list[Typed | None] = [None] * sheet.count
    of: list[Typed | None] = [random.choice((None, random.randint(60, 90))) for _ in sheet.rows]
    for place, value in zip(places, [*values, random.choice(values)], strict=True):
        groups[place], of[place] = "А", value
    group, name = sheet.add("text", groups), sheet.add("int", of)
    rule = sheet.rule({"check": "distinct_max", "of": name, "by": [group], "max": most})
    sheet.fault("one more", rule, name, places[-1], {name: 99})


def _count(random: Random, sheet: _Sheet) -> None:
    most = random.randint(2, 3)
    least = random.randint(2, most)
    *places, spare = random.sample(range(sheet.count), most + 1)
    values: list[Typed | None] = ["А" if index in places else None for index in range(sheet.count)]
    group = sheet.add("text", values)
    of = sheet.add("int", [*range(sheet.count)]) if random.random() < 0.5 else None
    rule = sheet.rule({"check": "count_range", "by": [group], "min": least, "max": most} | ({"of": of} if of else {}))
    added = ((sheet.id, spare, group, "А"),)
    sheet.form.faults.append(Fault("too many", rule, sheet.id, added, max([*places, spare]), of or group))
    left = places[: least - 1]
    gone = tuple((sheet.id, place, group, None) for place in places[least - 1 :])
    sheet.form.faults.append(Fault("too few", rule, sheet.id, gone, max(left), of or group))


def _not_before(random: Random, sheet: _Sheet) -> None:
    starts = [_DAY + timedelta(days=random.randint(0, 90)) for _ in sheet.rows]
    fixed = random.random() < 0.3
    than = _DAY if fixed else sheet.add("date", [*starts])
    ends = [(_DAY if fixed else start) + timedelta(days=random.randint(0, 9)) for start in starts]
    name = sheet.add("date", [*ends])
    rule = sheet.rule({"check": "not_before", "of": name, "than": than})
    row = random.randrange(sheet.count)
    sheet.fault("too early", rule, name, row, {name: (_DAY if fixed else starts[row]) - timedelta(days=1)})


def _when(random: Random, sheet: _Sheet) -> None:
    """«When» in one of its five ways, «then» in all three."""
    values = [*WORDS[:4]]
    said: Any
    said, holds = random.choice(
        (
            (values[0], [values[0]]),
            (values[:2], values[:2]),
            ({"not": values[2:]}, values[:2]),
            ({"filled": True}, values),
            ({"empty": True}, [None]),
        )
    )
    cells: list[Any] = [random.choice(holds), *(random.choice([None, *values]) for _ in range(sheet.count - 1))]
    ask = sheet.add("choice", [*cells], list=sheet.form.list(values))
    true = [cell in holds for cell in cells]
    empty = sheet.add("text", [None if held else random.choice((None, "есть")) for held in true])
    needed = sheet.add("decimal", [1.5 if held else random.choice((None, 2.5)) for held in true])
    equal = sheet.add("int", [random.choice((None, 7)) if held else random.randint(0, 9) for held in true])
    then = {"empty": [empty], "required": [needed], "equals": {equal: 7}}
    rule = sheet.rule({"when": {ask: said}, "then": then})
    sheet.fault("not empty", rule, empty, 0, {empty: "лишнее"})
    sheet.fault("not filled", rule, needed, 0, {needed: None})
    sheet.fault("not equal", rule, equal, 0, {equal: 8})


def _compare(random: Random, sheet: _Sheet) -> None:
    row = random.randrange(sheet.count)
    way = random.choice(("times", "sum", "dates"))
    if way == "dates":
        starts = [_DAY + timedelta(days=random.randint(0, 30)) for _ in sheet.rows]
        one = sheet.add("date", [*starts])
        two = sheet.add("date", [start + timedelta(days=random.randint(0, 30)) for start in starts])
        rule = sheet.rule({"compare": f"{two} >= {one}", "of": random.choice((one, two))})
        blamed = str(sheet.form.rules[-1]["of"])
        sheet.fault("ends early", rule, blamed, row, {two: starts[row] - timedelta(days=1)})
        return
    first = [random.randint(1, 40) for _ in sheet.rows]
    if way == "times":
        one = sheet.add("int", [random.randint(0, value * 15) for value in first])
        two = sheet.add("int", [*first])
        rule = sheet.rule({"compare": f"{one} <= {two} * 15"})
        sheet.fault("too many", rule, one, row, {one: first[row] * 15 + 1})
        return
    second = [random.randint(0, 40) / 4 for _ in sheet.rows]
    one, two = sheet.add("int", [*first]), sheet.add("decimal", [*second])
    total = sheet.add("decimal", [a + b for a, b in zip(first, second, strict=True)])
    rule = sheet.rule({"compare": f"sum({one}, {two}) = {total}", "of": total})
    sheet.fault("does not add up", rule, total, row, {total: first[row] + second[row] + 0.25})


def _unpivot(random: Random, sheet: _Sheet) -> None:
    categories: dict[str, dict[str, str]] = {}
    for category in ("Первый курс", "Завершившие"):
        dates: list[Typed | None] = [_DAY + timedelta(days=number) for number in random.sample(range(60), sheet.count)]
        sizes = [random.randint(1, 9) for _ in sheet.rows]
        halls: list[Typed | None] = [*sizes]
        heads: list[Typed | None] = [random.randint(1, size * 15) for size in sizes]
        for index in range(1, sheet.count):
            if random.random() < 0.3:
                dates[index] = halls[index] = heads[index] = None
        categories[category] = {
            "day": sheet.add("date", dates),
            "rooms": sheet.add("int", halls),
            "people": sheet.add("int", heads),
        }
    place = f"{sheet.id}_days"
    sheet.rest["unpivot"] = {"as": place, "category": categories}
    load = sheet.rule({"compare": "people <= rooms * 15"}, place)
    full = sheet.rule({"when": {"day": {"filled": True}}, "then": {"required": ["rooms", "people"]}}, place)
    once = sheet.rule({"check": "unique", "of": ["category", "day"]}, place)
    for columns in categories.values():
        day, rooms, people = columns["day"], columns["rooms"], columns["people"]
        sheet.fault("a crowd", load, people, 0, {people: int(str(sheet.rows[0][rooms])) * 15 + 1})
        missing = random.choice((rooms, people))
        sheet.fault("day without number", full, missing, 0, {missing: None})
        others = [index for index in range(1, sheet.count) if sheet.rows[index][day] is not None]
        if others:
            other = random.choice(others)
            sheet.fault("a day twice", once, day, other, {day: sheet.rows[0][day]})


def _totals(random: Random, form: _Form) -> None:
    left, right = random.choice(form.sheets), random.choice(form.sheets)
    parts = [random.randint(0, 99) for _ in left.rows]
    shares = [0] * right.count
    for part in parts:
        shares[random.randrange(right.count)] += part
    one = left.add("int", [*parts])
    other = right.add("decimal" if random.random() < 0.5 else "int", [*shares])
    body = {"check": "totals_equal", "left": f"{left.id}.{one}", "right": f"{right.id}.{other}"}
    rule = form.rule(body)
    row = random.randrange(right.count)
    changes = ((right.id, row, other, shares[row] + 1),)
    form.faults.append(Fault("totals differ", rule, right.id, changes, None, other))


def _least_rows(random: Random, form: _Form) -> None:
    """A sheet of its own that must be filled: by a rule, or by what the sheet itself demands."""
    sheet = form.sheet(random.randint(1, 3))
    gone = tuple((sheet.id, sheet.count - 1, name, None) for name in sheet.rows[0])
    if random.random() < 0.5:
        sheet.rest["rows"] = {"min_filled": sheet.count}
        rule = "rows_min"
    else:
        rule = form.rule({"on": sheet.id, "check": "rows_min", "min": sheet.count})
    form.faults.append(Fault("a row short", rule, sheet.id, gone))


_PLAIN = (_int, _decimal, _date, _choice, _bool, _long, _code)
_RULES = (_unique, _distinct, _count, _not_before, _when, _compare, _unpivot)
