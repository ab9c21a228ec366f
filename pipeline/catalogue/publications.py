"""Sentences of the area «publications»."""

from __future__ import annotations

MESSAGES: dict[str, str] = {}
