"""Reminders: to whom, when, how often; the last call; and what a coordinator may ask for: НАПОМНИТЬ and ПОВТОРИТЬ."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from pipeline.catalogue import MOSCOW
from pipeline.embedded import acting, clients
from pipeline.embedded.organisations import DRAFT_ROWS, Correspondent
from pipeline.model import Hours, Login, Role, Status
from pipeline.steps import extend
from pipeline.steps.base.limits import Limits
from pipeline.steps.base.resting import leaving
from pipeline.steps.extend import Asked
from pipeline.store import audit, health, participations
from pipeline.store import roster as roster_rows
from tests.factories.limits import limited
from tests.functional.post import CLOSES, Post, form_in, typed
from tests.functional.published import hand_in, published_post
from tests.functional.world import SCHEDULE, letter, make_world, opened, text_of, until
from tests.systems.postfix import Postfix

WRITER, OTHER = "spo240065@school.test", "spo240066@school.test"
COORDINATOR = "spo_coord_24@region.test"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NINE = timedelta(hours=-9)  # from the closing at 18:00 to nine in the morning of the same day


@pytest.fixture
def post(tmp_path: Path) -> Post:
    return published_post(tmp_path)


def _reminded(post: Post, address: str) -> list[str]:
    """The reminders among the letters to ``address``, by how their subjects begin."""
    words = ("Осталось", "Завтра последний день", "Последний день")
    subjects = (str(message["Subject"]) for message in post.received(address))
    return [subject.partition(",")[0] for subject in subjects if subject.startswith(words)]


def _remind(post: Post, at: datetime) -> dict[str, int]:
    post.now = at
    counts = dict(post.run("remind")["remind"].counts)
    post.run("deliver")
    return counts


def _extend(post: Post, until_: datetime, login: str) -> None:
    with post.context() as context:
        extend.run(context, Asked(SCHEDULE, until_, "cli:anna", "так надо", (login,)), post.now)
    post.run("deliver")


def test_m13_reminders_come_three_days_and_a_day_before_and_on_the_last_day(post: Post) -> None:
    for days in (5, 4, 3, 2, 1, 0):
        _remind(post, CLOSES - days * DAY + NINE)
        _remind(post, CLOSES - days * DAY + NINE + HOUR)  # run again it adds nothing
    assert _reminded(post, WRITER) == ["Осталось 3 дня", "Завтра последний день", "Последний день"]
    last = post.last(WRITER)
    assert "остается 9 часов" in text_of(last)
    assert form_in(last)
    assert _remind(post, CLOSES + HOUR)["letters"] == 0


def test_who_has_handed_in_is_not_reminded_and_who_disputes_it_is(post: Post) -> None:
    stranger = "director@home.test"
    form = typed(form_in(post.last(WRITER)))
    post.write(stranger, post.last(WRITER), "", form)
    hand_in(post, OTHER)
    post.exchange_all()
    asked = next(
        message
        for message in post.received(WRITER)
        if "не вы" in str(message["Subject"]).lower() or "другого" in str(message["Subject"]).lower()
    )
    post.write(WRITER, asked, "ЭТО НЕ МЫ")
    post.exchange_all()
    assert post.participant("spo240065").participation.disputed
    _remind(post, CLOSES - 3 * DAY + NINE)
    assert _reminded(post, WRITER) == ["Осталось 3 дня"]
    assert _reminded(post, OTHER) == []


def test_a_reminder_that_waits_is_stopped_at_once_by_a_return(post: Post) -> None:
    post.now = CLOSES - 3 * DAY + NINE - 2 * HOUR  # seven in the morning: they leave at nine
    assert post.run("remind")["remind"].counts["letters"] == 4
    post.run("deliver")
    assert _reminded(post, OTHER) == []
    hand_in(post)
    post.exchange_all()
    post.now = CLOSES - 3 * DAY + NINE + timedelta(minutes=5)
    post.run("deliver")
    assert _reminded(post, WRITER) == []
    assert _reminded(post, OTHER) == ["Осталось 3 дня"]


def test_a_reminder_brings_the_form_with_what_was_sent_last(post: Post) -> None:
    post.write(WRITER, post.last(WRITER), "", typed(form_in(post.last(WRITER)), DRAFT_ROWS, draft=True))
    post.exchange_all()
    assert post.participant("spo240065").participation.status is Status.IN_PROGRESS
    _remind(post, CLOSES - 3 * DAY + NINE)
    message = post.last(WRITER)
    assert "уже есть данные" in text_of(message)
    sheet = opened(form_in(message)[1])[acting.COLLECTION_SHEET]
    assert "Физика" in {cell.value for row in sheet.iter_rows() for cell in row}
    assert "уже есть данные" not in text_of(post.last(OTHER))


def test_m15_a_reminder_that_did_not_leave_before_the_closing_never_leaves(post: Post) -> None:
    post.now = CLOSES - HOUR - timedelta(minutes=30)
    assert post.run("remind")["remind"].counts["letters"] == 4
    post.now = CLOSES + timedelta(minutes=1)
    post.run("deliver")
    assert _reminded(post, WRITER) == []


def test_reminders_never_go_to_dead_addresses(post: Post) -> None:
    with post.context() as context, context.store.transaction() as session:
        health.open_task(session, "spo240065", WRITER, post.now, "no_mailbox", post.now)
    counts = _remind(post, CLOSES - 3 * DAY + NINE)
    assert (counts["logins"], counts["no_address"]) == (3, 1)
    assert _reminded(post, WRITER) == []


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2021-09-04 12:00", "2021-09-04 12:00"),
        ("2021-09-04 03:00", "2021-09-04 09:00"),
        ("2021-09-04 18:00", "2021-09-05 09:00"),
        ("2021-12-31 23:30", "2022-01-01 09:00"),
    ],
)
def test_reminders_leave_in_working_hours(moment: str, expected: str) -> None:
    at, due = (datetime.fromisoformat(words).replace(tzinfo=MOSCOW) for words in (moment, expected))
    assert leaving(Limits(), at.astimezone(UTC), Hours.WORKING) == due


def test_an_extended_deadline_has_reminders_of_its_own(post: Post) -> None:
    for days in (3, 1, 0):
        _remind(post, CLOSES - days * DAY + NINE)
    _extend(post, CLOSES + 2 * DAY, "spo240065")
    for days in (-1, -2, -3):
        _remind(post, CLOSES - days * DAY + NINE)
    assert _reminded(post, WRITER)[3:] == ["Завтра последний день", "Последний день"]
    assert "9 сентября 2021 года, 18:00 мск" in text_of(post.last(WRITER))
    assert len(_reminded(post, OTHER)) == 3


def test_a_minimum_gap_and_a_maximum_count(post: Post) -> None:
    post.limits = limited(Limits(), reminding={"days": (6, 5, 4, 3, 2, 1), "most": 3, "gap": timedelta(hours=40)})
    for days in (6, 5, 4, 3, 2, 1):
        _remind(post, CLOSES - days * DAY + NINE)
    assert _reminded(post, WRITER) == ["Осталось 6 дней", "Осталось 4 дня", "Осталось 2 дня"]
    post.limits = limited(post.limits, reminding={"gap": HOUR, "days": (6, 5, 4, 3, 2, 1, 0)})
    assert _remind(post, CLOSES - DAY + NINE + 4 * HOUR)["enough"] == 4


# What a coordinator asks for


def _ask(post: Post, text: str, sender: str = COORDINATOR) -> EmailMessage:
    post.write(sender, post.received(COORDINATOR)[0], text)
    post.exchange_all()
    return post.last(COORDINATOR)


def _deeds(post: Post) -> list[tuple[str, str | None, str]]:
    with post.context() as context, context.store.reading() as session:
        found = audit.listed(session)
    return [(deed.what, deed.login, deed.detail) for deed in found if deed.who.startswith("spo_coord_24")]


def _add_far(post: Post) -> None:
    """An organisation of another region that takes part too."""
    far = Login("spo250001", "Колледж другого региона", Role.ORGANISATION, "25", ("spo250001@school.test",))
    with post.context() as context, context.store.transaction() as session:
        roster_rows.save_logins(session, [far], post.now, complete=False)
        participations.ensure(session, SCHEDULE, [far.code])


def test_s13_a_coordinator_has_those_of_the_region_reminded_who_have_not_handed_in(post: Post) -> None:
    _add_far(post)
    hand_in(post, OTHER)
    post.now = CLOSES - 4 * DAY + NINE
    post.exchange_all()
    with post.context() as context, context.store.transaction() as session:
        health.open_task(session, "spo240067", "spo240067@school.test", post.now, "no_mailbox", post.now)
    answer = _ask(post, "НАПОМНИТЬ")
    assert str(answer["Subject"]).startswith("Напоминаем: 2 организации")
    text = text_of(answer)
    assert "Уже сдали данные: 1" in text
    assert "Нет действующего адреса: 1" in text
    assert _reminded(post, WRITER) == ["Осталось 4 дня"]
    assert _reminded(post, OTHER) == []
    assert _reminded(post, "spo250001@school.test") == []
    assert _deeds(post) == [("reminded", None, "2")]

    answer = _ask(post, "Напомните, пожалуйста, всем")
    answer = _ask(post, "НАПОМНИТЬ")
    assert str(answer["Subject"]).startswith("Напоминать некому")
    assert "Получили напоминание недавно: 2" in text_of(answer)
    assert _reminded(post, WRITER) == ["Осталось 4 дня"]


def test_a_coordinator_has_one_organisation_reminded_at_night_and_it_leaves_in_the_morning(post: Post) -> None:
    post.now = CLOSES - 4 * DAY + 5 * HOUR  # 23:00
    answer = _ask(post, "НАПОМНИТЬ spo240065")
    assert "уйдет в рабочее время, 4 сентября 2021 года, 09:00 мск" in text_of(answer)
    assert _reminded(post, WRITER) == []
    post.now = CLOSES - 3 * DAY + NINE + timedelta(minutes=1)
    post.run("remind", "deliver")  # the usual one of that morning is within the gap
    assert _reminded(post, WRITER) == ["Осталось 3 дня"]


@pytest.mark.parametrize("word", ["НАПОМНИТЬ", "ПОВТОРИТЬ"])
@pytest.mark.parametrize("code", ["spo250001", "spo249999"])
def test_another_region_or_an_unknown_login_is_refused_with_the_reason(post: Post, word: str, code: str) -> None:
    _add_far(post)
    answer = _ask(post, f"{word} {code}")
    assert "не отправлено" in str(answer["Subject"])
    assert f"В вашем регионе нет организации с логином {code}" in text_of(answer)
    assert len(post.received("spo250001@school.test")) == 0
    assert [what for what, *_ in _deeds(post)] == ["refused"]


def test_nothing_is_reminded_of_after_the_closing(post: Post) -> None:
    post.now = CLOSES + HOUR
    answer = _ask(post, "НАПОМНИТЬ")
    assert str(answer["Subject"]).startswith("Напоминание не отправлено")
    assert _reminded(post, WRITER) == []


def test_s13_a_coordinator_has_the_letter_of_the_publication_sent_again(post: Post) -> None:
    post.write(WRITER, post.last(WRITER), "", typed(form_in(post.last(WRITER)), DRAFT_ROWS, draft=True))
    post.exchange_all()
    first = post.received(WRITER)[0]
    answer = _ask(post, "ПОВТОРИТЬ spo240065")
    again = post.last(WRITER)
    assert str(again["Subject"]) == f"Повторяем письмо, {first['Subject']}".replace("Заполнить", "заполнить")
    assert again["Message-ID"] != first["Message-ID"]
    sheet = opened(form_in(again)[1])[acting.COLLECTION_SHEET]
    assert "Физика" in {cell.value for row in sheet.iter_rows() for cell in row}
    assert str(answer["Subject"]).startswith("Письмо отправлено еще раз: spo240065")
    assert WRITER in text_of(answer)
    assert _deeds(post) == [("repeated", "spo240065", WRITER)]
    assert post.participant("spo240065").participation.status is Status.IN_PROGRESS


def test_a_letter_is_not_sent_again_to_a_dead_address(post: Post) -> None:
    with post.context() as context, context.store.transaction() as session:
        health.open_task(session, "spo240065", WRITER, post.now, "no_mailbox", post.now)
    before = len(post.received(WRITER))
    answer = _ask(post, "ПОВТОРИТЬ spo240065")
    assert str(answer["Subject"]).startswith("Письмо не отправлено")
    assert "нет ни одного адреса" in text_of(answer)
    assert len(post.received(WRITER)) == before


def test_an_organisation_has_no_such_commands(post: Post) -> None:
    for word in ("НАПОМНИТЬ", "ПОВТОРИТЬ spo240066"):
        post.write(WRITER, post.received(WRITER)[0], word)
    before = len(post.received(OTHER))
    post.exchange_all()
    assert len(post.received(OTHER)) == before
    assert _deeds(post) == []


# On real servers


@pytest.mark.system("dovecot")
@pytest.mark.system("postfix")
def test_s13_reminders_and_the_coordinators_words_on_real_servers(tmp_path: Path, postfix: Postfix) -> None:
    """Over SMTP and IMAP: the last call, НАПОМНИТЬ and ПОВТОРИТЬ from the coordinator's own mailbox."""
    dovecot = postfix.dovecot
    world = make_world(tmp_path, postfix.settings(), dovecot.settings("exchange.reminders@kabinet.test"))
    world.only = frozenset({"spo240072", "spo240073", "spo_coord_24"})
    noon = (world.now.astimezone(MOSCOW) + DAY).replace(hour=12, minute=0, second=0)
    world.now = world.since = noon.astimezone(UTC)
    world.begin(opened=3 * DAY, closes=6 * HOUR)
    addresses = world.addresses()
    before = {code: len(dovecot.messages(address)) for code, address in addresses.items()}

    def letters_of(code: str) -> int:
        return len(dovecot.messages(addresses[code])) - before[code]

    world.run("deliver")
    until(lambda: all(letters_of(code) == 1 for code in addresses))
    silent = Correspondent(world.servers, addresses["spo240073"], clients.thunderbird)
    writer = Correspondent(world.servers, addresses["spo240072"], clients.webmail)
    sent = writer.letters()[-1]
    writer.answer(sent, "Направляем", typed(form_in(letter(sent.raw))))
    until(lambda: len(dovecot.messages(world.settings.address)) == 1)
    world.exchange()
    world.run("remind", "deliver")
    until(lambda: letters_of("spo240073") == 2)
    last_call = silent.letters()[-1]
    assert last_call.subject.startswith("Последний день, данные не сданы")
    assert "остается 6 часов" in text_of(letter(last_call.raw))
    assert not any("день" in received.subject for received in writer.letters()[-2:])

    coordinator = Correspondent(world.servers, addresses["spo_coord_24"], clients.outlook)
    publication = coordinator.letters()[-1]
    coordinator.answer(publication, "Напомнить")
    coordinator.answer(publication, "Повторить spo240073")
    until(lambda: len(dovecot.messages(world.settings.address)) == 2)
    world.exchange()
    until(lambda: letters_of("spo_coord_24") == 3 and letters_of("spo240073") == 3)
    subjects = {received.subject.partition(":")[0] for received in coordinator.letters()[-2:]}
    assert subjects == {"Напоминать некому", "Письмо отправлено еще раз"}
    again, first = silent.letters()[-1].subject, silent.letters()[-3].subject
    assert again == f"Повторяем письмо, {first}".replace("Заполнить", "заполнить")
