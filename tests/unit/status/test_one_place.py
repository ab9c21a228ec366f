"""A state is set in one function of the store, the one that asks the table."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pipeline.store

STORE = Path(pipeline.store.__file__).parent
SET_IN = {"letter_states.py": "_set", "receipt_states.py": "_values", "participations.py": "record"}
BEGUN_IN = {("letters.py", "_values"), ("receipts.py", "_new_row"), ("participations.py", "ensure")}
"""Where rows begin, with their first state."""
OTHERS = {"changes.py", "reports.py"}
"""States of corrections and reports."""


def test_states_are_set_in_one_function_each() -> None:
    found = {
        (path.name, function)
        for path in STORE.rglob("*.py")
        if "migrations" not in path.parts and path.name not in OTHERS
        for function in _setting(ast.parse(path.read_text()))
    }
    assert found == set(SET_IN.items()) | BEGUN_IN


def _setting(tree: ast.Module) -> Iterator[str]:
    """Yield the functions that write a state or status: as a key of values, or as a column given by name."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            for node in ast.walk(function):
                keys = node.keys if isinstance(node, ast.Dict) else []
                named = [key.value for key in keys if isinstance(key, ast.Constant)]
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "values":
                    named += [word.arg for word in node.keywords]
                if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                    named.append(node.attr)
                if {"state", "status"} & set(named):
                    yield function.name
