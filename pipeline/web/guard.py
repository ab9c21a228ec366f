"""Who may ask the page: only somebody at this very address. Other hosts, other origins and forged forms are refused.

A page of any site can make the browser of an administrator ask us things. Its requests carry the site's origin, or a
name of its own that it points at us (DNS rebinding): both are refused here. A form is ours when it holds a token made
of the cookie that only we can read (``SameSite=Strict``) and a secret of this process.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from base64 import b64encode
from collections.abc import Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.catalogue import text

USER = "kabinet"
"""The name before the password, as on Prefect's page."""
_ASKS = 'Basic realm="Kabinet", charset="UTF-8"'
COOKIE = "kabinet_page"
_SEED = re.compile(r"[0-9a-f]{64}")
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'self'"
)
LETTER_POLICY = "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'self'"
"""For what others wrote: a letter is shown as it is, alone, and can do nothing."""
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Guard:
    """Lets requests to ``hosts`` (with their ports) through to ``app``, and gives every answer its safe headers.

    With a ``password`` it asks for it as Prefect does: the page begins runs there, and shows what letters say.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str], password: str | None = None) -> None:
        self._app, self._hosts = app, frozenset(hosts)
        self._given = None if password is None else b64encode(f"{USER}:{password}".encode())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        refusal = self._refusal(Headers(scope=scope))

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        answer = self._app
        if refusal:
            answer = PlainTextResponse(text(refusal), 403)
        elif not self._is_known(Headers(scope=scope)):
            answer = PlainTextResponse(text("web.password", user=USER), 401, {"WWW-Authenticate": _ASKS})
        await answer(scope, receive, sending)

    def _is_known(self, headers: Headers) -> bool:
        """Whether the password was given, or none is asked for."""
        if self._given is None:
            return True
        kind, _, given = headers.get("authorization", "").partition(" ")
        return kind.lower() == "basic" and hmac.compare_digest(given.strip().encode(), self._given)

    def _refusal(self, headers: Headers) -> str | None:
        """Return the code of the sentence that refuses the request, or None."""
        host = headers.get("host", "").lower()
        if len(headers.getlist("host")) != 1 or host not in self._hosts:
            return "web.other_host"
        if any(origin.lower() != f"http://{host}" for origin in headers.getlist("origin")):
            return "web.other_origin"
        return None


class Tokens:
    """Tokens for the forms of one process, each good for one browser's cookie."""

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(32)

    def of(self, request: Request) -> tuple[str, str | None]:
        """Return the token for the browser's forms, and the cookie that it is still to be given."""
        seed = request.cookies.get(COOKIE, "")
        if _SEED.fullmatch(seed):
            return self._made(seed), None
        seed = secrets.token_hex(32)
        return self._made(seed), seed

    def is_true(self, request: Request, token: str) -> bool:
        """Whether a form that the browser sends was ours."""
        seed = request.cookies.get(COOKIE, "")
        return bool(_SEED.fullmatch(seed)) and hmac.compare_digest(self._made(seed).encode(), token.encode())

    def _made(self, seed: str) -> str:
        return hmac.new(self._secret, seed.encode(), hashlib.sha256).hexdigest()


def give(response: Response, seed: str) -> None:
    """Put the browser's cookie into ``response``; it ends with the browser."""
    response.set_cookie(COOKIE, seed, httponly=True, samesite="strict", path="/")
