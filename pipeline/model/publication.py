"""What is published: texts, files, forms, and who received what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Audience(StrEnum):
    """Who receives a publication; coordinators of the regions concerned always get their own letter of it."""

    ALL = "all"
    ORGANISATIONS = "organisations"
    COORDINATORS = "coordinators"


class LatePolicy(StrEnum):
    """What a return after the closing is: refused, or taken and marked late."""

    REFUSE = "refuse"
    ACCEPT = "accept"


@dataclass(frozen=True, slots=True)
class Collection:
    """A form with an opening and a closing instant.

    ``prefill`` is the sha256 of the table that fills the form before it is first sent (``cabinet.prefill``).
    ``extended_from`` is the general closing where ``closes_at`` is the later one of a single login or region.
    """

    title: str
    form_id: str
    form_version: int
    opens_at: datetime
    closes_at: datetime
    late: LatePolicy = LatePolicy.REFUSE
    prefill: str | None = None
    extended_from: datetime | None = None


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of a storage. ``number`` counts through the whole publication from 1: it is what «ФАЙЛ n» names."""

    number: int
    title: str
    name: str
    sha256: str
    size: int
    available_from: datetime
    organisations_only: bool = False
    attach: bool = False


@dataclass(frozen=True, slots=True)
class FileStorage:
    """A titled list of files within a publication (seed, Fig. 7, block 2)."""

    title: str
    files: tuple[StoredFile, ...]


@dataclass(frozen=True, slots=True)
class Publication:
    """Announcement, file storages and at most one collection. ``number`` is given by the store when first saved.

    ``text`` is Markdown as written: ``cabinet.publications.filled_text`` fills its placeholders. ``valid_until`` is
    until when it goes to new addresses where the author has said so.
    """

    code: str
    section: str
    title: str
    text: str
    published_at: datetime
    audience: Audience = Audience.ALL
    storages: tuple[FileStorage, ...] = ()
    collection: Collection | None = None
    contact: str = ""
    edition: int = 1
    number: int = 0
    valid_until: datetime | None = None
    withdrawn_at: datetime | None = None
    withdrawn_why: str = ""


class IssueHow(StrEnum):
    """How a file came to go with a letter: with the publication («отправлен»), or asked for («скачан»)."""

    ATTACHED = "attached"
    REQUESTED = "requested"


@dataclass(frozen=True, slots=True)
class Issued:
    """A file of a publication that went, or is to go, with a letter to ``login``.

    ``asked_at`` is the letter's date. ``taken_at`` is when our mail server took the letter, None while it has not, or
    when the letter came back later. ``waiting``: it may still leave.
    """

    letter_id: int
    publication: str
    number: int
    sha256: str
    login: str
    how: IssueHow
    asked_at: datetime
    taken_at: datetime | None = None
    waiting: bool = False
    returned: bool = False


class ReadHow(StrEnum):
    """By what we know that a publication was opened: an answer to its letter, a command about it, a read receipt."""

    REPLY = "reply"
    COMMAND = "command"
    READ_RECEIPT = "read_receipt"


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition; ``changes`` are sentences for people, ``content`` is the publication as JSON.

    ``ask_again``: those whose return was accepted are asked for another.
    """

    publication: str
    edition: int
    at: datetime
    who: str
    changes: Sequence[str] = ()
    ask_again: bool = False
    content: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the edition on record has come: ``issued_at`` is None while it is only tried on some logins.

    ``revision`` counts how often it was changed during that trial.
    """

    publication: Publication
    revision: int
    issued_at: datetime | None
