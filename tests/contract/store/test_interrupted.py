"""A transaction that is interrupted at any instant writes nothing, and keeps nobody waiting (M31)."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from pipeline.model import Login, Receipt, Role
from pipeline.steps.base.patience import (
    OutOfTimeError,
    Patience,
)
from pipeline.store import Session, Store, receipts, roster

NOW = datetime(2021, 9, 1, tzinfo=UTC)
ROUNDS, EACH = 40, 20


def write(session: Session, number: int) -> None:
    """Work through the ORM, by statements, and reading in between."""
    logins = [
        Login(f"spo24{number:04}{each:02}", "Школа", Role.ORGANISATION, "24", (f"a{number}.{each}@school.test",))
        for each in range(EACH)
    ]
    roster.save_logins(session, logins, NOW, complete=False)
    found = [
        Receipt("box", "INBOX", 1, number * EACH + each, f"{number:032}{each:032}", 1, NOW) for each in range(EACH)
    ]
    receipts.add_all(session, found)
    roster.logins(session)
    receipts.counts(session)


def test_f5_m31_a_transaction_interrupted_at_any_instant_leaves_nothing_and_no_lock(store: Store) -> None:
    chance = random.Random(7)
    with store.transaction() as session:
        write(session, 0)
    whole = {0}
    for number in range(1, ROUNDS):
        with Patience(timedelta(seconds=chance.uniform(0.0005, 0.01))) as patience:
            try:
                with store.transaction() as session, patience.turn():
                    write(session, number)
                whole.add(number)
            except OutOfTimeError:
                pass
        with store.brief() as session:  # waits five seconds at most
            receipts.counts(session)
    with store.reading() as session:
        codes = [login.code for login in roster.logins(session)]
    assert len(whole) < ROUNDS
    assert sorted(codes) == [f"spo24{number:04}{each:02}" for number in sorted(whole) for each in range(EACH)]


def test_f5_m31_a_query_is_not_cut_in_two_and_the_message_is_over_its_time_after_it(store: Store) -> None:
    slow = "SELECT pg_sleep(0.3)" if not store.is_sqlite else _SLOW_IN_SQLITE
    done: list[Any] = []
    with Patience(timedelta(seconds=0.02)) as patience, store.reading() as session:
        try:
            with patience.turn():
                done += session.execute(text(slow)).all()
                time.sleep(60)
        except OutOfTimeError:
            done.append(session.execute(text("SELECT 2")).one())
    assert len(done) == 2


_SLOW_IN_SQLITE = (
    "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 300000) SELECT max(x) FROM n"
)
