"""The commands as objects: every example is read as it says, and no two commands can be taken for each other."""

from __future__ import annotations

from collections import Counter

import pytest

from pipeline.mail.commands.command import Effect, Kind, Word
from pipeline.mail.commands.reading import read_answer, read_command
from pipeline.mail.commands.words import WORDS, in_files, words_for
from pipeline.mail.commands.words.confirming import ANSWERS
from pipeline.model import Role

ALL = (*WORDS, *ANSWERS)
EXAMPLES = [(word, written, said) for word in ALL for written, said in word.examples.items()]


def read(word: Word, written: str) -> str | None:
    found = read_answer(written) if word in ANSWERS else read_command(written)
    return str(found) if found is not None else None


@pytest.mark.parametrize(("word", "written", "said"), EXAMPLES, ids=[written for _, written, _ in EXAMPLES])
def test_an_example_is_read_as_its_command(word: Word, written: str, said: str) -> None:
    found = read_answer(written) if word in ANSWERS else read_command(written)
    assert found is not None
    assert found.word is word
    assert str(found) == said
    assert read(word, said) == said  # as letters repeat it, it can be sent again


@pytest.mark.parametrize("word", ALL, ids=lambda word: word.id)
def test_what_only_begins_like_a_command_is_a_question(word: Word) -> None:
    assert word.questions
    assert [written for written in word.questions if read(word, written) is not None] == []


@pytest.mark.parametrize("word", ALL, ids=lambda word: word.id)
def test_every_command_has_examples_of_all_that_it_takes(word: Word) -> None:
    found = [read_answer(written) or read_command(written) for written in word.examples]
    taken = [command for command in found if command is not None]
    assert any(command.argument for command in taken) is (word.argument.kind is not Kind.NOTHING)
    assert any(command.publication for command in taken) <= word.placed
    assert any(command.page > 1 for command in taken) is word.paged


def test_ids_and_names_are_given_once() -> None:
    for given in ([word.id for word in ALL], [word.name for word in ALL]):
        assert [name for name, times in Counter(given).items() if times > 1] == []


@pytest.mark.parametrize("role", list(Role))
def test_help_writes_each_command_so_that_it_is_read(role: Role) -> None:
    for word in words_for(role):
        command = read_command(word.shown_to(role))
        assert command is not None, word.id
        assert command.word is word
        assert command.argument or not word.argument.needed


def test_commands_of_different_files_are_never_mistaken_for_each_other() -> None:
    """Only within a file does the order decide."""
    files = {word: name for name, found in in_files().items() for word in found}
    assert set(files) == set(WORDS)
    for written in [*(each for _, each, _ in EXAMPLES), *(word.name for word in WORDS)]:
        plain = written.lower().replace("ё", "е").strip(" «».,!?")
        fit = {files[word] for word in WORDS if word.spelling.match(plain)}
        assert len(fit) <= 1, written


def test_an_answer_to_a_question_of_ours_is_nobodys_command() -> None:
    for role in Role:
        assert all(word.effect is not Effect.CONFIRMS for word in words_for(role))
    assert [word.name for word in ALL if word.effect is Effect.CONFIRMS] == ["ЭТО НЕ МЫ", "ДА", "НЕТ"]
