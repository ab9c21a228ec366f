"""What may happen to a participation, its status afterwards, and the function that applies it.

Forward only: a withdrawn return takes its data away, never the status. Everything here is decided by receipt time,
never by the order of processing, so that the same set of events gives the same participation in whatever order they
are applied.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from pipeline.errors import Incident
from pipeline.model import Participation, Status, StatusEvent
from pipeline.status.transitions import Transitions

FIRST = Status.NOT_STARTED
"""Every participation begins here."""

_NOT_STARTED, _IN_PROGRESS, _SUBMITTED = Status.NOT_STARTED, Status.IN_PROGRESS, Status.SUBMITTED
_BEGUN: Mapping[Status, Status] = MappingProxyType(
    {_NOT_STARTED: _IN_PROGRESS, _IN_PROGRESS: _IN_PROGRESS, _SUBMITTED: _SUBMITTED}
)

TRANSITIONS: Transitions[Status, StatusEvent] = Transitions(
    {
        StatusEvent.FORM_REQUESTED: _BEGUN,
        StatusEvent.DRAFT_RECEIVED: _BEGUN,
        StatusEvent.RETURN_REJECTED: _BEGUN,
        StatusEvent.RETURN_ACCEPTED: MappingProxyType(dict.fromkeys(Status, _SUBMITTED)),
        StatusEvent.RETURN_WITHDRAWN: MappingProxyType({_SUBMITTED: _SUBMITTED}),
    }
)


def apply(
    current: Participation,
    event: StatusEvent,
    at: datetime,
    return_id: int | None = None,
    standing: tuple[datetime, int] | None = None,
) -> Participation:
    """Return the participation after ``event`` that the mail server received at ``at`` (aware UTC).

    An accepted or withdrawn return needs its ``return_id``; ``standing`` is (receipt time, id) of the newest other
    return that is accepted and not withdrawn, which takes the place of a withdrawn one. Raises Incident for a pair
    that the table does not list.
    """
    status = TRANSITIONS.after(current.status, event)
    if at.tzinfo is None:
        raise Incident("status.naive_instant", status_event=event)
    if event is StatusEvent.RETURN_WITHDRAWN:
        return _withdrawn(current, return_id, standing)
    begun_at = at if current.begun_at is None else min(current.begun_at, at)
    after = replace(current, status=status, begun_at=begun_at)
    if event is StatusEvent.RETURN_ACCEPTED:
        if return_id is None:
            raise Incident("status.accepted_without_return", login=current.login)
        last_at, last_id = current.handed_in_at, current.accepted_return_id
        if last_at is None or last_id is None or (at, return_id) >= (last_at, last_id):
            after = replace(after, handed_in_at=at, accepted_return_id=return_id)
    if event is StatusEvent.RETURN_REJECTED and (current.last_rejected_at is None or at > current.last_rejected_at):
        after = replace(after, last_rejected_at=at)
    return after


def _withdrawn(current: Participation, return_id: int | None, standing: tuple[datetime, int] | None) -> Participation:
    """The earlier accepted return counts again; without one nothing does, and the date of the disputed one stays."""
    if return_id is None:
        raise Incident("status.withdrawn_without_return", login=current.login)
    if current.accepted_return_id != return_id:
        return current
    if standing is None:
        return replace(current, accepted_return_id=None)
    return replace(current, handed_in_at=standing[0], accepted_return_id=standing[1])
