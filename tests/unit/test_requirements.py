"""Tests name the requirements they hold, and every number that they name exists in ``docs/requirements.md``.

``python -m tests.unit.test_requirements`` prints each requirement with the number of its tests.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[2]
_ROW = re.compile(r"\| ([EFSMW]\d+a?) \| (.+) \|")
_NUMBERED = re.compile(r"test_((?:[efsmw]\d+a?(?:_|$))+)")


def requirements() -> dict[str, str]:
    """Return number → sentence, in the order of the document."""
    rows: dict[str, str] = {}
    for line in (ROOT / "docs" / "requirements.md").read_text(encoding="utf-8").splitlines():
        match = _ROW.fullmatch(line)
        if match:
            assert match[1] not in rows, f"{match[1]} stands twice"
            rows[match[1]] = match[2]
    return rows


def numbers(name: str) -> list[str]:
    """``test_m23_w05_winmail_dat`` → M23, W5; a name without numbers gives none."""
    match = _NUMBERED.match(name)
    parts = match[1].rstrip("_").split("_") if match else []
    return [part[0].upper() + part[1:].lstrip("0") for part in parts]


def named_by() -> dict[str, list[str]]:
    """Return number → the tests that name it, as ``file::function``."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                for number in numbers(node.name):
                    found[number].append(f"{path.relative_to(ROOT)}::{node.name}")
    return found


def test_the_document_has_every_number_once() -> None:
    expected = [f"S{number}" for number in range(1, 12)] + ["S11a"] + [f"S{number}" for number in range(12, 17)]
    expected += [f"M{number}" for number in [*range(1, 42), *range(43, 49)]]
    expected += [f"W{number}" for number in [*range(1, 41), 43]]
    expected += [f"E{number}" for number in range(1, 14)]
    expected += [f"F{number}" for number in range(1, 14)]
    assert list(requirements()) == expected


def test_names_are_read_as_they_are_written() -> None:
    assert numbers("test_m23_winmail_dat") == ["M23"]
    assert numbers("test_s11a_w05_both") == ["S11a", "W5"]
    assert numbers("test_matching_of_s3") == []
    assert numbers("test_w10") == ["W10"]


def test_every_number_that_a_test_names_is_a_requirement() -> None:
    known = requirements()
    unknown = {number: names for number, names in named_by().items() if number not in known}
    assert unknown == {}


def report() -> str:
    """Return a line a requirement: its number, how many tests name it, its sentence."""
    tests = named_by()
    rows = [f"{number:5} {len(tests[number]) or '-':>3}  {words}" for number, words in requirements().items()]
    covered = sum(1 for number in requirements() if tests[number])
    return "\n".join([*rows, f"{covered} of {len(rows)} requirements are named by a test"])


def test_the_report_has_a_line_for_each_requirement() -> None:
    """Shown by pytest -s or -rP, so that the rows without a test can be seen where the tests run."""
    lines = report().splitlines()
    print("\n".join(lines))
    assert len(lines) == len(requirements()) + 1


if __name__ == "__main__":
    print(report())
