"""Publish: a publication is sent to everyone it concerns, or shown; run again it fills the gaps."""

from __future__ import annotations

from datetime import datetime

from prefect import flow
from prefect.artifacts import create_markdown_artifact
from pydantic import Field

from flows.forms import RunForm, Typed
from flows.running import covered, leave_summary, now, run_step
from pipeline import sources
from pipeline.cabinet.instants import read_interval
from pipeline.cabinet.publications import LoadedPublication, rescheduled
from pipeline.catalogue import text
from pipeline.model import Summary
from pipeline.steps import preview
from pipeline.steps import publish as step
from pipeline.steps.base.context import Context


class Publishing(RunForm):
    """What the form of the run asks for."""

    code: str = Field(title=text("flow.field.code"), description=text("flow.field.publishing.code.hint"))
    show_only: bool = Field(
        default=False,
        title=text("flow.field.show_only"),
        description=text("flow.field.show_only.hint"),
    )
    only: list[str] = Field(
        default=[],
        title=text("flow.field.only"),
        description=text("flow.field.only.hint"),
    )
    opens_at: Typed = Field(default="", title=text("flow.field.opens_at"), description=text("flow.field.opens_at.hint"))
    closes_at: Typed = Field(
        default="", title=text("flow.field.closes_at"), description=text("flow.field.closes_at.hint")
    )
    who: str = Field(default="", title=text("flow.field.publishing.who"), description=text("flow.field.who.hint"))


@flow(name="publish", description=text("flow.publish"))
def publish(options: Publishing) -> dict[str, int]:
    """Publish ``publications/<code>``, in another interval if both ends are given, or show what would be sent.

    To be shown only, nothing is changed: the plan and the letters' texts become an artifact of the run.
    """
    at, fields = now(), (text("flow.field.opens_at"), text("flow.field.closes_at"))
    interval = read_interval(options.opens_at, options.closes_at, fields, at)
    loaded = sources.publication(options.code)
    if interval:
        loaded = rescheduled(loaded, *interval, at)
    if options.show_only:
        return run_step(lambda context: _show(context, loaded, at, options.only))
    who = f"prefect:{options.who}" if options.who else "prefect"
    title = text("flow.form.publishing")
    return run_step(lambda context: leave_summary(title, step.run(context, loaded, at, options.only, who)))


def _show(context: Context, loaded: LoadedPublication, at: datetime, only: list[str]) -> Summary:
    summary, _ = step.plan(context, loaded, at, only)
    made = preview.preview(context, loaded, at, only)
    title = text("preview.title", title=loaded.publication.title)
    parts = [f"# {title}", "", *(f"- {covered(line)}" for line in summary.remarks)]
    for name, letter in made.texts.items():
        parts += ["", f"## {name}", "", "````text", letter, "````"]
    create_markdown_artifact("\n".join(parts), description=title)
    return summary
