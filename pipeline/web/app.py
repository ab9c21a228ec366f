"""The application: which address is which page, how a page is asked, and what is said when it cannot answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, replace

import structlog
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from pipeline.catalogue import text
from pipeline.errors import UserError
from pipeline.web import posted
from pipeline.web.guard import Guard, Tokens, give
from pipeline.web.pages import files, forms, home, letters, publications, roster, trying
from pipeline.web.posted import TooLargeError
from pipeline.web.visit import Site, Visit

log = structlog.get_logger()
Show = Callable[[Visit], Response]
_LITTLE = 100_000  # bytes of a form without files


@dataclass(frozen=True, slots=True)
class Page:
    """An address. ``take`` does what its form asks for; what it refuses is said on the page that ``show`` draws.

    ``most`` are the bytes that it takes.
    """

    path: str
    show: Show
    take: Show | None = None
    most: int = _LITTLE


PAGES = (
    Page("/", home.show),
    Page("/page.css", home.style),
    Page("/roster", roster.show, roster.take, roster.MOST),
    Page("/roster/{name}", roster.checked, roster.load),
    Page("/publications", publications.show, publications.take, publications.MOST),
    Page("/publications/staged/{key}", publications.checked, publications.put),
    Page("/publications/{code}", trying.show),
    Page("/publications/{code}/letter", trying.show, trying.send),
    Page("/publications/{code}/answer", trying.show, trying.judge, trying.MOST),
    Page("/form", forms.show, forms.take, forms.MOST),
    Page("/files", files.show),
    Page("/files/report/{number:int}", files.report),
    Page("/files/kept/{name:path}", files.kept),
    Page("/letters", letters.show),
    Page("/letters/{number:int}", letters.one),
    Page("/shelf/{key}", home.shelf),
)


def application(site: Site, hosts: Collection[str], password: str | None = None) -> ASGIApp:
    """Return the whole page as an ASGI application for ``hosts``; ``password`` is what it asks for, None: nothing."""
    tokens = Tokens()
    routes = [
        Route(page.path, _endpoint(site, tokens, page), methods=["GET", "POST"] if page.take else ["GET"])
        for page in PAGES
    ]
    missing = _endpoint(site, tokens, Page("", home.missing))
    inner = Starlette(routes=routes, exception_handlers={404: missing, 405: missing})
    return Guard(inner, hosts, password)


def _endpoint(site: Site, tokens: Tokens, page: Page) -> Callable[..., Awaitable[Response]]:
    async def answer(request: Request, _fault: object = None) -> Response:
        token, seed = tokens.of(request)
        visit = Visit(site, request, token)
        try:
            if request.method == "POST" and page.take is not None:
                response = await _taken(visit, tokens, page)
            else:
                response = await run_in_threadpool(_shown, page.show, visit)
        except Exception:
            log.exception("web.incident", path=page.path)
            response = visit.draw("refused", 500, title=text("web.incident"), remedy=text("web.incident_remedy"))
        if seed is not None:
            give(response, seed)
        return response

    return answer


async def _taken(visit: Visit, tokens: Tokens, page: Page) -> Response:
    """Read what was sent, see that a form of ours sent it, and do what it asks for."""
    assert page.take is not None
    try:
        sent = await posted.read(visit.request, page.most)
        if not tokens.is_true(visit.request, sent.word("token")):
            return visit.draw("refused", 403, title=text("web.other_form"), remedy=text("web.other_form_remedy"))
        return await run_in_threadpool(page.take, replace(visit, posted=sent))
    except TooLargeError as error:
        response = visit.draw("refused", 413, title=str(error), remedy=text("web.too_large_remedy"))
        response.headers["Connection"] = "close"
        return response
    except UserError as error:
        refused = replace(visit, troubles=tuple(error.lines))
        return await run_in_threadpool(_shown, page.show, refused)


def _shown(show: Show, visit: Visit) -> Response:
    try:
        return show(visit)
    except UserError as error:
        lines = (*visit.troubles, *error.lines)
        return visit.draw("refused", 422, title=lines[0], remedy=" ".join(lines[1:]))
