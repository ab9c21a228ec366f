"""Addresses under Cyrillic domains: one address in both spellings, from the roster to the receipt (E10, M40)."""

from __future__ import annotations

from datetime import timedelta
from email import policy
from pathlib import Path

import pytest

from pipeline import sources
from pipeline.cabinet.publications import rescheduled
from pipeline.cabinet.roster import parse_roster
from pipeline.embedded import clients
from pipeline.mailbox import ImapSettings
from pipeline.model import Status, Summary
from pipeline.outbox import SmtpSettings
from pipeline.steps import publish, roster
from pipeline.steps import roster as roster_step
from pipeline.store import changes, health, participations, receipts
from pipeline.store import roster as roster_rows
from tests.functional.post import Post, form_in, typed
from tests.functional.published import published_post
from tests.functional.world import SCHEDULE, World, letter, make_world, opened, text_of
from tests.systems.dovecot import Dovecot
from tests.systems.smtp_sink import smtp_sink

DOMAIN, CODED = "школа-7.рф", "xn---7-6kc3bfr2e.xn--p1ai"
FIRST, SECOND = "spo240065", "spo240067"
LIST = f"""Логин;Пользователь;Регион;Адреса
{FIRST};Канский центр;24;info@{DOMAIN}
{SECOND};Канский техникум;24;secretar@{CODED.upper()}.
"""


def world_of(tmp_path: Path, smtp: SmtpSettings, imap: ImapSettings, listed: str = LIST) -> tuple[World, Summary]:
    """A world with this roster and the schedule published and delivered; and what the import said."""
    world = make_world(tmp_path, smtp, imap)
    opens = world.now - timedelta(hours=1)
    with world.context() as context:
        said = roster.run(context, parse_roster("list.csv", listed.encode()), world.now)
        loaded = rescheduled(sources.publication(SCHEDULE, world.settings), opens, opens + timedelta(days=7), opens)
        publish.run(context, loaded, world.now)
    world.run("deliver")
    return world, said


@pytest.mark.system("dovecot")
def test_e10_m40_either_spelling_is_written_to_and_answers(tmp_path: Path, dovecot: Dovecot) -> None:
    """E10, M40: rosters and senders in both spellings are one address; no server on the way needs SMTPUTF8."""
    exchange = "exchange.rf@kabinet.test"
    with smtp_sink() as sink:
        world, said = world_of(tmp_path, sink.settings(), dovecot.settings(exchange))
        assert [line for line in said.remarks if "адрес" in line] == []
        published = {recipient: letter(content) for _, recipient, content in sink.taken}
        assert set(published) == {f"info@{CODED}", f"secretar@{CODED}"}
        for local, written in (("info", f"info@{DOMAIN.upper()}"), ("secretar", f"secretar@{CODED.upper()}.")):
            letter_to_us = published[f"{local}@{CODED}"]
            assert str(letter_to_us["To"]) == f"{local}@{CODED}"
            made = clients.thunderbird(
                "writer@placeholder.test", str(letter_to_us["Reply-To"]), "Отчёт", "", typed(form_in(letter_to_us))
            )
            raw = made.as_bytes(policy=policy.SMTP).replace(
                b"From: writer@placeholder.test", f"From: {written}".encode()
            )
            dovecot.deliver(exchange, raw)
        world.run("collect", "check", "deliver")
        with world.context() as context, context.store.reading() as session:
            assert {item.trust for item in receipts.listed(session)} == {"tag+sender"}
            found = participations.participants(session, SCHEDULE)
            assert {one.login.code: one.participation.status for one in found} == {
                FIRST: Status.SUBMITTED,
                SECOND: Status.SUBMITTED,
            }
        answers = {to: letter(content) for _, to, content in sink.taken[2:]}
        assert {to: str(found["Subject"])[:7] for to, found in answers.items()} == dict.fromkeys(published, "Принято")


@pytest.mark.parametrize("utf8", [False, True])
def test_e10_m40_cyrillic_before_the_at_goes_where_the_server_takes_it_and_is_told_where_not(
    tmp_path: Path, utf8: bool
) -> None:
    """E10, M40: «иванов@школа.рф» needs SMTPUTF8; without it the address is somebody's task at once."""
    address = f"иванов@{CODED}"
    with smtp_sink(utf8=utf8) as sink:
        listed = LIST.replace(f"info@{DOMAIN}", f"иванов@{DOMAIN}")
        nowhere = ImapSettings("127.0.0.1", 1, "exchange@kabinet.test", "x", "none", 1)
        world, said = world_of(tmp_path, sink.settings(), nowhere, listed)
        assert [f"адрес «иванов@{DOMAIN}»" in line for line in said.remarks if "строка 2" in line] == [True]
        taken = {recipient: content for _, recipient, content in sink.taken}
        assert set(taken) == ({address, f"secretar@{CODED}"} if utf8 else {f"secretar@{CODED}"})
        if utf8:
            assert f"To: {address}\r\n".encode() in taken[address].replace(b"\r\r", b"\r")
        with world.context() as context, context.store.reading() as session:
            tasks = [(task.login.code, task.address, task.reason) for task in health.open_tasks(session)]
        assert tasks == ([] if utf8 else [(FIRST, address, "beyond_ascii")])


# On a standing clock, with the post office in memory


@pytest.fixture
def post(tmp_path: Path) -> Post:
    """A published schedule; one organisation has an address under .рф."""
    made = published_post(tmp_path)
    made.settings = made.settings.model_copy(update={"authserv_id": "mx.kabinet.test"})
    with made.context() as context, context.store.transaction() as session:
        before = roster_rows.login(session, FIRST)
        assert before is not None
        (listed,) = parse_roster("l.csv", f"Логин;Пользователь;Адреса\n{FIRST};Школа;info@школа.рф\n".encode()).logins
        roster_rows.amend(session, before, listed, made.now)
    return made


RF = "info@xn--80atdl2c.xn--p1ai"
COORDINATOR = "spo_coord_24@region.test"
VERDICT = "Authentication-Results: mx.kabinet.test; dmarc={} header.from=xn--80atdl2c.xn--p1ai\r\n"


def write(post: Post, sender: str, subject: str, text: str = "", *, verdict: str = "") -> None:
    """A message in UTF-8 as clients with SMTPUTF8 send it: the address in the header as people write it."""
    lines = (
        f"{VERDICT.format(verdict) if verdict else ''}Return-Path: <{sender}>\r\nFrom: Школа <{sender}>\r\n"
        f"To: exchange@kabinet.test\r\nSubject: {subject}\r\nMessage-ID: <{len(post.mail.sent)}@x.test>\r\n"
        f"Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    )
    post.inbox.deliver(lines.encode(), post.now)


def test_e10_m40_commands_from_every_spelling_are_answered(post: Post) -> None:
    """E10, M40: one writer, and DMARC's verdict on the coded domain is about the same address."""
    spellings = (
        "info@школа.рф",
        "INFO@ШКОЛА.РФ",
        "info@школа.рф.",
        "info@XN--80ATDL2C.XN--P1AI",
        "info@xn--80atdl2c.xn--p1ai.",
        "info@шкоЛа.рф",
    )
    for sender in spellings:
        write(post, sender, "СТАТУС", verdict="pass")
    post.exchange_all()
    answers = [str(message["Subject"]) for message in post.received(RF)]
    assert answers == ["Ваш статус: не приступили"] * len(spellings)
    with post.context() as context, context.store.reading() as session:
        found = {(receipt.login, receipt.trust, receipt.sender) for receipt in receipts.listed(session)}
    assert found == {(FIRST, "sender", RF)}


def test_e10_m40_another_domain_is_another_writer(post: Post) -> None:
    """Letters that only look alike, wide ones, the sign of Kelvin and a broken label make no registered address."""
    for sender in (
        "info@шкoла.рф",  # a Latin o
        "info@школа.pф",
        "info@школa.рф",
        "spo240066@\uff53chool.test",
        "spo240066@school\u3002test",
        "info@-школа.рф",
        "info@школа..рф",
        "info@" + "ш" * 300 + ".рф",
    ):
        write(post, sender, "СТАТУС")
    post.exchange_all()
    answered = [*post.received(RF), *post.received("spo240066@school.test")]
    assert not [message for message in answered if "статус" in str(message["Subject"])]
    with post.context() as context, context.store.reading() as session:
        assert {receipt.state.value for receipt in receipts.listed(session)} <= {"done", "held"}
        assert {receipt.login for receipt in receipts.listed(session)} == {None}


def test_e10_m40_people_see_the_cyrillic_form(post: Post) -> None:
    write(post, "info@школа.рф", "ПАСПОРТ", "адрес office@школа.рф")
    post.exchange_all()
    shown = text_of(post.last(RF))
    assert "info@школа.рф" in shown
    assert "office@школа.рф" in shown
    assert "xn--" not in shown
    with post.context() as context:
        content, _ = roster_step.as_workbook(context, post.now)
        cells = [cell.value for row in opened(content).worksheets[0].iter_rows() for cell in row]
        assert "info@школа.рф" in cells
        (again,) = [one for one in parse_roster("roster.xlsx", content).logins if one.code == FIRST]
        assert again.addresses == (RF,)
        with context.store.reading() as session:
            assert [change.value for change in changes.listed(session)] == ["office@xn--80atdl2c.xn--p1ai"]


def test_e10_m40_a_coordinator_gives_a_domain_with_its_own_letters(post: Post) -> None:
    """E10, M40: for comparing commands ё is е, but «ёлка.рф» is another domain than «елка.рф»."""
    with post.context() as context, context.store.transaction() as session:
        before = roster_rows.login(session, FIRST)
        assert before is not None
        health.open_task(session, FIRST, RF, post.now, "no_mailbox", post.now)
    sent = post.last(COORDINATOR)
    post.write(COORDINATOR, sent, f"АДРЕС {FIRST} Школа@Ёлка.РФ".replace("Школа", "school"))
    post.exchange_all()
    with post.context() as context, context.store.reading() as session:
        login = roster_rows.login(session, FIRST)
    assert login is not None
    assert login.addresses == (RF, "school@xn--80atc1g.xn--p1ai")
    assert "school@ёлка.рф" in text_of(post.last("school@xn--80atc1g.xn--p1ai"))
