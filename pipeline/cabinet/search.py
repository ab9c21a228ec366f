"""Search by title: ё is е, case and marks do not matter, and a word is found in its other forms.

Words are compared by their beginnings, an ending of the query's word taken off: «расписания» finds «Расписание», «план»
finds «План-график». No dictionary, nothing to keep up to date.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

Item = TypeVar("Item")
_WORD = re.compile(r"\w+")
_ENDING = re.compile(
    r"(?:иями|ями|ами|ого|его|ому|ему|ыми|ими|иях|ях|ах|ов|ев|ей|ой|ий|ый|ая|яя|ое|ее|ие|ые|их|ых|ию|ью|ия|ья|ом|ем|ам|ям"
    r"|ую|юю|ии|а|я|о|е|ы|и|у|ю|ь|й)$"
)
_SHORTEST = 3


def words(text: str) -> list[str]:
    """Return the words of ``text`` for comparing: lower-case, ё as е."""
    return _WORD.findall(text.lower().replace("ё", "е").replace("_", " "))


def stem(word: str) -> str:
    """Return the beginning of a word that its forms share; a short word as it is."""
    found = _ENDING.search(word)
    return word[: found.start()] if found and found.start() >= _SHORTEST else word


def score(query: str, text: str) -> int:
    """Return how well ``text`` answers ``query``, 0 for not at all: every word of the query must be found.

    Words found whole count more than beginnings.
    """
    asked = words(query)
    there = words(text)
    if not asked:
        return 0
    total = 0
    for word in asked:
        beginning = stem(word)
        best = max(
            (
                3 if other == word else 2 if other.startswith(word) else 1
                for other in there
                if other.startswith(beginning)
            ),
            default=0,
        )
        if best == 0:
            return 0
        total += best
    return total


def find(query: str, items: Iterable[tuple[Item, str]]) -> list[Item]:
    """Return the items whose text (the second of each pair) answers ``query``, the best first, else in their order."""
    found = [(points, item) for item, text in items if (points := score(query, text))]
    return [item for _, item in sorted(found, key=lambda pair: -pair[0])]


def closest(query: str, titles: Mapping[str, str], most: int = 3) -> Sequence[str]:
    """Return the keys of at most ``most`` titles that share the most words with ``query``, when nothing answers it."""
    asked = {stem(word) for word in words(query) if len(word) >= _SHORTEST}
    shared = {
        key: sum(any(other.startswith(beginning) for other in words(title)) for beginning in asked)
        for key, title in titles.items()
    }
    return sorted((key for key, count in shared.items() if count), key=lambda key: -shared[key])[:most]
