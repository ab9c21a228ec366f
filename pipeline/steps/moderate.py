"""Moderating: what an operator decides about messages that wait, each decision with its audit row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.catalogue import text
from pipeline.errors import UserError
from pipeline.mail.commands.words.confirming import NOT_US
from pipeline.model import Login, Receipt, ReceiptState, Return, Role
from pipeline.model.incoming import ReceiptEvent
from pipeline.model.reason import Reason
from pipeline.status.receipt import ReceiptMove
from pipeline.steps.base.context import Context
from pipeline.steps.incoming.settling import (
    Settled,
    settle,
)
from pipeline.steps.judging.judge import (
    Judgement,
    judge,
    recognise,
)
from pipeline.steps.judging.workbooks import check_workbooks
from pipeline.store import Session, receipts, returns, roster


def release(context: Context, receipt_id: int, code: str | None, now: datetime, who: str) -> Login | None:
    """Let a held, failed or refused message be judged again, as that of login ``code`` or of the one it claims.

    Returns that login, None when it claims none and needs none. Raises UserError when it must be named, is unknown, or
    the message does not wait. It is processed with its original receipt time by the next check.
    """
    with context.store.transaction() as session:
        receipt = _receipt(session, receipt_id)
        login = _named(session, code) if code else _claimed(context, session, receipt)
        if not receipts.reopen(session, receipt_id, login.code if login else None):
            raise UserError("release.not_waiting", number=receipt_id, state=text(f"receipt.{receipt.state.value}"))
        why = login.code if login else None
        receipts.note(session, receipt_id, ReceiptEvent.RELEASED, now, who, why)
    return login


def refuse(context: Context, receipt_id: int, reason: str | None, now: datetime, who: str) -> None:
    """Settle a held or failed message as refused; nothing of it is used. Raises UserError when it does not wait."""
    with context.store.transaction() as session:
        receipt = _receipt(session, receipt_id)
        if not receipts.refuse(session, receipt_id, ReceiptMove.REFUSED, Reason("refused_by_operator"), now):
            raise UserError("release.not_waiting", number=receipt_id, state=text(f"receipt.{receipt.state.value}"))
        receipts.note(session, receipt_id, ReceiptEvent.REFUSED, now, who, reason)


def reopen(context: Context, receipt_id: int, now: datetime, who: str) -> None:
    """Let a held or failed message be judged again, for no other login. Raises UserError when it does not wait."""
    with context.store.transaction() as session:
        receipt = _receipt(session, receipt_id)
        if not receipts.reopen(session, receipt_id, event=ReceiptMove.REPLAYED):
            raise UserError("release.not_waiting", number=receipt_id, state=text(f"receipt.{receipt.state.value}"))
        receipts.note(
            session, receipt_id, ReceiptEvent.REPLAYED, now, who, str(receipt.reason) if receipt.reason else None
        )


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that would be judged differently today than is on record; ``what`` is a stable word."""

    what: str
    recorded: str
    now: str


def replay(context: Context, receipt_id: int) -> list[Difference]:
    """Judge a message again from its archived bytes and return what differs from the record; nothing is changed.

    Compared are class, rule, trust, login, publication, state and reason, and of each workbook outcome and findings.
    What an answer to our own question did depends on its one-time code: of it the judgement alone is compared, and so
    of what an operator or the organisation has refused since. Raises UserError for a message that is not judged yet.
    """
    with context.store.reading() as session:
        receipt = _receipt(session, receipt_id)
        if receipt.state is ReceiptState.UNREAD:
            raise UserError("replay.unread", number=receipt_id)
        judgement = judge(context, session, recognise(context, receipt))
    judgement.rehearsal = True
    check_workbooks([judgement])
    found = _judged(receipt, judgement)
    command = judgement.classification.command
    by_code = judgement.classification.kind == "confirmation" or (command is not None and command.word is NOT_US)
    if receipt.state is ReceiptState.REFUSED or by_code:
        return found
    settled, made, before = _rehearsed(context, judgement)
    found += _differing(
        ("state", receipt.state.value, settled.state.value),
        ("reason", str(receipt.reason or ""), str(settled.reason or "")),
    )
    return found + _returned(before, made)


class _Undo(Exception):  # noqa: N818 - a signal to roll back, not an error
    """Ends the transaction of a rehearsal."""


def _rehearsed(context: Context, judgement: Judgement) -> tuple[Settled, list[Return], list[Return]]:
    """Settle in a transaction that is rolled back; return what it would do, the returns made and those on record."""
    receipt = judgement.receipt
    settled = Settled()
    before: list[Return] = []
    made: list[Return] = []
    try:
        with context.store.transaction() as session:
            before = returns.of_receipt(session, receipt.id, withdrawn=True)
            settled = settle(context, session, judgement, receipt.received_at)
            made = returns.of_receipt(session, receipt.id, withdrawn=True)[len(before) :]
            raise _Undo
    except _Undo:
        return settled, made, before


def _judged(receipt: Receipt, judgement: Judgement) -> list[Difference]:
    login, publication = judgement.login, judgement.publication
    return _differing(
        ("kind", receipt.kind or "", judgement.classification.kind),
        ("rule", receipt.rule or "", judgement.decision.rule),
        ("trust", receipt.trust or "", judgement.assessment.trust),
        ("login", receipt.login or "", login.code if login else ""),
        ("publication", receipt.publication or "", publication.code if publication else ""),
    )


def _differing(*pairs: tuple[str, str, str]) -> list[Difference]:
    return [Difference(what, recorded, now) for what, recorded, now in pairs if recorded != now]


def _returned(before: Sequence[Return], made: Sequence[Return]) -> list[Difference]:
    """Compare what was brought: the newest record of each workbook with what it would be now."""
    recorded = {(ret.sha256, ret.login, ret.publication): ret for ret in before}
    now = {(ret.sha256, ret.login, ret.publication): ret for ret in made}
    found: list[Difference] = []
    for key in dict.fromkeys([*recorded, *now]):
        old, new = recorded.get(key), now.get(key)
        found += _differing((f"outcome {key[1]}", _outcome(old), _outcome(new)))
        if old is not None and new is not None and old.findings != new.findings:
            lost, gained = set(old.findings) - set(new.findings), set(new.findings) - set(old.findings)
            words = [
                "; ".join(sorted(f"{item.rule} {item.cell or ''}".strip() for item in side)) for side in (lost, gained)
            ]
            found.append(Difference(f"findings {key[1]}", words[0], words[1]))
    return found


def _outcome(ret: Return | None) -> str:
    if ret is None:
        return ""
    marks = [mark for mark, is_so in (("draft", ret.draft), ("late", ret.late)) if is_so]
    return " ".join([ret.outcome.value, f"v{ret.form_version}", *marks])


def _receipt(session: Session, receipt_id: int) -> Receipt:
    found = receipts.receipt(session, receipt_id)
    if found is None:
        raise UserError("receipt.unknown", number=receipt_id)
    return found


def _named(session: Session, code: str) -> Login:
    login = roster.login(session, code)
    if login is None:
        raise UserError("cli.unknown_login", login=code)
    return login


def _claimed(context: Context, session: Session, receipt: Receipt) -> Login | None:
    """The one login that the message claims. A return or command that claims none cannot go without a name."""
    if receipt.released_as is not None:
        return roster.login(session, receipt.released_as)
    judgement = judge(context, session, recognise(context, receipt))
    claims = {item.assessment.claim for item in judgement.items if item.assessment.claim}
    claims = claims or ({judgement.assessment.claim} if judgement.assessment.claim else set())
    found = [login for claim in claims if claim and (login := roster.login(session, claim)) is not None]
    if len(found) == 1 and (found[0].role is Role.ORGANISATION or not judgement.items):
        return found[0]
    if judgement.decision.action in ("return", "command") or judgement.classification.kind == "request":
        raise UserError("release.which", number=receipt.id, logins=", ".join(sorted(filter(None, claims))) or "—")
    return None
