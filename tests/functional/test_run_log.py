"""The log of a run holds our own lines: no traceback, and none of the sentences of Prefect's engine."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest

from flows import telling
from pipeline.steps.base.progress import Work


class Kept(logging.Handler):
    """What gets to Prefect."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the line with all that a formatter adds to it."""
        self.lines.append(self.format(record))


@pytest.fixture
def kept() -> Iterator[Kept]:
    """The handler of the log of runs, which is given back as it was."""
    logger, handler = logging.getLogger("prefect.flow_runs"), Kept()
    before = logger.level, logger.propagate, list(logger.filters), logger.handlers
    logger.handlers = [handler]
    telling.keep_quiet()
    telling.keep_quiet()  # twice is once
    yield handler
    logger.setLevel(before[0])
    logger.propagate, logger.filters, logger.handlers = before[1:]


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run works."""
    monkeypatch.setattr(telling, "get_run_logger", lambda: logging.getLogger("prefect.flow_runs"))


@pytest.mark.usefixtures("said")
def test_a_fault_shows_one_sentence_and_no_traceback(kept: Kept) -> None:
    logger = logging.getLogger("prefect.flow_runs")
    try:
        raise ValueError("secret")
    except ValueError as error:
        logger.exception("Encountered exception during execution: %r", error)
        telling.say("Сбора «x» нет: ann@school.test.", logging.ERROR)
    logger.info("Beginning flow run")
    logger.error("Finished in state Failed('x')")
    logger.error("Crash detected! Execution was aborted")
    assert kept.lines == ["Сбора «x» нет: a…@school.test.", "Crash detected! Execution was aborted"]


@pytest.mark.usefixtures("said")
def test_long_work_says_lines_and_changes_one_artifact_in_place(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[tuple[UUID, float, str]] = []

    def create(progress: float, key: str, description: str) -> UUID:
        assert key == telling.PROGRESS
        shown.append((uuid4(), progress, description))
        return shown[0][0]

    monkeypatch.setattr(telling, "create_progress_artifact", create)
    monkeypatch.setattr(telling, "update_progress_artifact", lambda *changed: shown.append(changed))
    seconds = iter(range(0, 10_000, 10))
    meter = telling.meter(lambda: float(next(seconds)))
    for done in range(1, 5):
        meter(Work.SENT, done, 4)
    assert [round(percent) for _, percent, _ in shown] == [50, 75, 100]
    assert {number for number, _, _ in shown} == {shown[0][0]}
    assert [words for _, _, words in shown] == kept.lines
    assert "закончим в" in kept.lines[0]


@pytest.mark.usefixtures("said")
def test_a_server_that_is_away_ends_no_work(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> UUID:
        raise OSError("away")

    monkeypatch.setattr(telling, "create_progress_artifact", away)
    seconds = iter(range(0, 10_000, 10))
    meter = telling.meter(lambda: float(next(seconds)))
    for done in range(1, 5):
        meter(Work.SENT, done, 4)
    assert len(kept.lines) == 3
