"""The acts of the console: what an administrator can start, in the order of the work. Data; flows carry them out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pipeline.catalogue import text
from pipeline.model import ReportKind


class Tag(StrEnum):
    """Under what a list of acts can be narrowed down: everyday acts, rare ones, and what machines begin."""

    EVERYDAY = "кампания"
    RARE = "помощь"
    MACHINE = "служебное"


class Choice(StrEnum):
    """Lists that follow the database, see ``pipeline.console.choices``."""

    PUBLICATION_FOLDERS = "publication_folders"
    PUBLICATIONS = "publications"
    OPEN_COLLECTIONS = "open_collections"
    COLLECTIONS = "collections"
    REGIONS = "regions"
    HELD = "held"
    CORRECTIONS = "corrections"


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter of a run as its form shows it. ``options`` are fixed choices, ``choice`` those of the database.

    The words are ``console.field.<act>.<name>`` or else ``console.field.<name>``, with ``.hint`` for the line below.
    """

    name: str
    choice: Choice | None = None
    options: Sequence[str] = ()
    many: bool = False
    required: bool = False
    flag: bool = False


@dataclass(frozen=True, slots=True)
class Act:
    """An act: ``key`` is stable, the name is ``console.act.<key>``, its description ``console.act.<key>.about``.

    ``schedule`` names the schedule of ``pipeline.model.schedules`` by which it runs.
    """

    key: str
    tag: Tag
    fields: Sequence[Field] = ()
    schedule: str | None = None

    @property
    def name(self) -> str:
        """What people see in the list; everyday names begin with their number."""
        return text(f"console.act.{self.key}")

    @property
    def about(self) -> str:
        """The description in Markdown: what it does, what its run shows, what comes next."""
        return text(f"console.act.{self.key}.about")


_WHO = Field("who", required=True)
_COLLECTION = Field("collection", Choice.OPEN_COLLECTIONS, required=True)
ACTS: tuple[Act, ...] = (
    Act(
        "roster",
        Tag.EVERYDAY,
        (
            Field("action", options=("rehearse", "import", "export"), required=True),
            Field("path"),
            Field("departures", flag=True),
            _WHO,
        ),
    ),
    Act(
        "preview",
        Tag.EVERYDAY,
        (
            Field("publication", Choice.PUBLICATION_FOLDERS, required=True),
            Field("logins"),
            Field("opens"),
            Field("closes"),
        ),
    ),
    Act(
        "publish",
        Tag.EVERYDAY,
        (
            Field("action", options=("publish", "fill", "stop", "resume", "withdraw"), required=True),
            Field("publication", Choice.PUBLICATION_FOLDERS, required=True),
            Field("logins"),
            Field("opens"),
            Field("closes"),
            Field("reason"),
            _WHO,
        ),
    ),
    Act("now", Tag.EVERYDAY, (Field("collection", Choice.COLLECTIONS), Field("region", Choice.REGIONS))),
    Act("remind", Tag.EVERYDAY, (_COLLECTION, Field("region", Choice.REGIONS), Field("logins"), _WHO)),
    Act(
        "extend",
        Tag.EVERYDAY,
        (
            Field("collection", Choice.COLLECTIONS, required=True),
            Field("until"),
            Field("logins"),
            Field("region", Choice.REGIONS),
            Field("everybody", flag=True),
            Field("reason", required=True),
            _WHO,
        ),
    ),
    Act(
        "held",
        Tag.EVERYDAY,
        (
            Field("receipt", Choice.HELD, required=True),
            Field("action", options=("show", "release", "refuse", "replay"), required=True),
            Field("login"),
            Field("reason"),
            _WHO,
        ),
    ),
    Act(
        "corrections",
        Tag.EVERYDAY,
        (
            Field("correction", Choice.CORRECTIONS, required=True),
            Field("action", options=("approve", "reject"), required=True),
            Field("reason"),
            _WHO,
        ),
    ),
    Act(
        "report",
        Tag.EVERYDAY,
        (
            Field("collection", Choice.COLLECTIONS, required=True),
            Field("kind", options=tuple(ReportKind), required=True),
            Field("region", Choice.REGIONS),
            _WHO,
        ),
    ),
    Act("end", Tag.EVERYDAY, (_COLLECTION, Field("reason", required=True), _WHO)),
    Act("digest_now", Tag.RARE, (Field("collection", Choice.OPEN_COLLECTIONS), _WHO)),
    Act("health", Tag.RARE),
    Act("questions", Tag.RARE, (Field("show", options=("waiting", "all"), required=True),)),
    Act("audit", Tag.RARE, (Field("publication", Choice.PUBLICATIONS), Field("login"), Field("count"))),
    Act("exchange", Tag.MACHINE, schedule="exchange"),
    Act("close", Tag.MACHINE, schedule="close"),
    Act("fill", Tag.MACHINE, schedule="fill"),
    Act("remind_daily", Tag.MACHINE, schedule="remind"),
    Act("digest", Tag.MACHINE, schedule="digest"),
    Act("watch", Tag.MACHINE, (Field("hours"),)),
)
"""Every act, everyday ones in the order of the work."""
BY_KEY = {act.key: act for act in ACTS}
BY_SCHEDULE = {act.schedule: act for act in ACTS if act.schedule is not None}
