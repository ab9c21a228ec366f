"""Awkward workbooks as files, each with what ``kabinet form check`` and ``form read`` say of it in a .json beside it.

``tests/functional/test_golden_workbooks.py`` compares. ``python -m tests.golden.workbooks`` makes what is missing.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pipeline.forms.checking.jsonview import check_json, workbook_json
from pipeline.forms.reading.foreign import IsolatedReader
from tests.factories.sheets import shipped_form
from tests.golden.workbooks.makers import Awkward

FOLDER = Path(__file__).resolve().parent
MOST_BYTES = 30_000
"""Of one file: larger ones belong into a factory."""


def expected_path(name: str) -> Path:
    """Return where the verdict on the workbook ``name`` is kept."""
    return FOLDER / f"{name}.json"


def verdict(awkward: Awkward, data: bytes, isolated: IsolatedReader | None) -> dict[str, Any]:
    """Return what a .json holds: what is awkward, the form, and the lines of ``form check`` and ``form read``."""
    name = awkward.name
    return {
        "what": awkward.what,
        "form": awkward.form,
        "check": check_json(shipped_form(awkward.form), name, data, isolated),
        "read": workbook_json(name, data, isolated),
    }


def written(said: dict[str, Any]) -> str:
    """Return ``said`` as the file holds it: each field of a finding and each row of a sheet on its own line."""
    sheets = said["read"]["sheets"]
    rows: dict[str, str] = {}

    def row(cells: list[Any]) -> str:
        key = f"@{len(rows)}@"
        rows[f'"{key}"'] = json.dumps(cells, ensure_ascii=False)
        return key

    placed = said["read"] | {"sheets": {title: [row(cells) for cells in grid] for title, grid in sheets.items()}}
    result = json.dumps(said | {"read": placed}, ensure_ascii=False, indent=1)
    for key, line in rows.items():
        result = result.replace(key, line)
    return result + "\n"
