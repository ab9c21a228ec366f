"""What people read of commands: buttons, help and the guides are made from the objects and the catalogue."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from pipeline.catalogue import MESSAGES
from pipeline.mail.commands import guides
from pipeline.mail.commands.command import Word
from pipeline.mail.commands.reading import read_command
from pipeline.mail.commands.telling import help_lines, offered, promise, takes_publication
from pipeline.mail.commands.words import WORDS, commands_for, words_for
from pipeline.model import Role

ROOT = Path(__file__).parents[3]
LETTERS = ROOT / "templates" / "letters"
CONDITIONS = {
    (word.id, letter): condition.removeprefix("not ")
    for word in WORDS
    for letter, condition in word.buttons.items()
    if condition not in ("", "never")
}


def sources(part: str) -> Mapping[str, str]:
    """The part of every letter with what it extends, beyond the frame that all share."""
    found: dict[str, str] = {}
    for path in sorted(LETTERS.glob(f"*/body.{part}")):
        text = path.read_text(encoding="utf-8")
        if f'extends "letters/_figures.{part}"' in text:
            text += (LETTERS / f"_figures.{part}").read_text(encoding="utf-8")
        found[path.parent.name] = text
    return found


def calls(text: str) -> list[tuple[str, frozenset[str]]]:
    """The kind and the facts by which a letter asks for its buttons, «letter» in place of a kind that it has set."""
    found = []
    for call in Environment().parse(text).find_all(nodes.Call):
        if isinstance(call.node, nodes.Getattr) and call.node.attr == "actions":
            asked = call.args[2]
            assert isinstance(asked, nodes.Call), "a list of its own"
            assert isinstance(asked.node, nodes.Name)
            assert asked.node.name == "offered"
            kind = asked.args[0]
            named = kind.value if isinstance(kind, nodes.Const) else "letter"
            found.append((named, frozenset(fact.key for fact in asked.kwargs)))
    return found


@pytest.mark.parametrize("part", ["txt", "html"])
def test_buttons_of_letters_are_asked_for_by_the_letters_own_name_and_never_listed(part: str) -> None:
    for letter, text in sources(part).items():
        for named, facts in calls(text):
            assert named == letter or (named == "letter" and f'{{% set letter = "{letter}" %}}' in text), letter
            needed = {condition for (_, of), condition in CONDITIONS.items() if of == letter}
            assert facts == needed, letter


def test_both_parts_of_a_letter_ask_for_the_same_buttons() -> None:
    text, page = sources("txt"), sources("html")
    assert {letter: calls(source) for letter, source in text.items()} == {
        letter: calls(source) for letter, source in page.items()
    }


@pytest.mark.parametrize("word", WORDS, ids=lambda word: word.id)
def test_a_button_stands_in_letters_that_have_buttons(word: Word) -> None:
    with_buttons = {letter for letter, text in sources("txt").items() if calls(text)}
    assert set(word.buttons) - {"*"} <= with_buttons
    if word.buttons:
        assert promise(word.name)


def test_a_button_depends_on_the_facts_that_the_letter_gives() -> None:
    assert offered("publication", files=3, collection=None) == ["ФАЙЛЫ", "СКАЧАТЬ ВСЁ", "СВОДКА", "ПОМОЩЬ"]
    assert offered("publication", files=0, collection={"title": "x"}) == ["ФОРМА", "СТАТУС", "ПОМОЩЬ"]
    assert offered("limit") == ["СТАТУС"]
    with pytest.raises(KeyError):
        offered("publication")


@pytest.mark.parametrize("role", list(Role))
def test_help_has_a_line_for_each_command_and_for_no_other(role: Role) -> None:
    coordinator = role is Role.COORDINATOR
    lines = help_lines(commands_for(role), coordinator=coordinator)
    assert sorted(line.name for line in lines) == sorted(commands_for(role))
    for line in lines:
        command = read_command(line.written)
        assert command is not None
        assert command.name == line.name
    some = help_lines(["ПОМОЩЬ", "НЕТ ТАКОЙ", "ФОРМА"], coordinator=False)
    assert [line.name for line in some] == ["ФОРМА", "ПОМОЩЬ"]


def test_no_words_are_without_their_command() -> None:
    ids = {word.id for word in WORDS}
    told = [code.split(".") for code in MESSAGES if code.startswith("command.")]
    assert {parts[3] if parts[1] == "guide" else parts[2] for parts in told} <= ids
    assert {parts[2] for parts in told if parts[1] == "button"} == {word.id for word in WORDS if word.buttons}
    assert {parts[2] for parts in told if parts[1] == "help"} == {word.id for role in Role for word in words_for(role)}
    assert {parts[2] for parts in told if parts[3:] == ["coordinator"]} == {word.id for word in WORDS if word.differs}


@pytest.mark.parametrize(("name", "role"), guides.GUIDES.items())
def test_a_guide_shows_every_command_as_it_is_read(name: str, role: Role) -> None:
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert guides.filled(text) == text, "make guides"
    assert guides.missing(text, role) == []
    for table in re.findall(r"<!-- commands: \w+ -->\n(.*?)<!-- end -->", text, re.DOTALL):
        for row in table.splitlines()[2:]:
            commands = [read_command(written) for written in row.split(" | ")[0].removeprefix("| ").split(", ")]
            assert all(command and role in command.word.roles for command in commands), row


def test_a_guide_that_lacks_a_command_or_has_an_old_row_is_caught() -> None:
    text = (ROOT / "docs" / "organisation.md").read_text(encoding="utf-8")
    without = re.sub(r"\| АДРЕС [^\n]*\n", "", text)
    assert guides.filled(without) == text
    assert guides.missing(without, Role.ORGANISATION) == ["АДРЕС"]


def test_the_answer_to_a_wrong_publication_says_how_it_is_written_behind_this_command() -> None:
    assert takes_publication("ФОРМА", coordinator=False)
    assert takes_publication("УЧАСТНИКИ", coordinator=True)
    assert not takes_publication("ДАННЫЕ", coordinator=True)  # there a login is named
    assert not takes_publication("СВОДКА", coordinator=False)
    assert not takes_publication("НЕТ ТАКОЙ", coordinator=False)
