"""Acts of the console carried out on a post office in memory without any flow: their outcomes as they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from pipeline import sources
from pipeline.console.acts import BY_KEY
from pipeline.console.answers import Answers
from pipeline.console.desk import Desk
from pipeline.console.markdown import page
from pipeline.console.outcome import Outcome
from pipeline.model import Letter
from pipeline.store import letters
from tests.functional.post import Post

SECOND = timedelta(seconds=1)


def act(
    post: Post, key: str, run: Callable[[Desk], Outcome], kept: dict[str, bytes] | None = None, /, **given: object
) -> Outcome:
    """Carry out the act ``key`` with what was filled in; ``kept`` takes the files that it leaves."""
    files = kept if kept is not None else {}
    with post.context() as context:
        answers = Answers(BY_KEY[key], given)
        answers.check()
        return run(
            Desk(
                context,
                answers,
                lambda: post.now,
                lambda code: sources.publication(code, post.settings),
                say=lambda _: None,
                roster=lambda name: sources.roster(Path(name)),
                keep=keeper(files),
            )
        )


def keeper(files: dict[str, bytes]) -> Callable[[str, bytes], str]:
    """Keeps files in memory."""

    def keep(name: str, data: bytes) -> str:
        files[name] = data
        return name

    return keep


def figures_of(shown: str) -> dict[str, int]:
    """The figures of a page by their words."""
    rows = [line.strip("| ").split(" | ") for line in shown.splitlines() if line.startswith("| ")]
    return {row[0]: int(row[1]) for row in rows if len(row) == 2 and row[1].isdecimal()}


def shown(outcome: Outcome) -> str:
    """The page of an outcome, every link in it going nowhere."""
    return page(outcome, lambda key: f"/v2/{key}")


def states(post: Post, kinds: frozenset[str], besides: frozenset[int] = frozenset()) -> Counter[str]:
    """How many letters of these kinds are in each state, by the database; ``besides`` are ids that do not count."""
    return Counter(item.state.value for item in rows(post) if item.kind in kinds and item.id not in besides)


def rows(post: Post) -> list[Letter]:
    """Every letter on record."""
    with post.context() as context, context.store.reading() as session:
        return letters.listed(session, limit=10_000)
