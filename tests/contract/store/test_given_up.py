"""What is given up is reported to an operator once, on both databases."""

from __future__ import annotations

from dataclasses import replace

from pipeline.model.problems import GivenUp, Loss
from pipeline.store import Store
from pipeline.store.operations import given_up
from tests.contract.store.made import NOW, minutes

MESSAGE, LETTER = Loss(GivenUp.RECEIPT, 57, "RuntimeError", answered=True), Loss(GivenUp.LETTER, 102, "unrenderable")


def test_e11_what_is_given_up_is_said_once(store: Store) -> None:
    with store.transaction() as session:
        assert given_up.unsaid(session) == []
        assert given_up.last_said(session) is None
        given_up.note(session, [MESSAGE, LETTER], NOW)
        found = given_up.unsaid(session)
        assert [replace(loss, id=0) for loss in found] == [MESSAGE, LETTER]
        given_up.say(session, found[:1], NOW + minutes(1))
        assert given_up.unsaid(session) == found[1:]
        assert given_up.last_said(session) == NOW + minutes(1)
        given_up.note(session, [MESSAGE], NOW + minutes(2))
        assert len(given_up.unsaid(session)) == 2
