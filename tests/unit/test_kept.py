"""What is kept is made once, is bounded, and the longest unused goes first."""

from __future__ import annotations

from functools import partial

import pytest

from pipeline.kept import Kept


def _made(log: list[str], name: str, value: str) -> str:
    log.append(name)
    return value


def test_a_value_is_made_once_and_the_longest_unused_goes_first() -> None:
    kept: Kept[str, str] = Kept(2)
    log: list[str] = []
    for name in ("a", "b", "a", "c", "a", "b"):
        assert kept.get(name, partial(_made, log, name, name * 2)) == name * 2
    assert log == ["a", "b", "c", "b"]
    assert len(kept) == 2


def test_heavy_values_count_by_their_weight_and_one_too_heavy_is_not_kept() -> None:
    kept: Kept[str, bytes] = Kept(10, len)
    for name, size in (("a", 4), ("b", 5), ("c", 6)):
        assert len(kept.get(name, partial(bytes, size))) == size
    assert len(kept) == 1
    assert len(kept.get("huge", lambda: bytes(11))) == 11
    assert len(kept) == 1


def test_what_raises_is_tried_again() -> None:
    kept: Kept[str, str] = Kept(2)
    with pytest.raises(ZeroDivisionError):
        kept.get("a", lambda: str(1 // 0))
    assert kept.get("a", lambda: "made") == "made"


def test_values_read_together_are_looked_up_and_put_one_by_one() -> None:
    kept: Kept[str, str] = Kept(2)
    assert kept.peek("a") is None
    for name in ("a", "b"):
        kept.put(name, name * 2)
    kept.put("a", "another")
    assert (kept.peek("b"), kept.peek("a")) == ("bb", "aa")
    kept.put("c", "cc")
    assert (kept.peek("a"), kept.peek("b"), len(kept)) == ("aa", None, 2)
