"""Names that any system can hold; Russian words in Latin letters."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.files.names import RESERVED, SEPARATORS, safe_name, slug


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("План-график.pdf", "План-график.pdf"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ('a/b\\c:d*e?"f<g>h|i.eml', "a_b_c_d_e_f_g_h_i.eml"),
        ("a:*?b.eml", "a_b.eml"),
        ("строка\nдве\u202e.eml", "строка_две_.eml"),
        ("и\u0306.eml", "й.eml"),
        ("a   b .eml", "a b .eml"),
        (" .hidden. ", "hidden"),
        ("con", "_con"),
        ("COM1.xlsx", "_COM1.xlsx"),
        ("aux.tar.gz", "_aux.tar.gz"),
        ("console.log", "console.log"),
        ("", "_"),
        ("...", "_"),
        ("\0\x01", "_"),
    ],
)
def test_a_name_is_made_safe(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_what_is_forbidden_what_goes_from_the_ends_and_what_is_left_is_the_callers_choice() -> None:
    assert safe_name('.a"b/c', forbidden=SEPARATORS, edges="") == '.a"b_c'
    assert safe_name("?", "attachment-1.bin") == "attachment-1.bin"


@pytest.mark.parametrize(
    ("name", "longest", "octets", "safe"),
    [
        ("я" * 500 + ".xlsx", 200, False, "я" * 195 + ".xlsx"),
        ("я" * 500 + ".xlsx", 200, True, "я" * 97 + ".xlsx"),
        ("a" * 30 + " . " + "b" * 30, 33, False, "a" * 30),
        ("x." + "y" * 50, 20, False, "x." + "y" * 18),
        ("abcdefgh.eml", 8, False, "abcd.eml"),
    ],
)
def test_a_long_name_loses_the_end_of_its_stem(name: str, longest: int, octets: bool, safe: str) -> None:
    assert safe_name(name, longest=longest, octets=octets) == safe


@given(st.text(max_size=300) | st.text("ab./\\:*? \0\n\u202eя", max_size=60), st.integers(20, 255), st.booleans())
def test_any_name_is_one_plain_component(name: str, longest: int, octets: bool) -> None:
    safe = safe_name(name, longest=longest, octets=octets)
    assert safe
    assert len(safe.encode() if octets else safe) <= longest
    assert RESERVED.isdisjoint(safe)
    assert not any(unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp") for letter in safe)
    assert safe == safe.strip(" .")
    assert Path(safe).name == safe
    assert safe_name(safe, longest=longest, octets=octets) == safe


@pytest.mark.parametrize(
    ("words", "slugged"),
    [
        ("Дата 1й курс", "data_1y_kurs"),
        ("Щука, ёж и объект №5", "shchuka_ezh_i_obekt_5"),
        ("  already_plain-ID ", "already_plain_id"),
        ("«»", ""),
    ],
)
def test_words_become_a_slug(words: str, slugged: str) -> None:
    assert slug(words) == slugged


@given(st.text(max_size=60))
def test_a_slug_is_plain_and_stays(words: str) -> None:
    made = slug(words)
    assert made == "" or (made.isascii() and made.replace("_", "a").isalnum() and made == made.lower())
    assert slug(made) == made
