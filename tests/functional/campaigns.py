"""A campaign on its way out, over a transport that answers as a test says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from pipeline.mail.letters.kinds.probe import ProbeLetter
from pipeline.model import Hours, LetterState, SendOutcome, SendResult, Summary
from pipeline.model.outgoing import ANSWER
from pipeline.steps import deliver
from pipeline.steps.base.context import (
    Context,
)
from pipeline.steps.base.fakes.transport import FakeTransport
from pipeline.steps.base.limits import Limits
from pipeline.steps.letters.writing import Subject, Terms, new_letter
from pipeline.store import letters
from tests.factories.limits import limited
from tests.factories.replies import organisations, publish_to
from tests.functional.post import Post, make_post

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SENT = SendResult(SendOutcome.SENT, "250 taken")
SAID = Callable[[str], SendResult]


def deferred(reply: str) -> SendResult:
    """Put off, in the server's words."""
    return SendResult(SendOutcome.DEFERRED, reply)


def refused(reply: str) -> SendResult:
    """Refused for good, in the server's words."""
    return SendResult(SendOutcome.REFUSED, reply)


@dataclass
class SpeakingTransport(FakeTransport):
    """Answers by what ``says`` makes of the recipient."""

    says: SAID = field(default=lambda _: SENT)

    def send(self, envelope_from: str, recipient: str, content: bytes) -> SendResult:
        """Take a letter when ``says`` says so."""
        result = self.says(recipient)
        if result.outcome is SendOutcome.SENT:
            return super().send(envelope_from, recipient, content)
        return result


@dataclass
class Campaign:
    """A published campaign to made-up organisations: number n has the domain org<n modulo 50>.test."""

    post: Post
    mail: SpeakingTransport

    def deliver(self, limit: int | None = None, **limits: object) -> Summary:
        """Run the step with these limits."""
        with self.post.context() as context:
            return deliver.run(replace(context, limits=limited(Limits(), sending=limits)), self.post.now, limit)

    def states(self) -> Counter[LetterState]:
        """How many letters are in each state."""
        with self.post.context() as context, context.store.reading() as session:
            return Counter({state: count for state, count in letters.counts(session).items() if count})

    def domains(self) -> Counter[str]:
        """How many letters were taken, by domain."""
        return Counter(sent.recipient.rpartition("@")[2] for sent in self.mail.sent)

    def copies(self) -> Counter[str]:
        """How many copies lie in each folder of the outbox."""
        return Counter(path.parts[-3] for path in self.post.settings.outbox.rglob("*.eml"))

    def waiting(self) -> list[Path]:
        """The copies of what waits."""
        return sorted(self.post.settings.outbox.glob("ready/*/*.eml"))

    def answer(self, context: Context | None = None, address: str = "director@school.test") -> None:
        """Queue an answer."""
        if context is None:
            with self.post.context() as opened:
                self.answer(opened, address)
            return
        at, terms = self.post.now, Terms(ANSWER, Hours.ANY)
        row = new_letter(context, f"answer:{address}", ProbeLetter(failed_at=at), address, Subject(), at, terms)
        with context.store.transaction() as session:
            letters.enqueue(session, row)


Begin = Callable[..., Campaign]


def begin(folder: Path, count: int, says: SAID = lambda _: SENT) -> Campaign:
    """Publish to so many organisations; ``says`` is what the server makes of a recipient."""
    mail, post = SpeakingTransport(says=says), make_post(folder)
    post.mail = mail
    with post.context() as context:
        publish_to(context, organisations(count), post.now)
    return Campaign(post, mail)
