"""A collection is closed before its time: the deadline, extensions, letters that wait, what comes afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.catalogue import format_instant
from pipeline.errors import UserError
from pipeline.model import LatePolicy, LetterState, Status, Summary
from pipeline.model.audit import Deed
from pipeline.model.closings import Extension
from pipeline.steps import close, end, extend
from pipeline.steps.extend import Asked
from pipeline.store import audit, extensions, letters, publications
from tests.functional.post import CLOSES, OPENS, Post
from tests.functional.published import COORDINATOR, DAY, HOUR, hand_in, published_post
from tests.functional.world import SCHEDULE, text_of

HANDED_IN, LATE, MORE_TIME = (f"spo24{number}@school.test" for number in ("0065", "0066", "0067"))
WHY = "данные собраны"


@pytest.fixture
def post(tmp_path: Path) -> Post:
    """The schedule is out, one organisation has handed in, another has two days more than the rest."""
    made = published_post(tmp_path)
    hand_in(made, HANDED_IN)
    made.exchange_all()
    with made.context() as context:
        extend.run(context, Asked(SCHEDULE, CLOSES + 2 * DAY, "cli", "ремонт", ("spo240067",)), made.now)
    made.run("deliver")
    made.later(DAY)
    return made


def ended(post: Post) -> Summary:
    """End the schedule as an administrator; ``close`` runs a minute later."""
    with post.context() as context:
        done = end.run(context, SCHEDULE, WHY, post.now, "prefect:Анна")
        post.later(timedelta(minutes=1))
        close.run(context, post.now)
    post.run("deliver")
    return done


def deeds(post: Post) -> list[Deed]:
    with post.context() as context, context.store.reading() as session:
        return audit.listed(session, publication=SCHEDULE)


def test_an_end_before_the_time_is_told_to_those_who_have_not_handed_in(post: Post) -> None:
    at = post.now
    before = {address: len(post.received(address)) for address in (HANDED_IN, LATE, MORE_TIME, COORDINATOR)}
    done = ended(post)
    assert done.counts == {"letters": 3, "logins": 3, "extensions": 1, "withheld": 0}
    after = {address: len(post.received(address)) - count for address, count in before.items()}
    assert after == {HANDED_IN: 0, LATE: 1, MORE_TIME: 1, COORDINATOR: 1}
    said = text_of(post.last(LATE))
    assert f"Прием закончился {format_instant(at)}" in said
    assert f"Прежний срок, {format_instant(CLOSES)}" in said
    assert f"Прежний срок, {format_instant(CLOSES + 2 * DAY)}" in text_of(post.last(MORE_TIME))
    assert str(post.last(LATE)["In-Reply-To"]) == str(post.received(LATE)[0]["Message-ID"])
    last = text_of(post.last(COORDINATOR))
    assert "Прием закрыт: сдано 1 из 4" in last
    assert "СРОК ПРОДЛЁН" not in last
    closed, early = deeds(post)[:2]
    assert (early.what, early.who, early.why) == ("closed_early", "prefect:Анна", WHY)
    assert early.detail == f"срок был {format_instant(CLOSES)}, продлённых сроков закрыто вместе с ним: 1"
    assert (closed.what, closed.detail) == ("closed", "сдано 1 из 4")
    later = CLOSES + 3 * DAY - post.now
    post.later(later)
    with post.context() as context:  # when the old deadlines come, nothing is left to do
        assert not any(close.run(context, post.now).counts.values())


def test_what_was_received_before_the_end_is_in_time_and_what_comes_later_is_not(post: Post) -> None:
    hand_in(post, LATE)  # in the mailbox, nobody has looked
    received_at = post.now
    post.later(timedelta(minutes=1))
    ended(post)
    post.later(HOUR)
    hand_in(post, MORE_TIME)
    post.exchange_all()
    part = post.participant("spo240066").participation
    assert (part.status, part.handed_in_at) == (Status.SUBMITTED, received_at)
    assert post.participant("spo240067").participation.status is Status.NOT_STARTED
    assert "Не принято, прием закрыт" in str(post.last(MORE_TIME)["Subject"])


def test_a_collection_that_takes_late_forms_marks_them(post: Post) -> None:
    with post.context() as context, context.store.transaction() as session:
        found = publications.publication(session, SCHEDULE)
        assert found is not None
        assert found.collection is not None
        late = replace(found, collection=replace(found.collection, late=LatePolicy.ACCEPT))
        publications.save_publication(session, late, post.now)
    ended(post)
    assert "примем ее с отметкой" in text_of(post.last(LATE))
    post.later(HOUR)
    hand_in(post, LATE)
    post.exchange_all()
    assert post.participant("spo240066").participation.status is Status.SUBMITTED
    assert "после срока" in text_of(post.last(LATE))


def test_letters_that_wait_and_name_the_old_deadline_do_not_leave(post: Post) -> None:
    night = OPENS.replace(hour=20) + 2 * DAY  # 23:00 in Moscow
    post.later(night - post.now)
    with post.context() as context:
        extend.run(context, Asked(SCHEDULE, CLOSES + 4 * DAY, "cli", "ремонт", ("spo240066",)), post.now)
    post.later(timedelta(minutes=5))
    done = ended(post)
    assert done.remarks == ["Ночью письма не уходят: организации узнают о закрытии " + _morning(post)]
    with post.context() as context, context.store.reading() as session:
        waiting = letters.listed(session, LetterState.QUEUED)
        withheld = letters.listed(session, LetterState.WITHHELD)
    assert sorted({letter.kind for letter in waiting}) == ["closing", "ended"]
    assert [letter.kind for letter in withheld] == ["extended"]
    post.later(12 * HOUR)
    post.run("deliver")
    assert f"Прежний срок, {format_instant(CLOSES)}" in text_of(post.last(LATE))  # the only one it was told


def _morning(post: Post) -> str:
    with post.context() as context, context.store.reading() as session:
        (due,) = {letter.due_at for letter in letters.listed(session, LetterState.QUEUED) if letter.kind == "ended"}
    return f"{format_instant(due)}."


def test_after_the_general_closing_an_end_is_that_of_the_extensions(post: Post) -> None:
    post.later(CLOSES + HOUR - post.now)
    with post.context() as context:
        close.run(context, post.now)
    post.run("deliver")
    post.later(HOUR)
    told = len(post.received(LATE))
    done = ended(post)
    assert (done.counts["logins"], done.counts["extensions"]) == (1, 1)
    assert len(post.received(LATE)) == told
    assert "Продлённые сроки закончились" in text_of(post.last(COORDINATOR))


def test_mistakes_change_nothing(post: Post) -> None:
    with post.context() as context:
        for code, why, said in (
            (SCHEDULE, " ", "end.why"),
            ("vpr", WHY, "publication.unknown"),
        ):
            with pytest.raises(UserError) as caught:
                end.run(context, code, why, post.now, "prefect:Анна")
            assert caught.value.code == said
        with pytest.raises(UserError) as caught:
            end.run(context, SCHEDULE, WHY, OPENS - HOUR, "prefect:Анна")
        assert caught.value.code == "end.not_open"
        end.run(context, SCHEDULE, WHY, post.now, "prefect:Анна")
        with pytest.raises(UserError) as caught:  # somebody else was a moment faster
            end.run(context, SCHEDULE, WHY, post.now + HOUR, "prefect:Борис")
        assert caught.value.code == "end.closed"
        assert format_instant(post.now) in str(caught.value)
    assert [deed.who for deed in deeds(post) if deed.what == "closed_early"] == ["prefect:Анна"]


def test_an_end_can_be_undone_by_an_extension(post: Post) -> None:
    ended(post)
    with post.context() as context:
        extend.run(context, Asked(SCHEDULE, CLOSES, "cli", "рано закрыли", everybody=True), post.now)
        with context.store.reading() as session:
            given: list[Extension] = extensions.by_login(session, SCHEDULE).in_force()
    assert CLOSES in {item.until for item in given}
    hand_in(post, LATE)
    post.exchange_all()
    assert post.participant("spo240066").participation.status is Status.SUBMITTED
