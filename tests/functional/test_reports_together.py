"""Reports in a batch of mail cost the database nothing of their own, and count as if they had come alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.steps.record import health
from pipeline.store import letters
from tests.functional.post import Post, make_post
from tests.functional.robots import answers, report, sent_to
from tests.functional.statements import counting

SCHOOLS = [f"spo2400{number}@school.test" for number in range(65, 77)]


@pytest.fixture
def post(tmp_path: Path) -> Post:
    made = make_post(tmp_path)
    made.publish()
    return made


def _statements(post: Post) -> int:
    post.run("collect")
    with counting() as statements:
        post.run("check")
    return len(statements)


def test_m7_twelve_bounces_in_a_batch_ask_no_more_than_two(post: Post) -> None:
    known = [address for address in SCHOOLS if any(sent.recipient == address for sent in post.mail.sent)]
    assert len(known) >= 4
    for address in known[:2]:
        report(post, sent_to(post, address))
    few = _statements(post)
    for address in known[2:]:
        report(post, sent_to(post, address))
        report(post, sent_to(post, address), "delayed", "4.4.1", "connection timed out")
    assert _statements(post) <= few
    with post.context() as context, context.store.reading() as session:
        for address in known:
            assert health.of_address(context, session, address, post.now).state.value == "doubtful"
            kinds = [letter.kind for letter, _ in letters.found(session, address=address)]
            assert kinds.count(health.PROBE) == 1


def test_m7_a_bounce_beside_a_sign_of_life_in_one_batch_leaves_the_address_alive(post: Post) -> None:
    address = next(sent.recipient for sent in post.mail.sent if sent.recipient.startswith("spo2400"))
    report(post, sent_to(post, address))
    answers(post, address, "Как заполнить второй столбец?", to=sent_to(post, address))
    post.exchange_all()
    with post.context() as context, context.store.reading() as session:
        assert health.of_address(context, session, address, post.now).state.value == "alive"
