"""Sample data for the letters about the record: «ПАСПОРТ», what was decided about corrections, «ЗАДАЧИ»."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

_AT = "2021-09-06T14:35:00+00:00"
_EARLIER = "2021-09-02T09:10:00+00:00"
_KANSK = "Организационно-ресурсный центр учреждений образования Канского района"
_LYCEUM = 'Муниципальное бюджетное общеобразовательное учреждение "Лицей №51"'


def _address(address: str, state: str = "alive", since: str | None = None, reason: str = "") -> dict[str, Any]:
    return {"address": address, "state": state, "since": since, "reason": reason}


def _asked(field: str, value: str, result: str = "asked", number: int | None = None) -> dict[str, Any]:
    return {"field": field, "value": value, "result": result, "number": number}


def _collection(title: str, status: str, state: str, **parts: Any) -> dict[str, Any]:
    values = {"title": title, "status": status, "begun_at": None, "handed_in_at": None, "state": state}
    return {**values, "closes_at": "2021-09-07T15:00:00+00:00", **parts}


_PASSPORT = {
    "coordinator": False,
    "region": "24",
    "region_name": "Красноярский край",
    "addresses": [_address("spo240065@school.test"), _address("director@school.test")],
    "items": [
        _collection(
            "Расписание проведения ВПР СПО в образовательных организациях",
            "submitted",
            "open",
            begun_at=_EARLIER,
            handed_in_at=_AT,
        ),
        _collection("Результаты ВПР СПО", "not_started", "soon", closes_at="2021-10-29T15:00:00+00:00"),
    ],
    "asked": [],
    "waiting": [],
}
_TROUBLED = [
    _address("spo240065@school.test", "dead", "2021-09-01T06:00:00+00:00", "такого ящика нет"),
    _address("director@school.test", "doubtful", "2021-09-05T06:00:00+00:00", "ящик переполнен"),
]
_CHANGE = {
    "approved": True,
    "field": "address",
    "value": "new@school.test",
    "new": "new@school.test",
    "old": "",
    "requested_by": "spo240065@school.test",
    "by": "coordinator",
    "reason": "",
    "addresses": ["spo240065@school.test", "new@school.test"],
    "to_new": False,
}


def _done(result: str, number: int | None = None, **parts: Any) -> dict[str, Any]:
    values = {"result": result, "asked": f"№{number}", "login": "spo240065", "name": _KANSK, "field": "address"}
    return {**values, "value": "new@school.test", "number": number, **parts}


def _waiting(number: int, field: str, value: str, was: str = "", *, theirs: bool = True) -> dict[str, Any]:
    who = {"login": "sch050016", "name": _LYCEUM}
    return {"number": number, **who, "field": field, "value": value, "was": was, "requested_at": _AT, "theirs": theirs}


_TASKS: dict[str, Any] = {
    "done": [],
    "region": "24",
    "region_name": "Красноярский край",
    "waiting": [
        _waiting(17, "replaced_address", "old@school.test → new@school.test"),
        _waiting(18, "name", 'МБОУ "Лицей №51"', _LYCEUM),
        _waiting(19, "region", "05, Республика Дагестан", "24", theirs=False),
    ],
    "waiting_left": 0,
    "undelivered": [
        {
            "login": "spo240067",
            "name": "Канский техникум",
            "address": "office@closed.test",
            "since": _EARLIER,
            "reason": "такого ящика нет",
        }
    ],
    "undelivered_left": 0,
    "no_address": [{"login": "spo240070", "name": "Канский колледж"}],
    "no_address_left": 0,
}
_NOTHING: dict[str, Any] = {"waiting": [], "undelivered": [], "no_address": []}
Alone = Callable[..., Any]


def samples(alone: Alone, organisation: Mapping[str, Any], coordinator: Mapping[str, Any]) -> dict[str, Any]:
    """Return the samples by name; ``alone`` makes one of a letter that is about no publication."""
    asked = [
        _asked("address", "new@school.test", number=17),
        _asked("name", "Канский центр образования", number=18),
        _asked("address", "школа на почте", "unclear_syntax"),
        _asked("address", "director@school.test", "known"),
        _asked("other", "адрес other@school.test для spo240066", "other_login"),
    ]
    waiting = [{"number": 12, "field": "region", "value": "05, Республика Дагестан", "requested_at": _EARLIER}]
    done = [
        _done("accepted", 12),
        _done("declined", 14, field="name", value="Лицей", reason="По уставу иначе"),
        _done("given", 21, login="spo240067", value="office@open.test"),
        _done("unknown", None, asked="№31", login="", name="", field=""),
        _done("unknown_login", None, asked="spo770001", login="", name="", field=""),
    ]
    return {
        "passport": alone(organisation, "passport", **_PASSPORT),
        "passport-asked": alone(organisation, "passport", **{**_PASSPORT, "asked": asked, "waiting": waiting}),
        "passport-troubled": alone(organisation, "passport", **{**_PASSPORT, "addresses": _TROUBLED, "items": []}),
        "passport-coordinator": alone(
            coordinator,
            "passport",
            **{**_PASSPORT, "coordinator": True, "addresses": [_address("coord24@region.test")], "items": []},
        ),
        "change_result": alone(organisation, "change_result", **_CHANGE),
        "change_result-new": alone(organisation, "change_result", **{**_CHANGE, "to_new": True}),
        "change_result-given": alone(
            organisation,
            "change_result",
            **{**_CHANGE, "requested_by": "", "field": "replaced_address", "value": "old@x.test → new@school.test"},
        ),
        "change_result-declined": alone(
            organisation,
            "change_result",
            **{
                **_CHANGE,
                "approved": False,
                "field": "name",
                "value": "Лицей",
                "new": "",
                "by": "administrator",
                "reason": "Название берётся из устава.",
                "addresses": ["spo240065@school.test"],
            },
        ),
        "tasks": alone(coordinator, "tasks", **_TASKS),
        "tasks-nothing": alone(coordinator, "tasks", **{**_TASKS, **_NOTHING}),
        "tasks-done": alone(coordinator, "tasks", **{**_TASKS, **_NOTHING, "done": done[:3]}),
        "tasks-partly": alone(coordinator, "tasks", **{**_TASKS, "done": done}),
    }
