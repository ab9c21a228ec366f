"""The plan of a mailing: what an operator is told before the first letter leaves."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline.cabinet.sendplan import USUAL_PER_MINUTE, Plan
from pipeline.errors import ConfigurationError
from pipeline.model import Letter, Login, Role, StoredFile
from pipeline.model.delivery import Pause
from pipeline.model.outgoing import CAMPAIGN
from pipeline.steps.mailings import planning
from pipeline.steps.mailings.publication import Mailing, Writer
from pipeline.store import health, letters, pauses
from pipeline.store import roster as roster_rows
from tests.unit.steps.desk import CLOSES, OPENS, OTHER_SCHOOL, SCHOOL, Desk

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def planned(desk: Desk, **parts: object) -> tuple[Plan, list[str]]:
    """Plan the schedule for everybody on the roster, with ``parts`` of its mailing; return the plan and its words."""
    people = roster_rows.logins(desk.session)
    out = replace(Mailing(desk.publication, 1, desk.now), **parts)  # type: ignore[arg-type]  # fields of one dataclass
    writer = Writer(desk.context, desk.session, out)
    pairs = [(login, address) for login in people for address in login.addresses]
    found = planning.plan(desk.context, desk.session, writer, pairs, people, desk.now)
    return found, planning.lines(desk.session, out, found, desk.now)


def waiting(desk: Desk, count: int, domain: str = "school.test") -> None:
    """Put letters of another campaign on record that leave first."""
    made = [
        Letter(
            f"before:{number}",
            "publication",
            f"x{number}@{domain}",
            f"<{number}@kabinet.test>",
            desk.now,
            desk.now,
            priority=CAMPAIGN,
            expires_at=desk.now + DAY,
        )
        for number in range(count)
    ]
    letters.enqueue_all(desk.session, made, desk.now)


def test_a_plan_counts_letters_by_role_and_their_octets(desk: Desk) -> None:
    found, said = planned(desk)
    assert (found.letters, found.organisations, found.coordinators) == (5, 4, 1)
    assert 100_000 < found.octets < 2_000_000
    assert (found.no_address, found.dead, found.oversized, found.ahead) == ((), (), (), 0)
    assert (found.starts_at, found.closes_at) == (desk.now, CLOSES)
    assert said[0].startswith("план: 5 писем (организаций: 4, координаторов: 1)")
    assert planning.counts(found) == {
        "organisations": 4,
        "coordinators": 1,
        "no_address": 0,
        "dead": 0,
        "octets": found.octets,
        "ahead": 0,
        "minutes": 1,
    }


def test_a_plan_puts_nothing_on_record(desk: Desk) -> None:
    planned(desk)
    assert desk.written() == []


def test_who_has_no_address_and_which_addresses_are_dead_is_named(desk: Desk) -> None:
    desk.save(Login("spo240080", "Школа без адреса", Role.ORGANISATION, "24"))
    health.open_task(desk.session, "spo240066", OTHER_SCHOOL, desk.now - DAY, "no_mailbox", desk.now)
    found, said = planned(desk)
    assert found.no_address == ("spo240080",)
    assert found.dead == (f"spo240066 {OTHER_SCHOOL}",)
    assert any("spo240080" in line for line in said)
    assert any(OTHER_SCHOOL in line for line in said)


def test_a_long_list_of_logins_is_cut_and_counted(desk: Desk) -> None:
    codes = [f"spo24{number:04}" for number in range(500, 523)]
    desk.save(*(Login(code, "Школа без адреса", Role.ORGANISATION, "24") for code in codes))
    found, said = planned(desk)
    (line,) = [line for line in said if codes[0] in line]
    assert len(found.no_address) == 23
    assert (codes[19] in line, codes[20] in line) == (True, False)
    assert "3" in line.rpartition(codes[19])[2]


def test_without_a_rate_a_usual_one_is_assumed_and_said(desk: Desk) -> None:
    found, said = planned(desk)
    assert found.finishes_at - found.starts_at == MINUTE
    assert not found.pace.is_set
    assert any(str(USUAL_PER_MINUTE) in line for line in said)


def test_the_rates_that_are_set_make_the_plan(desk: Desk) -> None:
    desk.limit(
        sending={"per_minute": 1, "per_day": 100, "domain_per_minute": {"school.test": 2}, "kept_for_answers": 0.1}
    )
    found, said = planned(desk)
    assert found.finishes_at - found.starts_at == 5 * MINUTE
    (rates,) = [line for line in said if "school.test" in line]
    assert "90" in rates
    assert any("5 минут" in line for line in said)


def test_what_leaves_first_puts_the_start_off(desk: Desk) -> None:
    desk.limit(sending={"per_minute": 1})
    waiting(desk, 30)
    found, said = planned(desk)
    assert (found.ahead, found.starts_at) == (30, desk.now + 30 * MINUTE)
    assert any("30" in line for line in said)


def test_what_went_out_today_counts_against_the_day(desk: Desk) -> None:
    """Five letters of the publication left within the last 24 hours; a day takes eight of campaigns."""
    desk.limit(sending={"per_minute": 60, "per_day": 8, "kept_for_answers": 0.0})
    found, _ = planned(desk)
    assert DAY < found.finishes_at - found.starts_at < DAY + HOUR


def test_letters_that_would_leave_after_the_closing_are_counted(desk: Desk) -> None:
    desk.limit(sending={"per_minute": 1})
    desk.now = CLOSES - 3 * MINUTE
    found, said = planned(desk)
    assert found.unsent_at_closing == 2
    assert any("7 сентября" in line and "2" in line for line in said)


def test_a_mailing_after_the_closing_is_said_to_be_late(desk: Desk) -> None:
    desk.now = CLOSES + HOUR
    found, said = planned(desk)
    assert found.unsent_at_closing == 0
    assert any("7 сентября 2021 года, 18:00 мск" in line for line in said)


def test_a_mailing_for_later_starts_then(desk: Desk) -> None:
    found, said = planned(desk, due=desk.now + DAY)
    assert found.starts_at == desk.now + DAY
    assert any("31 августа" in line for line in said)


def test_a_collection_that_opens_while_letters_leave_is_said(desk: Desk) -> None:
    desk.limit(sending={"per_minute": 1})
    desk.now = OPENS - MINUTE
    _, said = planned(desk)
    assert any(line.startswith("прием откроется 30 августа") for line in said)


def test_a_pause_of_campaigns_is_said(desk: Desk) -> None:
    pauses.pause(desk.session, Pause(None, CAMPAIGN, desk.now, "operator", "проверяем"))
    _, said = planned(desk)
    assert any(line.startswith("рассылка остановлена") for line in said)


def test_a_letter_larger_than_the_provider_takes_is_refused_naming_what_goes_along(desk: Desk) -> None:
    desk.limit(sending={"largest_letter": 20_000})
    with pytest.raises(ConfigurationError) as refused:
        planned(desk)
    assert refused.value.code == "publish.letter_too_big"
    assert ".xlsx" in str(refused.value)


def test_files_that_no_letter_can_carry_are_named(desk: Desk) -> None:
    publication = desk.publication
    (storage, *others) = publication.storages
    huge = StoredFile(99, "Запись", "Запись.mp4", "ef" * 32, 50_000_000, desk.now, attach=False)
    storages = (replace(storage, files=(*storage.files, huge)), *others)
    found, said = planned(desk, publication=replace(publication, storages=storages))
    assert found.oversized == ("Запись.mp4",)
    assert any("Запись.mp4" in line for line in said)


def test_a_plan_of_no_letters_says_only_who_is_left_out(desk: Desk) -> None:
    lonely = Login("spo240080", "Школа без адреса", Role.ORGANISATION, "24")
    out = Mailing(desk.publication, 1, desk.now)
    writer = Writer(desk.context, desk.session, out)
    found = planning.plan(desk.context, desk.session, writer, [], [lonely], desk.now)
    assert (found.letters, found.octets, found.finishes_at) == (0, 0, found.starts_at)
    (line,) = planning.lines(desk.session, out, found, desk.now)
    assert "spo240080" in line


@pytest.mark.parametrize(
    ("octets", "words"), [(400, "1 КБ"), (99_400, "99 КБ"), (100_000, "0,1 МБ"), (2_340_000, "2,3 МБ")]
)
def test_sizes_are_shown_as_people_read_them(octets: int, words: str) -> None:
    assert planning.megabytes(octets) == words


def test_everybody_gets_a_letter_of_their_own_to_each_address(desk: Desk) -> None:
    desk.save(replace(desk.login("spo240065"), addresses=(SCHOOL, "second@school.test")))
    found, _ = planned(desk)
    assert (found.letters, found.organisations) == (6, 5)
