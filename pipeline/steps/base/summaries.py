"""What a step did, as a person reads it: letters are called letters, and organisations organisations."""

from __future__ import annotations

from typing import Literal

from pipeline.catalogue import has, text
from pipeline.model import Summary

Shown = Literal["planned", "rehearsed"]
"""What was only shown: the plan of a publication, or its letters as files."""
_ELSEWHERE = {
    "publish": {"logins", "organisations", "coordinators", "no_address", "dead", "octets", "ahead", "minutes"},
    "fill": {"publications"},
    "collect": {"seen"},
}
"""Figures for machines alone: remarks tell them better, or they say nothing of what was done."""


def in_words(summary: Summary, shown: Shown | None = None) -> str:
    """Return one line: what the step is about and its figures that are not zero, or that there was nothing to do.

    A figure without words in the catalogue is counted among the others, so that no name of ours is shown.
    """
    step, others = shown or summary.step, 0
    said: list[str] = []
    for name, count in summary.counts.items():
        if count and name not in _ELSEWHERE.get(summary.step, ()):
            words = _words(f"{step}.{name}", count)
            others += 0 if words else count
            said += [words] if words else []
    if others:
        said.append(text("did.others", count=others))
    line = ", ".join(said)
    if line:
        figures = f"{line[:1].upper()}{line[1:]}."
    else:  # without figures a remark says why nothing came of it
        idle = None if summary.remarks and not summary.counts else _words(f"{step}.none")
        figures = idle or text("did.none")
    return f"{_words(step) or ''} {figures}".strip()


def _words(key: str, count: int = 0) -> str | None:
    code = f"did.{key}"
    return text(code, count=count) if has(code) else None
