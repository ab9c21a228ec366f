"""The tables of commands in the guides, written from the commands and the catalogue (``make guides``).

A table in a document is between ``<!-- commands: NAME -->`` and ``<!-- end -->``; its two first lines, the heads,
are the document's own.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from pipeline.catalogue import MESSAGES, text
from pipeline.mail.commands.command import Word
from pipeline.mail.commands.reading import read_command
from pipeline.mail.commands.words import WORDS, words_for
from pipeline.model import Role

GUIDES: Mapping[str, Role] = {"organisation.md": Role.ORGANISATION, "coordinator.md": Role.COORDINATOR}
"""Each guide with the role of its readers."""
_TABLES: Mapping[str, Callable[[Word], str]] = {
    "organisation": lambda word: f"command.guide.organisation.{word.id}",
    "coordinator": lambda word: f"command.guide.coordinator.{word.id}",
    "behind": lambda word: f"command.guide.behind.{word.id}",
}
"""The tables, with the code of a command's rows in them."""
_BEGIN, _BEGIN_ENDS, _END, _HEADS = "<!-- commands: ", " -->", "<!-- end -->", 2


def filled(document: str) -> str:
    """Return ``document`` with every table of commands as it ought to be.

    Raises KeyError for an unknown table and ValueError for one without an end.
    """
    made: list[str] = []
    left = document.split("\n")
    while left:
        line = left.pop(0)
        made.append(line)
        if line.startswith(_BEGIN):
            end = left.index(_END)
            made += [*left[:_HEADS], *_rows(line.removeprefix(_BEGIN).removesuffix(_BEGIN_ENDS))]
            del left[:end]
    return "\n".join(made)


def missing(document: str, role: Role) -> list[str]:
    """Return the names of the commands that a writer of ``role`` has and ``document`` shows nowhere.

    A command is shown in the first cell of a row, where commas part several, or in bold type.
    """
    shown: list[str] = []
    for line in document.split("\n"):
        if line.startswith("| "):
            shown += line.removeprefix("| ").partition(" |")[0].split(", ")
        shown += line.split("**")[1::2]
    found = {command.word for written in shown if (command := read_command(written)) is not None}
    return sorted(word.name for word in words_for(role) - found)


def _rows(table: str) -> list[str]:
    codes = {_TABLES[table](word) for word in WORDS}
    return [f"| {row} |" for code in MESSAGES if code in codes for row in text(code).split("\n")]


def main(folder: Path) -> None:
    """Write the tables of the guides in ``folder``."""
    for name in GUIDES:
        path = folder / name
        path.write_text(filled(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
