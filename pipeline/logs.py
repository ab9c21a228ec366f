"""Structured logs: one event a line with a stable name. Never cell values, never secrets."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import structlog


def configure(file: Path | None = None, *, verbose: bool = False) -> None:
    """Send events as JSON lines to ``file``, or to standard error when there is none.

    On standard error only warnings and worse are written unless ``verbose``; a file gets everything.
    """
    level = logging.INFO if verbose or file is not None else logging.WARNING
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=file.open("a", encoding="utf-8") if file else sys.stderr),
        cache_logger_on_first_use=False,
    )
