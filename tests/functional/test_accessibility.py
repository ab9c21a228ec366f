"""Letters for people who see badly, hear them read aloud, or read them on a phone: checked in a real browser."""

from __future__ import annotations

import pytest

from tests.accessibility.axe import examine
from tests.factories.letters import SAMPLES, longest_of_each_kind, renderer

pytestmark = pytest.mark.system("chromium")


def test_every_kind_of_letter_is_clean_in_light_and_dark_and_fits_a_phone(soak: bool) -> None:
    made = renderer()
    chosen = SAMPLES if soak else longest_of_each_kind()
    seen = examine({name: made.render(sample.kind, sample.data).html for name, sample in chosen.items()})
    assert {name: look.violations for name, look in seen.items() if look.violations} == {}
    assert {name: look.incomplete for name, look in seen.items() if look.incomplete} == {}
    assert {name: look.small for name, look in seen.items() if look.small} == {}
    assert {name: look.wide for name, look in seen.items() if look.wide > 0} == {}
    assert {name: look.tables for name, look in seen.items() if look.tables} == {}


def test_the_check_sees_what_it_is_for() -> None:
    page = renderer().render("rejected", SAMPLES["rejected"].data).html
    spoilt = (
        page.replace('<html lang="ru">', "<html>")
        .replace('alt=""', "")
        .replace(".t{color:#e7ebf0!important}", ".t{color:#3a3a3a!important}")
        .replace("color:#1c2733", "color:#b9c0c8", 3)
        .replace("font:16px", "font:12px", 1)
        .replace('<td class="t k"', '<th class="t k"', 1)
        .replace("max-width:720px", "width:720px")
    )
    seen = examine({"spoilt": spoilt})
    light = " ".join(seen["spoilt, light"].violations)
    for rule in ("html-has-lang", "image-alt", "color-contrast"):
        assert rule in light
    assert "color-contrast" in " ".join(seen["spoilt, dark"].violations)
    assert seen["spoilt, light"].small
    assert seen["spoilt, phone"].wide > 0
