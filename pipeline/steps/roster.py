"""Roster: the lines of an imported list become logins with addresses."""

from __future__ import annotations

from datetime import datetime

from pipeline.cabinet.roster import RosterReport
from pipeline.catalogue import text
from pipeline.model import Summary
from pipeline.steps import health
from pipeline.steps.context import Context
from pipeline.store import health as records
from pipeline.store import roster


def run(context: Context, report: RosterReport, now: datetime) -> Summary:
    """Save the good lines of ``report``; bad ones are remarks. Counts: added, changed, departed, problems.

    A login that got another address has its task «письма не доходят» closed, which is a remark too.
    """
    with context.store.transaction() as session:
        tasks = records.open_tasks(session)
        change = roster.save_logins(session, report.logins, now, complete=report.complete)
        closed = health.close_changed(session, tasks, now)
    remarks = [text("roster.problem", line=problem.line, message=problem.message) for problem in report.problems]
    counts = {
        "added": len(change.added),
        "changed": len(change.changed),
        "departed": len(change.departed),
        "problems": len(report.problems),
    }
    return Summary("roster", counts, remarks + closed)
