"""Who did what, the latest first."""

from __future__ import annotations

from pipeline.catalogue import format_short, plural, text
from pipeline.console import shown
from pipeline.console.desk import Desk
from pipeline.console.outcome import MOST_ROWS, Next, Outcome, Table
from pipeline.errors import UserError
from pipeline.model.audit import Deed
from pipeline.store import audit, roster

_USUAL = 100
_RECORDS = ("запись", "записи", "записей")


def run(desk: Desk) -> Outcome:
    """List deeds, of one publication or login where given."""
    answers = desk.answers
    code, login = answers.key("publication") or None, answers.word("login") or None
    limit = answers.number("count") if answers.word("count") else _USUAL
    if not 0 < limit <= MOST_ROWS:
        raise UserError("console.audit.count", most=MOST_ROWS)
    with desk.context.store.reading() as session:
        if login is not None and roster.login(session, login) is None:
            raise UserError("console.unknown_login", login=login[:50])
        found = audit.listed(session, publication=code, login=login, limit=limit)
    head = [text(f"console.head.{name}") for name in ("at", "who", "what", "whom", "publication", "detail", "why")]
    rows = [_row(deed) for deed in found]
    return Outcome(
        title=text("console.audit.title"),
        line=text("console.audit.line", records=plural(len(found), *_RECORDS)) if found else text("console.audit.none"),
        figures={text("console.audit.records"): len(found)},
        tables=[Table(text("console.audit.table"), head, rows)] if rows else [],
        next=[Next(text("console.act.now"), "now")],
        counts={"records": len(found)},
    )


def _row(deed: Deed) -> tuple[str, ...]:
    whom = deed.login or (text("extension.region", region=deed.region) if deed.region else "")
    what = text(f"deed.{deed.what}")
    return format_short(deed.at), shown.who(deed.who), what, whom, deed.publication or "", deed.detail, deed.why
