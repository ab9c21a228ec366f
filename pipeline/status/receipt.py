"""What may happen to a message on record, and its state afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from pipeline.model import ReceiptState
from pipeline.status.transitions import Transitions


class ReceiptMove(StrEnum):
    """What happens to a message: the first four when it is judged, the others when somebody decides about it."""

    SETTLED = "settled"
    """It did what it was sent for."""
    HELD = "held"
    """It waits for a person."""
    TURNED_AWAY = "turned_away"
    """A limit or a rule refuses it."""
    GIVEN_UP = "given_up"
    """It could not be judged."""
    RELEASED = "released"
    """Its organisation or an operator vouches for it."""
    REPLAYED = "replayed"
    """An operator has a waiting message judged again."""
    EXTENDED = "extended"
    """More time was given: what was late is judged again."""
    REFUSED = "refused"
    """An operator refuses a waiting message."""
    DENIED = "denied"
    """Its organisation answers «нет»."""
    DISOWNED = "disowned"
    """Its organisation answers «это не мы»."""


_UNREAD, _DONE, _HELD = ReceiptState.UNREAD, ReceiptState.DONE, ReceiptState.HELD
_FAILED, _REFUSED = ReceiptState.FAILED, ReceiptState.REFUSED

TRANSITIONS: Transitions[ReceiptState, ReceiptMove] = Transitions(
    {
        ReceiptMove.SETTLED: {_UNREAD: _DONE},
        ReceiptMove.HELD: {_UNREAD: _HELD},
        ReceiptMove.TURNED_AWAY: {_UNREAD: _REFUSED},
        ReceiptMove.GIVEN_UP: {_UNREAD: _FAILED},
        ReceiptMove.RELEASED: {_HELD: _UNREAD, _FAILED: _UNREAD, _REFUSED: _UNREAD},
        ReceiptMove.REPLAYED: {_HELD: _UNREAD, _FAILED: _UNREAD},
        ReceiptMove.EXTENDED: {_DONE: _UNREAD},
        ReceiptMove.REFUSED: {_HELD: _REFUSED, _FAILED: _REFUSED},
        ReceiptMove.DENIED: {_HELD: _REFUSED},
        ReceiptMove.DISOWNED: {_DONE: _REFUSED, _HELD: _REFUSED},
    }
)

JUDGED: Mapping[ReceiptState, ReceiptMove] = MappingProxyType(
    {
        _DONE: ReceiptMove.SETTLED,
        _HELD: ReceiptMove.HELD,
        _REFUSED: ReceiptMove.TURNED_AWAY,
        _FAILED: ReceiptMove.GIVEN_UP,
    }
)
"""What has happened to a message that was judged, by the state that it is given."""
