"""Commands about a database that was put back from an older copy, and about letters in doubt."""

from __future__ import annotations

import typer

from pipeline import wiring
from pipeline.cabinet.instants import read_instant
from pipeline.catalogue import format_short, text
from pipeline.cli.moderation import who
from pipeline.cli.output import emit, now, report, say
from pipeline.errors import UserError
from pipeline.steps import (
    check,
    export,
)
from pipeline.steps import (
    decide as deciding,
)
from pipeline.steps import (
    restore as restoring,
)
from pipeline.steps.decide import Doubt
from pipeline.steps.letters.values import kind_in_words


def restore(*, stopped: str | None, end: bool, as_json: bool) -> None:
    """Declare that the database is an older copy, or that all is in order again."""
    stopped_at = read_instant(stopped, "--stopped", now()) if stopped else None
    with wiring.context() as context:
        done = restoring.end(context, now(), who()) if end else restoring.declare(context, now(), stopped_at, who())
    report(done, as_json=as_json)


def rescan(*, as_json: bool) -> None:
    """Find in the mailbox what the database does not know, judge it, and file it. Exit code 1 when bytes are lost.

    Reports that were asked for are formed too: their letters may have left, and so are made before the restore ends.
    """
    with wiring.context() as context:
        found = restoring.rescan(context, now())
        report(found, as_json=as_json)
        for step in (check, export):
            report(step.run(context, now()), as_json=as_json)
        moved = restoring.file_found(context)
        if not as_json:
            say(text("rescan.moved", count=moved))
    if found.counts["missing"]:
        raise typer.Exit(1)


def doubts(numbers: list[int] | None, *, send: bool, drop: bool, left: bool, everything: bool, as_json: bool) -> None:
    """List the letters of which nobody knows whether they left; send or drop those that are named."""
    if send and drop:
        raise UserError("doubts.both")
    if (send or drop) and not (numbers or left or everything):
        raise UserError("doubts.which")
    with wiring.context() as context:
        chosen = deciding.listed(context, numbers or (), left=left)
        if send or drop:
            decide = deciding.send if send else deciding.drop
            report(decide(context, chosen, now(), who()), as_json=as_json)
            return
    for doubt in chosen:
        _print(doubt, as_json=as_json)
    if not as_json:
        say(text("doubts.total", count=len(chosen)))


def _print(doubt: Doubt, *, as_json: bool) -> None:
    letter = doubt.letter
    if as_json:
        emit(
            {
                "id": letter.id,
                "kind": letter.kind,
                "publication": letter.publication,
                "login": letter.login,
                "address": letter.address,
                "created_at": letter.created_at.isoformat(),
                "receipt": letter.receipt_id,
                "left": doubt.left,
            }
        )
        return
    parts = (
        f"№{letter.id}",
        kind_in_words(letter),
        letter.login,
        letter.address,
        format_short(letter.created_at),
        text("doubts.left") if doubt.left else "",
    )
    say("  ".join(part for part in parts if part))
