"""A month played through by the shipped schedules (issue item E4, M43): what left, when, and what must have left."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import select

from pipeline.catalogue import MOSCOW
from pipeline.mail.message.parse import parse
from pipeline.model import LetterState, ReceiptState, Status
from pipeline.model.audit import Deed
from pipeline.model.schedules import SCHEDULES
from pipeline.reports import downloads, export, participants
from pipeline.store import audit, participations, receipts
from pipeline.store.tables import LetterRow
from tests.functional import month_reckoning as reckoning
from tests.functional import month_script as script
from tests.functional.month import STEPS, Course, Left, Month, Run, moscow
from tests.functional.month_reckoning import HOUR, MINUTE, day_of, on
from tests.functional.month_script import SUPPORT, A, B
from tests.functional.world import letter, text_of
from tests.systems.postgres import Postgres

WITHIN = script.DOUBT + 2 * MINUTE
"""How long after its instant a letter may leave: one in doubt is tried again after half an hour."""


@dataclass(frozen=True)
class Sent:
    """A letter that left, with its row."""

    at: datetime
    address: str
    subject: str
    text: str
    reply_to_message: str
    key: str
    kind: str
    login: str
    about: str
    receipt: int | None
    data: Mapping[str, object]

    @property
    def night(self) -> bool:
        return not 8 <= self.at.astimezone(MOSCOW).hour < 22


@dataclass(frozen=True)
class Played:
    """A month that is over."""

    sent: tuple[Sent, ...]
    runs: tuple[Run, ...]
    statuses: Mapping[tuple[str, str], tuple[Status, datetime | None, datetime | None]]
    deeds: tuple[Deed, ...]
    messages: Mapping[int, str]
    unfinished: Mapping[str, int]

    def of(self, *kinds: str) -> Iterator[Sent]:
        return (item for item in self.sent if item.kind in kinds)


def play(
    folder: Path,
    course: Course | None = None,
    begin: datetime = script.BEGIN,
    end: datetime = script.END,
    *,
    every_minute: bool = False,
    database_url: str | None = None,
) -> Played:
    with Month(folder, course or script.course(), begin, every_minute=every_minute, database_url=database_url) as month:
        month.play(end)
        return _played(month)


def _played(month: Month) -> Played:
    with month.reading() as session:
        rows = {row.message_id: row for row in session.scalars(select(LetterRow))}
        statuses = {}
        for about in (A, B):
            for found in participations.participants(session, about):
                part = found.participation
                statuses[about, found.login.code] = (part.status, part.begun_at, part.handed_in_at)
        deeds = tuple(reversed(audit.listed(session, limit=1000)))
        known = receipts.listed(session, limit=1000)
        unfinished = Counter(
            row.state.value for row in rows.values() if row.to_send or row.state is LetterState.SENDING
        )
        unfinished.update(item.state.value for item in known if item.state is not ReceiptState.DONE)
        messages = {item.id: parse(month.context.archive.get(item.sha256)).message_id or "" for item in known}
    return Played(
        tuple(_sent(item, rows) for item in month.left),
        tuple(month.runs),
        statuses,
        deeds,
        messages,
        unfinished,
    )


def _sent(item: Left, rows: Mapping[str, LetterRow]) -> Sent:
    message = letter(item.sent.content)
    row = rows[str(message["Message-ID"])]
    return Sent(
        at=item.at,
        address=item.sent.recipient,
        subject=str(message["Subject"]),
        text=text_of(message),
        reply_to_message=str(message["In-Reply-To"] or ""),
        key=row.key,
        kind=row.kind,
        login=row.login or "",
        about=row.publication or "",
        receipt=row.receipt_id,
        data=row.data,
    )


@pytest.fixture(scope="module")
def _reports(request: pytest.FixtureRequest) -> Iterator[None]:
    """The workbooks of digests are not looked at here, and take half of the time."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (participants, export, downloads):
            patch.setattr(module, "write_tables", lambda tables, _at, *_: repr(list(tables)).encode())
        yield


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory, _reports: None) -> Played:
    """The month, once."""
    return play(tmp_path_factory.mktemp("month"))


# What is promised


def test_month_every_schedule_is_played_and_what_was_missed_is_made_up_for_by_the_rule(played: Played) -> None:
    """E4: no schedule stands in the test alone or in the product alone; of the runs that died none was forgotten."""
    assert STEPS.keys() == SCHEDULES.keys() == {run.name for run in played.runs}
    died = {(run.name, run.due) for run in played.runs if run.why == "killed"}
    assert died == set(script.DIES)
    late = {(run.name, run.due): run.made for run in played.runs if run.name in ("remind", "digest") and not run.why}
    wanted = {
        (name, due): at
        for name, hour in (("remind", reckoning.REMIND), ("digest", reckoning.DIGEST))
        for day in reckoning.days()
        if (at := reckoning.made(name, due := on(day, hour))) is not None
    }
    assert late == wanted
    assert played.unfinished == {}


def test_month_one_digest_a_day_for_each_coordinator_and_collection(played: Played) -> None:
    """E4, M43: none twice, none missing while the machine was on, each of its own day; the closing letter counts."""
    found = defaultdict(list)
    for item in played.of("digest"):
        found[item.address, item.about, date.fromisoformat(item.key.split(":")[2])].append(item)
    wanted = reckoning.digests()
    assert {key: len(items) for key, items in found.items()} == dict.fromkeys(wanted, 1)
    for key, (item,) in found.items():
        assert _leaves_at(item, wanted[key]), (key, item.at)
        assert (f"Сводка за {key[2].day} сентября" in item.text) is (day_of(wanted[key]) != key[2])
    days = Counter((item.address, item.about, day_of(item.at)) for item in played.of("digest", "closing"))
    # Two in one day are the one of the day before, that could not leave then, in the morning, and its own.
    mornings = {
        (address, about, day_of(item.at)) for (address, about, day), (item,) in found.items() if day_of(item.at) != day
    }
    assert {key for key, count in days.items() if count > 1} <= mornings
    assert max(days.values()) == 2


def test_month_reminders_as_the_limits_say(played: Played) -> None:
    """E4: days before the own closing, once a cause, in working hours, true when they leave, none for who is done."""
    found = {(item.login, item.about, day_of(item.at)): item for item in played.of("reminder", "last_call")}
    assert len(found) == sum(1 for _ in played.of("reminder", "last_call"))
    assert {key: item.data["days_left"] for key, item in found.items()} == reckoning.reminders()
    by_login = defaultdict(list)
    for (login, about, _), item in sorted(found.items(), key=lambda known: known[1].at):
        assert 9 <= item.at.astimezone(MOSCOW).hour < 18
        assert not reckoning.handed_in(about, login, item.at)
        assert (item.kind == "last_call") is (item.data["days_left"] == 0)
        by_login[login, about].append(item.at)
    for instants in by_login.values():
        assert len(instants) <= 5 * 2  # of one deadline; nobody has three
        assert all(later - earlier >= 12 * HOUR for earlier, later in pairwise(instants))


def test_month_each_collection_is_closed_once_and_at_its_time(played: Played) -> None:
    """E4: one letter at the closing, one more when the last extension of a region is over, and the audit has it."""
    found = Counter((item.about, item.address, bool(item.data["last"])) for item in played.of("closing"))
    wanted = {
        (item.about, address, item.last): item.leaves
        for item in reckoning.closings()
        for login in script.known(item.leaves)
        if login.region == item.region and "coord" in login.code
        for address in login.addresses
    }
    assert found == dict.fromkeys(wanted, 1)
    for item in played.of("closing"):
        assert _leaves_at(item, wanted[item.about, item.address, bool(item.data["last"])]), item
        assert _named(item.data["extended"]) == reckoning.still_open(item.about, item.login[-2:], item.at)
    closed = {deed.publication: deed.at for deed in played.deeds if deed.what == "closed"}
    assert closed == {about: reckoning.closed_at(at) for about, at in script.CLOSES.items()}
    assert Counter(deed.what for deed in played.deeds)["closed"] == 2
    ended = sorted((deed.publication, deed.region) for deed in played.deeds if deed.what == "ended")
    assert ended == sorted((item.about, item.region) for item in reckoning.closings() if item.last)


def test_month_no_letter_at_night_but_answers(played: Played) -> None:
    """E4: an answer goes to whoever wrote, or to the organisation in whose name; support has no night."""
    at_night = [item for item in played.sent if item.night and item.address != SUPPORT]
    assert {item.kind for item in at_night} >= {"question_passed", "accepted", "participants_list", "not_started"}
    for item in at_night:
        assert item.receipt is not None, item
        said = _said(played, item)
        assert item.reply_to_message == script.message_id(said) or script.MESSAGES[said].login == item.login, item
        assert item.kind not in ("extended", "publication", "change_result"), item


def test_month_every_message_is_answered(played: Played) -> None:
    """E4: each message of a person has a letter, soon; robots and servers have none."""
    first: dict[int, datetime] = {}
    for item in played.sent:
        if item.receipt is not None:
            first.setdefault(_said(played, item), item.at)
    for number, message in enumerate(script.MESSAGES):
        if message.what in ("bounce", "robot"):
            assert number not in first, message
        else:
            assert number in first, message
            assert first[number] <= reckoning.ready(message.at) + WITHIN, message


def test_month_statuses_and_dates_are_those_of_the_script(played: Played) -> None:
    """E4: reckoned from what was sent when, without the steps."""
    assert played.statuses == reckoning.statuses()
    assert {status for status, *_ in played.statuses.values()} == set(Status)


def test_month_extensions_are_told_once_in_the_day(played: Played) -> None:
    """E4: at once, and in the morning what was given at night; not to who has handed in meanwhile."""
    told = {(item.login, item.about): item.at for item in played.of("extended")}
    wanted = {
        (login.code, item.about): reckoning.leaving(item.at)
        for item in script.EXTENSIONS
        for login in script.known(item.at)
        if login.code == item.login or (login.region == item.region and "coord" not in login.code)
        if not reckoning.handed_in(item.about, login.code, reckoning.leaving(item.at))
    }
    assert told.keys() == wanted.keys()
    assert all(wanted[key] <= at <= wanted[key] + 2 * MINUTE for key, at in told.items())


def test_month_played_again_it_gives_the_same_letters(played: Played, tmp_path: Path) -> None:
    """E4: same keys, addresses, instants, subjects and words; ids that are drawn at random put aside."""
    again = play(tmp_path)
    assert [_plain(item) for item in again.sent] == [_plain(item) for item in played.sent]
    assert again.statuses == played.statuses
    assert [(deed.at, deed.what, deed.detail) for deed in again.deeds] == [
        (deed.at, deed.what, deed.detail) for deed in played.deeds
    ]


@pytest.mark.usefixtures("_reports")
def test_month_the_minutes_that_are_skipped_change_nothing(tmp_path: Path) -> None:
    """E4: an evening with a closing, a digest, a death and mail, every minute of it and only the busy ones."""
    begin, end = moscow("17 17:30"), moscow("17 19:00")
    course = script.evening()
    whole = play(tmp_path / "whole", course, begin, end, every_minute=True)
    jumped = play(tmp_path / "jumped", script.evening(), begin, end)
    assert len(whole.runs) > 3 * len(jumped.runs)
    assert [_plain(item) for item in jumped.sent] == [_plain(item) for item in whole.sent]
    assert {item.kind for item in whole.sent} >= {"digest", "closing", "accepted", "publication"}
    assert jumped.deeds == whole.deeds


def test_month_every_minute_of_it(played: Played, tmp_path: Path, *, soak: bool) -> None:
    """E4: the jumps of the clock leave nothing out in the whole month either."""
    if not soak:
        pytest.skip("soak only")
    whole = play(tmp_path, every_minute=True)
    assert [_plain(item) for item in whole.sent] == [_plain(item) for item in played.sent]


@pytest.mark.system("postgresql")
def test_month_on_postgresql(played: Played, tmp_path: Path, request: pytest.FixtureRequest, *, soak: bool) -> None:
    """E4: the other database gives the same letters."""
    if not soak:
        pytest.skip("soak only")
    server: Postgres = request.getfixturevalue("postgres")
    with server.database(request.getfixturevalue("postgres_template")) as name:
        there = play(tmp_path, database_url=server.url(name))
    # The numbers of returns and reports are drawn there many at once, and leave gaps.
    pairs = zip(there.sent, played.sent, strict=True)
    for one, other in pairs:
        assert _NUMBER.sub("№", str(_plain(one))) == _NUMBER.sub("№", str(_plain(other)))


_NUMBER = re.compile(r"(?:Номер: |отч[её]т №)\d+")
_DRAWN = re.compile(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){2}\b|exchange\+\S+")


def _plain(item: Sent) -> tuple[object, ...]:
    """A letter without what is drawn at random: one-time codes, and the addresses that carry them."""
    words = _DRAWN.sub("…", f"{item.subject}\n{item.text}")
    return item.at, item.address, item.key, words, item.reply_to_message


def _named(rows: object) -> set[str]:
    assert isinstance(rows, list)
    return {row["login"] for row in rows}


def _said(played: Played, item: Sent) -> int:
    """The number of the message that a letter answers."""
    said = played.messages[item.receipt or 0]
    return next(number for number in range(len(script.MESSAGES)) if script.message_id(number) == said)


def _leaves_at(item: Sent, at: datetime) -> bool:
    """Not before its instant, and soon after it or after the mail server takes letters again by day."""
    latest = max(at, reckoning.leaving(reckoning.ready(at)))
    return at <= item.at <= latest + WITHIN
