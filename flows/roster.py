"""Roster: the list of organisations and coordinators is taken in, or rehearsed."""

from __future__ import annotations

from pathlib import Path

from prefect import flow
from prefect.artifacts import create_markdown_artifact
from pydantic import BaseModel, ConfigDict, Field

from flows.running import now, run_step
from pipeline import wiring
from pipeline.catalogue import text
from pipeline.model import Summary
from pipeline.steps import roster as step
from pipeline.steps.context import Context

_MOST_SHOWN = 500


class RosterImport(BaseModel):
    """What the form of the run asks for."""

    model_config = ConfigDict(
        title="Загрузка списка", json_schema_extra={"description": "Список загружают целиком, сначала пробой"}
    )

    path: str = Field(
        title="Файл списка",
        description="Путь к файлу XLSX или CSV на этой машине: Логин, Пользователь, Регион, Адреса, Роль",
    )
    dry_run: bool = Field(
        default=True,
        title="Только проба",
        description="Ничего не менять: показать, что добавится, изменится и выбудет, и все плохие строки",
    )
    allow_departures: bool = Field(
        default=False,
        title="Вывести всех, кого нет в файле",
        description="Нужно, только если в файле намеренно нет большой части списка",
    )
    who: str = Field(default="", title="Кто загружает", description="Останется на учете")


@flow(name="roster", description="Загрузить список организаций и координаторов из файла XLSX или CSV")
def import_roster(options: RosterImport) -> dict[str, int]:
    """Import the roster, or say what that would do; the report is an artifact of the run."""
    report = wiring.roster(Path(options.path))
    who = f"prefect:{options.who}" if options.who else "prefect"
    lines: list[str] = []

    def work(context: Context) -> Summary:
        if not options.dry_run:
            done = step.run(context, report, now(), departures=options.allow_departures, who=who)
            lines.extend(done.remarks)
            return done
        rehearsal = step.rehearse(context, report, departures=options.allow_departures)
        lines.extend([*rehearsal.summary.remarks, *map(step.described, rehearsal.changes)])
        return rehearsal.summary

    counts = run_step(work)
    _leave_report(options, counts, lines)
    return counts


def _leave_report(options: RosterImport, counts: dict[str, int], lines: list[str]) -> None:
    """The run's own page shows the figures and the lines, as a person reads them."""
    figures = ", ".join(text(f"roster.count_{name}", count=count) for name, count in counts.items())
    head = [text("roster.dry_run"), ""] if options.dry_run else []
    shown = [f"- {line}" for line in step.at_most(lines, _MOST_SHOWN)]
    create_markdown_artifact("\n".join([*head, figures, "", *shown]), description=Path(options.path).name)
