"""The page as a browser asks it: a real server on loopback over a real store, with the post office in memory."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path

import httpx

from pipeline.errors import UnreachableError
from pipeline.settings import PROJECT
from pipeline.web.server import PageServer
from tests.functional.post import Post, make_post

PAGE = re.compile(r"<[^>]+>")
_TOKEN = re.compile(r'name="token" value="([0-9a-f]{64})"')
_BLANKS = re.compile(r"\s+")
Files = Sequence[tuple[str, tuple[str, bytes]]]


@dataclass
class FakeRuns:
    """Stands for Prefect: keeps what was begun; ``away`` is when it does not answer."""

    url: str = "http://127.0.0.1:4200"
    begun: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    away: bool = False

    def start(self, act: str, parameters: Mapping[str, object]) -> str:
        """Keep the run and return its page."""
        if self.away:
            raise UnreachableError("web.no_prefect", url=self.url)
        self.begun.append((act, dict(parameters)))
        return f"{self.url}/v2/runs/flow-run/1"


@dataclass
class Browser:
    """Asks the page as an administrator's browser does: it keeps the cookie and sends forms with their token."""

    post: Post
    runs: FakeRuns
    http: httpx.Client
    told: list[str]

    @property
    def home(self) -> Path:
        """The folder with ``publications/``."""
        return self.post.settings.home

    def get(self, path: str, **headers: str) -> httpx.Response:
        """Open a page."""
        return self.http.get(path, headers=headers)

    def send(self, page: str, path: str = "", files: Files = (), **fields: str) -> httpx.Response:
        """Fill in and send the form on ``page`` to ``path``, its own address by default; redirects are followed."""
        found = _TOKEN.search(self.get(page).text)
        assert found is not None, f"{page} has no form"
        origin = str(self.http.base_url).rstrip("/")
        data = {"token": found[1], **fields}
        sent = self.http.post(path or page, data=data, files=files or None, headers={"Origin": origin})
        while sent.is_redirect and sent.headers["location"].startswith("/"):
            sent = self.get(sent.headers["location"])
        return sent


def read(response: httpx.Response) -> str:
    """Return what a person reads on a page."""
    return _BLANKS.sub(" ", unescape(PAGE.sub(" ", response.text))).strip()


@contextmanager
def browser(folder: Path, post: Post | None = None, *codes: str) -> Iterator[Browser]:
    """Yield a browser before a page whose project folder is ``folder/home`` with the publications ``codes``."""
    home = folder / "home"
    (home / "publications").mkdir(parents=True)
    (home / "templates").symlink_to(PROJECT / "templates")
    shutil.copy(PROJECT / "inbox_rules.yaml", home)
    shutil.copy(PROJECT / "publications" / "roster.xlsx", home / "publications")
    for code in codes:
        shutil.copytree(PROJECT / "publications" / code, home / "publications" / code)
    post = post or make_post(folder)
    post.settings = post.settings.model_copy(update={"home": home})
    runs, told = FakeRuns(), list[str]()
    with (
        PageServer(
            post.settings, post.context, 0, runs=runs, clock=lambda: post.now, changed=lambda: told.append("changed")
        ) as server,
        httpx.Client(base_url=server.url, timeout=60) as http,
    ):
        yield Browser(post, runs, http, told)
