"""A message that takes too long is put aside alone, and its neighbours are settled in the same run (M31)."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from pipeline.embedded import clients
from pipeline.forms.checking.check import check_batch
from pipeline.model import Receipt, ReceiptState, Refused, Status, Suspicion
from pipeline.steps import check, collect, deliver
from pipeline.steps.base.context import (
    Context,
)
from pipeline.steps.base.limits import Limits
from pipeline.steps.incoming.settling import settle
from pipeline.steps.judging.judge import (
    judge,
    recognise,
)
from pipeline.store import participations, receipts
from tests.factories.limits import limited
from tests.functional.post import Post, form_in, make_post, typed
from tests.functional.published import published_post
from tests.functional.world import SCHEDULE, World, letter, make_world, text_of
from tests.systems.dovecot import Dovecot
from tests.systems.smtp_sink import SmtpSink, smtp_sink

CODES = ("spo240065", "spo240066", "spo240067")
SLOW = CODES[1]
SLOW_HEADER = {"X-Slow": "1"}
MY_TIME = timedelta(seconds=1)


def backtrack() -> None:
    """Longer than anybody waits, in one call of the library."""
    re.match(r"(?:a+)+b", "a" * 60)


def wait() -> None:
    """As a lock that nobody opens."""
    time.sleep(600)


def swallow() -> None:
    """Code that keeps whatever interrupts it, and goes on."""
    try:
        time.sleep(600)
    except BaseException:  # noqa: BLE001 - that is the fault
        return


# -- with the fakes: where and how a message may hang ----------------------------------------------------------------


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    yield from _quick(published_post(tmp_path))


@pytest.fixture
def post_on_both(tmp_path: Path, store_url: str) -> Iterator[Post]:
    made = make_post(tmp_path, database_url=store_url)
    made.publish()
    yield from _quick(made)


def _quick(post: Post) -> Iterator[Post]:
    post.limits = limited(Limits(), judging={"message": MY_TIME})
    with capture_logs():
        yield post


def answered(post: Post) -> None:
    """All three hand in, the one in the middle with a header that makes it slow."""
    for code in CODES:
        first = post.received(f"{code}@school.test")[0]
        post.write(f"{code}@school.test", first, "", typed(form_in(first)), headers=SLOW_HEADER if code == SLOW else {})
    post.run("collect")


class Apart:
    """Stands for the process apart: the slow message ends there as it is told to, every other is settled."""

    def __init__(self, context: Context, end: Refused) -> None:
        self._context, self._end = context, end

    def __call__(self, owner: str, receipt_id: int, now: datetime, limit: timedelta) -> Mapping[str, int] | Refused:
        assert limit == Limits().judging.message_alone
        with self._context.store.reading() as session:
            found = receipts.receipt(session, receipt_id)
        assert found is not None
        return self._end if is_slow(found) else check.run_claimed(replace(self._context, owner=owner), found.id, now)


def checked(post: Post, *, worked: bool = True) -> Counter[str]:
    """The counts of a check, for which the slow message is too slow apart as well."""
    with post.context() as context:
        apart = Apart(context, Refused("out_of_time", {"worked": worked}))
        return Counter(check.run(replace(context, check_apart=apart), post.now).counts)


def listed(post: Post) -> list[Receipt]:
    """The receipts in the order of their coming."""
    with post.context() as context, context.store.reading() as session:
        return sorted(receipts.listed(session), key=lambda found: found.id)


def is_slow(receipt: Receipt) -> bool:
    return receipt.uid == 2


Hang = Callable[[], None]


def hangs_in_reading(patch: pytest.MonkeyPatch, hang: Hang) -> None:
    def hanging(context: Context, receipt: Receipt) -> Any:
        if is_slow(receipt):
            hang()
        return recognise(context, receipt)

    patch.setattr(check, "recognise", hanging)


def hangs_in_judging(patch: pytest.MonkeyPatch, hang: Hang) -> None:
    def hanging(context: Context, session: Any, recognised: Any) -> Any:
        found = judge(context, session, recognised)
        if is_slow(recognised.receipt):
            hang()
        return found

    patch.setattr(check, "judge", hanging)


def hangs_in_its_workbook(patch: pytest.MonkeyPatch, hang: Hang) -> None:
    """The second workbook of three, whoever is asked about it, together with others or alone."""
    seen: dict[int, Any] = {}

    def hanging(form: Any, workbooks: Any) -> Any:
        if len(workbooks) == len(CODES):
            seen[0] = workbooks[1]
        if any(workbook is seen[0] for workbook in workbooks):
            hang()
        return check_batch(form, workbooks)

    patch.setattr("pipeline.steps.judging.workbooks.check_batch", hanging)


def hangs_in_settling(patch: pytest.MonkeyPatch, hang: Hang) -> None:
    """After everything of it was written, and before it is on record that it was."""

    def hanging(context: Context, session: Any, judgement: Any, now: Any) -> Any:
        settled = settle(context, session, judgement, now)
        if is_slow(judgement.receipt):
            hang()
        return settled

    patch.setattr(check, "settle", hanging)


@pytest.mark.parametrize(
    ("place", "hang"),
    [
        (hangs_in_reading, backtrack),
        (hangs_in_judging, swallow),
        (hangs_in_its_workbook, wait),
    ],
)
def test_f5_m31_wherever_a_message_hangs_its_neighbours_are_settled_in_the_same_run(
    post: Post, monkeypatch: pytest.MonkeyPatch, place: Callable[[pytest.MonkeyPatch, Hang], None], hang: Hang
) -> None:
    place(monkeypatch, hang)
    answered(post)
    is_given_up_alone(post, checked(post))


def test_f5_m31_what_hangs_within_a_transaction_leaves_nothing_of_it_behind(
    post_on_both: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    hangs_in_settling(monkeypatch, wait)
    answered(post_on_both)
    is_given_up_alone(post_on_both, checked(post_on_both))


def is_given_up_alone(post: Post, counts: Counter[str]) -> None:
    before, slow, after = listed(post)
    assert (counts["accepted"], counts["failed"]) == (2, 1)
    assert counts["put_aside"]
    assert [found.state for found in (before, slow, after)] == [
        ReceiptState.DONE,
        ReceiptState.FAILED,
        ReceiptState.DONE,
    ]
    assert str(slow.reason) == "out_of_time"
    assert [post.participant(code).participation.status for code in CODES] == [
        Status.SUBMITTED,
        Status.NOT_STARTED,
        Status.SUBMITTED,
    ]


def test_f5_m31_what_the_busy_machine_kept_waiting_is_tried_again_later(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Apart, too, it was over its time, but it hardly had the processor: that is no fault of the message."""
    hangs_in_judging(monkeypatch, wait)
    answered(post)
    counts = checked(post, worked=False)
    slow = listed(post)[1]
    assert (counts["accepted"], counts["retried"], counts["failed"]) == (2, 1, 0)
    assert (slow.state, slow.attempts, slow.suspicion) == (ReceiptState.UNREAD, 1, Suspicion.ALONE)
    monkeypatch.undo()
    post.later(timedelta(minutes=10))
    assert post.exchange_all()["accepted"] == 1
    assert post.participant(SLOW).participation.status is Status.SUBMITTED


def test_f5_m31_what_hangs_as_it_is_given_up_is_given_up_without_a_word_to_its_writer(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    hangs_in_judging(monkeypatch, wait)
    monkeypatch.setattr("pipeline.steps.incoming.givingup.judge", lambda *_: wait())
    answered(post)
    counts = checked(post)
    assert (counts["accepted"], counts["failed"]) == (2, 1)
    assert listed(post)[1].state is ReceiptState.FAILED
    post.run("deliver")
    (alarm,) = [text_of(found) for found in post.received("support@kabinet.test")]
    assert "Отправителю не сообщили" in alarm
    assert "обработка письма заняла слишком много времени" in alarm


def test_f5_m31_both_times_together_are_less_than_a_minute() -> None:
    assert Limits().judging.message + Limits().judging.message_alone < timedelta(minutes=1)


# -- with Dovecot: the whole of it -----------------------------------------------------------------------------------

_SLOW_THERE = """
import time
from pipeline.steps.judging import judge
read = judge.parse
def parse(data, *arguments):
    if b"X-Slow" in data:
        time.sleep(600)
    return read(data, *arguments)
judge.parse = parse
"""
COORDINATOR = "spo_coord_24"
AUTHSERV = "mx.kabinet.test"


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with smtp_sink() as found:
        yield found


@pytest.fixture
def world(tmp_path: Path, dovecot: Dovecot, sink: SmtpSink) -> World:
    imap = dovecot.settings(f"slow.{tmp_path.name.lower()}@kabinet.test")
    made = make_world(tmp_path, sink.settings(), imap)
    made.settings = made.settings.model_copy(update={"authserv_id": AUTHSERV})
    made.only = frozenset({*CODES, COORDINATOR})
    made.run("begin", "deliver")
    return made


def received(sink: SmtpSink, address: str) -> list[EmailMessage]:
    return [letter(content) for _, recipient, content in sink.taken if recipient == address]


def reply(
    dovecot: Dovecot,
    world: World,
    to: EmailMessage,
    sender: str,
    text: str,
    workbook: tuple[str, bytes] | None = None,
    headers: dict[str, str] | None = None,
) -> None:
    """An answer to the letter ``to`` as the mail server puts it down, with its verdict."""
    message = clients.thunderbird(sender, str(to["Reply-To"]), f"Re: {to['Subject']}", text, workbook)
    message["In-Reply-To"] = str(to["Message-ID"])
    message["Authentication-Results"] = f"{AUTHSERV}; dmarc=pass header.from={sender.partition('@')[2]}"
    for name, value in (headers or {}).items():
        message[name] = value
    dovecot.deliver(world.settings.address, message.as_bytes(policy=policy.SMTP), sender)


@pytest.mark.system("dovecot")
def test_f5_m31_a_slow_message_among_others_is_given_up_and_said_and_they_are_answered(
    world: World, dovecot: Dovecot, sink: SmtpSink, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It hangs in the run, and in the process apart, which the run ends."""
    (tmp_path / "sitecustomize.py").write_text(_SLOW_THERE, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    def recognised(context: Context, receipt: Receipt) -> Any:
        if b"X-Slow" in context.archive.get(receipt.sha256):
            wait()
        return recognise(context, receipt)

    monkeypatch.setattr(check, "recognise", recognised)
    addresses = world.addresses()
    for code in CODES:
        first = received(sink, addresses[code])[0]
        headers = SLOW_HEADER if code == SLOW else {}
        reply(dovecot, world, first, addresses[code], "", typed(form_in(first)), headers)
    sink.taken.clear()
    with world.context() as wired:
        limits = limited(wired.limits, judging={"message": 2 * MY_TIME, "message_alone": 5 * MY_TIME, "attempts": 1})
        context = replace(wired, limits=limits)
        collect.run(context, world.now)
        counts = check.run(context, world.now).counts
        deliver.run(context, world.now)
        with context.store.reading() as session:
            slow = next(found for found in receipts.listed(session) if found.state is ReceiptState.FAILED)
            part = participations.participation(session, SCHEDULE, SLOW)
    assert (counts["accepted"], counts["failed"]) == (2, 1)
    assert counts["put_aside"]
    assert str(slow.reason) == "out_of_time"
    assert part is not None
    assert part.status is Status.NOT_STARTED
    subjects = {code: [str(found["Subject"]) for found in received(sink, addresses[code])] for code in CODES}
    assert [len(found) for found in subjects.values()] == [1, 1, 1]
    assert subjects[CODES[0]][0].startswith("Принято")
    assert "Получено, проверяем" in subjects[SLOW][0]
    assert subjects[CODES[2]][0].startswith("Принято")
    (alarm,) = received(sink, world.settings.support)
    assert f"№{slow.id} от {addresses[SLOW]}" in text_of(alarm)


# «ОТКЛОНИТЬ» with so many signs behind its number took all the time there is; so did lines without end.
_SIGNS = "Отклонить 5" + " ;" * 27 + " почему"
_RUNS = ("адрес " + "№" * 150_000, "адрес " + "@" * 150_000, "(" * 150_000 + " new@school.test")


@pytest.mark.system("dovecot")
def test_f5_letters_that_made_a_pattern_explode_are_answered_like_any_other(
    world: World, dovecot: Dovecot, sink: SmtpSink
) -> None:
    assert len(_SIGNS) < 75
    addresses = world.addresses()
    written = {COORDINATOR: _SIGNS} | {code: f"ПАСПОРТ\n{run}" for code, run in zip(CODES, _RUNS, strict=True)}
    for code, words in written.items():
        reply(dovecot, world, received(sink, addresses[code])[0], addresses[code], words)
    sink.taken.clear()
    done = world.exchange()["check"].counts
    assert (done["receipts"], done.get("put_aside", 0), done.get("failed", 0)) == (4, 0, 0)
    assert [len(received(sink, addresses[code])) for code in (COORDINATOR, *CODES)] == [1, 1, 1, 1]
    (told,) = received(sink, addresses[CODES[0]])
    assert "слишком длинно" in text_of(told)
