"""Pause and resume: a running mailing is stopped at once, and goes on when somebody says so."""

from __future__ import annotations

from prefect import flow
from pydantic import Field

from flows.forms import RunForm
from flows.running import now, run_step
from pipeline.catalogue import text
from pipeline.steps import pause as step


class Stop(RunForm):
    """What the form of a pause asks for."""

    reason: str = Field(title=text("flow.field.reason"), description=text("flow.field.reason.hint"))
    who: str = Field(title=text("flow.field.who"), description=text("flow.field.who.hint"))
    code: str | None = Field(default=None, title=text("flow.field.code"), description=text("flow.field.stop.code.hint"))
    answers: bool = Field(default=False, title=text("flow.field.answers"))


class Resumption(RunForm):
    """What the form of a resumption asks for."""

    who: str = Field(title=text("flow.field.who"), description=text("flow.field.who.hint"))
    code: str | None = Field(
        default=None, title=text("flow.field.code"), description=text("flow.field.resumption.code.hint")
    )


@flow(name="pause", description=text("flow.pause"))
def pause(options: Stop) -> dict[str, int]:
    """Hold the campaigns of a publication or all of them, or every letter."""
    code, who = options.code or None, f"prefect:{options.who}"
    return run_step(lambda context: step.stop(context, code, options.reason, now(), who, answers=options.answers))


@flow(name="resume", description=text("flow.resume"))
def resume(options: Resumption) -> dict[str, int]:
    """Let the letters of a publication, or all that was stopped, go again."""
    return run_step(lambda context: step.resume(context, options.code or None, now(), f"prefect:{options.who}"))
