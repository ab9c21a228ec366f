"""What the code imports is what ``pyproject.toml`` declares."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def _plain(name: str) -> str:
    return name.lower().replace("_", "-")


def _names(requirements: list[str]) -> set[str]:
    return {_plain(re.split(r"[^\w.-]", requirement)[0]) for requirement in requirements}


def _imported() -> set[str]:
    """Return every top-level module outside the project and the standard library that its code imports."""
    found: set[str] = set()
    for path in (path for room in ("pipeline", "flows") for path in (ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.partition(".")[0])
    return found - sys.stdlib_module_names - {"pipeline", "flows"}


def test_every_package_that_the_code_imports_is_declared() -> None:
    declared = _names(PROJECT["dependencies"])
    packages = packages_distributions()
    undeclared = {name for name in _imported() if not set(map(_plain, packages.get(name, ()))) & declared}
    assert undeclared == set()


def test_what_only_some_installations_need_is_an_extra_and_never_imported() -> None:
    extras = {name: _names(wanted) for name, wanted in PROJECT["optional-dependencies"].items()}
    assert extras == {"demo": {"mail-devel"}, "postgresql": {"psycopg"}}
    assert not _imported() & {"mail_devel", "psycopg"}
