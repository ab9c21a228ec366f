"""Caps that speak (E7, M33): told once, nothing done without an answer, returns answered whatever else is asked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from itertools import count
from pathlib import Path

import pytest

from pipeline.cabinet.storage import room_for_files
from pipeline.catalogue import MOSCOW
from pipeline.embedded import clients
from pipeline.embedded.organisations import FAULTY_ROWS, GOOD_ROWS
from pipeline.model import Allowance, LetterState, ReceiptState, Status
from pipeline.outbox import SmtpSettings
from pipeline.steps import moderate
from pipeline.steps.base.context import (
    Context,
)
from pipeline.steps.base.fakes.transport import (
    FakeTransport,
    SentLetter,
)
from pipeline.steps.base.limits import Limits
from pipeline.store import extensions, participations, reports, roster
from tests.factories.limits import limited
from tests.functional.collections import (
    PEOPLE,
    ROOMS,
    TITLES,
    answer,
    ask,
    deeds,
    first_letter,
    letter_about,
    on_record,
    publish_more,
    received,
)
from tests.functional.post import NOWHERE, Kabinet, Post, form_in, typed
from tests.functional.published import COORDINATOR, DAY, SUPPORT, hand_in, published_post
from tests.functional.robots import until_silence
from tests.functional.world import SCHEDULE, World, letter, make_world, text_of, workbooks_of
from tests.systems.dovecot import Dovecot

WRITER, OTHER = "spo240065@school.test", "spo240066@school.test"
MINUTE = timedelta(minutes=1)
FEW = limited(Limits(), answering={"per_address": 4, "coordinator_times": 1})


@pytest.fixture
def post(tmp_path: Path) -> Post:
    """The schedule is out; four organisations and their coordinator."""
    return published_post(tmp_path)


@pytest.fixture
def three(post: Post) -> Post:
    """Two more collections are open."""
    publish_more(post)
    post.run("deliver")
    return post


def told_until(message: EmailMessage) -> datetime:
    """The instant that a letter on a cap names in its subject, which is Moscow's."""
    found = re.search(r"с (\d\d\.\d\d\.\d{4} \d\d:\d\d) мск", str(message["Subject"]))
    assert found is not None, message["Subject"]
    return datetime.strptime(found[1], "%d.%m.%Y %H:%M").replace(tzinfo=MOSCOW).astimezone(UTC)


def limits_told(post: Post, address: str) -> list[EmailMessage]:
    return [message for message in post.received(address) if str(message["Subject"]).startswith("Предел")]


def _serve(post: Post, office: str, codes: Sequence[str]) -> None:
    """Let one office answer for several organisations."""
    with post.context() as context, context.store.transaction() as session:
        people = [login for code in codes if (login := roster.login(session, code)) is not None]
        served = [replace(login, addresses=(*login.addresses, office)) for login in people]
        roster.save_logins(session, served, post.now, complete=False)


# Several products of one command


def test_e7_what_a_command_makes_for_three_collections_is_one_letter(three: Post) -> None:
    forming, ready = ask(three, COORDINATOR, "ЭКСПОРТ")
    assert str(forming["Subject"]) == "Отчёты №1, №2 и №3 формируются"
    assert str(ready["Subject"]) == "Отчёты №1, №2 и №3 готовы"
    assert sorted(workbooks_of(ready)) == [f"Отчёт {number} Экспорт результатов.xlsx" for number in (1, 2, 3)]
    for title in TITLES.values():
        assert title in text_of(forming)
        assert title in text_of(ready)
    listed = answer(three, COORDINATOR, "УЧАСТНИКИ")
    assert sorted(workbooks_of(listed)) == [f"Отчёт {number} Список участников.xlsx" for number in (4, 5, 6)]
    waiting = answer(three, COORDINATOR, "НЕ ПРИСТУПИЛИ")
    assert text_of(waiting).count("spo240065  ") == 3
    reminded = answer(three, COORDINATOR, "НАПОМНИТЬ spo240065")
    assert str(reminded["Subject"]) == "Напоминаем о 3 сборах данных, spo240065"
    assert [row.login for row in on_record(three, "reminder")] == ["spo240065"] * 3
    assert len(on_record(three, "reminded")) == 1


def test_e7_forms_of_all_collections_come_together_and_each_comes_back_as_its_own(three: Post) -> None:
    forms = answer(three, WRITER, "ФОРМА")
    assert str(forms["Subject"]) == "Ваши формы, 3 сбора данных"
    found = workbooks_of(forms)
    numbers = {SCHEDULE: 1, PEOPLE: 2, ROOMS: 3}
    assert sorted(found) == [f"Форма spo240065, публикация {number}.xlsx" for number in numbers.values()]
    for code in numbers:
        assert three.participant("spo240065", code).participation.status is Status.IN_PROGRESS
    name = f"Форма spo240065, публикация {numbers[ROOMS]}.xlsx"
    three.write(WRITER, forms, "Направляем", typed((name, found[name])))
    assert three.exchange_all()["accepted"] == 1
    assert "Готовность аудиторий" in str(three.last(WRITER)["Subject"])
    status = {code: three.participant("spo240065", code).participation.status for code in numbers}
    assert status == {SCHEDULE: Status.IN_PROGRESS, PEOPLE: Status.IN_PROGRESS, ROOMS: Status.SUBMITTED}


def test_e7_what_does_not_fit_one_letter_comes_in_as_few_as_can_carry_it(three: Post) -> None:
    whole = answer(three, WRITER, "ФОРМА")
    sizes = sorted(len(content) for content in workbooks_of(whole).values())
    largest = next(size for size in range(300_000, 900_000, 100) if room_for_files(size) >= sum(sizes[1:]))
    assert room_for_files(largest) < sum(sizes)  # any two of the forms fit, not all of them
    three.limits = limited(three.limits, sending={"largest_letter": largest})
    parts = ask(three, WRITER, "ФОРМА")
    assert len(parts) == 2
    assert sorted(name for part in parts for name in workbooks_of(part)) == sorted(workbooks_of(whole))
    assert max(len(sent.content) for sent in three.mail.sent[-2:]) < largest
    alone = next(part for part in parts if len(workbooks_of(part)) == 1)
    assert str(alone["Subject"]).startswith("Ваша форма, сдать до")


# A cap is told once, and what cannot be answered is not done


def test_e7_m33_reaching_a_cap_is_told_once_and_nothing_is_done_until_the_instant_it_names(three: Post) -> None:
    three.limits = limited(FEW, answering={"per_address": 6})
    for _ in range(5):
        assert str(answer(three, COORDINATOR, "ПОМОЩЬ")["Subject"]).startswith("Как пользоваться")
        three.later(MINUTE)
    publication = letter_about(three, COORDINATOR, SCHEDULE)
    limit = answer(three, COORDINATOR, "ПОВТОРИТЬ spo240065", to=publication)
    until = told_until(limit)
    assert "НЕ ВЫПОЛНЕНО\n\n- ПОВТОРИТЬ spo240065" in text_of(limit).replace("\r\n", "\n")
    before = [row.id for row in on_record(three)]
    for words in ("ПРОДЛИТЬ spo240065 до 9 сентября", "НАПОМНИТЬ", "ПОВТОРИТЬ spo240065", "ЭКСПОРТ", "УЧАСТНИКИ"):
        assert ask(three, COORDINATOR, words, to=publication) == []
    assert ask(three, COORDINATOR, "ПАСПОРТ\nадрес coord24@other.test") == []
    assert [row.id for row in on_record(three)] == before
    assert deeds(three) == []
    refused = received(three)[5:]
    assert {(receipt.state, str(receipt.reason)) for receipt in refused} == {(ReceiptState.REFUSED, "over_cap")}
    with three.context() as context, context.store.reading() as session:
        assert reports.forming(session) == []
        assert extensions.history(session, SCHEDULE) == []
    three.now = until
    assert str(answer(three, COORDINATOR, "ПОВТОРИТЬ spo240065", to=publication)["Subject"]).startswith("Письмо")
    assert str(answer(three, COORDINATOR, "ПОМОЩЬ")["Subject"]).startswith("Как пользоваться")
    assert len(limits_told(three, COORDINATOR)) == 1


def test_e7_m33_a_form_asked_for_over_the_cap_moves_no_status(post: Post) -> None:
    post.limits = FEW
    for _ in range(3):
        ask(post, WRITER, "СТАТУС")
    assert str(answer(post, WRITER, "ФОРМА")["Subject"]).startswith("Предел ответов исчерпан")
    for _ in range(30):
        post.write(WRITER, first_letter(post, WRITER), "ФОРМА")
    post.exchange_all()
    assert len(limits_told(post, WRITER)) == 1
    assert len(post.received(WRITER)) == 1 + 4
    assert post.participant("spo240065").participation.status is Status.NOT_STARTED


def test_e7_of_several_commands_in_a_letter_those_over_the_cap_are_named(post: Post) -> None:
    post.limits = FEW
    for _ in range(2):
        ask(post, COORDINATOR, "ПОМОЩЬ")
    done, limit = ask(post, COORDINATOR, "УЧАСТНИКИ\nЭКСПОРТ\nОТЧЕТ 1")
    assert str(done["Subject"]).startswith("Список участников")
    assert "- ЭКСПОРТ\n- ОТЧЕТ 1" in text_of(limit).replace("\r\n", "\n")
    (receipt,) = received(post)[2:]
    assert (receipt.state, str(receipt.reason)) == (ReceiptState.DONE, "command:УЧАСТНИКИ,over_cap")


def test_e7_commands_answered_together_are_done_together(post: Post) -> None:
    """One letter answers all decisions of a message, so that the second is not taken for one over the cap."""
    ask(post, WRITER, "ПАСПОРТ\nназвание Лицей\nтелефон 1-23")
    post.limits = FEW
    for _ in range(2):
        ask(post, COORDINATOR, "ПОМОЩЬ")
    done = text_of(answer(post, COORDINATOR, "ОТКЛОНИТЬ 1\nОТКЛОНИТЬ 2"))
    assert done.count("отклонено") == 2
    assert str(received(post)[-1].reason) == "command:ОТКЛОНИТЬ"


def test_e7_a_coordinator_is_answered_three_times_as_often(post: Post) -> None:
    post.limits = limited(Limits(), answering={"per_address": 2})
    for _ in range(7):
        post.write(COORDINATOR, first_letter(post, COORDINATOR), "ПОМОЩЬ")
        post.write(WRITER, first_letter(post, WRITER), "ПОМОЩЬ")
    post.exchange_all()
    assert len(post.received(COORDINATOR)) == 1 + 6
    assert len(post.received(WRITER)) == 1 + 2


def test_e7_the_cap_of_a_login_is_told_to_each_of_its_addresses_once(post: Post) -> None:
    deputies = ("deputy1@region.test", "deputy2@region.test")
    with post.context() as context, context.store.transaction() as session:
        login = roster.login(session, "spo_coord_24")
        assert login is not None
        served = replace(login, addresses=(*login.addresses, *deputies))
        roster.save_logins(session, [served], post.now, complete=False)
    post.limits = limited(Limits(), answering={"per_login": 3, "coordinator_times": 1})
    for sender in (*deputies, *deputies, *deputies):
        ask(post, sender, "УЧАСТНИКИ")
    for sender in deputies:
        (limit,) = limits_told(post, sender)
        assert "координаторам вашего региона" in text_of(limit)
        assert len(post.received(sender)) == 2
    with post.context() as context, context.store.reading() as session:
        assert reports.report(session, 3) is None  # two were made, for the two that were answered


def test_e7_the_cap_of_one_login_silences_no_other_at_the_same_address(post: Post) -> None:
    office = "office@district.test"
    _serve(post, office, ["spo240065", "spo240066"])
    post.limits = limited(Limits(), answering={"per_login": 2})
    for _ in range(3):
        ask(post, office, "СТАТУС", to=first_letter(post, WRITER))
    assert str(answer(post, office, "СТАТУС", to=first_letter(post, OTHER))["Subject"]).startswith("Ваш статус")
    (limit,) = limits_told(post, office)
    assert "вашей организации" in text_of(limit)


def test_e7_m18_a_command_in_mail_that_is_not_answered_is_not_done(post: Post) -> None:
    publication = first_letter(post, COORDINATOR)
    post.write(COORDINATOR, publication, "ПОВТОРИТЬ spo240065", headers={"Precedence": "bulk"})
    post.exchange_all()
    assert deeds(post) == []
    assert len(post.received(WRITER)) == 1
    (receipt,) = received(post)
    assert (receipt.state, str(receipt.reason)) == (ReceiptState.REFUSED, "unanswerable")


def test_e7_an_operator_may_release_what_was_over_the_cap(post: Post) -> None:
    post.limits = FEW
    for _ in range(4):
        ask(post, COORDINATOR, "ПОМОЩЬ")
    assert ask(post, COORDINATOR, "ПРОДЛИТЬ spo240065 до 9 сентября", to=first_letter(post, COORDINATOR)) == []
    with post.context() as context:
        moderate.release(context, received(post)[-1].id, None, post.now, "cli:anna")
    post.exchange_all()
    assert str(post.last(COORDINATOR)["Subject"]).startswith("Срок продлён: spo240065")
    assert [deed.what for deed in deeds(post)] == ["extended"]


def test_e7_a_judged_command_replays_as_it_was_whatever_was_answered_since(post: Post) -> None:
    post.limits = FEW
    for _ in range(6):
        ask(post, COORDINATOR, "УЧАСТНИКИ")
    with post.context() as context:
        assert [moderate.replay(context, receipt.id) for receipt in received(post)] == [[]] * 6


def test_e7_why_a_command_was_not_done_is_listed(post: Post, kabinet: Kabinet) -> None:
    post.limits = FEW
    for _ in range(5):
        ask(post, COORDINATOR, "ЭКСПОРТ")
    printed = kabinet("receipts").stdout
    assert printed.count("не выполнено, отправителю сказано, с какого времени писать") == 2
    assert "не удалось разобрать" not in printed


# Questions


def test_e7_a_question_over_the_cap_reaches_support_and_its_answer_reaches_the_writer(post: Post) -> None:
    post.limits = FEW
    for _ in range(4):
        ask(post, WRITER, "СТАТУС")
    assert ask(post, WRITER, "Добрый день! Подскажите, что писать, если аудиторий нет?") == []
    assert str(received(post)[-1].reason) == "question,over_cap"
    assert "Вопросы прочтёт служба поддержки" in text_of(post.last(WRITER))
    post.write(SUPPORT, post.last(SUPPORT), "Напишите «Не участвуем».")
    post.exchange_all()
    assert str(post.last(WRITER)["Subject"]).startswith("Ответ на ваш вопрос")


def test_e7_m33_a_question_that_support_cannot_be_given_today_is_kept_and_the_writer_told(post: Post) -> None:
    post.limits = limited(Limits(), answering={"questions": 1})
    first, second = (answer(post, WRITER, f"Подскажите, что писать в графе {number}?") for number in (1, 2))
    assert str(first["Subject"]).startswith("Вопрос передан")
    assert str(second["Subject"]).startswith("Вопрос получен, ответим позже")
    held = received(post)[-1]
    assert (held.state, str(held.reason)) == (ReceiptState.HELD, "cap")


def test_e7_an_answer_of_support_over_its_cap_waits_for_a_person(post: Post) -> None:
    post.limits = limited(Limits(), answering={"support_per_address": 1})
    ask(post, WRITER, "Подскажите, что писать, если аудиторий нет?")
    question = post.last(SUPPORT)
    for words in ("Напишите «Не участвуем».", "И пришлите форму."):
        post.write(SUPPORT, question, words)
        post.exchange_all()
    assert len([row for row in on_record(post, "question_answered") if row.state is LetterState.SENT]) == 1
    assert (received(post)[-1].state, str(received(post)[-1].reason)) == (ReceiptState.HELD, "cap")


# Returns


def test_e7_m33_a_return_in_the_midst_of_chatter_is_always_receipted(post: Post) -> None:
    """Forty commands and questions of a school, a return between each ten: every return has its letter."""
    publication = first_letter(post, WRITER)
    form = form_in(publication)
    for part in range(4):
        for number in range(10):
            text = "СТАТУС" if number % 2 else f"Подскажите, что писать в графе {part} {number}?"
            post.write(WRITER, publication, text)
        post.write(WRITER, publication, "Направляем", typed(form, FAULTY_ROWS if part < 3 else GOOD_ROWS))
        post.later(MINUTE)
        post.exchange_all()
    subjects = [str(message["Subject"]).partition(",")[0].partition(":")[0] for message in post.received(WRITER)]
    assert [subject for subject in subjects if subject in ("Не принято", "Принято")] == ["Не принято"] * 3 + ["Принято"]
    assert len(limits_told(post, WRITER)) == 1
    assert post.participant("spo240065").participation.status is Status.SUBMITTED


def test_e7_the_workbooks_of_an_office_and_their_corrections_are_all_answered(post: Post) -> None:
    """Four workbooks in one letter, corrected twice, in a world whose cap of answers is four."""
    office, codes = "office@district.test", ["spo240065", "spo240066", "spo240067", "spo240072"]
    _serve(post, office, codes)
    post.limits = FEW
    forms = [form_in(first_letter(post, f"{code}@school.test")) for code in codes]
    for rows in (FAULTY_ROWS, FAULTY_ROWS, GOOD_ROWS):
        message = clients.thunderbird(office, post.settings.address, "Формы", "Направляем", None)
        assert isinstance(message, EmailMessage)
        for code, form in zip(codes, forms, strict=True):
            _, content = typed(form, rows)
            message.add_attachment(content, maintype="application", subtype="octet-stream", filename=f"{code}.xlsx")
        post.inbox.deliver(message.as_bytes(policy=policy.SMTP), post.now)
        post.exchange_all()
        post.later(MINUTE)
    assert len(post.received(office)) == 12
    assert post.counts().submitted == 4
    assert Limits().answering.receipts_per_address >= 4 * 50
    assert (
        Limits().answering.receipts_per_login >= 6 * 30
    )  # three addresses, two letters to each when sent from elsewhere


def test_e7_m17_m18_two_robots_that_exchange_workbooks_come_to_an_end(post: Post) -> None:
    """A mailbox that sends every workbook back at once: all are judged, the cap of receipts is told once."""
    post.limits = limited(Limits(), answering={"receipts_per_address": 5})
    publication = first_letter(post, WRITER)
    sent_back = count(1)

    def robot(sent: SentLetter) -> None:
        ours = letter(sent.content)
        if sent.recipient == WRITER and workbooks_of(ours) and next(sent_back) < 12:
            post.write(WRITER, ours, "", form_in(ours))

    post.mail.on_sent = robot
    post.write(WRITER, publication, "", typed(form_in(publication), FAULTY_ROWS))
    until_silence(post)
    answered = [str(message["Subject"]) for message in post.received(WRITER)[1:]]
    assert len(answered) == 5
    assert answered[-1].startswith("Предел писем о сдаче исчерпан")
    before = len(post.received(WRITER))
    hand_in(post)
    assert post.exchange_all()["accepted"] == 1
    assert post.participant("spo240065").participation.status is Status.SUBMITTED
    assert len(post.received(WRITER)) == before
    (withheld,) = [row for row in on_record(post, "accepted") if row.state is LetterState.WITHHELD]
    assert (withheld.server_reply, withheld.allowance) == ("cap_address", Allowance.RECEIPTS)
    assert str(answer(post, WRITER, "СТАТУС")["Subject"]) == "Ваш статус: сдано"


def test_e7_a_return_is_confirmed_though_the_commands_cap_is_reached(tmp_path: Path) -> None:
    post = published_post(tmp_path)
    post.settings = post.settings.model_copy(update={"trust_strict": True})
    post.limits = FEW
    for _ in range(5):
        ask(post, WRITER, "СТАТУС")
    publication = first_letter(post, WRITER)
    post.write("director@home.test", publication, "", typed(form_in(publication)))
    post.exchange_all()
    asked = post.last(WRITER)
    assert str(asked["Subject"]).startswith("Подтвердите")
    post.write(WRITER, asked, "ДА")
    post.exchange_all()
    post.exchange_all()
    assert post.participant("spo240065").participation.status is Status.SUBMITTED
    assert str(post.last(WRITER)["Subject"]).startswith("Принято")


# Forty letters of one coordinator in an hour


@dataclass
class Hour(World):
    """A world whose letters go to ``mail``; the inbox is a real one."""

    mail: FakeTransport = field(default_factory=FakeTransport)
    limits: Limits = field(default_factory=Limits)

    @contextmanager
    def context(self) -> Iterator[Context]:
        """The wired context with these limits."""
        with super().context() as context:
            yield replace(context, open_transport=lambda: self.mail, limits=self.limits)

    def letters_to(self, address: str) -> list[EmailMessage]:
        return [letter(sent.content) for sent in self.mail.sent if sent.recipient == address]


@pytest.mark.system("dovecot")
def test_e7_m33_forty_letters_of_one_coordinator_in_an_hour(tmp_path: Path, dovecot: Dovecot, soak: bool) -> None:
    """Each is answered; or it comes after the one letter that tells of the cap, and nothing is done for it.

    A coordinator's usual cap is beyond forty, so that a lower one is set; ``make soak`` tries the usual one.
    """
    most = None if soak else 30
    assert Limits().answering.per_address * Limits().answering.coordinator_times > 40
    exchange = "exchange.forty@kabinet.test"
    made = make_world(tmp_path, SmtpSettings("127.0.0.1", 1, None, None, "none", 1), dovecot.settings(exchange))
    world = Hour(made.settings, NOWHERE, made.now)
    world.only = frozenset({"spo240065", "spo240066", "spo240067", "spo_coord_24"})
    if most is not None:
        world.limits = limited(Limits(), answering={"per_address": most, "coordinator_times": 1})
    world.begin(SCHEDULE)
    publish_more(world, world.now - DAY, world.now + 7 * DAY)
    world.run("deliver")
    about = next(found for found in world.letters_to(COORDINATOR) if "Расписание" in str(found["Subject"]))
    before = {row.id for row in on_record(world)}
    written = _forty(about, exchange, world.now)
    for start in range(0, 40, 10):
        for message in written[start : start + 10]:
            dovecot.deliver(exchange, message.as_bytes(policy=policy.SMTP), COORDINATOR)
        world.exchange()
        world.later(15 * MINUTE)

    answered: dict[str, str] = {
        str(found["In-Reply-To"]): str(found["Subject"])
        for found in world.letters_to(COORDINATOR)
        if found["In-Reply-To"]
    }
    by_receipt = dict(zip((receipt.id for receipt in received(world)), written, strict=True))
    told = [found for found, subject in answered.items() if subject.startswith("Предел")]
    done = [
        message
        for message in written
        if str(message["Message-ID"]) in answered and str(message["Message-ID"]) not in told
    ]
    assert len(done) == (40 if most is None else most - 1)
    assert len(told) == (0 if most is None else 1)
    for receipt in received(world):
        text = by_receipt[receipt.id].get_content().strip()
        if by_receipt[receipt.id] in done:
            assert receipt.state is ReceiptState.DONE
        elif text.endswith("?"):  # a person reads it
            assert str(receipt.reason) == "question,over_cap"
        else:
            assert (receipt.state, str(receipt.reason)) == (ReceiptState.REFUSED, "over_cap"), text
    _nothing_else_is_done(world, done, before, by_receipt)


def _forty(about: EmailMessage, exchange: str, now: datetime) -> list[EmailMessage]:
    """Forty letters, half of them about a publication and half about none."""
    until = (now + 8 * DAY).astimezone(MOSCOW)
    texts = [
        *("ПОМОЩЬ", "ЭКСПОРТ", "УЧАСТНИКИ", "НЕ ПРИСТУПИЛИ", "ПОВТОРИТЬ spo240066", "НАПОМНИТЬ spo240067", "ЗАДАЧИ"),
        *("ДАННЫЕ spo240065", f"ПРОДЛИТЬ spo240065 до {until:%d.%m.%Y} 1{{}}:00, болела", "Кто заполняет графу {}?"),
    ]
    made = []
    for number in range(40):
        text = texts[number % 10].format(number // 10)
        to = str(about["Reply-To"]) if number % 10 in (4, 8) or number % 2 else exchange
        message = clients.thunderbird(COORDINATOR, to, "Сообщение", text, None)
        assert isinstance(message, EmailMessage)
        made.append(message)
    return made


def _nothing_else_is_done(
    world: Hour, done: list[EmailMessage], before: set[int], by_receipt: dict[int, EmailMessage]
) -> None:
    """What is on record was done for a letter that was answered: deeds, reports, extensions, letters, events."""
    assert all(by_receipt[deed.receipt_id or 0] in done for deed in deeds(world))
    texts = [message.get_content().strip() for message in done]
    made = sum(3 if str(message["To"]) == world.settings.address else 1 for message in done if _reports(message))
    with world.context() as context, context.store.reading() as session:
        assert reports.report(session, made) is not None or made == 0
        assert reports.report(session, made + 1) is None
        assert len(extensions.history(session, SCHEDULE)) == sum(text.startswith("ПРОДЛИТЬ") for text in texts)
        for code in (SCHEDULE, PEOPLE, ROOMS):
            statuses = {item.participation.status for item in participations.participants(session, code)}
            assert statuses == {Status.NOT_STARTED}
    caused = [row for row in on_record(world) if row.id not in before and row.login not in (None, "spo_coord_24")]
    kinds = {row.kind for row in caused}
    assert kinds <= {"publication", "extended", "reminder", "last_call"}
    for row in caused:
        if row.kind == "publication":
            assert by_receipt[row.receipt_id or 0] in done
    assert len([row for row in caused if row.kind == "extended"]) == sum(text.startswith("ПРОДЛИТЬ") for text in texts)


def _reports(message: EmailMessage) -> bool:
    return message.get_content().strip() in ("ЭКСПОРТ", "УЧАСТНИКИ")
