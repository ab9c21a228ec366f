"""A provider of tokens on loopback: rotates refresh tokens, and tells Dovecot whose access token is whose."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class TokenProvider:
    """``refresh`` is the only refresh token that is good; each use makes it another. ``valid`` are access tokens that
    the mail servers take. ``answers`` (status, body) are said instead, in order."""

    port: int
    user: str
    refresh: str = "refresh-0"
    lives: int = 3600
    valid: set[str] = field(default_factory=set)
    asked: list[dict[str, str]] = field(default_factory=list)
    answers: list[tuple[int, str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        """Where tokens are asked for."""
        return f"http://127.0.0.1:{self.port}/token"

    @property
    def tokeninfo(self) -> str:
        """Where servers ask about an access token, which goes behind it."""
        return f"http://127.0.0.1:{self.port}/tokeninfo?access_token="

    def refreshed(self, words: dict[str, str]) -> tuple[int, str]:
        """Answer a refresh."""
        with self.lock:
            self.asked.append(words)
            if self.answers:
                return self.answers.pop(0)
            if words.get("grant_type") != "refresh_token" or words.get("refresh_token") != self.refresh:
                return 400, json.dumps({"error": "invalid_grant"})
            number = len(self.asked)
            self.refresh = f"refresh-{number}"
            self.valid.add(f"access-{number}")
            said: dict[str, Any] = {"access_token": f"access-{number}", "refresh_token": self.refresh}
            return 200, json.dumps(said | {"token_type": "Bearer", "expires_in": self.lives})

    def told(self, token: str) -> tuple[int, str]:
        """Answer a server that asks about an access token."""
        if token in self.valid:
            return 200, json.dumps({"email": self.user})
        return 401, json.dumps({"error": "invalid_token"})


@contextmanager
def token_provider(user: str) -> Iterator[TokenProvider]:
    """Run one whose tokens are good for the mailbox ``user``."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._say(*provider.refreshed({name: values[0] for name, values in parse_qs(body).items()}))

        def do_GET(self) -> None:
            token = parse_qs(urlsplit(self.path).query).get("access_token", [""])[0]
            self._say(*provider.told(token))

        def _say(self, status: int, text: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider = TokenProvider(server.server_address[1], user)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
