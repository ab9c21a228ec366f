"""Reading ahead: what judging and settling a batch will ask the store is asked here, together.

Asked message by message each question would cost a statement. The answers are kept in the session's unit of work
(``store.base.unit``); what is not foreseen is asked when it is needed. All of this is read before anything is written,
so that a batch of returns is written in one go, before its commit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from pipeline.model import Login
from pipeline.steps.answers.capping import DAY
from pipeline.steps.base.context import Context
from pipeline.steps.judging.judge import Judgement, Recognised
from pipeline.steps.record import hearing
from pipeline.steps.record.health import PROBE
from pipeline.store import (
    Session,
    caps,
    extensions,
    health,
    letters,
    participations,
    publications,
    reads,
    restoring,
    returns,
    roster,
)


def before_judging(context: Context, session: Session, messages: Iterable[Recognised]) -> None:
    """Read who wrote these messages, and the logins that their tags name."""
    found = list(messages)
    codes = {
        tag.login
        for one in found
        for text in (*one.tags.address, *one.tags.thread)
        if (tag := context.tagger.read(text)) is not None
    }
    roster.read_ahead(session, {one.message.sender for one in found if one.message.sender}, codes)


def before_settling(context: Context, session: Session, judged: Sequence[Judgement], now: datetime) -> None:
    """Read what settling each of ``judged`` at ``now`` will ask, and lock the rows that it will change."""
    numbers = [judgement.receipt.id for judgement in judged]
    senders = {judgement.message.sender for judgement in judged if judgement.message.sender}
    logins = {judgement.login.code: judgement.login for judgement in judged if judgement.login is not None}
    members = _members(judged)
    restoring.current(session)
    written_to = hearing.read_ahead(context, session, judged)
    roster.read_ahead(session, senders | written_to, logins)
    reads.read_ahead(session, {*logins, *(code for codes in members.values() for code in codes)})
    _before_answering(context, session, numbers, senders, logins.values(), now)
    health.read_ahead(session, senders | written_to, PROBE)
    _before_obeying(session, judged, now)
    for publication, codes in sorted(members.items()):
        extensions.by_login(session, publication)
        returns.read_ahead(session, publication, sorted(codes), numbers)
        participations.read_ahead(session, publication, sorted(codes))


def _before_obeying(session: Session, judged: Sequence[Judgement], now: datetime) -> None:
    """Read how those who write commands stand in what is out: most commands ask that."""
    writers = {one.login.code for one in judged if one.login is not None and one.classification.commands}
    if writers:
        out = [publication.code for publication in publications.publications(session, out_at=now)]
        participations.read_standing(session, out, writers)


def _before_answering(
    context: Context,
    session: Session,
    numbers: Sequence[int],
    senders: Iterable[str],
    logins: Iterable[Login],
    now: datetime,
) -> None:
    """Read the answers that went out: who has had one already, and how many count for the caps of a day."""
    codes = {login.code: login for login in logins}
    addresses = {*senders, *(address for login in codes.values() for address in login.addresses)}
    letters.read_ahead(session, numbers, {*addresses, context.support}, codes, now - DAY)
    caps.read_ahead(session, addresses, now - DAY)


def _members(judged: Sequence[Judgement]) -> dict[str, set[str]]:
    """Return by publication the logins whose checked workbooks these messages bring."""
    members: defaultdict[str, set[str]] = defaultdict(set)
    for judgement in judged:
        for item in judgement.items:
            if item.login and item.publication and item.checked and judgement.receipt.duplicate_of is None:
                members[item.publication.code].add(item.login.code)
    return members
