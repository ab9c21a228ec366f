"""Extensions of a collection, and the rule that says which closing holds for a login.

A newer extension takes the place of the earlier ones of its scope, longer or shorter; one without an instant withdraws
them. Between scopes the latest instant counts, and no closing is ever earlier than the collection's own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from pipeline.errors import Incident
from pipeline.model.publication import Publication
from pipeline.model.roster import Login, Role


@dataclass(frozen=True, slots=True)
class Extension:
    """One line of the record. Without login and region it is everybody's; ``until`` None withdraws."""

    publication: str
    login: str | None
    region: str | None
    until: datetime | None
    at: datetime
    who: str
    why: str
    id: int = 0
    ended_at: datetime | None = None

    @property
    def scope(self) -> tuple[str | None, str | None]:
        """The logins it is about: rows of one scope replace each other."""
        return self.login, self.region


class Closings:
    """The extensions of one collection, to be asked about any number of logins."""

    def __init__(self, rows: Iterable[Extension]) -> None:
        self._rows: defaultdict[tuple[str | None, str | None], list[Extension]] = defaultdict(list)
        for row in rows:
            self._rows[row.scope].append(row)

    def of(self, login: str | None, region: str | None, known_at: datetime | None = None) -> datetime | None:
        """Return until when ``login`` of ``region`` has been given, or None; as known now or at ``known_at``."""
        scopes = {(None, None), (login, None), (None, region)}
        found = (self._in_force(scope, known_at) for scope in scopes)
        return max((row.until for row in found if row and row.until), default=None)

    def beyond(self, general: datetime | None, login: str | None, region: str | None) -> datetime | None:
        """Return the closing that holds for ``login`` when it is later than the ``general`` one, else None."""
        given = self.of(login, region)
        return given if given is not None and general is not None and given > general else None

    def own(self, publication: Publication, login: Login) -> Publication:
        """Return ``publication`` with the closing that holds for ``login``: for a coordinator that of the region."""
        collection = publication.collection
        if collection is None:
            return publication
        general = collection.extended_from or collection.closes_at
        given = self.beyond(general, None if login.role is Role.COORDINATOR else login.code, login.region)
        own = replace(collection, closes_at=given or general, extended_from=general if given else None)
        return publication if own == collection else replace(publication, collection=own)

    def closing(self, publication: Publication, login: Login, received_at: datetime | None = None) -> datetime:
        """Return the closing that holds for ``login``: the collection's own, or a later one by an extension.

        With ``received_at`` an extension that held at that moment counts too, though it was shortened since: who writes
        in time is in time. Raises Incident for a publication without a collection.
        """
        collection = publication.collection
        if collection is None:
            raise Incident("extension.no_collection", publication=publication.code)
        moments = (None,) if received_at is None else (None, received_at)
        given = [self.of(login.code, login.region, moment) for moment in moments]
        return max([collection.extended_from or collection.closes_at, *(until for until in given if until)])

    def is_open(self, publication: Publication, now: datetime) -> bool:
        """Whether the collection takes returns of anybody at ``now``; what was withdrawn or shortened opens nothing."""
        if publication.collection is None:
            return False
        return max([publication.collection.closes_at, *(row.until for row in self.in_force() if row.until)]) >= now

    def in_force(self) -> list[Extension]:
        """Return the newest extension of each scope that is not withdrawn, whether or not its time is over."""
        found = (self._in_force(scope, None) for scope in self._rows)
        return sorted((row for row in found if row and row.until), key=lambda row: row.id)

    def _in_force(self, scope: tuple[str | None, str | None], known_at: datetime | None) -> Extension | None:
        rows = self._rows.get(scope, ())
        return next((row for row in reversed(rows) if known_at is None or row.at <= known_at), None)
