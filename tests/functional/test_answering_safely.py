"""Mail loops tried with robots: at most the caps' number of letters leave, and what is withheld is on record."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest

from pipeline import sources
from pipeline.model import Letter, LetterState, ReceiptState
from pipeline.steps import roster
from pipeline.steps.base.fakes.transport import SentLetter
from pipeline.steps.base.limits import Limits
from pipeline.store import letters, receipts
from tests.factories.limits import limited
from tests.functional.post import Post, make_post
from tests.functional.robots import answers, report, until_silence, writes

WRITER = "spo240065@school.test"
SUPPORT = "support@kabinet.test"
LIMITS = limited(
    Limits(), answering={"per_address": 4, "per_login": 9, "per_domain": 5, "to_strangers": 8, "questions": 30}
)
GREETING = "Здравствуйте! Ваше обращение принято в работу, ожидайте."


@pytest.fixture
def post(tmp_path: Path) -> Post:
    made = make_post(tmp_path)
    made.limits = LIMITS
    with made.context() as context:
        roster.run(context, sources.roster(made.settings.home / "publications" / "roster.xlsx"), made.now)
    return made


def _withheld(post: Post) -> list[Letter]:
    with post.context() as context, context.store.reading() as session:
        return letters.listed(session, LetterState.WITHHELD)


def _publication_letter(post: Post) -> SentLetter:
    """A letter of ours to begin with: the answer to «ПОМОЩЬ»."""
    writes(post, WRITER, "ПОМОЩЬ")
    post.exchange_all()
    (first,) = post.mail.sent
    return first


@pytest.mark.parametrize(
    "headers", [{"Auto-Submitted": "auto-replied"}, {"X-Kabinet-Loop": "exchange@other.test"}, {"Precedence": "list"}]
)
def test_m16_a_robot_that_says_so_is_never_answered(post: Post, headers: dict[str, str]) -> None:
    first = _publication_letter(post)
    post.mail.on_sent = lambda sent: answers(post, WRITER, GREETING, to=sent, headers=headers)
    answers(post, WRITER, GREETING, to=first, headers=headers)
    until_silence(post)
    assert [sent for sent in post.mail.sent if sent.recipient == WRITER] == [first]


def test_m16_m17_two_robots_answering_each_other_stop_at_the_caps(post: Post) -> None:
    """Another service like this one, that marks nothing and answers every letter, support answers it too."""
    post.mail.on_sent = lambda sent: answers(post, WRITER, GREETING, to=sent) if sent.recipient == WRITER else None
    writes(post, WRITER, GREETING)
    until_silence(post)
    to_writer = [sent for sent in post.mail.sent if sent.recipient == WRITER]
    to_support = [sent for sent in post.mail.sent if sent.recipient == SUPPORT]
    assert len(to_writer) == LIMITS.answering.per_address
    assert len(to_writer) + len(to_support) <= LIMITS.answering.per_login
    assert {letter.server_reply for letter in _withheld(post)} <= {"cap_address", "cap_login"}
    assert _withheld(post)


def test_m17_an_autoresponder_with_a_new_address_each_time_stops_at_the_cap_of_its_domain(post: Post) -> None:
    numbers = count()

    def robot(_sent: SentLetter) -> None:
        writes(post, f"auto-{next(numbers)}@robots.test", "ФОРМА")

    post.mail.on_sent = robot
    writes(post, "auto@robots.test", "ФОРМА")
    until_silence(post)
    assert len(post.mail.sent) == LIMITS.answering.per_domain
    assert [letter.server_reply for letter in _withheld(post)] == ["cap_domain"]


def test_m17_an_autoresponder_with_a_new_domain_each_time_stops_at_the_cap_of_strangers(post: Post) -> None:
    numbers = count()
    post.mail.on_sent = lambda _sent: writes(post, f"auto@robot{next(numbers)}.test", "ФОРМА")
    writes(post, "auto@robots.test", "ФОРМА")
    until_silence(post)
    assert len(post.mail.sent) == LIMITS.answering.to_strangers
    assert [letter.server_reply for letter in _withheld(post)] == ["cap_strangers"]


def test_m17_a_robot_with_our_tag_and_a_new_address_each_time_stops_at_the_cap_of_the_login(post: Post) -> None:
    numbers = count()
    post.publish("vpr-spo-2021-participants")
    first = next(sent for sent in post.mail.sent if sent.recipient == WRITER)
    post.mail.sent.clear()
    post.mail.on_sent = lambda _sent: answers(post, f"auto@robot{next(numbers)}.test", GREETING, to=first)
    answers(post, "auto@robots.test", GREETING, to=first)
    until_silence(post)
    assert 0 < len(post.mail.sent) <= LIMITS.answering.per_login
    with post.context() as context, context.store.reading() as session:
        held = receipts.listed(session, {ReceiptState.HELD})
    assert {str(receipt.reason) for receipt in held} == {"cap"}  # the questions that were too many wait for a person


def test_m17_one_robot_takes_no_answer_from_others(post: Post) -> None:
    for number in range(LIMITS.answering.per_domain + 3):
        writes(post, f"auto-{number}@school.test", "ФОРМА")  # the domain of the organisations themselves
    post.exchange_all()
    post.mail.sent.clear()
    writes(post, WRITER, "ПОМОЩЬ")
    post.exchange_all()
    assert [sent.recipient for sent in post.mail.sent] == [WRITER]


def test_m17_the_caps_are_of_one_day(post: Post) -> None:
    for _ in range(LIMITS.answering.per_address + 1):
        writes(post, WRITER, "ПОМОЩЬ")
    post.exchange_all()
    assert len(post.mail.sent) == LIMITS.answering.per_address
    post.now = post.now.replace(day=post.now.day + 1, hour=post.now.hour + 1)
    writes(post, WRITER, "ПОМОЩЬ")
    post.exchange_all()
    assert len(post.mail.sent) == LIMITS.answering.per_address + 1


def test_m16_a_support_address_that_bounces_makes_no_loop(post: Post) -> None:
    post.mail.on_sent = lambda sent: report(post, sent) if sent.recipient == SUPPORT else None
    writes(post, WRITER, "Добрый день! Что писать, если аудиторий нет?")
    until_silence(post)
    assert [sent.recipient for sent in post.mail.sent] == [SUPPORT, WRITER]
    with post.context() as context, context.store.reading() as session:
        ((question, last),) = letters.found(session, address=SUPPORT, failed=True)
    assert (question.kind, last.event.value) == ("question", "bounced")


def test_m16_a_support_desk_that_answers_every_letter_makes_no_loop(post: Post) -> None:
    post.mail.on_sent = lambda sent: answers(post, SUPPORT, GREETING, to=sent) if sent.recipient == SUPPORT else None
    writes(post, WRITER, "Добрый день! Что писать, если аудиторий нет?")
    until_silence(post)
    assert [sent.recipient for sent in post.mail.sent] == [SUPPORT, WRITER, WRITER]  # its greeting is passed on, once


@pytest.mark.parametrize(
    ("sender", "headers"),
    [
        (WRITER, {"Return_Path": "<>"}),
        ("mailer-daemon@school.test", {}),
        ("postmaster@school.test", {}),
        (WRITER, {"List_Id": "<all.school.test>"}),
        (WRITER, {"Auto_Submitted": "auto-generated"}),
        ("exchange@kabinet.test", {}),
        ("Exchange+1-spo240065-1@Kabinet.test", {}),
        (SUPPORT, {}),
    ],
)
def test_m16_daemons_lists_robots_and_ourselves_get_no_answer(post: Post, sender: str, headers: dict[str, str]) -> None:
    writes(post, sender, "ПОМОЩЬ", **headers)
    post.exchange_all()
    assert not [sent for sent in post.mail.sent if sent.recipient != SUPPORT]
    assert all(letter.server_reply for letter in _withheld(post))
    with post.context() as context, context.store.reading() as session:
        assert len(receipts.listed(session)) == 1
