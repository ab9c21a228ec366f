"""Sizes and patience, each group about one thing. Durations are real time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True)
class JudgingLimits:
    """Judging: how much at once, how long, how often."""

    batch: int = 200
    largest_message: int = 25 * 1024 * 1024  # bytes; of a larger one only the header is fetched
    lease: timedelta = timedelta(minutes=30)  # longer than the wait for a server after DATA
    attempts: int = 3  # judging a message, forming a report
    message: timedelta = timedelta(seconds=10)  # what one may take beside others; it is put aside then
    message_alone: timedelta = timedelta(seconds=40)  # and in a process of its own; both are less than a minute
    say_given_up: timedelta = timedelta(minutes=10)  # between two letters to support that tell of what is given up


@dataclass(frozen=True)
class SendingLimits:
    """Sending: how fast, how often, how long, and when to stop."""

    uncertain_retry: timedelta = timedelta(minutes=30)
    attempts: int = 12
    letter_life: timedelta = timedelta(days=5)
    announcement_life: timedelta = timedelta(days=60)  # a publication without a collection still goes to new addresses
    largest_letter: int = 14 * 1024 * 1024  # bytes as sent, base64 counted: many servers of schools refuse more than 20
    per_minute: int | None = None
    per_day: int | None = None  # in any 24 hours
    domain_per_minute: Mapping[str, int] = field(default_factory=dict)  # domain in lower case → letters
    kept_for_answers: float = 0.1  # of the day's letters: campaigns leave so much to answers
    window: int = 40  # letters that may be with the server at once, so many a crash leaves in doubt
    burst_of: int = 100  # the last letters of campaigns that the server has answered
    burst_refused: float = 0.2  # more than so many of them refused for good: campaigns pause
    burst_put_off: int = 30  # so many one after another put off: campaigns pause
    burst_pause: timedelta = timedelta(hours=1)  # doubled each time


@dataclass(frozen=True)
class AnsweringLimits:
    """Answering: how many letters one writer gets in a day."""

    per_address: int = 20
    per_login: int = 60
    per_domain: int = 50  # to addresses that the roster does not have; providers serve many that it has
    to_strangers: int = 500
    questions: int = 500
    coordinator_times: int = 3  # a coordinator acts for a region: so many times the answers of anybody else
    receipts_per_address: int = 200  # what became of returns: an office sends 50 in one letter, and corrects them
    receipts_per_login: int = 200
    support_per_address: int = 20


@dataclass(frozen=True)
class HealthLimits:
    """Address health: what counts as a dead address."""

    bounce_memory: timedelta = timedelta(days=60)
    hard_bounce: float = 1.0  # a day on which an address was refused for good
    soft_bounce: float = 0.25  # a day on which something stood in the way that may pass
    doubtful_score: float = 1.0
    dead_score: float = 2.0
    probe_after: timedelta = timedelta(days=2)
    probe_patience: timedelta = timedelta(days=5)  # servers give a letter up within that time (RFC 5321, 4.5.4.1)


@dataclass(frozen=True)
class ShowingLimits:
    """Showing: how much one letter holds."""

    findings: int = 40
    values: int = 100
    files_on_page: int = 40  # of the list that «ФАЙЛЫ» gives
    files_apart: int = 5  # so many files go as they are, more as an archive
    parts_at_once: int = 8  # letters that one «СКАЧАТЬ ВСЁ» makes; the rest is told how to ask for


@dataclass(frozen=True)
class RemindingLimits:
    """Reminding: when, how often, and what a coordinator may do."""

    days: tuple[int, ...] = (3, 1)  # before the closing; on its last day comes the last call
    gap: timedelta = timedelta(hours=12)  # between two reminders to one login about one collection
    most: int = 5  # of one deadline, the last call not counted
    repeat_most: int = 3  # «ПОВТОРИТЬ» to one organisation in 24 hours, whoever asks
    repeat_gap: timedelta = timedelta(hours=1)  # between two of them about the same publication
    coordinator_days: int = 3  # after the general closing: as far as a coordinator may extend


@dataclass(frozen=True)
class HoursLimits:
    """Hours, Moscow time, in which letters leave."""

    working: tuple[int, int] = (9, 18)  # Moscow: when reminders leave
    waking: tuple[int, int] = (8, 22)  # Moscow: when everything else leaves that nobody asked for just now


@dataclass(frozen=True)
class ProvingLimits:
    """Proving: how long and how often somebody is asked for a confirmation."""

    confirm_life: timedelta = timedelta(days=3)  # how long a held message may be confirmed by its code
    undo_life: timedelta = timedelta(days=14)  # how long «это не мы» is heard
    asked_a_day: int = 5  # asked of one login; what is held beyond that waits for a person


@dataclass(frozen=True)
class DepartingLimits:
    """Departing: how many logins one import may take out of the roster."""

    few: int = 5  # so many may leave the roster with one import, whatever its size
    share: float = 0.05  # beyond that a larger part of it leaves only when the import says so


@dataclass(frozen=True)
class AlertingLimits:
    """Alerting: how long something may wait before a person hears of it."""

    alert_after: timedelta = timedelta(hours=1)  # the oldest message unjudged or letter unsent
    silent_after: timedelta = timedelta(minutes=10)  # without an exchange by itself


@dataclass(frozen=True)
class Limits:
    """All of them, as every step gets them."""

    judging: JudgingLimits = field(default_factory=JudgingLimits)
    sending: SendingLimits = field(default_factory=SendingLimits)
    answering: AnsweringLimits = field(default_factory=AnsweringLimits)
    health: HealthLimits = field(default_factory=HealthLimits)
    showing: ShowingLimits = field(default_factory=ShowingLimits)
    reminding: RemindingLimits = field(default_factory=RemindingLimits)
    hours: HoursLimits = field(default_factory=HoursLimits)
    proving: ProvingLimits = field(default_factory=ProvingLimits)
    departing: DepartingLimits = field(default_factory=DepartingLimits)
    alerting: AlertingLimits = field(default_factory=AlertingLimits)
