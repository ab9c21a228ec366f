"""The second way of alerts: a POST of JSON to a chat, a pager or a monitor, for when mail itself fails (M46)."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipeline.errors import UnreachableError


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """Where news goes. ``token`` is sent as a bearer token (RFC 6750); ``timeout`` is seconds without an answer."""

    url: str = field(repr=False)  # chats put their secret into the path
    token: str | None = field(default=None, repr=False)
    timeout: float = 10


class Webhook:
    """Posts news, with the shape of ``pipeline.steps.base.ports.Webhook``."""

    def __init__(self, settings: WebhookSettings) -> None:
        self._settings = settings
        self._opener = urllib.request.build_opener(_NoRedirect)

    def post(self, news: Mapping[str, str]) -> None:
        """Hand over one piece of news as a JSON object; raises UnreachableError unless the answer is 2xx."""
        headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "kabinet"}
        if self._settings.token:
            headers["Authorization"] = f"Bearer {self._settings.token}"
        body = json.dumps(dict(news), ensure_ascii=False).encode()
        try:
            request = urllib.request.Request(  # noqa: S310 - settings take https, and http for loopback only
                self._settings.url, body, headers, method="POST"
            )
            with self._opener.open(request, timeout=self._settings.timeout) as answer:
                answer.read(1)
        except urllib.error.HTTPError as error:
            error.close()
            raise UnreachableError("webhook.refused", status=error.code) from error
        except (OSError, ValueError, http.client.HTTPException) as error:
            # Neither the address nor its words: chats put their secret into the path.
            raise UnreachableError("webhook.unreachable", reason=type(error).__name__) from error


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follows nothing: the token is for the address that was set, and a POST would become a GET."""

    def redirect_request(self, *_arguments: Any, **_names: Any) -> None:  # noqa: ANN401 - urllib's signature
        """Take the redirect for the refusal that it is."""
