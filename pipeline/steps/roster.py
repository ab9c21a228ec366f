"""Roster: the lines of an imported list become logins with addresses; who is not in the list any more departs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias

import structlog

from pipeline.cabinet.roster import RosterReport
from pipeline.catalogue import plural, text
from pipeline.mail.addresses import readable
from pipeline.model import Login, Role, Summary
from pipeline.model.audit import Deed
from pipeline.model.corrections import ChangeState, applied
from pipeline.model.json import Json
from pipeline.model.roster import Comparison
from pipeline.reports.sheets import Table, write_tables
from pipeline.steps.base.context import Context
from pipeline.steps.record import (
    corrections,
    health,
)
from pipeline.store import (
    Session,
    audit,
    changes,
    roster,
)
from pipeline.store import health as records
from pipeline.store.base import turns

log = structlog.get_logger()


def run(
    context: Context, report: RosterReport, now: datetime, *, departures: bool = False, who: str = "roster"
) -> Summary:
    """Save the good lines of ``report``; bad ones are remarks. ``who`` is for the audit.

    Nobody departs when a line could not be taken, nor when so many would that the file is more likely cut short than
    they gone (``limits.departing.few`` and ``departures_share``), unless ``departures`` says that it is so. Counts:
    added, changed, departed, problems, and ``kept``, who is not in the list and stays for one of these reasons.

    A login that got another address has its task «письма не доходят» closed, which is a remark too, and so is an
    approved correction that the file does not know and takes back.
    """
    with context.store.transaction() as session:
        turns.take(session, ":roster")
        tasks = records.open_tasks(session)
        found = roster.compare(session, report.logins)
        missing = _reverted(session, found, "roster.approved_gone")
        leaving = _leaving(context, report, found, departures=departures)
        roster.save(session, found, now, departures=leaving, who=who)
        closed = health.close_changed(session, tasks, now)
        counts = _counts(report, found, leaving=leaving)
        figures = {name: counts[name] for name in ("added", "changed", "departed")}
        if any(figures.values()):
            audit.note(session, Deed(now, who, "roster_imported", detail=text("roster.figures", **figures)))
    log.info("roster.imported", complete=report.complete, logins=len(report.logins), **counts)
    remarks = [
        *_problems(report),
        *_kept(report, found, leaving=leaving),
        *_unwatched(report, found, leaving=leaving),
        *closed,
        *missing,
    ]
    return Summary("roster", counts, remarks)


def total(context: Context) -> str:
    """Return how many are in the roster: who fills in forms and who watches are never one number."""
    with context.store.reading() as session:
        by_role = Counter(login.role for login in roster.logins(session))
    return text(
        "roster.total",
        organisations=plural(by_role[Role.ORGANISATION], "организация", "организации", "организаций"),
        coordinators=plural(by_role[Role.COORDINATOR], "координатор", "координатора", "координаторов"),
    )


Was: TypeAlias = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RosterChange:
    """What an import would do to one login; of a changed one ``fields`` are (was, is to be) by their names."""

    what: Literal["added", "returned", "changed", "departed"]
    login: Login
    fields: Mapping[str, tuple[Was, Was]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Json]:
        """Return it as ``roster import --dry-run --json`` prints it."""
        return {
            "what": self.what,
            "login": self.login.code,
            "name": self.login.name,
            "region": self.login.region,
            "addresses": list(self.login.addresses),
            "fields": {name: list(pair) for name, pair in self.fields.items()},
        }


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What an import would do: its summary as of ``run``, and every login that it would touch."""

    summary: Summary
    changes: tuple[RosterChange, ...]


def rehearse(context: Context, report: RosterReport, *, departures: bool = False) -> Rehearsal:
    """Return what ``run`` would do with ``report``; nothing is changed."""
    with context.store.reading() as session:
        found = roster.compare(session, report.logins)
        missing = _reverted(session, found, "roster.approved_going")
    leaving = _leaving(context, report, found, departures=departures)
    remarks = [
        *_problems(report),
        *_kept(report, found, leaving=leaving),
        *_unwatched(report, found, leaving=leaving),
        *missing,
    ]
    gone = found.missing if leaving else ()
    changes_ = [
        *(RosterChange("added", login) for login in found.added),
        *(RosterChange("returned", login) for login in found.returned),
        *(RosterChange("changed", after, _fields(before, after)) for before, after in found.changed),
        *(RosterChange("departed", login) for login in gone),
    ]
    return Rehearsal(Summary("roster", _counts(report, found, leaving=leaving), remarks), tuple(changes_))


def as_workbook(context: Context, now: datetime) -> tuple[bytes, int]:
    """Return the roster as a workbook that can be imported again, with approved corrections, and how many it has."""
    with context.store.reading() as session:
        logins = roster.logins(session)
    header = [text(f"roster.column_{name}") for name in ("login", "name", "region", "addresses", "role")]
    rows = [
        [
            login.code,
            login.name,
            login.region,
            readable(", ".join(login.addresses)),
            text(f"roster.role_{login.role.value}"),
        ]
        for login in logins
    ]
    return write_tables([Table(text("roster.sheet"), header, (16, 80, 8, 50, 16), rows)], now), len(rows)


def _leaving(context: Context, report: RosterReport, found: Comparison, *, departures: bool) -> bool:
    """Whether those that are missing in the list leave the roster."""
    if not report.complete or not report.logins:
        return False
    return departures or not _too_many(context, found)


def _too_many(context: Context, found: Comparison) -> bool:
    missing, limits = len(found.missing), context.limits
    return missing > limits.departing.few and missing > limits.departing.share * found.total


def _counts(report: RosterReport, found: Comparison, *, leaving: bool) -> dict[str, int]:
    missing = len(found.missing)
    return {
        "added": len(found.added) + len(found.returned),
        "changed": len(found.changed),
        "departed": missing if leaving else 0,
        "problems": len(report.problems),
        "kept": 0 if leaving else missing,
    }


def _problems(report: RosterReport) -> list[str]:
    return [text("roster.problem", line=problem.line, message=problem.message) for problem in report.problems]


def _kept(report: RosterReport, found: Comparison, *, leaving: bool) -> list[str]:
    if leaving or not found.missing:
        return []
    count = plural(len(found.missing), "логина", "логинов", "логинов")
    return [text("roster.kept_many" if report.complete else "roster.kept_incomplete", count=count, total=found.total)]


def _unwatched(report: RosterReport, found: Comparison, *, leaving: bool) -> list[str]:
    """Regions whose organisations nobody would watch: most likely a code mistyped, or a line forgotten."""
    logins = [*report.logins, *(() if leaving else found.missing)]
    by_role: dict[Role, set[str]] = {role: {login.region for login in logins if login.role is role} for role in Role}
    without = sorted(by_role[Role.ORGANISATION] - by_role[Role.COORDINATOR])
    return [text("roster.no_coordinator", regions=", ".join(without))] if without else []


def _fields(before: Login, after: Login) -> dict[str, tuple[Was, Was]]:
    pairs: dict[str, tuple[Was, Was]] = {
        "code": (before.code, after.code),
        "name": (before.name, after.name),
        "region": (before.region, after.region),
        "role": (before.role.value, after.role.value),
        "addresses": (before.addresses, after.addresses),
    }
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def described(change: RosterChange) -> str:
    """Return a change as people read it."""
    login = change.login
    addresses = readable(", ".join(login.addresses)) or text("roster.no_addresses")
    values = {"login": login.code, "name": login.name, "region": login.region, "addresses": addresses}
    match change.what:
        case "added":
            return text("roster.would_add", **values)
        case "returned":
            return text("roster.would_return", **values)
        case "departed":
            return text("roster.would_depart", **values)
    return text("roster.would_change", login=login.code, changes=differences(change))


def differences(change: RosterChange) -> str:
    """Return what of a login is other than before, as people read it."""
    return "; ".join(
        text(f"roster.field_{name}", was=_in_words(name, was), now=_in_words(name, now))
        for name, (was, now) in change.fields.items()
    )


def _in_words(name: str, value: Was) -> str:
    if isinstance(value, tuple):
        return readable(", ".join(value)) or text("roster.no_addresses")
    return text(f"roster.role_{value}") if name == "role" else value


def _reverted(session: Session, found: Comparison, deed: str) -> list[str]:
    """What was approved and stands in the roster, and is undone by a file that does not know of it: to be seen."""
    pairs = {before.code: (before, after) for before, after in found.changed}
    remarks = []
    for change in changes.listed(session, ChangeState.APPROVED) if pairs else ():
        before, after = pairs.get(change.login, (None, None))
        if before is None or after is None or change.field == "other":
            continue
        # In force before, and not after: applying it again would change what the file says and not what was.
        if applied(change, before) == before and applied(change, after) != after:
            values = {"field": text(f"change.{change.field}"), "value": corrections.shown(change.field, change.value)}
            remarks.append(
                text("roster.approved_missing", login=after.code, number=change.name, deed=text(deed), **values)
            )
    return remarks


def at_most(lines: Sequence[str], most: int) -> list[str]:
    """Return the first ``most`` of ``lines``, with one that says how many are left out."""
    left = len(lines) - most
    return [*lines[:most], text("roster.more", count=left)] if left > 0 else list(lines)
