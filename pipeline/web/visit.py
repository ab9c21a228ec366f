"""What a page is handed: the site it belongs to, and what one browser asks of it now."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from pipeline.console.acts import Tag
from pipeline.files.names import safe_name
from pipeline.kept import Kept
from pipeline.settings import Settings
from pipeline.steps.base.context import Context
from pipeline.web.drawing import Drawing
from pipeline.web.guard import LETTER_POLICY
from pipeline.web.posted import Posted
from pipeline.web.prefect import Runs

_SHELF_BYTES = 64_000_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TYPES = {".xlsx": XLSX, ".eml": "message/rfc822", ".yaml": "text/plain; charset=utf-8", ".zip": "application/zip"}


@dataclass(frozen=True, slots=True)
class File:
    """A file made for one visit: its name and bytes."""

    name: str
    data: bytes


class Shelf:
    """Keeps what a page has made until it is fetched, in memory only; the longest unused goes first."""

    def __init__(self) -> None:
        self._kept: Kept[str, File] = Kept(_SHELF_BYTES, lambda file: len(file.data))

    def put(self, name: str, data: bytes) -> str:
        """Keep a file and return the address where it is."""
        key = secrets.token_urlsafe(16)
        self._kept.put(key, File(name, data))
        return f"/shelf/{key}"

    def get(self, key: str) -> File | None:
        """Return the file, None when it is not kept any more."""
        return self._kept.peek(key)


@dataclass(frozen=True)
class Site:
    """What every page works with. ``clock`` gives the present (aware UTC), ``runs`` begins what Prefect carries out.

    ``changed`` is told when there are other publications to choose from.
    """

    settings: Settings
    open_context: Callable[[], AbstractContextManager[Context]]
    clock: Callable[[], datetime]
    runs: Runs
    drawing: Drawing
    changed: Callable[[], None] = lambda: None
    shelf: Shelf = field(default_factory=Shelf)


@dataclass(frozen=True)
class Visit:
    """One request. ``token`` is for its forms; ``troubles`` are the sentences that refuse what was sent just now."""

    site: Site
    request: Request
    token: str
    posted: Posted = field(default_factory=Posted)
    troubles: tuple[str, ...] = ()

    def path(self, name: str) -> str:
        """Return a part of the address."""
        return str(self.request.path_params.get(name, ""))

    def asked(self, name: str) -> str:
        """Return what was asked for after the question mark, or filled in."""
        return self.posted.word(name) or self.request.query_params.get(name, "").strip()

    def draw(self, page: str, status: int = 200, /, **values: Any) -> Response:  # noqa: ANN401 - what a template is filled with
        """Return a page; one that refuses something has the status of that."""
        common = {"token": self.token, "troubles": self.troubles, "acts": self.acts, "here": page}
        return HTMLResponse(self.site.drawing.page(page, **common, **values), 422 if self.troubles else status)

    @property
    def acts(self) -> str:
        """The address of the everyday acts in Prefect's UI."""
        return f"{self.site.runs.url}/v2/deployments?tags={quote(json.dumps([Tag.EVERYDAY.value], ensure_ascii=False))}"

    def go(self, address: str) -> Response:
        """Return the way to another page, after something was done."""
        return RedirectResponse(address, 303)


def as_file(name: str, data: bytes) -> Response:
    """Return bytes to be kept as a file, never shown or run by the browser."""
    name = safe_name(name, "file")
    kind = _TYPES.get("." + name.rpartition(".")[2].lower(), "application/octet-stream")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
    return Response(data, media_type=kind, headers=headers)


def as_letter(html: bytes) -> Response:
    """Return somebody's HTML to be shown alone in a frame: no scripts, no forms, nothing from outside."""
    return Response(html, media_type="text/html; charset=utf-8", headers={"Content-Security-Policy": LETTER_POLICY})
