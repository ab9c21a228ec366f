"""Pause and resume: a running mailing is stopped at once, and goes on when somebody says so."""

from __future__ import annotations

from typing import Annotated

from prefect import flow
from pydantic import Field

from flows.running import now, run_step
from pipeline.steps import pause as step

Code = Annotated[str | None, Field(title="Код публикации", description="Пусто: все рассылки")]
Who = Annotated[str, Field(title="Кто решил", description="Останется на учете")]


@flow(name="pause", description="Остановить рассылку: неотправленные письма ждут, ответы уходят")
def pause(
    reason: Annotated[str, Field(title="Причина", description="Её увидит тот, кто придет после вас")],
    who: Who,
    code: Code = None,
    answers: Annotated[bool, Field(title="Остановить и ответы")] = False,
) -> dict[str, int]:
    """Hold the campaigns of ``code`` or all of them, with ``answers`` every letter."""
    return run_step(lambda context: step.stop(context, code, reason, now(), f"prefect:{who}", answers=answers))


@flow(name="resume", description="Продолжить остановленную рассылку")
def resume(who: Who, code: Code = None) -> dict[str, int]:
    """Let the letters of ``code``, or all that was stopped, go again."""
    return run_step(lambda context: step.resume(context, code, now(), f"prefect:{who}"))
