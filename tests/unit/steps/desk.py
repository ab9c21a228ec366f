"""A desk: a published schedule on a real SQLite store, where one message at a time is judged and settled.

Letters are looked at as the store has them: ``Written`` is the only place that knows how their data are kept.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from email import policy
from itertools import count
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from pipeline.embedded import acting, clients
from pipeline.embedded.organisations import GOOD_ROWS, type_rows
from pipeline.forms.making.build import Cover, build_workbook
from pipeline.forms.parts import layout
from pipeline.model import Letter, LetterState, Login, Publication, Receipt
from pipeline.model.audit import Deed
from pipeline.model.incoming import Verdict
from pipeline.steps.answers.answering import Answers
from pipeline.steps.base.context import Context
from pipeline.steps.base.fakes.mailbox import vouched
from pipeline.steps.incoming.settling import Settled, settle
from pipeline.steps.judging.judge import Judgement, judge, recognise
from pipeline.steps.judging.workbooks import check_workbooks
from pipeline.steps.letters.rendering import form_of
from pipeline.store import Session, audit, letters, publications, receipts, roster
from tests.factories.limits import limited
from tests.functional.post import CLOSES, OPENS, OPTED_OUT
from tests.functional.published import COORDINATOR, FAR, SERVER, SUPPORT, published_post
from tests.functional.world import SCHEDULE, letter, text_of

__all__ = ["CLOSES", "COORDINATOR", "FAR", "OPENS", "SCHEDULE", "SUPPORT", "Desk", "Written", "open_desk"]

SCHOOL = "spo240065@school.test"
OTHER_SCHOOL = "spo240066@school.test"


@dataclass(frozen=True)
class Written:
    """A letter on record."""

    letter: Letter

    @property
    def kind(self) -> str:
        """The folder of its templates."""
        return self.letter.kind

    @property
    def to(self) -> str:
        """Its address."""
        return self.letter.address

    @property
    def login(self) -> str | None:
        """The login that it is about."""
        return self.letter.login

    @property
    def leaves(self) -> bool:
        """False when it is withheld."""
        return self.letter.state is not LetterState.WITHHELD

    @property
    def attached(self) -> list[str]:
        """The kinds of what goes along."""
        return [spec.kind.value for spec in self.letter.attachments]

    def says(self, *names: str) -> Any:
        """The values of these names, as the template is given them; of one name its value alone."""
        data = dict(self.letter.shared) | dict(self.letter.data)
        found = tuple(data[name] for name in names)
        return found[0] if len(found) == 1 else found

    def instant(self, name: str) -> datetime:
        """The instant that the template is given under this name."""
        return datetime.fromisoformat(self.says(name))

    def mentions(self, name: str) -> bool:
        """Whether the template is given anything under this name."""
        return bool((dict(self.letter.shared) | dict(self.letter.data)).get(name))


@dataclass
class Desk:
    """``session`` is one transaction that is rolled back. ``now`` is the clock of what is done and received."""

    context: Context
    session: Session
    now: datetime
    _uids: Iterator[int] = field(default_factory=lambda: count(1))
    _seen: set[int] = field(default_factory=set)

    # What comes in

    def message(
        self,
        sender: str,
        text: str = "",
        *,
        subject: str | None = None,
        workbook: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        about: bool = True,
        letter_of: str = "",
        proven: bool = True,
        released_as: str | None = None,
    ) -> Judgement:
        """Judge a message of ``sender``. ``about``: it answers the letter of the publication to that address, or to
        ``letter_of``, or to the first school where none went there; ``proven``: its server says that the writer is who
        they say.
        """
        to = self._letter_to(letter_of or sender) if about else None
        attachment = ("Форма.xlsx", workbook) if workbook is not None else None
        recipient = f"exchange+{to.tag}@kabinet.test" if to else "exchange@kabinet.test"
        message = clients.thunderbird(sender, recipient, subject or ("Re: Сбор" if to else "Письмо"), text, attachment)
        if to is not None:
            message["In-Reply-To"] = to.message_id
        for name, value in (headers or {}).items():
            message[name] = value
        data = message.as_bytes(policy=policy.SMTP)
        return self._judge(vouched(data, SERVER) if proven else data, released_as)

    def form(
        self,
        rows: Sequence[Sequence[Any]] = GOOD_ROWS,
        login: str = "spo240065",
        *,
        draft: bool = False,
        tag: bool = True,
        version: int = 1,
    ) -> bytes:
        """The form of ``login``, filled in; without ``tag`` it carries no identity."""
        publication, found = self.publication, self.login(login)
        assert publication.collection is not None
        token = self.context.tagger.make(login, publication.number, 1) if tag else ""
        collection = publication.collection
        cover = Cover(
            login, found.name, publication.title, "", token, "", collection.opens_at, collection.closes_at, ""
        )
        definition = form_of(self.session, collection.form_id, collection.form_version)
        sent = build_workbook(definition.model_copy(update={"version": version}), cover)
        book = load_workbook(io.BytesIO(sent))
        type_rows(book[acting.COLLECTION_SHEET], rows)
        for title in acting.OTHER_SHEETS:
            type_rows(book[title], OPTED_OUT)
        if draft:
            book[layout.COVER_TITLE][layout.COVER_DRAFT] = "да"
        buffer = io.BytesIO()
        book.save(buffer)
        return buffer.getvalue()

    # What is done

    def settle(self, judgement: Judgement) -> Settled:
        """Write what the message means and close its receipt."""
        settled = settle(self.context, self.session, judgement, self.now)
        owner, receipt = self.context.owner, judgement.receipt
        receipts.claim_unread(self.session, owner, self.now, self.context.limits.judging.lease, 100)
        receipts.finish(self.session, receipt.id, owner, self.now, Verdict(state=settled.state, reason=settled.reason))
        return settled

    def answers(self, judgement: Judgement) -> Answers:
        """What queues the letters that answer a message."""
        return Answers(self.context, self.session, judgement, self.now)

    # What is on record

    def written(self) -> list[Written]:
        """The letters put on record since this was asked last, in their order."""
        found = [made for made in letters.listed(self.session, limit=1000) if made.id not in self._seen]
        self._seen |= {made.id for made in found}
        return [Written(made) for made in sorted(found, key=lambda made: made.id)]

    def text(self, written: Written) -> str:
        """The letter as its reader sees it: subject and text."""
        from pipeline.steps.letters.rendering import render

        shown = letter(render(self.context, self.session, written.letter))
        return f"{shown['Subject']}\n{text_of(shown)}"

    def deeds(self) -> list[Deed]:
        """What was done by mail, the first one first."""
        found = audit.listed(self.session)
        return [deed for deed in reversed(found) if deed.receipt_id is not None]

    @property
    def publication(self) -> Publication:
        """The schedule as it is on record."""
        (standing,) = publications.issued(self.session)
        return standing.publication

    def login(self, code: str) -> Login:
        """An account of the roster."""
        found = roster.login(self.session, code)
        assert found is not None
        return found

    def save(self, *logins: Login) -> None:
        """Put these accounts into the roster as they are."""
        roster.save_logins(self.session, logins, self.now, complete=False)

    def limit(self, **limits: Mapping[str, Any]) -> None:
        """Let other limits hold, by their group: ``limit(answering={"questions": 0})``."""
        self.context = replace(self.context, limits=limited(self.context.limits, **limits))

    def _letter_to(self, sender: str) -> Letter:
        found = letters.sent_to(self.session, sender) or letters.sent_to(self.session, SCHOOL)
        return found[-1]

    def _judge(self, data: bytes, released_as: str | None) -> Judgement:
        sha256 = self.context.archive.put(data)
        receipt = Receipt(self.context.account, "INBOX", 1, next(self._uids), sha256, len(data), self.now)
        receipt_id = receipts.add(self.session, replace(receipt, released_as=released_as))
        assert receipt_id is not None
        found = receipts.receipt(self.session, receipt_id)
        assert found is not None
        judgement = judge(self.context, self.session, recognise(self.context, replace(found, released_as=released_as)))
        check_workbooks([judgement])
        return judgement


@contextmanager
def open_desk(folder: Path) -> Iterator[Desk]:
    """Open the desk an hour after the collection has opened; what is done there is forgotten."""
    post = published_post(folder)
    with post.context() as context, context.store.reading() as reading:
        seen = {made.id for made in letters.listed(reading, limit=1000)}
    with post.context() as context, context.store.transaction() as session:
        yield Desk(context, session, post.now, _seen=seen)
