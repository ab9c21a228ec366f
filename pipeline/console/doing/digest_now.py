"""The digest of one open collection, or of all of them, goes to the coordinators now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from pipeline.catalogue import plural, text
from pipeline.console import shown
from pipeline.console.desk import Desk
from pipeline.console.outcome import Next, Outcome, Table, Trouble
from pipeline.errors import UserError
from pipeline.model import Letter, Login, Role
from pipeline.steps import digest
from pipeline.store import letters, publications, roster


def run(desk: Desk) -> Outcome:
    """Send what was not sent today."""
    code, at = desk.answers.key("collection"), desk.clock()
    with desk.context.store.reading() as session:
        found = publications.publication(session, code) if code else None
        if code and (found is None or found.collection is None):
            raise UserError("console.no_collection", code=code[:50])
        before = {item.id for item in letters.of_kind(session, "digest", _MOST)}
    who = desk.answers.who
    done = desk.stage(text("console.stage.digests"), lambda: digest.run(desk.context, at, code or None, who))
    with desk.context.store.reading() as session:
        made = [item for item in letters.of_kind(session, "digest", _MOST) if item.id not in before]
        coordinators = roster.logins(session, role=Role.COORDINATOR)
    told = len({item.login for item in made})
    line = text("console.digest.line", letters=plural(len(made), *shown.LETTERS), coordinators=told)
    return Outcome(
        title=text("console.digest.title"),
        line=line if made else text("console.digest.nobody"),
        figures={text("console.digest.letters"): len(made), text("console.digest.reports"): done.counts["reports"]},
        remarks=done.remarks if made else [*done.remarks, text("console.digest.why_none")],
        troubles=_without_address(coordinators),
        tables=[_told(made, coordinators)],
        next=[Next(text("console.act.now"), "now")],
        counts={"letters": len(made), "reports": done.counts["reports"], "coordinators": told},
    )


_MOST = 5_000


def _told(made: Sequence[Letter], coordinators: Sequence[Login]) -> Table:
    regions = {login.code: login.region for login in coordinators}
    by_login: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for item in made:
        by_login[item.login or "", item.publication or ""].append(shown.short(item.address))
    head = [text(f"console.head.{name}") for name in ("login", "region", "publication", "to")]
    rows = [
        (login, shown.region(regions.get(login, "")), publication, ", ".join(to))
        for (login, publication), to in sorted(by_login.items())
    ]
    return Table(text("console.digest.told"), head, rows)


def _without_address(coordinators: Sequence[Login]) -> list[Trouble]:
    missing = [login.code for login in coordinators if not login.addresses]
    return [Trouble(code, text("console.digest.no_address"), text("console.digest.give_address")) for code in missing]
