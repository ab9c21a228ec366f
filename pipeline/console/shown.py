"""How the console writes addresses, letters, regions and figures, the same on every page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pipeline.cabinet.regions import NAMES
from pipeline.catalogue import format_short, has, text
from pipeline.console.campaign import Waiting
from pipeline.console.outcome import Next, Table
from pipeline.mail.addresses import readable
from pipeline.model import Counts, Letter, Participant, Receipt, ReceiptState
from pipeline.model.audit import SYSTEM
from pipeline.reports.flags import flags_in_words

LETTERS = ("письмо", "письма", "писем")
ORGANISATIONS = ("организация", "организации", "организаций")


def short(address: str | None) -> str:
    """Return an address cut to what a person knows it by: «s…@school.test»."""
    name, at, domain = readable(address or "").partition("@")
    return f"{name[:1]}…@{domain}" if at else name or text("console.nobody_known")


def region(code: str) -> str:
    """Return a region as people read it: «24, Красноярский край»."""
    return f"{code}, {NAMES[code]}" if code in NAMES else code


def why(receipt: Receipt) -> str:
    """Return in words why a message is in its state, empty where nothing is on record."""
    if receipt.reason is None:
        return ""
    code, reason = f"reason.{receipt.reason}", str(receipt.reason)
    if has(code):
        return text(code)
    return text("reason.raised", what=reason) if receipt.state is ReceiptState.FAILED else reason


def named(letter: Letter) -> str:
    """Return what a letter of ours is called for people."""
    code = f"notice.letter.{letter.kind}"
    return text(code if has(code) else "notice.letter.other")


def total(counts: Iterable[Counts]) -> Counts:
    """Return the figures of several regions together."""
    found = [(count.not_started, count.in_progress, count.submitted) for count in counts]
    return Counts(*(sum(column) for column in zip(*found, strict=True))) if found else Counts()


def figures(counts: Counts) -> Mapping[str, int]:
    """Return the four figures by the words that everybody knows them by."""
    return {
        text("console.total"): counts.total,
        text("status.not_started"): counts.not_started,
        text("status.in_progress"): counts.in_progress,
        text("status.submitted"): counts.submitted,
    }


def by_name(counts: Counts) -> dict[str, int]:
    """Return the four figures by stable names."""
    return {
        "total": counts.total,
        "not_started": counts.not_started,
        "in_progress": counts.in_progress,
        "submitted": counts.submitted,
    }


def people(title: str, found: Sequence[Participant]) -> Table:
    """Return participants as a table; who wants more than it shows takes the list of participants."""
    head = [text(f"console.head.{name}") for name in ("login", "name", "region", "begun", "marks")]
    rows = [
        (
            item.login.code,
            item.login.name,
            item.login.region,
            format_short(item.participation.begun_at) if item.participation.begun_at else "",
            ", ".join(flags_in_words(item)),
        )
        for item in found
    ]
    return Table(title, head, rows, text("console.whole_list"))


def who(recorded: str) -> str:
    """Return who is on record as people read it: the name that was typed, an address cut short."""
    name = recorded.removeprefix("prefect:").removeprefix("web:")
    return short(name) if "@" in name else text("console.system") if name in (SYSTEM, "roster") else name


def state(letter: Letter) -> str:
    """Return how far a letter of ours has come."""
    return text(f"letter_event.{letter.state.value}")


def size(octets: int) -> str:
    """Return a size as people read it, with a decimal comma."""
    if octets < 1_000_000:
        return text("console.kilobytes", size=max(1, round(octets / 1000)))
    return text("console.megabytes", size=f"{octets / 1e6:.1f}".replace(".", ","))


def waits(found: Iterable[Waiting]) -> list[tuple[str, Next | None]]:
    """Return what waits for a person in words, each with the act that settles it."""
    said = [(text(f"campaign.waiting.{item.what}", count=item.count), item.act) for item in found if item.count]
    return [(words, Next(words, act) if act else None) for words, act in said]
