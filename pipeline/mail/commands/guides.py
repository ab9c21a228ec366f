"""The tables of commands in the guides, written from the commands and the catalogue (``make guides``).

A table in a document stands between ``<!-- commands: NAME -->`` and ``<!-- end -->``; its two first lines, the heads,
are the document's own.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from pipeline.catalogue import MESSAGES, text
from pipeline.mail.commands.command import Word
from pipeline.mail.commands.reading import read_command
from pipeline.mail.commands.words import WORDS, words_for
from pipeline.model import Role

GUIDES: Mapping[str, Role] = {"organisation.md": Role.ORGANISATION, "coordinator.md": Role.COORDINATOR}
"""The guides, and for whom they are."""
_TABLES: Mapping[str, Callable[[Word], str]] = {
    "organisation": lambda word: f"command.guide.organisation.{word.id}",
    "coordinator": lambda word: f"command.guide.coordinator.{word.id}",
    "behind": lambda word: f"command.guide.behind.{word.id}",
}
"""The tables, with the code of a command's rows in them."""
_TABLE = re.compile(r"(?m)(^<!-- commands: (\w{1,40}) -->\n(?:\|[^\n]*\n){2})(?:\|[^\n]*\n)*(<!-- end -->)")
_SHOWN = re.compile(r"(?m)^\| ([^|\n]{1,200}) \|| \*\*([^*\n]{1,200})\*\*")


def filled(document: str) -> str:
    """Return ``document`` with every table of commands as it ought to be. Raises KeyError for an unknown table."""
    return _TABLE.sub(lambda match: match[1] + _rows(match[2]) + match[3], document)


def missing(document: str, role: Role) -> list[str]:
    """Return the names of the commands that a writer of ``role`` has and ``document`` shows nowhere.

    Shown is what stands in the first cell of a row, several parted by commas, or in bold type.
    """
    cells = [cell for match in _SHOWN.finditer(document) for cell in (*(match[1] or "").split(", "), match[2] or "")]
    shown = {command.word for cell in cells if (command := read_command(cell)) is not None}
    return sorted(word.name for word in words_for(role) - shown)


def _rows(table: str) -> str:
    codes = {_TABLES[table](word) for word in WORDS}
    return "".join(f"| {row} |\n" for code in MESSAGES if code in codes for row in text(code).split("\n"))


def main(folder: Path) -> None:
    """Write the tables of the guides in ``folder``."""
    for name in GUIDES:
        path = folder / name
        path.write_text(filled(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
