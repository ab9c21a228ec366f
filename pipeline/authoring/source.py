"""The YAML of a form's author with the line of every key and item, and what the YAML itself gets wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from pipeline.authoring import bounds
from pipeline.authoring.mistake import (
    Mistake,
    Path,
)
from pipeline.catalogue import text
from pipeline.errors import ConfigurationError

_UNREADABLE = (yaml.YAMLError, RecursionError, UnicodeError)
_DEEPEST = 20
_MOST_NODES = 200_000
"""Values that a definition may hold once its aliases are followed: «billion laughs» is YAML's trap too."""
_PLAIN = re.compile(r"[^\W_](?:[^\x00-\x1f:#\[\]{}&*!|>'\"%@`\\]*[^\s:#\[\]{},&*!|>'\"%@`\\])?")
_OPENED = re.compile(r"\A[^#'\"]*[:\-\[{,]\s+(['\"])(?!.*\1)")
_ADVICE = (
    ("mapping values are not allowed", "author.yaml.colon"),
    ("'\\t'", "author.yaml.tab"),
    ("end of stream", "author.yaml.open"),
    ("expected ',' or", "author.yaml.comma"),
    ("expected <block end>", "author.yaml.indent"),
    ("could not find expected ':'", "author.yaml.no_colon"),
    ("undefined alias", "author.yaml.alias"),
    ("expected alphabetic or numeric character", "author.yaml.alias_name"),
    ("special characters are not allowed", "author.yaml.control"),
)


class _Exact(yaml.SafeLoader):
    """YAML as form authors expect it: ``on`` and ``no`` are words, and only numbers, dates, true and false are not."""


_Exact.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":bool", ":merge", ":value"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Exact.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


class _Fast(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # libyaml may not be there
    """The same through libyaml, several times as fast; its words about faults are poorer."""


_Fast.yaml_implicit_resolvers = _Exact.yaml_implicit_resolvers


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
        """What stands at ``path``, None where nothing does."""
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
    """Parse ``source``; raises ConfigurationError naming line and advice when it is not YAML at all."""
    if (much := bounds.excess(source)) is not None:
        raise ConfigurationError("author.not_yaml", file=name, line=much.line, advice=text(f"yaml.{much.what}"))
    try:
        return _read(_Fast, source, name)
    except _UNREADABLE as error:
        if len(source) > bounds.SLOWEST:
            raise _not_yaml(error, source, name) from None
    try:
        return _read(_Exact, source, name)
    except _UNREADABLE as error:
        raise _not_yaml(error, source, name) from None


def _read(kind: type[yaml.SafeLoader], source: str, name: str) -> Source:
    read = Source(name)
    loader = kind(source)
    try:
        node = loader.get_single_node()
        if node is not None:
            read.data = _value(read, loader, node, ())
    finally:
        loader.dispose()
    return read


def plain_scalar(value: str) -> bool:
    """Whether ``value`` may stand bare on a line of its own key or item and is read back as that very text."""
    if not _PLAIN.fullmatch(value):
        return False
    resolvers = [*_Exact.yaml_implicit_resolvers.get(value[0], ()), *_Exact.yaml_implicit_resolvers.get(None, ())]
    return not any(pattern.match(value) for _, pattern in resolvers)


def _not_yaml(error: Exception, source: str, name: str) -> ConfigurationError:
    problem = str(getattr(error, "problem", None) or error)
    mark = getattr(error, "problem_mark", None)
    if "end of stream" in problem or "found unexpected end" in problem:
        # What was left open is noticed at the end of the file; where it was opened is what helps.
        mark = getattr(error, "context_mark", None) or mark
    line = mark.line + 1 if mark else 1
    if mark is None and isinstance(position := getattr(error, "position", None), int):
        line = source.count("\n", 0, position) + 1
    if (opened := _left_open(source, line)) is not None:
        return ConfigurationError("author.not_yaml", file=name, line=opened, advice=text("author.yaml.open"))
    advice = next((code for words, code in _ADVICE if words in problem), "author.yaml.other")
    return ConfigurationError("author.not_yaml", file=name, line=line, advice=text(advice))


def _left_open(source: str, line: int) -> int | None:
    """The line of a quote that was left open, when it swallowed everything up to the quote in ``line``."""
    lines = source.split("\n")[:line]
    for number, written in enumerate(lines[:-1], start=1):
        found = _OPENED.match(written)
        if found and not any(found[1] in between for between in lines[number:-1]) and found[1] in lines[-1]:
            return number
    return None


def _value(read: Source, loader: yaml.SafeLoader, node: yaml.Node, path: Path) -> Any:  # noqa: ANN401 - YAML is untyped
    read.lines.setdefault(path, node.start_mark.line + 1)
    read.nodes += 1
    if len(path) > _DEEPEST or read.nodes > _MOST_NODES:
        raise yaml.MarkedYAMLError(problem="too deep", problem_mark=node.start_mark)
    if isinstance(node, yaml.MappingNode):
        return _mapping(read, loader, node, path)
    if isinstance(node, yaml.SequenceNode):
        return [_value(read, loader, item, (*path, index)) for index, item in enumerate(node.value)]
    try:
        return loader.construct_object(node)
    except ValueError:  # such as the 31st of February
        read.found.append(Mistake(path, "author.no_such_date", {"value": node.value}))
        return node.value


def _mapping(read: Source, loader: yaml.SafeLoader, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        line = key_node.start_mark.line + 1
        if key in result:
            values = {"key": key, "first": read.lines[*path, key]}
            read.found.append(Mistake((*path, key), "author.twice", values, line))
            continue
        read.lines[*path, key] = line
        result[key] = _value(read, loader, value_node, (*path, key))
    return result
