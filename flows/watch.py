"""Watch: mail is answered within seconds of its coming."""

from __future__ import annotations

from typing import Annotated

from prefect import flow
from pydantic import Field

from pipeline import wiring
from pipeline.catalogue import text
from pipeline.watching import watch_for


@flow(name="watch", description=text("flow.watch"))
def watch(hours: Annotated[float, Field(title=text("flow.field.hours"), gt=0, le=168)] = 12) -> None:
    """Wait for mail and answer it at once, for so many hours; runs beside the scheduled exchange without harm."""
    settings = wiring.load_settings()
    with wiring.context(settings) as context:
        watch_for(context, hours * 3600, settings.watch_poll)
