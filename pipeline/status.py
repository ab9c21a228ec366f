"""The one place that changes a participation's status: a total table of transitions, and the function that applies it.

Forward only: a withdrawn return takes its data away, never the status. Everything here is decided by receipt time,
never by the order of processing, so that the same set of events gives the same participation in whatever order they
are applied.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from pipeline.errors import Incident
from pipeline.model import Participation, Status, StatusEvent

TRANSITIONS: dict[tuple[Status, StatusEvent], Status] = {
    (Status.NOT_STARTED, StatusEvent.FORM_REQUESTED): Status.IN_PROGRESS,
    (Status.NOT_STARTED, StatusEvent.DRAFT_RECEIVED): Status.IN_PROGRESS,
    (Status.NOT_STARTED, StatusEvent.RETURN_REJECTED): Status.IN_PROGRESS,
    (Status.NOT_STARTED, StatusEvent.RETURN_ACCEPTED): Status.SUBMITTED,
    (Status.IN_PROGRESS, StatusEvent.FORM_REQUESTED): Status.IN_PROGRESS,
    (Status.IN_PROGRESS, StatusEvent.DRAFT_RECEIVED): Status.IN_PROGRESS,
    (Status.IN_PROGRESS, StatusEvent.RETURN_REJECTED): Status.IN_PROGRESS,
    (Status.IN_PROGRESS, StatusEvent.RETURN_ACCEPTED): Status.SUBMITTED,
    (Status.SUBMITTED, StatusEvent.FORM_REQUESTED): Status.SUBMITTED,
    (Status.SUBMITTED, StatusEvent.DRAFT_RECEIVED): Status.SUBMITTED,
    (Status.SUBMITTED, StatusEvent.RETURN_REJECTED): Status.SUBMITTED,
    (Status.SUBMITTED, StatusEvent.RETURN_ACCEPTED): Status.SUBMITTED,
    (Status.SUBMITTED, StatusEvent.RETURN_WITHDRAWN): Status.SUBMITTED,
}


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
    if (current.status, event) not in TRANSITIONS:
        raise Incident("status.unlisted_transition", status=current.status, status_event=event)
    if at.tzinfo is None:
        raise Incident("status.naive_instant", status_event=event)
    if event is StatusEvent.RETURN_WITHDRAWN:
        return _withdrawn(current, return_id, standing)
    begun_at = at if current.begun_at is None else min(current.begun_at, at)
    after = replace(current, status=TRANSITIONS[current.status, event], begun_at=begun_at)
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
    """The earlier accepted return stands again; without one nothing does, and the date of the disputed one stays."""
    if return_id is None:
        raise Incident("status.withdrawn_without_return", login=current.login)
    if current.accepted_return_id != return_id:
        return current
    if standing is None:
        return replace(current, accepted_return_id=None)
    return replace(current, handed_in_at=standing[0], accepted_return_id=standing[1])
