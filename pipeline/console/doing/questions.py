"""What people asked that a person must answer: each question with its writer, and whether support has answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from pipeline.catalogue import plural, text
from pipeline.console import shown
from pipeline.console.campaign import ASKED_WITHIN
from pipeline.console.choices import day
from pipeline.console.desk import Desk
from pipeline.console.outcome import Next, Outcome, Table
from pipeline.model import Receipt
from pipeline.store import receipts

_LISTED = timedelta(days=92)
_QUESTIONS = ("вопрос", "вопроса", "вопросов")


def run(desk: Desk) -> Outcome:
    """List the questions that went to support, those that wait first."""
    at = desk.clock()
    with desk.context.store.reading() as session:
        found = receipts.questions(session, at - _LISTED)
    waits = [item for item, answered in found if not answered and item.received_at >= at - ASKED_WITHIN]
    answered = [item for item, answered in found if answered]
    older = [item for item, answered in found if not answered and item.received_at < at - ASKED_WITHIN]
    only = desk.answers.option("show") == "waiting"
    tables = [_table(desk, text("console.questions.waits"), waits)]
    if not only:
        tables.append(_table(desk, text("console.questions.answered"), answered))
        tables += [_table(desk, text("console.questions.older"), older)] if older else []
    line = text("console.questions.line", waits=plural(len(waits), *_QUESTIONS), answered=len(answered))
    return Outcome(
        title=text("console.questions.title"),
        line=line if found else text("console.questions.none"),
        figures={text("console.questions.waits"): len(waits), text("console.questions.answered"): len(answered)},
        remarks=[text("console.questions.how", address=desk.context.support)] if waits else [],
        tables=tables if found else [],
        next=[Next(text("console.act.now"), "now")],
        counts={"waiting": len(waits), "answered": len(answered)},
    )


def _table(desk: Desk, title: str, found: Sequence[Receipt]) -> Table:
    head = [text(f"console.head.{name}") for name in ("number", "asked", "sender", "login", "publication", "subject")]
    at = desk.clock()
    rows = [
        (
            f"№{item.id}",
            day(item.received_at, at),
            shown.short(item.sender),
            item.login or "",
            item.publication or "",
            (item.subject or "")[:200],
        )
        for item in found
    ]
    return Table(title, head, rows, text("console.questions.whole"), text("console.questions.empty"))
