"""Sentences of the area «workbooks»: what stands in a form beside its data, and why a file could not be read."""

from __future__ import annotations

MESSAGES: dict[str, str] = {}
