"""Commands by which an operator decides about messages that wait and corrections that were asked for; all audited."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from pipeline import wiring
from pipeline.catalogue import format_short, text
from pipeline.cli.output import Json, emit, now, report, say
from pipeline.steps import check, moderating, passport
from pipeline.store import changes, receipts
from pipeline.store.changes import Change, ChangeState

Reason = Annotated[str | None, typer.Option("--reason", help=text("cli.help_reason"))]


def register(app: typer.Typer, roster_app: typer.Typer) -> None:
    """Add the commands of this module to ``app`` and to the group ``roster``."""
    app.command("release", help=text("cli.help_release"))(release)
    app.command("refuse", help=text("cli.help_refuse"))(refuse)
    app.command("replay", help=text("cli.help_replay"))(replay)
    roster_app.command("changes", help=text("cli.help_changes"))(list_changes)
    roster_app.command("approve", help=text("cli.help_approve"))(approve)
    roster_app.command("decline", help=text("cli.help_decline"))(decline)


def release(
    number: int,
    *,
    login: Annotated[str | None, typer.Option("--login", help=text("cli.help_release_login"))] = None,
    as_json: Json = False,
) -> None:
    """Release a message and judge what is unread."""
    with wiring.context() as context:
        found = moderating.release(context, number, login, now(), who())
        if not as_json:
            done = text("release.done", number=number, login=found.code) if found else None
            say(done or text("release.done_without", number=number))
        report(check.run(context, now()), as_json=as_json)


def refuse(number: int, *, reason: Reason = None) -> None:
    """Refuse a message."""
    with wiring.context() as context:
        moderating.refuse(context, number, reason, now(), who())
    say(text("refuse.done", number=number))


def replay(
    number: int,
    *,
    apply: Annotated[bool, typer.Option("--apply", help=text("cli.help_replay_apply"))] = False,
    as_json: Json = False,
) -> None:
    """Compare a message's verdict with the record; exit code 1 when it differs. With ``apply`` process it anew."""
    with wiring.context() as context:
        differences = [] if apply else moderating.replay(context, number)
        if apply:
            moderating.reopen(context, number, now(), who())
            check.run(context, now())
            with context.store.reading() as session:
                receipt = receipts.receipt(session, number)
            state = receipt.state.value if receipt else ""
            if as_json:
                emit({"id": number, "state": state, "reason": receipt.reason if receipt else None})
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


def list_changes(
    *,
    everything: Annotated[bool, typer.Option("--all", help=text("cli.help_changes_all"))] = False,
    as_json: Json = False,
) -> None:
    """Print the corrections that wait, oldest first."""
    with wiring.context() as context, context.store.reading() as session:
        found = changes.listed(session, None if everything else ChangeState.PENDING)
    for change in found:
        if as_json:
            emit(_record(change))
            continue
        field, state = text(f"change.{change.field}"), text(f"change.state_{change.state.value}")
        at = format_short(change.requested_at)
        say(f"№{change.id}  {at}  {change.login}  {field}: {change.value}  ({change.requested_by}; {state})")


def approve(number: int, *, reason: Reason = None) -> None:
    """Approve a correction."""
    with wiring.context() as context:
        done = passport.decide(context, number, now(), who(), approve=True, reason=reason)
    say(text(f"change.approved_{done.field}", number=done.id, login=done.login, value=done.value))


def decline(number: int, *, reason: Reason = None) -> None:
    """Decline a correction."""
    with wiring.context() as context:
        passport.decide(context, number, now(), who(), approve=False, reason=reason)
    say(text("change.declined", number=number))


def _record(change: Change) -> dict[str, object]:
    return {
        "id": change.id,
        "login": change.login,
        "field": change.field,
        "value": change.value,
        "requested_by": change.requested_by,
        "requested_at": change.requested_at.isoformat(),
        "state": change.state.value,
        "decided_by": change.decided_by,
        "reason": change.reason,
    }


def who() -> str:
    """The user of the command line, for the audit."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):  # a user without a name, as in some containers
        return "cli"
