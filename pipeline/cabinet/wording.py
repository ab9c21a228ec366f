"""What an announcement says that letters do not show as its author means: found before anything is sent."""

from __future__ import annotations

from pipeline.cabinet.publications import TEXT_FILE, LoadedPublication
from pipeline.catalogue import text
from pipeline.mail.letters.markdown import raw_html

_MOST_LINES, _MOST_TAGS = 10, 5


def warnings(loaded: LoadedPublication) -> list[str]:
    """Return a sentence for the author about HTML in the text, with its lines in the file; none where there is none.

    Tags are named without their brackets: the sentence is shown on pages too.
    """
    found = raw_html(loaded.publication.text)
    if not found:
        return []
    lines = list(dict.fromkeys(loaded.text_line + line for line, _ in found))
    tags = list(dict.fromkeys(tag for _, tag in found))
    return [
        text(
            "publications.html" if len(lines) == 1 else "publications.html_many",
            file=f"{loaded.publication.code}/{TEXT_FILE}",
            lines=_cut(list(map(str, lines)), _MOST_LINES),
            tags=_cut(tags, _MOST_TAGS),
        )
    ]


def _cut(words: list[str], most: int) -> str:
    shown = ", ".join(words[:most])
    return text("publish.and_more", shown=shown, count=len(words) - most) if len(words) > most else shown
