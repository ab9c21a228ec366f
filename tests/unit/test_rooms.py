"""The rooms of ``pipeline/``: no imports in a circle, no room too full, a contract for every room with rooms inside."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
LISTS = frozenset(
    {
        "pipeline/forms/parts/limits",
        "pipeline/forms/rules/kinds",
        "pipeline/mail/commands/words",
        "pipeline/mail/letters/kinds",
        "pipeline/steps/reports/kinds",
        "pipeline/steps/requests/handlers",
        "pipeline/store/migrations/versions",
    }
)
"""Folders whose files are all of one shape: they may be as long as the product grows."""
MOST = 20
"""Modules of a room, ``__init__`` apart."""
MOST_OF = {"pipeline/store": 30, "pipeline/catalogue": 26}
MOST_INSIDE = 14
"""Modules of a room within these rooms."""
CUT_BY_CONCEPT = ("pipeline/steps", "pipeline/forms", "pipeline/mail")


@cache
def modules() -> Mapping[str, Path]:
    """Every module of ``pipeline/`` by its dotted name."""
    paths = sorted((ROOT / "pipeline").rglob("*.py"))
    return {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in paths}


@cache
def imports(module: str) -> frozenset[str]:
    """The modules of ``pipeline/`` that ``module`` imports, anywhere in it and for types too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(modules()[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports by dots: say the whole name"
            of = node.module or ""
            found.update(inner if (inner := f"{of}.{name.name}") in modules() else of for name in node.names)
    return frozenset(found & modules().keys() - {module})


def circles() -> list[list[str]]:
    """Return the modules that import each other in a circle, each circle sorted (Tarjan, without recursion)."""
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    open_: list[str] = []
    found: list[list[str]] = []
    for start in modules():
        path: list[tuple[str, list[str]]] = [] if start in number else [(start, sorted(imports(start)))]
        while path:
            module, left = path[-1]
            if module not in number:
                number[module] = lowest[module] = len(number)
                open_.append(module)
            if left:
                other = left.pop()
                if other not in number:
                    path.append((other, sorted(imports(other))))
                elif other in open_:
                    lowest[module] = min(lowest[module], number[other])
                continue
            path.pop()
            if path:
                lowest[path[-1][0]] = min(lowest[path[-1][0]], lowest[module])
            if lowest[module] == number[module]:
                circle = open_[open_.index(module) :]
                del open_[open_.index(module) :]
                if len(circle) > 1:
                    found.append(sorted(circle))
    return found


def rooms() -> list[str]:
    """The folders of ``pipeline/``, itself first, as paths from the root."""
    return list(dict.fromkeys(path.parent.relative_to(ROOT).as_posix() for path in modules().values()))


def held_by(folder: str) -> list[str]:
    """The modules that lie in a folder itself."""
    names = sorted(path.stem for path in (ROOT / folder).glob("*.py"))
    return [name for name in names if name not in ("__init__", "__main__")]


def inside(folder: str) -> list[str]:
    """The rooms within a room: folders with modules, those that only hold an empty ``__init__`` too."""
    return sorted(path.parent.name for path in (ROOT / folder).glob("*/__init__.py"))


def test_no_imports_run_in_a_circle() -> None:
    assert circles() == []


def test_no_room_holds_more_than_people_take_in() -> None:
    full = {room: len(held_by(room)) for room in rooms() if room not in LISTS}
    assert {room: size for room, size in full.items() if size > MOST_OF.get(room, MOST)} == {}


@pytest.mark.parametrize("room", CUT_BY_CONCEPT)
def test_a_room_within_a_room_is_small(room: str) -> None:
    sizes = {f"{room}/{name}": len(held_by(f"{room}/{name}")) for name in inside(room)}
    assert {inner: size for inner, size in sizes.items() if inner not in LISTS and size > MOST_INSIDE} == {}


def test_a_list_is_there_and_has_no_rooms_inside() -> None:
    assert set(rooms()) >= LISTS
    assert [folder for folder in LISTS if inside(folder)] == []


def contracts() -> Iterable[Mapping[str, Any]]:
    """The contracts of import-linter."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found: list[Mapping[str, Any]] = settings["tool"]["importlinter"]["contracts"]
    return found


def test_every_room_with_rooms_inside_has_a_contract() -> None:
    """Some contract names each of its rooms, by layers of a container or by its whole name."""
    named: set[str] = set()
    for contract in contracts():
        written = "|".join(contract.get("layers", ())).replace(":", "|")
        layers = {layer.strip(" ()") for layer in written.split("|")}
        named |= layers.union(contract.get("modules", ()), contract.get("source_modules", ()))
        named |= {f"{container}.{layer}" for container in contract.get("containers", ()) for layer in layers}
        named |= set(contract.get("forbidden_modules", ()))
    found = [f"{room}/{name}" for room in rooms() if room not in LISTS for name in inside(room)]
    assert [room for room in found if room not in LISTS and room.replace("/", ".") not in named] == []
