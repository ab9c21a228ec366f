"""Commands about incoming mail: what a message would be, and why."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import typer

from pipeline import wiring
from pipeline.catalogue import text
from pipeline.cli.output import emit, say
from pipeline.mail.addresses import canonical
from pipeline.mail.explain import explain, messages_of
from pipeline.mail.identity import Tagger


def explain_command(messages: list[Path], *, trace: bool, as_json: bool) -> None:
    """Print what each message of files, mboxes and Maildirs is and which rule decides; nothing is changed.

    Exit code 1 when any file cannot be read as a message.
    """
    settings = wiring.load_settings()
    rules = wiring.rules(settings)
    tagger = Tagger(*settings.signing_keys()) if settings.tag_keys or settings.key_file.exists() else None
    own = frozenset({canonical(settings.address), canonical(settings.support)})
    unreadable = False
    unpack = partial(wiring.isolated().run, "tnef")
    for path in _files(messages):
        found = messages_of(str(path), _read(path))
        for name, data in found:
            label = str(path) if len(found) == 1 else name
            record = explain(label, data, rules, own, tagger, unpack, trace=trace)
            unreadable |= record["kind"] == "unreadable"
            if as_json:
                emit(record)
            else:
                say(f"{record['file']}: {record['kind']}, {record['rule']} ({record['why']})")
                for trial in record.get("trace", ()):
                    _say_trial(trial)
    if unreadable:
        raise typer.Exit(1)


def _say_trial(trial: dict[str, Any]) -> None:
    """One rule and why it decided or not: all its conditions, those that did not hold marked."""
    say(text("cli.trace_matched" if trial["matched"] else "cli.trace_passed", rule=trial["rule"]))
    for item in trial["conditions"]:
        code = "cli.trace_holds" if item["holds"] else "cli.trace_fails"
        say(text(code, condition=item["condition"], wanted=item["wanted"], found=item["found"] or "—"))
    if not trial["conditions"]:
        say(text("cli.trace_always"))


def _files(paths: list[Path]) -> Iterator[Path]:
    """Files as they are; of a Maildir (or any folder) the messages in its ``new`` and ``cur``, else in itself."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        boxes = [path / name for name in ("new", "cur") if (path / name).is_dir()] or [path]
        yield from sorted(entry for box in boxes for entry in box.iterdir() if entry.is_file())


def _read(path: Path) -> bytes:
    """A file's bytes; one that cannot be opened reads as empty, so that every name gets its line."""
    try:
        return path.read_bytes()
    except OSError:
        return b""
