"""A letter's kind and data → its subject, plain text and HTML, from the folders under ``templates/letters``.

A value that a template needs and did not get is an error (StrictUndefined), never an empty place in a letter. Data are
JSON: instants come as ISO 8601 text and are shown in Moscow time by the filters below.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateNotFound

from pipeline.catalogue import format_date, format_instant, format_listed, format_short, plural, text
from pipeline.errors import Incident
from pipeline.mail.commands import telling
from pipeline.mail.letters import markdown
from pipeline.mail.letters.compose import (
    LOGO_ID,
    LetterFile,
    Mailbox,
    Rendered,
    compose,
)
from pipeline.mail.letters.personal import (
    Campaigns,
    Slot,
    Values,
    link_part,
)

__all__ = ["LetterFile", "Mailbox", "Rendered", "Renderer", "compose"]

_PARTS = ("subject.txt", "body.txt", "body.html")
_OPTIONAL: Mapping[str, str | None] = {"publication": None, "collection": None, "phone": ""}
_AS_HTML = "html:"
_BLANK_LINES = re.compile(r"\n{3,}")
_SPACES = re.compile(r"\s+")
CELL_LENGTH = 120
"""Characters of one cell that a letter shows."""
_CELL_MARKUP = 240


class Renderer:
    """Renders letters from the folder ``templates`` (the one that holds ``letters/``); keep one in a process.

    ``letters/logo.png`` goes along with every letter; without that file letters have no logo.
    """

    def __init__(self, templates: Path) -> None:
        self._environment = Environment(
            loader=_Templates(templates),
            undefined=StrictUndefined,
            autoescape=_is_html,  # noqa: S701 - every HTML template escapes, tests poison every value
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.filters.update(_FILTERS)
        logo = templates / "letters" / "logo.png"
        self._logo = logo.read_bytes() if logo.is_file() else b""
        self._environment.globals |= {"mailto": mailto, "logo": f"cid:{LOGO_ID}" if self._logo else "", **_COMMANDS}
        self._campaigns = Campaigns(self.whole)
        self._folder = templates

    @cached_property
    def identity(self) -> str:
        """A hash of the templates, the logo and what is told of commands: letters are the same only while these are."""
        digest = hashlib.sha256(telling.wording().encode())
        for path in sorted(path for path in (self._folder / "letters").rglob("*") if path.is_file()):
            content = path.read_bytes()
            digest.update(f"{path.relative_to(self._folder).as_posix()}\0{len(content)}\0".encode() + content)
        return digest.hexdigest()

    def render(self, kind: str, data: Values) -> Rendered:
        """Return the letter ``kind`` filled with ``data``: as ``whole`` does, in a campaign from what it has made.

        Raises as ``whole`` does.
        """
        return self._campaigns.render(kind, data)

    def whole(self, kind: str, data: Values) -> Rendered:
        """Return the letter ``kind`` filled with ``data``.

        Raises Incident ``letter.unknown_kind`` when there is no such folder, and jinja2.UndefinedError when a value
        that the letter needs is missing.
        """
        try:
            subject, body, page = (self._environment.get_template(f"letters/{kind}/{part}") for part in _PARTS)
        except TemplateNotFound as error:
            raise Incident("letter.unknown_kind", kind=kind, template=error.name) from error
        values = {**_OPTIONAL, **data}
        line = _SPACES.sub(" ", subject.render(values)).strip()
        values["letter_subject"] = line
        return Rendered(line, _tidy(body.render(values)), _tight(page.render(values)), self._logo)


class _Templates(FileSystemLoader):
    """Files under two names: words shared by both parts are imported into HTML as ``html:letters/…``, for a macro
    escapes as the file it stands in, not as the file that calls it."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        return super().get_source(environment, template.removeprefix(_AS_HTML))


def _is_html(name: str | None) -> bool:
    return name is not None and (name.endswith(".html") or name.startswith(_AS_HTML))


def mailto(address: str | Slot, subject: str, code: str | Slot = "") -> str:
    """Return a ``mailto:`` link that opens a ready letter (RFC 6068): ``subject`` with the short code in brackets."""
    shown = f"%20%5B{link_part(code)}%5D" if code else ""
    return f"mailto:{link_part(address, '@')}?subject={link_part(subject)}{shown}"


def shorten(value: str, length: int) -> str:
    """Return ``value`` in at most ``length`` characters, cut at a word with «…» when something is left out."""
    value = _SPACES.sub(" ", value).strip()
    if len(value) <= length:
        return value
    cut = value[:length].rsplit(" ", 1)[0] if " " in value[:length] else value[: length - 1]
    return cut[: length - 1].rstrip(" ,;:(–-") + "…"


def clip(value: str, length: int) -> str:
    """Return the first ``length`` characters of ``value``, lines kept, «…» on its own line when some are left out."""
    return value if len(value) <= length else value[:length].rstrip() + "\n…"


def size(octets: int) -> str:
    """``35840`` → «35 КБ», ``1258291`` → «1,2 МБ»: as mail clients show it, 1 КБ at least."""
    if octets < 1024 * 1000:
        return f"{max(1, round(octets / 1024))} КБ"
    return f"{octets / 1024 / 1024:.1f} МБ".replace(".0 ", " ").replace(".", ",")


def by_sheet(findings: Iterable[Values]) -> list[tuple[str, list[Values]]]:
    """Return findings grouped by sheet in the order of first mention; what is about the whole file goes under ""."""
    groups: dict[str, list[Values]] = {}
    for finding in findings:
        groups.setdefault(finding["sheet"] or "", []).append(finding)
    return list(groups.items())


def within(tables: Sequence[Values], octets: int) -> Values:
    """Return ``{"tables", "left"}``: the first rows of ``tables`` that take about ``octets`` of HTML at most.

    ``left`` counts the rows left out. A table of which no row fits is left out whole.
    """
    shown, left = [], 0
    for table in tables:
        rows = []
        for row in table["rows"]:
            octets -= sum(
                _CELL_MARKUP + len(f"{header}{cell[:CELL_LENGTH]}".encode())
                for header, cell in zip(table["header"], row, strict=False)
            )
            if octets < 0:
                break
            rows.append(row)
        left += len(table["rows"]) - len(rows)
        if rows:
            shown.append({**table, "rows": rows})
    return {"tables": shown, "left": left}


def _instant(value: str) -> datetime:
    return datetime.fromisoformat(value)


def _tidy(body: str) -> str:
    lines = "\n".join(line.rstrip() for line in body.split("\n"))
    return _BLANK_LINES.sub("\n\n", lines).strip("\n") + "\n"


def _tight(page: str) -> str:
    """HTML without indentation and blank lines: a third less to send."""
    return "\n".join(line for line in map(str.strip, page.split("\n")) if line) + "\n"


_COMMANDS: dict[str, Callable[..., object]] = {
    "offered": telling.offered,
    "promise": telling.promise,
    "help_lines": telling.help_lines,
    "takes_publication": telling.takes_publication,
}
_FILTERS: dict[str, Callable[..., object]] = {
    "instant": lambda value: format_instant(_instant(value)),
    "short": lambda value: format_short(_instant(value)),
    "date": lambda value: format_date(_instant(value)),
    "listed": lambda value: format_listed(_instant(value)),
    "plural": plural,
    "status": lambda value: text(f"status.{value}"),
    "size": size,
    "clip": clip,
    "shorten": shorten,
    "by_sheet": by_sheet,
    "within": within,
    "zip": zip,
    "markdown_text": markdown.to_text,
    "markdown_html": markdown.to_html,
}
