"""To support: a coordinator asks for a longer extension than coordinators may give."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from pipeline.mail.letters.data import Example, LetterData


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionWantedLetter(LetterData):
    """``command`` is what an operator would enter."""

    kind: ClassVar[str] = "extension_wanted"

    asked: str
    organisation: str
    until: datetime
    why: str
    sender: str
    command: str
    answer_to: str


EXAMPLES = (
    Example(
        ExtensionWantedLetter(
            asked="spo240067",
            organisation='Муниципальное казенное учреждение "Управление образования Кежемского района"',
            until=datetime(2021, 9, 20, 15, tzinfo=UTC),
            why="болезнь ответственного",
            sender="spo_coord_24@example.org",
            command='kabinet extend vpr-spo-2021-schedule --login spo240067 --until "2021-09-20 18:00" --reason "…"',
            answer_to="spo_coord_24@example.org",
        ),
        reader="coordinator",
    ),
)
