"""What looks the same is read as the same; letters that were lost are a finding (W30)."""

from __future__ import annotations

import pytest

from pipeline.forms.workbooks.lookalikes import is_lost
from pipeline.forms.workbooks.values import Choices, Problem, parser

SUBJECTS = Choices(["Русский язык", "Заочная", "Химия", "ОБЖ", "С", "C", "B1"], {})


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("Pусский язык", "Русский язык"),
        ("Xимия", "Химия"),
        ("3аочная", "Заочная"),
        ("OБЖ", "ОБЖ"),
        ("0БЖ", "ОБЖ"),
        ("В1", "B1"),
        ("C", "C"),
    ],
)
def test_w30_a_value_of_a_list_is_known_by_its_look(written: str, value: str) -> None:
    parsed = parser("choice", choices=SUBJECTS)(written)
    assert (parsed.value, parsed.problem) == (value, None)
    assert (parsed.repair == "choice") is (written != value)


@pytest.mark.parametrize("written", ["Очно — заочная", "очно- заочная", "Oчно -заочная"])
def test_w30_spaces_beside_a_hyphen_do_not_matter(written: str) -> None:
    parsed = parser("choice", choices=Choices(["Очная", "Очно-заочная", "Заочная"], {}))(written)
    assert (parsed.value, parsed.repair) == ("Очно-заочная", "choice")


def test_w30_spaces_beside_a_hyphen_that_tell_two_values_apart_are_kept() -> None:
    choices = Choices(["5-9", "5 - 9"], {})
    assert [parser("choice", choices=choices)(value).value for value in ("5-9", "5 - 9")] == ["5-9", "5 - 9"]
    assert parser("choice", choices=choices)("5 -9").problem is not None


def test_w30_a_look_that_two_values_share_is_not_guessed() -> None:
    parsed = parser("choice", choices=Choices(["СА", "CA"], {}))("Cа")
    assert parsed.problem is not None


@pytest.mark.parametrize("written", ["123‑456", "123–456", "123−456"])
def test_w30_a_code_has_hyphens_whatever_sign_they_were_typed_with(written: str) -> None:
    parsed = parser("code")(written)
    assert (parsed.value, parsed.repair) == ("123-456", "signs")


def test_w30_two_spaces_are_read_as_one_with_a_note() -> None:
    assert parser("text")("Иванов  Иван").value == "Иванов Иван"
    assert parser("text")("Иванов  Иван").repair == "spaces"
    assert parser("text")("две\nстроки").value == "две\nстроки"


@pytest.mark.parametrize(
    ("written", "lost"), [("????? ?? ????", True), ("Техник\ufffd", True), ("Почему???", False), ("?", False)]
)
def test_w30_question_marks_in_place_of_letters_are_a_finding(written: str, lost: bool) -> None:
    assert is_lost(written) is lost
    problem = parser("text")(written).problem
    assert (problem is not None and problem.code == "cell.letters_lost") is lost


@pytest.mark.parametrize(("written", "letter"), [("5О", "О"), ("5o", "o"), ("1З", "З"), ("l2", "l"), ("1О,5", "О")])
def test_w30_a_letter_in_place_of_a_digit_is_named(written: str, letter: str) -> None:
    assert parser("decimal")(written).problem == Problem("type.letter", letter)


def test_w30_a_letter_in_a_date_is_named_and_a_word_is_not() -> None:
    assert parser("date")("15.09.2О21").problem == Problem("type.letter", "О")
    assert parser("date")("потом").problem == Problem("type.date")
    assert parser("int")("Олово").problem == Problem("type.int")


@pytest.mark.parametrize("written", ["٠٩.٠٢.٠٧", "０９.０２.０７", "09․02․07", "09。02。07"])
def test_w30_a_code_has_our_digits_and_dots(written: str) -> None:
    parsed = parser("code")(written)
    assert (parsed.value, parsed.repair) == ("09.02.07", "signs")
