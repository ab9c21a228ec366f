"""What was decided anew since it was put away, on both databases."""

from __future__ import annotations

import pytest

from pipeline.model import ReceiptState
from pipeline.model.incoming import ReceiptEvent, Verdict
from pipeline.store import Store, receipts
from pipeline.store.refiling import anything_decided, decided_anew
from tests.contract.store.made import NOW, campaign, minutes, received


@pytest.mark.parametrize("state", [ReceiptState.DONE, ReceiptState.REFUSED, ReceiptState.HELD])
def test_s2_only_what_somebody_decided_and_is_judged_again_by_size_or_receipt_time(
    store: Store, state: ReceiptState
) -> None:
    campaign(store)
    with store.reading() as session:
        assert not anything_decided(session)
    with store.transaction() as session:
        released, asked, unread, elsewhere = (
            received(session, uid, sha256=f"{uid:064x}", size=1000 + uid, received_at=NOW + minutes(uid), **more)
            for uid, more in ((1, {}), (2, {}), (3, {}), (4, {"account": "other@kabinet.test"}))
        )
        for number, event in (
            (released, ReceiptEvent.RELEASED),
            (asked, ReceiptEvent.ASKED),
            (unread, ReceiptEvent.REPLAYED),
            (elsewhere, ReceiptEvent.REFUSED),
        ):
            receipts.note(session, number, event, NOW, "cli", None)
        receipts.claim_unread(session, "w", NOW + minutes(9), minutes(5), 10)
        for number in (released, asked, elsewhere):
            assert receipts.finish(session, number, "w", NOW + minutes(9), Verdict(state=state))
    with store.reading() as session:
        found = receipts.receipt(session, released)
        assert found is not None
        assert anything_decided(session)
        nowhere = (1, NOW + minutes(99))

        def ids(*marks: tuple[int, object]) -> list[int]:
            return [item.id for item in decided_anew(session, found.account, marks)]  # type: ignore[arg-type]

        everything = [(1000 + uid, NOW + minutes(uid)) for uid in (1, 2, 3, 4)]
        assert ids(*everything) == [released]
        assert ids((1001, nowhere[1])) == [released], "the size is enough"
        assert ids((1, NOW + minutes(1))) == [released], "and so is the receipt time"
        assert ids(nowhere) == []
        assert ids() == []
        assert len(ids(*[(size, nowhere[1]) for size in range(3000)])) == 1, "however many there are"
