"""Acts of the console as flows in this process: what a run leaves, on a real store, without Prefect's server."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from flows import acting, choosing, links, running, standing, telling
from flows.deployments import FLOWS
from pipeline.console import choices
from pipeline.console.acts import Choice
from pipeline.console.desk import at_once
from pipeline.steps.base.context import Context
from tests.functional.post import Post

TICK = timedelta(seconds=1)
WHO = "Анна"


@dataclass(frozen=True)
class Left:
    """What a run left: its state's sentence, whether it failed, its counts, and its page in Markdown."""

    line: str
    failed: bool
    counts: Mapping[str, int]
    page: str

    @property
    def figures(self) -> dict[str, int]:
        """The figures of the page's first table, by their Russian names."""
        (table,) = re.findall(r"\| Показатель \| Количество \|\n\| --- \| --- \|\n((?:\|.*\n)+)", self.page)
        rows = (line.strip("| ").split(" | ") for line in table.strip().splitlines())
        return {name: int(count) for name, count in rows}

    def table(self, title: str) -> list[list[str]]:
        """The rows of the table under ``title``, without its head."""
        found = unescaped(self.page).partition(f"## {title}\n\n")[2].partition("\n\n")[0].splitlines()
        return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in found[2:] if line.startswith("|")]


@dataclass
class Console:
    """Starts acts as Prefect would, a second after each other; ``said`` are lines of their logs."""

    post: Post
    monkeypatch: pytest.MonkeyPatch
    pages: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    stages: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Put this process in Prefect's place."""
        self.monkeypatch.setenv("KABINET_STATE", str(self.post.settings.state))
        self.monkeypatch.setenv("KABINET_OUTBOX", str(self.post.settings.outbox))
        for module, name, stand_in in (
            (acting, "opened", self._opened),
            (running, "now", self._now),
            (acting, "stage", self._stage),
            (telling, "say", lambda words, *_: self.said.append(words)),
            (acting, "create_markdown_artifact", lambda page, **_: self.pages.append(page)),
        ):
            self.monkeypatch.setattr(module, name, stand_in)
        self.monkeypatch.setattr(links, "of_act", lambda key: f"/v2/{key}")
        for module in (choosing, standing):
            self.monkeypatch.setattr(module, "renew", lambda *_: None)

    @contextmanager
    def _opened(self) -> Iterator[Context]:
        with self.post.context() as context:
            yield context

    def _now(self) -> Any:
        self.post.later(TICK)
        return self.post.now

    def _stage(self, name: str, run: Any, retries: int = 0) -> Any:
        del retries
        self.stages.append(name)
        return at_once(name, run)

    def run(self, key: str, **given: object) -> Left:
        """Start the act ``key`` with what was filled in; one page is left, whatever happens."""
        before = len(self.pages)
        state = FLOWS[key].fn(**given)
        (page,) = self.pages[before:]
        counts = state.data if isinstance(state.data, dict) else {}
        left = Left(state.message or "", state.is_failed(), counts, page)
        assert left.line.rstrip(".") in unescaped(page)
        assert "Traceback" not in page
        return left

    def mistake(self, key: str, **given: object) -> str:
        """Start an act that a mistake keeps from running; return the one Russian sentence that says so."""
        left = self.run(key, **given)
        assert left.failed
        assert re.search("[а-яё]", left.line)
        assert "kabinet " not in left.line
        assert "--" not in left.line
        return left.line

    def choices(self, choice: Choice) -> list[str]:
        """What the form offers."""
        with self.post.context() as context:
            return choices.labels(context, self.post.now, {})[choice]


def unescaped(page: str) -> str:
    """The page as it is read."""
    return re.sub(r"\\(.)", r"\1", page).replace("\u2060", "").replace("&amp;", "&")
