"""Which day a daily letter is of, what takes its place, and what rests at night (issue item E4, M43)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline import sources, wiring
from pipeline.cabinet.publications import rescheduled
from pipeline.embedded.organisations import FAULTY_ROWS
from pipeline.errors import ConfigurationError, UnreachableError, UserError
from pipeline.model import Letter, LetterState, Login, Role, Summary
from pipeline.model.audit import DEEDS
from pipeline.steps import digest, extend, fill, pause, publish, remind, roster, withdraw
from pipeline.steps.extend import Asked
from pipeline.store import audit, letters
from pipeline.store import roster as roster_rows
from tests.functional.month import moscow as september
from tests.functional.post import CLOSES, Post
from tests.functional.published import COORDINATOR, DAY, FAR, HOUR, SUPPORT, hand_in, published_post
from tests.functional.robots import report, sent_to
from tests.functional.world import SCHEDULE, text_of

WRITER, OTHER = "spo240065@school.test", "spo240066@school.test"
SECOND = "spo_coord_24b@region.test"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def post(tmp_path: Path) -> Post:
    return published_post(tmp_path)


def at(post: Post, when: str, *steps: str) -> dict[str, Summary]:
    """Run steps at «05 18:00» of September in Moscow."""
    post.now = september(when)
    return post.run(*steps)


def digests(post: Post, address: str = COORDINATOR) -> list[str]:
    """The letters with figures that came to a coordinator, by how their subjects begin."""
    subjects = (str(message["Subject"]).partition(":")[0] for message in post.received(address)[1:])
    return [subject for subject in subjects if subject.startswith(("Сдано", "Прием закрыт", "Общий срок истек"))]


def rows(post: Post, *kinds: str) -> list[Letter]:
    """The letters of these kinds on record, oldest first."""
    with post.context() as context, context.store.reading() as session:
        return [row for row in reversed(letters.listed(session)) if row.kind in kinds]


def deeds(post: Post) -> list[tuple[str, str, str | None, str | None, str]]:
    """The audit, oldest first."""
    with post.context() as context, context.store.reading() as session:
        found = audit.listed(session)
    return [(deed.what, deed.who, deed.publication, deed.region, deed.detail) for deed in reversed(found)]


def give(post: Post, until: datetime | None, *logins: str, why: str = "так надо", **scope: Any) -> Summary:
    with post.context() as context:
        return extend.run(context, Asked(SCHEDULE, until, "cli:anna", why, logins, **scope), post.now)


def enrol(post: Post, *more: Login, **addresses: tuple[str, ...]) -> None:
    """Add logins to the roster, and give known ones other addresses."""
    with post.context() as context, context.store.transaction() as session:
        known = {login.code: login for login in (*roster_rows.logins(session), *more)}
        for code, given in addresses.items():
            known[code] = replace(known[code], addresses=given)
        roster_rows.save_logins(session, list(known.values()), post.now)


# The day of a digest


def test_e4_a_digest_at_two_in_the_night_is_of_the_day_before_and_the_evening_has_its_own(post: Post) -> None:
    """E4, M43: its key and its words name the day; it leaves in the morning."""
    assert at(post, "05 02:00", "digest", "deliver")["digest"].counts["letters"] == 1
    assert digests(post) == []
    at(post, "05 08:00", "deliver")
    assert digests(post) == ["Сдано 0 из 4 на 05.09.2021 02"]
    assert "Сводка за 4 сентября 2021 года. Сведения на 5 сентября 2021 года, 02:00 мск." in text_of(
        post.last(COORDINATOR)
    )
    assert at(post, "05 18:00", "digest", "deliver")["digest"].counts["letters"] == 1
    assert digests(post)[1:] == ["Сдано 0 из 4 на 05.09.2021 18"]
    assert "Сводка за" not in text_of(post.last(COORDINATOR))
    assert [row.key.split(":")[2] for row in rows(post, "digest")] == ["2021-09-04", "2021-09-05"]


def test_e4_run_again_for_one_day_it_sends_nothing_and_says_so(post: Post) -> None:
    at(post, "05 18:00", "digest")
    for when, following in (("05 18:30", "6 сентября 2021 года"), ("06 12:00", "сегодня")):
        done = at(post, when, "digest")["digest"]
        assert done.counts == {"letters": 0, "reports": 0}
        assert list(done.remarks) == [
            f"Сводка за 5 сентября 2021 года уже отправлена; следующая – {following} в 18:00."
        ]
    assert at(post, "06 18:00", "digest")["digest"].counts["letters"] == 1


def test_e4_one_digest_a_day_also_with_two_addresses_and_for_who_comes_at_noon(post: Post) -> None:
    """E4: an address that comes after the digest gets none of that day: its coordinator had it."""
    enrol(post, spo_coord_24=(COORDINATOR, "second@region.test"))
    at(post, "05 18:00", "digest", "deliver")
    enrol(post, spo_coord_24=("third@region.test", COORDINATOR))
    at(post, "05 19:00", "digest", "deliver")
    assert (len(digests(post)), len(post.received("second@region.test"))) == (1, 1)
    assert post.received("third@region.test") == []
    enrol(post, Login("spo_coord_24b", "Второй координатор", Role.COORDINATOR, "24", (SECOND,)))
    assert (
        at(post, "06 12:00", "digest", "deliver")["digest"].counts["letters"] == 1
    )  # of the 5th, which it has not had
    at(post, "06 18:00", "digest", "deliver")
    assert [str(message["Subject"])[:34] for message in post.received(SECOND)] == [
        "Сдано 0 из 4 на 06.09.2021 12:00 м",
        "Сдано 0 из 4 на 06.09.2021 18:00 м",
    ]
    assert len(digests(post)) == 2


def test_e4_a_digest_of_what_is_no_collection_is_refused_in_a_sentence(post: Post) -> None:
    with post.context() as context, pytest.raises(UserError, match="проверьте код"):
        digest.run(context, post.now, "unknown")


def test_e4_a_digest_that_could_not_leave_is_overtaken_by_the_next(post: Post) -> None:
    """E4: figures of yesterday do not leave after those of today."""
    post.mail.down = True
    at(post, "04 18:00", "digest")
    at(post, "05 18:00", "digest")
    post.mail.down = False
    at(post, "05 18:01", "deliver")
    assert digests(post) == ["Сдано 0 из 4 на 05.09.2021 18"]
    assert [row.state for row in rows(post, "digest")] == [LetterState.WITHHELD, LetterState.SENT]


# Closing


@pytest.mark.parametrize("order", [("close", "digest"), ("digest", "close")])
def test_e4_at_the_moment_of_closing_the_closing_letter_is_the_only_one(post: Post, order: tuple[str, ...]) -> None:
    """E4: whichever of the two runs comes first; an extension keeps the region open, and changes nothing."""
    give(post, CLOSES + 2 * DAY, "spo240065")
    at(post, "07 18:00", "digest", "deliver")
    at(post, "07 18:10", *order, "deliver")
    at(post, "07 18:40", *order, "deliver")
    assert digests(post) == ["Общий срок истек, сдано 0 из 4"]
    at(post, "08 18:00", "digest", "deliver")
    assert len(digests(post)) == 2


@pytest.mark.parametrize(
    ("closes", "expected"),
    [
        ("07 18:00", []),
        ("07 20:59", []),  # the closing letter comes within three hours
        ("07 21:30", ["Сдано 0 из 4 на 07.09.2021 18"]),
        ("07 23:59", ["Сдано 0 из 4 на 07.09.2021 18"]),  # it rests until the morning
        ("08 12:00", ["Сдано 0 из 4 на 07.09.2021 18"]),
    ],
)
def test_e4_shortly_before_the_closing_there_is_no_digest(post: Post, closes: str, expected: list[str]) -> None:
    post.now = september("01 12:00")
    _move(post, september(closes))
    done = at(post, "07 18:00", "digest", "deliver")["digest"]
    assert digests(post) == expected
    assert bool(done.remarks) is not bool(expected)


def _move(post: Post, closes_at: datetime) -> None:
    """Publish a new edition with another closing, now; its letters are the first that anybody gets."""
    with post.context() as context:
        loaded = rescheduled(sources.publication(SCHEDULE, post.settings), post.now - DAY, closes_at, post.now)
        loaded = replace(loaded, publication=replace(loaded.publication, edition=2), changes=("срок",))
        publish.run(context, loaded, post.now)
    post.mail.sent.clear()
    post.run("deliver")


def test_e4_a_late_digest_after_the_closing_letter_of_its_day_is_none(post: Post) -> None:
    """E4: the closing letter of 18:10 stands for the digest of that day, though that runs at two in the night."""
    give(post, CLOSES + 2 * DAY, "spo240065")
    at(post, "07 18:10", "close", "deliver")
    done = at(post, "08 02:00", "digest", "deliver")["digest"]
    assert list(done.remarks) == ["Сбор закрывается или закрылся: вместо сводки координаторы получают итог сбора."]
    at(post, "08 08:00", "deliver")
    assert digests(post) == ["Общий срок истек, сдано 0 из 4"]
    at(post, "08 18:00", "digest", "deliver")
    assert len(digests(post)) == 2


def test_e4_a_digest_that_waits_is_overtaken_by_the_closing_letter(post: Post) -> None:
    """E4: the machine was off at 18:00; at two in the night both run, one letter leaves in the morning."""
    give(post, CLOSES + 2 * DAY, "spo240065")
    at(post, "08 02:00", "digest", "close", "deliver")
    at(post, "08 08:00", "deliver")
    assert digests(post) == ["Общий срок истек, сдано 0 из 4"]
    at(post, "08 18:00", "digest", "deliver")
    assert len(digests(post)) == 1  # the letter of the morning was that day's


def test_e4_a_collection_that_does_not_close_takes_no_digest_away(post: Post) -> None:
    """E4: mail that nobody judges holds the closing up; whose region is open goes on getting digests."""
    give(post, CLOSES + 3 * DAY, "spo240065")
    post.now = CLOSES - HOUR
    hand_in(post)
    post.run("collect")
    assert at(post, "07 18:10", "close")["close"].counts["waiting"] == 1
    assert at(post, "08 18:00", "close", "digest", "deliver")["digest"].counts["letters"] == 1


def test_e4_on_the_day_of_the_last_extension_the_last_letter_takes_the_place_of_the_digest(post: Post) -> None:
    give(post, CLOSES + 2 * DAY, "spo240065")
    at(post, "07 18:10", "close", "deliver")
    at(post, "08 18:00", "digest", "deliver")
    at(post, "09 18:00", "digest", "deliver")
    at(post, "09 18:10", "close", "deliver")
    assert [words.partition(",")[0] for words in digests(post)] == [
        "Общий срок истек",
        "Сдано 0 из 4 на 08.09.2021 18",
        "Прием закрыт",
    ]


def test_e4_closed_twice_in_one_day_it_has_a_letter_each_time(post: Post) -> None:
    """E4: a new edition opened it again for the afternoon."""
    at(post, "07 18:10", "close", "deliver")
    assert digests(post) == ["Прием закрыт, сдано 0 из 4"]
    post.now = september("07 18:20")
    _move(post, september("07 21:00"))
    at(post, "07 21:10", "close", "deliver")
    assert digests(post) == ["Прием закрыт, сдано 0 из 4"]


# Reminders


def _reminded(post: Post, address: str) -> list[str]:
    words = ("Осталось", "Завтра последний день", "Последний день")
    subjects = (str(message["Subject"]) for message in post.received(address))
    return [subject.partition(",")[0] for subject in subjects if subject.startswith(words)]


@pytest.mark.parametrize("late", ["03 20:00", "04 02:00"])
def test_e4_a_late_run_reminds_once_and_counts_the_days_from_when_its_letter_leaves(post: Post, late: str) -> None:
    """E4: run late in the evening or in the night it is the next morning's letter, and the run of nine adds nothing."""
    at(post, late, "remind", "deliver")
    assert _reminded(post, WRITER) == []
    assert at(post, "04 09:00", "remind", "deliver")["remind"].counts["letters"] == 0
    assert _reminded(post, WRITER) == ["Осталось 3 дня"]
    at(post, "05 09:00", "remind", "deliver")
    assert len(_reminded(post, WRITER)) == 1


def test_e4_after_a_day_off_the_reminder_counts_from_today(post: Post) -> None:
    at(post, "05 09:00", "remind", "deliver")
    assert _reminded(post, WRITER) == ["Осталось 2 дня"]
    at(post, "07 09:00", "remind", "deliver")
    assert _reminded(post, WRITER)[1:] == ["Последний день"]


def test_e4_a_reminder_that_could_not_leave_on_its_day_never_leaves_and_the_next_run_makes_up_for_it(
    post: Post,
) -> None:
    """E4: «осталось 3 дня» is untrue the day after; and it has reminded nobody."""
    post.mail.down = True
    at(post, "04 09:00", "remind")
    post.mail.down = False
    at(post, "04 18:30", "deliver")  # no working hour
    assert _reminded(post, WRITER) == []
    assert at(post, "05 09:00", "deliver", "remind", "deliver")["remind"].counts["letters"] == 4
    assert _reminded(post, WRITER) == ["Осталось 2 дня"]
    assert {row.state for row in rows(post, "reminder")} == {LetterState.EXPIRED, LetterState.SENT}
    at(post, "05 10:00", "remind", "deliver")
    assert len(_reminded(post, WRITER)) == 1


def test_e4_a_reminder_that_waits_names_no_deadline_that_was_moved_meanwhile(post: Post) -> None:
    """E4: the last call of the morning is taken back when the night brings more time."""
    at(post, "06 20:00", "remind")
    post.now = september("07 06:00")
    give(post, CLOSES + DAY, "spo240065")
    at(post, "07 09:00", "remind", "deliver")
    assert _reminded(post, WRITER) == ["Завтра последний день"]
    assert _reminded(post, OTHER) == ["Последний день"]


# Night's rest


def test_e4_digest_closing_and_reminders_made_at_night_leave_in_the_morning(post: Post) -> None:
    at(post, "07 23:00", "close", "deliver")
    assert digests(post) == []
    at(post, "08 07:59", "deliver")
    assert digests(post) == []
    at(post, "08 08:00", "deliver")
    assert digests(post) == ["Прием закрыт, сдано 0 из 4"]
    assert "сведения на 7 сентября 2021 года, 23:00 мск" in text_of(post.last(COORDINATOR))
    assert str(post.last(COORDINATOR)["Date"]).startswith("Wed, 08 Sep 2021 05:00:00")


def test_e4_what_could_not_leave_in_the_day_does_not_leave_at_night_and_nobody_is_alarmed(post: Post) -> None:
    """E4: the server is back at 23:00; the answer that waited leaves at once, the digest in the morning."""
    post.mail.down = True
    at(post, "05 18:00", "digest")
    post.write(WRITER, post.received(WRITER)[0], "СТАТУС")
    with pytest.raises(UnreachableError):
        post.exchange_all()
    post.mail.down = False
    done = at(post, "05 23:00", "deliver")["deliver"]
    assert str(post.last(WRITER)["Subject"]).startswith("Ваш статус")
    assert digests(post) == []
    assert not done.remarks
    at(post, "06 03:00", "deliver")
    assert digests(post) == []
    at(post, "06 08:00", "deliver")
    assert digests(post) == ["Сдано 0 из 4 на 05.09.2021 18"]


def test_e4_gaps_filled_at_night_leave_in_the_morning_and_not_about_what_is_over_by_then(post: Post) -> None:
    post.now = september("05 23:20")
    enrol(post, FAR)
    with post.context() as context:
        assert fill.run(context, post.now).counts["letters"] == 1
    post.run("deliver")
    assert post.received(FAR.addresses[0]) == []
    at(post, "06 08:00", "deliver")
    assert len(post.received(FAR.addresses[0])) == 1
    _move(post, september("08 02:00"))
    post.now = september("08 01:00")
    enrol(post, Login("spo250002", "Ещё один", Role.ORGANISATION, "25", ("late@school.test",)))
    with post.context() as context:
        assert fill.run(context, post.now).counts["letters"] == 0


def test_e4_a_publication_set_for_the_night_goes_out_in_the_morning_one_published_at_night_at_once(post: Post) -> None:
    post.now = september("01 23:30")
    with post.context() as context:
        loaded = sources.publication("instruction", post.settings)
        publish.run(context, rescheduled(loaded, post.now, post.now, post.now), post.now)
    post.run("deliver")
    assert str(post.last(WRITER)["Subject"]).startswith("Новая публикация: Инструкция")
    with post.context() as context:
        withdraw.run(context, "instruction", "ошибка", post.now, "cli:anna")
    post.run("deliver")
    assert str(post.last(WRITER)["Subject"]).startswith("Отозвано")
    with post.context() as context:
        loaded = sources.publication("technical-support", post.settings)
        publish.run(context, rescheduled(loaded, post.now, post.now, september("02 00:00")), post.now)
    before = len(post.received(WRITER))
    at(post, "02 00:01", "deliver")
    at(post, "02 07:59", "deliver")
    assert len(post.received(WRITER)) == before
    at(post, "02 08:00", "deliver")
    assert str(post.last(WRITER)["Subject"]).startswith("Новая публикация: Куда обратиться")


def test_e4_answers_and_letters_to_support_leave_at_any_hour(post: Post) -> None:
    post.now = september("05 02:13")
    hand_in(post)
    post.write(OTHER, post.received(OTHER)[0], "Подскажите, пожалуйста, кто заполняет форму?")
    post.write(COORDINATOR, post.received(COORDINATOR)[0], "ЭКСПОРТ")
    post.exchange_all()
    assert str(post.last(WRITER)["Subject"]).startswith("Принято")
    assert str(post.last(OTHER)["Subject"]).startswith("Вопрос передан")
    assert str(post.last(SUPPORT)["Subject"]).startswith("Вопрос от")
    assert "№" in str(post.last(COORDINATOR)["Subject"])
    assert len(post.received(COORDINATOR)) == 3  # that it is being formed, and the export itself


def test_e4_a_probe_is_no_answer_and_waits_for_the_morning(post: Post) -> None:
    post.now = september("02 03:00")
    report(post, sent_to(post, OTHER))
    post.exchange_all()
    before = len(post.received(OTHER))
    at(post, "04 03:01", "deliver")
    assert len(post.received(OTHER)) == before
    at(post, "04 08:00", "deliver")
    assert len(post.received(OTHER)) == before + 1


# Extensions at night


def test_e4_an_extension_given_at_night_is_told_in_the_morning_and_the_coordinator_knows(post: Post) -> None:
    post.now = september("05 23:30")
    post.write(COORDINATOR, post.received(COORDINATOR)[0], "ПРОДЛИТЬ spo240065 до 9 сентября 18:00, болезнь")
    post.exchange_all()
    answer = text_of(post.last(COORDINATOR))
    assert "Организация получит письмо о новом сроке с формой 6 сентября 2021 года, 08:00 мск" in answer
    assert len(post.received(WRITER)) == 1
    done = give(post, CLOSES + DAY, "spo240066")
    assert list(done.remarks)[1:] == [
        "Ночью письма не уходят: о новом сроке организации узнают 6 сентября 2021 года, 08:00 мск."
    ]
    at(post, "06 08:00", "deliver")
    assert str(post.last(WRITER)["Subject"]).startswith("Срок продлён до 09.09.2021 18:00")
    assert str(post.last(OTHER)["Subject"]).startswith("Срок продлён до 08.09.2021 18:00")


def test_e4_of_two_decisions_of_one_night_the_last_is_told(post: Post) -> None:
    post.now = september("05 23:30")
    give(post, CLOSES + 3 * DAY, "spo240065", "spo240066", "spo240067")
    give(post, CLOSES + DAY, "spo240065")
    give(post, None, "spo240066")
    at(post, "06 08:00", "deliver")
    assert [str(message["Subject"])[:31] for message in post.received(WRITER)[1:]] == [
        "Срок продлён до 08.09.2021 18:0"
    ]
    assert len(post.received(OTHER)) == 1  # what was never told needs not be taken back
    assert str(post.last("spo240067@school.test")["Subject"]).startswith("Срок продлён до 10.09.2021")


def test_e4_a_deadline_that_is_over_before_the_morning_is_told_by_whoever_has_set_it(post: Post) -> None:
    post.now = september("07 23:00")
    done = give(post, september("08 01:00"), "spo240065")
    assert (done.counts["letters"], done.counts["logins"]) == (0, 0)
    assert list(done.remarks)[1:] == [
        "Новый срок закончится раньше, чем утром уйдёт письмо о нём. Сообщите сами: spo240065."
    ]
    post.write(COORDINATOR, post.received(COORDINATOR)[0], "ПРОДЛИТЬ spo240066 до 8 сентября 02:00")
    post.exchange_all()
    assert "организация письма не получит. Сообщите ей сами." in text_of(post.last(COORDINATOR))
    at(post, "08 08:00", "deliver")
    assert (len(post.received(WRITER)), len(post.received(OTHER))) == (1, 1)


def test_e4_who_has_handed_in_by_the_morning_is_not_told_of_more_time(post: Post) -> None:
    """E4: what came late is judged at once and answered at night; «проверяем заново» would be untrue in the morning."""
    faulty = "spo240072@school.test"
    post.now = CLOSES + HOUR
    hand_in(post)
    hand_in(post, faulty, rows=FAULTY_ROWS)
    post.exchange_all()
    post.now = september("07 23:30")
    give(post, CLOSES + DAY, "spo240065")
    give(post, CLOSES + DAY, region="24")
    post.exchange_all()
    assert str(post.last(WRITER)["Subject"]).startswith("Принято")
    hand_in(post, OTHER)
    post.exchange_all()
    at(post, "08 08:00", "deliver")
    assert str(post.last(WRITER)["Subject"]).startswith("Принято")
    assert str(post.last(OTHER)["Subject"]).startswith("Принято")
    assert str(post.last("spo240067@school.test")["Subject"]).startswith("Срок продлён")
    answer, told = post.received(faulty)[-2:]
    assert str(answer["Subject"]).startswith("Не принято, 5 замечаний")
    assert str(told["Subject"]).startswith("Срок продлён")
    assert "проверяем заново" not in text_of(told)


def test_e4_a_closing_letter_that_waits_names_who_was_given_more_time_meanwhile(post: Post) -> None:
    at(post, "07 22:30", "close")
    post.now = september("08 01:00")
    give(post, CLOSES + 2 * DAY, "spo240065")
    at(post, "08 08:00", "deliver")
    assert digests(post) == ["Общий срок истек, сдано 0 из 4"]
    assert "spo240065" in text_of(post.last(COORDINATOR)).partition("СРОК ПРОДЛЁН")[2]
    at(post, "09 18:10", "close", "deliver")
    assert digests(post)[1:] == ["Прием закрыт, сдано 0 из 4"]


def test_e4_granted_twice_it_is_on_record_and_told_once(post: Post) -> None:
    give(post, CLOSES + DAY, "spo240065")
    done = give(post, CLOSES + DAY, "spo240065", why="ещё раз")
    assert list(done.remarks)[1:] == [
        "spo240065: срок уже продлён до 8 сентября 2021 года, 18:00 мск, ничего не изменилось."
    ]
    assert [what for what, *_ in deeds(post)].count("extended") == 1
    assert len(rows(post, "extended")) == 1


# The record


def test_e4_what_the_system_and_an_administrator_do_stands_in_the_audit(post: Post) -> None:
    """E4: closing and ending with their figures, digests, reminders, gaps, exports, the roster, publishing."""
    post.now = september("05 12:00")
    give(post, CLOSES + DAY, "spo240065")
    enrol(post, FAR)
    with post.context() as context:
        fill.run(context, post.now)
        remind.run(context, post.now)
        digest.run(context, post.now, who="cli:anna")
    at(post, "07 18:10", "close")
    at(post, "08 18:10", "close")
    found = deeds(post)
    assert ("filled", "kabinet", SCHEDULE, None, "писем 1, новых участников 1") in found
    assert ("reminded", "kabinet", SCHEDULE, None, "5") in found
    assert ("digested", "cli:anna", SCHEDULE, None, "1") in found
    assert ("closed", "kabinet", SCHEDULE, None, "сдано 0 из 5") in found
    assert ("ended", "kabinet", SCHEDULE, "24", "сдано 0 из 4") in found
    before = len(found)
    at(post, "08 18:20", "close")
    with post.context() as context:
        fill.run(context, post.now)
        remind.run(context, post.now)
    assert len(deeds(post)) == before


def test_e4_publishing_again_says_that_it_is_out_and_records_only_what_it_did(post: Post) -> None:
    def again() -> Summary:
        with post.context() as context:
            loaded = rescheduled(sources.publication(SCHEDULE, post.settings), CLOSES - 8 * DAY, CLOSES, post.now)
            with context.store.reading() as session:
                from pipeline.store import publications

                known = publications.publication(session, SCHEDULE)
            assert known is not None
            return publish.run(context, replace(loaded, publication=known), post.now, who="cli:anna")

    post.now = september("02 12:00")
    done = again()
    assert done.counts["letters"] == 0
    assert any("редакция 1 уже разослана" in remark for remark in done.remarks)
    assert [what for what, *_ in deeds(post)].count("published") == 1
    enrol(post, FAR)
    assert again().counts["letters"] == 1
    assert deeds(post)[-1] == ("filled", "cli:anna", SCHEDULE, None, "писем 1, новых участников 1")


def test_e4_an_import_and_a_stop_are_on_record_once(post: Post) -> None:
    list_of_all = sources.roster(post.settings.home / "publications" / "roster.xlsx")
    with post.context() as context:
        roster.run(context, list_of_all, post.now, who="cli:anna")
        roster.run(context, list_of_all, post.now, who="cli:anna")
        pause.stop(context, None, "проверка", post.now, "cli:anna")
        pause.stop(context, None, "проверка", post.now, "cli:anna")
    found = [(what, detail) for what, who, _, _, detail in deeds(post) if who == "cli:anna"]
    assert found == [("roster_imported", "добавлено 9, изменено 0, выбыло 0"), ("paused", "")]


def test_e4_the_audit_is_printed_in_russian(post: Post, kabinet: Callable[..., Any]) -> None:
    from pipeline.catalogue import text

    for word in sorted(DEEDS):
        assert text(f"deed.{word}")
    at(post, "07 18:10", "close")
    printed = kabinet("audit").stdout
    assert "kabinet  сбор закрыт  vpr-spo-2021-schedule  сдано 0 из 4" in printed
    assert kabinet("export", SCHEDULE, "-o", str(post.settings.state / "x.xlsx")).exit_code == 0
    assert "экспорт выгружен" in kabinet("audit").stdout


@pytest.mark.parametrize("value", ["22-8", "8", "8-25", "x-y", "8-8"])
def test_e4_hours_that_are_none_are_refused_by_their_variable(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KABINET_WAKING_HOURS", value)
    with pytest.raises(ConfigurationError, match="KABINET_WAKING_HOURS"):
        wiring.load_settings()


def test_e4_the_hours_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KABINET_WAKING_HOURS", "7-23")
    assert wiring.load_settings().waking_hours == (7, 23)
