"""Every command has its handler for each role that may use it, and no handler is without its command."""

from __future__ import annotations

import pytest

from pipeline.mail.commands.command import EVERYBODY, ORGANISATIONS, Effect, Word, spelled
from pipeline.mail.commands.words import WORDS, words_for
from pipeline.mail.commands.words.confirming import NOT_US
from pipeline.model import Role
from pipeline.steps.requests.handlers import ENTRIES
from pipeline.steps.requests.registry import handles
from pipeline.steps.requests.request import Request


def test_each_command_has_a_handler_for_whoever_may_use_it_and_for_nobody_else() -> None:
    assert set(ENTRIES) == {(word, role) for role in Role for word in words_for(role)}
    assert {word for word in WORDS if word.effect is not Effect.CONFIRMS} == {word for word, _ in ENTRIES}


def test_a_command_whose_effect_depends_says_on_what() -> None:
    for (word, _), entry in ENTRIES.items():
        assert (entry.changes is not None) is (word.effect is Effect.DEPENDS), word.id


def _nothing(request: Request) -> bool:
    return False


def _word(effect: Effect = Effect.GIVES) -> Word:
    return Word(id="new", name="НОВОЕ", spelling=spelled("новое"), roles=ORGANISATIONS, effect=effect)


@pytest.mark.parametrize(
    ("word", "roles"),
    [
        (_word(), (Role.COORDINATOR,)),  # may not
        (_word(Effect.DEPENDS), ()),  # on what?
        (NOT_US, ()),
        (next(word for word in WORDS if word.roles == EVERYBODY), ()),  # has one
    ],
)
def test_a_handler_that_does_not_fit_its_command_is_refused(word: Word, roles: tuple[Role, ...]) -> None:
    before = dict(ENTRIES)
    with pytest.raises(ValueError, match=word.id):
        handles(word, *roles)(_nothing)
    assert dict(ENTRIES) == before
