"""YAML that a person writes, read so that every mistake is reported with its file, line, key and the likely right word.

Scalars are taken as written, never by YAML's guess of a type: a title «Да» stays text and «2021-09-07 18:00» is an
instant only where an instant is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TypeVar

from pipeline.authoring.spelling import hint
from pipeline.authoring.tree import BrokenYaml, Fields, Items, Node, Scalar, read_yaml
from pipeline.catalogue import MOSCOW, text
from pipeline.errors import ConfigurationError
from pipeline.forms.workbooks import values

T = TypeVar("T")
TITLE_LIMIT = 250
_ADVICE = {
    "colon": "yaml.colon",
    "tab": "yaml.tab",
    "control": "yaml.control",
    "open": "publications.yaml_quote",
    "quoted": "publications.yaml_quote",
}
_FLAGS = {"true": True, "yes": True, "да": True, "false": False, "no": False, "нет": False}
_INSTANT = re.compile(
    r"(?:(?P<year>20\d\d)-(?P<month>\d\d)-(?P<day>\d\d)|(?P<rday>\d\d)\.(?P<rmonth>\d\d)\.(?P<ryear>20\d\d))"
    r"[ T]+(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?\s*(?P<offset>Z|[+-]\d\d:?\d\d)?"
)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in an author's file: the file as people name it, the line from 1, the key or ""."""

    file: str
    line: int
    key: str = ""

    def __str__(self) -> str:
        """Return the place as a Russian sentence begins with it."""
        if self.key:
            return text("publications.place_key", file=self.file, line=self.line, key=self.key)
        return text("publications.place", file=self.file, line=self.line)


def mistake(code: str, place: Place | str, /, **values: object) -> ConfigurationError:
    """Return the error of the author's mistake ``code`` (without its area) at ``place``."""
    return ConfigurationError(f"publications.{code}", place=str(place), **values)


def tidy(written: str) -> str:
    """Return one line of text: NFC, single spaces, no control or invisible characters."""
    return " ".join(values.normalise(" ".join(written.split())).split())


def split_front_matter(source: str, file: str) -> tuple[str, str, int]:
    """Split a text into its YAML head (between two lines «---») and its body.

    Returns (head, body, number of the body's first line). The head begins on line 2 of the file, for which
    ``read_mapping`` wants ``first_line=2``. Raises ConfigurationError when the head is not there or has no end.
    """
    lines = source.split("\n")
    if lines[0].rstrip() != "---":
        raise mistake("no_front_matter", Place(file, 1))
    for index, line in enumerate(lines[1:], start=1):
        if line.rstrip() == "---":
            return "\n".join(lines[1:index]), "\n".join(lines[index + 1 :]), index + 2
    raise mistake("front_matter_open", Place(file, 1))


def read_mapping(source: str, file: str, first_line: int = 1) -> Block:
    """Parse ``source`` as one YAML mapping; its first line is line ``first_line`` of ``file``.

    Raises ConfigurationError for broken YAML, for anything but a mapping, and for a key written twice.
    """
    try:
        node = read_yaml(source)
    except BrokenYaml as broken:
        where = Place(file, broken.line - 1 + first_line)
        raise mistake("broken_yaml", where, advice=text(_advice(broken))) from None
    if not isinstance(node, Fields):
        raise mistake("not_a_mapping", Place(file, first_line))
    return Block(node, Place(file, first_line), first_line)


def _advice(broken: BrokenYaml) -> str:
    known = f"yaml.{broken.what}"
    return known if broken.too_much else _ADVICE.get(broken.what, "publications.yaml_other")


def parse_instant(written: str) -> datetime | None:
    """«2021-09-07 18:00» or «07.09.2021 18:00» → aware UTC; Moscow time unless an offset follows.

    Returns None for anything else, a day or hour that does not exist included. A date alone is no instant: whether
    it means the day's beginning or end would be a guess.
    """
    match = _INSTANT.fullmatch(written.strip())
    if match is None:
        return None
    year, month, day = (match[name] or match["r" + name] for name in ("year", "month", "day"))
    clock = f"{int(match['hour']):02}:{match['minute']}:{match['second'] or '00'}"
    try:
        at = datetime.fromisoformat(f"{year}-{month}-{day}T{clock}{match['offset'] or ''}")
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=MOSCOW)).astimezone(UTC)


class Block:
    """A YAML mapping of the author's. Each method takes one key and raises ConfigurationError naming its place."""

    def __init__(self, node: Fields, place: Place, first_line: int) -> None:
        self.place = place
        self._first_line = first_line
        self._values: dict[str, tuple[Node, Place]] = {}
        for key_node, value in node.entries:
            here = Place(place.file, key_node.line - 1 + first_line)
            if not isinstance(key_node, Scalar):
                raise mistake("not_a_mapping", here)
            key = key_node.value
            if key in self._values:
                first = self._values[key][1].line
                raise mistake("doubled_key", replace(here, key=key), first=first)
            self._values[key] = (value, replace(here, key=key))

    def only(self, known: Collection[str], synonyms: Mapping[str, str]) -> Block:
        """Return itself after checking that no other key is there; ``synonyms`` gives right words for wrong ones."""
        for key, (_, place) in self._values.items():
            if key in known:
                continue
            near = hint(key, known, synonyms=synonyms)
            raise mistake("unknown_key", place, hint=near, known=", ".join(known))
        return self

    def has(self, key: str) -> bool:
        """Whether ``key`` is there with something in it."""
        found = self._values.get(key)
        return found is not None and not _is_empty(found[0])

    def at(self, key: str) -> Place:
        """Return where ``key`` is written, or where its mapping begins when it is not there."""
        found = self._values.get(key)
        return found[1] if found else replace(self.place, key=key)

    def text(self, key: str, default: str | None = None, limit: int = TITLE_LIMIT) -> str:
        """Return one line of text; without a ``default`` it must be there."""
        if not self.has(key):
            if default is None:
                raise mistake("missing_key", self.at(key))
            return default
        value = tidy(self._scalar(key))
        if len(value) > limit:
            raise mistake("too_long", self.at(key), length=len(value), limit=limit)
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return one text or a list of texts as a tuple; empty when the key is not there."""
        if not self.has(key):
            return ()
        node, place = self._values[key]
        if not isinstance(node, Items):
            return (self.text(key),)
        texts = [item.value for item in node.items if isinstance(item, Scalar) and item.value.strip()]
        if len(texts) < len(node.items):
            raise mistake("not_texts", place)
        return tuple(map(tidy, texts))

    def choice(self, key: str, allowed: Mapping[str, T], default: T) -> T:
        """Return what ``allowed`` gives for the written word."""
        if not self.has(key):
            return default
        word = self._scalar(key).strip()
        if word.casefold() not in allowed:
            near = hint(word, allowed)
            raise mistake("unknown_choice", self.at(key), value=word, hint=near, known=", ".join(allowed))
        return allowed[word.casefold()]

    def flag(self, key: str) -> bool:
        """Return true or false (also yes/no, да/нет); false when the key is not there."""
        return self.choice(key, _FLAGS, default=False)

    def number(self, key: str, default: int | None, low: int, high: int) -> int:
        """Return a whole number from ``low`` to ``high``; without a ``default`` it must be there."""
        if not self.has(key) and default is not None:
            return default
        written = self.text(key)
        if not re.fullmatch(r"\d{1,9}", written) or not low <= int(written) <= high:
            raise mistake("not_a_number", self.at(key), value=written, low=low, high=high)
        return int(written)

    def instant(self, key: str, default: datetime | None = None) -> datetime:
        """Return an aware UTC instant, written in Moscow time unless it has an offset."""
        if not self.has(key) and default is not None:
            return default
        written = self.text(key)
        at = parse_instant(written)
        if at is None:
            raise mistake("not_an_instant", self.at(key), value=written)
        return at

    def block(self, key: str) -> Block | None:
        """Return the mapping under ``key``, or None when the key is not there."""
        if key not in self._values:
            return None
        node, place = self._values[key]
        if not isinstance(node, Fields):
            raise mistake("not_a_block", place)
        return Block(node, place, self._first_line)

    def blocks(self, key: str) -> list[Block]:
        """Return the list of mappings under ``key``; empty when the key is not there."""
        if not self.has(key):
            return []
        node, place = self._values[key]
        if not isinstance(node, Items):
            raise mistake("not_a_list", place)
        found = []
        for item in node.items:
            here = replace(place, line=item.line - 1 + self._first_line)
            if not isinstance(item, Fields):
                raise mistake("not_a_list", here)
            found.append(Block(item, here, self._first_line))
        return found

    def _scalar(self, key: str) -> str:
        node, place = self._values[key]
        if not isinstance(node, Scalar):
            raise mistake("not_a_text", place)
        return node.value


def _is_empty(node: Node) -> bool:
    return isinstance(node, Scalar) and not node.value.strip()
