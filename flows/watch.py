"""Watch: mail is answered within seconds of its coming."""

from __future__ import annotations

from prefect import flow
from pydantic import Field

from flows.forms import RunForm
from flows.running import opened
from pipeline import wiring
from pipeline.catalogue import text
from pipeline.watching import watch_for


class Watching(RunForm):
    """What the form of the run asks for."""

    hours: float = Field(default=12, title=text("flow.field.hours"), gt=0, le=168)


@flow(name="watch", description=text("flow.watch"))
def watch(options: Watching | None = None) -> None:
    """Wait for mail and answer it at once, for so many hours; runs beside the scheduled exchange without harm."""
    hours = (options or Watching()).hours
    settings = wiring.load_settings()
    with opened() as context:
        watch_for(context, hours * 3600, settings.watch_poll)
