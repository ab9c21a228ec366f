"""Roster: the lines of an imported list become logins with addresses."""

from __future__ import annotations

from datetime import datetime

from pipeline.cabinet.roster import RosterReport
from pipeline.catalogue import text
from pipeline.model import Summary
from pipeline.steps import health
from pipeline.steps.context import Context
from pipeline.store import Session, changes, roster
from pipeline.store import health as records
from pipeline.store.changes import ChangeState


def run(context: Context, report: RosterReport, now: datetime) -> Summary:
    """Save the good lines of ``report``; bad ones are remarks. Counts: added, changed, departed, problems.

    A login that got another address has its task «письма не доходят» closed, which is a remark too, and so is an
    approved address that the file does not have.
    """
    with context.store.transaction() as session:
        tasks = records.open_tasks(session)
        change = roster.save_logins(session, report.logins, now, complete=report.complete)
        closed = health.close_changed(session, tasks, now)
        missing = _approved_missing(session, report)
    remarks = [text("roster.problem", line=problem.line, message=problem.message) for problem in report.problems]
    counts = {
        "added": len(change.added),
        "changed": len(change.changed),
        "departed": len(change.departed),
        "problems": len(report.problems),
    }
    return Summary("roster", counts, remarks + closed + missing)


def _approved_missing(session: Session, report: RosterReport) -> list[str]:
    """An approved address that the file does not know is gone with this import: that must be seen."""
    imported = {login.code.lower(): {address.lower() for address in login.addresses} for login in report.logins}
    newest = {
        (change.login, change.value): text("roster.approved_missing", login=change.login, value=change.value)
        for change in changes.listed(session, ChangeState.APPROVED)
        if change.field == "address"
        and change.login.lower() in imported
        and change.value.lower() not in imported[change.login.lower()]
    }
    return list(newest.values())
