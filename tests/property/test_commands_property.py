"""Commands as people spell them: what does not matter changes nothing, and running text is never a command."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.mail.commands.command import Command
from pipeline.mail.commands.leftover import left_over
from pipeline.mail.commands.lines import own_subject
from pipeline.mail.commands.messages import commands_of
from pipeline.mail.commands.reading import read_command
from pipeline.mail.commands.words.browsing import PUBLICATION, SUMMARY
from pipeline.mail.commands.words.collecting import DATA, NOT_STARTED
from pipeline.mail.commands.words.files import DOWNLOAD_ALL, FILE, FILES
from pipeline.mail.letters.render import mailto
from pipeline.mail.message.parse import parse
from tests.factories.messages import OUR_SUBJECT, thunderbird

PLAIN = [
    "ФОРМА",
    "СТАТУС",
    "ДАННЫЕ",
    "СВОДКА",
    "НАЙТИ расписание",
    "ПУБЛИКАЦИЯ 2",
    "ФАЙЛЫ",
    "ФАЙЛЫ план",
    "ФАЙЛ 2",
    "СКАЧАТЬ ВСЁ",
    "УВЕДОМЛЕНИЯ",
    "ПОМОЩЬ",
    "УЧАСТНИКИ",
    "НЕ ПРИСТУПИЛИ",
    "ДАННЫЕ spo240065",
    "ЭКСПОРТ",
    "ОТЧЕТ 446",
]
CASES = st.sampled_from([str.lower, str.upper, str.title, str])
MARKS = st.sampled_from(["{}", "{}.", "{}!", "«{}»", '"{}"', " {} ", "*{}*", "_{}_", "{} !!!", "- {}", "{};", "({})"])
POLITE = st.sampled_from(["{}", "{} пожалуйста", "{}, пожалуйста", "Пришлите {}", "прошу прислать {}", "{}, спасибо!"])


@given(st.sampled_from(PLAIN), CASES, MARKS, POLITE, st.booleans())
@settings(max_examples=400, deadline=None)
def test_case_marks_quotes_and_politeness_do_not_matter(
    written: str, case: object, marks: str, polite: str, with_ye: bool
) -> None:
    assert callable(case)
    said = polite.format(marks.format(case(written)))
    if with_ye:
        said = said.replace("ё", "е").replace("Ё", "Е")
    expected = read_command(written)
    assert expected is not None
    assert read_command(said) == expected


@given(
    st.lists(st.integers(1, 999), min_size=1, max_size=12),
    st.sampled_from(["файл", "файлы", "Файл №", "ФАЙЛЫ", "скачать файл", "скачать"]),
    st.sampled_from([", ", ",", " и ", " ", "; ", ", и ", " + ", ", №"]),
)
@settings(max_examples=300, deadline=None)
def test_any_way_of_listing_numbers(numbers: list[int], word: str, between: str) -> None:
    written = f"{word} " + between.join(map(str, numbers))
    assert read_command(written) == Command(FILE, " ".join(map(str, dict.fromkeys(numbers))))


@given(st.integers(1, 200), st.integers(0, 200), st.sampled_from(["-", " - ", "–", "—", "..", " до "]))
def test_a_range_is_written_out(first: int, more: int, dash: str) -> None:
    found = read_command(f"файлы {first}{dash}{first + more}")
    assert found == Command(FILE, " ".join(str(number) for number in range(first, first + more + 1)))


@given(st.sampled_from(PLAIN), st.integers(1, 99))
def test_every_button_says_what_its_words_say(written: str, number: int) -> None:
    for command in (written, f"ФАЙЛ {number} из публикации {number}", f"ФАЙЛЫ план страница {number}"):
        link = mailto("exchange@kabinet.test", command, "spo240065-2")
        assert "%5Bspo240065-2%5D" in link
        assert read_command(own_subject(f"{command} [spo240065-2]")) == read_command(command)
        assert read_command(command) is not None


@given(st.lists(st.sampled_from(PLAIN), min_size=1, max_size=6, unique=True), st.sampled_from(["\n", "\n\n"]))
@settings(deadline=None)
def test_commands_on_lines_of_their_own_are_all_found(written: list[str], between: str) -> None:
    text = f"Здравствуйте!{between}" + between.join(written) + f"{between}С уважением,\nИванова"
    message = parse(thunderbird(text, "Re: " + OUR_SUBJECT))
    assert list(commands_of(message)) == [read_command(line) for line in written]
    assert not left_over(message)


@given(st.sampled_from(PLAIN), st.sampled_from(["уже отправили вчера", "не открывается у нас", "заполнили и вернули"]))
def test_a_command_followed_by_a_story_is_a_question(written: str, story: str) -> None:
    if not written.startswith(("НАЙТИ", "ПУБЛИКАЦИЯ")):  # which take any words
        assert read_command(f"{written} {story}") is None


@pytest.mark.parametrize(
    ("written", "command"),
    [
        ("ФАЙЛ 2 из публикации 3", Command(FILE, "2", "3")),
        ("файл 2, публикация №3", Command(FILE, "2", "3")),
        ("скачать все из публикации vpr-spo-2021-schedule", Command(DOWNLOAD_ALL, "", "vpr-spo-2021-schedule")),
        ("Файлы публикации 3", Command(FILES, "", "3")),
        ("файлы план, страница 2", Command(FILES, "план", "", 2)),
        ("Файлы страница 2 из публикации 3", Command(FILES, "", "3", 2)),
        ("СВОДКА стр. 2", Command(SUMMARY, "", "", 2)),
        ("Кто не приступил?", Command(NOT_STARTED)),
        ("данные spo_coord_24", Command(DATA, "spo_coord_24")),
        ("файлы", Command(FILES)),
        ("публикация", Command(PUBLICATION)),
    ],
)
def test_what_may_stand_beside_a_command(written: str, command: Command) -> None:
    assert read_command(written) == command


@pytest.mark.parametrize(
    "written",
    [
        "Файлы пустые",
        "файл поврежден",
        "Файлы не скачиваются",
        "Файл 2 не открывается",
        "скачать не могу",
        "файлы битые",
    ],
)
def test_a_complaint_about_files_is_a_question(written: str) -> None:
    assert read_command(written) is None


@given(st.text(max_size=300))
@settings(deadline=None)
def test_any_text_is_read_in_bounded_time(text: str) -> None:
    read_command(text)
    read_command("файл " + text)
    read_command("файлы " + "1, " * 100 + text)
