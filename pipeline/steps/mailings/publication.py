"""The letters of a publication: to whom, with what, by which edition. Publishing and filling gaps make the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pipeline.mail.letters.kinds.coordinator_publication import CoordinatorPublicationLetter
from pipeline.mail.letters.kinds.publication import PublicationLetter
from pipeline.mail.letters.rows import Corrected
from pipeline.model import (
    AttachmentSpec,
    Audience,
    Collection,
    Counts,
    Hours,
    LatePolicy,
    Letter,
    Login,
    Publication,
    Role,
)
from pipeline.model.json import Json
from pipeline.model.outgoing import CAMPAIGN
from pipeline.model.publication import Edition, Standing
from pipeline.steps.base import resting
from pipeline.steps.base.context import Context
from pipeline.steps.base.progress import Work, told
from pipeline.steps.letters.attachments import file_attachment, form_attachment
from pipeline.steps.letters.publications import attached_files, publication_content
from pipeline.steps.letters.rendering import form_of
from pipeline.steps.letters.values import (
    counts_row,
    withheld,
)
from pipeline.steps.letters.writing import Subject, Terms, mailing_data, new_letter
from pipeline.store import Session, audience, editions, extensions, issued, letters, participations, returns

KIND_OF = {Role.ORGANISATION: PublicationLetter.kind, Role.COORDINATOR: CoordinatorPublicationLetter.kind}
PART = 1000  # letters made and written at once


@dataclass(frozen=True, slots=True)
class Mailing:
    """One edition of a publication on its way out, due at ``due`` (not before, whoever runs what).

    What is published at this moment leaves at any of its ``hours``, what is due later or fills gaps not at night.
    ``lasts_until`` is when its last letter will have left by the plan: none expires before that.
    """

    publication: Publication
    revision: int
    due: datetime
    hours: Hours = Hours.ANY
    lasts_until: datetime | None = None

    @property
    def prefixes(self) -> dict[Role, str]:
        """The beginnings of the letters' keys, by the roles of its audience."""
        publication = self.publication
        edition = f"{publication.edition}.{self.revision}" if self.revision else str(publication.edition)
        return {role: f"{KIND_OF[role]}:{publication.code}:{edition}" for role in roles(publication)}


def first_mailing(context: Context, publication: Publication, revision: int, now: datetime) -> Mailing:
    """Return the mailing of what is published now: at once, and in the future when it is due, not at night."""
    if publication.published_at <= now:
        return Mailing(publication, revision, now)
    return Mailing(publication, revision, resting.leaving(context.limits, publication.published_at))


def mailing(context: Context, standing: Standing, now: datetime) -> Mailing:
    """Return the mailing that fills the gaps of the edition on record: published in the future it is due then."""
    due = resting.leaving(context.limits, max(now, standing.publication.published_at))
    return Mailing(standing.publication, standing.revision, due, Hours.WAKING)


def roles(publication: Publication) -> tuple[Role, ...]:
    """Return to whom a publication goes; coordinators get their own letter of what goes to organisations."""
    if publication.audience is Audience.COORDINATORS:
        return (Role.COORDINATOR,)
    return (Role.ORGANISATION, Role.COORDINATOR)


def fills_until(context: Context, publication: Publication, issued_at: datetime | None) -> datetime:
    """Return until when a publication goes to new addresses: what its author said, its closing, or some weeks.

    These count from when it went out. An extension may move the closing for some.
    """
    if publication.valid_until is not None:
        return publication.valid_until
    if publication.collection is not None:
        return publication.collection.closes_at
    return (
        max(publication.published_at, issued_at or publication.published_at) + context.limits.sending.announcement_life
    )


def enqueue(
    context: Context, session: Session, writer: Writer, people: Sequence[tuple[Login, str]], now: datetime
) -> list[int]:
    """Put the letters of a mailing to these (login, address) on record and return the ids of the new ones."""
    queued: list[int] = []
    counted = told(context.progress, Work.QUEUED, people, len(people))
    for made in in_parts(writer.letter(login, address) for login, address in counted):
        ids = letters.enqueue_all(session, made, now)
        issued.attach(session, writer.out.publication, ids)
        queued += ids
    return queued


def in_parts(made: Iterable[Letter]) -> Iterator[list[Letter]]:
    """Cut ``made`` into lists short enough to be held and written at once."""
    part: list[Letter] = []
    for letter in made:
        part.append(letter)
        if len(part) >= PART:
            yield part
            part = []
    if part:
        yield part


class Writer:
    """Writes the letters of one mailing. What the store knows of all its logins is asked once.

    ``out`` may be given its ``lasts_until`` after a first letter was written to know its size.
    """

    def __init__(self, context: Context, session: Session, out: Mailing) -> None:
        publication = out.publication
        self._context, self.out, self._prefixes = context, out, out.prefixes
        self._closings = extensions.by_login(session, publication.code)
        self._earlier: Mapping[tuple[str, str], str] = {}
        self._edition: Edition | None = None
        if publication.edition > 1 or out.revision:
            self._earlier = audience.reached(session, publication.code, self._prefixes)
            self._edition = editions.edition(session, publication.code, publication.edition)
        self._withheld = False
        self._latest: Mapping[str, int] = {}
        self._handed_in: frozenset[str] = frozenset()
        self._counts: Mapping[str, Counts] = {}
        if publication.collection is not None:
            form = form_of(session, publication.collection.form_id, publication.collection.form_version)
            self._withheld = withheld(form)
            self._latest = returns.latest_ids(session, publication.code)
            self._handed_in = audience.handed_in(session, publication.code)
            self._counts = participations.counts(session, publication.code)
        self._shared: dict[tuple[Role, Collection | None], Mapping[str, Json]] = {}

    def letter(self, login: Login, address: str) -> Letter:
        """Return the letter to one address of ``login``: an organisation's with its form, or that of Fig. 19 (S11a)."""
        out, own = self.out, self._closings.own(self.out.publication, login)
        made = new_letter(
            self._context,
            audience.key_of(self._prefixes[login.role], login.code, address),
            self._data(login, own, address),
            address,
            Subject(login, own),
            out.due,
            Terms(CAMPAIGN, out.hours, expires_at=self._expiry(own)),
            self._attachments(login, own),
            self._in_common(login.role, own),
        )
        before = self._earlier.get((login.code, address.lower()))
        return replace(made, in_reply_to=before, references=(before,)) if before else made

    def _data(self, login: Login, own: Publication, address: str) -> PublicationLetter | CoordinatorPublicationLetter:
        corrected = self._corrected(own) if (login.code, address.lower()) in self._earlier else None
        if login.role is Role.COORDINATOR:
            counts = counts_row(self._counts.get(login.region, Counts()))
            return CoordinatorPublicationLetter(counts=counts, corrected=corrected)
        return PublicationLetter(
            accepted=login.code in self._handed_in,
            prefilled=login.code in self._latest and not self._withheld,
            corrected=corrected,
        )

    def _corrected(self, own: Publication) -> Corrected | None:
        if own.edition == 1:
            return None
        edition = self._edition
        return Corrected(
            edition=own.edition,
            changes=tuple(edition.changes) if edition else (),
            ask_again=edition.ask_again if edition else False,
        )

    def _in_common(self, role: Role, own: Publication) -> Mapping[str, Json]:
        """Text and files are the same for all of a role with one closing."""
        shared = self._shared.get((role, own.collection))
        if shared is None:
            due, watching = self.out.due, role is Role.COORDINATOR
            content = publication_content(own, locked_for_coordinator=watching, now=due)
            shared = mailing_data(self._context, own, due) | content.as_json()
            self._shared[role, own.collection] = shared
        return shared

    def _attachments(self, login: Login, own: Publication) -> list[AttachmentSpec]:
        specs = [file_attachment(file) for file in attached_files(own, login)]
        if own.collection is not None and login.role is Role.ORGANISATION:
            specs.insert(0, form_attachment(self._context, login, own, self._latest.get(login.code)))
        return specs

    def _expiry(self, own: Publication) -> datetime:
        """A letter about a collection is of use until its closing, another for some days after the last has left."""
        usual = self.out.due + self._context.limits.sending.letter_life
        if own.collection is not None and own.collection.closes_at > self.out.due:
            if own.collection.late is LatePolicy.ACCEPT:
                return max(usual, own.collection.closes_at)
            return own.collection.closes_at
        after = self.out.lasts_until + self._context.limits.sending.letter_life if self.out.lasts_until else usual
        return max(usual, after, own.valid_until or usual)
