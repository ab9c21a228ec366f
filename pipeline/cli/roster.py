"""The group ``roster``: the list of organisations goes in and out, and corrections of it are decided; all audited."""

from __future__ import annotations

from pathlib import Path

import typer

from pipeline import sources, wiring
from pipeline.catalogue import format_short, plural, text
from pipeline.cli.moderation import who
from pipeline.cli.output import emit, now, report, say, write
from pipeline.mail.addresses import readable
from pipeline.model.corrections import Change, ChangeState
from pipeline.model.json import Json
from pipeline.steps import roster as step
from pipeline.steps.record import corrections
from pipeline.store import changes

_MOST_SHOWN = 100  # lines that a person reads; the rest is in the answer with --json


def import_(file: Path, *, dry_run: bool, departures: bool, as_json: bool) -> None:
    """Import the roster in ``file``; exit code 1 when some line of it was bad, or somebody stays who is not in it."""
    parsed = sources.roster(file)
    with wiring.context() as context:
        if dry_run:
            rehearsal = step.rehearse(context, parsed, departures=departures)
            summary = rehearsal.summary
            _show(rehearsal, as_json=as_json)
        else:
            summary = step.run(context, parsed, now(), departures=departures, who=who())
            report(summary, as_json=as_json)
            if not as_json:
                say(f"  {step.total(context)}")
    if summary.counts["problems"] or summary.counts["kept"]:
        raise typer.Exit(1)


def _show(rehearsal: step.Rehearsal, *, as_json: bool) -> None:
    """One object with every change, or lines for a person: what would be done, then what is wrong."""
    summary = rehearsal.summary
    if as_json:
        touched = [change.as_json() for change in rehearsal.changes]
        remarks = list(summary.remarks)
        emit({"step": summary.step, "dry_run": True, **summary.counts, "remarks": remarks, "changes": touched})
        return
    say(text("roster.dry_run"))
    report(summary, as_json=False)
    for line in step.at_most([step.described(change) for change in rehearsal.changes], _MOST_SHOWN):
        say(f"  {line}")


def export(path: Path) -> None:
    """Write the roster to ``path``."""
    with wiring.context() as context:
        content, count = step.as_workbook(context, now())
    write(path, content, private=True)
    say(text("roster.exported", path=path, count=plural(count, "логин", "логина", "логинов")))


def list_changes(*, everything: bool, as_json: bool) -> None:
    """Print the corrections that wait, oldest first."""
    with wiring.context() as context, context.store.reading() as session:
        found = changes.listed(session, None if everything else ChangeState.PENDING)
    for change in found:
        if as_json:
            emit(_record(change))
            continue
        field, state = text(f"change.{change.field}"), text(f"change.state_{change.state.value}")
        at = format_short(change.requested_at)
        decided = f"; {change.decided_by}" if change.decided_by else ""
        about = f"№{change.name}  {at}  {change.login}  {field}: {change.value}"
        say(readable(f"{about}  ({change.requested_by}; {state}{decided})"))


def approve(number: str, *, reason: str | None) -> None:
    """Approve a correction."""
    with wiring.context() as context:
        done = corrections.decide_named(context, number, now(), who(), approve=True, reason=reason)
    values = {"number": done.name, "login": done.login, "value": readable(done.value), "file": text("change.into_file")}
    say(text(f"change.approved_{done.field}", **values))


def decline(number: str, *, reason: str | None) -> None:
    """Decline a correction."""
    with wiring.context() as context:
        done = corrections.decide_named(context, number, now(), who(), approve=False, reason=reason)
    say(text("change.declined", number=done.name))


def _record(change: Change) -> dict[str, Json]:
    return {
        "id": change.name,
        "region": change.region,
        "number": change.number,
        "login": change.login,
        "field": change.field,
        "value": change.value,
        "requested_by": change.requested_by,
        "requested_at": change.requested_at.isoformat(),
        "state": change.state.value,
        "decided_at": change.decided_at.isoformat() if change.decided_at else None,
        "decided_by": change.decided_by,
        "reason": change.reason,
    }
