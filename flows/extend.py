"""Extend: a deadline is moved, and what came late meanwhile is judged again."""

from __future__ import annotations

from prefect import flow
from pydantic import Field

from flows.forms import RunForm, Typed
from flows.running import leave_summary, now, run_step
from pipeline.cabinet.instants import read_instant
from pipeline.catalogue import text
from pipeline.steps import check
from pipeline.steps import extend as step


class Extending(RunForm):
    """What the form of the run asks for; without an instant the extension is withdrawn."""

    code: str = Field(title=text("flow.field.code"), description=text("flow.field.extending.code.hint"))
    until: Typed = Field(default="", title=text("flow.field.until"), description=text("flow.field.until.hint"))
    logins: list[str] = Field(default=[], title=text("flow.field.logins"), description=text("flow.field.logins.hint"))
    region: str | None = Field(
        default=None, title=text("flow.field.region"), description=text("flow.field.region.hint")
    )
    everybody: bool = Field(default=False, title=text("flow.field.everybody"))
    reason: str = Field(title=text("flow.field.reason"), description=text("flow.field.reason.hint"))
    who: str = Field(title=text("flow.field.who"), description=text("flow.field.who.hint"))


@flow(name="extend", description=text("flow.extend"))
def extend(options: Extending) -> dict[str, int]:
    """Set a closing for logins, a region or everybody, or withdraw the extension; who and why stay on record."""
    until = read_instant(options.until, text("flow.field.until"), now()) if options.until else None
    who, logins = f"prefect:{options.who}", tuple(options.logins)
    asked = step.Asked(options.code, until, who, options.reason, logins, options.region or None, options.everybody)
    title = text("flow.form.extending")
    counts = run_step(lambda context: leave_summary(title, step.run(context, asked, now())))
    if counts["reopened"]:
        run_step(lambda context: check.run(context, now()))
    return counts
