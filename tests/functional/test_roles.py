"""Each command × each role: whoever may is answered, whoever may not is read by a person, what changes needs proof."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.mail.commands.command import Effect, Word
from pipeline.mail.commands.words import WORDS, words_for
from pipeline.model import Receipt, ReceiptState, Role
from pipeline.model.reason import Reason
from pipeline.store import receipts
from tests.functional.post import Post
from tests.functional.regions import COORDINATOR, SCHOOL, answers, two_regions, written

WRITERS = {Role.ORGANISATION: f"{SCHOOL}@school.test", Role.COORDINATOR: f"{COORDINATOR}@region.test"}
ASKED = tuple(word for word in WORDS if word.effect is not Effect.CONFIRMS)


def said(word: Word, role: Role) -> str:
    """The command as help writes it, for a role that may not use it as for one that may."""
    return word.shown_to(role if role in word.roles else next(iter(word.roles)))


def obeyed(post: Post, role: Role, *, proven: bool) -> dict[Word, tuple[Receipt, list[str]]]:
    """A writer of ``role`` sends each command: what became of its message, and the kinds of letters that answer it."""
    for word in ASKED:
        message = written(WRITERS[role], said(word, role), "", f"<{word.id}@writer.test>")
        post.inbox.deliver(message if proven else message.replace(b"dmarc=pass", b"dmarc=none"), post.now)
    post.run("collect", "check")
    with post.context() as context, context.store.reading() as session:
        found = sorted(receipts.listed(session), key=lambda receipt: receipt.id)
    kinds = {
        word: [each.kind for each in answers(post) if each.in_reply_to == f"<{word.id}@writer.test>"] for word in ASKED
    }
    return {word: (receipt, kinds[word]) for word, receipt in zip(ASKED, found, strict=True)}


@pytest.mark.parametrize("role", list(Role))
def test_whoever_may_is_answered_and_all_else_is_a_question(tmp_path: Path, role: Role) -> None:
    for word, (receipt, kinds) in obeyed(two_regions(tmp_path), role, proven=True).items():
        assert receipt.state is ReceiptState.DONE, word.id
        if word in words_for(role):
            assert receipt.reason == Reason("command", commands=(word.name,))
            assert "question_passed" not in kinds
            assert kinds, word.id
        else:
            assert (receipt.reason, kinds) == (Reason("question"), ["question_passed"]), word.id


@pytest.mark.parametrize("role", list(Role))
def test_f3_m30_what_changes_something_waits_for_proof_and_nothing_else_does(tmp_path: Path, role: Role) -> None:
    found = obeyed(two_regions(tmp_path), role, proven=False)
    changing = {word for word in words_for(role) if word.effect is Effect.CHANGES}
    assert {word for word, (receipt, _) in found.items() if receipt.state is ReceiptState.HELD} == changing
    assert {found[word][0].reason for word in changing} == {Reason("unproven")}
