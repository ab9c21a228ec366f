"""Two that do the same at once leave one row in the audit and one set of letters, on both databases (item E4)."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from pipeline import sources, wiring
from pipeline.cabinet.publications import rescheduled
from pipeline.cabinet.roster import RosterReport
from pipeline.model import Login, Role, Summary
from pipeline.steps import close, digest, extend, fill, publish, remind, roster
from pipeline.steps.base.context import Context
from pipeline.steps.base.fakes.transport import FakeTransport
from pipeline.steps.extend import Asked
from pipeline.store import (
    audit,
    letters,
)
from pipeline.store.base import turns
from tests.functional.month import moscow
from tests.functional.published import DAY

CODE = "vpr-spo-2021-schedule"
OPENS, CLOSES = moscow("01 10:00"), moscow("07 18:00")
PEOPLE = (
    Login("spo240065", "Лицей", Role.ORGANISATION, "24", ("one@school.test",)),
    Login("spo240066", "Колледж", Role.ORGANISATION, "24", ("two@school.test",)),
    Login("spo_coord_24", "Регион", Role.COORDINATOR, "24", ("coord@region.test",)),
)
LATER = Login("spo240067", "Новый", Role.ORGANISATION, "24", ("three@school.test",))
Do = Callable[[Context], Summary]


@contextmanager
def opened(folder: Path, url: str) -> Iterator[Context]:
    with wiring.context(wiring.load_settings(state=folder, outbox=folder / "outbox", database_url=url)) as context:
        yield replace(context, open_transport=FakeTransport)


@pytest.fixture
def together(monkeypatch: pytest.MonkeyPatch) -> threading.Barrier:
    """Where two meet that have both taken their turn: only when turns hold nobody back."""
    barrier, take = threading.Barrier(2), turns.take

    def taken(session: Session, *codes: str) -> None:
        take(session, *codes)
        with suppress(threading.BrokenBarrierError):
            barrier.wait(0.3)

    monkeypatch.setattr(turns, "take", taken)
    return barrier


def twice(folder: Path, url: str, barrier: threading.Barrier, do: Do) -> list[Summary]:
    """Do the same in two workers; an exception of one is the test's."""
    barrier.reset()

    def work(_: int) -> Summary:
        with opened(folder, url) as context:
            return do(context)

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(work, range(2)))


def test_e4_two_at_once_leave_one_row_and_one_set_of_letters(
    store_url: str, tmp_path: Path, together: threading.Barrier
) -> None:
    """E4: publish, fill, remind, digest, extend, close, the end of an extension: the second finds it done."""

    def again(do: Do) -> tuple[list[Summary], Counter[str], Counter[str]]:
        before = _record(tmp_path, store_url)
        done = twice(tmp_path, store_url, together, do)
        after = _record(tmp_path, store_url)
        return done, after[0] - before[0], after[1] - before[1]

    together.abort()
    with opened(tmp_path, store_url) as context:
        roster.run(context, RosterReport(PEOPLE, ()), OPENS)

    def issue(context: Context) -> Summary:
        return publish.run(context, rescheduled(sources.publication(CODE), OPENS, CLOSES, OPENS), OPENS)

    done, deeds, kinds = again(issue)
    assert (deeds, kinds) == ({"published": 1}, {"publication": 2, "coordinator_publication": 1})
    assert sorted(summary.counts["letters"] for summary in done) == [0, 3]
    second = next(summary for summary in done if not summary.counts["letters"])
    assert any("уже разослана" in remark for remark in second.remarks)

    with opened(tmp_path, store_url) as context:
        roster.run(context, RosterReport((*PEOPLE, LATER), ()), OPENS)
    noon = moscow("04 12:00")
    assert again(lambda context: fill.run(context, noon))[1:] == ({"filled": 1}, {"publication": 1})
    assert again(lambda context: remind.run(context, noon))[1:] == ({"reminded": 1}, {"reminder": 3})
    done, deeds, kinds = again(lambda context: digest.run(context, moscow("04 18:00")))
    assert (deeds, kinds) == ({"digested": 1}, {"digest": 1})
    assert sorted(summary.counts["reports"] for summary in done) == [0, 3]
    asked = Asked(CODE, CLOSES + DAY, "cli:anna", "так надо", ("spo240065",))
    done, deeds, kinds = again(lambda context: extend.run(context, asked, noon))
    assert (deeds, kinds) == ({"extended": 1}, {"extended": 1})
    assert sum("ничего не изменилось" in remark for summary in done for remark in summary.remarks) == 1
    over = CLOSES + timedelta(minutes=10)
    assert again(lambda context: close.run(context, over))[1:] == ({"closed": 1}, {"closing": 1})
    assert again(lambda context: close.run(context, over + DAY))[1:] == ({"ended": 1}, {"closing": 1})


def test_e4_a_digest_and_the_closing_at_once_leave_one_letter(
    store_url: str, tmp_path: Path, together: threading.Barrier
) -> None:
    """E4: both runs are due at 18:00 while an extension keeps the region open."""
    together.abort()
    over = CLOSES + timedelta(hours=4)
    with opened(tmp_path, store_url) as context:
        roster.run(context, RosterReport(PEOPLE, ()), OPENS)
        publish.run(context, rescheduled(sources.publication(CODE), OPENS, CLOSES, OPENS), OPENS)
        extend.run(context, Asked(CODE, CLOSES + 2 * DAY, "cli:anna", "так надо", ("spo240065",)), OPENS)
    together.reset()
    steps = [lambda context: digest.run(context, over), lambda context: close.run(context, over)]

    def work(step: Do) -> Summary:
        with opened(tmp_path, store_url) as context:
            return step(context)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, steps))
    with opened(tmp_path, store_url) as context, context.store.reading() as session:
        waiting = [row.kind for row in letters.listed(session) if row.login == "spo_coord_24" and row.state == "queued"]
    assert Counter(waiting) == {"coordinator_publication": 1, "closing": 1}


def _record(folder: Path, url: str) -> tuple[Counter[str], Counter[str]]:
    """What stands in the audit, and the letters by kind."""
    with opened(folder, url) as context, context.store.reading() as session:
        return (
            Counter(deed.what for deed in audit.listed(session)),
            Counter(row.kind for row in letters.listed(session)),
        )
