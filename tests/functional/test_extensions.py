"""Deadlines that are moved: by an operator for a login, a region or everybody, and by a coordinator's letter."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from pipeline.catalogue import MOSCOW
from pipeline.embedded import clients
from pipeline.embedded.organisations import FAULTY_ROWS, Correspondent
from pipeline.errors import UserError
from pipeline.forms.parts import layout
from pipeline.model import LatePolicy, Login, Status
from pipeline.model.closings import Extension
from pipeline.steps import extend
from pipeline.steps.extend import Asked
from pipeline.store import extensions, publications, receipts, returns
from pipeline.store import roster as roster_rows
from tests.functional.post import CLOSES, Post, form_in, typed
from tests.functional.published import COORDINATOR, DAY, HOUR, hand_in, published_post
from tests.functional.world import SCHEDULE, letter, make_world, opened, text_of, until, workbooks_of
from tests.systems.postfix import Postfix

WRITER, OTHER = "spo240065@school.test", "spo240066@school.test"


@pytest.fixture
def post(tmp_path: Path) -> Post:
    return published_post(tmp_path)


def _extend(post: Post, until: datetime | None, *logins: str, **scope: Any) -> dict[str, int]:
    asked = Asked(SCHEDULE, until, "cli:anna", "болезнь ответственного", logins, **scope)
    with post.context() as context:
        return dict(extend.run(context, asked, post.now).counts)


def _subjects(post: Post, address: str) -> list[str]:
    return [str(message["Subject"]) for message in post.received(address)]


def _cover_says(message: EmailMessage) -> str:
    book = opened(form_in(message)[1])
    return " ".join(str(cell.value) for row in book[layout.COVER_TITLE].iter_rows() for cell in row if cell.value)


def test_w25_a_return_inside_an_extension_is_on_time_and_every_letter_names_its_own_deadline(post: Post) -> None:
    assert _extend(post, CLOSES + 2 * DAY, "spo240065")["letters"] == 1
    post.run("deliver")
    told = post.last(WRITER)
    assert str(told["Subject"]).startswith("Срок продлён до 09.09.2021 18:00 мск")
    assert "общий срок: до 7 сентября 2021 года, 18:00 мск" in text_of(told)
    assert "9 сентября 2021 года, 18:00 мск" in _cover_says(told)
    assert not any(subject.startswith("Срок") for subject in _subjects(post, OTHER))

    post.now = CLOSES + DAY
    for who in (WRITER, OTHER):
        hand_in(post, who)
    counts = post.exchange_all()
    assert (counts["accepted"], counts["late"]) == (1, 1)
    receipt = post.last(WRITER)
    assert str(receipt["Subject"]).startswith("Принято: ")
    assert "после срока" not in text_of(receipt)
    assert "9 сентября 2021 года, 18:00 мск" in text_of(receipt)
    assert "7 сентября 2021 года, 18:00 мск" in text_of(post.last(OTHER))

    post.write(WRITER, receipt, "СТАТУС")
    post.write(OTHER, post.last(OTHER), "СТАТУС")
    post.write(WRITER, receipt, "ФОРМА")
    post.exchange_all()
    status, form = post.received(WRITER)[-2:]
    assert "открыт, срок 9 сентября 2021 года, 18:00 мск" in text_of(status)
    assert "закрыт, срок 7 сентября 2021 года, 18:00 мск" in text_of(post.last(OTHER))
    assert "9 сентября 2021 года, 18:00 мск" in _cover_says(form)


def test_after_the_extension_it_is_late_again(post: Post) -> None:
    _extend(post, CLOSES + 2 * DAY, "spo240065")
    post.now = CLOSES + 3 * DAY
    hand_in(post)
    assert post.exchange_all()["late"] == 1
    assert "9 сентября 2021 года, 18:00 мск" in text_of(post.last(WRITER))


def test_a_return_refused_as_late_is_taken_when_the_deadline_is_moved_beyond_it(post: Post) -> None:
    """Its own receipt time counts; what lies beyond the new deadline stays refused."""
    came = CLOSES + HOUR
    post.now = came
    hand_in(post)
    assert post.exchange_all()["late"] == 1
    post.now = CLOSES + 2 * DAY
    hand_in(post, OTHER)
    post.exchange_all()

    done = _extend(post, CLOSES + DAY, region="24")
    assert done == {"letters": 0, "logins": 0, "reopened": 1, "on_time": 0}
    counts = post.exchange_all()
    assert (counts["receipts"], counts["accepted"]) == (1, 1)
    part = post.participant("spo240065").participation
    assert (part.status, part.handed_in_at) == (Status.SUBMITTED, came)
    assert str(post.last(WRITER)["Subject"]).startswith("Принято: ")
    assert post.participant("spo240066").participation.status is Status.NOT_STARTED
    assert post.exchange_all() == {}
    with post.context() as context, context.store.reading() as session:
        (number,) = {item.id for item in receipts.listed(session) if item.login == "spo240065"}
        assert [(item.event.value, item.who) for item in receipts.decisions(session, number)] == [
            ("replayed", "cli:anna")
        ]


def test_the_organisation_is_told_that_its_late_form_is_looked_at_again(post: Post) -> None:
    post.now = CLOSES + HOUR
    hand_in(post, rows=FAULTY_ROWS)
    post.exchange_all()
    assert _extend(post, CLOSES + DAY, "spo240065")["reopened"] == 1
    post.exchange_all()
    told, answer = post.received(WRITER)[-2:]
    if str(answer["Subject"]).startswith("Срок"):
        told, answer = answer, told
    assert "мы проверяем заново" in text_of(told)
    assert str(answer["Subject"]).startswith("Не принято")
    assert "двадцать" in text_of(answer)


def _share(post: Post) -> str:
    """Let one office answer for two schools; return its address."""
    office = "office@municipality.test"
    with post.context() as context, context.store.transaction() as session:
        people = [login for login in roster_rows.logins(session) if login.code in ("spo240065", "spo240066")]
        shared = [Login(one.code, one.name, one.role, one.region, (*one.addresses, office)) for one in people]
        roster_rows.save_logins(session, shared, post.now, complete=False)
    return office


def _hand_in_both(post: Post, office: str) -> None:
    first, second = (form_in(post.received(who)[0]) for who in (WRITER, OTHER))
    message = clients.thunderbird(office, "exchange@kabinet.test", "Формы", "Две школы", typed(first))
    assert isinstance(message, EmailMessage)
    message.add_attachment(typed(second)[1], maintype="application", subtype="octet-stream", filename="вторая.xlsx")
    post.inbox.deliver(message.as_bytes(), post.now)


def test_of_one_message_for_several_schools_only_the_extended_one_is_taken(post: Post) -> None:
    """The others are not told twice that they are late."""
    office = _share(post)
    post.now = CLOSES + HOUR
    _hand_in_both(post, office)
    assert post.exchange_all()["late"] == 2
    _extend(post, CLOSES + DAY, "spo240066")
    counts = post.exchange_all()
    assert (counts["accepted"], counts.get("late", 0), counts["already"]) == (1, 0, 1)
    assert post.participant("spo240066").participation.status is Status.SUBMITTED
    assert post.participant("spo240065").participation.status is Status.NOT_STARTED
    outcomes = [subject.partition(":")[0] for subject in _subjects(post, office)]
    assert outcomes.count("Не принято, прием закрыт") == 2
    assert outcomes.count("Принято") == 1


def test_each_school_of_one_message_gets_its_answer_though_they_are_taken_one_after_another(post: Post) -> None:
    office = _share(post)
    _extend(post, CLOSES + DAY, "spo240065")
    post.now = CLOSES + HOUR
    _hand_in_both(post, office)
    counts = post.exchange_all()
    assert (counts["accepted"], counts["late"]) == (1, 1)
    _extend(post, CLOSES + DAY, "spo240066")
    counts = post.exchange_all()
    assert (counts["accepted"], counts["already"]) == (1, 1)
    outcomes = [subject.partition(":")[0] for subject in _subjects(post, office)]
    assert (outcomes.count("Принято"), outcomes.count("Не принято, прием закрыт")) == (2, 1)


def test_where_late_returns_are_taken_the_mark_goes_when_the_deadline_is_moved(post: Post) -> None:
    with post.context() as context, context.store.transaction() as session:
        from dataclasses import replace

        found = publications.publication(session, SCHEDULE)
        assert found is not None
        assert found.collection is not None
        lenient = replace(found, collection=replace(found.collection, late=LatePolicy.ACCEPT))
        publications.save_publication(session, lenient, post.now)
    post.now = CLOSES + HOUR
    hand_in(post)
    assert post.exchange_all()["accepted"] == 1
    assert str(post.last(WRITER)["Subject"]).startswith("Принято после срока")
    assert _extend(post, CLOSES + DAY, everybody=True)["on_time"] == 1
    with post.context() as context, context.store.reading() as session:
        (ret,) = [found for _, found in returns.accepted(session, SCHEDULE)]
        assert not ret.late


def test_an_extension_may_be_shortened_or_withdrawn_and_each_time_it_is_told(post: Post) -> None:
    _extend(post, CLOSES + 3 * DAY, "spo240065")
    post.run("deliver")
    _extend(post, CLOSES + DAY, "spo240065")
    post.run("deliver")
    post.now = CLOSES + HOUR
    _extend(post, None, "spo240065")
    post.run("deliver")
    assert [subject.partition(":")[0].partition(",")[0] for subject in _subjects(post, WRITER)[1:]] == [
        "Срок продлён до 10.09.2021 18",
        "Срок изменён",
        "Продление отменено",
    ]
    hand_in(post)
    assert post.exchange_all()["late"] == 1
    with pytest.raises(UserError, match="отменять нечего"):
        _extend(post, None, "spo240065")


def test_who_wrote_in_time_is_in_time_though_the_extension_was_withdrawn_before_we_read(post: Post) -> None:
    _extend(post, CLOSES + 2 * DAY, "spo240065")
    post.now = CLOSES + HOUR
    hand_in(post)
    post.later(HOUR)
    _extend(post, None, "spo240065")
    assert post.exchange_all()["accepted"] == 1


def test_everybody_is_told_once_but_not_who_has_handed_in(post: Post) -> None:
    hand_in(post)
    post.exchange_all()
    before = len(post.received(WRITER))
    assert _extend(post, CLOSES + DAY, everybody=True) == {"letters": 3, "logins": 3, "reopened": 0, "on_time": 0}
    post.run("deliver", "deliver")
    assert len(post.received(WRITER)) == before
    assert len([subject for subject in _subjects(post, OTHER) if subject.startswith("Срок продлён")]) == 1


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"logins": ("spo999999",)}, "нет в списке"),
        ({"logins": ("spo_coord_24",)}, "не участвует"),
        ({"region": "99"}, "нет ни одной организации"),
        ({"everybody": True, "until": CLOSES}, "на более поздний срок"),
        ({"everybody": True, "region": "24"}, "что-то одно"),
        ({}, "что-то одно"),
        ({"everybody": True, "why": " "}, "причину"),
        ({"everybody": True, "publication": "nothing"}, "nothing"),
    ],
)
def test_what_cannot_be_extended_is_refused_with_the_reason(post: Post, asked: dict[str, Any], words: str) -> None:
    whole = {"publication": SCHEDULE, "until": CLOSES + DAY, "who": "cli:anna", "why": "так надо", **asked}
    with post.context() as context, pytest.raises(UserError, match=words):
        extend.run(context, Asked(**whole), post.now)
    with post.context() as context, context.store.reading() as session:
        assert extensions.history(session, SCHEDULE) == []


def test_the_closing_letter_names_who_has_more_time_and_the_last_one_comes_after(post: Post) -> None:
    _extend(post, CLOSES + 2 * DAY, "spo240065")
    before = len(post.received(COORDINATOR))
    post.now = CLOSES + HOUR
    assert post.run("close")["close"].counts["closed"] == 1
    post.run("deliver")
    closing = post.last(COORDINATOR)
    assert str(closing["Subject"]).startswith("Общий срок истек")
    assert "Прием продолжается для 1 организации" in text_of(closing)
    assert "до 9 сентября 2021 года, 18:00 мск" in text_of(closing)
    people = next(data for name, data in workbooks_of(closing).items() if "участников" in name)
    rows = [[cell.value for cell in row] for sheet in opened(people) for row in sheet.iter_rows()]
    assert any("срок продлён до 09.09.2021 18:00" in [str(value) for value in row] for row in rows)

    hand_in(post)
    assert post.exchange_all()["accepted"] == 1
    post.run("close", "deliver")
    assert len(post.received(COORDINATOR)) == before + 1

    post.now = CLOSES + 2 * DAY + HOUR
    assert post.run("close")["close"].counts["ended"] == 1
    post.run("deliver")
    last = post.last(COORDINATOR)
    assert str(last["Subject"]).startswith("Прием закрыт, сдано 1 из 4")
    assert "Продлённые сроки закончились" in text_of(last)
    post.run("close", "deliver")
    assert len(post.received(COORDINATOR)) == before + 2


def test_the_daily_digest_goes_on_where_somebody_has_more_time(post: Post) -> None:
    """And ends with the last extension; whoever counts for nobody else is no reason to write to other regions."""
    _extend(post, CLOSES + 2 * DAY, "spo240065")
    before = len(post.received(COORDINATOR))
    for days, letters in ((1, 1), (2, 2), (3, 2)):
        post.now = CLOSES + days * DAY - HOUR
        post.run("digest", "deliver")
        assert len(post.received(COORDINATOR)) == before + letters
    assert "срок продлён до 09.09.2021 18:00" in text_of(post.last(COORDINATOR))


def test_an_extension_of_everybody_moves_the_closing_itself(post: Post) -> None:
    _extend(post, CLOSES + DAY, everybody=True)
    before = len(post.received(COORDINATOR))
    post.now = CLOSES + HOUR
    assert post.run("close")["close"].counts["closed"] == 0
    post.now = CLOSES + DAY + HOUR
    counts = post.run("close")["close"].counts
    assert (counts["closed"], counts["ended"]) == (1, 0)
    post.run("deliver")
    (closing,) = post.received(COORDINATOR)[before:]
    assert str(closing["Subject"]).startswith("Прием закрыт")
    assert "8 сентября 2021 года, 18:00 мск" in text_of(closing)


def test_a_closed_collection_opens_again_for_a_region(post: Post) -> None:
    post.now = CLOSES + HOUR
    post.run("close", "deliver")
    post.now = CLOSES + DAY
    assert _extend(post, CLOSES + 2 * DAY, region="24")["logins"] == 4
    post.run("deliver")
    assert "Открыт" in text_of(post.last(WRITER))
    post.write(WRITER, post.last(WRITER), "СТАТУС")
    post.exchange_all()
    assert "Сбор данных: открыт, срок 9 сентября 2021 года" in text_of(post.last(WRITER))
    hand_in(post)
    assert post.exchange_all()["accepted"] == 1
    post.now = CLOSES + 3 * DAY
    assert post.run("close")["close"].counts["ended"] == 1


def test_a_late_return_judged_in_the_moment_of_granting_is_found_by_the_next_closing_run(post: Post) -> None:
    post.now = CLOSES + HOUR
    hand_in(post)
    post.exchange_all()
    with post.context() as context, context.store.transaction() as session:
        extensions.grant(session, Extension(SCHEDULE, "spo240065", None, CLOSES + DAY, post.now, "cli:anna", "…"))
    assert post.run("close")["close"].counts["reopened"] == 1
    assert post.exchange_all()["accepted"] == 1


# On real servers


@pytest.mark.system("dovecot")
@pytest.mark.system("postfix")
def test_s9_w25_late_return_is_taken_after_an_extension_on_real_servers(
    tmp_path: Path, postfix: Postfix, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over SMTP and IMAP: refused as late, extended by the coordinator, accepted by its own receipt time."""
    # The servers' clock is the present, and at night the letter about the new deadline would wait for the morning.
    monkeypatch.setattr("pipeline.steps.requests.handlers.repeating.leaving", lambda _, now: now)
    dovecot = postfix.dovecot
    world = make_world(tmp_path, postfix.settings(), dovecot.settings("exchange.extensions@kabinet.test"))
    present = world.now
    world.only = frozenset({"spo240065", "spo_coord_24"})
    world.now = world.since = present - timedelta(hours=2)
    world.begin(closes=timedelta(hours=1))
    addresses = world.addresses()
    before = {code: len(dovecot.messages(address)) for code, address in addresses.items()}
    world.run("deliver")
    world.now = present
    until(lambda: len(dovecot.messages(addresses["spo240065"])) == before["spo240065"] + 1)

    writer = Correspondent(world.servers, addresses["spo240065"], clients.outlook)
    sent = writer.letters()[-1]
    writer.answer(sent, "Извините за опоздание", typed(form_in(letter(sent.raw))))
    until(lambda: len(dovecot.messages(world.settings.address)) == 1)
    assert world.exchange()["check"].counts["late"] == 1
    until(lambda: len(dovecot.messages(addresses["spo240065"])) == before["spo240065"] + 2)
    assert writer.letters()[-1].subject.startswith("Не принято, прием закрыт")

    coordinator = Correspondent(world.servers, addresses["spo_coord_24"], clients.telephone)
    tomorrow = (present + DAY).astimezone(MOSCOW)
    coordinator.answer(coordinator.letters()[-1], f"Продлить spo240065 до {tomorrow:%d.%m.%Y %H:%M}, болела")
    until(lambda: len(dovecot.messages(world.settings.address)) == 1)
    world.now = present + timedelta(minutes=1)
    world.exchange()
    world.exchange()
    until(lambda: len(dovecot.messages(addresses["spo240065"])) == before["spo240065"] + 4)
    subjects = sorted(received.subject.partition(" [")[0].partition(":")[0] for received in writer.letters()[-2:])
    assert subjects[0] == "Принято"
    assert subjects[1].startswith("Срок продлён до")
    assert world.counts().submitted == 1
    until(lambda: coordinator.letters()[-1].subject.startswith("Срок продлён: spo240065"))


# The command line


def test_extend_extensions_and_audit_on_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from pipeline.cli import _run

    monkeypatch.setenv("KABINET_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("KABINET_OUTBOX", str(tmp_path / "outbox"))
    monkeypatch.setenv("KABINET_WAKING_HOURS", "0-24")  # this test runs at any hour
    published_post(tmp_path)

    def kabinet(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["kabinet", *arguments])
        code = _run()
        captured = capsys.readouterr()
        return code, captured.out + captured.err

    code, printed = kabinet("extend", SCHEDULE, "--login", "spo240065", "--until", "2099-09-10 18:00")
    assert (code, "--reason" in printed) == (1, True)
    code, printed = kabinet("extend", SCHEDULE, "--login", "spo240065", "--reason", "так надо")
    assert (code, "--until" in printed) == (2, True)
    whole = ("extend", SCHEDULE, "--login", "spo240065", "--until", "2099-09-10 18:00", "--reason", "так надо")
    code, printed = kabinet(*whole, "--json")
    assert code == 0
    assert json.loads(printed) == {
        "step": "extend",
        "letters": 1,
        "logins": 1,
        "reopened": 0,
        "on_time": 0,
        "remarks": ["Принимаем до 10 сентября 2099 г. (четверг), 18:00 по Москве."],
    }
    code, printed = kabinet("extensions", SCHEDULE)
    assert code == 0
    assert "spo240065" in printed
    assert "до 10 сентября 2099 года, 18:00 мск" in printed
    assert "так надо" in printed
    code, printed = kabinet("audit", "--login", "spo240065", "--json")
    assert code == 0
    assert json.loads(printed)["what"] == "extended"
    code, printed = kabinet("participants", SCHEDULE, "--json")
    flagged = [record["login"] for record in map(json.loads, printed.splitlines()) if "extended" in record["flags"]]
    assert flagged == ["spo240065"]
    code, printed = kabinet("extend", SCHEDULE, "--login", "spo240065", "--withdraw", "--reason", "ошиблись")
    assert code == 0
    assert kabinet("extensions", SCHEDULE) == (0, "Записей нет.\n")
    assert kabinet("extensions", SCHEDULE, "--all")[1].count("spo240065") == 2
