"""The list of organisations is dropped in, checked line by line, and handed over to the act that imports it."""

from __future__ import annotations

from urllib.parse import quote

from starlette.responses import Response

from pipeline.cabinet.roster import FILE_BYTES, parse_roster
from pipeline.console.acts import BY_KEY
from pipeline.console.answers import option_words
from pipeline.errors import UserError
from pipeline.steps import roster as step
from pipeline.web import uploads
from pipeline.web.visit import Visit

MOST = FILE_BYTES + 100_000
_MOST_SHOWN = 200


def show(visit: Visit) -> Response:
    """Draw the page that takes a list."""
    return visit.draw("roster")


def take(visit: Visit) -> Response:
    """Keep the list that was dropped in; one that is no list at all is refused here."""
    file = visit.posted.one("file")
    if file is None:
        raise UserError("web.no_file")
    parse_roster(file.name, file.data)
    name = uploads.keep_roster(visit.site.settings, file.name, file.data, visit.site.clock())
    return visit.go(f"/roster/{quote(name, safe='')}")


def checked(visit: Visit) -> Response:
    """Draw what importing the list would do, and every line of it that is not right."""
    name = visit.path("name")
    report = uploads.kept_roster(visit.site.settings, name)
    with visit.site.open_context() as context:
        rehearsal = step.rehearse(context, report)
    counts = rehearsal.summary.counts
    told_here = len(report.problems) + bool(counts["kept"])  # those are on the page in words of its own
    touched = [step.described(change) for change in rehearsal.changes]
    return visit.draw(
        "roster_checked",
        name=name,
        lines=len(report.logins),
        complete=report.complete,
        counts=counts,
        problems=report.problems[:_MOST_SHOWN],
        changes=touched[:_MOST_SHOWN],
        changes_left=max(0, len(touched) - _MOST_SHOWN),
        remarks=rehearsal.summary.remarks[told_here:],
        who=visit.asked("who"),
    )


def load(visit: Visit) -> Response:
    """Hand the list over to Prefect: the act imports it, and its run shows what became of it."""
    name, who = visit.path("name"), visit.posted.word("who")
    uploads.kept_roster(visit.site.settings, name)
    if not who:
        raise UserError("web.who_missing")
    departures = visit.posted.word("departures") == "yes"
    act = BY_KEY["roster"]
    given = {"action": option_words(act, "import"), "path": name, "departures": departures, "who": who}
    return visit.go(visit.site.runs.start(act.key, given))
