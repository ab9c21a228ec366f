"""Sample data for the letters of a publication's life: a corrected edition, data accepted before, a withdrawal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Make = Callable[..., Any]
_CHANGES = [
    "работы начинаются 15 сентября, а не 14 сентября",
    "заменен файл «План-график ВПР СПО в 2021 году»",
]
_TEXT = "Уважаемые коллеги!\n\nВам необходимо заполнить форму сбора данных «Расписание проведения ВПР СПО»."
_AT = "2021-09-02T09:30:00+00:00"
_REASON = "В плане-графике указаны неверные даты. Исправленную публикацию отправим до 6 сентября."


def samples(organisation: Make, coordinator: Make, counts: Mapping[str, int]) -> dict[str, Any]:
    """Return the samples by name; the makers are those of ``tests.factories.letters``."""
    letter: dict[str, Any] = {"text": _TEXT, "edition": 2, "storages": []}
    corrected = {"edition": 2, "changes": _CHANGES, "ask_again": False}
    again = {**corrected, "ask_again": True}
    withdrawn = {"withdrawn_at": _AT, "reason": _REASON, "watching": False}
    return {
        "publication-corrected": organisation("publication", **letter, corrected=corrected),
        "publication-corrected_accepted": organisation(
            "publication", **letter, corrected=corrected, accepted=True, prefilled=True
        ),
        "publication-asked_again": organisation(
            "publication", **letter, corrected=again, accepted=True, prefilled=True
        ),
        "publication-accepted": organisation("publication", **{**letter, "edition": 1}, accepted=True, prefilled=True),
        "coordinator_publication-corrected": coordinator(
            "coordinator_publication", **letter, corrected=again, counts=counts
        ),
        "withdrawn": organisation("withdrawn", **withdrawn, answers=""),
        "withdrawn-late": organisation("withdrawn", **withdrawn, answers="return"),
        "withdrawn-asked": organisation("withdrawn", **withdrawn, answers="command"),
        "withdrawn-coordinator": coordinator("withdrawn", **{**withdrawn, "watching": True}, answers=""),
    }
