"""The page for people who see badly, use the keyboard, or hold a phone: checked in a real browser, as letters are."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.settings import PROJECT
from tests.accessibility.axe import examine
from tests.functional.browsing import browser
from tests.functional.published import published_post
from tests.functional.test_web_looking import table
from tests.functional.test_web_publications import FOLDER, packed
from tests.functional.test_web_roster import BAD_LINES
from tests.functional.world import SCHEDULE

pytestmark = pytest.mark.system("chromium")
STYLE = (PROJECT / "templates" / "web" / "page.css").read_text(encoding="utf-8")


def test_every_page_is_clean_and_fits_a_phone(tmp_path: Path) -> None:
    with browser(tmp_path, published_post(tmp_path), SCHEDULE, "instruction") as page:
        shown = {path: page.get(path).text for path in ("/", "/roster", "/publications", "/form", "/files", "/nowhere")}
        shown["bad list"] = page.send("/roster", files=[("file", ("список.csv", BAD_LINES))]).text
        zipped = [("zip", ("hot.zip", packed(FOLDER)))]
        shown["publication checked"] = page.send("/publications", files=zipped).text
        wrong = [("zip", ("hot.zip", packed({"publication.md": b"---\n---\n"})))]
        shown["publication with mistakes"] = page.send("/publications", files=wrong).text
        shown["form"] = page.send("/form", files=[("file", ("Питание.xlsx", table()))]).text
        shown["letters"] = page.get("/letters?login=spo240065").text
        shown["letter"] = page.get("/letters/1").text
        shown["publication"] = page.get("/publications/instruction").text
        shown["refused"] = page.send("/roster").text
    seen = examine({name: alone(source) for name, source in shown.items()})
    assert {name: look.violations for name, look in seen.items() if look.violations} == {}
    assert {name: look.small for name, look in seen.items() if look.small} == {}
    assert {name: look.wide for name, look in seen.items() if look.wide > 0} == {}
    assert {name: look.tables for name, look in seen.items() if look.tables} == {}


def alone(source: str) -> str:
    """Return a page with its style inside, and without the letters in their frames, which are checked apart."""
    link = '<link rel="stylesheet" href="/page.css">'
    assert link in source
    return source.replace(link, f"<style>{STYLE}</style>").replace('sandbox src="', 'sandbox data-was="')
