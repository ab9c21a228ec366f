"""What may happen to a letter, and its state afterwards.

``IN_DOUBT`` events are those of a letter of which an earlier attempt stayed unknown: it never counts as plainly unsent
again (RFC 1047).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from pipeline.model import LetterState
from pipeline.model.delivery import LetterEvent
from pipeline.status.transitions import Transitions


class LetterMove(StrEnum):
    """What happens to a letter. Several of them may be one word in the delivery log, see ``LOGGED``."""

    HANDED_OVER = "handed_over"
    """A worker is about to give it to the server."""
    TAKEN = "taken"
    """The server has taken it."""
    TURNED_DOWN = "turned_down"
    """The server has refused it for good."""
    PUT_OFF = "put_off"
    """The server has asked to come again later."""
    PUT_OFF_IN_DOUBT = "put_off_in_doubt"
    EXHAUSTED = "exhausted"
    """It has had all its attempts."""
    EXHAUSTED_IN_DOUBT = "exhausted_in_doubt"
    UNANSWERED = "unanswered"
    """The server said nothing after it had the letter."""
    LEFT_BEHIND = "left_behind"
    """Its worker died while the server had it."""
    DOUBTED = "doubted"
    """The database was restored: the lost one may have sent it."""
    RESENT = "resent"
    """An operator lets a letter in doubt go once more."""
    DROPPED = "dropped"
    """An operator says that a letter in doubt is not to go."""
    EXPIRED = "expired"
    """Its time is over."""
    WITHHELD = "withheld"
    """It is not wanted any more."""
    RELEASED = "released"
    """What withheld it is over."""
    RELEASED_IN_DOUBT = "released_in_doubt"


_QUEUED, _SENDING, _UNCERTAIN = LetterState.QUEUED, LetterState.SENDING, LetterState.UNCERTAIN
IN_HAND = (_QUEUED, _SENDING, _UNCERTAIN)
"""The states of a letter of which the server may still say something."""


def _all(sources: tuple[LetterState, ...], target: LetterState) -> Mapping[LetterState, LetterState]:
    return MappingProxyType(dict.fromkeys(sources, target))


TRANSITIONS: Transitions[LetterState, LetterMove] = Transitions(
    {
        LetterMove.HANDED_OVER: _all((_QUEUED, _UNCERTAIN), _SENDING),
        LetterMove.TAKEN: _all(IN_HAND, LetterState.SENT),
        LetterMove.TURNED_DOWN: _all(IN_HAND, LetterState.FAILED),
        LetterMove.PUT_OFF: _all((_QUEUED, _SENDING), _QUEUED),
        LetterMove.PUT_OFF_IN_DOUBT: _all((_SENDING, _UNCERTAIN), _UNCERTAIN),
        LetterMove.EXHAUSTED: _all((_QUEUED, _SENDING), LetterState.FAILED),
        LetterMove.EXHAUSTED_IN_DOUBT: _all((_SENDING, _UNCERTAIN), _UNCERTAIN),
        LetterMove.UNANSWERED: _all((_SENDING,), _UNCERTAIN),
        LetterMove.LEFT_BEHIND: _all((_SENDING,), _UNCERTAIN),
        LetterMove.DOUBTED: _all(IN_HAND, _UNCERTAIN),
        LetterMove.RESENT: _all((_UNCERTAIN,), _UNCERTAIN),
        LetterMove.DROPPED: _all((_UNCERTAIN,), LetterState.WITHHELD),
        LetterMove.EXPIRED: _all((_QUEUED,), LetterState.EXPIRED),
        LetterMove.WITHHELD: _all((_QUEUED,), LetterState.WITHHELD),
        LetterMove.RELEASED: _all((LetterState.WITHHELD,), _QUEUED),
        LetterMove.RELEASED_IN_DOUBT: _all((LetterState.WITHHELD,), _UNCERTAIN),
    }
)

LOGGED: Mapping[LetterMove, LetterEvent] = MappingProxyType(
    {
        LetterMove.HANDED_OVER: LetterEvent.SENDING,
        LetterMove.TAKEN: LetterEvent.SENT,
        LetterMove.TURNED_DOWN: LetterEvent.FAILED,
        LetterMove.PUT_OFF: LetterEvent.DEFERRED,
        LetterMove.PUT_OFF_IN_DOUBT: LetterEvent.DEFERRED,
        LetterMove.EXHAUSTED: LetterEvent.FAILED,
        LetterMove.EXHAUSTED_IN_DOUBT: LetterEvent.FAILED,
        LetterMove.UNANSWERED: LetterEvent.UNCERTAIN,
        LetterMove.LEFT_BEHIND: LetterEvent.UNCERTAIN,
        LetterMove.DOUBTED: LetterEvent.UNCERTAIN,
        LetterMove.RESENT: LetterEvent.QUEUED,
        LetterMove.DROPPED: LetterEvent.WITHHELD,
        LetterMove.EXPIRED: LetterEvent.EXPIRED,
        LetterMove.WITHHELD: LetterEvent.WITHHELD,
        LetterMove.RELEASED: LetterEvent.QUEUED,
        LetterMove.RELEASED_IN_DOUBT: LetterEvent.UNCERTAIN,
    }
)
"""The word in the delivery log for each."""

DOUBTING = frozenset({LetterMove.UNANSWERED, LetterMove.LEFT_BEHIND, LetterMove.DOUBTED, LetterMove.RELEASED_IN_DOUBT})
"""After these one more attempt is counted whose outcome nobody knows."""

FIRST_LOGGED: Mapping[LetterState, LetterEvent] = MappingProxyType(
    {LetterState.WITHHELD: LetterEvent.WITHHELD, LetterState.UNCERTAIN: LetterEvent.UNCERTAIN}
)
"""The first word in the log of a letter that does not begin as queued."""
