"""«ПРОДЛИТЬ логин до …»: what a coordinator may do about deadlines by mail and what not; all of it is on record."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest

from pipeline.embedded import clients
from pipeline.model import Status
from pipeline.steps import moderate
from pipeline.store import audit, extensions
from pipeline.store import roster as roster_rows
from tests.functional.post import CLOSES, Post, form_in, make_post
from tests.functional.published import COORDINATOR, DAY, FAR, HOUR, SUPPORT, hand_in, published_post
from tests.functional.world import SCHEDULE, text_of

WRITER = "spo240065@school.test"


@pytest.fixture
def post(tmp_path: Path) -> Post:
    return published_post(tmp_path)


def _coordinator_writes(post: Post, text: str, sender: str = COORDINATOR) -> EmailMessage:
    post.write(sender, post.received(COORDINATOR)[0], text)
    post.exchange_all()
    return post.last(COORDINATOR)


def _deeds(post: Post) -> list[tuple[str, str, str | None]]:
    with post.context() as context, context.store.reading() as session:
        found = audit.listed(session)
    return [(deed.what, deed.who, deed.login) for deed in found if deed.who.startswith("spo_coord_24")]


def test_s13_a_coordinator_extends_the_deadline_of_an_organisation_of_the_region(post: Post) -> None:
    answer = _coordinator_writes(post, "ПРОДЛИТЬ spo240065 до 9 сентября, болезнь ответственного")
    assert str(answer["Subject"]).startswith("Срок продлён: spo240065, до 09.09.2021 18:00 мск")
    told = post.last(WRITER)
    assert str(told["Subject"]).startswith("Срок продлён до 09.09.2021 18:00 мск")
    assert "координатор вашего региона" in text_of(told)
    assert form_in(told)
    post.now = CLOSES + DAY
    hand_in(post)
    assert post.exchange_all()["accepted"] == 1
    with post.context() as context, context.store.reading() as session:
        (deed,) = audit.listed(session, login="spo240065")
        (extension,) = extensions.history(session, SCHEDULE)
    assert (deed.what, deed.login, deed.region, deed.why) == (
        "extended",
        "spo240065",
        "24",
        "болезнь ответственного",
    )
    assert deed.who == f"spo_coord_24 <{COORDINATOR}>"
    assert deed.receipt_id is not None
    assert (extension.who, extension.why) == (deed.who, deed.why)


def test_after_the_closing_a_coordinator_takes_what_came_late(post: Post) -> None:
    post.now = CLOSES + HOUR
    hand_in(post)
    post.exchange_all()
    post.run("close", "deliver")
    answer = _coordinator_writes(post, "Продлите срок для spo240065 до 8 сентября 18:00")
    assert "проверяется заново" in text_of(answer)
    assert post.exchange_all().get("accepted", 0) or post.participant("spo240065").participation.handed_in_at
    assert post.participant("spo240065").participation.status is Status.SUBMITTED


def test_what_is_longer_than_a_coordinator_may_extend_is_passed_on_to_support(post: Post) -> None:
    answer = _coordinator_writes(post, "ПРОДЛИТЬ spo240065 до 20.09.2021 12:00, ремонт")
    assert str(answer["Subject"]).startswith("Просьба о продлении передана организатору")
    assert "до 10 сентября 2021 года, 18:00 мск" in text_of(answer)
    wanted = post.last(SUPPORT)
    assert 'kabinet extend vpr-spo-2021-schedule --login spo240065 --until "2021-09-20 12:00"' in text_of(wanted)
    assert "ремонт" in text_of(wanted)
    assert COORDINATOR in str(wanted["Reply-To"])
    with post.context() as context, context.store.reading() as session:
        assert extensions.history(session, SCHEDULE) == []
    assert _deeds(post) == [("passed_on", f"spo_coord_24 <{COORDINATOR}>", "spo240065")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ПРОДЛИТЬ spo250001 до 9 сентября", "В вашем регионе нет организации с логином spo250001"),
        ("ПРОДЛИТЬ spo240999 до 9 сентября", "В вашем регионе нет организации с логином spo240999"),
        ("ПРОДЛИТЬ spo240065 до 7 сентября", "и так до 7 сентября 2021 года, 18:00 мск"),
        ("ПРОДЛИТЬ spo240065 до 29.08.2021", "29 августа 2021 года, 18:00 мск уже прошло"),
        ("ПРОДЛИТЬ spo240065 до лучших времен", "Новый срок не понят: «лучших времен»"),
    ],
)
def test_what_a_coordinator_may_not_extend_is_refused_with_the_reason(post: Post, text: str, words: str) -> None:
    with post.context() as context, context.store.transaction() as session:
        roster_rows.save_logins(session, [FAR], post.now, complete=False)
    answer = _coordinator_writes(post, text)
    assert str(answer["Subject"]).startswith("Срок не продлён")
    assert words in text_of(answer)
    with post.context() as context, context.store.reading() as session:
        assert extensions.history(session, SCHEDULE) == []
    assert [what for what, *_ in _deeds(post)] == ["refused"]


def test_an_organisation_cannot_extend_its_own_deadline(post: Post) -> None:
    post.write(WRITER, post.last(WRITER), "ПРОДЛИТЬ spo240065 до 9 сентября")
    post.exchange_all()
    assert str(post.last(WRITER)["Subject"]).startswith("Вопрос передан")
    assert _deeds(post) == []


def test_a_stranger_with_the_coordinators_tag_cannot_extend(post: Post) -> None:
    post.write("thief@elsewhere.test", post.last(COORDINATOR), "ПРОДЛИТЬ spo240065 до 9 сентября")
    post.exchange_all()
    assert _deeds(post) == []


def test_replay_of_a_command_and_of_a_reopened_return_changes_nothing(post: Post) -> None:
    post.now = CLOSES + HOUR
    hand_in(post)
    post.exchange_all()
    with post.context() as context:
        assert moderate.replay(context, 1) == []
    _coordinator_writes(post, "ПРОДЛИТЬ spo240065 до 8 сентября 19:00")
    post.exchange_all()
    with post.context() as context:
        assert moderate.replay(context, 1) == []
        moderate.replay(context, 2)
    assert len(_deeds(post)) == 1


@pytest.mark.system("postgresql")
def test_w25_the_whole_of_it_on_postgresql(tmp_path: Path, postgres_url: str) -> None:
    """Late, extended by mail, taken, closed for the rest, reminded, and the last letter, on the other database."""
    post = make_post(tmp_path, database_url=postgres_url)
    post.publish()
    post.now = CLOSES + HOUR
    hand_in(post)
    assert post.exchange_all()["late"] == 1
    _coordinator_writes(post, "ПРОДЛИТЬ spo240065 до 9 сентября")
    _coordinator_writes(post, "ПРОДЛИТЬ spo240066 до 8 сентября 19:30")
    post.exchange_all()
    assert post.participant("spo240065").participation.status is Status.SUBMITTED
    assert post.run("close")["close"].counts["closed"] == 1
    post.now = CLOSES + DAY - 8 * HOUR
    assert post.run("remind")["remind"].counts["logins"] == 1
    post.now = CLOSES + 3 * DAY
    assert post.run("close")["close"].counts["ended"] == 1
    assert [what for what, *_ in _deeds(post)] == ["extended", "extended"]


def test_of_several_collections_the_coordinator_is_asked_which(post: Post) -> None:
    post.publish("vpr-spo-2021-participants")
    written = clients.thunderbird(COORDINATOR, post.settings.address, "ПРОДЛИТЬ spo240065 до 9 сентября", "", None)
    post.inbox.deliver(written.as_bytes(), post.now)
    post.exchange_all()
    answer = post.last(COORDINATOR)
    assert "участвует в нескольких сборах" in text_of(answer)
    with post.context() as context, context.store.reading() as session:
        assert extensions.history(session, SCHEDULE) == []
