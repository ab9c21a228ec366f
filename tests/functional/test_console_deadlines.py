"""The acts «Напомнить» and «Продлить срок»: what their pages say equals what the database has."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.console.doing import extend, remind
from pipeline.model import Letter
from pipeline.store import extensions
from tests.functional.outcomes import act, figures_of, rows, shown
from tests.functional.post import CLOSES, Post
from tests.functional.published import hand_in, published_post
from tests.functional.world import SCHEDULE, text_of

CHOSEN = {"collection": f"Расписание — {SCHEDULE}", "who": "Анна"}
NOON = datetime(2021, 9, 3, 9, tzinfo=UTC)
NIGHT = datetime(2021, 9, 3, 20, tzinfo=UTC)


@pytest.fixture
def post(tmp_path: Path) -> Post:
    """The schedule is out since two days, one of four has handed in, it is noon in Moscow."""
    made = published_post(tmp_path)
    hand_in(made)
    made.exchange_all()
    made.now = NOON
    return made


def asked(post: Post) -> list[Letter]:
    """The reminders on record."""
    return [item for item in rows(post) if item.kind in ("reminder", "last_call")]


def test_who_has_not_handed_in_is_reminded_and_the_others_are_named_with_why(post: Post) -> None:
    done = act(post, "remind", remind.run, **CHOSEN)
    assert done.line == "Напомнили 3 организациям"
    found = figures_of(shown(done))
    assert found["Организаций, которым напоминаем"] == len({item.login for item in asked(post)}) == 3
    assert found["Отправлено писем"] == Counter(item.state.value for item in asked(post))["sent"] == 3
    assert found["Уже сдали данные"] == post.counts().submitted == 1
    assert [row[0] for row in done.tables[1].rows] == ["spo240065"]
    assert {row[0] for row in done.tables[0].rows} == {item.login for item in asked(post)}


def test_asked_twice_it_writes_once_and_says_why(post: Post) -> None:
    act(post, "remind", remind.run, **CHOSEN)
    post.later(timedelta(minutes=5))
    done = act(post, "remind", remind.run, **CHOSEN)
    assert done.line == "Никому не напомнили: уже сдали – 1, напоминали недавно – 3"
    assert done.counts["letters"] == 0 == figures_of(shown(done))["Отправлено писем"]
    assert len(asked(post)) == 3


def test_w_at_night_reminders_wait_for_the_working_morning_and_that_is_said(post: Post) -> None:
    post.now = NIGHT
    done = act(post, "remind", remind.run, logins="spo240066", **CHOSEN)
    assert done.line == "Напоминание уйдёт 1 организации 4 сентября 2021 года, 09:00 мск"
    assert not done.failed
    assert figures_of(shown(done))["Ждёт отправки писем"] == 1 == len(asked(post))
    assert [item.state.value for item in asked(post)] == ["queued"]


def test_a_region_and_logins_narrow_it_down(post: Post) -> None:
    done = act(post, "remind", remind.run, region="Красноярский край — 24", logins="spo240066, spo240065", **CHOSEN)
    assert done.line == "Напомнили 1 организации"
    assert {item.login for item in asked(post)} == {"spo240066"}
    done = act(post, "remind", remind.run, logins="spo240065", **CHOSEN)
    assert done.line == "Никому не напомнили: все, кого вы выбрали, уже сдали данные"


def test_reminders_that_no_server_takes_make_a_failed_run(post: Post) -> None:
    post.mail.down = True
    done = act(post, "remind", remind.run, **CHOSEN)
    assert done.failed
    assert done.line.startswith("Напоминание 3 организациям не ушло: ")
    assert figures_of(shown(done))["Ждёт отправки писем"] == len(asked(post)) == 3


@pytest.mark.parametrize("typed", ["20.09.2021 18:00", "2021-09-20 18:00"])
def test_e3_w43_the_deadline_of_the_letter_is_the_one_that_was_typed(post: Post, typed: str) -> None:
    done = act(post, "extend", extend.run, until=typed, logins="spo240066", reason="болезнь", **CHOSEN)
    assert done.line == "Срок продлён до 20 сентября 2021 года, 18:00 мск"
    assert "20 сентября 2021 года, 18:00 мск" in text_of(post.last("spo240066@school.test"))
    assert "20 сентября 2021 г. (понедельник), 18:00 по Москве" in shown(done)
    with post.context() as context, context.store.reading() as session:
        (given,) = extensions.by_login(session, SCHEDULE).in_force()
    assert (given.login, given.until, given.who) == ("spo240066", datetime(2021, 9, 20, 15, tzinfo=UTC), "prefect:Анна")
    sent = [item for item in rows(post) if item.kind == "extended"]
    found = figures_of(shown(done))
    assert found["Логинов, которым сообщают о новом сроке"] == found["Отправлено писем"] == len(sent) == 1


def test_the_same_deadline_again_changes_nothing_and_an_empty_one_takes_it_back(post: Post) -> None:
    given = {"logins": "spo240066", "reason": "болезнь", **CHOSEN}
    act(post, "extend", extend.run, until="20.09.2021 18:00", **given)
    sent = len(post.mail.sent)
    again = act(post, "extend", extend.run, until="20.09.2021 18:00", **given)
    assert again.line == "Ничего не изменилось: срок уже продлён до 20 сентября 2021 года, 18:00 мск"
    assert figures_of(shown(again))["Отправлено писем"] == len(post.mail.sent) - sent == 0
    post.later(timedelta(minutes=5))
    back = act(post, "extend", extend.run, until="", **given)
    assert back.line == "Продление отменено"
    with post.context() as context, context.store.reading() as session:
        assert extensions.by_login(session, SCHEDULE).in_force() == []


def test_what_came_late_is_judged_again_and_answered(post: Post) -> None:
    post.now = CLOSES + timedelta(hours=1)
    hand_in(post, "spo240067@school.test")
    assert post.exchange_all()["late"] == 1
    post.later(timedelta(minutes=30))
    done = act(post, "extend", extend.run, until="20.09.2021 18:00", everybody=True, reason="сбой связи", **CHOSEN)
    assert figures_of(shown(done))["Писем взято на повторную проверку"] == done.counts["reopened"] == 1
    assert post.counts().submitted == 2
    assert "форм принято: 1" in shown(done)
