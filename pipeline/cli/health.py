"""Commands for a monitor and for cron: whether everything works, and a message to support when it does not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import typer

from pipeline import wiring
from pipeline.cli.output import emit, now, report, say
from pipeline.errors import UserError
from pipeline.model.json import Json
from pipeline.steps import alert
from pipeline.steps.condition.state import (
    State,
    state_of,
)


def health(*, as_json: bool) -> None:
    """Say in a line whether everything works; exit code 1 when anything does not. Reads the database and no more."""
    try:
        with wiring.context(look_only=True) as context:
            state = state_of(context, now())
    except UserError as error:
        _say(
            {"healthy": False, "problems": [_blind(error)], "schedules": {}, "queues": {}}, str(error), as_json=as_json
        )
        raise typer.Exit(1) from error
    _say(_record(state), state.line, as_json=as_json)
    if state.problems:
        raise typer.Exit(1)


def alert_command(*, as_json: bool) -> None:
    """Tell support, by letter and by webhook, what does not work and what does again."""
    with wiring.context() as context:
        report(alert.run(context, now()), as_json=as_json)


def _say(record: Mapping[str, Json], line: str, *, as_json: bool) -> None:
    if as_json:
        emit(record)
    else:
        say(line)


def _blind(error: UserError) -> dict[str, str]:
    return {"code": error.code, "text": str(error), "since": datetime.now(UTC).isoformat()}


def _record(state: State) -> dict[str, Json]:
    return {
        "healthy": not state.problems,
        "problems": [
            {"code": problem.code, "text": problem.text, "since": problem.since.isoformat()}
            for problem in state.problems
        ],
        "schedules": {
            life.name: {
                "last_ran_at": life.last_at.isoformat() if life.last_at else None,
                "next_due_at": life.next_at.isoformat(),
                "by": life.by.value if life.by else None,
            }
            for life in state.schedules
        },
        "queues": {
            name: {"count": queue.count, "oldest": queue.oldest.isoformat() if queue.oldest else None}
            for name, queue in state.queues.items()
        },
        "notes": dict(state.notes),
    }
