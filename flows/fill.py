"""Fill: publications still of use go to who has come since."""

from __future__ import annotations

from typing import Annotated

from prefect import flow
from pydantic import Field

from flows.running import now, run_step
from pipeline.steps import fill as step


@flow(name="fill", description="Дослать действующие публикации новым логинам и на исправленные адреса")
def fill(
    code: Annotated[str | None, Field(title="Код публикации", description="Пусто: все действующие")] = None,
) -> dict[str, int]:
    """Queue what is missing of every publication still of use, or of ``code`` alone."""
    return run_step(lambda context: step.run(context, now(), code))
