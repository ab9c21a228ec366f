"""Every phrase that the spelling of a command allows, written out: what a misspelt one is compared with."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from pipeline.mail.commands.command import SPELLED, Effect, Word
from pipeline.mail.commands.words import WORDS


@cache
def phrases() -> Mapping[str, Word]:
    """Return the phrases of all commands that may be asked for, each with the first command it names."""
    found: dict[str, Word] = {}
    for word in WORDS:
        if word.effect is not Effect.CONFIRMS:
            for phrase in written_out(word):
                found.setdefault(phrase, word)
    return found


def written_out(word: Word) -> list[str]:
    """Return the phrases that the spelling of ``word`` allows.

    Raises ValueError for a spelling that repeats something: it would have phrases without end.
    """
    before, after = SPELLED
    text = word.spelling.pattern.removeprefix(before).removesuffix(after)
    found, end = _alternatives(text, 0)
    if end != len(text):
        raise ValueError(f"{word.id}: «{text[end:]}» of its spelling is not understood")
    return sorted(set(found))


def _alternatives(text: str, at: int) -> tuple[list[str], int]:
    done: list[str] = []
    made = [""]
    while at < len(text) and text[at] != ")":
        if text[at] == "|":
            done, made, at = done + made, [""], at + 1
            continue
        item, at = _item(text, at)
        if text[at : at + 1] == "?":
            item, at = [*item, ""], at + 1
        made = [head + tail for head in made for tail in item]
    return done + made, at


def _item(text: str, at: int) -> tuple[list[str], int]:
    """One sign, a group or a class of signs; and where it ends."""
    if text.startswith("(?:", at):
        found, end = _alternatives(text, at + 3)
        return found, end + 1
    if text[at] == "[":
        end = text.index("]", at)
        return list(text[at + 1 : end]), end + 1
    if text[at] == "\\":
        return [text[at + 1]], at + 2
    if text[at] == "$":
        return [""], at + 1
    if text[at] in "*+{}.^()":
        raise ValueError(f"«{text[at]}» in a spelling is not understood")
    return [text[at]], at + 1
