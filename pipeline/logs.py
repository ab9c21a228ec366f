"""Structured logs: one event a line with a stable name. Never cell values, never secrets."""

from __future__ import annotations

import atexit
import logging
import os
import sys
from pathlib import Path
from typing import TextIO

import structlog

from pipeline import private


def configure(file: Path | None = None, *, verbose: bool = False) -> None:
    """Send events as JSON lines to ``file``, or to standard error when there is none.

    On standard error only warnings and worse are written unless ``verbose``; a file gets everything.
    Raises OSError when the file cannot be opened.
    """
    level = logging.INFO if verbose or file is not None else logging.WARNING
    output = _appending(file) if file is not None else sys.stderr
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=output),
        cache_logger_on_first_use=False,
    )


def _appending(file: Path) -> TextIO:
    """Open a log that stays open to the end of the process."""
    opened = os.fdopen(private.open_appending(file), "a", encoding="utf-8")
    atexit.register(opened.close)
    return opened
