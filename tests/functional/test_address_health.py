"""An address that dies and comes back, as the organisation, its coordinator and the administrator see it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline import sources
from pipeline.cli.usage import delivery, queries
from pipeline.model import SendOutcome, SendResult, Summary
from pipeline.steps import (
    digest,
    publish,
    remind,
    roster,
)
from pipeline.steps.record import health
from pipeline.store import health as records
from pipeline.store import letters
from tests.functional.post import CLOSES, Post, form_in, make_post, typed
from tests.functional.robots import answers, report, sent_to, writes
from tests.functional.world import text_of

DEAD = "spo240066@school.test"
COORDINATOR = "spo_coord_24@region.test"
DAY = timedelta(days=1)
FULL = ("failed", "5.2.2", "552 5.2.2 Mailbox is full")
OTHER = "vpr-spo-2021-participants"


@pytest.fixture
def post(tmp_path: Path) -> Post:
    made = make_post(tmp_path)
    made.publish()
    return made


def _kill(post: Post) -> None:
    """The publication comes back, and the probe two days later."""
    report(post, sent_to(post, DEAD))
    post.exchange_all()
    post.later(2 * DAY)
    post.run("deliver")
    report(post, sent_to(post, DEAD))
    post.exchange_all()


def _state(post: Post, address: str = DEAD) -> str:
    with post.context() as context, context.store.reading() as session:
        return health.of_address(context, session, address, post.now).state.value


def _tasks(post: Post) -> list[str]:
    with post.context() as context, context.store.reading() as session:
        return [f"{task.login.code} {task.address} {task.reason}" for task in records.open_tasks(session)]


def _events(post: Post, address: str = DEAD) -> list[str]:
    with post.context() as context, context.store.reading() as session:
        return [
            logged.event.value
            for letter, _ in reversed(letters.found(session, address=address))
            for logged in letters.events(session, letter.id)
            if logged.event.value not in ("queued", "sending")
        ]


def _digest(post: Post) -> str:
    post.run("digest", "deliver")
    return text_of(post.last(COORDINATOR))


def _import(post: Post, *addresses: str) -> Summary:
    """The shipped roster with these addresses in place of the dead one."""
    report = sources.roster(post.settings.home / "publications" / "roster.xlsx")
    logins = [replace(login, addresses=addresses) if DEAD in login.addresses else login for login in report.logins]
    with post.context() as context:
        return roster.run(context, replace(report, logins=tuple(logins)), post.now)


def test_a_probe_goes_once_after_a_wait_and_in_plain_words(post: Post) -> None:
    report(post, sent_to(post, DEAD))
    post.exchange_all()
    assert _state(post) == "doubtful"
    before = len(post.received(DEAD))
    post.later(DAY)
    post.run("deliver")
    assert len(post.received(DEAD)) == before
    post.later(DAY)
    post.run("deliver", "deliver")
    probe = post.last(DEAD)
    assert len(post.received(DEAD)) == before + 1
    assert str(probe["Subject"]) == "Проверяем, что ваш адрес работает; отвечать не нужно"
    assert "Отвечать не нужно" in text_of(probe)
    assert "30 августа 2021 года" in text_of(probe)
    assert probe["Date"].datetime == post.now
    assert _tasks(post) == []


def test_a_dead_address_gets_no_campaigns_and_the_coordinator_is_asked_for_another(post: Post) -> None:
    _kill(post)
    assert _tasks(post) == [f"spo240066 {DEAD} no_mailbox"]
    text = _digest(post)
    assert "ПИСЬМА НЕ ДОХОДЯТ" in text
    assert "АДРЕС, логин и новый адрес" in text
    block = text.split("ПИСЬМА НЕ ДОХОДЯТ")[1].split("СПИСОК УЧАСТНИКОВ")[0]
    assert f"{DEAD}: не доходят с 30 августа 2021 года, такого ящика нет" in block
    assert "Центр «Радуга»" in block or 'Центр "Радуга"' in block
    before = len(post.received(DEAD))
    with post.context() as context:
        loaded = sources.publication(OTHER, post.settings)
        summary = publish.run(context, loaded, post.now)
        remind.run(context, CLOSES - DAY - timedelta(hours=3))
    post.now = CLOSES - DAY - timedelta(hours=3)
    post.run("deliver")
    assert len(post.received(DEAD)) == before
    assert any(DEAD in remark for remark in summary.remarks)
    others = post.received("spo240065@school.test")
    assert any("Завтра" in str(message["Subject"]) for message in others)


def test_answers_still_go_to_a_dead_address(post: Post) -> None:
    form, letter = form_in(post.last(DEAD)), post.last(DEAD)
    _kill(post)
    post.write("petrova@mail.test", letter, "", typed(form))
    post.exchange_all()
    assert any(str(message["Subject"]).startswith("Принято") for message in post.received(DEAD))
    assert _tasks(post)


def test_mail_from_the_address_clears_it(post: Post) -> None:
    letter = post.last(DEAD)
    _kill(post)
    post.later(timedelta(hours=1))
    post.write(DEAD, letter, "СТАТУС")
    post.exchange_all()
    assert _tasks(post) == []
    assert _state(post) == "alive"
    assert "ПИСЬМА НЕ ДОХОДЯТ" not in _digest(post)
    before = len(post.received(DEAD))
    post.now = CLOSES - DAY - timedelta(hours=3)
    post.run("remind", "deliver")
    assert len(post.received(DEAD)) == before + 1


@pytest.mark.parametrize(("action", "event", "alive"), [("delivered", "delivered", True), ("relayed", "sent", False)])
def test_a_delivered_report_makes_the_probe_needless_and_a_relay_does_not(
    post: Post, action: str, event: str, *, alive: bool
) -> None:
    publication = sent_to(post, DEAD)
    report(post, publication)
    post.exchange_all()
    post.later(timedelta(hours=1))
    report(post, publication, action, "2.0.0", "250 2.0.0 Ok")
    post.exchange_all()
    assert _events(post)[:3] == ["sent", "bounced", event]
    before = len(post.received(DEAD))
    post.later(3 * DAY + timedelta(hours=12))  # in the morning: at night no probe leaves
    post.run("deliver")
    assert (len(post.received(DEAD)) == before) is alive


def test_a_probe_of_which_nothing_comes_back_clears_the_doubt(post: Post) -> None:
    report(post, sent_to(post, DEAD))
    post.exchange_all()
    post.later(2 * DAY)
    post.run("deliver")
    assert _state(post) == "doubtful"
    post.later(post.limits.health.probe_patience + timedelta(minutes=1))
    assert _state(post) == "alive"


def test_a_full_mailbox_is_no_dead_one(post: Post) -> None:
    for _ in range(3):
        report(post, sent_to(post, DEAD), *FULL)
        post.exchange_all()
        post.later(DAY)
    assert _state(post) == "alive"
    assert _tasks(post) == []


def test_m36_letters_given_up_with_a_passing_status_count_against_nobody_and_do_not_vanish(
    post: Post, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("pipeline.cli.delivery.now", lambda: post.now)
    monkeypatch.setenv("KABINET_STATE", str(post.settings.state))
    monkeypatch.setenv("KABINET_OUTBOX", str(post.settings.outbox))
    for _ in range(9):
        report(post, sent_to(post, DEAD), "failed", "4.4.7", "Delivery time expired")
        post.exchange_all()
        post.later(DAY)
    assert (_state(post), _tasks(post)) == ("alive", [])
    assert "ПИСЬМА НЕ ДОХОДЯТ" not in _digest(post)
    capsys.readouterr()
    delivery.letters_command(failed=True)
    delivery.addresses()
    letter, address = [line for line in capsys.readouterr().out.splitlines() if DEAD in line]
    assert "вернулось" in letter
    assert "4.4.7 Delivery time expired" in letter
    assert "работает" in address
    assert "30.08.2021" in address
    assert "почтовый сервер не принял письмо в срок" in address


def test_m36_a_server_that_says_failed_and_goes_on_trying_has_put_the_letter_off(post: Post) -> None:
    report(post, sent_to(post, DEAD), "failed", "4.4.1", "451 timed out; попытки доставки будут продолжены")
    post.exchange_all()
    assert _events(post) == ["sent", "deferred"]


def test_refusals_at_smtp_time_count_too(post: Post) -> None:
    post.mail.answers[DEAD] = SendResult(SendOutcome.REFUSED, "550 5.1.1 <spo240066@school.test>: User unknown")
    writes(post, DEAD, "ПОМОЩЬ")
    post.exchange_all()
    assert _state(post) == "doubtful"
    post.later(2 * DAY + timedelta(minutes=1))
    post.run("deliver")
    assert _tasks(post) == [f"spo240066 {DEAD} no_mailbox"]


def test_an_imported_new_address_closes_the_task_and_gets_the_letters(post: Post) -> None:
    _kill(post)
    added = "raduga@mail.test"
    summary = _import(post, added)
    assert _tasks(post) == []
    assert any("spo240066" in remark and DEAD in remark for remark in summary.remarks)
    post.now = CLOSES - DAY - timedelta(hours=3)
    post.run("remind", "deliver")
    assert post.received(added)


def test_the_dead_address_stays_dead_beside_a_new_one(post: Post) -> None:
    _kill(post)
    _import(post, DEAD, "raduga@mail.test")
    assert _tasks(post) == []
    before = len(post.received(DEAD))
    post.now = CLOSES - DAY - timedelta(hours=3)
    post.run("remind", "deliver")
    assert post.received("raduga@mail.test")
    assert len(post.received(DEAD)) == before


def test_an_import_that_changes_nothing_leaves_the_task_open(post: Post) -> None:
    _kill(post)
    _import(post, DEAD)
    assert len(_tasks(post)) == 1


def test_a_coordinator_whose_address_is_dead_gets_no_digest(post: Post) -> None:
    post.mail.answers[COORDINATOR] = SendResult(SendOutcome.REFUSED, "550 5.1.1 User unknown")
    for _ in range(2):
        post.run("digest", "deliver")
        post.later(DAY)
    with post.context() as context:
        assert digest.run(context, post.now).counts["letters"] == 0


def test_the_log_of_a_letter_tells_what_was_heard_of_it(post: Post) -> None:
    sent = sent_to(post, DEAD)
    report(post, sent, "delayed", "4.4.1", "connection timed out")
    post.exchange_all()
    post.later(timedelta(minutes=5))
    answers(post, DEAD, "Я в отпуске до 10 сентября", to=sent, headers={"Auto-Submitted": "auto-replied"})
    post.exchange_all()
    post.later(timedelta(minutes=5))
    _read(post, sent.content)
    post.exchange_all()
    assert _events(post) == ["sent", "deferred", "autoresponded", "read"]


def _read(post: Post, content: bytes) -> None:
    ours = content.decode("utf-8", "replace").split("Message-ID: ")[1].split("\r\n")[0]
    mdn = (
        f"From: {DEAD}\r\nTo: {post.settings.address}\r\nSubject: =?utf-8?b?0J/RgNC+0YfQuNGC0LDQvdC+?=\r\n"
        "Message-ID: <mdn-1@school.test>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=disposition-notification; boundary="=b="\r\n\r\n'
        "--=b=\r\nContent-Type: text/plain\r\n\r\nYour message was displayed.\r\n"
        "--=b=\r\nContent-Type: message/disposition-notification\r\n\r\nReporting-UA: school.test\r\n"
        f"Final-Recipient: rfc822; {DEAD}\r\nOriginal-Message-ID: {ours}\r\n"
        "Disposition: manual-action/MDN-sent-manually; displayed\r\n--=b=--\r\n"
    )
    post.inbox.deliver(mdn.encode(), post.now)


def test_m16_a_mailbox_that_answers_that_it_is_closed_is_dead_and_its_new_address_is_seen(post: Post) -> None:
    words = "Здравствуйте! Этот почтовый ящик больше не существует. Пишите на адрес raduga@new.test."
    for _ in range(2):
        answers(post, DEAD, words, to=sent_to(post, DEAD), headers={"Auto-Submitted": "auto-replied"})
        post.exchange_all()
        post.later(2 * DAY)
        post.run("deliver")
    assert _tasks(post) == [f"spo240066 {DEAD} closed"]
    block = _digest(post).split("ПИСЬМА НЕ ДОХОДЯТ")[1]
    assert (
        "его автоответчик пишет: «Этот почтовый ящик больше не существует. Пишите на адрес raduga@new.test."
        in " ".join(block.split())
    )


def test_a_forged_report_kills_nobody(post: Post) -> None:
    """Anybody may write a delivery report: one that names no letter of ours is kept and changes nothing."""
    forged = replace(sent_to(post, DEAD), envelope_from=post.settings.address)
    content = forged.content.replace(b"Message-ID: <", b"Message-ID: <x")
    report(post, replace(forged, content=content))
    assert post.exchange_all()["bounce"] == 1
    assert _state(post) == "alive"


def test_m16_a_report_on_a_letter_that_is_not_ours_is_listed_for_an_operator(
    post: Post, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KABINET_STATE", str(post.settings.state))
    strange = replace(sent_to(post, DEAD), envelope_from=post.settings.address)
    report(post, replace(strange, content=strange.content.replace(b"Message-ID: <", b"Message-ID: <x")))
    report(post, sent_to(post, "spo240067@school.test"))
    post.exchange_all()
    capsys.readouterr()
    queries.receipts_command(strays=True, as_json=True)
    (listed,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (listed["kind"], listed["reason"]) == ("bounce", "bounce_of_unknown_letter")


def test_the_command_line_shows_letters_and_addresses(
    post: Post, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("pipeline.cli.delivery.now", lambda: post.now)
    monkeypatch.setenv("KABINET_STATE", str(post.settings.state))
    monkeypatch.setenv("KABINET_OUTBOX", str(post.settings.outbox))
    _kill(post)
    capsys.readouterr()

    def printed() -> list[str]:
        return [line for line in capsys.readouterr().out.splitlines() if DEAD in line]

    delivery.letters_command(failed=True, as_json=True)
    failed = [json.loads(line) for line in printed()]
    assert [(row["kind"], row["last"]["event"]) for row in failed] == [("probe", "bounced"), ("publication", "bounced")]
    assert [event["event"] for event in failed[1]["events"]] == ["queued", "sending", "sent", "bounced"]
    delivery.letters_command(login="SPO240066")
    delivery.letters_command(address=DEAD)
    assert len(printed()) == 2 + 2
    delivery.addresses(dead=True, as_json=True)
    (address,) = [json.loads(line) for line in printed()]
    assert (address["state"], address["logins"], address["reason"]) == ("dead", ["spo240066"], "no_mailbox")
    delivery.addresses()
    (plain,) = printed()
    assert "не работает" in plain
    assert "такого ящика нет" in plain
