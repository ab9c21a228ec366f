"""What differs between two editions of a publication, in sentences for people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from pipeline.catalogue import format_instant, text
from pipeline.model import Collection, Publication, StoredFile

_SHOWN_FILES = 10  # named one by one; more are counted


def differences(before: Publication, after: Publication) -> tuple[str, ...]:
    """Return what the new edition changes, each a sentence without a full stop; empty when nothing does.

    That a whole publication was moved in time, its files with it, is no change: the date of publishing is that of the
    run when dates are given on the command line.
    """
    return tuple(_differences(before, after))


def _differences(before: Publication, after: Publication) -> Iterator[str]:
    for name in ("title", "section", "contact"):
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield text(f"edition.{name}", before=old or text("edition.none"), after=new or text("edition.none"))
    if before.audience is not after.audience:
        yield text(f"edition.audience_{after.audience.value}")
    if before.valid_until != after.valid_until:
        yield _moved("valid_until", before.valid_until, after.valid_until)
    named_alike = all(one.collection and one.collection.title == one.title for one in (before, after))
    yield from _collection(before.collection, after.collection, named_alike=named_alike)
    yield from _files(before, after)
    if before.text != after.text:
        yield text("edition.text")


def _collection(before: Collection | None, after: Collection | None, *, named_alike: bool) -> Iterator[str]:
    """``named_alike``: the collection has the title of its publication both times, which is told already."""
    if before is None or after is None:
        if before is not after:
            yield text("edition.collection_removed" if after is None else "edition.collection_added")
        return
    if before.closes_at != after.closes_at:
        yield _moved("closes_at", before.closes_at, after.closes_at)
    if before.opens_at != after.opens_at:
        yield _moved("opens_at", before.opens_at, after.opens_at)
    if before.title != after.title and not named_alike:
        yield text("edition.collection_title", before=before.title, after=after.title)
    if before.late is not after.late:
        yield text(f"edition.late_{after.late.value}")
    if before.form_id != after.form_id:
        yield text("edition.other_form")
    elif before.form_version != after.form_version:
        yield text("edition.form", version=after.form_version)
    if before.prefill != after.prefill:
        yield text("edition.prefill")


def _moved(what: str, before: datetime | None, after: datetime | None) -> str:
    old, new = (format_instant(at) if at else text("edition.none") for at in (before, after))
    return text(f"edition.{what}", before=old, after=new)


def _files(before: Publication, after: Publication) -> Iterator[str]:
    old, new = _by_name(before), _by_name(after)
    kinds: tuple[tuple[str, list[StoredFile]], ...] = (
        ("file_added", [new[name] for name in new if name not in old]),
        ("file_removed", [old[name] for name in old if name not in new]),
        ("file_changed", [new[name] for name in new if name in old and new[name].sha256 != old[name].sha256]),
        (
            "file_rules",
            [new[name] for name in new if name in old and _rules_differ(old[name], new[name], before, after)],
        ),
    )
    for code, files in kinds:
        if len(files) > _SHOWN_FILES:
            yield text(f"edition.{code}_many", count=len(files))
        else:
            yield from (text(f"edition.{code}", title=file.title) for file in files)
    kept = [name for name in new if name in old]
    if not any(files for _, files in kinds) and (
        [storage.title for storage in before.storages] != [storage.title for storage in after.storages]
        or kept != list(old)
    ):
        yield text("edition.storages")


def _by_name(publication: Publication) -> dict[str, StoredFile]:
    return {file.name: file for storage in publication.storages for file in storage.files}


def _rules_differ(old: StoredFile, new: StoredFile, before: Publication, after: Publication) -> bool:
    """Whether title, time or rights of a file of the same bytes differ."""
    if old.sha256 != new.sha256:
        return False
    moved = (
        old.available_from != new.available_from
        and old.available_from - before.published_at != new.available_from - after.published_at
    )
    told_before, told_after = ((file.title, file.organisations_only, file.attach) for file in (old, new))
    return moved or told_before != told_after
