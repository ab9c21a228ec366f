"""Pause and resume: a running mailing is stopped at once, and goes on when somebody says so."""

from __future__ import annotations

from prefect import flow
from pydantic import BaseModel, Field

from flows.running import now, run_step
from pipeline.steps import pause as step


class Stop(BaseModel):
    """What the form of a pause asks for."""

    reason: str = Field(title="Причина", description="Её увидит тот, кто придет после вас")
    who: str = Field(title="Кто решил", description="Останется на учете")
    code: str | None = Field(default=None, title="Код публикации", description="Пусто: все рассылки")
    answers: bool = Field(default=False, title="Остановить и ответы")


class Resumption(BaseModel):
    """What the form of a resumption asks for."""

    who: str = Field(title="Кто решил", description="Останется на учете")
    code: str | None = Field(default=None, title="Код публикации", description="Пусто: всё остановленное")


@flow(name="pause", description="Остановить рассылку: неотправленные письма ждут, ответы уходят")
def pause(options: Stop) -> dict[str, int]:
    """Hold the campaigns of a publication or all of them, or every letter."""
    code, who = options.code or None, f"prefect:{options.who}"
    return run_step(lambda context: step.stop(context, code, options.reason, now(), who, answers=options.answers))


@flow(name="resume", description="Продолжить остановленную рассылку")
def resume(options: Resumption) -> dict[str, int]:
    """Let the letters of a publication, or all that was stopped, go again."""
    return run_step(lambda context: step.resume(context, options.code or None, now(), f"prefect:{options.who}"))
