"""The seed's own campaign as plain data with a fixed clock: Fig. 20 (participants), 21 (one organisation's data), 22.

Independent of the store and of the shipped examples: names, instants and figures stand here as the manual prints them,
so that a test may hold what the program made against them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from pipeline.catalogue import MOSCOW
from pipeline.model import (
    Collection,
    Counts,
    Login,
    Participant,
    Participation,
    Publication,
    Role,
    Status,
    StatusEvent,
)
from pipeline.status.participation import apply


def moscow(written: str) -> datetime:
    """«27.08.2021 13:37» as the figures print it → aware UTC."""
    return datetime.strptime(written, "%d.%m.%Y %H:%M").replace(tzinfo=MOSCOW).astimezone(UTC)


@dataclass
class FixedClock:
    """A clock that stands at Fig. 23's notification until it is moved."""

    now: datetime = field(default_factory=lambda: moscow("27.08.2021 21:12"))

    def __call__(self) -> datetime:
        """Return the instant it stands at."""
        return self.now

    def advance(self, step: timedelta) -> datetime:
        """Move forward by ``step`` and return the new instant."""
        self.now += step
        return self.now


@dataclass(frozen=True, slots=True)
class Happening:
    """What one organisation did, by the mail server's receipt time."""

    login: str
    event: StatusEvent
    at: datetime


REGION = "24"
PUBLICATION_CODE = "vpr-spo-2021-schedule"
REPORT_NUMBER = 446

NAMES = {
    "spo240065": 'Муниципальное бюджетное учреждение "Организационно-ресурсный центр учреждений образования '
    'Канского района"',
    "spo240067": 'Муниципальное казенное учреждение "Управление образования Кежемского района"',
    "spo240069": "Муниципальное автономное образовательное учреждение дополнительного образования «Центр "
    "дополнительного образования»",
    "spo240071": "Управление образования администрации Минусинского района",
    "sch050016": 'Муниципальное бюджетное общеобразовательное учреждение "Лицей №51"',
    "spo240066": 'Муниципальное бюджетное образовательное учреждение дополнительного образования "Центр "Радуга"',
    "spo240068": "Отдел образования администрации Краснотуранского района",
    "spo240070": 'Муниципальное казенное учреждение "Центр сопровождения учреждений"',
    "spo240072": "Муниципальное бюджетное учреждение дополнительного образования Нижнеингашский центр «Радуга»",
    "spo240073": 'Муниципальное казенное учреждение "Партизанский межшкольный методический центр"',
    "spo240074": "Муниципальное казенное учреждение «Управление образования администрации Саянского района»",
    "spo240075": "Управление образования Администрации Сухобузимского района Красноярского края",
    "spo240076": "Таймырское муниципальное казенное учреждение «Информационный методический центр»",
}
"""Login → name in the order of Fig. 20: those who began, then those who did not."""

COORDINATOR = Login(
    "spo_coord_24",
    "Региональный координатор ВПР СПО, регион 24",
    Role.COORDINATOR,
    REGION,
    ("spo_coord_24@region.test",),
)

HAPPENINGS = (
    Happening("spo240069", StatusEvent.DRAFT_RECEIVED, moscow("26.08.2021 16:53")),
    Happening("spo240071", StatusEvent.FORM_REQUESTED, moscow("26.08.2021 16:57")),
    Happening("spo240065", StatusEvent.RETURN_REJECTED, moscow("27.08.2021 13:37")),
    Happening("spo240067", StatusEvent.RETURN_REJECTED, moscow("27.08.2021 13:37")),
    Happening("spo240065", StatusEvent.RETURN_ACCEPTED, moscow("27.08.2021 13:56")),
)
"""What leads to Fig. 20 by design's meaning of the statuses, in order of receipt."""

EXPECTED = Counts(not_started=9, in_progress=3, submitted=1)
EXPECTED_TOTAL = 13

EXPECTED_LINES: dict[str, tuple[Status, str, str]] = {
    "spo240065": (Status.SUBMITTED, "27.08.2021 13:37", "27.08.2021 13:56"),
    "spo240067": (Status.IN_PROGRESS, "27.08.2021 13:37", ""),
    "spo240069": (Status.IN_PROGRESS, "26.08.2021 16:53", ""),
    "spo240071": (Status.IN_PROGRESS, "26.08.2021 16:57", ""),
}
"""Status, «Дата начала работы», «Дата подачи» as Fig. 20 prints them; everyone else has not begun."""

DATA_OF_SPO240065 = (
    ("Обществознание", date(2021, 9, 15), date(2021, 9, 16), 1, 2),
    ("Химия", date(2021, 9, 17), date(2021, 9, 18), 3, 4),
    ("Математика", date(2021, 9, 19), date(2021, 9, 20), 5, 6),
    ("Русский язык", date(2021, 9, 21), date(2021, 9, 22), 7, 8),
)
"""Fig. 21: subject, date of the first course, date of «завершившие», rooms, participants."""


def organisations() -> tuple[Login, ...]:
    """Return the 13 organisations of Fig. 20 in its order, each with one address."""
    return tuple(Login(code, name, Role.ORGANISATION, REGION, (f"{code}@school.test",)) for code, name in NAMES.items())


def roster() -> tuple[Login, ...]:
    """Return everyone: the 13 organisations and their coordinator."""
    return (*organisations(), COORDINATOR)


def publication() -> Publication:
    """Return the publication of Fig. 22 with its interval (the manual's figures differ among themselves)."""
    return Publication(
        code=PUBLICATION_CODE,
        section="ВПР СПО",
        title="Расписание проведения ВПР СПО в образовательных организациях",
        text="Форму необходимо заполнить и **загрузить не позднее {{ closes_at }}.**",
        published_at=moscow("26.08.2021 16:35"),
        collection=Collection(
            title="Расписание ВПР СПО 2021",
            form_id=PUBLICATION_CODE,
            form_version=1,
            opens_at=moscow("26.08.2021 16:35"),
            closes_at=moscow("28.08.2021 16:35"),
        ),
        number=1,
    )


def participants() -> tuple[Participant, ...]:
    """Return the list of Fig. 20 as the status table makes it of ``HAPPENINGS``; return ids count from 1."""
    states = {code: Participation(PUBLICATION_CODE, code) for code in NAMES}
    for number, happening in enumerate(HAPPENINGS, start=1):
        states[happening.login] = apply(states[happening.login], happening.event, happening.at, return_id=number)
    return tuple(Participant(login, states[login.code]) for login in organisations())
