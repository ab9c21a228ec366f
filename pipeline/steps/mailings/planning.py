"""The plan of a mailing: counted from its letters before they are on record, in the words of the catalogue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from pipeline.cabinet import sendplan, storage
from pipeline.cabinet.sendplan import Pace, Plan
from pipeline.catalogue import format_instant, format_weekday, plural, text
from pipeline.errors import ConfigurationError
from pipeline.mail.addresses import readable
from pipeline.model import AttachmentKind, AttachmentSpec, Login, Role
from pipeline.model.outgoing import CAMPAIGN
from pipeline.steps.base.context import Context
from pipeline.steps.base.limits import Limits
from pipeline.steps.letters.rendering import (
    attachment_file,
    render,
)
from pipeline.steps.mailings.publication import (
    Mailing,
    Writer,
)
from pipeline.store import Session, audience, health, pauses, sending
from pipeline.store.letters import domain_of

_DAY = timedelta(days=1)
_NAMED = 20  # logins and addresses named one by one


def plan(
    context: Context,
    session: Session,
    writer: Writer,
    people: Sequence[tuple[Login, str]],
    concerned: Sequence[Login],
    now: datetime,
) -> Plan:
    """Return the plan of sending to these (login, address), of whom ``concerned`` are all that the letters are for.

    A letter to an organisation and one to a coordinator are made to know their size. Raises ConfigurationError when
    one is larger than the provider takes.
    """
    out, limits = writer.out, context.limits
    collection = out.publication.collection
    pace = pace_of(limits)
    by_domain = Counter(domain_of(address) for _, address in people)
    counted = Counter(login.role for login, _ in people)
    accounts = Counter(login.role for login in {login.code: login for login, _ in people}.values())
    ahead = audience.waiting_by_domain(session, CAMPAIGN, out.due)
    today = sending.handed_over(session, now - _DAY)
    clear = sendplan.finish(now, ahead, pace, today)
    start = max(out.due, clear)
    used = min(today + ahead.total(), pace.campaigns_a_day or 0) if start - now < _DAY else 0
    finishes_at = sendplan.finish(start, by_domain, pace, used)
    late = 0
    if collection is not None and start < collection.closes_at < finishes_at:
        late = len(people) - sendplan.sent_by(collection.closes_at, start, by_domain, pace, used)
    dead, room = health.dead_addresses(session), storage.room_for_files(limits.sending.largest_letter)
    return Plan(
        letters=len(people),
        organisations=counted[Role.ORGANISATION],
        coordinators=counted[Role.COORDINATOR],
        no_address=tuple(login.code for login in concerned if not login.addresses),
        dead=tuple(
            f"{login.code} {readable(address)}"
            for login in concerned
            for address in login.addresses
            if address.lower() in dead
        ),
        octets=sum(_size(context, session, writer, people, role) * counted[role] for role in counted),
        ahead=ahead.total(),
        starts_at=start,
        finishes_at=finishes_at,
        pace=pace,
        opens_at=collection.opens_at if collection else None,
        closes_at=collection.closes_at if collection else None,
        unsent_at_closing=late,
        oversized=tuple(file.name for file in storage.files_of(out.publication) if file.size > room),
        accounts=(accounts[Role.ORGANISATION], accounts[Role.COORDINATOR]),
    )


def pace_of(limits: Limits) -> Pace:
    """Return the rates at which letters leave."""
    sends = limits.sending
    return Pace(sends.per_minute, sends.per_day, sends.domain_per_minute, sends.kept_for_answers)


def _size(context: Context, session: Session, writer: Writer, people: Sequence[tuple[Login, str]], role: Role) -> int:
    """Return the octets of one letter to this role; they differ by little."""
    login, address = next(pair for pair in people if pair[0].role is role)
    letter = writer.letter(login, address)
    size = len(render(context, session, letter))
    if size > context.limits.sending.largest_letter:
        shown = ", ".join(_named(context, session, spec) for spec in letter.attachments)
        limit = megabytes(context.limits.sending.largest_letter)
        raise ConfigurationError(
            "publish.letter_too_big", code=letter.publication, size=megabytes(size), limit=limit, files=shown
        )
    return size


def _named(context: Context, session: Session, spec: AttachmentSpec) -> str:
    code = "publish.form" if spec.kind is AttachmentKind.FORM else "publish.file"
    return text(code, name=spec.name, size=megabytes(len(attachment_file(context, session, spec).data)))


def megabytes(octets: int) -> str:
    """Return a size as people read it, with a decimal comma."""
    if octets < 100_000:
        return text("publish.kilobytes", size=max(1, round(octets / 1000)))
    return text("publications.megabytes", size=f"{octets / 1_000_000:.1f}".replace(".", ","))


def counts(found: Plan) -> dict[str, int]:
    """Return the figures of a plan by stable names; ``minutes`` from its first letter to its last."""
    minutes = int((found.finishes_at - found.starts_at) / timedelta(minutes=1))
    return {
        "organisations": found.organisations,
        "coordinators": found.coordinators,
        "no_address": len(found.no_address),
        "dead": len(found.dead),
        "octets": found.octets,
        "ahead": found.ahead,
        "minutes": minutes,
    }


def interval(found: Plan) -> list[str]:
    """Return the interval of the collection shown back with its weekdays; nothing for a publication without one."""
    if found.opens_at is None or found.closes_at is None:
        return []
    return [text("instant.interval", opens=format_weekday(found.opens_at), closes=format_weekday(found.closes_at))]


def lines(session: Session, out: Mailing, found: Plan, now: datetime) -> list[str]:
    """Return the plan as sentences for an operator."""
    said: list[str] = []
    if found.letters:
        organisations, coordinators = found.accounts
        said.append(
            text(
                "plan.letters",
                letters=plural(found.letters, "письмо", "письма", "писем"),
                organisations=organisations,
                coordinators=coordinators,
                size=megabytes(found.octets),
            )
        )
        said += [_pace(found), _times(found, now)]
    said += cautions(session, out, found, now)
    said += listed("publish.no_address", "logins", found.no_address)
    said += listed("health.passed_over", "addresses", found.dead)
    return said


def cautions(session: Session, out: Mailing, found: Plan, now: datetime) -> list[str]:
    """Return what its author would not want of a mailing, as sentences."""
    said: list[str] = []
    if found.letters:
        if found.closes_at is not None and found.closes_at <= found.starts_at:
            said.append(text("plan.closed", closes=format_instant(found.closes_at)))
        elif found.unsent_at_closing:
            closes = format_instant(found.closes_at) if found.closes_at else ""
            said.append(text("plan.too_slow", closes=closes, count=found.unsent_at_closing))
        elif found.opens_at is not None and found.starts_at < found.opens_at < found.finishes_at:
            said.append(text("plan.opens_meanwhile", opens=format_instant(found.opens_at)))
        if pauses.paused(session, now).holds(out.publication.code, CAMPAIGN):
            said.append(text("plan.paused"))
    return [*said, *listed("plan.oversized", "files", found.oversized)]


def _pace(found: Plan) -> str:
    pace = found.pace
    if not pace.is_set:
        return text("plan.no_rate", usual=sendplan.USUAL_PER_MINUTE)
    said = []
    if pace.per_minute is not None:
        said.append(text("plan.per_minute", count=pace.per_minute))
    if pace.per_day is not None:
        said.append(text("plan.per_day", count=pace.per_day, campaigns=pace.campaigns_a_day))
    said += [
        text("plan.per_domain", domain=domain, count=count) for domain, count in sorted(pace.domain_per_minute.items())
    ]
    return text("plan.rates", rates=", ".join(said))


def _times(found: Plan, now: datetime) -> str:
    code = "plan.later" if found.starts_at > now + timedelta(minutes=1) else "plan.now"
    return text(
        code,
        starts=format_instant(found.starts_at),
        finishes=format_instant(found.finishes_at),
        takes=_span(found.finishes_at - found.starts_at),
        ahead=found.ahead,
    )


def _span(span: timedelta) -> str:
    """Return a span as «2 дня 3 часа», «40 минут»: the two largest units."""
    minutes = max(1, int(span / timedelta(minutes=1)))
    days, hours, minutes = minutes // 1440, minutes % 1440 // 60, minutes % 60
    units = [
        plural(days, "день", "дня", "дней") if days else "",
        plural(hours, "час", "часа", "часов") if hours else "",
        plural(minutes, "минуту", "минуты", "минут") if minutes else "",
    ]
    return " ".join([unit for unit in units if unit][:2])


def listed(code: str, name: str, found: Sequence[str]) -> list[str]:
    """Return a sentence that names the first of ``found`` and counts the rest; none for nobody."""
    if not found:
        return []
    shown = ", ".join(found[:_NAMED])
    if len(found) > _NAMED:
        shown = text("publish.and_more", shown=shown, count=len(found) - _NAMED)
    return [text(code, **{name: shown})]
