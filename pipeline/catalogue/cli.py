"""Sentences of the area «cli»."""

from __future__ import annotations

MESSAGES: dict[str, str] = {}
