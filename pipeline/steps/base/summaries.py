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
    step = shown or summary.step
    line = ", ".join(_said(summary, step))
    if line:
        figures = f"{line[:1].upper()}{line[1:]}."
    else:  # without figures a remark says why nothing came of it
        idle = None if summary.remarks and not summary.counts else _words(f"{step}.none")
        figures = idle or text("did.none")
    return f"{_words(step) or ''} {figures}".strip()


def figures(summary: Summary) -> dict[str, int]:
    """Return the figures of ``in_words`` by their names: «Отправлено» → 5."""
    return {
        f"{name[:1].upper()}{name[1:]}": int(count)
        for name, _, count in (said.rpartition(": ") for said in _said(summary, summary.step))
    }


def _said(summary: Summary, step: str) -> list[str]:
    """Each figure that is not zero in words; those without words are summed up."""
    others, said = 0, list[str]()
    for name, count in summary.counts.items():
        if count and name not in _ELSEWHERE.get(summary.step, ()):
            words = _words(f"{step}.{name}", count)
            others += 0 if words else count
            said += [words] if words else []
    return [*said, text("did.others", count=others)] if others else said


def _words(key: str, count: int = 0) -> str | None:
    code = f"did.{key}"
    return text(code, count=count) if has(code) else None
