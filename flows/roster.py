"""Roster: the list of organisations and coordinators is taken in."""

from __future__ import annotations

from pathlib import Path

from prefect import flow

from flows.running import now, run_step
from pipeline import wiring
from pipeline.steps import roster as step


@flow(name="roster", description="Загрузить список организаций и координаторов из файла XLSX или CSV")
def import_roster(path: str) -> dict[str, int]:
    """Import the roster in the file ``path``."""
    report = wiring.roster(Path(path))
    return run_step(lambda context: step.run(context, report, now()))
