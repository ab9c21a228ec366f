"""How titles of sheets and columns are compared, in a definition and in what comes back alike (W30)."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.forms.workbooks.cells import Cell
from pipeline.forms.workbooks.values import match_key

_SIGNS = frozenset("+%№<>=±#≤≥≠≈")
"""Signs that alone may tell two titles apart: «Изменение, +»."""
_LAST_DASH = re.compile(r"(?:^|[^\w-])[-−][^\w-]*$")
_LONG = 300
"""Characters of the longest text that is kept: titles and labels come again in every file, long cells do not."""


def normal(value: Cell) -> str:
    """Return a title as it is compared: case, spaces, punctuation, ё/е and invisible characters set aside.

    Signs that mean something stay, and so does a dash at the end: «Изменение, −» is not «Изменение, +».
    """
    if not isinstance(value, str):
        return ""
    return _letters_of(value) if len(value) <= _LONG else _letters_of.__wrapped__(value)


@lru_cache(maxsize=4096)
def _letters_of(value: str) -> str:
    key = match_key(value)
    kept = "".join(char for char in key if char.isalnum() or char in _SIGNS)
    return f"{kept}-" if kept and _LAST_DASH.search(key) else kept
