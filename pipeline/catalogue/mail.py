"""Sentences of the area «mail»."""

from __future__ import annotations

MESSAGES: dict[str, str] = {}
