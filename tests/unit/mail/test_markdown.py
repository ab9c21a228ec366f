"""An announcement's Markdown in the two parts of a letter (S5)."""

from __future__ import annotations

import pytest

from pipeline.mail.letters.markdown import (
    raw_html,
    to_html,
    to_text,
)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Один\nабзац\n\nВторой", "Один абзац\n\nВторой"),
        ("**Важно**, *очень*", "Важно, очень"),
        ("# Заголовок\n\nТекст", "Заголовок\n\nТекст"),
        ("1. раз\n2. два\n\nТекст", "1. раз\n2. два\n\nТекст"),
        ("3. три\n4. четыре", "3. три\n4. четыре"),
        ("- раз\n  - внутри\n- два", "• раз\n  • внутри\n• два"),
        ("- раз\n\n  абзац\n- два", "• раз\n  абзац\n• два"),
        ("> слова", "> слова"),
        ("[инструкция](https://example.org/a.pdf)", "инструкция (https://example.org/a.pdf)"),
        ("<https://example.org/>", "https://example.org/"),
        ("<helpfisoko@example.org>", "helpfisoko@example.org"),
        ("[форма](files/form.xlsx)", "форма"),
        ("[нажми](javascript:alert(1))", "[нажми](javascript:alert(1))"),
        ("![схема](https://example.org/s.png)", "схема (https://example.org/s.png)"),
        ("строка  \nдругая", "строка\nдругая"),
        ("| А | Б |\n|---|---|\n| 1 | 2 |", "А | Б\n1 | 2"),
        ("<b>теги</b>", "<b>теги</b>"),
        ("`код` и\n\n    блок", "код и\n\nблок"),
        ("", ""),
    ],
)
def test_text_keeps_the_words_and_the_addresses(source: str, text: str) -> None:
    assert to_text(source) == text


@pytest.mark.parametrize(
    ("source", "page"),
    [
        ("**да**", '<p style="margin:0"><strong>да</strong></p>\n'),
        ("[x](https://example.org/)", '<p style="margin:0"><a href="https://example.org/">x</a></p>\n'),
        ("[x](files/a.pdf)", '<p style="margin:0">x</p>\n'),
        ("![x](https://example.org/a.png)", '<p style="margin:0"><a href="https://example.org/a.png">x</a></p>\n'),
        ("![x](data:image/png;base64,AAAA)", '<p style="margin:0">x</p>\n'),
        ("<script>1</script>", '<p style="margin:0">&lt;script&gt;1&lt;/script&gt;</p>\n'),
        ("# Один", "<h2>Один</h2>\n"),
    ],
)
def test_html_has_our_attributes_safe_links_and_no_pictures(source: str, page: str) -> None:
    assert to_html(source, {"p": 'style="margin:0"'}) == page


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("Слова **жирные** и <https://example.org/>, <a@example.org>", []),
        ("`<b>` и x < y, a <фамилия>\n\n    <br>\n\n```\n<br>\n```", []),
        ("Раз\n\nДва <b>три</b>\nчетыре<br>пять", [(2, "b"), (2, "b"), (3, "br")]),
        ("Раз\n\n<div align='center'>\n<p>слова</p>\n</div>\n\nДва", [(2, "div"), (3, "p"), (3, "p"), (4, "div")]),
        ("Раз\n\n<!-- не\nвидно -->\n\n- пункт\n- и <u>ещё</u>", [(2, "!--"), (6, "u"), (6, "u")]),
        ("| А | Б |\n|---|---|\n| 1 | <i>2</i> |", [(2, "i"), (2, "i")]),
        ("Раз <!-- а\nб --> и\n<b>в</b>", [(0, "!--"), (2, "b"), (2, "b")]),
    ],
)
def test_html_is_found_with_its_lines_and_code_is_none(source: str, found: list[tuple[int, str]]) -> None:
    assert raw_html(source) == found


def test_html_that_is_found_is_shown_as_text_and_never_as_html() -> None:
    source = "Раз <b onclick='x()'>два</b>\n\n<script>alert(1)</script>\n\n<!-- нет -->"
    page = to_html(source, {})
    assert {tag for _, tag in raw_html(source)} == {"b", "script", "!--"}
    assert "<b" not in page
    assert "<script" not in page
    assert "<!--" not in page
    assert "&lt;script&gt;" in page
