"""What answers to our question look like: codes as people type them, and yes with more words (E9, M25)."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.mail.commands.onetime import (
    MOST_CODES,
    MOST_READINGS,
    answer_of,
    codes_in,
    seems_code,
)
from pipeline.mail.identity import code_address, shown_code
from pipeline.mail.kinds.classify import classify
from pipeline.mail.message.parse import parse
from tests.factories.messages import EXCHANGE, REPLY_TO, gmail, thunderbird

CODE = "k7oxb2mrt3pl"
SHOWN = shown_code(CODE)  # K7OX-B2MR-T3PL
OWN = frozenset({EXCHANGE})
CYRILLIC = str.maketrans("ABCEHKMOPTXY3", "АВСЕНКМОРТХУЗ")
KEYS = str.maketrans("QWERTYUIOPASDFGHJKLZXCVBNM", "ЙЦУКЕНГШЩЗФЫВАПРОЛДЯЧСМИТЬ")


@pytest.mark.parametrize(
    "typed",
    [
        SHOWN,
        SHOWN.lower(),
        SHOWN.replace("-", ""),
        SHOWN.replace("-", " "),
        SHOWN.replace("-", "–"),
        SHOWN.replace("-", " - "),
        SHOWN.replace("-", "\n"),
        SHOWN.translate(CYRILLIC),
        SHOWN.translate(CYRILLIC).lower(),
        SHOWN.replace("O", "0"),
        SHOWN.replace("L", "1").replace("O", "О"),
        SHOWN.replace("L", "l"),
        SHOWN.translate(KEYS),
        SHOWN.translate(KEYS).lower(),
        f"Да, это мы, код: «{SHOWN.translate(CYRILLIC)}».",
        f"наше «это» наше {SHOWN.replace('-', ' ')}",
    ],
)
def test_e9_m25_a_code_is_read_however_it_was_typed(typed: str) -> None:
    assert CODE in codes_in(typed)


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz234567", min_size=12, max_size=12))
def test_e9_every_code_is_read_in_cyrillic_and_on_a_russian_keyboard(code: str) -> None:
    shown = shown_code(code)
    assert code in codes_in(shown)
    assert code in codes_in(shown.translate(CYRILLIC).replace("O", "0"))
    assert code in codes_in(shown.translate(KEYS))
    for said in (
        f"Да, это мы, код {shown.translate(CYRILLIC)}",
        f"Подтверждаем: {shown.lower().replace('-', ' ')}",
        f"да {code}, это наше письмо",
        f"Да\nкод {shown.translate(KEYS)}",
    ):
        assert str(answer_of(parse(gmail(said)))) in ("ДА", f"ДА {shown}"), said
        assert code in codes_in(said)


def test_e9_one_guess_stands_for_few_codes_and_a_long_text_takes_no_time() -> None:
    """What is understood more widely raises the chance of a guess from one in 2**60 to one in 2**54 at most."""
    assert len(codes_in("1111-1111-1111")) <= MOST_READINGS
    assert len(codes_in(SHOWN)) <= 2
    began = time.process_time()
    assert len(codes_in("1l1l " * 100_000)) <= MOST_CODES
    answer_of(parse(gmail("да, " * 50_000)))
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (SHOWN, True),
        (SHOWN.translate(CYRILLIC), True),
        ("K7OX-B2MR-T3P9", True),  # a sign that no code has
        ("код K7OXB2MRT3P", True),  # one is missing
        ("K7OXB-2MR-T3PL", True),
        ("ВПР-СПО-2021", False),
        ("сдали ВПР-2021", False),
        ("код: к7охв2", True),
        ("Подтверждаем, тел. 8-391-123-45-67", False),
        ("срок 2021-09-20 18:00", False),
        ("код региона 24", False),
        ("код организации неизвестен", False),
        ("мама мыла раму", False),
        ("подтверждаем", False),
        ("как-то где-то что-то", False),
        ("spo240065", False),
        ("", False),
    ],
)
def test_e9_what_was_meant_as_a_code_is_seen(text: str, meant: bool) -> None:
    assert seems_code(text) is meant


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Да, подтверждаю", "ДА"),
        ("Да подтверждаем", "ДА"),
        ("Подтверждаю", "ДА"),
        (f"Подтверждаем: {SHOWN.lower().replace('-', ' ')}", "ДА"),
        ("Здравствуйте! Да, это мы.", "ДА"),
        (f"Да, это мы, код {SHOWN.translate(CYRILLIC)}", "ДА"),
        (f"да\nкод {SHOWN}", "ДА"),
        (f"{SHOWN.replace('-', ' ')} да", "ДА"),
        ("Да.\nС уважением, Иванова\nне отвечайте на это письмо", "ДА"),
        ("Да, подтверждаю. Скажите, почему форма не принята?", "ДА"),
        ("Да, мы отправили вчера", "ДА"),
        ("Это мы", "ДА"),
        ("Нет, это не мы", "ЭТО НЕ МЫ"),
        ("Мы не отправляли", "ЭТО НЕ МЫ"),
        ("Нет, не подтверждаем", "НЕТ"),
        ("Не подтверждаю", "НЕТ"),
        # a doubt, a condition, a contradiction, or talk: nobody's yes
        ("Да это спам", None),
        ("Да, это спам", None),
        ("Да что вы", None),
        ("Да нет, это не мы", None),
        ("Да, но это не мы", None),
        ("Да, если успеете", None),
        ("Да. Но отправляли не мы", None),
        ("Да, это мы? Проверьте", None),
        ("Нет, да", None),
        ("Данные отправили", None),
        ("Когда срок?", None),
        ("Спасибо", None),
        ("", None),
    ],
)
def test_e9_yes_and_no_with_more_words(text: str, answer: str | None) -> None:
    found = answer_of(parse(gmail(text)))
    assert (found.name if found else None) == answer


def test_e9_more_words_make_an_answer_only_beside_a_code_of_ours() -> None:
    """Elsewhere «Да, мы отправили» is part of a talk with support."""
    talk = thunderbird("Да, мы отправили")
    assert classify(parse(talk), OWN).kind == "question"
    to_code = talk.replace(REPLY_TO.encode(), code_address(EXCHANGE, CODE).encode())
    found = classify(parse(to_code), OWN)
    assert (found.kind, str(found.command)) == ("confirmation", "ДА")
    typed = thunderbird(f"Да, мы отправили, код {SHOWN.translate(CYRILLIC)}")
    assert classify(parse(typed), OWN).kind == "confirmation"
    of_work = thunderbird("Да, мы сдали ВПР-СПО-2021")
    assert classify(parse(of_work), OWN).kind == "question"
    foreign = talk.replace(REPLY_TO.encode(), b"other+c-k7oxb2mrt3pl@other.test")
    assert classify(parse(foreign), OWN).kind == "question"
