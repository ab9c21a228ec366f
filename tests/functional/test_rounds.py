"""What runs by schedule: its page says what the database says, and long steps say how far they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from flows import acting, choosing, close, digest, exchange, fill, remind_daily, running, scheduled
from pipeline import sources
from pipeline.console.desk import at_once
from pipeline.console.markdown import page
from pipeline.console.outcome import Outcome
from pipeline.model import LetterState, Login, ReceiptState, Role
from pipeline.model.pulse import Way
from pipeline.steps import check, collect, deliver, export, publish
from pipeline.steps.base.context import Context
from pipeline.steps.base.progress import Work
from pipeline.store import letters, publications, receipts, roster
from tests.factories.limits import limited
from tests.functional.post import CLOSES, Post
from tests.functional.published import hand_in, published_post
from tests.functional.world import SCHEDULE

OTHER = "spo240066@school.test"


@pytest.fixture
def post(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Post:
    """A post office that the flows work in; a person begins them."""
    made = published_post(tmp_path)

    @contextmanager
    def opened() -> Iterator[Context]:
        with made.context() as context:
            yield context

    monkeypatch.setattr(running, "opened", opened)
    monkeypatch.setattr(running, "now", lambda: made.now)
    monkeypatch.setattr(acting, "stage", at_once)
    monkeypatch.setattr(choosing, "renew", lambda *_: None)
    monkeypatch.setattr(scheduled, "_begun", lambda: (Way.PERSON, None))
    return made


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> list[Outcome]:
    """What the runs leave as pages."""
    found: list[Outcome] = []
    monkeypatch.setattr(acting, "leave", found.append)
    return found


def _letters(post: Post) -> dict[LetterState, int]:
    with post.context() as context, context.store.reading() as session:
        return letters.counts(session)


def _receipts(post: Post) -> dict[ReceiptState, int]:
    with post.context() as context, context.store.reading() as session:
        return receipts.counts(session)


def test_the_page_of_an_exchange_has_the_figures_of_the_database_and_who_wrote(
    post: Post, pages: list[Outcome]
) -> None:
    sent = _letters(post)[LetterState.SENT]
    hand_in(post)
    post.write(OTHER, post.received(OTHER)[0], "", subject="ПОМОЩЬ")
    post.write("stranger@nowhere.test", post.received(OTHER)[0], "Кто вы?", subject="Вопрос")
    done = exchange.exchange.fn()
    (shown,) = pages
    became, counted = _receipts(post), _letters(post)
    assert shown.figures["Забрать почту: новых писем"] == sum(became.values()) == 3
    assert shown.figures["Проверить: проверено писем"] == 3
    assert shown.figures["Проверить: форм принято"] == post.counts().submitted == 1
    assert shown.figures["Отправить: отправлено"] == counted[LetterState.SENT] - sent
    assert isinstance(done.data, dict)
    assert done.data["deliver_sent"] == counted[LetterState.SENT] - sent
    assert done.message == shown.line
    assert shown.line.startswith("Новых писем: 3, проверено писем: 3, отправлено: ")
    (arrived,) = shown.tables
    assert (arrived.rows[0][1], arrived.rows[0][3]) == ("spo240065", "принято")
    assert len(arrived.rows) == 3
    assert len(shown.troubles) == became[ReceiptState.HELD] + became[ReceiptState.FAILED]
    assert "| №1 | spo240065 |" in page(shown, lambda _: None)
    post.later(timedelta(minutes=1))
    hand_in(post, OTHER)
    exchange.exchange.fn()
    (arrived,) = pages[-1].tables
    assert [row[:2] for row in arrived.rows] == [("№4", "spo240066")]


def test_an_exchange_with_nothing_to_do_says_so_and_changes_nothing(post: Post, pages: list[Outcome]) -> None:
    before = _letters(post)
    assert exchange.exchange.fn().message == "Ничего нового."
    (shown,) = pages
    assert (shown.figures, shown.troubles, shown.tables) == ({}, [], ())
    assert _letters(post) == before


def test_the_pages_of_the_other_schedules_have_the_figures_of_the_database(post: Post, pages: list[Outcome]) -> None:
    """Filling, the day's digest, the closing: did something, and did nothing when run again."""
    with post.context() as context, context.store.transaction() as session:
        new = Login("spo240099", "Новая школа", Role.ORGANISATION, "24", ("new@school.test",))
        roster.save_logins(session, [new], post.now, complete=False)
    before = sum(_letters(post).values())
    for flow, words in ((fill.fill, "Новых писем в очереди"), (digest.digest, "Писем в очереди")):
        flow.fn()
        after = sum(_letters(post).values())
        assert pages[-1].figures[words] == after - before > 0, words
        flow.fn()
        assert words not in pages[-1].figures
        before = after
    post.now = CLOSES - timedelta(days=1, hours=2)
    remind_daily.remind_daily.fn()
    after = sum(_letters(post).values())
    assert pages[-1].figures["Писем в очереди"] == after - before > 0
    post.now = CLOSES + timedelta(minutes=5)
    close.close.fn()
    assert pages[-1].figures["Закрыто сборов"] == 1
    with post.context() as context, context.store.reading() as session:
        assert publications.is_closed(session, SCHEDULE)
    close.close.fn()
    assert pages[-1].line == "Закрытие сборов. Закрывать нечего."
    assert {shown.title for shown in pages} == {
        "Досылка новым организациям по расписанию",
        "Сводка дня по расписанию",
        "Напоминания по расписанию",
        "Закрытие сборов по сроку",
    }


def test_steps_say_how_far_they_are_for_each_letter_and_end_at_the_whole(post: Post) -> None:
    said: dict[Work, list[tuple[int, int]]] = defaultdict(list)
    hand_in(post)
    hand_in(post, OTHER)
    with post.context() as opened:
        one_by_one = limited(opened.limits, judging={"batch": 1})
        context = replace(
            opened, limits=one_by_one, progress=lambda what, done, total: said[what].append((done, total))
        )
        collect.run(context, post.now)
        check.run(context, post.now)
        loaded = sources.publication(SCHEDULE)
        other = replace(loaded.publication, code="other", published_at=post.now)
        publish.run(context, replace(loaded, publication=other), post.now)
        deliver.run(context, post.now)
        export.request(context, SCHEDULE, None, None, post.now)
        export.run(context, post.now)
    people = 5
    assert said[Work.COLLECTED] == [(1, 2), (2, 2)]
    assert said[Work.CHECKED] == [(1, 2), (2, 2)]
    assert said[Work.QUEUED] == [(number, people) for number in range(1, people + 1)]
    assert said[Work.COPIED][:people] == [(number, people) for number in range(1, people + 1)]
    assert [done for done, _ in said[Work.SENT]] == list(range(1, len(said[Work.SENT]) + 1))
    assert {total for _, total in said[Work.SENT]} == {len(said[Work.SENT])}
    assert said[Work.FORMED] == [(1, 1)]
    assert said[Work.ROWS]
    assert said[Work.ROWS][-1][0] == said[Work.ROWS][-1][1]
