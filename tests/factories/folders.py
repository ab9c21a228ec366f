"""Folders of publications as authors write them, small, each with the parts that a test cares about."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pipeline.cabinet.publications import LoadedPublication, load_publication
from pipeline.catalogue import MOSCOW

FORM = """\
form: probe
version: 1
title: Проба
lists:
  subjects: {values: [Физика, Химия]}
sheets:
  - id: main
    title: Лист
    rows: {max: 5, min_filled: 1}
    columns:
      - {id: subject, title: Предмет, type: choice, list: subjects, required: true}
      - {id: rooms, title: Аудиторий, type: int, range: [1, 99]}
"""
SECOND_FORM = FORM.replace("version: 1", "version: 2").replace("range: [1, 99]", "range: [1, 500]")


def instant(at: datetime) -> str:
    """An instant as authors write it: Moscow time without a zone."""
    return f"{at.astimezone(MOSCOW):%Y-%m-%d %H:%M}"


def folder(
    code: str,
    published_at: datetime,
    *,
    closes_at: datetime | None = None,
    form: str = FORM,
    text: str = "Заполните форму.",
    files: dict[str, bytes] | None = None,
    **head: Any,
) -> LoadedPublication:
    """Load a publication with a collection that is open from its date to ``closes_at``, without one when that is None.

    ``files`` are stored under their names, attached when the name begins with «прил»; ``head`` are further keys.
    """
    lines = [f"section: {head.pop('section', 'ВПР СПО')}", f"title: {head.pop('title', 'Проба')}"]
    lines.append(f"published_at: {instant(published_at)}")
    lines += [f"{key}: {value}" for key, value in head.items()]
    if files:
        lines += ["storages:", "  - title: Материалы", "    files:"]
        for name in files:
            lines += [f"      - name: {name}", f"        attach: {'да' if name.startswith('прил') else 'нет'}"]
            lines += [f"        organisations_only: {'да' if 'ключи' in name else 'нет'}"]
    if closes_at is not None:
        lines += ["collection:", f"  opens_at: {instant(published_at)}", f"  closes_at: {instant(closes_at)}"]
    written = {"publication.md": "\n".join(["---", *lines, "---", text, ""]).encode()}
    if closes_at is not None:
        written["form.yaml"] = form.encode()
    return load_publication(code, written | {f"files/{name}": data for name, data in (files or {}).items()})
