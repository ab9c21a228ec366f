"""How much a YAML file may hold, found out before anything is built of it: length, depth, values with aliases followed.

Loaders build nodes by recursion, so that brackets in brackets end the program; and ten lines of aliases to aliases
(«billion laughs») mean a billion values. The events that are counted here are read one after another.
"""

from __future__ import annotations

from dataclasses import dataclass

import yaml

LONGEST = 1_000_000
"""Characters."""
DEEPEST = 30
MOST = 400_000
"""Values and keys, each as often as it is used."""
_WEIGHT = 64  # characters of a text that count as one value more: it can be repeated too
SLOWEST = 100_000
"""Characters that the loader written in Python is given, for the exact place of a fault; libyaml's is near enough."""
_FASTEST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Excess:
    """What there is too much of (``yaml.<what>`` in the catalogue), and the line from 1 where that is seen."""

    what: str
    line: int


def excess(source: str) -> Excess | None:
    """Return what ``source`` has too much of, None when nothing. Whether it is YAML at all is found by the reader."""
    if len(source) > LONGEST:
        return Excess("long", source.count("\n", 0, LONGEST) + 1)
    try:
        return _Counter().count(source)
    except yaml.MarkedYAMLError as error:
        # libyaml looks ahead for the colon of a key and has a limit of its own there.
        return _at("deep", error.problem_mark) if "nesting" in (error.problem or "") else None
    except (yaml.YAMLError, UnicodeError):
        return None


class _Counter:
    """Counts values by the collections that are open: ``open`` holds the anchor and the values of each so far."""

    def __init__(self) -> None:
        self.open: list[tuple[str | None, int]] = [(None, 0)]
        self.known: dict[str, int] = {}

    def count(self, source: str) -> Excess | None:
        for event in yaml.parse(source, _FASTEST):
            if isinstance(event, yaml.CollectionStartEvent):
                self.open.append((event.anchor, 0))
                if event.anchor:
                    self.known.pop(event.anchor, None)  # an alias to it inside of it has no end
            elif isinstance(event, yaml.CollectionEndEvent):
                anchor, inside = self.open.pop()
                self._add(anchor, inside + 1)
            elif isinstance(event, yaml.ScalarEvent):
                self._add(event.anchor, 1 + len(event.value) // _WEIGHT)
            elif isinstance(event, yaml.AliasEvent):
                name = event.anchor or ""
                if name not in self.known and any(anchor == name for anchor, _ in self.open):
                    return _at("endless", event.start_mark)
                self._add(None, self.known.get(name, 1))
            if len(self.open) > DEEPEST:
                return _at("deep", event.start_mark)
            if self.open[-1][1] > MOST:
                return _at("many", event.start_mark)
        return None

    def _add(self, anchor: str | None, values: int) -> None:
        if anchor:
            self.known[anchor] = values
        outer, so_far = self.open[-1]
        self.open[-1] = (outer, so_far + values)


def _at(what: str, mark: object) -> Excess:
    return Excess(what, int(getattr(mark, "line", 0)) + 1)
