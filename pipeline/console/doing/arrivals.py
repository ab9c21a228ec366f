"""What came in during a run: a line for each message, and those that wait for a person or could not be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.catalogue import has, text
from pipeline.console.choices import day
from pipeline.console.desk import Desk
from pipeline.console.outcome import MOST_ROWS, Next, Table, Trouble
from pipeline.mail.addresses import readable
from pipeline.model import Receipt, ReceiptState
from pipeline.store import receipts

_WAITING = (ReceiptState.HELD, ReceiptState.FAILED)


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What an outcome says of them."""

    troubles: Sequence[Trouble] = ()
    tables: Sequence[Table] = ()
    next: Sequence[Next] = ()


def newest(desk: Desk) -> int:
    """Return the number of the last message on record."""
    with desk.context.store.reading() as session:
        return receipts.newest(session)


def since(desk: Desk, number: int) -> Arrivals:
    """Return what was recorded after message ``number``."""
    with desk.context.store.reading() as session:
        found = receipts.after(session, number, MOST_ROWS + 1)
    if not found:
        return Arrivals()
    now = desk.clock()
    rows = [(f"№{item.id}", _whose(item), day(item.received_at, now), _became(item)) for item in found]
    head = tuple(text(f"console.arrivals.{name}") for name in ("number", "who", "when", "became"))
    waiting = [item for item in found if item.state in _WAITING]
    troubles = [Trouble(f"№{item.id}, {_whose(item)}", _became(item), text("console.act.held")) for item in waiting]
    table = Table(text("console.arrivals"), head, rows, text("console.arrivals.whole"))
    return Arrivals(troubles, [table], [Next(text("console.act.held"), "held")] if waiting else [])


def _whose(item: Receipt) -> str:
    return item.login or readable(item.sender or "") or text("console.nobody_known")


def _became(item: Receipt) -> str:
    """In words: the verdict on a form, or what became of the message and why."""
    code = item.reason.code if item.reason else ""
    if item.kind == "return" and has(f"outcome.{code}"):
        return text(f"outcome.{code}")
    state, why = text(f"receipt.{item.state.value}"), f"reason.{item.reason}"
    return f"{state}: {text(why)}" if item.reason and has(why) else state
