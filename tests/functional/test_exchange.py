"""What organisations, coordinators and support see of the exchange, one situation a test, on a standing clock."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.embedded import acting
from pipeline.embedded.organisations import FAULTY_ROWS, GOOD_ROWS, filled
from pipeline.mail.message.parse import parse
from pipeline.mail.rules.load import load_rules
from pipeline.model import Counts, LetterState, ReceiptState, Status
from pipeline.steps.incoming.settling import settle
from pipeline.store import letters, receipts
from tests.functional.post import CLOSES, OPENS, Post, form_in, make_post, typed
from tests.functional.world import opened, text_of, workbooks_of

WRITER = "spo240065@school.test"
COORDINATOR = "spo_coord_24@region.test"
SUPPORT = "support@kabinet.test"


@pytest.fixture
def post(tmp_path: Path) -> Post:
    made = make_post(tmp_path)
    made.publish()
    return made


def test_s11a_coordinator_gets_the_figures_in_place_of_the_form(post: Post) -> None:
    message = post.last(COORDINATOR)
    text = text_of(message)
    for words in ("Всего", "Не приступило", "В работе", "Сдано", "13", "План-график"):
        assert words in text
    assert not any(name.startswith("Форма") for name in workbooks_of(message))


def test_s9_s11_first_return_accepted_at_once_sets_both_dates(post: Post) -> None:
    received_at = post.now
    post.write(WRITER, post.last(WRITER), "Направляем форму", typed(form_in(post.last(WRITER))))
    post.later(timedelta(hours=3))  # read late: the mail server's receipt time counts
    assert post.exchange_all()["accepted"] == 1
    part = post.participant("spo240065").participation
    assert (part.status, part.begun_at, part.handed_in_at) == (Status.SUBMITTED, received_at, received_at)
    answer = post.last(WRITER)
    assert str(answer["Subject"]).startswith("Принято")
    assert "30 августа 2021 года, 21:41 мск" in text_of(answer)
    assert "Обществознание" in text_of(answer)
    assert answer["In-Reply-To"] is not None


def test_s11_draft_by_subject_or_by_the_cover_cell_is_not_handed_in(post: Post) -> None:
    form = form_in(post.last(WRITER))
    letter = post.last(WRITER)
    post.write(WRITER, letter, "", typed(form), subject=f"Re: {letter['Subject']} ЧЕРНОВИК")
    post.exchange_all()
    assert post.participant("spo240065").participation.status is Status.IN_PROGRESS
    other = "spo240066@school.test"
    post.write(other, post.last(other), "", typed(form_in(post.last(other)), draft=True))
    post.exchange_all()
    assert post.participant("spo240066").participation.status is Status.IN_PROGRESS
    assert post.counts() == Counts(11, 2, 0)


def test_w39_an_unclear_mark_or_a_sentence_keeps_the_form_as_a_draft_and_the_letter_quotes_it(post: Post) -> None:
    post.write(WRITER, post.last(WRITER), "", typed(form_in(post.last(WRITER)), draft="ждём приказ"))
    post.exchange_all()
    assert post.participant("spo240065").participation.status is Status.IN_PROGRESS
    said = " ".join(text_of(post.last(WRITER)).split())
    assert "Сохранено, но не сдано" in said
    assert "отметка «ждём приказ» — не «да» и не «нет»" in said
    assert "Делать ничего не нужно" not in said
    other = "spo240066@school.test"
    post.write(other, post.last(other), "Пока это черновик, ждём приказ.", typed(form_in(post.last(other))))
    post.exchange_all()
    assert post.participant("spo240066").participation.status is Status.IN_PROGRESS


def with_a_copy(form: tuple[str, bytes]) -> tuple[str, bytes]:
    """The schedule with a second sheet of its first table, of another branch."""
    with filled(form[1]) as (book, save):
        copy = book.copy_worksheet(book[acting.COLLECTION_SHEET])
        copy.title, copy["A5"] = "Филиал", "История"
        return form[0], save()


def test_w29_a_second_sheet_is_to_be_put_right_in_the_senders_own_file(post: Post) -> None:
    post.write(WRITER, post.last(WRITER), "", with_a_copy(typed(form_in(post.last(WRITER)))))
    assert post.exchange_all()["rejected"] == 1
    said = " ".join(text_of(post.last(WRITER)).split())
    assert "Откройте файл, который вы отправляли" in said
    assert "Лист «Филиал» повторяет таблицу" in said
    assert "ячейка пустая" not in said
    assert "цветные ячейки" not in said


def test_s9_form_is_sent_again_with_what_was_last_recorded_in_it(post: Post) -> None:
    post.write(WRITER, post.last(WRITER), "", typed(form_in(post.last(WRITER)), FAULTY_ROWS))
    post.exchange_all()
    post.write(WRITER, post.last(WRITER), "Форма, пожалуйста")
    post.exchange_all()
    sheet = opened(form_in(post.last(WRITER))[1])[acting.COLLECTION_SHEET]
    values = {cell.value for row in sheet.iter_rows() for cell in row}
    assert {"двадцать", "Алхимия", 250} <= values


def test_w25_later_bad_return_takes_nothing_away_and_shows_as_a_flag(post: Post) -> None:
    form = form_in(post.last(WRITER))
    post.write(WRITER, post.last(WRITER), "", typed(form))
    post.exchange_all()
    post.later(timedelta(hours=1))
    post.write(WRITER, post.last(WRITER), "", typed(form, FAULTY_ROWS))
    post.exchange_all()
    part = post.participant("spo240065").participation
    assert part.status is Status.SUBMITTED
    assert part.correction_rejected
    assert "остаются" in text_of(post.last(WRITER)) or "в силе" in text_of(post.last(WRITER)).lower()


def test_w25_accepted_return_is_the_latest_received_whatever_the_order_of_reading(post: Post) -> None:
    form, letter = form_in(post.last(WRITER)), post.last(WRITER)
    newer, older = post.now + timedelta(hours=2), post.now + timedelta(hours=1)
    changed = [(*GOOD_ROWS[0][:3], 77, *GOOD_ROWS[0][4:]), *GOOD_ROWS[1:]]
    post.write(WRITER, letter, "", typed(form, changed), at=newer)
    post.exchange_all()
    post.write(WRITER, letter, "", typed(form), at=older)
    post.exchange_all()
    assert post.participant("spo240065").participation.handed_in_at == newer
    post.later(timedelta(hours=12))  # in the morning: at night no digest leaves
    post.run("digest", "deliver")
    export = next(data for name, data in workbooks_of(post.last(COORDINATOR)).items() if "Экспорт" in name)
    rows = list(opened(export)[acting.COLLECTION_SHEET].iter_rows(values_only=True))
    assert 77 in rows[1]


def test_w25_late_return_is_refused_and_changes_nothing(post: Post) -> None:
    form = form_in(post.last(WRITER))
    post.write(WRITER, post.last(WRITER), "", typed(form), at=CLOSES)
    post.write(
        "spo240066@school.test",
        post.last("spo240066@school.test"),
        "",
        typed(form_in(post.last("spo240066@school.test"))),
        at=CLOSES + timedelta(seconds=1),
    )
    post.later(timedelta(days=8))
    counts = post.exchange_all()
    assert (counts["accepted"], counts["late"]) == (1, 1)
    assert post.counts() == Counts(12, 0, 1)


def test_w25_return_before_the_opening_is_kept_as_a_draft(post: Post) -> None:
    early = OPENS - timedelta(minutes=1)
    post.write(WRITER, post.last(WRITER), "", typed(form_in(post.last(WRITER))), at=early)
    assert post.exchange_all()["early"] == 1
    part = post.participant("spo240065").participation
    assert (part.status, part.begun_at) == (Status.IN_PROGRESS, early)
    assert "20:41 мск" in text_of(post.last(WRITER))


def test_s2_return_by_tag_from_another_mailbox_is_accepted_and_the_registered_address_told(post: Post) -> None:
    stranger = "petrova@mail.test"
    post.write(stranger, post.last(WRITER), "", typed(form_in(post.last(WRITER))))
    assert post.exchange_all()["accepted"] == 1
    told = [str(message["Subject"]) for message in post.received(WRITER)]
    assert len(told) == 3  # the publication, the receipt, and who sent it
    assert any(stranger in text_of(message) for message in post.received(WRITER))
    notice = text_of(post.last(stranger))
    assert "Обществознание" not in notice
    assert not workbooks_of(post.last(stranger))


def test_s2_stranger_without_a_tag_is_held_and_gets_no_data(post: Post) -> None:
    blank = typed(form_in(post.last(WRITER)))
    stranger = "petrova@mail.test"
    plain = post.last(WRITER)
    del plain["Reply-To"], plain["Message-ID"]
    post.write(stranger, plain, "ФОРМА")
    post.exchange_all()
    assert not any(workbooks_of(message) for message in post.received(stranger))
    assert post.counts() == Counts(13, 0, 0)
    assert blank


def test_m16_m18_workbook_in_automatic_mail_is_taken_and_the_answer_withheld(post: Post) -> None:
    automatic = {"Auto-Submitted": "auto-generated", "Precedence": "bulk"}
    post.write(WRITER, post.last(WRITER), "", typed(form_in(post.last(WRITER))), headers=automatic)
    assert post.exchange_all()["accepted"] == 1
    assert len(post.received(WRITER)) == 1
    with post.context() as context, context.store.reading() as session:
        assert [row.kind for row in letters.listed(session, LetterState.WITHHELD)] == ["accepted"]


def test_m17_answers_to_one_address_have_a_cap_a_day(post: Post) -> None:
    letter = post.last(WRITER)
    for number in range(30):
        post.write(WRITER, letter, "ПОМОЩЬ", headers={"X-Number": str(number)})
    post.exchange_all()
    assert len(post.received(WRITER)) == 1 + 20


def test_m6_same_message_twice_is_answered_once(post: Post) -> None:
    post.write(WRITER, post.last(WRITER), "", typed(form_in(post.last(WRITER))))
    (message,) = post.inbox.folders["INBOX"].messages.values()
    post.inbox.deliver(message.data, post.now)
    counts = post.exchange_all()
    assert (counts["accepted"], counts["duplicate"]) == (1, 1)
    assert len(post.received(WRITER)) == 2


def test_m8_mail_that_waited_for_weeks_is_collected(post: Post) -> None:
    post.write(WRITER, post.last(WRITER), "", typed(form_in(post.last(WRITER))))
    post.later(timedelta(days=60))
    assert post.exchange_all()["accepted"] == 1


def test_question_goes_to_support_with_the_message_and_the_writer_is_told(post: Post) -> None:
    post.write(WRITER, post.last(WRITER), "Добрый день! Подскажите, что писать, если аудиторий нет?")
    post.exchange_all()
    question = post.last(SUPPORT)
    assert "аудиторий нет" in text_of(question)
    assert str(question["Reply-To"]).startswith("exchange+q-")
    assert WRITER in text_of(question)
    assert "передан" in text_of(post.last(WRITER)).lower()


def test_s15_export_is_answered_with_a_number_at_once_and_the_workbook_when_ready(post: Post) -> None:
    post.write(WRITER, post.last(WRITER), "", typed(form_in(post.last(WRITER))))
    post.exchange_all()
    post.write(COORDINATOR, post.last(COORDINATOR), "ЭКСПОРТ")
    post.exchange_all()
    forming, ready = post.received(COORDINATOR)[-2:]
    assert "формируется" in text_of(forming) + str(forming["Subject"])
    (content,) = workbooks_of(ready).values()
    assert opened(content)[acting.COLLECTION_SHEET].max_row == 1 + len(GOOD_ROWS)


def test_s13_participants_on_request_for_the_coordinator_only(post: Post) -> None:
    post.write(COORDINATOR, post.last(COORDINATOR), "участники")
    post.exchange_all()
    (content,) = workbooks_of(post.last(COORDINATOR)).values()
    assert opened(content)["Не приступили"].max_row == 1 + 13
    post.write(WRITER, post.last(WRITER), "УЧАСТНИКИ")
    post.exchange_all()
    assert not any("Список участников" in name for message in post.received(WRITER) for name in workbooks_of(message))


def test_reminders_go_once_to_those_who_have_not_handed_in(post: Post) -> None:
    post.write(WRITER, post.last(WRITER), "", typed(form_in(post.last(WRITER))))
    post.exchange_all()
    before = len(post.mail.sent)
    post.now = CLOSES - timedelta(days=3, hours=6)  # at noon: reminders leave in working hours
    post.run("remind", "deliver", "remind", "deliver")
    assert len(post.mail.sent) - before == 12
    assert len(post.received(WRITER)) == 2
    assert form_in(post.last("spo240066@school.test"))


def test_digest_once_a_day_and_the_last_one_at_the_closing(post: Post) -> None:
    before = len(post.received(COORDINATOR))
    post.run("digest", "deliver", "digest", "deliver")
    assert len(post.received(COORDINATOR)) == before + 1
    post.now = CLOSES + timedelta(minutes=1)
    post.run("close", "deliver", "close", "deliver")
    assert len(post.received(COORDINATOR)) == before + 2


def test_m9_message_that_cannot_be_judged_is_kept_and_stops_nothing(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    def poisoned(data: bytes, *arguments: Any) -> Any:
        if b"X-Poison" in data:
            raise RuntimeError("poison")
        return parse(data, *arguments)

    monkeypatch.setattr("pipeline.steps.judging.judge.parse", poisoned)
    post.write(WRITER, post.last(WRITER), "", typed(form_in(post.last(WRITER))), headers={"X-Poison": "1"})
    other = "spo240066@school.test"
    post.write(other, post.last(other), "", typed(form_in(post.last(other))))
    assert post.exchange_all()["accepted"] == 1
    for _ in range(5):
        post.later(timedelta(hours=1))
        post.exchange_all()
    with post.context() as context, context.store.reading() as session:
        (failed,) = receipts.listed(session, {ReceiptState.FAILED})
        assert context.archive.get(failed.sha256)


def test_m19_message_that_cannot_be_settled_takes_nothing_of_its_batch_with_it(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    def poisoned(*arguments: Any) -> Any:
        if arguments[2].message.headers.get("X-Poison"):
            raise RuntimeError("poison")
        return settle(*arguments)

    monkeypatch.setattr("pipeline.steps.check.settle", poisoned)
    others = ["spo240066@school.test", "spo240067@school.test"]
    for address in (others[0], WRITER, others[1]):
        headers = {"X-Poison": "1"} if address == WRITER else {}
        post.write(address, post.last(address), "", typed(form_in(post.last(address))), headers=headers)
    counts = post.exchange_all()
    assert (counts["accepted"], counts["retried"]) == (2, 1)
    assert all("принят" in str(post.last(address)["Subject"]).lower() for address in others)
    monkeypatch.undo()
    post.later(timedelta(hours=1))
    assert post.exchange_all()["accepted"] == 1


def test_m13_publishing_again_fills_the_gaps_only(post: Post) -> None:
    before = len(post.mail.sent)
    post.publish()
    assert len(post.mail.sent) == before


def test_m11_rule_may_answer_with_a_letter_or_file_in_a_folder_of_its_own(tmp_path: Path) -> None:
    rules = """
rules:
  - {name: opening-hours, description: x, sample: x, when: {subject: '*часы работы*'}, action: answer, letter: help}
  - {name: price-lists, description: x, sample: x, when: {subject: '*прайс*'}, action: file, folder: Реклама}
  - {name: rest, description: x, sample: x, action: ignore}
"""
    post = make_post(tmp_path)
    post.publish()
    post.rules = load_rules(rules, "inbox_rules.yaml")
    post.write(WRITER, post.last(WRITER), "?", subject="Часы работы")
    post.write("shop@mail.test", post.last(WRITER), "!", subject="Наш прайс")
    post.exchange_all()
    post.run("collect")
    assert "Команды" in text_of(post.last(WRITER)) or "ФОРМА" in text_of(post.last(WRITER))
    assert len(post.inbox.folders["Kabinet/Реклама"].messages) == 1
    assert not post.received("shop@mail.test")
