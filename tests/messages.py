"""Where the source names messages of the catalogue: as they are, or composed from a word that is known at run time."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.catalogue import MESSAGES

ROOT = Path(__file__).parents[1]
AREAS = frozenset(code.partition(".")[0] for code in MESSAGES)
_CODE = re.compile(r"[a-z_]+(?:\.[a-z0-9_]+)+")
_PATTERN = re.compile(r"[a-z_]+\.[a-z0-9_.{}]+")
_SPEAKERS = frozenset({"text", "UserError", "ConfigurationError", "LoginRefusedError", "UnreachableError"})
_LOGS = frozenset({"log", "_log"})
_NOT_READ = ("pipeline/catalogue/", "pipeline/store/migrations/", "pipeline/store/tables/")


@dataclass(frozen=True)
class Named:
    """A message that a module names: its code, or its pattern with ``{}`` for what is known at run time only."""

    module: str
    line: int
    code: str


@dataclass(frozen=True)
class Said:
    """A call that says a message of a given code: the values that it hands over, None when they are not all written."""

    module: str
    line: int
    code: str
    values: frozenset[str] | None


@cache
def modules() -> dict[str, ast.Module]:
    """Every module that may speak, by its path from the root of the project."""
    paths = [path for folder in ("pipeline", "flows") for path in sorted((ROOT / folder).rglob("*.py"))]
    named = {path.relative_to(ROOT).as_posix(): path for path in paths}
    return {name: ast.parse(path.read_text("utf-8")) for name, path in named.items() if not name.startswith(_NOT_READ)}


@cache
def _nodes(module: str) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(modules()[module]))


@cache
def _calls() -> tuple[tuple[str, ast.Call], ...]:
    return tuple((name, node) for name in modules() for node in _nodes(name) if isinstance(node, ast.Call))


def literals() -> Iterator[Named]:
    """Texts that look like the code of a message; names of events in the log and of incidents are none."""
    for module in modules():
        events = _events(module)
        for node in _nodes(module):
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in events:
                continue
            if _CODE.fullmatch(node.value) and node.value.partition(".")[0] in AREAS:
                yield Named(module, node.lineno, node.value)


def composed() -> Iterator[Named]:
    """Codes that are put together from a word: all that begin like a code, and all that are said at once."""
    for module in modules():
        at_once = {id(argument) for call in _speaking(module) for argument in call.args[:1]}
        for node in _nodes(module):
            if not isinstance(node, ast.JoinedStr):
                continue
            pattern = "".join(_part(value) for value in node.values)
            if id(node) in at_once or (_PATTERN.fullmatch(pattern) and pattern.partition(".")[0] in AREAS):
                yield Named(module, node.lineno, pattern)


def added() -> Iterator[Named]:
    """Codes that are put together with «+»: neither a reader nor this module finds them."""
    for module in modules():
        for call in _speaking(module):
            if call.args and isinstance(call.args[0], ast.BinOp):
                yield Named(module, call.lineno, ast.unparse(call.args[0]))


def said() -> Iterator[Said]:
    """Calls with the code of a message written out."""
    for module in modules():
        for call in _speaking(module):
            code = call.args[0] if call.args else None
            if isinstance(code, ast.Constant) and isinstance(code.value, str):
                names = [keyword.arg for keyword in call.keywords]
                values = None if None in names else frozenset(name for name in names if name)
                yield Said(module, call.lineno, code.value, values)


def words(*functions: str, at: int | None = 0, within: str = "") -> tuple[str, ...]:
    """Return the texts written as an argument of these functions, in the modules whose path begins with ``within``.

    The argument is that of place ``at``, or any with None.
    """
    found = [
        word
        for name, call in _calls()
        if name.startswith(within) and _name(call.func) in functions
        for argument in (call.args if at is None else call.args[at : at + 1])
        for word in _choices(argument)
    ]
    return tuple(dict.fromkeys(found))


def keywords(*functions: str) -> frozenset[str]:
    """Return the names under which these functions are handed something."""
    return frozenset(
        given.arg for _, call in _calls() if _name(call.func) in functions for given in call.keywords if given.arg
    )


def keyed(keyword: str, within: str = "") -> tuple[str, ...]:
    """Return the texts that are handed over under this keyword, in the modules whose path begins with ``within``."""
    found = [
        given.value.value
        for name, call in _calls()
        if name.startswith(within)
        for given in call.keywords
        if given.arg == keyword and isinstance(given.value, ast.Constant) and isinstance(given.value.value, str)
    ]
    return tuple(dict.fromkeys(found))


def subclasses(base: str) -> tuple[str, ...]:
    """Return the names of the classes that are made from ``base``."""
    classes = (node for module in modules() for node in _nodes(module) if isinstance(node, ast.ClassDef))
    return tuple(found.name for found in classes if base in map(_name, found.bases))


def written(module: str, *wanted: str) -> tuple[str, ...]:
    """Return ``wanted``, of which each is written in ``module``: a choice that has no table of its own."""
    assert set(wanted) <= texts(module), (module, set(wanted) - texts(module))
    return wanted


@cache
def texts(within: str = "") -> frozenset[str]:
    """Return every text that is written in the modules whose path begins with ``within``."""
    return frozenset(
        node.value
        for name in modules()
        if name.startswith(within)
        for node in _nodes(name)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def filled(pattern: str, values: Iterable[str | tuple[str, ...]]) -> tuple[str, ...]:
    """Return the codes that ``pattern`` stands for."""
    return tuple(pattern.format(*(value if isinstance(value, tuple) else (value,))) for value in values)


def _choices(argument: ast.expr) -> list[str]:
    """The texts that an argument may be: written, or chosen by a condition."""
    match argument:
        case ast.Constant(value=str() as word):
            return [word]
        case ast.IfExp(body=one, orelse=other):
            return [*_choices(one), *_choices(other)]
        case ast.BoolOp(values=parts):
            return [word for part in parts for word in _choices(part)]
    return []


def _part(value: ast.expr) -> str:
    return str(value.value) if isinstance(value, ast.Constant) else "{}"


def _name(function: ast.expr) -> str:
    return (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )


def _speaking(module: str) -> Iterator[ast.Call]:
    """Calls of ``text`` and of the errors for people; SQLAlchemy has a ``text`` of its own."""
    sql = (
        {"text"}
        if any(isinstance(node, ast.ImportFrom) and node.module == "sqlalchemy" for node in modules()[module].body)
        else set()
    )
    for node in _nodes(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _SPEAKERS - sql:
            yield node


def _events(module: str) -> frozenset[int]:
    """The nodes within calls of the log and of incidents, and the written parts of composed texts."""
    calls = [node for node in _nodes(module) if isinstance(node, ast.Call) and _is_event(node.func)]
    inside = {id(part) for call in calls for part in ast.walk(call)}
    parts = {id(part) for node in _nodes(module) if isinstance(node, ast.JoinedStr) for part in node.values}
    return frozenset(inside | parts)


def _is_event(function: ast.expr) -> bool:
    return _name(function) == "Incident" or (isinstance(function, ast.Attribute) and _name(function.value) in _LOGS)
