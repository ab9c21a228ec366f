"""What every flow does around its step: the context of the environment, the clock, the summary in the log."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import structlog
from prefect.artifacts import create_markdown_artifact

from pipeline import wiring
from pipeline.model import Summary
from pipeline.steps.context import Context

log = structlog.get_logger()


def now() -> datetime:
    """Return the present instant, aware UTC."""
    return datetime.now(UTC)


def run_step(run: Callable[[Context], Summary]) -> dict[str, int]:
    """Run one step in the context of the environment and return its counts."""
    with wiring.context() as context:
        summary = run(context)
    log.info("step.done", step=summary.step, remarks=list(summary.remarks), **summary.counts)
    return dict(summary.counts)


def leave_summary(title: str, summary: Summary) -> Summary:
    """Put what a step says for people on the run's page (tab «Artifacts») and return it; Prefect's log is English."""
    create_markdown_artifact(
        "\n".join([f"# {title}", "", *(f"- {line}" for line in summary.remarks)]), description=title
    )
    return summary
