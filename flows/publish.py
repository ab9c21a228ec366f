"""Publish: a publication is sent to everyone it concerns, or shown; run again it fills the gaps."""

from __future__ import annotations

from datetime import datetime

from prefect import flow
from prefect.artifacts import create_markdown_artifact
from pydantic import Field

from flows.forms import RunForm, in_moscow
from flows.running import now, run_step
from pipeline import wiring
from pipeline.cabinet.publications import LoadedPublication, rescheduled
from pipeline.catalogue import text
from pipeline.model import Summary
from pipeline.steps import previewing
from pipeline.steps import publish as step
from pipeline.steps.context import Context


class Publishing(RunForm):
    """What the form of the run asks for. A moment without a zone is Moscow's."""

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
    opens_at: datetime | None = Field(
        default=None, title=text("flow.field.opens_at"), description=text("flow.field.opens_at.hint")
    )
    closes_at: datetime | None = Field(
        default=None, title=text("flow.field.closes_at"), description=text("flow.field.closes_at.hint")
    )
    who: str = Field(default="", title=text("flow.field.publishing.who"), description=text("flow.field.who.hint"))


@flow(name="publish", description=text("flow.publish"))
def publish(options: Publishing) -> dict[str, int]:
    """Publish ``publications/<code>``, in another interval if both ends are given, or show what would be sent.

    To be shown only, nothing is changed: the plan and the letters' texts become an artifact of the run.
    """
    loaded, at = wiring.publication(options.code), now()
    if options.opens_at and options.closes_at:
        loaded = rescheduled(loaded, in_moscow(options.opens_at), in_moscow(options.closes_at), at)
    if options.show_only:
        return run_step(lambda context: _show(context, loaded, at, options.only))
    who = f"prefect:{options.who}" if options.who else "prefect"
    return run_step(lambda context: step.run(context, loaded, at, options.only, who))


def _show(context: Context, loaded: LoadedPublication, at: datetime, only: list[str]) -> Summary:
    summary, _ = step.plan(context, loaded, at, only)
    made = previewing.preview(context, loaded, at, only)
    title = text("preview.title", title=loaded.publication.title)
    parts = [f"# {title}", "", *(f"- {line}" for line in summary.remarks)]
    for name, letter in made.texts.items():
        parts += ["", f"## {name}", "", "````text", letter, "````"]
    create_markdown_artifact("\n".join(parts), description=title)
    return summary
