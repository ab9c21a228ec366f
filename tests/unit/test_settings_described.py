"""Every setting has its row in docs/operations.md, and every row its setting."""

from __future__ import annotations

import re
from pathlib import Path

from pipeline.settings import MoreImap, Settings

OPERATIONS = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (`KABINET_[^|]*?) \|", OPERATIONS, flags=re.MULTILINE)
NAMES = {f"KABINET_{name.upper()}" for name in Settings.model_fields if name != "more_imap"}
NUMBERED = {f"KABINET_IMAP_2_{name.upper()}" for name in MoreImap.model_fields}


def _named(row: str) -> list[set[str]]:
    """For each name of a row what it may mean: «`KABINET_SMTP_HOST`, `_PORT`» shortens later names by the first."""
    first, *others = re.findall(r"`([A-Z0-9_]+)`", row)
    words = first.split("_")
    begins = ["_".join(words[:count]) for count in range(1, len(words))]
    return [{first}, *({begin + name for begin in begins} | {name} for name in others)]


def test_every_setting_is_described() -> None:
    described = {name for row in ROWS for names in _named(row) for name in names}
    assert described >= NAMES | NUMBERED


def test_everything_described_is_a_setting() -> None:
    unknown = [names for row in ROWS for names in _named(row) if not names & (NAMES | NUMBERED)]
    assert not unknown
