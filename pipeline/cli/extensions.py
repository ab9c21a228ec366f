"""Commands about deadlines: moving one, what was moved, and the record of who did what."""

from __future__ import annotations

from pipeline import wiring
from pipeline.cabinet.instants import read_instant
from pipeline.catalogue import format_instant, format_short, text
from pipeline.cli.moderation import who
from pipeline.cli.output import emit, now, report, say
from pipeline.errors import ConfigurationError
from pipeline.model.audit import Deed
from pipeline.model.closings import Extension
from pipeline.model.json import Json
from pipeline.steps import check, extend
from pipeline.steps.extend import Asked
from pipeline.store import audit, extensions


def extend_command(
    code: str,
    *,
    reason: str,
    until: str | None,
    login: list[str] | None,
    region: str | None,
    everybody: bool,
    withdraw: bool,
    as_json: bool,
) -> None:
    """Move a deadline, and judge again what was refused as late and is in time now."""
    if (until is None) != withdraw:
        raise ConfigurationError("cli.half_extension")
    asked = Asked(
        publication=code,
        until=read_instant(until, "--until", now()) if until is not None else None,
        who=who(),
        why=reason,
        logins=tuple(login or ()),
        region=region,
        everybody=everybody,
    )
    with wiring.context() as context:
        done = extend.run(context, asked, now())
        report(done, as_json=as_json)
        if done.counts["reopened"]:
            report(check.run(context, now()), as_json=as_json)


def extensions_command(code: str, *, everything: bool, as_json: bool) -> None:
    """Print what holds, oldest first; with ``everything`` the whole record."""
    with wiring.context() as context, context.store.reading() as session:
        found = extensions.history(session, code) if everything else extensions.by_login(session, code).in_force()
    for item in found:
        if as_json:
            emit(_record(item))
            continue
        target = item.login or (text("extension.region", region=item.region) if item.region else None)
        until = text("extension.until", until=format_instant(item.until)) if item.until else None
        say(
            f"{format_short(item.at)}  {target or text('extension.everybody')}  "
            f"{until or text('extension.withdrawn')}  ({item.who}: {item.why})"
        )
    if not found and not as_json:
        say(text("cli.no_deeds"))


def audit_command(*, publication: str | None, login: str | None, limit: int, as_json: bool) -> None:
    """Print who did what, the latest first."""
    with wiring.context() as context, context.store.reading() as session:
        found = audit.listed(session, publication=publication, login=login, limit=limit)
    for deed in found:
        if as_json:
            emit(_deed(deed))
            continue
        parts = (
            format_short(deed.at),
            deed.who,
            text(f"deed.{deed.what}"),
            deed.login or (text("extension.region", region=deed.region) if deed.region else ""),
            deed.publication or "",
            deed.detail,
            deed.why,
        )
        say("  ".join(part for part in parts if part))
    if not found and not as_json:
        say(text("cli.no_deeds"))


def _record(item: Extension) -> dict[str, Json]:
    return {
        "id": item.id,
        "publication": item.publication,
        "login": item.login,
        "region": item.region,
        "until": item.until.isoformat() if item.until else None,
        "at": item.at.isoformat(),
        "who": item.who,
        "why": item.why,
    }


def _deed(deed: Deed) -> dict[str, Json]:
    return {
        "id": deed.id,
        "at": deed.at.isoformat(),
        "who": deed.who,
        "what": deed.what,
        "publication": deed.publication,
        "login": deed.login,
        "region": deed.region,
        "detail": deed.detail,
        "why": deed.why,
        "receipt": deed.receipt_id,
    }
