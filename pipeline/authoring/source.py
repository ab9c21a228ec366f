"""An author's YAML as plain data, with the line of every key and item, and what the YAML itself gets wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pipeline.authoring.mistake import Mistake, Path
from pipeline.authoring.tree import BrokenYaml, Fields, Items, Node, Scalar, read_yaml
from pipeline.catalogue import text
from pipeline.errors import ConfigurationError

_DEEPEST = 20
_MOST_NODES = 200_000
"""Values that a definition may hold once its aliases are followed: «billion laughs» is YAML's trap too."""


class Decimal(float):
    """A number with a point; ``written`` is how the author wrote it: «2.50» is the name of a list's value too."""

    written: str = ""

    @classmethod
    def of(cls, number: float, written: str) -> Decimal:
        """Return ``number`` with its spelling."""
        made = cls(number)
        made.written = written
        return made


@dataclass
class Source:
    """The parsed YAML. ``found`` are the mistakes that were seen while it was read."""

    name: str
    data: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    found: list[Mistake] = field(default_factory=list)
    nodes: int = 0

    def line(self, path: Path) -> int:
        """The line of the deepest part of ``path`` that is there."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def placed(self, path: Path) -> Path:
        """``path`` without the numbers of items that were written without their list: ``prefill: {…}``."""
        placed: Path = ()
        for part in path:
            if isinstance(part, str) or (*placed, part) in self.lines:
                placed = (*placed, part)
        return placed

    def at(self, path: Path) -> Any:  # noqa: ANN401 - YAML is untyped
        """The value at ``path``, None where there is none."""
        found = self.data
        for part in path:
            try:
                found = found[part]
            except (KeyError, IndexError, TypeError):
                return None
        return found

    def spelled(self, path: Path) -> str:
        """``sheets.paper.columns.subject.list``: items are named by their id where they have one."""
        names: list[str] = []
        for depth, part in enumerate(path):
            if isinstance(part, str):
                names.append(part)
                continue
            item = self.at(path[: depth + 1])
            named = item.get("id") if isinstance(item, dict) else None
            names.append(str(named) if isinstance(named, str) and named else str(part + 1))
        return ".".join(names)


def read_source(source: str, name: str) -> Source:
    """Parse ``source``; raises ConfigurationError naming line and advice when it is not YAML at all.

    Numbers, dates, true and false have their types, see ``tree.Scalar.typed``.
    """
    read = Source(name)
    try:
        node = read_yaml(source)
        if node is not None:
            read.data = _value(read, node, ())
    except BrokenYaml as broken:
        advice = text(f"yaml.{broken.what}")
        raise ConfigurationError("author.not_yaml", file=name, line=broken.line, advice=advice) from None
    return read


def _value(read: Source, node: Node, path: Path) -> Any:  # noqa: ANN401 - YAML is untyped
    read.lines.setdefault(path, node.line)
    read.nodes += 1
    if len(path) > _DEEPEST or read.nodes > _MOST_NODES:
        raise BrokenYaml("other", node.line)
    if isinstance(node, Fields):
        return _mapping(read, node, path)
    if isinstance(node, Items):
        return [_value(read, item, (*path, index)) for index, item in enumerate(node.items)]
    try:
        value = node.typed()
    except ValueError:  # such as the 31st of February
        read.found.append(Mistake(path, "author.no_such_date", {"value": node.value}))
        return node.value
    return Decimal.of(value, node.value) if isinstance(value, float) else value


def _mapping(read: Source, node: Fields, path: Path) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key_node, value_node in node.entries:
        key = key_node.value if isinstance(key_node, Scalar) else "…"
        if key in result:
            values = {"key": key, "first": read.lines[*path, key]}
            read.found.append(Mistake((*path, key), "author.twice", values, key_node.line))
            continue
        read.lines[*path, key] = key_node.line
        result[key] = _value(read, value_node, (*path, key))
    return result
