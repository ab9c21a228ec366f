"""A picture of how a collection goes: bars by day towards the deadline. It holds figures and dates, nobody's text."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from pipeline.catalogue import MOSCOW
from pipeline.console.campaign import CollectionNow, bars

_WIDE, _HIGH = 480, 230
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 10, 24, 34
_INK, _BAR, _LINE = "#1f2933", "#1a7f37", "#9aa5b1"
_SIZE = 15  # of letters: on a phone two thirds of it are left


def picture(item: CollectionNow) -> str:
    """Return the chart as an address that holds the picture itself (``data:``), for an image in Markdown."""
    drawn = _drawn(item).encode("utf-8")
    return f"data:image/svg+xml;base64,{base64.b64encode(drawn).decode('ascii')}"


def _drawn(item: CollectionNow) -> str:
    room, total = bars(item.standing.opens_at, item.standing.closes_at), max(item.counts.total, 1)
    wide, high = _WIDE - _LEFT - _RIGHT, _HIGH - _TOP - _BOTTOM
    floor, step = _TOP + high, wide / max(room, len(item.progress))
    gap = min(6.0, step / 4)
    parts = [
        f'<rect width="{_WIDE}" height="{_HIGH}" rx="8" fill="#fff"/>',
        # What is still to come: an empty field up to the deadline, so that the bars show how much time is left.
        f'<rect x="{_LEFT}" y="{_TOP}" width="{wide}" height="{high}" fill="#f5f7fa"/>',
    ]
    for place, point in enumerate(item.progress):
        tall = high * min(point.handed_in / total, 1)
        x = _LEFT + place * step + gap / 2
        parts.append(
            f'<rect x="{x:.1f}" y="{floor - tall:.1f}" width="{step - gap:.1f}" height="{tall:.1f}" fill="{_BAR}"/>'
        )
    parts += [
        f'<line x1="{_LEFT}" y1="{_TOP}" x2="{_WIDE - _RIGHT}" y2="{_TOP}" stroke="{_LINE}" stroke-dasharray="5 4"/>',
        f'<line x1="{_LEFT}" y1="{floor}" x2="{_WIDE - _RIGHT}" y2="{floor}" stroke="{_LINE}"/>',
        _words(_LEFT - 8, _TOP + 5, str(item.counts.total), "end"),
        _words(_LEFT - 8, floor + 5, "0", "end"),
    ]
    last = item.progress[-1]
    x = _LEFT + (len(item.progress) - 0.5) * step
    y = max(floor - high * min(last.handed_in / total, 1) - 6, _TOP + 18)
    anchor = "end" if x > _WIDE - 60 else "start" if x < _LEFT + 30 else "middle"
    if last.handed_in / total < 0.85:
        parts.append(_words(x, y, str(last.handed_in), anchor, bold=True))
    parts += _dates(item, floor)
    body = "".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDE}" height="{_HIGH}" viewBox="0 0 {_WIDE} {_HIGH}" '
        f'font-family="sans-serif" font-size="{_SIZE}">{body}</svg>'
    )


def _dates(item: CollectionNow, floor: float) -> Sequence[str]:
    opens, closes = (f"{at.astimezone(MOSCOW):%d.%m}" for at in (item.standing.opens_at, item.standing.closes_at))
    under = floor + 22
    if opens == closes:
        return [_words((_LEFT + _WIDE - _RIGHT) / 2, under, opens, "middle")]
    return [_words(_LEFT, under, opens, "start"), _words(_WIDE - _RIGHT, under, closes, "end")]


def _words(x: float, y: float, said: str, anchor: str, *, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{_INK}"{weight}>{said}</text>'
