"""Typed data of letters as the JSON that is stored and rendered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

import pytest

from pipeline.mail.letters.data import LetterData, Row
from pipeline.mail.letters.kinds import letter_examples, letter_kinds
from pipeline.mail.letters.products import OfPublication, ProductLetter
from pipeline.model import Allowance, Status

AT = datetime(2021, 9, 7, 15, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line(Row):
    name: str
    at: datetime | None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Both(Row):
    first: int
    second: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleLetter(LetterData):
    kind: ClassVar[str] = "sample"
    spread: ClassVar[tuple[str, ...]] = ("both",)

    lines: tuple[Line, ...]
    status: Status = Status.NOT_STARTED
    return_: int | None
    both: Both | None = None
    count: int | None = None


def test_instants_words_and_rows_become_json() -> None:
    letter = SampleLetter(lines=(Line(name="a", at=AT, flags=("x",)),), status=Status.SUBMITTED, return_=None)
    assert letter.as_json() == {
        "lines": [{"name": "a", "at": "2021-09-07T15:00:00+00:00", "flags": ["x"]}],
        "status": "submitted",
        "return": None,
    }


def test_a_field_at_its_default_is_left_out_and_any_other_is_always_there() -> None:
    assert SampleLetter(lines=(), return_=7).as_json() == {"lines": [], "return": 7}
    assert SampleLetter(lines=(), return_=7, count=0).as_json() == {"lines": [], "return": 7, "count": 0}
    assert Line(name="", at=None).as_json() == {"name": "", "at": None}


def test_a_row_that_is_spread_lies_among_the_fields_of_the_letter() -> None:
    letter = SampleLetter(lines=(), return_=7, both=Both(first=1, second=3))
    assert letter.as_json() == {"lines": [], "return": 7, "first": 1, "second": 3}


def test_several_products_are_listed_with_the_titles_of_their_publications() -> None:
    of = OfPublication(title="Расписание", number=2, product=Both(first=1))
    assert ProductLetter(several=(of,)).as_json() == {"several": [{"title": "Расписание", "number": 2, "first": 1}]}
    assert ProductLetter(product=Both(first=1)).as_json() == {"first": 1}


def test_what_json_cannot_hold_is_refused() -> None:
    with pytest.raises(TypeError, match="object has no place"):
        Both(first=object()).as_json()  # type: ignore[arg-type]


def test_every_kind_counts_for_some_cap() -> None:
    receipts = {name for name, kind in letter_kinds().items() if kind.counts_as is Allowance.RECEIPTS}
    assert receipts == {
        *("accepted", "accepted_elsewhere", "rejected", "draft_kept", "early", "late", "incident", "unreadable"),
        *("no_workbook", "too_large", "notice", "confirm_result"),
    }
    assert {name for name, kind in letter_kinds().items() if kind.counts_as is None} == {
        *("held", "confirm", "which", "withdrawn"),
    }
    assert {name for name, kind in letter_kinds().items() if kind.counts_as is Allowance.SUPPORT} == {
        "question_answered"
    }


def test_examples_of_one_kind_have_names_of_their_own() -> None:
    names = [(example.data.kind, example.variant) for example in letter_examples()]
    assert len(set(names)) == len(names)
