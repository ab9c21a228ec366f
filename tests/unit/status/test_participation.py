"""What may happen to a participation, for every status and event."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.errors import Incident
from pipeline.model import Participation, Status, StatusEvent
from pipeline.status.participation import FIRST, TRANSITIONS, apply
from tests.unit.status.grids import read_grid

AT = datetime(2021, 9, 1, 9, 0, tzinfo=UTC)
GRID = read_grid(
    """
                     not_started in_progress submitted
    draft_received   in_progress in_progress submitted
    return_rejected  in_progress in_progress submitted
    form_requested   in_progress in_progress submitted
    return_accepted  submitted   submitted   submitted
    return_withdrawn -           -           submitted
    """,
    Status,
    StatusEvent,
)


@pytest.mark.parametrize(("status", "event"), sorted(GRID))
def test_every_event_in_every_status_leads_on_or_is_refused(status: Status, event: StatusEvent) -> None:
    expected, before = GRID[status, event], Participation("schedule", "spo240065", status)
    if expected is None:
        with pytest.raises(Incident, match="unlisted_transition"):
            TRANSITIONS.after(status, event)
        with pytest.raises(Incident, match="unlisted_transition"):
            apply(before, event, AT, 1)
    else:
        assert TRANSITIONS.after(status, event) is expected
        assert apply(before, event, AT, 1).status is expected


def test_status_goes_forward_only() -> None:
    order = list(Status)
    assert order[0] is FIRST
    assert all(order.index(after) >= order.index(status) for (status, _), after in GRID.items() if after)
