"""Every regular expression of the code, found without a list of them.

What is compiled is found by following the names of each module, through containers and objects, to wherever a pattern
stands; what a call is given as a text is worked out in its module. The rest is composed at run time.
"""

from __future__ import annotations

import ast
import dataclasses
import importlib
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

ROOT = Path(__file__).parents[1]
PACKAGES = ("pipeline", "flows")
_CALLS = ("compile", "match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer")


@dataclass(frozen=True)
class Composed:
    """A call whose pattern exists only at run time: ``where`` is module:function, ``text`` the expression."""

    where: str
    text: str


@dataclass
class Patterns:
    """The patterns of modules: each with the places where it stands, and the calls that nobody could work out."""

    found: dict[re.Pattern[Any], list[str]] = field(default_factory=dict)
    composed: list[Composed] = field(default_factory=list)
    _met: set[int] = field(default_factory=set)

    def read(self, module: ModuleType, source: str) -> None:
        """Find what the names of ``module`` lead to, and what the calls in its ``source`` are given."""
        for name, value in list(vars(module).items()):
            self._follow(value, f"{module.__name__}.{name}")
        for function, call in _calls(ast.parse(source)):
            self._called(module, function, call)

    def _called(self, module: ModuleType, function: str, call: ast.Call) -> None:
        flags = [word.value for word in call.keywords if word.arg == "flags"]
        if isinstance(call.func, ast.Attribute) and call.func.attr == "compile":
            flags += call.args[1:]
        try:
            text = _value(call.args[0], module)
            self._add(re.compile(text, _value(flags[0], module) if flags else 0), f"{module.__name__}:{call.lineno}")
        except NameError:
            self.composed.append(Composed(f"{module.__name__}:{function}", ast.unparse(call.args[0])))

    def _add(self, pattern: re.Pattern[Any], where: str) -> None:
        self.found.setdefault(pattern, []).append(where)

    def _follow(self, value: Any, where: str) -> None:
        if isinstance(value, re.Pattern):
            self._add(value, where)
        elif not isinstance(value, str | bytes | int | float | ModuleType | None) and id(value) not in self._met:
            self._met.add(id(value))
            for name, inner in _within(value):
                self._follow(inner, f"{where}.{name}" if name else where)


def patterns() -> Patterns:
    """Return the patterns of everything in ``PACKAGES``."""
    found = Patterns()
    for name, path in _modules():
        source = path.read_text(encoding="utf-8")
        if re.search(r"\bre\b", source):  # without the module there is no pattern, and Prefect's take long to import
            found.read(importlib.import_module(name), source)
    return found


def _modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        if path.name != "__main__.py":
            yield ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"), path


def _calls(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    """Calls of ``re.compile``, ``re.sub`` and the like, each with the function that it stands in."""

    def walk(node: ast.AST, function: str) -> Iterator[tuple[str, ast.Call]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Call) and _is_ours(child):
                yield function, child
            yield from walk(child, child.name if isinstance(child, ast.FunctionDef) else function)

    renamed = [alias.name for node in ast.walk(tree) for alias in _imported(node)]
    assert not renamed, f"write re.{renamed[0]}: calls are found by that name"
    yield from walk(tree, "")


def _imported(node: ast.AST) -> list[ast.alias]:
    """What would call the module re, or a function of it, by another name."""
    if isinstance(node, ast.ImportFrom) and node.module == "re":
        return node.names
    return (
        [alias for alias in node.names if alias.name == "re" and alias.asname] if isinstance(node, ast.Import) else []
    )


def _is_ours(call: ast.Call) -> bool:
    named = call.func
    return (
        isinstance(named, ast.Attribute)
        and isinstance(named.value, ast.Name)
        and named.value.id == "re"
        and named.attr in _CALLS
    )


def _value(expression: ast.expr, module: ModuleType) -> Any:
    return eval(compile(ast.Expression(expression), module.__name__, "eval"), dict(vars(module)))


def _within(value: Any) -> Iterator[tuple[str, Any]]:
    """What stands in ``value``, with the name that it has there, if any."""
    if isinstance(value, Mapping):
        yield from (("", inner) for pair in list(value.items()) for inner in pair)
    elif isinstance(value, list | tuple | set | frozenset):
        yield from (("", inner) for inner in value)
    elif isinstance(value, partial):
        yield from (("", inner) for inner in (value.func, *value.args, *value.keywords.values()))
    elif isinstance(value, FunctionType):
        yield from (("", inner) for inner in _of_function(value))
    elif (value if isinstance(value, type) else type(value)).__module__.partition(".")[0] in PACKAGES:
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            yield from ((each.name, getattr(value, each.name, None)) for each in dataclasses.fields(value))
        else:
            yield from list(getattr(value, "__dict__", {}).items())


def _of_function(function: FunctionType) -> Iterator[Any]:
    """Defaults, what is closed over, and the function within a cached one."""
    if function.__module__.partition(".")[0] in PACKAGES:
        yield from (*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values())
        for cell in function.__closure__ or ():
            with suppress(ValueError):  # not filled yet
                yield cell.cell_contents
