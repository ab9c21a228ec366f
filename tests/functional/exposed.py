"""What others could see: files that are open to them, and words that stand in Prefect."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

TAG = re.compile(r"(?<![a-z0-9])[a-z0-9]{1,6}-[^\s@\"]{1,60}-\d{1,9}-\d{1,6}-[a-z2-7]{16}(?![a-z0-9])")
CODE = re.compile(r"(?<![a-z0-9-])[a-z2-7]{4}-[a-z2-7]{4}-[a-z2-7]{4}(?![a-z0-9-])")


def open_to_others(*folders: Path) -> list[str]:
    """Return what in ``folders``, themselves included, anybody but the owner has a right to."""
    found = [path for folder in folders for path in (folder, *folder.rglob("*"))]
    assert len(found) > len(folders), "nothing was made"
    return [f"{path.lstat().st_mode & 0o777:o} {path}" for path in found if path.lstat().st_mode & 0o077]


def in_database(path: Path) -> Iterator[tuple[str, str]]:
    """Yield every text of an SQLite database with its place, JSON with its escapes undone."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)) as connection:
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            rows = connection.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in rows.description]
            for row in rows:
                for name, value in zip(names, row, strict=True):
                    if isinstance(value, bytes | str):
                        yield f"{table}.{name}", plain(value)


def plain(value: bytes | str) -> str:
    """Return a text as people read it: JSON's «\\u0410» is «А»."""
    found = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    try:
        return json.dumps(json.loads(found), ensure_ascii=False)
    except ValueError:
        return found


def seen(texts: Iterable[tuple[str, str]], words: Iterable[str], patterns: Iterable[re.Pattern[str]]) -> list[Any]:
    """Return (place, word) of every one of ``words``, and of what ``patterns`` match, that stands in ``texts``."""
    wanted = re.compile("|".join([*map(re.escape, words), *(pattern.pattern for pattern in patterns)]))
    return [(place, match[0]) for place, text in texts for match in [wanted.search(text)] if match]
