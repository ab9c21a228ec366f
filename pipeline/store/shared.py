"""What the letters of one mailing have in common, kept once: a publication's text and list of files weigh more than all
else in the rows of its letters, and a row is written again at every step on its way out.

It goes by the hash of its JSON and never changes, so what this process has read once holds for any database.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.kept import Kept
from pipeline.model import Letter
from pipeline.store.base.sql import chunks, insert_new
from pipeline.store.tables import SharedRow
from pipeline.store.tables.columns import dump_json

_KNOWN: Kept[str, Mapping[str, Any]] = Kept(256)


def keep(session: Session, letters: Iterable[Letter]) -> dict[int, str]:
    """Put what ``letters`` share on record; return the hashes by ``id`` of the mappings. Empty ones have none."""
    kept: dict[int, str] = {}
    rows: list[dict[str, Any]] = []
    for letter in letters:
        if letter.shared and id(letter.shared) not in kept:
            data = dict(letter.shared)
            sha256 = hashlib.sha256(dump_json(data).encode()).hexdigest()
            kept[id(letter.shared)] = sha256
            rows.append({"sha256": sha256, "data": data})
    insert_new(session, SharedRow, rows)
    return kept


def found(session: Session, hashes: Iterable[str | None]) -> dict[str | None, Mapping[str, Any]]:
    """Return what goes by these hashes, None being that of nothing; not to be changed."""
    wanted = set(hashes)
    known: dict[str | None, Mapping[str, Any]] = {None: {}}
    known |= {sha256: data for sha256 in wanted if sha256 is not None and (data := _KNOWN.peek(sha256)) is not None}
    missing = sorted(sha256 for sha256 in wanted if sha256 is not None and sha256 not in known)
    for part in chunks(missing):
        for sha256, data in session.execute(select(SharedRow.sha256, SharedRow.data).where(SharedRow.sha256.in_(part))):
            known[sha256] = data
            _KNOWN.put(sha256, data)
    return known
