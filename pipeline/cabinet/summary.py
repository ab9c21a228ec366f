"""What the first page of a cabinet shows: sections with counters of new and all, and the list of publications (S3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime

from pipeline.cabinet.search import find
from pipeline.mail.identity import short_code
from pipeline.mail.letters.kinds.summary import SectionRow
from pipeline.mail.letters.rows import CollectionState, PublicationLine
from pipeline.model import Audience, Login, Publication, Role, Status

ON_PAGE = 20


def visible(publications: Sequence[Publication], login: Login, now: datetime) -> list[Publication]:
    """Return the publications that are for ``login`` and out at ``now``, the newest first.

    Coordinators get their own letter of what goes to organisations, so they see all.
    """
    coordinator = login.role is Role.COORDINATOR
    found = [
        publication
        for publication in publications
        if publication.published_at <= now and (coordinator or publication.audience is not Audience.COORDINATORS)
    ]
    return sorted(found, key=lambda publication: (publication.published_at, publication.number), reverse=True)


def sections(publications: Sequence[Publication], read: Collection[str]) -> list[SectionRow]:
    """Return the sections with their counters, that of the newest publication first.

    ``read`` are the codes of those that the login is known to have opened.
    """
    every = Counter(publication.section for publication in publications)
    new = Counter(publication.section for publication in publications if publication.code not in read)
    return [SectionRow(title=title, new=new[title], all=count) for title, count in every.items()]


def line(
    publication: Publication, read: Collection[str], state: CollectionState | None, status: Status | None
) -> PublicationLine:
    """Return a publication as a line of the list; ``state`` is that of its collection, ``status`` the login's own."""
    return PublicationLine(
        number=publication.number,
        section=publication.section,
        title=publication.title,
        published_at=publication.published_at,
        files=sum(len(storage.files) for storage in publication.storages),
        new=publication.code not in read,
        state=state,
        closes_at=publication.collection.closes_at if publication.collection else None,
        status=status,
    )


def exactly(publications: Sequence[Publication], written: str, login: str) -> Publication | None:
    """Return the publication with this number, code, or short code of a letter to ``login``, or None."""
    word = written.strip(" «»\"'[]").lower()
    bare = word.lstrip("№# ")
    for publication in publications:
        if publication.code == word or short_code(login, publication.number).lower() == word:
            return publication
        if bare.isdecimal() and publication.number == int(bare):
            return publication
    return None


def named(publications: Sequence[Publication], written: str) -> list[Publication]:
    """Return the publications that a person may mean: by number, code, the short code of a letter, else by title."""
    word = written.strip(" «»\"'[]").lower()
    bare = word.lstrip("№# ")
    for exact in (
        [publication for publication in publications if bare.isdecimal() and publication.number == int(bare)],
        [publication for publication in publications if publication.code == word],
        [publication for publication in publications if word.rpartition("-")[2] == str(publication.number)]
        if "-" in word and word.rpartition("-")[2].isdecimal() and " " not in word
        else [],
    ):
        if exact:
            return exact
    return find(written, [(publication, publication.title) for publication in publications])
