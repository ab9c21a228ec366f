"""What an operator decides about messages that wait: release, refuse and replay."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.embedded.organisations import FAULTY_ROWS
from pipeline.errors import UserError
from pipeline.model import ReceiptState, Status
from pipeline.steps.judging import judge
from pipeline.store import receipts
from pipeline.store import roster as roster_rows
from tests.functional.post import Kabinet, Post, form_in, make_post, typed
from tests.functional.test_trust import (
    STRANGER,
    WRITER,
    composed,
    held_return,
    last_receipt,
    receipt_of,
    send,
    written,
)
from tests.functional.world import workbooks_of


@pytest.fixture
def post(tmp_path: Path) -> Post:
    made = make_post(tmp_path)
    made.publish()
    return made


def test_s2_m9_operator_releases_a_held_return_with_its_original_time(post: Post, kabinet: Kabinet) -> None:
    received_at = post.now
    held_return(post)
    held = last_receipt(post)
    listed = kabinet("receipts", "--held").output
    assert f"№{held.id}" in listed
    assert "адрес отправителя записан за другой организацией" in listed
    assert kabinet("release", str(held.id)).exit_code == 0
    part = post.participant("spo240065").participation
    assert (part.status, part.handed_in_at) == (Status.SUBMITTED, received_at)
    with post.context() as context, context.store.reading() as session:
        audit = receipts.decisions(session, held.id)
    assert [item.event.value for item in audit] == ["asked", "released"]
    assert audit[-1].who.startswith("cli")
    assert audit[-1].why == "spo240065"
    with pytest.raises(UserError) as caught:
        kabinet("release", str(held.id))
    assert caught.value.code == "release.not_waiting"


def test_s2_a_message_that_claims_nobody_is_released_only_by_name(post: Post, kabinet: Kabinet) -> None:
    send(post, written(STRANGER, "exchange@kabinet.test", "ФОРМА"))
    held = last_receipt(post)
    with pytest.raises(UserError) as caught:
        kabinet("release", str(held.id))
    assert caught.value.code == "release.which"
    before = len(post.received(WRITER))
    kabinet("release", str(held.id), "--login", "spo240065")
    post.run("deliver")
    assert len(post.received(WRITER)) == before + 1
    assert form_in(post.last(WRITER))
    assert not any(workbooks_of(message) for message in post.received(STRANGER))


def filed(post: Post) -> dict[str, int]:
    """How many messages each folder on the server holds."""
    post.run("file")
    return {name: len(folder.messages) for name, folder in post.inbox.folders.items() if folder.messages}


def test_s2_what_waited_is_moved_to_the_folder_of_its_outcome_when_it_is_decided(post: Post, kabinet: Kabinet) -> None:
    asked = held_return(post)
    first = post.received("spo240067@school.test")[0]
    post.write(STRANGER, first, "", ("form.xlsx", b"PK no workbook"))
    send(post, written(STRANGER, "exchange@kabinet.test", "ФОРМА"))
    held = last_receipt(post)
    before = filed(post)
    assert before["Kabinet/Задержано"] >= 2
    assert filed(post) == before

    post.write(WRITER, asked, "да")
    assert post.exchange_all()["released"] == 1
    after = filed(post)
    assert after["Kabinet/Задержано"] == before["Kabinet/Задержано"] - 1
    assert after["Kabinet/Принято"] == before.get("Kabinet/Принято", 0) + 1
    kabinet("refuse", str(held.id))
    last = filed(post)
    assert last.get("Kabinet/Задержано", 0) == after["Kabinet/Задержано"] - 1
    assert last["Kabinet/Отклонено"] == after.get("Kabinet/Отклонено", 0) + 1
    assert filed(post) == last


def test_s2_operator_refuses(post: Post, kabinet: Kabinet) -> None:
    held_return(post)
    held = last_receipt(post)
    assert kabinet("refuse", str(held.id), "--reason", "звонили, не они").exit_code == 0
    assert receipt_of(post, held.id).state is ReceiptState.REFUSED
    with post.context() as context, context.store.reading() as session:
        audit = receipts.decisions(session, held.id)
    assert (audit[-1].event.value, audit[-1].why) == ("refused", "звонили, не они")
    assert kabinet("replay", str(held.id)).exit_code == 0


def test_m9_w6_replay_of_every_message_gives_the_verdict_on_record(post: Post, kabinet: Kabinet) -> None:
    first = post.last(WRITER)
    post.write(WRITER, first, "", typed(form_in(first), FAULTY_ROWS))
    post.exchange_all()
    post.write(WRITER, first, "", typed(form_in(first)))
    post.write(WRITER, first, "Форма")
    post.write(WRITER, first, "Как заполнять лист 3?")
    send(post, composed(post, STRANGER, post.received(WRITER)[0], "ФОРМА", subject="ФОРМА"))
    held_return(post)
    post.write(WRITER, post.last(WRITER), "да")
    post.exchange_all()
    with post.context() as context, context.store.reading() as session:
        numbers = [receipt.id for receipt in receipts.listed(session)]
        before = receipts.listed(session), [receipts.decisions(session, number) for number in numbers]
    for number in numbers:
        done = kabinet("replay", str(number), "--json")
        assert json.loads(done.output) == {"id": number, "same": True, "differences": []}
        assert done.exit_code == 0
    with post.context() as context, context.store.reading() as session:
        assert before == (receipts.listed(session), [receipts.decisions(session, number) for number in numbers])


def test_m9_replay_says_exactly_what_differs(post: Post, kabinet: Kabinet) -> None:
    first = post.last(WRITER)
    post.write(WRITER, first, "", typed(form_in(first), FAULTY_ROWS))
    post.exchange_all()
    number = last_receipt(post).id
    with post.context() as context, context.store.transaction() as session:
        login = roster_rows.login(session, "spo240065")
        assert login is not None
        moved = replace(login, addresses=("new@school.test",))
        roster_rows.save_logins(session, [moved], post.now, complete=False)
    done = kabinet("replay", str(number), "--json")
    assert done.exit_code == 1
    assert json.loads(done.output)["differences"] == [{"what": "trust", "recorded": "tag+sender", "now": "tag"}]


def test_m9_m20_what_failed_is_given_up_after_three_attempts_and_processed_by_replay_apply(
    post: Post, kabinet: Kabinet, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("a fault of ours")

    first = post.last(WRITER)
    post.write(WRITER, first, "", typed(form_in(first)))
    with monkeypatch.context() as patch:
        patch.setattr(judge, "classify", broken)
        post.run("collect")
        for _ in range(6):
            post.run("check")
            post.now += judging_retry()
    assert last_receipt(post).state is ReceiptState.FAILED
    number = str(last_receipt(post).id)
    assert kabinet("replay", number).exit_code == 1
    assert kabinet("replay", number, "--apply").exit_code == 0
    assert last_receipt(post).state is ReceiptState.DONE
    assert post.participant("spo240065").participation.status is Status.SUBMITTED


def judging_retry() -> Any:
    """The pause before a message that raised is judged again."""
    from pipeline.steps.check import _RETRY

    return _RETRY
