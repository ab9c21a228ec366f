"""Limits of a test: the usual ones with a few changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pipeline.steps.base.limits import Limits


def limited(limits: Limits, **groups: Mapping[str, object]) -> Limits:
    """Return ``limits`` with these fields of these groups: ``limited(Limits(), sending={"window": 8})``."""
    for name, changes in groups.items():
        limits = replace(limits, **{name: replace(getattr(limits, name), **changes)})
    return limits
