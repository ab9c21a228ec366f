"""The record by mail: «ПАСПОРТ» and its corrections, and what a coordinator does about them and dead addresses."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from pipeline.cabinet.roster import RosterReport
from pipeline.errors import UserError
from pipeline.model import Login, Role
from pipeline.model.audit import Deed
from pipeline.model.corrections import ChangeState
from pipeline.steps import fill, roster
from pipeline.store import audit, changes
from tests.functional.post import Kabinet, Post, form_in
from tests.functional.published import published_post
from tests.functional.robots import report, sent_to
from tests.functional.world import text_of

WRITER, CODE = "spo240065@school.test", "spo240065"
DEAD, DEAD_CODE = "spo240066@school.test", "spo240066"
COORDINATOR = "spo_coord_24@region.test"
OTHER_COORDINATOR = "coord77@region.test"
NEW = "new@school.test"
DAY = timedelta(days=1)
OURS = ("change_approved", "change_declined", "address_given", "refused")


@pytest.fixture
def post(tmp_path: Path) -> Post:
    """The schedule is out; a region 77 with an organisation and a coordinator has joined since."""
    post = published_post(tmp_path)
    more = (
        Login("spo770001", "Московский колледж", Role.ORGANISATION, "77", ("spo770001@school.test",)),
        Login("spo_coord_77", "Регион 77", Role.COORDINATOR, "77", (OTHER_COORDINATOR,)),
        Login("spo240080", "Школа без адреса", Role.ORGANISATION, "24"),
    )
    imported(post, *post.logins().values(), *more)
    return post


def imported(post: Post, *logins: Login) -> None:
    with post.context() as context:
        roster.run(context, RosterReport(logins, ()), post.now)


def ask(post: Post, sender: str, body: str, *, subject: str = "вопрос") -> str:
    """``sender`` writes to the exchange; return the text of what came back to it."""
    to = EmailMessage()
    to["Reply-To"], to["Message-ID"], to["Subject"] = post.settings.address, "<none@school.test>", "x"
    before = len(post.received(sender))
    post.write(sender, to, body, subject=subject)
    post.exchange_all()
    (answer,) = post.received(sender)[before:]
    return text_of(answer).replace("\r\n", "\n")


def waiting(post: Post) -> list[tuple[int, str, str, str]]:
    with post.context() as context, context.store.reading() as session:
        return [(item.id, item.login, item.field, item.value) for item in changes.listed(session)]


def state_of(post: Post, number: int) -> ChangeState:
    with post.context() as context, context.store.reading() as session:
        found = changes.change(session, number)
    assert found is not None
    return found.state


def deeds(post: Post) -> list[Deed]:
    with post.context() as context, context.store.reading() as session:
        return [deed for deed in audit.listed(session) if deed.what in OURS]


def kill(post: Post, address: str = DEAD) -> None:
    """The publication comes back, and the probe two days later."""
    report(post, sent_to(post, address))
    post.exchange_all()
    post.later(2 * DAY)
    post.run("deliver")
    report(post, sent_to(post, address))
    post.exchange_all()


# «ПАСПОРТ»


def test_s16_the_passport_shows_all_that_is_on_record(post: Post) -> None:
    shown = ask(post, WRITER, "ПАСПОРТ")
    for words in (
        "Логин: spo240065",
        f"Название: {post.logins()[CODE].name}",
        "Регион: 24, Красноярский край",
        f"- {WRITER}: письма не возвращались",
        "Расписание проведения ВПР СПО в образовательных организациях: Не приступило. Прием открыт до 7 сентября",
    ):
        assert words in shown, words
    assert "ВАШИ ИСПРАВЛЕНИЯ" not in shown
    assert "ЖДУТ РЕШЕНИЯ" not in shown


def test_s16_the_passport_tells_the_health_of_each_address(post: Post) -> None:
    people = post.logins()
    two = replace(people[DEAD_CODE], addresses=(DEAD, "second@school.test"))
    imported(post, *(two if code == DEAD_CODE else login for code, login in people.items()))
    kill(post)
    shown = ask(post, "second@school.test", "Паспорт, пожалуйста")
    assert f"- {DEAD}: письма не доходят с 30 августа 2021 года: такого ящика нет" in shown
    assert "- second@school.test: письма не возвращались" in shown


def test_s16_corrections_in_plain_words_wait_and_are_told_with_their_numbers(post: Post) -> None:
    body = f"Добрый день!\nПАСПОРТ\n\nназвание Лицей № 5\n{NEW} - новый адрес\nрегион 77\nтелефон 12-34-56\n\nИванова"
    shown = ask(post, WRITER, body, subject="")
    assert waiting(post) == [
        (1, CODE, "name", "Лицей № 5"),
        (2, CODE, "address", NEW),
        (3, CODE, "region", "77"),
        (4, CODE, "other", "телефон 12-34-56"),
    ]
    assert "- Название: Лицей № 5 (№1, передано на проверку)" in shown
    assert "- Регион: 77, Москва (№3, передано на проверку)" in shown
    assert post.logins()[CODE].addresses == (WRITER,)
    again = ask(post, WRITER, "", subject=f"ПАСПОРТ адрес {NEW}")
    assert f"- Новый адрес: {NEW} (такое исправление уже ждет решения)" in again
    assert "- №1 от 30 августа 2021 года. Название: Лицей № 5" in again
    assert len(waiting(post)) == 4


def test_s16_a_correction_in_the_subject_keeps_its_capitals(post: Post) -> None:
    ask(post, WRITER, "", subject="ПАСПОРТ название Лицей «Радуга»")
    assert waiting(post) == [(1, CODE, "name", "Лицей «Радуга»")]


def test_s16_corrections_that_cannot_be_are_told_why(post: Post) -> None:
    why = {
        "адрес: школа на почте": "не понято: адрес пишется так",
        f"адрес {WRITER}": "уже так и записано",
        f"удалить адрес {WRITER}": "это единственный адрес",
        "удалить адрес other@school.test": "убирать нечего",
        "адрес new@schооl.test": "русские буквы",
        "адрес exchange@kabinet.test": "это адрес самого кабинета",
        "регион Мордор": "напишите код из двух цифр",
    }
    shown = ask(post, WRITER, "\n".join(["ПАСПОРТ", *why]))
    assert [words for words in why.values() if words not in shown] == []
    assert "Исправления не переданы" in shown
    assert waiting(post) == []


def test_s16_nobody_asks_without_end(post: Post) -> None:
    lines = "\n".join(f"адрес a{number}@school.test" for number in range(12))
    shown = ask(post, WRITER, f"ПАСПОРТ\n{lines}")
    assert len(waiting(post)) == 10
    assert "a9@school.test (№10" in shown


def test_s16_an_organisation_may_say_address_alone(post: Post) -> None:
    assert "передано на проверку" in ask(post, WRITER, f"Адрес {NEW}")
    assert waiting(post) == [(1, CODE, "address", NEW)]


def test_s16_an_organisation_decides_nothing(post: Post) -> None:
    ask(post, WRITER, f"ПАСПОРТ адрес {NEW}")
    ask(post, WRITER, "ПРИНЯТЬ 1")
    assert len(waiting(post)) == 1
    assert deeds(post) == []
    assert len(post.received(post.settings.support)) == 1  # it went on as a question


# ЗАДАЧИ, ПРИНЯТЬ, ОТКЛОНИТЬ


def test_s16_a_coordinator_accepts_and_the_organisation_is_told_at_both_addresses(post: Post) -> None:
    ask(post, WRITER, f"ПАСПОРТ адрес {NEW}")
    post.run("digest", "deliver")
    assert "прислали 1 исправление" in text_of(post.last(COORDINATOR))
    listed = ask(post, COORDINATOR, "задачи")
    assert f"- №1 от 30 августа 2021 года, {CODE}" in listed
    assert f"Новый адрес: {NEW}" in listed
    assert "ПРИНЯТЬ 1 или ОТКЛОНИТЬ 1" in listed
    done = ask(post, COORDINATOR, "Принять №1")
    assert f"- №1, {CODE}, новый адрес {NEW}: принято" in done
    assert "ИСПРАВЛЕНИЯ ЖДУТ" not in done
    assert post.logins()[CODE].addresses == (WRITER, NEW)
    assert "Исправление одобрено" in str(post.last(WRITER)["Subject"])
    assert "региональный координатор" in text_of(post.last(WRITER))
    assert "Этот адрес записан за вашей организацией" in str(post.last(NEW)["Subject"])
    (deed,) = deeds(post)
    assert (deed.what, deed.login, deed.region, deed.at) == ("change_approved", CODE, "24", post.now)
    assert deed.who == f"spo_coord_24 <{COORDINATOR}>"
    assert deed.receipt_id is not None
    with post.context() as context:
        fill.run(context, post.now)
    post.run("deliver")
    assert form_in(post.last(NEW))
    assert CODE in ask(post, NEW, "ПАСПОРТ")  # the new address is the organisation's own from here on
    assert "уже одобрено раньше" in ask(post, COORDINATOR, "ПРИНЯТЬ 1")


def test_s16_a_coordinator_declines_with_a_reason_beside_or_under_the_word(post: Post) -> None:
    ask(post, WRITER, f"ПАСПОРТ\nназвание Лицей\nадрес {NEW}\nтелефон 1-23")
    done = ask(
        post, COORDINATOR, "ОТКЛОНИТЬ 1: По уставу иначе\nотклонить 2, 3\nНе отвечает «Мария»\n\nС уважением, Петрова"
    )
    assert done.count("отклонено") == 3
    assert "Выполнено: 3 из 3" in str(post.last(COORDINATOR)["Subject"])
    told = [text_of(message) for message in post.received(WRITER)[-3:]]
    assert "Причина: По уставу иначе" in told[0]
    assert all("Причина: Не отвечает «Мария»" in words for words in told[1:])
    assert [deed.why for deed in deeds(post)] == ["Не отвечает «Мария»", "Не отвечает «Мария»", "По уставу иначе"]
    assert post.logins()[CODE].addresses == (WRITER,)


def test_s16_a_coordinator_of_another_region_is_refused_and_told_nothing_of_it(post: Post) -> None:
    ask(post, WRITER, f"ПАСПОРТ адрес {NEW}")
    done = ask(post, OTHER_COORDINATOR, "ПРИНЯТЬ 1")
    assert "№1: в вашем регионе такого исправления нет" in done
    assert "Не выполнено" in str(post.last(OTHER_COORDINATOR)["Subject"])
    assert NEW not in done
    assert CODE not in done
    assert state_of(post, 1) is ChangeState.PENDING
    given = ask(post, OTHER_COORDINATOR, f"АДРЕС {CODE} {NEW}")
    assert f"В вашем регионе нет организации с логином {CODE}" in given
    assert post.logins()[CODE].addresses == (WRITER,)
    assert [(deed.what, deed.detail) for deed in deeds(post)] == [
        ("refused", f"АДРЕС {CODE}: unknown_login"),
        ("refused", "ПРИНЯТЬ №1: unknown"),
    ]
    assert "№1 от" not in ask(post, OTHER_COORDINATOR, "ЗАДАЧИ")


def test_s16_what_is_the_administrators_alone(post: Post) -> None:
    """A region, a coordinator's own record, and what the coordinator has asked for himself."""
    ask(post, WRITER, "ПАСПОРТ регион 77")
    ask(post, COORDINATOR, "ПАСПОРТ адрес coord24@other.test")
    done = ask(post, COORDINATOR, f"АДРЕС {CODE} {NEW}")
    assert "передано администратору" in done
    assert str(post.last(COORDINATOR)["Subject"]).startswith("Передано администратору")
    assert post.logins()[CODE].addresses == (WRITER,)
    assert [item[1:3] for item in waiting(post)] == [
        (CODE, "region"),
        ("spo_coord_24", "address"),
        (CODE, "address"),
    ]
    done = ask(post, COORDINATOR, "ПРИНЯТЬ 1, 2 и 3, 4")
    assert done.count("это решает администратор") == 2
    assert "прислали вы сами" in done
    assert "такого исправления нет" in done
    assert len(waiting(post)) == 3


# АДРЕС


def test_s16_an_address_for_who_is_out_of_reach_is_in_force_at_once(post: Post) -> None:
    kill(post)
    tasks = ask(post, COORDINATOR, "ЗАДАЧИ")
    assert f"- {DEAD_CODE}," in tasks
    assert f"{DEAD}, не доходят с 30 августа 2021 года, такого ящика нет" in tasks
    assert "- spo240080, Школа без адреса" in tasks
    before = len(post.received(DEAD))
    done = ask(post, COORDINATOR, f"АДРЕС {DEAD_CODE} {NEW}\nАДРЕС spo240080: first@school.test")
    assert done.count("записано и уже действует") == 2
    assert "ПИСЬМА НЕ ДОХОДЯТ" not in done
    assert "НЕТ АДРЕСА" not in done
    assert post.logins()[DEAD_CODE].addresses == (DEAD, NEW)
    assert post.logins()["spo240080"].addresses == ("first@school.test",)
    for address in (NEW, "first@school.test"):
        assert "Сообщил: региональный координатор" in text_of(post.last(address))
    assert len(post.received(DEAD)) == before  # nobody reads there
    assert [(deed.what, deed.login) for deed in deeds(post)] == [
        ("address_given", "spo240080"),
        ("address_given", DEAD_CODE),
    ]
    assert DEAD_CODE in ask(post, NEW, "ПАСПОРТ")


def test_s16_the_living_address_beside_a_dead_one_is_told(post: Post) -> None:
    people = post.logins()
    two = replace(people[DEAD_CODE], addresses=(DEAD, "second@school.test"))
    imported(post, *(two if code == DEAD_CODE else login for code, login in people.items()))
    kill(post)
    done = ask(post, COORDINATOR, f"АДРЕС {DEAD_CODE} вместо {DEAD} {NEW}")
    assert "записано и уже действует" in done
    assert post.logins()[DEAD_CODE].addresses == (NEW, "second@school.test")
    assert "записан новый адрес" in str(post.last("second@school.test")["Subject"])


def test_s16_addresses_that_cannot_be_are_told_why(post: Post) -> None:
    why = {
        "АДРЕС spo249999 new@school.test": "нет организации с логином spo249999",
        f"АДРЕС {DEAD_CODE} new@schооl.test": "русские буквы",
        f"АДРЕС {DEAD_CODE} {DEAD}": "уже так и записано",
        f"АДРЕС {DEAD_CODE} exchange@kabinet.test": "это адрес самого кабинета",
    }
    shown = ask(post, COORDINATOR, "\n".join(why))
    assert [words for words in why.values() if words not in shown] == []
    assert waiting(post) == []
    assert post.logins()[DEAD_CODE].addresses == (DEAD,)


def test_s16_a_coordinator_corrects_the_own_record_like_anybody(post: Post) -> None:
    assert "передано на проверку" in ask(post, COORDINATOR, "АДРЕС coord24@other.test")
    assert waiting(post) == [(1, "spo_coord_24", "address", "coord24@other.test")]


def test_an_administrator_cannot_take_the_last_address_away(post: Post, kabinet: Kabinet) -> None:
    """Each of two corrections could be approved when it was asked for, and both together leave nothing."""
    people = post.logins()
    two = replace(people[CODE], addresses=(WRITER, NEW))
    imported(post, *(two if code == CODE else login for code, login in people.items()))
    ask(post, WRITER, f"ПАСПОРТ\nудалить {NEW}\nудалить {WRITER}")
    first, second = (number for number, *_ in waiting(post))
    assert kabinet("roster", "approve", "24-1").exit_code == 0
    with pytest.raises(UserError) as caught:
        kabinet("roster", "approve", "24-2")
    assert caught.value.code == "change.last"
    assert "последний адрес логина spo240065" in str(caught.value)
    assert (state_of(post, first), state_of(post, second)) == (ChangeState.APPROVED, ChangeState.PENDING)
