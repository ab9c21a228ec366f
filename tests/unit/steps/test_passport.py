"""«ПАСПОРТ» and «АДРЕС»: what is shown of the record, which corrections wait, and that nothing changes by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline.model import Status
from pipeline.steps.requests.correcting import MOST_CORRECTIONS
from pipeline.store import changes, health
from tests.unit.steps.desk import CLOSES, COORDINATOR, OTHER_SCHOOL, SCHOOL, SUPPORT, Desk, Written

DAY = timedelta(days=1)
NEW = "new@school.test"
Line = tuple[str, str, str]


def shown(desk: Desk, text: str, sender: str = SCHOOL) -> Written:
    """``sender`` writes ``text``; return the passport that comes back to it, the only letter."""
    desk.settle(desk.message(sender, text))
    (letter,) = desk.written()
    assert (letter.kind, letter.to) == ("passport", sender)
    return letter


def asked(passport: Written) -> list[Line]:
    """What the message asked for, line by line: field, value, what became of it."""
    return [(line["field"], line["value"], line["result"]) for line in passport.says("asked")]


def waiting(desk: Desk) -> list[tuple[str, str, str, str]]:
    """The corrections on record that nobody has decided: login, field, value, who asked."""
    return [(item.login, item.field, item.value, item.requested_by) for item in changes.listed(desk.session)]


def test_the_passport_shows_addresses_region_and_collections(desk: Desk) -> None:
    passport = shown(desk, "ПАСПОРТ")
    assert passport.says("coordinator", "region", "region_name") == (False, "24", "Красноярский край")
    (address,) = passport.says("addresses")
    assert (address["address"], address["state"], address["since"], address["reason"]) == (SCHOOL, "alive", None, "")
    (item,) = passport.says("items")
    assert (item["status"], item["state"], item["closes_at"]) == (
        Status.NOT_STARTED.value,
        "open",
        CLOSES.isoformat(),
    )
    assert (passport.says("asked"), passport.says("waiting")) == ([], [])
    assert "Логин: spo240065" in desk.text(passport)


def test_the_passport_shows_how_far_the_work_has_come(desk: Desk) -> None:
    desk.settle(desk.message(SCHOOL, workbook=desk.form()))
    desk.written()
    (item,) = shown(desk, "ПАСПОРТ").says("items")
    assert (item["status"], item["handed_in_at"]) == (Status.SUBMITTED.value, desk.now.isoformat())


def test_a_dead_address_is_shown_with_its_reason(desk: Desk) -> None:
    second = "second@school.test"
    desk.save(replace(desk.login("spo240065"), addresses=(SCHOOL, second)))
    health.open_task(desk.session, "spo240065", second, desk.now - DAY, "no_mailbox", desk.now)
    alive, dead = shown(desk, "ПАСПОРТ").says("addresses")
    assert (alive["address"], alive["state"]) == (SCHOOL, "alive")
    assert (dead["address"], dead["state"], dead["since"]) == (second, "dead", (desk.now - DAY).isoformat())
    assert dead["reason"] == "такого ящика нет"


def test_corrections_under_the_word_wait_for_somebody_else_and_change_nothing(desk: Desk) -> None:
    before = desk.login("spo240065")
    passport = shown(desk, f"ПАСПОРТ\n\nназвание Лицей № 5\n{NEW} - новый адрес\nрегион 77\nтелефон 12-34-56\n")
    assert asked(passport) == [
        ("name", "Лицей № 5", "asked"),
        ("address", NEW, "asked"),
        ("region", "77, Москва", "asked"),
        ("other", "телефон 12-34-56", "asked"),
    ]
    assert [line["number"] for line in passport.says("asked")] == [1, 2, 3, 4]
    assert waiting(desk) == [
        ("spo240065", "name", "Лицей № 5", SCHOOL),
        ("spo240065", "address", NEW, SCHOOL),
        ("spo240065", "region", "77", SCHOOL),
        ("spo240065", "other", "телефон 12-34-56", SCHOOL),
    ]
    assert desk.login("spo240065") == before


def test_what_waits_already_is_shown_apart_from_what_is_asked_now(desk: Desk) -> None:
    shown(desk, "ПАСПОРТ\nназвание Лицей № 5")
    again = shown(desk, f"ПАСПОРТ\nадрес {NEW}")
    assert asked(again) == [("address", NEW, "asked")]
    assert [(line["number"], line["value"]) for line in again.says("waiting")] == [(1, "Лицей № 5")]
    same = shown(desk, f"ПАСПОРТ\nадрес {NEW}")
    assert asked(same) == [("address", NEW, "waiting")]
    assert len(waiting(desk)) == 2


def test_too_many_corrections_of_one_login_are_not_taken(desk: Desk) -> None:
    lines = "\n".join(f"адрес new{number}@school.test" for number in range(MOST_CORRECTIONS))
    assert {result for *_, result in asked(shown(desk, f"ПАСПОРТ\n{lines}"))} == {"asked"}
    assert asked(shown(desk, f"ПАСПОРТ\nадрес {NEW}")) == [("address", NEW, "many")]
    assert len(waiting(desk)) == MOST_CORRECTIONS


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (f"адрес {SCHOOL}", ("address", SCHOOL, "known")),
        (f"адрес {SUPPORT}", ("address", SUPPORT, "ours")),
        (f"удалить {SCHOOL}", ("removed_address", SCHOOL, "last")),
        ("удалить nobody@school.test", ("removed_address", "nobody@school.test", "unclear_unknown_address")),
        ("адрес new@school", ("address", "new@school", "unclear_domain")),
        ("регион Марс", ("region", "Марс", "unclear_region")),
        (f"адрес {NEW} для spo240066", ("other", f"адрес {NEW} для spo240066", "other_login")),
    ],
)
def test_what_cannot_be_taken_is_said_with_the_reason(desk: Desk, line: str, found: Line) -> None:
    assert asked(shown(desk, f"ПАСПОРТ\n{line}")) == [found]
    assert waiting(desk) == []


def test_an_address_that_replaces_another_is_one_correction(desk: Desk) -> None:
    (line,) = asked(shown(desk, f"ПАСПОРТ\n{NEW} вместо {SCHOOL}"))
    assert (line[0], line[2]) == ("replaced_address", "asked")
    assert waiting(desk) == [("spo240065", "replaced_address", f"{SCHOOL} {NEW}", SCHOOL)]


def test_a_coordinator_has_a_passport_too(desk: Desk) -> None:
    passport = shown(desk, "ПАСПОРТ", COORDINATOR)
    assert passport.says("coordinator", "region", "items") == (True, "24", [])


# АДРЕС


def test_a_new_address_is_a_correction_of_the_own_record(desk: Desk) -> None:
    assert asked(shown(desk, f"АДРЕС {NEW}")) == [("address", NEW, "asked")]
    assert waiting(desk) == [("spo240065", "address", NEW, SCHOOL)]


def test_an_address_keeps_its_letters_as_they_were_written(desk: Desk) -> None:
    """For comparing commands ё is е, but «ёлка.рф» is another domain than «елка.рф»."""
    (line,) = asked(shown(desk, "АДРЕС info@ёлка.рф"))
    assert line == ("address", "info@ёлка.рф", "asked")


def test_an_address_beside_the_passport_is_a_part_of_it(desk: Desk) -> None:
    assert asked(shown(desk, f"ПАСПОРТ\nАДРЕС {NEW}")) == [("address", NEW, "asked")]
    assert len(waiting(desk)) == 1


def test_an_office_gives_a_new_address_for_each_login_that_it_serves_and_for_no_other(desk: Desk) -> None:
    office = "office@district.test"
    for code in ("spo240065", "spo240066"):
        login = desk.login(code)
        desk.save(replace(login, addresses=(*login.addresses, office)))
    desk.settle(desk.message(office, f"АДРЕС spo240066 {NEW}"))
    (passport,) = desk.written()
    assert (passport.kind, passport.to, passport.login) == ("passport", office, "spo240066")
    assert waiting(desk) == [("spo240066", "address", NEW, office)]
    desk.settle(desk.message(office, f"АДРЕС spo240067 {NEW}"))
    assert {letter.kind for letter in desk.written()} == {"question", "question_passed"}
    assert len(waiting(desk)) == 1


# Proof


@pytest.mark.parametrize("text", [f"АДРЕС {NEW}", f"ПАСПОРТ\nадрес {NEW}"])
def test_m30_a_change_that_only_the_sender_vouches_for_is_asked_back_first(desk: Desk, text: str) -> None:
    desk.settle(desk.message(SCHOOL, text, about=False, proven=False))
    kinds = [letter.kind for letter in desk.written()]
    assert "passport" not in kinds
    assert "confirm" in kinds
    assert waiting(desk) == []


def test_m30_the_record_alone_needs_no_more_than_a_registered_address(desk: Desk) -> None:
    desk.settle(desk.message(SCHOOL, "ПАСПОРТ", about=False, proven=False))
    assert [(letter.kind, letter.to) for letter in desk.written()] == [("passport", SCHOOL)]


@pytest.mark.parametrize("sender", [OTHER_SCHOOL, "thief@elsewhere.test"])
def test_the_record_of_another_is_not_shown(desk: Desk, sender: str) -> None:
    """Not even to somebody who answers its letter: the tag vouches for a return, it gives no right to ask."""
    desk.settle(desk.message(sender, "ПАСПОРТ", letter_of=SCHOOL))
    written = desk.written()
    assert written
    assert "passport" not in {letter.kind for letter in written if letter.login == "spo240065"}
    assert {letter.to for letter in written} <= {sender, SCHOOL, SUPPORT}
