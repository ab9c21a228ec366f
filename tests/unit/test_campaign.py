"""The fixed-clock factory holds what the seed prints, and the status table leads there."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from pipeline.catalogue import format_short
from pipeline.model import Counts, Status
from tests.factories import campaign


def test_s12_the_figures_of_the_manual_come_out_of_the_happenings() -> None:
    found = Counter(participant.participation.status for participant in campaign.participants())
    counts = Counts(found[Status.NOT_STARTED], found[Status.IN_PROGRESS], found[Status.SUBMITTED])
    assert counts == campaign.EXPECTED
    assert counts.total == campaign.EXPECTED_TOTAL


def test_s13_the_instants_of_the_participants_list_are_those_printed_in_moscow_time() -> None:
    for participant in campaign.participants():
        participation = participant.participation
        instants = (participation.begun_at, participation.handed_in_at)
        expected = campaign.EXPECTED_LINES.get(participation.login, (Status.NOT_STARTED, "", ""))
        shown = [format_short(at) if at else "" for at in instants]
        assert (participation.status, *shown) == expected, participation.login


def test_everything_happens_while_the_collection_is_open_and_before_the_clock() -> None:
    collection = campaign.publication().collection
    assert collection is not None
    clock = campaign.FixedClock()
    for happening in campaign.HAPPENINGS:
        assert collection.opens_at <= happening.at <= collection.closes_at
        assert happening.at < clock()
    assert clock.advance(timedelta(hours=1)) == campaign.moscow("27.08.2021 22:12")
