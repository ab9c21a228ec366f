"""A webhook on loopback: a real HTTP server that keeps what it is posted and answers as told."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class WebhookSink:
    """What came, and the status that is answered; 3xx leads to ``/elsewhere``."""

    port: int
    status: int = 204
    news: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    tried: int = 0

    @property
    def url(self) -> str:
        """Where to post."""
        return f"http://127.0.0.1:{self.port}/hook"

    def told(self) -> list[tuple[str, str]]:
        """What came, as (code, state)."""
        return [(item["code"], item["state"]) for item in self.news]


@contextmanager
def webhook_sink() -> Iterator[WebhookSink]:
    """Run one on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            sink.tried += 1
            if 200 <= sink.status < 300:
                sink.news.append(json.loads(body))
                sink.headers.append({name.lower(): value for name, value in self.headers.items()})
            self.send_response(sink.status)
            if 300 <= sink.status < 400:
                self.send_header("Location", f"http://127.0.0.1:{sink.port}/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            sink.tried += 1000  # a redirect that was followed would come here, with the token

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    sink = WebhookSink(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield sink
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
