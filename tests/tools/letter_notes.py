"""What was found in each letter when its pictures were looked at, and what was mended; goes into docs/pictures."""

from __future__ import annotations

HEADING = "## Письма"
INTRODUCTION = "x"
NOTES: dict[str, str] = {}
