"""The one reader of YAML: texts, lists and mappings as they are written, each with its line; a fault with its line.

Nothing is built of a text before ``bounds`` has found it small enough. libyaml is several times as fast as PyYAML's own
reader, whose words about faults are better: a broken text of moderate length is read by both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import yaml

from pipeline.authoring.bounds import SLOWEST, excess

Typed = None | bool | int | float | str | bytes | date
_TEXT = "tag:yaml.org,2002:str"
_CONTROL = r"\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff"
_PLAIN = re.compile(rf"""[^\W_](?:[^{_CONTROL}:#\[\]{{}}&*!|>'"%@`\\]*[^{_CONTROL}\s:#\[\]{{}},&*!|>'"%@`\\])?""")
_OPENED = re.compile(r"\A[^#'\"]*[:\-\[{,]\s+(['\"])(?!.*\1)")
_PROBLEMS = (
    ("mapping values are not allowed", "colon"),
    ("'\\t'", "tab"),
    ("end of stream", "open"),
    ("expected ',' or", "comma"),
    ("expected <block end>", "indent"),
    ("could not find expected ':'", "no_colon"),
    ("undefined alias", "alias"),
    ("expected alphabetic or numeric character", "alias_name"),
    ("special characters are not allowed", "control"),
)
"""Words of the parser → what is wrong, as ``BrokenYaml.what`` says it."""


class BrokenYaml(Exception):  # noqa: N818 - it names what was found in an author's text rather than a fault of ours
    """The text is no YAML, or more of it than we read; ``line`` counts from 1.

    ``what`` is ``colon tab open comma indent no_colon alias alias_name control quoted other``; with ``too_much`` it is
    what there is too much of (see ``bounds.Excess``).
    """

    def __init__(self, what: str, line: int, *, too_much: bool = False) -> None:
        self.what = what
        self.line = line
        self.too_much = too_much
        super().__init__(what, line)


@dataclass(frozen=True, slots=True, eq=False)
class Scalar:
    """A text. ``value`` is what is written there, quotes and escapes undone; «010» and «2.50» stay as they are."""

    line: int
    value: str
    tag: str

    def typed(self) -> Typed:
        """Return a number, date, true, false or nothing where YAML means one, else the text.

        ``on`` and ``no`` are words, and so are 01, 010, 0x1F, 1_000 and 9:00, of which YAML 1.1 makes other numbers
        than people read. Raises ValueError for a value that does not exist, such as the 31st of February.
        """
        if self.tag == _TEXT:
            return self.value
        constructor = yaml.constructor.SafeConstructor()
        try:
            found: Typed = constructor.construct_object(yaml.ScalarNode(self.tag, self.value))
        except yaml.YAMLError:  # a tag that the author invented
            raise BrokenYaml("other", self.line) from None
        except (ArithmeticError, AttributeError, LookupError) as error:  # what PyYAML makes of «!!int» before nothing
            raise ValueError(self.value) from error
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Items:
    """A list."""

    line: int
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Fields:
    """A mapping: keys and values in the order of the file, a key that is written twice included."""

    line: int
    entries: tuple[tuple[Node, Node], ...]


Node = Scalar | Items | Fields


class _Exact(yaml.SafeLoader):
    """YAML as authors expect it: ``on`` and ``no`` are words, and only numbers, dates, true and false are not."""


_NUMBER = (":int", ":float")
_OTHERWISE = (":bool", ":merge", ":value", *_NUMBER)
_Exact.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(_OTHERWISE)]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Exact.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Exact.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^(?:0|-?[1-9][0-9]*)$"), list("-0123456789"))
_Exact.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^-?(?:(?:0|[1-9][0-9]*)\.[0-9]+|\.[0-9]+)(?:[eE][-+][0-9]+)?$"),
    list("-.0123456789"),
)


class _Fast(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # libyaml may not be there
    """The same through libyaml."""


_Fast.yaml_implicit_resolvers = _Exact.yaml_implicit_resolvers


def read_yaml(source: str) -> Node | None:
    """Return the one document in ``source``, None when there is none. Raises BrokenYaml.

    An alias is the very node that its anchor names, so a tree may hold more values than a walk through it should visit;
    ``bounds.MOST`` says how many at most.
    """
    if (much := excess(source)) is not None:
        raise BrokenYaml(much.what, much.line, too_much=True)
    try:
        return _read(_Fast, source)
    except (yaml.YAMLError, UnicodeError) as error:
        if len(source) > SLOWEST:
            raise _broken(error, source) from None
    try:
        return _read(_Exact, source)
    except (yaml.YAMLError, UnicodeError) as error:
        raise _broken(error, source) from None


def plain_scalar(value: str) -> bool:
    """Whether ``value`` needs no quotes on a line of its own key or item: YAML of any version means that very text."""
    if not _PLAIN.fullmatch(value):
        return False
    resolvers = [*_Exact.yaml_implicit_resolvers.get(value[0], ()), *_Exact.yaml_implicit_resolvers.get(None, ())]
    resolvers += [one for one in yaml.SafeLoader.yaml_implicit_resolvers.get(value[0], ()) if one[0].endswith(_NUMBER)]
    return not any(pattern.match(value) for _, pattern in resolvers)


def on_one_line(value: object) -> str:
    """Return ``value`` (texts, numbers, dates, lists, mappings) as YAML in one line, as a message shows it."""
    return yaml.dump(value, Dumper=_Dumper, default_flow_style=True, allow_unicode=True, width=1_000).strip()


class _Dumper(yaml.SafeDumper):
    """Shows numbers that remember how they were written as they were written."""


def _as_written(dumper: yaml.SafeDumper, number: float) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:float", str(getattr(number, "written", number)))


_Dumper.add_multi_representer(float, _as_written)


def _read(loader: type[yaml.SafeLoader], source: str) -> Node | None:
    root = yaml.compose(source, loader)
    return None if root is None else _built(root, {})


def _built(node: yaml.Node, known: dict[int, Node]) -> Node:
    """Build each node once: its anchor is written before its aliases, so this goes no deeper than the text does."""
    if (found := known.get(id(node))) is not None:
        return found
    line = node.start_mark.line + 1
    made: Node
    if isinstance(node, yaml.MappingNode):
        made = Fields(line, tuple((_built(key, known), _built(value, known)) for key, value in node.value))
    elif isinstance(node, yaml.SequenceNode):
        made = Items(line, tuple(_built(item, known) for item in node.value))
    else:
        made = Scalar(line, str(node.value), node.tag)
    known[id(node)] = made
    return made


def _broken(error: Exception, source: str) -> BrokenYaml:
    problem = str(getattr(error, "problem", None) or error)
    line = next(_lines(error, source, at_end="end of stream" in problem or "found unexpected end" in problem), 1)
    if (opened := _left_open(source, line)) is not None:
        return BrokenYaml("open", opened)
    what = next((what for words, what in _PROBLEMS if words in problem), None)
    return BrokenYaml(what or ("quoted" if "quoted scalar" in str(getattr(error, "context", "")) else "other"), line)


def _lines(error: Exception, source: str, *, at_end: bool) -> Iterator[int]:
    """Yield the line of the fault, the best first. What was left open is noticed at the end of the text, where it was
    opened is what helps."""
    for name in ("context_mark", "problem_mark") if at_end else ("problem_mark", "context_mark"):
        mark = getattr(error, name, None)
        if mark is not None:
            yield mark.line + 1
    position = getattr(error, "position", None)
    if isinstance(position, int):
        yield source.count("\n", 0, position) + 1


def _left_open(source: str, line: int) -> int | None:
    """The line of a quote that was left open, when it swallowed everything up to the quote in ``line``."""
    lines = source.split("\n")[:line]
    for number, written in enumerate(lines[:-1], start=1):
        found = _OPENED.match(written)
        if found and not any(found[1] in between for between in lines[number:-1]) and found[1] in lines[-1]:
            return number
    return None
