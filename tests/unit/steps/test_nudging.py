"""«ПРОДЛИТЬ», «НАПОМНИТЬ», «ПОВТОРИТЬ»: what a coordinator may have done for an organisation, and the record of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from pipeline.catalogue import MOSCOW
from pipeline.model import Login, ReceiptState, Role
from pipeline.store import extensions, health, receipts
from tests.unit.steps.desk import CLOSES, COORDINATOR, FAR, OTHER_SCHOOL, SCHEDULE, SCHOOL, SUPPORT, Desk, Written

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WHO = f"spo_coord_24 <{COORDINATOR}>"
MORNING = datetime(2021, 8, 31, 10, 0, tzinfo=MOSCOW)  # a Tuesday
EVERYBODY = ["spo240065", "spo240066", "spo240067", "spo240072"]


@pytest.fixture(autouse=True)
def _morning(desk: Desk) -> None:
    """Letters to organisations leave at once at this hour."""
    desk.now = MORNING
    desk.save(FAR)


def asked(desk: Desk, text: str) -> list[Written]:
    """The coordinator writes a command; return the letters that it brings about, the answer last."""
    desk.settle(desk.message(COORDINATOR, text))
    return desk.written()


def to(written: list[Written]) -> list[tuple[str, str]]:
    return [(letter.kind, letter.to) for letter in written]


def done(desk: Desk) -> list[tuple[str, str | None, str]]:
    """Deeds with their login and why, each by the coordinator."""
    found = desk.deeds()
    assert {deed.who for deed in found} <= {WHO}
    return [(deed.what, deed.login, deed.why) for deed in found]


# ПРОДЛИТЬ


def test_an_extension_within_reach_is_granted_at_once_and_told_to_both(desk: Desk) -> None:
    told, answer = asked(desk, "ПРОДЛИТЬ spo240065 до 9 сентября, болезнь ответственного")
    until = CLOSES + 2 * DAY
    assert (told.kind, told.to, told.attached) == ("extended", SCHOOL, ["form"])
    assert (answer.kind, answer.to) == ("extension_result", COORDINATOR)
    assert answer.says("result", "asked", "why") == ("done", "spo240065", "болезнь ответственного")
    assert answer.instant("until") == until
    assert answer.says("letters", "at", "untold") == (1, None, False)
    (extension,) = extensions.history(desk.session, SCHEDULE)
    assert (extension.login, extension.until, extension.who) == ("spo240065", until, WHO)
    assert done(desk) == [("extended", "spo240065", "болезнь ответственного")]
    assert "Срок продлён: spo240065, до 09.09.2021 18:00 мск" in desk.text(answer)


def test_an_extension_through_a_day_holds_to_its_end(desk: Desk) -> None:
    told, answer = asked(desk, "ПРОДЛИТЬ spo240065 по 09/09/21, болезнь ответственного")
    assert (told.kind, answer.says("result", "why")) == ("extended", ("done", "болезнь ответственного"))
    assert "Срок продлён: spo240065, до 09.09.2021 23:59 мск" in desk.text(answer)


def test_m35_a_line_that_is_no_command_beside_one_is_said_to_be_undone(desk: Desk) -> None:
    lines = ("ПРОДЛИТЬ spo240065 до 9 сентября", "ПРОДЛИТЬ spo240066 как получится", "Можно ли продлить всем?")
    written = asked(desk, "\n".join(lines))
    assert done(desk)[0][:2] == ("extended", "spo240065")
    (passed,) = [letter for letter in written if letter.kind == "question_passed"]
    assert passed.says("undone") == [lines[1]]
    assert "по ним ничего не сделано" in desk.text(passed)
    assert lines[1] in desk.text(passed)


def test_the_letter_of_an_extension_waits_for_the_morning_and_the_coordinator_is_told(desk: Desk) -> None:
    desk.now = MORNING - 8 * HOUR
    told, answer = asked(desk, "ПРОДЛИТЬ spo240065 до 9 сентября")
    assert told.letter.due_at == datetime(2021, 8, 31, 8, 0, tzinfo=MOSCOW)
    assert answer.instant("at") == told.letter.due_at
    assert answer.letter.due_at == desk.now


def test_an_extension_that_ends_before_its_letter_would_leave_is_said_to_be_untold(desk: Desk) -> None:
    desk.now = CLOSES + 8 * HOUR  # two at night
    (answer,) = asked(desk, "ПРОДЛИТЬ spo240065 до 8 сентября 05:00")
    assert answer.says("result", "letters", "untold") == ("done", 0, True)
    assert len(extensions.history(desk.session, SCHEDULE)) == 1


def test_after_the_closing_an_extension_takes_what_came_late(desk: Desk) -> None:
    desk.now = CLOSES + HOUR
    late = desk.message(SCHOOL, workbook=desk.form())
    desk.settle(late)
    desk.written()
    *_, answer = asked(desk, "ПРОДЛИТЬ spo240065 до 9 сентября")
    assert answer.says("result", "reopened") == ("done", 1)
    again = receipts.receipt(desk.session, late.receipt.id)
    assert again is not None
    assert again.state is ReceiptState.UNREAD


def test_beyond_a_coordinators_reach_support_is_asked_whatever_its_cap(desk: Desk) -> None:
    desk.limit(answering={"questions": 0})
    wanted, answer = asked(desk, "ПРОДЛИТЬ spo240065 до 20.09.2021 12:00, ремонт")
    assert (wanted.kind, wanted.to, wanted.leaves) == ("extension_wanted", SUPPORT, True)
    assert wanted.says("sender", "why") == (COORDINATOR, "ремонт")
    assert wanted.says("command").startswith(
        f'kabinet extend {SCHEDULE} --login spo240065 --until "2021-09-20 12:00" --reason'
    )
    assert (answer.kind, answer.to) == ("extension_result", COORDINATOR)
    assert answer.says("result") == "passed_on"
    assert answer.instant("furthest") == CLOSES + 3 * DAY
    assert extensions.history(desk.session, SCHEDULE) == []
    assert done(desk) == [("passed_on", "spo240065", "ремонт")]


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("ПРОДЛИТЬ spo250001 до 9 сентября", "unknown_login"),
        ("ПРОДЛИТЬ spo240999 до 9 сентября", "unknown_login"),
        ("ПРОДЛИТЬ spo240065 до 7 сентября", "not_later"),
        ("ПРОДЛИТЬ spo240065 до 29.08.2021", "past"),
        ("ПРОДЛИТЬ spo240065 до лучших времен", "unclear"),
        ("ПРОДЛИТЬ spo240065 до 09/10/2021", "unclear"),
    ],
)
def test_what_cannot_be_extended_is_refused_with_the_reason_and_on_record(desk: Desk, text: str, result: str) -> None:
    """Of an organisation of another region the coordinator hears the same as of one that does not exist."""
    (answer,) = asked(desk, text)
    assert (answer.kind, answer.to, answer.says("result")) == ("extension_result", COORDINATOR, result)
    assert extensions.history(desk.session, SCHEDULE) == []
    (deed,) = desk.deeds()
    assert (deed.what, deed.who, deed.detail) == ("refused", WHO, f"ПРОДЛИТЬ: {result}")


def test_the_same_extension_again_is_said_to_be_given_already(desk: Desk) -> None:
    asked(desk, "ПРОДЛИТЬ spo240065 до 9 сентября")
    (answer,) = asked(desk, "ПРОДЛИТЬ spo240065 до 9 сентября")
    assert answer.says("result") == "already"
    assert len(extensions.history(desk.session, SCHEDULE)) == 1


def test_an_organisation_cannot_extend_its_own_deadline(desk: Desk) -> None:
    desk.settle(desk.message(SCHOOL, "ПРОДЛИТЬ spo240065 до 9 сентября"))
    assert to(desk.written()) == [("question", SUPPORT), ("question_passed", SCHOOL)]
    assert extensions.history(desk.session, SCHEDULE) == []


# НАПОМНИТЬ


def test_a_reminder_goes_to_all_of_the_region_who_have_not_handed_in(desk: Desk) -> None:
    desk.settle(desk.message(SCHOOL, workbook=desk.form()))
    desk.written()
    *reminders, answer = asked(desk, "НАПОМНИТЬ")
    assert [letter.login for letter in reminders] == EVERYBODY[1:]
    assert {(letter.kind, *letter.attached) for letter in reminders} == {("reminder", "form")}
    assert (answer.kind, answer.to) == ("reminded", COORDINATOR)
    assert answer.says("result", "written", "letters", "at") == ("done", 3, 3, None)
    assert answer.says("passed_over") == {"handed_in": 1, "recently": 0, "enough": 0, "no_address": 0, "closed": 0}
    assert done(desk) == [("reminded", None, "")]


def test_m13_a_reminder_that_waits_for_the_morning_has_not_been_received(desk: Desk) -> None:
    desk.now = datetime(2021, 8, 31, 23, 0, tzinfo=MOSCOW)
    asked(desk, "НАПОМНИТЬ")
    (answer,) = asked(desk, "НАПОМНИТЬ")
    over = answer.says("passed_over")
    assert (over["waiting"], over["recently"]) == (4, 0)
    assert "Напоминание уже написано и ждет отправки: 4" in desk.text(answer)


def test_s13_a_term_that_ends_before_letters_leave_again_is_not_over_yet(desk: Desk) -> None:
    desk.limit(hours={"working": (9, 12)})
    desk.now = CLOSES - timedelta(hours=1)
    (answer,) = asked(desk, "НАПОМНИТЬ")
    over = answer.says("passed_over")
    assert (over["too_late"], over["closed"]) == (4, 0)
    assert "Срок уже прошел" not in desk.text(answer)


def test_a_reminder_is_not_repeated_within_hours_and_not_without_end(desk: Desk) -> None:
    asked(desk, "НАПОМНИТЬ")
    (answer,) = asked(desk, "НАПОМНИТЬ")
    assert (answer.says("written"), answer.says("passed_over")["recently"]) == (0, 4)
    desk.limit(reminding={"most": 1})
    desk.now += DAY
    (answer,) = asked(desk, "НАПОМНИТЬ")
    assert (answer.says("written", "most"), answer.says("passed_over")["enough"]) == ((0, 1), 4)


def test_a_reminder_of_one_organisation_leaves_in_working_hours(desk: Desk) -> None:
    desk.now = MORNING + 11 * HOUR
    reminder, answer = asked(desk, "НАПОМНИТЬ spo240066")
    assert to([reminder, answer]) == [("reminder", OTHER_SCHOOL), ("reminded", COORDINATOR)]
    assert reminder.letter.due_at == MORNING + DAY - HOUR
    assert answer.says("asked", "written") == ("spo240066", 1)
    assert answer.instant("at") == reminder.letter.due_at
    assert done(desk) == [("reminded", "spo240066", "")]


def test_dead_addresses_are_not_reminded_and_counted(desk: Desk) -> None:
    health.open_task(desk.session, "spo240066", OTHER_SCHOOL, desk.now - DAY, "no_mailbox", desk.now)
    (answer,) = asked(desk, "НАПОМНИТЬ spo240066")
    assert (answer.says("written"), answer.says("passed_over")["no_address"]) == (0, 1)


@pytest.mark.parametrize(
    ("text", "result"), [("НАПОМНИТЬ spo250001", "unknown_login"), ("НАПОМНИТЬ 77", "unknown_publication")]
)
def test_a_reminder_of_what_is_not_there_is_refused(desk: Desk, text: str, result: str) -> None:
    (answer,) = asked(desk, text)
    assert (answer.kind, answer.says("result")) == ("reminded", result)
    assert [deed.what for deed in desk.deeds()] == ["refused"]


def test_nobody_is_reminded_of_what_is_closed(desk: Desk) -> None:
    desk.now = CLOSES + DAY
    (answer,) = asked(desk, "НАПОМНИТЬ")
    assert answer.says("result") == "nothing_open"


# ПОВТОРИТЬ


def test_the_letter_of_a_publication_is_repeated_with_the_form_to_living_addresses(desk: Desk) -> None:
    dead, second = SCHOOL, "second@school.test"
    desk.save(replace(desk.login("spo240065"), addresses=(dead, second)))
    health.open_task(desk.session, "spo240065", dead, desk.now - DAY, "no_mailbox", desk.now)
    repeated, answer = asked(desk, "ПОВТОРИТЬ spo240065")
    assert (repeated.kind, repeated.to) == ("publication", second)
    assert "form" in repeated.attached
    assert repeated.says("again") == "repeated"
    assert repeated.letter.expires_at is not None
    assert repeated.letter.expires_at <= CLOSES
    assert (answer.kind, answer.to) == ("repeated", COORDINATOR)
    assert answer.says("result", "addresses", "dead", "at") == ("done", [second], [dead], None)
    assert done(desk) == [("repeated", "spo240065", "")]


def test_a_letter_is_not_repeated_within_the_hour_nor_too_often_in_a_day(desk: Desk) -> None:
    asked(desk, "ПОВТОРИТЬ spo240065")
    (answer,) = asked(desk, "ПОВТОРИТЬ spo240065")
    assert answer.says("result") == "already"
    assert (answer.instant("last"), answer.instant("next")) == (MORNING, MORNING + HOUR)
    desk.limit(reminding={"repeat_most": 1})
    desk.now += 2 * HOUR
    (answer,) = asked(desk, "ПОВТОРИТЬ spo240065")
    assert answer.says("result", "most") == ("enough", 1)
    assert answer.instant("next") == MORNING + DAY


def test_what_is_repeated_at_night_leaves_in_the_morning(desk: Desk) -> None:
    desk.now = MORNING - 8 * HOUR
    repeated, answer = asked(desk, "ПОВТОРИТЬ spo240065")
    assert repeated.letter.due_at == datetime(2021, 8, 31, 8, 0, tzinfo=MOSCOW)
    assert answer.instant("at") == repeated.letter.due_at


@pytest.mark.parametrize(
    ("text", "after", "result"),
    [
        ("ПОВТОРИТЬ spo250001", timedelta(), "unknown_login"),
        ("ПОВТОРИТЬ spo240065 77", timedelta(), "unknown_publication"),
        ("ПОВТОРИТЬ spo240065", timedelta(days=10), "closed"),
        ("ПОВТОРИТЬ spo240080", timedelta(), "no_address"),
    ],
)
def test_what_cannot_be_repeated_is_refused_with_the_reason(
    desk: Desk, text: str, after: timedelta, result: str
) -> None:
    desk.save(Login("spo240080", "Школа без адреса", Role.ORGANISATION, "24"))
    desk.now += after
    (answer,) = asked(desk, text)
    assert (answer.kind, answer.to, answer.says("result")) == ("repeated", COORDINATOR, result)
    assert [deed.what for deed in desk.deeds()] == ["refused"]
