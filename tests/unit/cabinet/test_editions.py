"""What differs between two editions, in words; each difference once, and none where nothing is different."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.cabinet.editions import differences
from pipeline.cabinet.publications import rescheduled
from pipeline.model import Audience, LatePolicy, Publication
from tests.factories.folders import FORM, SECOND_FORM, folder

AT = datetime(2026, 9, 1, 6, tzinfo=UTC)
DAY = timedelta(days=1)
FILES = {"план.pdf": b"%PDF-1", "ключи.pdf": b"%PDF-2"}


def made(**parts: object) -> Publication:
    """A publication with two files and a collection."""
    values = {"closes_at": AT + 7 * DAY, "files": FILES, **parts}
    return folder("probe", AT, **values).publication  # type: ignore[arg-type]  # the parts of folder


BEFORE = made()
UNTIL = "срок действия публикации: было не указано, стало"


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (made(title="Иначе"), ["заголовок: было «Проба», стало «Иначе»"]),
        (made(section="ШНОР"), ["раздел: было «ВПР СПО», стало «ШНОР»"]),
        (made(contacts="a@b.test"), ["контакты: было «не указано», стало «a@b.test»"]),
        (made(text="Иначе."), ["изменен текст"]),
        (
            made(closes_at=AT + 8 * DAY),
            ["срок сдачи: было до 8 сентября 2026 года, 09:00 мск, стало до 9 сентября 2026 года, 09:00 мск"],
        ),
        (made(form=SECOND_FORM), ["форма заменена, версия 2"]),
        (made(form=FORM.replace("form: probe", "form: other")), ["форма заменена на другую"]),
        (made(closes_at=None), ["сбор данных отменен"]),
        (made(files={**FILES, "план.pdf": b"%PDF-3"}), ["заменен файл «план»"]),
        (made(files={**FILES, "новый.pdf": b"%PDF-3"}), ["добавлен файл «новый»"]),
        (made(files={"план.pdf": b"%PDF-1"}), ["убран файл «ключи»"]),
        (made(files=dict(reversed(FILES.items()))), ["файлы расположены иначе"]),
        (made(valid_until="2026-10-01 09:00"), [f"{UNTIL} 1 октября 2026 года, 09:00 мск"]),
        (replace(BEFORE, audience=Audience.ORGANISATIONS), ["публикация отправляется организациям"]),
        (BEFORE, []),
    ],
)  # fmt: skip
def test_each_difference_is_named(after: Publication, said: list[str]) -> None:
    assert list(differences(BEFORE, after)) == said


def test_a_publication_moved_as_a_whole_is_the_same_one() -> None:
    loaded = folder("probe", AT, closes_at=AT + 7 * DAY, files=FILES)
    assert loaded.publication.collection is not None
    ends = loaded.publication.collection.opens_at, loaded.publication.collection.closes_at
    moved = rescheduled(loaded, *ends, AT + DAY).publication
    assert differences(BEFORE, moved) == ()


def test_many_files_are_counted_not_named() -> None:
    many = {f"{number}.pdf": b"%PDF" for number in range(20)}
    assert "добавлены файлы, всего 20" in differences(BEFORE, made(files={**FILES, **many}))


def test_late_policy_is_said() -> None:
    assert BEFORE.collection is not None
    after = replace(BEFORE, collection=replace(BEFORE.collection, late=LatePolicy.ACCEPT))
    assert differences(BEFORE, after) == ("формы, пришедшие после срока, принимаются с отметкой об опоздании",)
