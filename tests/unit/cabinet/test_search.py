"""Search by title, and what a person may mean by a publication."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.cabinet import search, summary
from pipeline.model import Audience, Login, Publication, Role

NOW = datetime(2021, 8, 30, 17, 41, tzinfo=UTC)
SCHOOL = Login("spo240065", "Лицей", Role.ORGANISATION, "24")
COORDINATOR = Login("spo_coord_24", "Регион", Role.COORDINATOR, "24")


def publication(number: int, title: str, section: str = "ВПР СПО", **parts: object) -> Publication:
    values = {"published_at": NOW + timedelta(hours=number), "number": number} | parts
    return Publication(f"code-{number}", section, title, "Текст", **values)  # type: ignore[arg-type]


ALL = [
    publication(1, "Инструкция по работе в Личном кабинете"),
    publication(2, "Расписание проведения ВПР СПО"),
    publication(3, "Сбор данных об участниках ВПР СПО, обучающихся на 1 курсе"),
    publication(4, "Как обратиться за помощью", "Техническая поддержка"),
]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("расписание", [2]),
        ("РАСПИСАНИЯ", [2]),
        ("впр спо", [2, 3]),
        ("участник", [3]),
        ("участники 1 курса", [3]),
        ("инструкции", [1]),
        ("кабинет", [1]),
        ("впр инструкция", []),
        ("география", []),
        ("", []),
        ("???", []),
    ],
)
def test_s3_titles_are_found_by_words_in_any_form(query: str, found: list[int]) -> None:
    assert [item.number for item in search.find(query, [(item, item.title) for item in ALL])] == found


def test_s3_a_word_found_whole_comes_first() -> None:
    titles = ["Планирование", "План"]
    assert search.find("план", [(title, title) for title in titles]) == ["План", "Планирование"]


def test_s3_yo_is_ye() -> None:
    assert search.score("отчёты", "Отчет о скачивании")
    assert search.score("отчет", "Отчёт")


def test_when_nothing_answers_the_nearest_titles_are_offered() -> None:
    titles = {item.code: item.title for item in ALL}
    assert search.closest("расписание экзаменов", titles) == ["code-2"]
    assert search.closest("география", titles) == []


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("2", [2]),
        ("№ 2", [2]),
        ("code-3", [3]),
        ("spo240065-2", [2]),
        ("[spo240065-2]", [2]),
        ("расписание", [2]),
        ("впр", [2, 3]),
        ("9", []),
        ("план-график", []),
    ],
)
def test_s3_a_publication_is_named_by_number_code_or_title(written: str, found: list[int]) -> None:
    assert [item.number for item in summary.named(ALL, written)] == found


def test_s3_counters_of_new_and_all_by_section() -> None:
    seen = summary.visible(ALL, SCHOOL, NOW + timedelta(days=1))
    assert [item.number for item in seen] == [4, 3, 2, 1]
    assert [row.as_json() for row in summary.sections(seen, {"code-2", "code-4"})] == [
        {"title": "Техническая поддержка", "new": 0, "all": 1},
        {"title": "ВПР СПО", "new": 2, "all": 3},
    ]


def test_s3_only_what_is_out_and_for_the_reader_is_listed() -> None:
    seen = [*ALL, publication(5, "Координаторам", audience=Audience.COORDINATORS)]
    later = publication(6, "Завтра", published_at=NOW + timedelta(days=2))
    now = NOW + timedelta(days=1)
    assert 5 not in [item.number for item in summary.visible([*seen, later], SCHOOL, now)]
    assert next(item.number for item in summary.visible([*seen, later], COORDINATOR, now)) == 5
