"""The known word that was most likely meant by one that is not known, and how a sentence says so."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

from pipeline.catalogue import text

ALIKE = 0.55
"""How much of two words is the same, from 0 to 1, for an author's slip."""
_SURE = 0.8
"""From this on letters decide; a synonym counts for words that are less alike."""
_NO_SYNONYMS: Mapping[str, str] = {}


def nearest(
    word: str, known: Iterable[object], *, synonyms: Mapping[str, str] = _NO_SYNONYMS, alike: float = ALIKE
) -> str | None:
    """Return the word of ``known`` that was most likely meant by ``word``, None when none is like it.

    Case does not count. ``synonyms`` are wrong words in lower case with the right word for each: no likeness of letters
    finds «title» for «название».
    """
    by_folded = {str(item).casefold(): str(item) for item in known}
    folded = word.strip().casefold()
    meant = by_folded.get(synonyms[folded]) if folded in synonyms else None
    close = difflib.get_close_matches(folded, by_folded, n=1, cutoff=alike)
    if close and (meant is None or difflib.SequenceMatcher(None, folded, close[0]).ratio() > _SURE):
        return by_folded[close[0]]
    return meant


def hint(word: str, known: Iterable[object], *, synonyms: Mapping[str, str] = _NO_SYNONYMS) -> str:
    """Return the tail of a sentence, «; возможно, «subject»», or "" when no known word is like ``word``."""
    found = nearest(word, known, synonyms=synonyms)
    return text("author.nearest", right=found) if found else ""
