"""A message that waits for a person: looked at, released, refused or judged again; what became of it is on the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from pipeline.catalogue import format_instant, text
from pipeline.console import shown
from pipeline.console.desk import Desk
from pipeline.console.outcome import Next, Outcome, Table, Trouble
from pipeline.errors import UserError
from pipeline.mail.message.parse import parse
from pipeline.model import Letter, Receipt, ReceiptState, Return
from pipeline.model.incoming import Decided
from pipeline.steps import check, moderate
from pipeline.store import letters, receipts, returns

_WHICH = "release.which"
_SETTLED = "release.not_waiting"


def run(desk: Desk) -> Outcome:
    """Do what was chosen under «Действие» with the message."""
    number = desk.answers.number("receipt")
    before = _receipt(desk, number)
    try:
        return _ACTIONS[desk.answers.option("action")](desk, before)
    except UserError as error:
        raise _for_people(desk, number, error) from error


def _show(desk: Desk, before: Receipt) -> Outcome:
    state = text(f"receipt.{before.state.value}")
    found = _found(desk, before.id)
    return Outcome(
        title=text("console.held.title", number=before.id),
        line=text("console.held.shown", number=before.id, state=state, why=shown.why(before) or "–"),
        remarks=[text("console.held.nothing_done")],
        tables=[_message(desk, before), *_decisions(found.decisions)],
        next=[Next(text("console.held.decide"), "held")],
        counts={"shown": 1},
    )


def _release(desk: Desk, before: Receipt) -> Outcome:
    answers = desk.answers
    login = moderate.release(desk.context, before.id, answers.word("login") or None, desk.clock(), answers.who)
    done = text("console.held.released_as", login=login.code) if login else text("console.held.released")
    return _judged(desk, before, done, "released")


def _replay(desk: Desk, before: Receipt) -> Outcome:
    moderate.reopen(desk.context, before.id, desk.clock(), desk.answers.who)
    return _judged(desk, before, text("console.held.replayed"), "replayed")


def _refuse(desk: Desk, before: Receipt) -> Outcome:
    reason = desk.answers.needed("reason")
    moderate.refuse(desk.context, before.id, reason, desk.clock(), desk.answers.who)
    found = _found(desk, before.id)
    return Outcome(
        title=text("console.held.title", number=before.id),
        line=text("console.held.refused", number=before.id),
        remarks=[text("console.held.told_nobody"), text("console.held.kept")],
        tables=[_message(desk, before), *_decisions(found.decisions)],
        next=_next(),
        counts={"refused": 1, "letters": 0},
    )


_ACTIONS: Mapping[str, Callable[[Desk, Receipt], Outcome]] = {
    "show": _show,
    "release": _release,
    "refuse": _refuse,
    "replay": _replay,
}


def _judged(desk: Desk, before: Receipt, done: str, what: str) -> Outcome:
    """Judge what is unread, and say what became of the message."""
    known = {item.id for item in _found(desk, before.id).letters}
    checked = desk.stage(text("console.stage.judging"), lambda: check.run(desk.context, desk.clock()))
    found = _found(desk, before.id)
    new = sum(item.id not in known for item in found.letters)
    outcomes = [_outcome(ret) for ret in found.returns]
    became = ", ".join(dict.fromkeys(outcomes)) or text(f"receipt.{found.receipt.state.value}")
    taken = sum(ret.outcome.is_accepted for ret in found.returns)
    others = max(checked.counts.get("receipts", 0) - 1, 0)
    remarks = [text("console.held.others", count=others)] if others else []
    return Outcome(
        title=text("console.held.title", number=before.id),
        line=text("console.held.line", number=before.id, done=done, became=became),
        figures={
            text("console.held.forms"): len(found.returns),
            text("console.held.taken"): taken,
            text("console.held.answers"): new,
        },
        remarks=remarks if new else [text("console.held.told_nobody"), *remarks],
        troubles=_troubles(found.receipt),
        tables=[
            _message(desk, before),
            _forms(found.returns),
            _answers(found.letters),
            *_decisions(found.decisions),
        ],
        next=_next(),
        counts={what: 1, "forms": len(found.returns), "accepted": taken, "letters": new},
    )


class _Found:
    """What is on record of a message now; letters are those that came of this run and of earlier ones."""

    def __init__(self, desk: Desk, number: int) -> None:
        with desk.context.store.reading() as session:
            receipt = receipts.receipt(session, number)
            self.returns: Sequence[Return] = returns.of_receipt(session, number)
            self.letters: Sequence[Letter] = letters.of_receipt(session, number)
            self.decisions: Sequence[Decided] = receipts.decisions(session, number)
        assert receipt is not None  # it was there before
        self.receipt = receipt


def _found(desk: Desk, number: int) -> _Found:
    return _Found(desk, number)


def _receipt(desk: Desk, number: int) -> Receipt:
    with desk.context.store.reading() as session:
        found = receipts.receipt(session, number)
    if found is None:
        raise UserError("console.held.unknown", number=number)
    return found


def _for_people(desk: Desk, number: int, error: UserError) -> UserError:
    """The sentence of a step, with the form's words for the way out; who was faster is named."""
    if error.code == _WHICH:
        return UserError("console.held.which", number=number)
    if error.code == _SETTLED:
        found = _found(desk, number)
        by = found.decisions[-1] if found.decisions else None
        state = text(f"receipt.{found.receipt.state.value}")
        if by is None:
            return UserError("console.held.settled", number=number, state=state)
        return UserError(
            "console.held.settled_by", number=number, state=state, who=shown.who(by.who), at=format_instant(by.at)
        )
    if error.code == "cli.unknown_login":
        return UserError("console.unknown_login", login=desk.answers.word("login")[:50])
    return error


def _message(desk: Desk, receipt: Receipt) -> Table:
    """What the message is: from whom, about what, what it brings, and why it waits."""
    archive, unpack = desk.context.archive, partial(desk.context.isolated.run, "tnef")
    brought = parse(archive.get(receipt.sha256), unpack).attachments if archive.has(receipt.sha256) else ()
    files = [f"{item.name} ({shown.size(len(item.data))})" for item in brought if not item.depth]
    lines = {
        "number": f"№{receipt.id}",
        "received": format_instant(receipt.received_at),
        "sender": shown.short(receipt.sender),
        "subject": receipt.subject or "",
        "login": receipt.login or "",
        "publication": receipt.publication or "",
        "files": ", ".join(files) or text("console.held.no_files"),
        "why": shown.why(receipt) or text(f"receipt.{receipt.state.value}"),
    }
    rows = [(text(f"console.held.of.{name}"), value) for name, value in lines.items() if value]
    return Table(text("console.held.message"), (text("console.head.what"), text("console.head.value")), rows)


def _outcome(ret: Return) -> str:
    said = text(f"outcome.{ret.outcome.value}")
    marks = [text(f"console.held.{mark}") for mark, is_so in (("draft", ret.draft), ("late", ret.late)) if is_so]
    return ", ".join([said, *marks])


def _forms(found: Sequence[Return]) -> Table:
    head = [text(f"console.head.{name}") for name in ("login", "publication", "outcome", "findings")]
    rows = [(ret.login, ret.publication, _outcome(ret), str(len(ret.findings))) for ret in found]
    return Table(text("console.held.brought"), head, rows, empty=text("console.held.no_forms"))


def _answers(found: Sequence[Letter]) -> Table:
    head = [text(f"console.head.{name}") for name in ("letter", "to", "state")]
    rows = [(shown.named(item), shown.short(item.address), shown.state(item)) for item in found]
    return Table(text("console.held.letters"), head, rows, empty=text("console.held.no_letters"))


def _decisions(found: Sequence[Decided]) -> list[Table]:
    head = [text(f"console.head.{name}") for name in ("at", "who", "what", "why")]
    rows = [
        (format_instant(item.at), shown.who(item.who), text(f"console.decided.{item.event.value}"), item.why or "")
        for item in found
    ]
    return [Table(text("console.held.decisions"), head, rows)] if rows else []


def _troubles(receipt: Receipt) -> list[Trouble]:
    """It may wait again, or not be judged yet."""
    match receipt.state:
        case ReceiptState.HELD | ReceiptState.FAILED:
            return [Trouble(f"№{receipt.id}", shown.why(receipt), text(f"console.held.again_{receipt.state.value}"))]
        case ReceiptState.UNREAD:
            return [Trouble(f"№{receipt.id}", text("console.held.not_yet"), text("console.held.exchange"))]
    return []


def _next() -> list[Next]:
    return [Next(text("console.held.more"), "held"), Next(text("console.act.now"), "now")]
