"""Several workers at once, as threads and as processes, on both databases: nothing is held by two (M10)."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from pipeline.model import LetterState, SendOutcome, SendResult
from pipeline.model.delivery import Result
from pipeline.store import Store, letters, receipts, sending
from tests.contract.store.made import LEASE, NOW, letter, minutes, receipt, received

_WORKER = """
import sys
from datetime import datetime, timedelta
from pipeline.store import Store, sending
url, owner, now = sys.argv[1], sys.argv[2], datetime.fromisoformat(sys.argv[3])
store = Store(url)
while True:
    with store.transaction() as session:
        batch = sending.claim_due(session, owner, now, timedelta(minutes=10), 7)
    if not batch:
        break
    print(*(letter.id for letter in batch), flush=True)
store.dispose()
"""


def test_m10_processes_claiming_at_once_never_hold_the_same_letter(store: Store, store_url: str) -> None:
    with store.transaction() as session:
        ids = letters.enqueue_all(session, [letter(str(number)) for number in range(200)])
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", _WORKER, store_url, f"worker-{number}", NOW.isoformat()],
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(3)
    ]
    outputs = [worker.communicate(timeout=60)[0] for worker in workers]
    assert [worker.returncode for worker in workers] == [0, 0, 0]
    claimed = [int(word) for output in outputs for word in output.split()]
    assert sorted(claimed) == ids


def test_m10_threads_delivering_at_once_send_each_letter_once(store: Store) -> None:
    with store.transaction() as session:
        ids = letters.enqueue_all(session, [letter(str(number)) for number in range(60)])
    sent: Counter[int] = Counter()

    def deliver(owner: str) -> None:
        while True:
            with store.transaction() as session:
                batch = sending.claim_due(session, owner, NOW, LEASE, 5)
            if not batch:
                return
            for item in batch:
                with store.transaction() as session:
                    if not sending.mark_sending(session, [item.id], owner, NOW):
                        continue
                sent[item.id] += 1
                with store.transaction() as session:
                    result = SendResult(SendOutcome.SENT, "250 Ok")
                    assert sending.record_results(session, owner, [Result(item.id, result)], NOW)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(deliver, ["a", "b", "c", "d"]))
    assert sent == Counter(ids)
    with store.reading() as session:
        assert letters.counts(session)[LetterState.SENT] == 60


def test_m10_threads_judging_at_once_never_hold_the_same_receipt(store: Store) -> None:
    with store.transaction() as session:
        ids = [received(session, uid) for uid in range(1, 61)]

    def judge(owner: str) -> list[int]:
        held: list[int] = []
        while True:
            with store.transaction() as session:
                batch = receipts.claim_unread(session, owner, NOW + minutes(90), LEASE, 5)
            if not batch:
                return held
            held += [item.id for item in batch]

    with ThreadPoolExecutor(4) as pool:
        claimed = [receipt_id for held in pool.map(judge, ["a", "b", "c", "d"]) for receipt_id in held]
    assert sorted(claimed) == ids


def test_m10_collectors_at_once_record_each_message_once(store: Store) -> None:
    def collect(_: int) -> int:
        with store.transaction() as session:
            return sum(receipts.add(session, receipt(uid)) is not None for uid in range(1, 31))

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(collect, range(4))) == 30


def test_m10_publishing_twice_at_once_queues_each_letter_once(store: Store) -> None:
    def publish(_: int) -> int:
        with store.transaction() as session:
            return len(letters.enqueue_all(session, [letter(str(number)) for number in range(600)]))

    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(publish, range(3))) == 600
