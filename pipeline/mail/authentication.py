"""What our own mail server found about the writer: Authentication-Results (RFC 8601), read to the letter.

The header is our server's, but the sender chooses parts of it: the envelope address, the name given in HELO, the
address in From. So what is not written by the grammar counts as unclear, never as no verdict (M29).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from pipeline.mail.addresses import to_ascii
from pipeline.mail.message.parse import ParsedMessage

FIELD = "authentication-results"
LONGEST = 20_000  # bytes; no server writes more about one message
_BEYOND = "\u0080-\U0010ffff"  # RFC 6532 and RFC 8616: letters beyond ASCII where RFC 5322 has atext
_KEYWORD = re.compile(r"(?<![A-Za-z0-9-])[A-Za-z0-9-]*[A-Za-z0-9]")
_TOKEN = re.compile(rf"[!#$%&'*+.^_`{{|}}~0-9A-Za-z{_BEYOND}-]+")
_ATEXT = rf"[!#$%&'*+/=?^_`{{|}}~0-9A-Za-z{_BEYOND}-]+"
_LOCAL = re.compile(rf"{_ATEXT}(?:\.{_ATEXT})*")
_LET_DIG = rf"[0-9A-Za-z{_BEYOND}]"
_LABEL = rf"{_LET_DIG}(?:[0-9A-Za-z{_BEYOND}-]*{_LET_DIG})?"
_DOMAIN = re.compile(rf"(?<![0-9A-Za-z{_BEYOND}-]){_LABEL}(?:\.{_LABEL})+")
_VERSION = re.compile(r"[0-9]+")
# Two values that servers write without the quotes they need: a piece of a signature, and an address of IP version 6.
# Neither can hold what parts a header, so both are read as they stand.
_SIGNATURE = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_IP = re.compile(r"[0-9A-Fa-f:]+(?:\.[0-9]+)*")
_END_OF_VALUE = re.compile(r"[\s;(]|\Z")


@dataclass(frozen=True, slots=True)
class Property:
    """``header.from=school.test``: three lower-case words but for the value, which is without quotes."""

    kind: str
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Result:
    """One method and what it found, both in lower case: ``dmarc``, ``pass``."""

    method: str
    found: str
    properties: tuple[Property, ...] = ()


@dataclass(frozen=True, slots=True)
class Findings:
    """One header: the name of the server that wrote it, lower-case, and its results."""

    server: str
    results: tuple[Result, ...]


class Signature(NamedTuple):
    """Under which name a server signs its checks, None without any that can be read, and whether the rest can be."""

    server: str | None
    readable: bool = True


class UnreadableError(Exception):
    """A header that is not written by the grammar of RFC 8601; ``server`` is the name that it begins with, or None.

    ``text`` is what is there, in lower case.
    """

    def __init__(self, server: str | None, text: str) -> None:
        self.server, self.text = server, text
        super().__init__(server)


def read(raw: bytes) -> Findings:
    """Return what one unfolded Authentication-Results says. Raises UnreadableError and nothing else."""
    server = None
    try:
        reader = _Reader(_decoded(raw))
        server = reader.server()
        return Findings(server, tuple(reader.results()))
    except _SyntaxFault:
        raise UnreadableError(server, raw[:LONGEST].decode("utf-8", "replace").lower()) from None


def dmarc_verdict(message: ParsedMessage, authserv_id: str | None) -> str:
    """Return ``pass``, ``fail``, ``none`` or ``unclear``: what our own mail server found about the domain of From.

    Only the run of headers above everything that came from outside counts, and only with ``authserv_id``; the domain
    judged must be that of From (M24). Of several verdicts the worst counts. ``unclear``: such a header cannot be read,
    or names From differently. A failure, or an unreadable header, with our name is believed anywhere when nothing above
    it is: nobody forges one against themselves, and a foreign header on top must not hide it.
    """
    if not authserv_id:
        return "none"
    ours = authserv_id.lower()
    domain = (message.sender or "").rpartition("@")[2]
    found = [verdict for item in _topmost(message, ours) for verdict in _verdicts(item, domain)]
    if not any(verdict != "none" for verdict in found):
        below = [verdict for item in _all(message) if _is_ours(item, ours) for verdict in _verdicts(item, domain)]
        found += [verdict for verdict in below if verdict in ("fail", "unclear")]
    return next((verdict for verdict in ("fail", "unclear", "none", "pass") if verdict in found), "none")


def signature(message: ParsedMessage) -> Signature:
    """Return the name in the topmost Authentication-Results, and whether that header is written by the grammar.

    It proves nothing: it tells an administrator what their own server writes (RFC 8601, 2.5).
    """
    for item in _all(message):
        return Signature(item.server, readable=isinstance(item, Findings))
    return Signature(None)


_Read = Findings | UnreadableError


def _all(message: ParsedMessage) -> Iterator[_Read]:
    return (_tried(raw) for name, raw in message.headers.fields if name.lower() == FIELD)


def _tried(raw: bytes) -> _Read:
    try:
        return read(raw)
    except UnreadableError as error:
        return error


def _topmost(message: ParsedMessage, ours: str) -> Iterator[_Read]:
    """The topmost header and those directly below it that are ours too (one filter, one header)."""
    begun = False
    for name, raw in message.headers.fields:
        lower = name.lower()
        if lower == "received" and begun:
            return
        if lower != FIELD:
            continue
        item = _tried(raw)
        if not _is_ours(item, ours):
            return
        begun = True
        yield item


def _is_ours(item: _Read, ours: str) -> bool:
    """Whether a header is of our server; one that cannot be read to its name is when it names ours at all."""
    if isinstance(item, UnreadableError) and item.server is None:
        return ours in item.text
    return item.server == ours


def _verdicts(item: _Read, domain: str) -> list[str]:
    """What a header says of DMARC, as often as it does."""
    if isinstance(item, UnreadableError):
        return ["unclear"]
    return [_of_result(result, domain) for result in item.results if result.method == "dmarc"]


def _of_result(result: Result, domain: str) -> str:
    judged = {
        to_ascii(item.value.rpartition("@")[2])
        for item in result.properties
        if (item.kind, item.name) == ("header", "from")
    }
    if result.found == "fail" or (judged and judged != {domain}):
        return "fail"
    return "pass" if result.found == "pass" and judged else "none"


# The grammar of RFC 8601, 2.2


class _SyntaxFault(Exception):  # noqa: N818 - a signal inside this module
    """What is read is not written by the grammar."""


def _decoded(raw: bytes) -> str:
    if len(raw) > LONGEST:
        raise _SyntaxFault
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise _SyntaxFault from None
    if any((letter < " " and letter != "\t") or "\x7f" <= letter <= "\x9f" for letter in text):
        raise _SyntaxFault
    return text


class _Reader:
    """Reads one header from left to right; each step takes what the grammar has next, or raises _SyntaxFault."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def server(self) -> str:
        """``authserv-id [version]``."""
        self._blanks()
        name = self._value()
        if not self._blanks() and self._more(";") is False:
            raise _SyntaxFault
        if self._found(_VERSION):
            self._blanks()
        return name.lower()

    def results(self) -> Iterator[Result]:
        """``; none``, or one result after another, to the end."""
        first = True
        while first or self._at < len(self._text):
            self._sign(";")
            self._blanks()
            method = self._keyword()
            blank = self._blanks()
            if first and method == "none" and self._at == len(self._text):
                return
            yield self._result(method, blank=blank)
            first = False

    def _result(self, method: str, *, blank: bool) -> Result:
        if self._more("/"):
            self._sign("/")
            self._blanks()
            if not self._found(_VERSION):
                raise _SyntaxFault
            blank = self._blanks()
        self._sign("=")
        self._blanks()
        found = self._keyword()
        properties: list[Property] = []
        blank, reasoned = self._blanks(), False
        while self._at < len(self._text) and not self._more(";"):
            if not blank:
                raise _SyntaxFault
            word = self._keyword()
            self._blanks()
            if word == "reason" and self._more("=") and not properties and not reasoned:
                self._sign("=")
                self._blanks()
                self._value()
                reasoned = True
            else:
                properties.append(self._property(word))
            blank = self._blanks() or self._text[self._at - 1] == '"'
        return Result(method, found, tuple(properties))

    def _property(self, kind: str) -> Property:
        self._sign(".")
        self._blanks()
        name = self._keyword()
        self._blanks()
        self._sign("=")
        self._blanks()
        return Property(kind, name, self._pvalue(kind, name))

    def _pvalue(self, kind: str, name: str) -> str:
        if self._more("@"):
            return self._address("")
        if self._more('"'):
            quoted = self._quoted()
            return self._address(quoted) if self._more("@") else quoted
        local = _LOCAL.match(self._text, self._at)
        if local and self._text.startswith("@", local.end()):
            self._at = local.end()
            return self._address(local[0])
        for pattern, allowed in (
            (_TOKEN, True),
            (_SIGNATURE, (kind, name) == ("header", "b")),
            (_IP, name == "iprev" or name.endswith("ip")),
        ):
            match = pattern.match(self._text, self._at) if allowed else None
            if match and _END_OF_VALUE.match(self._text, match.end()):
                self._at = match.end()
                return match[0]
        raise _SyntaxFault

    def _address(self, local: str) -> str:
        self._sign("@")
        domain = self._found(_DOMAIN)
        if not domain:
            raise _SyntaxFault
        return f"{local}@{domain}"

    def _value(self) -> str:
        return self._quoted() if self._more('"') else self._needed(_TOKEN)

    def _keyword(self) -> str:
        return self._needed(_KEYWORD).lower()

    def _quoted(self) -> str:
        self._sign('"')
        letters: list[str] = []
        while not self._more('"'):
            if self._more("\\"):
                self._at += 1
            if self._at >= len(self._text):
                raise _SyntaxFault
            letters.append(self._text[self._at])
            self._at += 1
        self._sign('"')
        return "".join(letters)

    def _blanks(self) -> bool:
        """Pass over white space and comments; whether there were any."""
        began, depth = self._at, 0
        while self._at < len(self._text):
            letter = self._text[self._at]
            if letter == "(":
                depth += 1
            elif letter == ")" and depth:
                depth -= 1
            elif letter == "\\" and depth:
                self._at += 1
            elif not depth and letter not in " \t":
                break
            self._at += 1
        if depth or self._at > len(self._text):
            raise _SyntaxFault
        return self._at > began

    def _found(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        if match is None:
            return ""
        self._at = match.end()
        return match[0]

    def _needed(self, pattern: re.Pattern[str]) -> str:
        if not (found := self._found(pattern)):
            raise _SyntaxFault
        return found

    def _more(self, sign: str) -> bool:
        return self._text.startswith(sign, self._at)

    def _sign(self, sign: str) -> None:
        if not self._more(sign):
            raise _SyntaxFault
        self._at += 1
