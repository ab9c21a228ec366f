"""Letters of one campaign differ in a few words: what is the same in all of them is rendered once.

A letter is rendered with a ``Slot`` in the place of each personal value; what comes out is cut where they stand, and
the next letters of the campaign are put together from the pieces. A slot can be written out and asked whether it is
there, and nothing else: a template that does more with a personal value is rendered anew for every letter, as is one of
which the first letter does not come out the same both ways.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any, NoReturn, TypeAlias
from urllib.parse import quote

from pipeline.mail.letters.compose import Rendered

PERSONAL = ("login", "name", "code", "reply_to")
"""What differs between the letters of a campaign, all of it text."""
Values: TypeAlias = Mapping[str, Any]
"""What a template is given: JSON, with a slot for a personal value. Templates have no types."""
_CAMPAIGNS = 8
"""Campaigns of one kind that are kept."""

_OPEN, _SHUT = "\ue000", "\ue001"
_MARK = re.compile(f"{_OPEN}([thqa])([0-9]){_SHUT}")
_QUOTED_MARK = quote(_OPEN)
# One line, single blanks, nothing invisible: what tidying a letter up leaves as it is.
_SIMPLE = re.compile(r"[^\s\x00-\x1f\x7f-\xa0\ue000-\uf8ff]+(?: [^\s\x00-\x1f\x7f-\xa0\ue000-\uf8ff]+)*")


class Slot:
    """Stands for a personal value while a letter is rendered."""

    __slots__ = ("_number",)
    __hash__ = None  # type: ignore[assignment]  # nothing is to be looked up by it

    def __init__(self, number: int) -> None:
        self._number = number

    def __str__(self) -> str:
        return self._mark("t")

    def __html__(self) -> str:
        """Return the mark of a value that is to be escaped, as markupsafe asks for it."""
        return self._mark("h")

    def quoted(self, safe: str) -> str:
        """Return the mark of the value as a part of a link."""
        return self._mark("a" if safe == "@" else "q")

    def __eq__(self, other: object) -> NoReturn:
        raise TypeError("a personal value decides nothing in a letter of a campaign")

    def _mark(self, how: str) -> str:
        return f"{_OPEN}{how}{self._number}{_SHUT}"


def link_part(value: str | Slot, safe: str = "") -> str:
    """Return ``value`` percent-encoded for a link, ``safe`` characters as they are."""
    return value.quoted(safe) if isinstance(value, Slot) else quote(value, safe=safe)


_WRITTEN: Mapping[str, Callable[[str], str]] = {
    "t": lambda value: value,
    # markupsafe writes quotes as numbers
    "h": lambda value: escape(value).replace("&quot;", "&#34;").replace("&#x27;", "&#39;"),
    "q": lambda value: quote(value, safe=""),
    "a": lambda value: quote(value, safe="@"),
}


@dataclass(frozen=True, slots=True)
class _Cut:
    """A text in pieces, and what is written between them: how, and the value's number."""

    pieces: tuple[str, ...]
    places: tuple[tuple[str, int], ...]

    def filled(self, written: Mapping[tuple[str, int], str]) -> str:
        parts = [self.pieces[0]]
        for place, piece in zip(self.places, self.pieces[1:], strict=True):
            parts += (written[place], piece)
        return "".join(parts)


def _cut(text: str, *, html: bool) -> _Cut | None:
    """Cut ``text`` at the marks; None when some mark was changed on the way."""
    found = list(_MARK.finditer(text))
    if text.count(_OPEN) != len(found) or text.count(_SHUT) != len(found) or _QUOTED_MARK in text:
        return None
    ends = [0, *(mark.end() for mark in found)]
    starts = [*(mark.start() for mark in found), len(text)]
    pieces = tuple(text[end:start] for end, start in zip(ends, starts, strict=True))
    # Plain text that found its way into HTML was escaped there, and the mark has nothing to escape.
    return _Cut(pieces, tuple(("h" if html and mark[1] == "t" else mark[1], int(mark[2])) for mark in found))


@dataclass(frozen=True, slots=True)
class _Campaign:
    """A letter in pieces: ``names`` are the personal values by number."""

    names: tuple[str, ...]
    subject: _Cut
    text: _Cut
    html: _Cut
    logo: bytes

    def filled(self, data: Values) -> Rendered:
        values = [data[name] for name in self.names]
        places = {*self.subject.places, *self.text.places, *self.html.places}
        written = {(how, number): _WRITTEN[how](values[number]) for how, number in places}
        return Rendered(self.subject.filled(written), self.text.filled(written), self.html.filled(written), self.logo)


class Campaigns:
    """Renders letters by ``whole``, and what comes again and again from pieces. One object is for one thread."""

    def __init__(self, whole: Callable[[str, Values], Rendered]) -> None:
        self._whole = whole
        self._known: dict[str, list[tuple[Values, _Campaign | None]]] = {}
        self._last: dict[str, Values] = {}

    def render(self, kind: str, data: Values) -> Rendered:
        """Return the letter; the same bytes whichever way it is made."""
        names = tuple(name for name in PERSONAL if isinstance(data.get(name), str) and _SIMPLE.fullmatch(data[name]))
        common: Values = {key: value for key, value in data.items() if key not in names}
        for known, campaign in self._known.get(kind, ()):
            if known == common:
                return campaign.filled(data) if campaign is not None else self._whole(kind, data)
        rendered = self._whole(kind, data)
        # The second of its sort makes it a campaign: answers, of which each is different, are not rendered twice.
        if self._last.get(kind) == common and names:
            campaigns = self._known.setdefault(kind, [])
            campaigns.insert(0, (common, self._learn(kind, data, names, rendered)))
            del campaigns[_CAMPAIGNS:]
        self._last[kind] = common
        return rendered

    def _learn(self, kind: str, data: Values, names: tuple[str, ...], rendered: Rendered) -> _Campaign | None:
        slots = {name: Slot(number) for number, name in enumerate(names)}
        try:
            marked = self._whole(kind, {**data, **slots})
        except Exception:  # noqa: BLE001 - whatever a template does with a value beyond writing it: then as a whole
            return None
        cuts = _cut(marked.subject, html=False), _cut(marked.text, html=False), _cut(marked.html, html=True)
        subject, text, html = cuts
        if subject is None or text is None or html is None:
            return None
        campaign = _Campaign(names, subject, text, html, rendered.logo)
        return campaign if campaign.filled(data) == rendered else None
