"""Folders that are lists: each file adds one thing of a kind, and is found by lying there."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType


def modules_in(package: str) -> Iterator[ModuleType]:
    """Import and yield every module of the package with this dotted name, sorted by name; packages inside too."""
    for found in iter_modules(import_module(package).__path__):
        yield import_module(f"{package}.{found.name}")
