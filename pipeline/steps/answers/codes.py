"""One-time codes that the answers to one message carry: who answers with one vouches for the message or disowns it."""

from __future__ import annotations

import secrets
from datetime import datetime

from pipeline.model import Login
from pipeline.model.incoming import Purpose
from pipeline.steps.base.context import Context
from pipeline.steps.judging.judge import Item, Judgement
from pipeline.store import Session, confirmations


class OneTimeCodes:
    """Makes the codes. A letter carries the seed of one: rendering makes the code of it with our key."""

    def __init__(self, context: Context, session: Session, judgement: Judgement, now: datetime) -> None:
        self._context, self._session, self._judgement, self._now = context, session, judgement, now
        self._undo: dict[str, str] = {}

    def new(self, purpose: Purpose, login: Login, about: int | None = None) -> tuple[str, datetime]:
        """Put a one-time code for ``login`` on record, about this message or the receipt ``about``.

        Returns its seed and when it expires.
        """
        limits = self._context.limits.proving
        expires_at = self._now + (limits.confirm_life if purpose is Purpose.RELEASE else limits.undo_life)
        seed = self._context.tagger.seed(secrets.token_hex(16))
        code = self._context.tagger.one_time(seed)
        receipt_id = self._judgement.receipt.id if about is None else about
        confirmations.add(self._session, code, purpose, receipt_id, login.code, self._now, expires_at)
        return seed, expires_at

    def undoing(self, login: Login) -> str:
        """Return the seed of the code with which ``login`` says «ЭТО НЕ МЫ»: the same in all answers to the message."""
        if login.code not in self._undo:
            self._undo[login.code], _ = self.new(Purpose.UNDO, login)
        return self._undo[login.code]

    def undoing_of(self, item: Item) -> str:
        """Return that seed where only From names the organisation, which anybody can write there (M30); else ""."""
        unproven = item.assessment.trust == "sender" and not self._judgement.origin.proven
        return self.undoing(item.login) if item.login is not None and unproven else ""
