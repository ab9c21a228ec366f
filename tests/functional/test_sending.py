"""How letters leave: rates, domains that ask us to wait, brakes, answers first, signatures, crashes midway."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import dkim  # type: ignore[import-untyped]  # the package has no types
import pytest
from typer.testing import CliRunner

from pipeline import wiring
from pipeline.cli import app
from pipeline.errors import ConfigurationError
from pipeline.mail.letters.kinds.probe import ProbeLetter
from pipeline.mailbox import ImapSettings
from pipeline.model import LetterState, SendResult
from pipeline.outbox import SmtpTransport
from pipeline.steps import deliver
from pipeline.steps.base.fakes.transport import SentLetter
from pipeline.steps.base.limits import Limits
from pipeline.steps.letters.writing import Subject, Terms, new_letter
from pipeline.store import letters, pauses, sending
from tests.factories.limits import limited
from tests.factories.replies import organisations, publish_to
from tests.functional.campaigns import HOUR, MINUTE, SENT, Begin, deferred, refused
from tests.functional.world import make_world
from tests.systems.smtp_sink import smtp_sink


def test_the_providers_rate_a_minute_is_kept_over_runs(campaign: Begin) -> None:
    made = campaign(12)
    summary = made.deliver(per_minute=5)
    assert summary.counts == {"sent": 5}
    assert any("Ждут отправки: 7" in remark for remark in summary.remarks)
    assert made.deliver(per_minute=5).counts == {}
    made.post.later(MINUTE)
    assert made.deliver(per_minute=5).counts == {"sent": 5}
    made.post.later(MINUTE)
    summary = made.deliver(per_minute=5)
    assert (summary.counts, summary.remarks) == ({"sent": 2}, [])


def test_a_part_of_the_days_letters_is_kept_for_answers(campaign: Begin) -> None:
    made = campaign(30)
    assert made.deliver(per_day=10).counts == {"sent": 9}
    made.answer()
    assert made.deliver(per_day=10).counts == {"sent": 1}
    assert made.mail.sent[-1].recipient == "director@school.test"
    made.answer(address="another@school.test")
    assert made.deliver(per_day=10).counts == {}
    made.post.later(timedelta(days=1, minutes=1))
    assert made.deliver(per_day=10).counts == {"sent": 10}


def test_a_domain_with_a_rate_of_its_own_keeps_nobody_waiting(campaign: Begin) -> None:
    made = campaign(150)
    rates = {"org1.test": 1, "org2.test": 2}
    assert made.deliver(domain_per_minute=rates).counts == {"sent": 147}
    assert (made.domains()["org1.test"], made.domains()["org2.test"], made.domains()["org3.test"]) == (1, 2, 3)
    made.post.later(MINUTE)
    assert made.deliver(domain_per_minute=rates).counts == {"sent": 2}
    made.post.later(MINUTE)
    assert made.deliver(domain_per_minute=rates).counts == {"sent": 1}


def test_a_domain_that_asks_for_a_wait_gets_it_and_the_rest_goes_on(campaign: Begin) -> None:
    busy = True

    def says(recipient: str) -> SendResult:
        slow = busy and recipient.endswith("@org1.test")
        return deferred("450 4.7.1 rate limit exceeded, try again in 20 minutes") if slow else SENT

    made = campaign(150, says)
    summary = made.deliver(window=4)
    assert summary.counts == {"sent": 147, "deferred": 1}  # the other two of the domain were not tried at all
    assert any("org1.test" in remark and "20 minutes" in remark for remark in summary.remarks)
    made.post.later(19 * MINUTE)
    assert made.deliver().counts == {}
    busy = False
    made.post.later(2 * MINUTE)
    summary = made.deliver()
    assert (summary.counts, summary.remarks) == ({"sent": 3}, [])


def test_without_a_hint_the_wait_of_a_domain_grows_until_it_takes_letters(campaign: Begin) -> None:
    made = campaign(1, lambda _: deferred("421 4.7.0 too many messages"))
    waited = []
    for _ in range(4):
        assert made.deliver().counts == {"deferred": 1}
        with made.post.context() as context, context.store.reading() as session:
            [wait] = sending.waits(session).values()
            row = letters.by_ids(session, [1])[0]
        waited.append(round((wait.until - made.post.now) / MINUTE))
        made.post.now = max(wait.until, row.due_at) + MINUTE
    assert waited == [5, 10, 20, 40]
    made.mail.says = lambda _: SENT
    assert made.deliver().counts == {"sent": 1}
    with made.post.context() as context, context.store.reading() as session:
        assert sending.waits(session) == {}


def test_greylisting_lets_every_letter_have_its_first_try(campaign: Begin) -> None:
    tried: Counter[str] = Counter()

    def says(recipient: str) -> SendResult:
        tried[recipient] += 1
        return deferred("450 4.7.1 Greylisted, try again in 300 seconds") if tried[recipient] == 1 else SENT

    made = campaign(10, says)
    assert made.deliver(window=4).counts == {"deferred": 10}
    made.post.later(4 * MINUTE)
    assert made.deliver().counts == {}
    made.post.later(2 * MINUTE)
    assert made.deliver().counts == {"sent": 10}


def test_the_servers_hint_sets_the_next_try_of_one_letter(campaign: Begin) -> None:
    made = campaign(1, lambda _: deferred("450 4.2.1 mailbox busy, try again in 40 minutes"))
    made.deliver()
    with made.post.context() as context, context.store.reading() as session:
        due = letters.by_ids(session, [1])[0].due_at
    assert timedelta(0) <= due - made.post.now - 40 * MINUTE < MINUTE


def test_campaigns_stop_when_too_much_is_refused_and_answers_go_on(campaign: Begin) -> None:
    def says(recipient: str) -> SendResult:
        number = int("0" + "".join(filter(str.isdigit, recipient.partition("@")[0])))
        return refused("550 5.7.1 we do not want your mail") if number % 3 == 0 and "office" in recipient else SENT

    made = campaign(150, says)
    summary = made.deliver()
    assert summary.counts["refused"] > 20
    assert summary.counts["sent"] + summary.counts["refused"] < 120
    assert any("отклонено" in remark and "kabinet pause --resume" in remark for remark in summary.remarks)
    made.answer()
    assert made.deliver().counts == {"sent": 1}
    with made.post.context() as context, context.store.transaction() as session:
        assert pauses.resume(session, None, "operator", made.post.now + MINUTE) == 1
    made.post.later(2 * MINUTE)
    made.mail.says = lambda _: SENT
    assert made.deliver().counts["sent"] > 30  # what was refused before is not held against it again
    assert LetterState.QUEUED not in made.states()


def test_a_few_refusals_stop_nothing(campaign: Begin) -> None:
    made = campaign(150, lambda recipient: refused("550 5.1.1 no") if recipient[:7] == "office1" else SENT)
    made.mail.says = lambda recipient: refused("550 5.1.1 no") if recipient.startswith("office7") else SENT
    counts = made.deliver().counts
    assert counts == {"sent": 139, "refused": 11}


def test_campaigns_wait_a_while_when_letters_are_put_off_one_after_another(campaign: Begin) -> None:
    made = campaign(100, lambda _: deferred("451 4.3.0 temporary failure"))
    summary = made.deliver(burst_put_off=20, window=10)
    assert 20 <= summary.counts["deferred"] <= 30
    assert any("Рассылки ждут до" in remark for remark in summary.remarks)
    made.answer()
    made.mail.says = lambda _: SENT
    assert made.deliver(burst_put_off=20).counts == {"sent": 1}
    made.post.later(2 * HOUR)
    assert made.deliver(burst_put_off=20).counts == {"sent": 100}
    with made.post.context() as context, context.store.reading() as session:
        assert sending.waits(session) == {}


def test_an_answer_that_comes_into_a_running_campaign_goes_first(campaign: Begin) -> None:
    made = campaign(60)

    def asks(sent: SentLetter) -> None:
        if len(made.mail.sent) == 5:
            made.answer()

    made.mail.on_sent = asks
    assert made.deliver(window=10).counts == {"sent": 61}
    order = [sent.recipient for sent in made.mail.sent]
    assert order.index("director@school.test") < 25


def test_m14_what_a_dying_worker_knew_is_recorded_and_the_rest_is_in_doubt(campaign: Begin) -> None:
    made = campaign(60)

    def dies(sent: SentLetter) -> None:
        if len(made.mail.sent) == 24:
            raise MemoryError

    made.mail.on_sent = dies
    with pytest.raises(MemoryError):
        made.deliver(window=10)
    # 10 and 10 are done, three of the third window were answered, seven may be with the server.
    assert made.states() == {LetterState.SENT: 23, LetterState.SENDING: 7, LetterState.QUEUED: 30}
    made.mail.on_sent = None
    made.post.later(HOUR)
    assert made.deliver().counts == {"sent": 30, "recovered": 7}
    made.post.later(HOUR)
    assert made.deliver().counts == {"sent": 7}
    arrived = Counter(sent.recipient for sent in made.mail.sent)
    assert sorted(arrived.values()) == [1] * 59 + [2]  # the one that was taken as the worker died


def test_m19_one_letter_that_cannot_be_made_stops_no_other(campaign: Begin) -> None:
    made = campaign(5)
    with made.post.context() as context, context.store.transaction() as session:
        at = made.post.now
        row = new_letter(context, "odd", ProbeLetter(failed_at=at), "odd@org.test", Subject(), at, Terms())
        letters.enqueue(session, replace(row, kind="no-such-kind"))
    assert made.deliver().counts == {"sent": 5, "unrenderable": 1}
    told_to_support = 1
    assert made.states() == {LetterState.SENT: 5, LetterState.FAILED: 1, LetterState.QUEUED: told_to_support}


# -- the real transport ----------------------------------------------------------------------------------------------


def test_a_real_server_that_puts_everything_off_is_left_alone(campaign: Begin) -> None:
    made = campaign(30)
    with smtp_sink() as sink, made.post.context() as context:
        sink.mail_answers = ["450 4.7.1 too many letters from you, wait 15 minutes"] * 2
        real = replace(context, open_transport=lambda: SmtpTransport(sink.settings()))
        summary = deliver.run(real, made.post.now)
        assert sum(summary.counts.values()) <= 10  # no more than the first window
        assert any("Сервер исходящей почты просит подождать" in remark for remark in summary.remarks)
        assert deliver.run(real, made.post.now + 14 * MINUTE).counts == {}
        assert deliver.run(real, made.post.now + 17 * MINUTE).counts["sent"] == 30 - len(sink.taken) or sink.taken
        assert len(sink.taken) == 30


def test_a_real_servers_words_on_recipients_hold_up_their_domain_only(campaign: Begin) -> None:
    made = campaign(60)
    with smtp_sink() as sink, made.post.context() as context:
        sink.recipient_answers = {
            "office1@org1.test": "450 4.7.1 rate limit, try again in 30 minutes",
            "office2@org2.test": "550 5.1.1 no such user",
            "office3@org3.test": "450 4.2.1 mailbox busy",
        }
        real = replace(
            context,
            open_transport=lambda: SmtpTransport(sink.settings()),
            limits=limited(Limits(), sending={"window": 8}),
        )
        summary = deliver.run(real, made.post.now)
        assert summary.counts == {"sent": 56, "refused": 1, "deferred": 2}  # office51@org1.test waits
        sink.recipient_answers = {}
        assert deliver.run(real, made.post.now + 40 * MINUTE).counts == {"sent": 3}
    assert len({recipient for _, recipient, _ in sink.taken}) == 59


@pytest.mark.parametrize("pipelining", [True, False])
def test_m12_connections_cut_midway_lose_nothing_and_double_nothing(campaign: Begin, *, pipelining: bool) -> None:
    made = campaign(60)
    with smtp_sink(pipelining=pipelining) as sink, made.post.context() as context:
        sink.cut_at = {7, 20, 33}
        real = replace(context, open_transport=lambda: SmtpTransport(sink.settings()))
        counts = deliver.run(real, made.post.now).counts
        assert counts == {"sent": 57, "uncertain": 3}
        assert deliver.run(real, made.post.now + HOUR).counts == {"sent": 3}
    arrived = Counter(recipient for _, recipient, _ in sink.taken)
    assert sorted(arrived.values()) == [1] * 57 + [2] * 3  # the server had taken those three


# -- signatures ------------------------------------------------------------------------------------------------------


def test_letters_arrive_signed_and_receivers_can_check_it(tmp_path: Path, key_file: Path) -> None:
    with smtp_sink() as sink:
        imap = ImapSettings("127.0.0.1", 1, "exchange@kabinet.test", "x", "none", 1)
        world = make_world(tmp_path, sink.settings(), imap)
        settings = {"dkim_domain": "kabinet.test", "dkim_selector": "s1", "dkim_key_file": key_file}
        world.settings = world.settings.model_copy(update=settings)
        with world.context() as context:
            assert context.dkim is not None
            record = context.dkim.record.encode()
            publish_to(context, organisations(3), world.now)
            assert deliver.run(context, world.now).counts == {"sent": 3}
    for _, _, content in sink.taken:
        assert dkim.verify(content, dnsfunc=lambda name, **_: {b"s1._domainkey.kabinet.test.": record}.get(name))
    copies = [path.read_bytes() for path in world.settings.outbox.glob("sent/*/*.eml")]
    assert sorted(copies) == sorted(content for _, _, content in sink.taken)


@pytest.mark.parametrize(("domain", "code"), [("kabinet.test", 0), ("elsewhere.test", 1)])
def test_doctor_says_what_the_dns_must_hold_and_whether_it_helps(
    tmp_path: Path, key_file: Path, monkeypatch: pytest.MonkeyPatch, domain: str, code: int
) -> None:
    for name, value in (
        ("STATE", tmp_path / "state"),
        ("OUTBOX", tmp_path / "outbox"),
        ("DKIM_DOMAIN", domain),
        ("DKIM_SELECTOR", "s1"),
        ("DKIM_KEY_FILE", key_file),
    ):
        monkeypatch.setenv(f"KABINET_{name}", str(value))
    result = CliRunner().invoke(app, ["doctor"])
    assert f's1._domainkey.{domain}. IN TXT "v=DKIM1; k=ed25519; p=' in result.output
    assert ("не соответствует" in result.output) == bool(code)
    assert result.exit_code == code, result.output


def test_half_a_setting_and_a_wrong_rate_are_one_sentence_each(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="KABINET_DKIM_KEY_FILE"):
        wiring.dkim_key(wiring.load_settings(state=tmp_path, dkim_domain="kabinet.test"))
    with pytest.raises(ConfigurationError, match="KABINET_DOMAIN_PER_MINUTE"):
        wiring.load_settings(domain_per_minute="mail.ru")
    rates = wiring.load_settings(domain_per_minute="Mail.ru:60, yandex.ru:100").domain_per_minute
    assert rates == {"mail.ru": 60, "yandex.ru": 100}
