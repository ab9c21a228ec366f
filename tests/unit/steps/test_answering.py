"""Answers: which letter goes to whom for one message, with what, and what of it is on record."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from pipeline.embedded.organisations import FAULTY_ROWS
from pipeline.forms.checking.check import Checked
from pipeline.mail.letters.kinds.extension_wanted import ExtensionWantedLetter
from pipeline.mail.letters.kinds.status import StatusLetter
from pipeline.model import Outcome, Status
from pipeline.model.incoming import Purpose
from pipeline.store import confirmations, participations
from tests.unit.steps.desk import CLOSES, OPENS, OTHER_SCHOOL, SCHEDULE, SCHOOL, SUPPORT, Desk, Written

HOUR = timedelta(hours=1)
ELSEWHERE = "director@mail.test"
STRANGER = "who@elsewhere.test"
PDF = b"%PDF-1.7\n" + b"x" * 200


def handed_in(desk: Desk, sender: str = SCHOOL, workbook: bytes | None = None, **parts: Any) -> list[Written]:
    """``sender`` sends the form in; return what is written back, withheld letters too."""
    desk.settle(desk.message(sender, workbook=workbook or desk.form(), **parts))
    return desk.written()


def to(written: list[Written]) -> list[tuple[str, str]]:
    return [(letter.kind, letter.to) for letter in written]


# What became of a workbook


def test_a_good_return_is_answered_with_a_receipt_to_its_writer(desk: Desk) -> None:
    (receipt,) = handed_in(desk)
    assert (receipt.kind, receipt.to, receipt.login) == ("accepted", SCHOOL, "spo240065")
    assert receipt.says("late", "first") == (False, True)
    assert [line["count"] for line in receipt.says("rows")] == [4, 1, 1]
    assert receipt.attached == []
    assert not receipt.mentions("undo_seed")
    assert receipt.letter.in_reply_to is not None
    assert "Итог: данные приняты" in desk.text(receipt)


def test_s12_the_first_acceptance_after_a_refusal_replaces_nothing(desk: Desk) -> None:
    handed_in(desk, workbook=desk.form(FAULTY_ROWS))
    (accepted,) = handed_in(desk)
    assert "Данные сданы." in desk.text(accepted)
    (corrected,) = handed_in(desk)
    assert "заменили прежние" in desk.text(corrected)


def test_a_return_that_only_its_sender_vouches_for_offers_to_disown_it(desk: Desk) -> None:
    (receipt,) = handed_in(desk, workbook=desk.form(tag=False), about=False, proven=False)
    code = desk.context.tagger.one_time(receipt.says("undo_seed"))
    (confirmation,) = confirmations.by_codes(desk.session, [code])
    assert (confirmation.login, confirmation.purpose) == ("spo240065", Purpose.UNDO)
    assert confirmation.expires_at == desk.now + desk.context.limits.proving.undo_life


def test_a_return_from_another_mailbox_is_told_to_the_registered_addresses_and_its_writer_gets_no_data(
    desk: Desk,
) -> None:
    desk.save(replace(desk.login("spo240065"), addresses=(SCHOOL, "second@school.test")))
    written = handed_in(desk, ELSEWHERE)
    assert to(written) == [
        ("accepted", SCHOOL),
        ("accepted", "second@school.test"),
        ("accepted_elsewhere", SCHOOL),
        ("accepted_elsewhere", "second@school.test"),
        ("notice", ELSEWHERE),
    ]
    *_, first_told, told, notice = written
    assert told.says("sender", "outcome") == (ELSEWHERE, "accepted")
    assert told.says("seed") == first_told.says("seed")
    assert (notice.login, notice.attached) == (None, [])
    assert "Обществознание" not in desk.text(notice)
    # The writer's thread is theirs alone.
    assert notice.letter.in_reply_to is not None
    assert {letter.letter.in_reply_to for letter in written[:-1]} == {None}


def test_a_faulty_return_comes_back_with_every_fault_and_says_whether_an_earlier_one_is_in_force(desk: Desk) -> None:
    faulty = desk.form(FAULTY_ROWS)
    (first,) = handed_in(desk, workbook=faulty)
    assert (first.kind, first.attached) == ("rejected", ["annotated"])
    assert first.says("errors", "findings_left", "standing") == (5, 0, False)
    handed_in(desk)
    (second,) = handed_in(desk, workbook=faulty)
    assert second.says("standing") is True


def test_more_findings_than_a_letter_holds_are_counted(desk: Desk) -> None:
    desk.limit(showing={"findings": 2})
    (answer,) = handed_in(desk, workbook=desk.form(FAULTY_ROWS))
    assert len(answer.says("findings")) == 2
    assert answer.says("errors", "findings_left") == (5, 3)


def test_a_draft_and_what_comes_before_the_opening_are_kept_as_begun(desk: Desk) -> None:
    (draft,) = handed_in(desk, workbook=desk.form(draft=True))
    assert (draft.kind, draft.attached) == ("draft_kept", ["annotated"])
    desk.now = OPENS - HOUR
    (early,) = handed_in(desk, OTHER_SCHOOL, workbook=desk.form(login="spo240066"))
    assert (early.kind, early.to, early.attached) == ("early", OTHER_SCHOOL, [])
    for login in ("spo240065", "spo240066"):
        found = participations.participation(desk.session, SCHEDULE, login)
        assert found is not None
        assert found.status is Status.IN_PROGRESS


def test_what_comes_after_the_closing_is_not_taken(desk: Desk) -> None:
    desk.now = CLOSES + HOUR
    (late,) = handed_in(desk)
    assert (late.kind, late.attached) == ("late", [])
    assert late.says("received_at") == desk.now.isoformat()
    found = participations.participation(desk.session, SCHEDULE, "spo240065")
    assert found is not None
    assert found.status is Status.NOT_STARTED


def test_w27_a_check_that_fails_is_our_incident_and_says_nothing_of_faults(desk: Desk) -> None:
    judgement = desk.message(SCHOOL, workbook=desk.form())
    for item in judgement.items:
        item.checked = Checked(Outcome.INCIDENT, incident="ZeroDivisionError")
    desk.settle(judgement)
    (answer,) = desk.written()
    assert (answer.kind, answer.to, answer.attached) == ("incident", SCHOOL, [])
    assert answer.says("file_name") == "Форма.xlsx"
    assert not answer.mentions("findings")


def test_an_older_form_is_answered_with_the_present_one(desk: Desk) -> None:
    (answer,) = handed_in(desk, workbook=desk.form(version=7))
    assert (answer.kind, answer.attached) == ("unreadable", ["form"])
    assert answer.says("reason", "form_attached") == ("wrong_version", True)


def test_a_file_that_is_no_workbook_is_explained_and_the_form_goes_to_registered_addresses_only(desk: Desk) -> None:
    (answer,) = handed_in(desk, workbook=PDF)
    assert (answer.kind, answer.to, answer.attached) == ("unreadable", SCHOOL, ["form"])
    assert answer.says("reason", "form_attached") == ("pdf", True)
    (answer,) = handed_in(desk, ELSEWHERE, workbook=PDF)
    assert (answer.kind, answer.to, answer.attached) == ("unreadable", ELSEWHERE, [])
    assert answer.says("form_attached") is False


def test_a_message_that_forgot_its_workbook_is_told_so_and_gets_the_form(desk: Desk) -> None:
    desk.settle(desk.message(SCHOOL, "Отчёт во вложении."))
    (answer,) = desk.written()
    assert (answer.kind, answer.to, answer.attached) == ("no_workbook", SCHOOL, ["form"])
    assert answer.says("form_attached") is True


# Questions


def test_a_question_goes_to_support_with_the_message_and_its_writer_is_told(desk: Desk) -> None:
    desk.settle(desk.message(SCHOOL, "Нужно ли заполнять третий лист?"))
    question, answer = desk.written()
    assert (question.kind, question.to, question.attached) == ("question", SUPPORT, ["message"])
    assert question.says("sender", "text") == (SCHOOL, "Нужно ли заполнять третий лист?")
    assert question.says("answer_to").endswith("@kabinet.test")
    assert question.letter.in_reply_to is None
    assert (answer.kind, answer.to) == ("question_passed", SCHOOL)
    assert answer.says("passed") is True


def test_a_question_that_a_cap_keeps_from_support_is_said_to_be_kept(desk: Desk) -> None:
    desk.limit(answering={"questions": 0})
    desk.settle(desk.message(SCHOOL, "Нужно ли заполнять третий лист?"))
    question, answer = desk.written()
    assert (question.kind, question.leaves, question.letter.server_reply) == ("question", False, "cap_address")
    assert (answer.kind, answer.says("passed")) == ("question_passed", False)


def test_a_stranger_is_answered_once_a_day(desk: Desk) -> None:
    desk.settle(desk.message(STRANGER, "Здравствуйте, что это за служба?", about=False))
    assert to(desk.written()) == [("question", SUPPORT), ("stranger", STRANGER)]
    desk.settle(desk.message(STRANGER, "А всё-таки что это за служба?", about=False))
    assert to(desk.written()) == [("question", SUPPORT)]


def test_support_sees_which_logins_an_address_serves_when_it_is_open_for_which_it_writes(desk: Desk) -> None:
    office = "office@district.test"
    for code in ("spo240065", "spo240066"):
        login = desk.login(code)
        desk.save(replace(login, addresses=(*login.addresses, office)))
    desk.settle(desk.message(office, "Кому отвечать на ваши письма?", about=False))
    question, answer = desk.written()
    assert [line["login"] for line in question.says("served")] == ["spo240065", "spo240066"]
    assert (answer.kind, answer.login) == ("question_passed", None)


# Safely


def test_m16_what_no_person_wrote_is_on_record_and_not_answered(desk: Desk) -> None:
    (receipt,) = handed_in(desk, headers={"Precedence": "bulk"})
    assert (receipt.kind, receipt.to, receipt.leaves) == ("accepted", SCHOOL, False)
    assert receipt.letter.server_reply


def test_a_released_message_is_answered_to_the_addresses_of_its_login_alone(desk: Desk) -> None:
    written = handed_in(desk, STRANGER, released_as="spo240065", about=False)
    assert to(written) == [("accepted", SCHOOL), ("notice", STRANGER)]
    desk.answers(desk.message(STRANGER, "СТАТУС", released_as="spo240065", about=False)).to_sender(
        StatusLetter(items=()), desk.login("spo240065")
    )
    assert to(desk.written()) == [("status", SCHOOL)]


def test_m33_a_cap_is_told_once_and_then_keeps_letters_back(desk: Desk) -> None:
    desk.limit(answering={"receipts_per_address": 2})
    assert to(handed_in(desk)) == [("accepted", SCHOOL)]
    second, third = (handed_in(desk, workbook=desk.form(FAULTY_ROWS[:count])) for count in (1, 2))
    assert [(letter.kind, letter.leaves) for letter in second] == [("limit", True), ("rejected", False)]
    assert [(letter.kind, letter.leaves) for letter in third] == [("rejected", False)]
    told, kept = second
    assert (told.to, kept.letter.server_reply) == (SCHOOL, "cap_address")
    assert told.says("cap", "allowance") == ("cap_address", "receipts")
    # Answers to commands have a cap of their own.
    desk.settle(desk.message(SCHOOL, "СТАТУС"))
    assert [(letter.kind, letter.leaves) for letter in desk.written()] == [("status", True)]


def test_a_message_settled_again_writes_nothing_twice(desk: Desk) -> None:
    judgement = desk.message(SCHOOL, "Нужно ли заполнять третий лист?")
    desk.settle(judgement)
    assert len(desk.written()) == 2
    desk.settle(judgement)
    assert desk.written() == []


@pytest.mark.parametrize("sender", [SCHOOL, ELSEWHERE])
def test_what_support_must_act_on_no_cap_keeps_back(desk: Desk, sender: str) -> None:
    desk.limit(answering={"questions": 0})
    judgement = desk.message(sender, "ПРОДЛИТЬ")
    wanted = ExtensionWantedLetter(
        asked="spo240065", organisation="x", until=desk.now, why="", sender=sender, command="x", answer_to=sender
    )
    desk.answers(judgement).to_support(wanted, None, None)
    (letter,) = desk.written()
    assert (letter.to, letter.leaves) == (SUPPORT, True)


def test_m25_words_under_another_organisations_tag_are_not_called_a_form(desk: Desk) -> None:
    """Only what brings a form is told «это форма другой организации»; who answers another's letter writes apart."""
    desk.settle(desk.message(OTHER_SCHOOL, "СТАТУС", letter_of=SCHOOL))
    told = [letter for letter in desk.written() if letter.kind == "held" and letter.to == OTHER_SCHOOL]
    assert [letter.says("form") for letter in told] == [False]
    assert "форма другой организации" not in desk.text(told[0])
    assert "новым письмом" in desk.text(told[0])
