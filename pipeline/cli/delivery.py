"""Commands that show what became of letters and which addresses fail; they change nothing."""

from __future__ import annotations

from datetime import datetime

from pipeline import wiring
from pipeline.catalogue import format_short, text
from pipeline.cli.output import emit, now, say
from pipeline.mail.addresses import canonical, readable
from pipeline.model import Letter
from pipeline.model.delivery import Logged
from pipeline.model.json import Json
from pipeline.steps.letters.values import kind_in_words
from pipeline.steps.record import health
from pipeline.store import health as records
from pipeline.store import letters, roster
from pipeline.store.sending import RESTS


def letters_command(*, login: str | None, address: str | None, failed: bool, limit: int, as_json: bool) -> None:
    """Print letters with the last line of their delivery log, newest first."""
    with wiring.context() as context, context.store.reading() as session:
        wanted = canonical(address) if address else None
        found = letters.found(session, login=login, address=wanted, failed=failed, limit=limit)
        for letter, last in found:
            record = _letter_record(letter, last)
            if as_json:
                record["events"] = [_event(logged) for logged in letters.events(session, letter.id)]
                emit(record)
                continue
            line = (
                str(letter.id),
                kind_in_words(letter),
                letter.login,
                letter.address,
                text(f"letter_event.{last.event.value}"),
                format_short(last.at),
                _detail_in_words(last),
            )
            say(readable("  ".join(value for value in line if value)))


def addresses(*, dead: bool, as_json: bool) -> None:
    """Print the addresses that letters did not reach lately, or that count as dead, with the verdict on each."""
    with wiring.context() as context, context.store.reading() as session:
        at = now()
        given_up = records.dead_addresses(session)
        for address in records.suspects(session, at - context.limits.health.bounce_memory):
            if dead and address not in given_up:
                continue
            found = health.of_address(context, session, address, at)
            state = health.State.DEAD if address in given_up else found.state
            logins = [login.code for login in roster.logins_of_address(session, address)]
            if as_json:
                emit(
                    {
                        "address": address,
                        "logins": logins,
                        "state": state.value,
                        "score": found.score,
                        "since": found.since.isoformat() if found.since else None,
                        "last": found.last.isoformat() if found.last else None,
                        "reason": found.reason or None,
                    }
                )
                continue
            reason = text(f"undelivered.{found.reason}") if found.reason else None
            since = format_short(found.since) if found.since else None
            line = (address, ", ".join(logins), text(f"health.{state.value}"), since, reason)
            say(readable("  ".join(value for value in line if value)))


def _detail_in_words(logged: Logged) -> str | None:
    """The server's words as they came; until when a letter rests as people write an instant."""
    detail = logged.detail or ""
    until = detail.removeprefix(RESTS)
    return text("cli.rests", until=format_short(datetime.fromisoformat(until))) if until != detail else logged.detail


def _letter_record(letter: Letter, last: Logged) -> dict[str, Json]:
    return {
        "id": letter.id,
        "kind": letter.kind,
        "publication": letter.publication,
        "login": letter.login,
        "address": letter.address,
        "created_at": letter.created_at.isoformat(),
        "state": letter.state.value,
        "attempts": letter.attempts,
        "last": _event(last),
    }


def _event(logged: Logged) -> dict[str, Json]:
    return {"event": logged.event.value, "at": logged.at.isoformat(), "detail": logged.detail}
