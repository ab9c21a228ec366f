"""The nearest known word: by letters, by synonyms, or none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.authoring.spelling import hint, nearest

KEYS = ("title", "required", "range", "list", "closes_at")
SYNONYMS = {"название": "title", "options": "list", "min": "range", "deadline": "closes_at", "lists": "range"}


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("titel", "title"),
        ("Title", "title"),
        (" requird ", "required"),
        ("close_at", "closes_at"),
        ("название", "title"),
        ("НАЗВАНИЕ", "title"),
        ("options", "list"),
        ("deadline", "closes_at"),
        ("lists", "list"),  # letters that leave no doubt are stronger than a synonym
        ("colour", None),
        ("", None),
    ],
)
def test_the_word_that_was_most_likely_meant(word: str, found: str | None) -> None:
    assert nearest(word, KEYS, synonyms=SYNONYMS) == found


def test_a_synonym_counts_only_where_its_word_may_be_written() -> None:
    assert nearest("options", ("title", "range"), synonyms=SYNONYMS) is None
    assert nearest("название", ("Title",), synonyms=SYNONYMS) == "Title"


def test_how_alike_words_must_be_is_the_callers_choice() -> None:
    assert nearest("Физика", ("Химия", "Физкультура")) == "Физкультура"
    assert nearest("Физика", ("Химия", "Физкультура"), alike=0.75) is None


def test_the_hint_is_the_tail_of_a_sentence() -> None:
    assert hint("titel", KEYS) == "; возможно, «title»"
    assert hint("colour", KEYS) == ""


@given(st.text(max_size=20), st.lists(st.text(max_size=20), max_size=5))
def test_only_known_words_are_offered_and_a_known_word_is_nearest_to_itself(word: str, known: list[str]) -> None:
    assert nearest(word, known) in (*known, None)
    clean = word.strip()
    if clean:
        found = nearest(word, [clean, *known])
        assert found is not None
        assert found.casefold() == clean.casefold()
