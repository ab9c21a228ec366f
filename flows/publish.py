"""Publish: a publication is sent to everyone it concerns; run again it fills the gaps."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from prefect import flow
from prefect.artifacts import create_markdown_artifact
from pydantic import Field

from flows.running import now, run_step
from pipeline import wiring
from pipeline.cabinet.publications import LoadedPublication, rescheduled
from pipeline.catalogue import text
from pipeline.model import Summary
from pipeline.steps import previewing
from pipeline.steps import publish as step
from pipeline.steps.context import Context


@flow(name="publish", description="Разослать публикацию: письмо с файлами и формой каждому адресату")
def publish(
    code: Annotated[str, Field(title="Код публикации", description="Имя папки в publications")],
    only: Annotated[
        list[str] | None, Field(title="Только этим логинам", description="Проба: остальные ничего не получат")
    ] = None,
    opens_at: Annotated[datetime | None, Field(title="Открыть прием", description="Если не так, как в папке")] = None,
    closes_at: Annotated[datetime | None, Field(title="Закрыть прием", description="Вместе с открытием")] = None,
    show_only: Annotated[
        bool, Field(title="Только показать", description="Ничего не отправлять: план и письма на вкладке Artifacts")
    ] = False,
    who: Annotated[str, Field(title="Кто отправляет", description="Останется на учете")] = "",
) -> dict[str, int]:
    """Publish ``publications/<code>``, to the logins ``only`` if given, in another interval if both ends are given.

    With ``show_only`` nothing is changed: the plan and the letters' texts become an artifact of the run.
    """
    loaded = wiring.publication(code)
    at = now()
    if opens_at and closes_at:
        loaded = rescheduled(loaded, opens_at, closes_at, at)
    if show_only:
        return run_step(lambda context: _show(context, loaded, at, only or ()))
    author = f"prefect:{who}" if who else "prefect"
    return run_step(lambda context: step.run(context, loaded, at, only or (), author))


def _show(context: Context, loaded: LoadedPublication, at: datetime, only: list[str] | tuple[()]) -> Summary:
    summary, _ = step.plan(context, loaded, at, only)
    made = previewing.preview(context, loaded, at, only)
    parts = [f"- {line}" for line in summary.remarks]
    for name, letter in made.texts.items():
        parts += ["", f"## {name}", "", "````text", letter.replace("\r\n", "\n"), "````"]
    title = text("preview.title", title=loaded.publication.title)
    create_markdown_artifact("\n".join([f"# {title}", "", *parts]), description=title)
    return summary
