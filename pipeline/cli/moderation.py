"""Commands by which an operator decides about messages that wait; all audited."""

from __future__ import annotations

import getpass

import typer

from pipeline import wiring
from pipeline.catalogue import text
from pipeline.cli.output import emit, now, report, say
from pipeline.steps import (
    check,
    moderate,
)
from pipeline.store import receipts


def release(number: int, *, login: str | None, as_json: bool) -> None:
    """Release a message and judge what is unread."""
    with wiring.context() as context:
        found = moderate.release(context, number, login, now(), who())
        if not as_json:
            done = text("release.done", number=number, login=found.code) if found else None
            say(done or text("release.done_without", number=number))
        report(check.run(context, now()), as_json=as_json)


def refuse(number: int, *, reason: str | None) -> None:
    """Refuse a message."""
    with wiring.context() as context:
        moderate.refuse(context, number, reason, now(), who())
    say(text("refuse.done", number=number))


def replay(number: int, *, apply: bool, as_json: bool) -> None:
    """Compare a message's verdict with the record; exit code 1 when it differs. With ``apply`` process it again."""
    with wiring.context() as context:
        differences = [] if apply else moderate.replay(context, number)
        if apply:
            moderate.reopen(context, number, now(), who())
            check.run(context, now())
            with context.store.reading() as session:
                receipt = receipts.receipt(session, number)
            state = receipt.state.value if receipt else ""
            if as_json:
                emit(
                    {
                        "id": number,
                        "state": state,
                        "reason": str(receipt.reason) if receipt and receipt.reason else None,
                    }
                )
            else:
                say(text("replay.applied", number=number, state=text(f"receipt.{state}")))
            return
    if as_json:
        found = [{"what": item.what, "recorded": item.recorded, "now": item.now} for item in differences]
        emit({"id": number, "same": not differences, "differences": found})
    for item in differences if not as_json else ():
        say(text("replay.differs", number=number, what=item.what, recorded=item.recorded, now=item.now))
    if differences:
        raise typer.Exit(1)
    if not as_json:
        say(text("replay.same", number=number))


def who() -> str:
    """The user of the command line, for the audit."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):  # a user without a name, as in some containers
        return "cli"
