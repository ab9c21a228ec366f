"""How commands print: one JSON object a line, or short Russian lines."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from pipeline import private as files
from pipeline.errors import ConfigurationError
from pipeline.model import Summary
from pipeline.model.json import Json
from pipeline.steps.base.summaries import Shown, in_words


def now() -> datetime:
    """Return the present instant, aware UTC."""
    return datetime.now(UTC)


def say(line: str) -> None:
    """Print one line for a person, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def emit(record: Mapping[str, Json]) -> None:
    """Print one JSON object on a line of its own."""
    say(json.dumps(record, ensure_ascii=False))


def report(summary: Summary, *, as_json: bool, shown: Shown | None = None) -> None:
    """Print what a step did, or with ``shown`` what it would do."""
    if as_json:
        emit({"step": summary.step, **summary.counts, "remarks": list(summary.remarks)})
        return
    say(in_words(summary, shown))
    for remark in summary.remarks:
        say(f"  {remark}")


def write(path: Path, data: bytes, *, private: bool) -> None:
    """Write a file that was asked for; ``private`` when it holds data of people or organisations, or tags.

    Raises ConfigurationError when it cannot be written.
    """
    try:
        files.write_named(path, data, private=private)
    except OSError as error:
        raise ConfigurationError("file.unwritable", path=path, reason=error.strerror or "") from error
