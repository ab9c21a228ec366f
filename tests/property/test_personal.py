"""Letters of a campaign, put together from pieces: the same as those rendered whole, and encoded the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.mail.letters.personal import PERSONAL
from pipeline.mail.letters.render import Renderer
from pipeline.mail.letters.transfer import (
    Beginnings,
    lines,
)
from tests.factories.letters import SAMPLES, renderer

_TEXTS = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        (
            "Школа «А» & <b>\"Б\"</b> 'В' 50%",
            " с краев ",
            "два  пробела",
            "перенос\nстроки",
            "неразрывный\u00a0пробел",
            "\ue000t0\ue001",
            "{{ login }}",
            "&amp; &#34;",
            "a\u2028b",
            "x" * 300,
        )
    ),
)
_PEOPLE = st.lists(st.fixed_dictionaries(dict.fromkeys(PERSONAL, _TEXTS)), min_size=3, max_size=6)


@pytest.mark.parametrize("name", SAMPLES)
@settings(max_examples=3, deadline=None)
@given(people=_PEOPLE)
def test_every_letter_of_a_campaign_is_what_it_would_be_alone(name: str, people: list[dict[str, str]]) -> None:
    sample, made = SAMPLES[name], _SHARED
    for person in people:
        data: dict[str, Any] = {**sample.data, **{key: value for key, value in person.items() if key in sample.data}}
        assert made.render(sample.kind, data) == made.whole(sample.kind, data)


_SHARED = renderer()


@pytest.mark.parametrize(
    "template",
    [
        "{{ name|upper }}",
        "{{ name|urlencode }}",
        "{{ name|length }}",
        "{{ name|shorten(5) }}",
        "{% if name == 'Школа 2' %}a{% else %}b{% endif %}",
        "{{ name[0] }}",
        "{{ name|replace('Ш', 'ш') }}",
        "{% for letter in name %}{{ letter }}.{% endfor %}",
        "{{ name ~ login }}{% if code %}{{ code }}{% endif %}",
        "{{ name|trim }} {{ mailto(reply_to, 'ФОРМА', code) }}",
    ],
)
def test_a_template_that_does_more_with_a_name_than_to_write_it_stays_right(tmp_path: Path, template: str) -> None:
    folder = tmp_path / "letters" / "odd"
    folder.mkdir(parents=True)
    for part in ("subject.txt", "body.txt", "body.html"):
        (folder / part).write_text(template, encoding="utf-8")
    made = Renderer(tmp_path)
    for number in range(5):
        data = {
            "name": f"Школа {number}",
            "login": f"sch{number}",
            "code": f"sch{number}-1" if number != 3 else "",
            "reply_to": f"exchange+{number}@kabinet.test",
        }
        assert made.render("odd", data) == made.whole("odd", data)


def test_a_campaign_is_made_of_pieces_from_its_third_letter_on() -> None:
    made = renderer()
    whole = made.whole
    calls: list[str] = []

    def counted(kind: str, data: Any) -> Any:
        calls.append(kind)
        return whole(kind, data)

    made._campaigns._whole = counted
    for number in range(20):
        made.render(
            "publication", {**SAMPLES["publication"].data, "login": f"spo{number}", "name": f"Колледж {number}"}
        )
    assert len(calls) == 3  # two letters, and the one with places in it
    for number in range(5):  # answers differ: none of them is rendered twice
        made.render("accepted", {**SAMPLES["accepted"].data, "number": number})
    assert len(calls) == 8


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400), st.lists(st.binary(max_size=300), min_size=2, max_size=6), st.integers(0, 200))
def test_files_that_begin_alike_are_encoded_as_if_alone(begin: bytes, ends: list[bytes], times: int) -> None:
    shared = Beginnings()
    for end in [*ends, *ends]:
        data = begin * times + end
        assert shared.lines(data) == lines(data)
