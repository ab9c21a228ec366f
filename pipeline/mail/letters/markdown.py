"""An announcement's Markdown → HTML for a letter and the same words as plain text.

Raw HTML is shown as text, pictures become links (a letter fetches nothing), and only web and mail addresses stay links.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

_PARSER = MarkdownIt("commonmark", {"html": False}).enable("table")
_FINDER = MarkdownIt("commonmark", {"html": True}).enable("table")  # it only tells where HTML is, and makes nothing
_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9-]*)|<(!--|[!?])")
_LINK = re.compile(r"(?:https?://|mailto:)\S+", re.IGNORECASE)
_ATTRIBUTE = re.compile(r'(?<![a-z-])([a-z-]+)="([^"]*)"')
_HEADINGS = {"h1": "h2", "h2": "h2", "h3": "h3", "h4": "h3", "h5": "h3", "h6": "h3"}


def to_html(source: str, attributes: Mapping[str, str]) -> Markup:
    """Return ``source`` as HTML; ``attributes`` gives a tag's attributes as text, as ``{"p": 'style="margin:0"'}``.

    Headings start at h2: the letter's own headline is the only h1.
    """
    return _html(source, tuple((tag, str(text)) for tag, text in attributes.items()))


@lru_cache(maxsize=64)  # a campaign renders the same announcement thousands of times
def _html(source: str, attributes: tuple[tuple[str, str], ...]) -> Markup:
    wanted = {tag: dict(_ATTRIBUTE.findall(text)) for tag, text in attributes}
    tokens = _PARSER.parse(source)
    for token in _flat(tokens):
        token.tag = _HEADINGS.get(token.tag, token.tag)
        for name, value in wanted.get(token.tag, {}).items():
            if token.nesting != -1:
                token.attrSet(name, value)
    return Markup(_PARSER.renderer.render(tokens, _PARSER.options, {}))  # noqa: S704 - made by the renderer, html off


@lru_cache(maxsize=64)
def to_text(source: str) -> str:
    """Return ``source`` as plain text: blank lines between blocks, «•» and numbers for lists, addresses in brackets."""
    writer = _TextWriter()
    for token in _PARSER.parse(source):
        writer.take(token)
    return "\n".join(writer.lines).strip("\n")


def raw_html(source: str) -> list[tuple[int, str]]:
    """Return (line from 0, name of the tag or «!--») of all raw HTML in ``source``: letters show it as text.

    Code and addresses in angle brackets are none.
    """
    found: list[tuple[int, str]] = []
    for token in _FINDER.parse(source):
        line = token.map[0] if token.map else 0
        if token.type == "html_block":
            for number, written in enumerate(token.content.split("\n"), start=line):
                found += [(number, tag[1] or tag[2]) for tag in _TAG.finditer(written)]
        for child in token.children or ():
            if child.type == "html_inline":
                found += [(line, tag[1] or tag[2]) for tag in [_TAG.match(child.content)] if tag]
            line += 1 if child.type in ("softbreak", "hardbreak") else child.content.count("\n")
    return found


class _Marker:
    """The sign of one list level: «•» or the next number, shown once an item, then blanks of its width."""

    def __init__(self, number: int | None) -> None:
        self.number = number
        self.sign = ""

    def begin(self) -> None:
        self.sign = "• " if self.number is None else f"{self.number}. "
        if self.number is not None:
            self.number += 1

    def take(self) -> str:
        sign, self.sign = self.sign, " " * len(self.sign)
        return sign


class _TextWriter:
    """Takes the tokens of a parsed text one by one and grows ``lines``."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._lists: list[_Marker] = []
        self._quotes = 0
        self._cells: list[str] | None = None

    def take(self, token: Token) -> None:
        method = getattr(self, f"_{token.type}", None)
        if method is not None:
            method(token)

    def _bullet_list_open(self, _: Token) -> None:
        self._lists.append(_Marker(None))

    def _ordered_list_open(self, token: Token) -> None:
        self._lists.append(_Marker(int(token.attrGet("start") or 1)))

    def _list_item_open(self, _: Token) -> None:
        self._lists[-1].begin()

    def _bullet_list_close(self, _: Token) -> None:
        self._lists.pop()
        if not self._lists:
            self.lines.append("")

    _ordered_list_close = _bullet_list_close

    def _blockquote_open(self, token: Token) -> None:
        self._quotes += token.nesting

    _blockquote_close = _blockquote_open

    def _tr_open(self, _: Token) -> None:
        self._cells = []

    def _tr_close(self, _: Token) -> None:
        self.lines.append(" | ".join(self._cells or ()))
        self._cells = None

    def _table_close(self, _: Token) -> None:
        self.lines.append("")

    def _hr(self, _: Token) -> None:
        self.lines += ["----------", ""]

    def _fence(self, token: Token) -> None:
        self.lines += [*token.content.rstrip("\n").split("\n"), ""]

    _code_block = _fence

    def _inline(self, token: Token) -> None:
        words = _words(_linked(token.children or ()))
        if self._cells is not None:
            self._cells.append(words)
            return
        head = "> " * self._quotes + "".join(marker.take() for marker in self._lists)
        rest = " " * len(head) if self._lists else head
        self.lines += [(rest if number else head) + line for number, line in enumerate(words.split("\n"))]
        if not self._lists:
            self.lines.append("")


def _words(tokens: Iterable[Token]) -> str:
    parts: list[str] = []
    address = ""
    start = 0
    for token in tokens:
        if token.type == "link_open":
            address, start = str(token.attrGet("href")).removeprefix("mailto:"), len(parts)
        elif token.type == "link_close":
            if address != "".join(parts[start:]):
                parts.append(f" ({address})")
        else:
            parts.append({"softbreak": " ", "hardbreak": "\n"}.get(token.type, token.content))
    return "".join(parts)


def _flat(tokens: Sequence[Token]) -> Iterable[Token]:
    """Every token of a parsed text, with the inline ones made safe on the way."""
    for token in tokens:
        yield token
        if token.children:
            token.children = _linked(token.children)
            yield from token.children


def _linked(tokens: Iterable[Token]) -> list[Token]:
    """Pictures as links, and links that lead nowhere outside as their words."""
    made: list[Token] = []
    dropped = 0
    for token in tokens:
        if token.type == "image":
            address = str(token.attrGet("src") or "")
            label = Token("text", "", 0, content=token.content or address)
            made += _anchor(address, label) if _LINK.fullmatch(address) else [label]
        elif token.type == "link_open" and not _LINK.fullmatch(str(token.attrGet("href") or "")):
            dropped += 1
        elif token.type == "link_close" and dropped:
            dropped -= 1
        else:
            made.append(token)
    return made


def _anchor(address: str, label: Token) -> list[Token]:
    return [Token("link_open", "a", 1, attrs={"href": address}), label, Token("link_close", "a", -1)]
