"""What nothing is tried with any more is said to its writer and to an operator (M20)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from pipeline.errors import ConfigurationError
from pipeline.isolation import Isolated
from pipeline.mail.message.parse import parse
from pipeline.model import Letter, LetterState, ReceiptState, SendOutcome, SendResult, Status
from pipeline.steps import (
    deliver,
    export,
)
from pipeline.steps.base.limits import Limits
from pipeline.steps.letters import copies
from pipeline.store import letters, receipts
from tests.factories import isolated_tasks
from tests.factories.limits import limited
from tests.functional.killing import killed_in
from tests.functional.post import CLOSES, NOWHERE, Kabinet, Post, form_in, make_post, typed
from tests.functional.test_trust import last_receipt
from tests.functional.world import SCHEDULE, World, text_of

WRITER, OTHER, SUPPORT = "spo240065@school.test", "spo240066@school.test", "support@kabinet.test"
POISON = {"X-Poison": "1"}
RETRY = timedelta(minutes=10)


@pytest.fixture
def post(tmp_path: Path) -> Post:
    made = make_post(tmp_path)
    made.publish()
    made.limits = limited(Limits(), judging={"attempts": 2})
    return made


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Tracebacks with everything in them, once for each failure, would take most of the time."""
    with capture_logs():
        yield


@pytest.fixture
def raising() -> Iterator[pytest.MonkeyPatch]:
    """A message with X-Poison cannot be judged."""

    def poisoned(data: bytes, *arguments: Any) -> Any:
        if b"X-Poison" in data:
            raise RuntimeError("poison")
        return parse(data, *arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipeline.steps.judging.judge.parse", poisoned)
        yield patch


def given_up(post: Post, attempts: int = 2) -> None:
    """Exchange until what cannot be judged is given up."""
    for _ in range(attempts):
        post.exchange_all()
        post.later(RETRY)
    post.run("deliver")


def hand_in(post: Post, address: str, headers: dict[str, str] | None = None) -> None:
    first = post.received(address)[0]
    post.write(address, first, "", typed(form_in(first)), headers=headers)


def alarms(post: Post) -> list[str]:
    """The texts of the letters that tell support what to see to."""
    return [text_of(message) for message in post.received(SUPPORT) if "Нужно посмотреть" in str(message["Subject"])]


def told(post: Post, address: str) -> list[EmailMessage]:
    return [message for message in post.received(address) if "Получено, проверяем" in str(message["Subject"])]


def test_e11_m20_a_message_that_cannot_be_judged_is_said_to_its_writer_and_once_to_support(
    post: Post, kabinet: Kabinet, raising: pytest.MonkeyPatch
) -> None:
    hand_in(post, WRITER, POISON)
    received_at = post.now
    with capture_logs() as log:
        given_up(post)
        post.later(RETRY)
        post.exchange_all()
    number = last_receipt(post).id
    (letter,) = told(post, WRITER)
    assert "Ничего делать не нужно. Ответ придёт отдельным письмом." in text_of(letter)
    assert letter["In-Reply-To"]
    assert "Обществознание" not in text_of(letter)
    (alarm,) = alarms(post)
    assert f"№{number} от {WRITER}" in alarm
    assert "Отправителю сообщили" in alarm
    assert "kabinet replay НОМЕР --apply" in alarm
    errors = [entry for entry in log if entry["event"] == "alert.given_up"]
    assert [(entry["log_level"], entry["what"], entry["number"]) for entry in errors] == [("error", "receipt", number)]
    listed = kabinet("receipts", "--held").output
    assert f"№{number}" in listed
    assert WRITER in listed

    raising.undo()
    assert kabinet("replay", str(number), "--apply").exit_code == 0
    post.run("deliver")
    assert "принят" in str(post.last(WRITER)["Subject"]).lower()
    part = post.participant("spo240065").participation
    assert (part.status, part.handed_in_at) == (Status.SUBMITTED, received_at)


_FORGED = "mx.kabinet.test; dmarc=fail header.from=school.test"
_BY_THE_RULES = {
    "spo240065@school.test": ({"Auto-Submitted": "auto-generated"}, False),
    "spo240066@school.test": ({"Return-Path": "<>"}, False),
    "spo240067@school.test": ({"From": "Mailer Daemon <mailer-daemon@school.test>"}, False),
    "spo240068@school.test": ({"Authentication-Results": _FORGED}, False),
    "spo240069@school.test": ({"From": ""}, False),  # whoever the tag names, nobody is told for a message without From
    "spo240072@school.test": ({"Subject": "Форма"}, True),
}


def test_e11_what_is_given_up_is_said_by_the_ordinary_rules(post: Post, raising: pytest.MonkeyPatch) -> None:
    """Not to robots, daemons, forged addresses and nobody in From; to everybody else."""
    post.settings = post.settings.model_copy(update={"authserv_id": "mx.kabinet.test"})
    inbox = post.inbox.folders["INBOX"].messages
    for address, (headers, _) in _BY_THE_RULES.items():
        hand_in(post, address, POISON)
        uid = max(inbox)
        inbox[uid] = replace(inbox[uid], data=_with_headers(inbox[uid].data, headers))
    given_up(post)
    for address, (_, answered) in _BY_THE_RULES.items():
        assert bool(told(post, address)) is answered, address
    (alarm,) = alarms(post)
    assert alarm.count("Отправителю сообщили") == 1
    assert alarm.count("Отправителю не сообщили") == 5
    assert not post.received("mailer-daemon@school.test")


def _with_headers(data: bytes, headers: dict[str, str]) -> bytes:
    """The message with these headers in place of its own of the same name; an empty one is taken out."""
    names = tuple(f"{name}:".encode() for name in headers)
    lines = [line for line in data.split(b"\r\n") if not line.startswith(names)]
    return b"\r\n".join([*(f"{name}: {value}".encode() for name, value in headers.items() if value), *lines])


def test_e11_a_header_that_kills_its_reader_leaves_the_operator_alone(post: Post, raising: pytest.MonkeyPatch) -> None:
    tasks = isolated_tasks.TASKS | {"header": isolated_tasks.TASKS["segfault"]}
    raising.setattr("pipeline.wiring.isolated", lambda: Isolated(tasks=tasks))
    hand_in(post, WRITER, POISON)
    given_up(post)
    assert told(post, WRITER) == []
    (alarm,) = alarms(post)
    assert "Отправителю не сообщили" in alarm
    assert last_receipt(post).state is ReceiptState.FAILED


def test_e11_many_given_up_together_are_one_letter_and_what_follows_soon_is_the_next(
    post: Post, raising: pytest.MonkeyPatch
) -> None:
    for address in (WRITER, OTHER):
        hand_in(post, address, POISON)
    post.exchange_all()
    hand_in(post, "spo240067@school.test", POISON)
    post.later(RETRY)
    post.exchange_all()
    post.later(RETRY - timedelta(seconds=1))
    post.limits = limited(post.limits, judging={"attempts": 1})
    hand_in(post, "spo240068@school.test", POISON)
    post.exchange_all()
    assert len(alarms(post)) == 1
    assert all(address in alarms(post)[0] for address in (WRITER, OTHER))
    post.later(RETRY)
    post.exchange_all()
    _, second = alarms(post)
    assert "spo240067@school.test" in second
    assert "spo240068@school.test" in second
    assert WRITER not in second


def test_e11_what_an_operator_must_put_right_is_no_failure_of_the_message(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that is full for an hour does not use up the attempts of what came meanwhile."""

    def full(*_: Any) -> None:
        raise ConfigurationError("archive.unwritable", path="/", reason="No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("pipeline.steps.judging.judge.parse", full)
        hand_in(post, WRITER)
        for _ in range(4):
            post.exchange_all()
            post.later(RETRY)
    assert post.exchange_all()["accepted"] == 1
    assert alarms(post) == []


# -- messages that kill ----------------------------------------------------------------------------------------------

_POISONED = """
import os, signal
from pipeline.steps.judging import judge
read = judge.parse
def parse(data, *arguments):
    if b"X-Poison" in data:
        os.kill(os.getpid(), signal.SIGKILL)
    return read(data, *arguments)
judge.parse = parse
"""


def killed(post: Post, children: ForkServerContext, target: str, call: int = 1) -> None:
    """A check in a process that is killed as ``target`` is called."""
    killed_in(children, World(post.settings, NOWHERE, post.now), ["check"], f"pipeline.steps.check:{target}", call)


def test_e11_m20_a_message_that_kills_is_found_out_in_a_process_of_its_own_and_stops_nobody(
    post: Post, kabinet: Kabinet, children: ForkServerContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It kills the run that has it in a batch, then the one that has it alone, and no other."""
    (tmp_path / "sitecustomize.py").write_text(_POISONED, encoding="utf-8")
    hand_in(post, WRITER, POISON)
    hand_in(post, OTHER)
    post.run("collect")
    killed(post, children, "check_workbooks")
    third = "spo240067@school.test"
    hand_in(post, third)
    post.run("collect")
    killed(post, children, "check_workbooks", 2)  # the fresh one was done before
    assert post.participant("spo240067").participation.status is Status.SUBMITTED
    assert post.participant("spo240066").participation.status is Status.NOT_STARTED

    with monkeypatch.context() as patch:
        patch.setenv("PYTHONPATH", str(tmp_path))
        post.limits = limited(post.limits, judging={"attempts": 1})  # each more would be another process
        counts = post.exchange_all()
        assert (counts["accepted"], counts["failed"]) == (1, 1)
    assert len(told(post, WRITER)) == 1
    with post.context() as context, context.store.reading() as session:
        (failed,) = receipts.listed(session, {ReceiptState.FAILED})
    (alarm,) = alarms(post)
    assert f"№{failed.id} от {WRITER}" in alarm
    assert "письмо несколько раз прервало обработку" in alarm

    assert kabinet("replay", str(failed.id), "--apply").exit_code == 0
    post.run("deliver")
    assert "принят" in str(post.last(WRITER)["Subject"]).lower()


def test_e11_m10_a_return_in_four_killed_runs_is_accepted_for_nothing_is_wrong_with_it(
    post: Post, children: ForkServerContext
) -> None:
    hand_in(post, WRITER)
    post.run("collect")
    for target in ("check_workbooks", "check_workbooks", "_check_apart", "_check_apart"):
        killed(post, children, target)
    assert post.exchange_all()["accepted"] == 1
    assert last_receipt(post).attempts == 0
    assert "принят" in str(post.last(WRITER)["Subject"]).lower()
    assert alarms(post) == []


# -- letters and reports ---------------------------------------------------------------------------------------------


def unmakable(patch: pytest.MonkeyPatch, *kinds: str) -> None:
    """Letters of these kinds cannot be made."""
    made = copies.content_of

    def broken(context: Any, session: Any, letter: Letter) -> bytes:
        if letter.kind in kinds:
            raise RuntimeError(letter.kind)
        return made(context, session, letter)

    patch.setattr(deliver, "content_of", broken)


def of_kind(post: Post, kind: str) -> list[Letter]:
    with post.context() as context, context.store.reading() as session:
        return [letter for letter in letters.listed(session, limit=1000) if letter.kind == kind]


def test_e11_a_letter_that_cannot_be_made_is_said_to_support(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    unmakable(monkeypatch, "accepted")
    hand_in(post, WRITER)
    post.exchange_all()
    post.run("deliver")
    (lost,) = of_kind(post, "accepted")
    (alarm,) = alarms(post)
    assert f"№{lost.id} «Принято» на {WRITER}, spo240065. Причина: письмо не удалось составить." in alarm
    assert "kabinet letters --failed" in alarm


def test_e11_an_alarm_that_cannot_be_made_raises_no_other(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    unmakable(monkeypatch, "accepted", "attention")
    hand_in(post, WRITER)
    post.exchange_all()
    for _ in range(3):
        post.run("deliver")
        post.later(RETRY)
    assert [letter.state for letter in of_kind(post, "attention")] == [LetterState.FAILED]


def test_e11_m14_a_letter_twice_in_doubt_is_said_to_support(post: Post) -> None:
    post.mail.answers[WRITER] = SendResult(SendOutcome.UNCERTAIN, "connection closed")
    hand_in(post, WRITER)
    for _ in range(4):
        post.exchange_all()
        post.later(post.limits.sending.uncertain_retry)
    (alarm,) = alarms(post)
    assert "дважды не ответил, взял ли он письмо" in alarm
    assert "kabinet doubts" in alarm


def test_e11_m15_an_answer_that_never_left_in_time_is_said_to_support_and_a_campaign_is_not(post: Post) -> None:
    post.mail.down = True
    hand_in(post, WRITER)
    post.run("collect", "check")
    post.now = CLOSES - timedelta(days=1)
    post.run("remind")
    post.now += post.limits.sending.letter_life
    post.mail.down = False
    post.run("deliver")
    (alarm,) = alarms(post)
    assert "НАШИ ПИСЬМА" in alarm
    assert alarm.count("не успело уйти вовремя") == 1
    assert WRITER in alarm


class _Killed(BaseException):
    """Ends a worker, as a signal does."""


@pytest.mark.parametrize("fault", [RuntimeError, _Killed], ids=["raises", "kills"])
def test_e11_m20_a_report_that_cannot_be_formed_is_said_to_support(
    post: Post, monkeypatch: pytest.MonkeyPatch, fault: type[BaseException]
) -> None:
    def broken(*_: Any) -> None:
        raise fault

    with post.context() as context:
        number = export.request(context, SCHEDULE, None, "spo_coord_24", post.now).number
    monkeypatch.setattr(export, "form_report", broken)
    if fault is _Killed:
        for _ in range(post.limits.judging.attempts):
            with pytest.raises(_Killed):
                post.run("export")
    else:
        for _ in range(post.limits.judging.attempts - 1):  # it may pass: ten minutes lie between two tries
            assert post.run("export")["export"].counts["retried"] == 1
            post.later(timedelta(minutes=10))
    assert post.run("export")["export"].counts["failed"] == 1
    post.run("export", "deliver")
    (alarm,) = alarms(post)
    assert f"№{number} по публикации {SCHEDULE}, запросил spo_coord_24" in alarm
    assert "kabinet export КОД" in alarm
