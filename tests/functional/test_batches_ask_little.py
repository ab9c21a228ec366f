"""What a batch of mail asks of the database does not grow with what is in it, whoever writes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.factories.mixture import among_returns, mixture
from tests.factories.replies import organisations, publish_to
from tests.functional.post import make_post
from tests.functional.statements import counting

SIZE, BATCHES = (600, 3) if os.environ.get("KABINET_SOAK") == "1" else (150, 1)
OF_A_KIND = 9
"""Statements that a batch may ask because there is a message of some kind in it, one or many."""
LOGINS = organisations(SIZE)


def _statements(folder: Path, sort: str, count: int) -> int:
    """Statements for 30 messages, ``count`` of them of one sort; «mixed» for a mixed mailbox, without bounces for 0."""
    post = make_post(folder / f"{sort}{count}")
    logins = LOGINS if sort == "mixed" else LOGINS[:30]
    with post.context() as context:
        publication = publish_to(context, logins, post.now)
        if sort == "mixed":
            without = () if count else ("bounce",)
            found = list(mixture(context, publication, logins, post.now, without=without))
        else:
            found = list(among_returns(context, publication, logins, post.now, sort, count))
    for reply in found:
        post.inbox.deliver(reply.content, post.now)
    post.run("collect")
    with counting() as statements:
        counts = post.run("check")["check"].counts
    assert counts["receipts"] == len(logins)
    return len(statements)


@pytest.mark.parametrize("sort", ["faulty", "draft", "bounce", "robot", "junk", "question", "command", "file"])
def test_m7_many_messages_of_a_kind_ask_what_one_asks(tmp_path: Path, sort: str) -> None:
    assert _statements(tmp_path, sort, 6) <= _statements(tmp_path, sort, 1)


def test_m7_bounces_in_a_mixed_mailbox_ask_nothing_of_their_own(tmp_path: Path) -> None:
    assert _statements(tmp_path, "mixed", 1) - _statements(tmp_path, "mixed", 0) <= OF_A_KIND * BATCHES


def test_m7_a_form_sent_again_does_not_make_the_returns_behind_it_ask_one_by_one(tmp_path: Path) -> None:
    assert _statements(tmp_path, "form", 1) <= _statements(tmp_path, "good", 1) + 3 * OF_A_KIND
