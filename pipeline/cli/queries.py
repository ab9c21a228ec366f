"""Commands that show the state of collections and messages; they change nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from pipeline import wiring
from pipeline.catalogue import format_short, has, text
from pipeline.cli.output import emit, now, say
from pipeline.errors import ConfigurationError
from pipeline.model import Counts, Publication, Receipt, ReceiptState
from pipeline.model.json import Json
from pipeline.model.reason import Reason
from pipeline.reports.flags import flags
from pipeline.steps.base.context import Context
from pipeline.steps.condition.standing import standing
from pipeline.store import Session, participations, publications, receipts


def status(code: str | None, *, region: str | None, as_json: bool) -> None:
    """Print how each collection stands, and the four figures, a line per region and one for all."""
    at = now()
    with wiring.context() as context, context.store.reading() as session:
        for publication in _collections(session, code):
            _print_status(session, publication, region, at, as_json=as_json)


def participants(code: str, *, region: str | None, as_json: bool) -> None:
    """Print the list of participants of a collection (seed, Fig. 20)."""
    with wiring.context() as context, context.store.reading() as session:
        _collections(session, code)  # it is there
        for participant in participations.participants(session, code, region):
            part, login = participant.participation, participant.login
            if as_json:
                emit(
                    {
                        "publication": code,
                        "login": login.code,
                        "name": login.name,
                        "region": login.region,
                        "status": part.status.value,
                        "begun_at": part.begun_at.isoformat() if part.begun_at else None,
                        "handed_in_at": part.handed_in_at.isoformat() if part.handed_in_at else None,
                        "flags": flags(participant),
                    }
                )
                continue
            dates = "  ".join(format_short(at) if at else "-" * 16 for at in (part.begun_at, part.handed_in_at))
            say(f"{login.code:<14} {text(f'status.{part.status.value}'):<13} {dates}  {login.name}")


def receipts_command(*, held: bool, strays: bool, limit: int, as_json: bool) -> None:
    """Print received messages with what became of each, newest first."""
    with wiring.context() as context:
        _print_receipts(context, held=held, strays=strays, limit=limit, as_json=as_json)


def _print_receipts(context: Context, *, held: bool, strays: bool, limit: int, as_json: bool) -> None:
    states = {ReceiptState.HELD, ReceiptState.FAILED} if held else None
    with context.store.reading() as session:
        reason = Reason("bounce_of_unknown_letter") if strays else None
        found = receipts.listed(session, states, limit, reason=reason)
    for receipt in found:
        record: dict[str, Json] = {
            "id": receipt.id,
            "received_at": receipt.received_at.isoformat(),
            "state": receipt.state.value,
            "kind": receipt.kind,
            "rule": receipt.rule,
            "trust": receipt.trust,
            "login": receipt.login,
            "publication": receipt.publication,
            "sender": receipt.sender,
            "subject": receipt.subject,
            "reason": str(receipt.reason) if receipt.reason else None,
        }
        if as_json:
            emit(record)
        else:
            _say_receipt(receipt)


def _say_receipt(receipt: Receipt) -> None:
    """Print one line: number, time, state, sender, subject, and the reason in plain words."""
    about = " ".join(value for value in (receipt.sender, receipt.login, receipt.publication) if value)
    subject = f"«{receipt.subject}»" if receipt.subject else ""
    state = text(f"receipt.{receipt.state.value}")
    parts = (
        f"№{receipt.id}",
        format_short(receipt.received_at),
        state,
        about,
        subject,
        reason_in_words(receipt),
    )
    say("  ".join(part for part in parts if part))


def reason_in_words(receipt: Receipt) -> str:
    """Return the catalogue's words for a recorded reason; one without words is printed as it is."""
    if receipt.reason is None:
        return ""
    code = f"reason.{receipt.reason}"
    if has(code):
        return text(code)
    reason = str(receipt.reason)
    return text("reason.raised", what=reason) if receipt.state is ReceiptState.FAILED else reason


def _collections(session: Session, code: str | None) -> list[Publication]:
    found = [item for item in publications.publications(session) if item.collection]
    if code is None:
        return found
    wanted = [item for item in found if item.code == code]
    if not wanted:
        raise ConfigurationError("publication.unknown", code=code)
    return wanted


def _print_status(
    session: Session, publication: Publication, region: str | None, at: datetime, *, as_json: bool
) -> None:
    counts = participations.counts(session, publication.code)
    lines: list[tuple[str | None, Counts]] = [
        (name, count) for name, count in sorted(counts.items()) if region in (None, name)
    ]
    if region is None:
        lines.append((None, _total(counts.values())))
    if not as_json and publication.collection:
        say(text("cli.collection", code=publication.code, title=publication.collection.title))
        for sentence in standing(session, publication, region, at).in_words():
            say(f"  {sentence}")
    for name, count in lines:
        if as_json:
            record = {"publication": publication.code, "region": name, **_figures(count)}
            emit({**record, **standing(session, publication, name, at).as_json()})
        else:
            where = text("cli.region", region=name) if name else text("cli.all_regions")
            say(f"  {where}: {text('cli.figures', **_figures(count))}")


def _figures(count: Counts) -> dict[str, int]:
    return {
        "total": count.total,
        "not_started": count.not_started,
        "in_progress": count.in_progress,
        "submitted": count.submitted,
    }


def _total(counts: Iterable[Counts]) -> Counts:
    counts = list(counts)
    return Counts(
        sum(count.not_started for count in counts),
        sum(count.in_progress for count in counts),
        sum(count.submitted for count in counts),
    )
