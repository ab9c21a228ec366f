"""Roster: the list of organisations and coordinators is taken in, or rehearsed."""

from __future__ import annotations

from pathlib import Path

from prefect import flow
from prefect.artifacts import create_markdown_artifact
from pydantic import Field

from flows.forms import RunForm
from flows.running import covered, now, run_step
from pipeline import sources
from pipeline.catalogue import text
from pipeline.model import Summary
from pipeline.steps import roster as step
from pipeline.steps.base.context import Context

_MOST_SHOWN = 500


class RosterImport(RunForm):
    """What the form of the run asks for."""

    path: str = Field(
        default="publications/roster.xlsx",
        title=text("flow.field.path"),
        description=text("flow.field.path.hint"),
    )
    dry_run: bool = Field(
        default=True,
        title=text("flow.field.dry_run"),
        description=text("flow.field.dry_run.hint"),
    )
    allow_departures: bool = Field(
        default=False,
        title=text("flow.field.allow_departures"),
        description=text("flow.field.allow_departures.hint"),
    )
    who: str = Field(default="", title=text("flow.field.rosterimport.who"), description=text("flow.field.who.hint"))


@flow(name="roster", description=text("flow.roster"))
def import_roster(options: RosterImport) -> dict[str, int]:
    """Import the roster, or say what that would do; the report is an artifact of the run."""
    report = sources.roster(Path(options.path))
    who = f"prefect:{options.who}" if options.who else "prefect"
    lines: list[str] = []

    def work(context: Context) -> Summary:
        if not options.dry_run:
            done = step.run(context, report, now(), departures=options.allow_departures, who=who)
            lines.extend([step.total(context), *done.remarks])
            return done
        rehearsal = step.rehearse(context, report, departures=options.allow_departures)
        lines.extend([*rehearsal.summary.remarks, *map(step.described, rehearsal.changes)])
        return rehearsal.summary

    counts = run_step(work)
    _leave_report(options, counts, lines)
    return counts


def _leave_report(options: RosterImport, counts: dict[str, int], lines: list[str]) -> None:
    """The run's own page shows the figures and the lines, as a person reads them."""
    figures = ", ".join(text(f"roster.count_{name}", count=count) for name, count in counts.items())
    head = [text("roster.dry_run"), ""] if options.dry_run else []
    whole = step.at_most(lines, _MOST_SHOWN)
    shown = [covered(line) for line in whole]
    hint = [text("roster.covered"), ""] if shown != whole else []
    page = [*head, figures, "", *hint, *(f"- {line}" for line in shown)]
    create_markdown_artifact("\n".join(page), description=Path(options.path).name)
