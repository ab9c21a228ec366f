"""Who may do what: forgeries are held and give nothing away, held messages are confirmed, acceptances are undone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from pipeline.embedded import clients
from pipeline.embedded.organisations import FAULTY_ROWS, GOOD_ROWS
from pipeline.mail.identity import Tagger
from pipeline.model import LetterState, Receipt, ReceiptState, Status
from pipeline.store import letters, receipts
from pipeline.store import roster as roster_rows
from tests.functional.post import Post, form_in, make_post, typed
from tests.functional.world import opened, text_of, workbooks_of

WRITER, OTHER = "spo240065@school.test", "spo240066@school.test"
STRANGER = "petrova@mail.test"
SUPPORT = "support@kabinet.test"
COORDINATOR = "spo_coord_24@region.test"
PASS = "mx.kabinet.test; dmarc=pass header.from={domain}"
FAIL = "mx.kabinet.test; dmarc=fail header.from={domain}"


@pytest.fixture
def post(tmp_path: Path) -> Post:
    made = make_post(tmp_path, authserv_id="mx.kabinet.test")
    made.publish()
    return made


def last_receipt(post: Post) -> Receipt:
    with post.context() as context, context.store.reading() as session:
        return max(receipts.listed(session), key=lambda receipt: receipt.id)


def receipt_of(post: Post, number: int) -> Receipt:
    with post.context() as context, context.store.reading() as session:
        found = receipts.receipt(session, number)
    assert found is not None
    return found


def send(post: Post, message: EmailMessage, *top: str) -> dict[str, Any]:
    """Deliver a message with header lines that the servers put on top, the topmost first, and run the exchange."""
    head = "".join(f"{line}\r\n" for line in top).encode()
    post.inbox.deliver(head + message.as_bytes(policy=policy.SMTP), post.now)
    return post.exchange_all()


def composed(
    post: Post, sender: str, to: EmailMessage, text: str = "", workbook: tuple[str, bytes] | None = None, **fields: str
) -> EmailMessage:
    """An answer of ``sender`` to the letter ``to``; ``reply_to`` and ``answers`` stand for the tag's two places."""
    address = fields.get("reply_to", str(to["Reply-To"]))
    message = written(sender, address, fields.get("subject", f"Re: {to['Subject']}"), text, workbook)
    if answers := fields.get("answers", str(to["Message-ID"])):
        message["In-Reply-To"] = answers
    return message


def written(
    sender: str, to: str, subject: str, text: str = "", workbook: tuple[str, bytes] | None = None
) -> EmailMessage:
    """A message that answers none of ours."""
    message = clients.thunderbird(sender, to, subject, text, workbook)
    assert isinstance(message, EmailMessage)
    return message


def code_in(message: EmailMessage) -> str:
    codes: set[str] = set(
        re.findall(r"[A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4}", str(message["Subject"]) + text_of(message))
    )
    (code,) = codes
    return code


def serve_both(post: Post, address: str = "uo@district.test") -> None:
    """One office answers for two organisations."""
    with post.context() as context, context.store.transaction() as session:
        both = [roster_rows.login(session, code) for code in ("spo240065", "spo240066")]
        served = [replace(login, addresses=(*login.addresses, address)) for login in both if login is not None]
        roster_rows.save_logins(session, served, post.now, complete=False)


def assert_held(post: Post, reason: str) -> None:
    found = last_receipt(post)
    assert (found.state, str(found.reason)) == (ReceiptState.HELD, reason)
    assert post.participant("spo240065").participation.status is Status.NOT_STARTED
    for message in post.received(STRANGER):
        assert not workbooks_of(message)
        assert "Обществознание" not in text_of(message)
        assert "Канского" not in text_of(message)


# Forgeries


def _altered(post: Post) -> tuple[EmailMessage, tuple[str, ...]]:
    first = post.received(WRITER)[0]
    forged = str(first["Reply-To"]).replace("240065", "240066")
    return composed(post, STRANGER, first, "", typed(form_in(first)), reply_to=forged), ()


def _of_another_login(post: Post) -> tuple[EmailMessage, tuple[str, ...]]:
    first, other = post.received(WRITER)[0], post.received(OTHER)[0]
    return composed(post, STRANGER, other, "", typed(form_in(first))), ()


def _from_another_organisation(post: Post) -> tuple[EmailMessage, tuple[str, ...]]:
    first = post.received(WRITER)[0]
    return composed(post, OTHER, first, "", typed(form_in(first))), ()


def _dmarc_failure(post: Post) -> tuple[EmailMessage, tuple[str, ...]]:
    first = post.received(WRITER)[0]
    verdict = "Authentication-Results: " + FAIL.format(domain="school.test")
    return composed(post, WRITER, first, "", typed(form_in(first))), (verdict,)


def _forged_verdict_below(post: Post) -> tuple[EmailMessage, tuple[str, ...]]:
    """The forger's «pass» came with the message, so it stands below what our server wrote."""
    message, (verdict,) = _dmarc_failure(post)
    return message, (verdict, "Received: from evil", "Authentication-Results: " + PASS.format(domain="school.test"))


def _forged_verdict_above(post: Post) -> tuple[EmailMessage, tuple[str, ...]]:
    """A «pass» of a foreign server on top is not believed and does not hide the failure below it."""
    message, (verdict,) = _dmarc_failure(post)
    return message, ("Authentication-Results: mx.evil.test; dmarc=pass header.from=school.test", verdict)


def _nested_comments(post: Post) -> tuple[EmailMessage, tuple[str, ...]]:
    message, _ = _dmarc_failure(post)
    trick = "mx.kabinet.test; (a (dmarc=pass) comment) dmarc=fail (dmarc=pass (x)) header.from=school.test"
    return message, ("Authentication-Results: " + trick,)


def _command(post: Post, sender: str) -> EmailMessage:
    return composed(post, sender, post.received(WRITER)[0], "ФОРМА", subject="ФОРМА")


def _command_from_a_stranger(post: Post) -> tuple[EmailMessage, tuple[str, ...]]:
    return _command(post, STRANGER), ()


def _display_name(post: Post) -> tuple[EmailMessage, tuple[str, ...]]:
    message = _command(post, STRANGER)
    message.replace_header("From", f'"{WRITER}" <{STRANGER}>')
    return message, ()


def _comment_in_from(post: Post) -> tuple[EmailMessage, tuple[str, ...]]:
    raw = f"From: (a (<{WRITER}>) b) {STRANGER}"
    message = _command(post, STRANGER)
    del message["From"]
    return message, (raw,)


def _two_froms(post: Post) -> tuple[EmailMessage, tuple[str, ...]]:
    message = _command(post, STRANGER)
    return message, ("Authentication-Results: " + PASS.format(domain="school.test"), f"From: <{STRANGER}>")


FORGERIES = {
    "conflict_altered": [_altered],
    "conflict_tags": [_of_another_login],
    "conflict_sender": [_from_another_organisation],
    "conflict_dmarc": [_dmarc_failure, _forged_verdict_below, _forged_verdict_above, _nested_comments],
    "unknown_sender": [
        _command_from_a_stranger,
        _display_name,
        _comment_in_from,
    ],
    "conflict_from": [_two_froms],
}


@pytest.mark.parametrize(("reason", "forge"), [(reason, made) for reason, all_ in FORGERIES.items() for made in all_])
def test_m24_m25_a_forgery_is_held_with_its_reason_and_gives_nothing_away(post: Post, reason: str, forge: Any) -> None:
    message, top = forge(post)
    counts = send(post, message, *top)
    assert counts.get("accepted", 0) == 0
    assert_held(post, reason)


def test_m25_true_return_by_tag_from_an_unknown_mailbox_is_accepted_and_the_registered_address_told(post: Post) -> None:
    first = post.last(WRITER)
    message = composed(post, STRANGER, first, "", typed(form_in(first)))
    send(post, message, "Authentication-Results: " + PASS.format(domain="mail.test"))
    assert post.participant("spo240065").participation.status is Status.SUBMITTED
    told = post.last(WRITER)
    assert STRANGER in text_of(told)
    assert "ЭТО НЕ МЫ" in text_of(told)


# Held messages are confirmed


def held_return(post: Post) -> EmailMessage:
    """A true return of the organisation that another organisation's address sent; return what its own was asked."""
    first = post.received(WRITER)[0]
    post.write(OTHER, first, "", typed(form_in(first)))
    assert post.exchange_all()["held"] == 1
    return post.last(WRITER)


def test_s2_held_return_confirmed_by_its_code_counts_from_its_original_receipt_time(post: Post) -> None:
    received_at = post.now
    asked = held_return(post)
    assert str(asked["Subject"]).startswith("Подтвердите")
    assert OTHER in text_of(asked)
    assert not workbooks_of(asked)
    assert asked["In-Reply-To"] is None
    held = last_receipt(post)
    post.later(timedelta(hours=5))
    post.write(WRITER, asked, "Да")
    counts = post.exchange_all()
    assert (counts["released"], counts["accepted"]) == (1, 1)
    part = post.participant("spo240065").participation
    assert (part.status, part.handed_in_at) == (Status.SUBMITTED, received_at)
    assert str(post.last(WRITER)["Subject"]).startswith("Принято")
    assert not workbooks_of(post.last(OTHER))
    with post.context() as context, context.store.reading() as session:
        done = [(item.event.value, item.who) for item in receipts.decisions(session, held.id)]
    assert done == [("asked", "kabinet"), ("released", WRITER)]


@pytest.mark.parametrize("place", ["address", "subject", "thread", "beside the word"])
def test_m25_the_code_is_found_in_each_of_its_places_alone(post: Post, place: str) -> None:
    asked = held_return(post)
    code, plain = code_in(asked), "exchange@kabinet.test"
    message = {
        "address": composed(post, WRITER, asked, "да", subject="Re: письмо", answers=""),
        "subject": composed(post, WRITER, asked, "да", reply_to=plain, answers=""),
        "thread": composed(post, WRITER, asked, "да", reply_to=plain, subject="Re: письмо"),
        "beside the word": composed(post, WRITER, asked, "", reply_to=plain, subject=f"ДА {code}", answers=""),
    }[place]
    assert send(post, message)["released"] == 1
    assert post.participant("spo240065").participation.status is Status.SUBMITTED


def _bad_answers(post: Post, asked: EmailMessage) -> Iterator[tuple[str, EmailMessage, tuple[str, ...]]]:
    yield "robot", composed(post, WRITER, asked, "да"), ("Auto-Submitted: auto-replied",)
    yield "vacation", composed(post, WRITER, asked, "Я в отпуске до 15.09. Да.", subject="Автоматический ответ"), ()
    yield "bulk", composed(post, WRITER, asked, "да"), ("Precedence: bulk",)
    yield "elsewhere", composed(post, STRANGER, asked, "да"), ()
    yield "another organisation", composed(post, OTHER, asked, "да"), ()
    yield (
        "forged",
        composed(post, WRITER, asked, "да"),
        ("Authentication-Results: " + FAIL.format(domain="school.test"),),
    )
    guessed = composed(
        post, WRITER, asked, "ДА AAAA-BBBB-CCCC", reply_to="exchange@kabinet.test", subject="x", answers=""
    )
    yield "guessed", guessed, ()


def test_s2_m16_robots_strangers_and_guesses_confirm_nothing(post: Post) -> None:
    asked = held_return(post)
    held = last_receipt(post)
    for name, message, top in _bad_answers(post, asked):
        counts = send(post, message, *top)
        assert counts.get("released", 0) == 0, name
        assert receipt_of(post, held.id).state is ReceiptState.HELD, name
        assert post.participant("spo240065").participation.status is Status.NOT_STARTED, name
    post.write(WRITER, asked, "да")
    assert post.exchange_all()["released"] == 1


def test_s2_a_code_works_once_and_not_after_its_time(post: Post) -> None:
    asked = held_return(post)
    post.write(WRITER, asked, "Да, пожалуйста")
    post.exchange_all()
    post.write(WRITER, asked, "да!")
    assert post.exchange_all()["settled"] == 1
    assert post.participant("spo240065").participation.status is Status.SUBMITTED

    first = post.received("spo240067@school.test")[0]
    post.write(OTHER, first, "", typed(form_in(first)))
    post.exchange_all()
    late = post.last("spo240067@school.test")
    post.later(timedelta(days=3, seconds=1))
    post.write("spo240067@school.test", late, "да")
    assert post.exchange_all()["asked_again"] == 1
    assert post.participant("spo240067").participation.status is Status.NOT_STARTED


def test_s2_a_code_out_of_date_is_made_anew_while_the_message_waits(post: Post) -> None:
    asked = held_return(post)
    held = last_receipt(post)
    post.later(timedelta(days=3, seconds=1))
    post.write(WRITER, asked, "да")
    assert post.exchange_all()["asked_again"] == 1
    again = post.last(WRITER)
    assert code_in(again) != code_in(asked)
    assert "срок его кода уже вышел" in text_of(again)
    assert str(held.sender) in text_of(again)
    assert receipt_of(post, held.id).state is ReceiptState.HELD

    post.write(WRITER, again, "да")
    assert post.exchange_all()["released"] == 1
    found = post.participant("spo240065").participation
    assert (found.status, found.handed_in_at) == (Status.SUBMITTED, held.received_at)
    # What was settled is settled: neither the old code nor the new one asks or releases anything more.
    for message in (asked, again):
        post.write(WRITER, message, "да, ещё раз")
        assert post.exchange_all()["settled"] == 1


def test_m17_late_answers_ask_anew_within_the_cap_and_for_registered_addresses_only(post: Post) -> None:
    asked = held_return(post)
    post.later(timedelta(days=3, seconds=1))
    post.write(STRANGER, asked, "да")
    counts = post.exchange_all()
    assert counts.get("asked_again", 0) == 0
    outcomes = []
    for _ in range(7):
        post.write(WRITER, asked, "да")
        counts = post.exchange_all()
        outcomes.append("again" if counts.get("asked_again") else "spent" if counts.get("spent") else str(counts))
    assert outcomes == ["again"] * 5 + ["spent"] * 2


def test_s2_no_refuses_the_held_return(post: Post) -> None:
    asked = held_return(post)
    held = last_receipt(post)
    post.write(WRITER, asked, "Нет")
    assert post.exchange_all()["refused"] == 1
    assert (receipt_of(post, held.id).state, str(receipt_of(post, held.id).reason)) == (ReceiptState.REFUSED, "denied")
    assert post.participant("spo240065").participation.status is Status.NOT_STARTED
    post.write(WRITER, asked, "Да")
    assert post.exchange_all()["settled"] == 1
    assert receipt_of(post, held.id).state is ReceiptState.REFUSED


def test_s2_held_command_once_confirmed_is_answered_to_the_registered_address_alone(post: Post) -> None:
    send(post, _command(post, STRANGER))
    asked = post.last(WRITER)
    assert "ФОРМА" in text_of(asked)
    post.write(WRITER, asked, "да")
    post.exchange_all()
    assert form_in(post.last(WRITER))
    assert not any(workbooks_of(message) for message in post.received(STRANGER))


def test_m17_nobody_is_asked_without_end(post: Post) -> None:
    for number in range(8):
        send(post, composed(post, STRANGER, post.received(WRITER)[0], f"ФОРМА\n\n{number}", subject="ФОРМА"))
    asked = [message for message in post.received(WRITER) if str(message["Subject"]).startswith("Подтвердите")]
    assert len(asked) == 5


def test_s2_codes_are_neither_in_the_database_nor_guessable_from_it(post: Post) -> None:
    asked = held_return(post)
    code = code_in(asked).replace("-", "").lower()
    database = b"".join(path.read_bytes() for path in post.settings.state.glob("kabinet.db*"))
    assert code.encode() not in database.lower()
    assert code_in(asked).encode() not in database


# «Это не мы»


def elsewhere(post: Post, rows: Any = GOOD_ROWS, text: str = "") -> EmailMessage:
    """A return by tag from a stranger; return what the registered address was told."""
    first = post.received(WRITER)[0]
    post.write(STRANGER, first, text, typed(form_in(first), rows))
    post.exchange_all()
    return post.last(WRITER)


def test_s2_not_us_falls_back_to_the_accepted_return_before(post: Post) -> None:
    first, mine = post.last(WRITER), post.now
    post.write(WRITER, first, "", typed(form_in(first)))
    post.exchange_all()
    post.later(timedelta(hours=1))
    changed = [(*GOOD_ROWS[0][:3], 77, *GOOD_ROWS[0][4:]), *GOOD_ROWS[1:]]
    told = elsewhere(post, changed)
    post.write(WRITER, told, "Это не мы!")
    assert post.exchange_all()["undone"] == 1
    part = post.participant("spo240065").participation
    assert (part.status, part.handed_in_at, part.disputed) == (Status.SUBMITTED, mine, False)
    assert str(post.last(WRITER)["Subject"]).startswith("Данные сняты")
    assert STRANGER in text_of(post.last(SUPPORT))
    post.write(WRITER, first, "Форма")
    post.exchange_all()
    values = {cell.value for row in opened(form_in(post.last(WRITER))[1]).worksheets[1].iter_rows() for cell in row}
    assert 77 not in values


def test_s2_not_us_without_another_return_is_shown_as_disputed_until_they_hand_in(post: Post) -> None:
    told = elsewhere(post)
    post.later(timedelta(hours=1))
    post.write(WRITER, told, "это не мы")
    assert post.exchange_all()["disputed"] == 1
    part = post.participant("spo240065").participation
    assert (part.status, part.disputed, part.accepted_return_id) == (Status.SUBMITTED, True, None)
    post.later(timedelta(hours=12))  # in the morning: at night no digest leaves
    post.run("digest", "deliver")
    assert "отменено отправителем" in text_of(post.last(COORDINATOR))
    export = next(data for name, data in workbooks_of(post.last(COORDINATOR)).items() if "Экспорт" in name)
    assert not any("Химия" in str(row) for sheet in opened(export) for row in sheet.iter_rows(values_only=True))
    about = {row[0]: row[1] for row in opened(export)["Сведения"].iter_rows(values_only=True)}
    assert str(about["Сдано, но отменено отправителем, данных нет"]).startswith("spo240065")

    post.write(STRANGER, post.received(WRITER)[0], "ещё раз", typed(form_in(post.received(WRITER)[0])))
    assert post.exchange_all()["held"] == 1
    assert str(last_receipt(post).reason) == "disowned_mailbox"

    post.write(WRITER, post.received(WRITER)[0], "", typed(form_in(post.received(WRITER)[0]), GOOD_ROWS[:3]))
    assert post.exchange_all()["accepted"] == 1
    assert not post.participant("spo240065").participation.disputed


def test_s2_not_us_from_a_stranger_or_without_the_code_undoes_nothing(post: Post) -> None:
    told = elsewhere(post)
    send(post, composed(post, STRANGER, told, "это не мы"))
    assert last_receipt(post).state is ReceiptState.HELD
    bare = composed(post, WRITER, told, "это не мы", reply_to="exchange@kabinet.test", subject="x", answers="")
    assert send(post, bare)["question"] == 1
    assert post.participant("spo240065").participation.accepted_return_id is not None
    post.write(WRITER, told, "Да")
    assert post.exchange_all()["acknowledged"] == 1
    assert post.participant("spo240065").participation.accepted_return_id is not None


# Stricter, and several logins


def test_s2_strict_holds_what_comes_from_other_mailboxes_until_it_is_confirmed(tmp_path: Path) -> None:
    post = make_post(tmp_path, trust_strict=True)
    post.publish()
    first = post.last(WRITER)
    post.write(STRANGER, first, "", typed(form_in(first)))
    assert post.exchange_all()["held"] == 1
    assert_held(post, "unregistered_mailbox")
    post.write(WRITER, post.last(WRITER), "да")
    assert post.exchange_all()["accepted"] == 1


def test_s2_an_address_of_several_logins_is_asked_which(post: Post) -> None:
    office = "uo@district.test"
    serve_both(post)
    first = post.received(OTHER)[0]
    send(post, written(office, "exchange@kabinet.test", "ФОРМА"))
    asked = post.last(office)
    assert str(last_receipt(post).reason) == "several_logins"
    assert {"spo240065", "spo240066"} <= set(re.findall(r"spo\d+", text_of(asked)))
    assert not workbooks_of(asked)
    chosen = text_of(asked).split("spo240066")[1].split("\n")[1].strip()
    post.write(office, asked, chosen)
    assert post.exchange_all()["released"] == 1
    assert form_in(post.last(office))[0] == form_in(first)[0]
    post.write(office, asked, text_of(asked).split("spo240065)")[1].split("\n")[1].strip())
    post.exchange_all()
    assert post.participant("spo240065").participation.status is Status.NOT_STARTED


def test_m25_an_office_answers_one_letter_with_the_workbooks_of_two(post: Post) -> None:
    office = "uo@district.test"
    serve_both(post)
    first, other = post.received(WRITER)[0], post.received(OTHER)[0]
    message = composed(post, office, first, "Обе формы", typed(form_in(first)))
    name, data = typed(form_in(other))
    message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    assert send(post, message)["accepted"] == 2
    for code in ("spo240065", "spo240066"):
        assert post.participant(code).participation.status is Status.SUBMITTED
    assert [str(mail["Subject"])[:7] for mail in post.received(office)] == ["Принято", "Принято"]


@pytest.mark.parametrize(("rows", "outcome"), [(GOOD_ROWS[:1], "rejected"), (GOOD_ROWS, "accepted")])
def test_w29_the_same_form_twice_in_a_letter_is_refused_where_the_data_differ(
    post: Post, rows: Sequence[Sequence[Any]], outcome: str
) -> None:
    form = form_in(post.received(WRITER)[0])
    message = composed(post, WRITER, post.last(WRITER), "Обе формы", ("все.xlsx", typed(form)[1]))
    data = typed(form, rows, draft=" нет")[1]
    message.add_attachment(data, maintype="application", subtype="octet-stream", filename="начало.xlsx")
    assert send(post, message)[outcome] >= 1
    said = " ".join(text_of(post.last(WRITER)).split())
    assert "«все.xlsx», «начало.xlsx»" in said
    assert ("Ни один не принят" in said) is (outcome == "rejected")


def test_m25_of_two_workbooks_the_held_one_is_released_and_the_other_not_brought_twice(post: Post) -> None:
    first, other = post.received(WRITER)[0], post.received(OTHER)[0]
    message = composed(post, OTHER, other, "", typed(form_in(other)))
    name, data = typed(form_in(first))
    message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    counts = send(post, message)
    assert (counts["accepted"], counts["held"]) == (1, 1)
    post.write(WRITER, post.last(WRITER), "да")
    counts = post.exchange_all()
    assert (counts["accepted"], counts["already"]) == (1, 1)
    accepted = [str(mail["Subject"]) for mail in post.received(OTHER) if str(mail["Subject"]).startswith("Принято")]
    assert len(accepted) == 1
    assert post.participant("spo240065").participation.status is Status.SUBMITTED


def test_m19_m20_what_waits_too_long_is_told_and_a_letter_that_cannot_be_made_stops_nothing(post: Post) -> None:
    with post.context() as context:
        post.mail.down = True
        first = post.last(WRITER)
        post.write(WRITER, first, "", typed(form_in(first), FAULTY_ROWS))
        post.run("collect", "check")
        post.later(timedelta(hours=2))
        remarks = post.run("check")["check"].remarks
        assert any("не уходят" in remark for remark in remarks)
        with context.store.transaction() as session:
            broken = letters.listed(session, LetterState.QUEUED)[0]
            odd = replace(broken, key="odd", kind="no-such-kind", message_id="<odd@kabinet.test>")
            assert letters.enqueue(session, odd, post.now) is not None
        post.mail.down = False
        counts = post.run("deliver")["deliver"].counts
    assert (counts["unrenderable"], counts["sent"]) == (1, 1)
    assert post.run("deliver")["deliver"].counts.get("unrenderable", 0) == 0
    assert post.run("deliver")["deliver"].remarks == []


def test_the_tags_of_the_tests_are_of_the_worlds_own_key(post: Post) -> None:
    """So that an altered tag above is refused for what it says and not for its key."""
    tagger = Tagger(*post.settings.signing_keys())
    detail = str(post.received(WRITER)[0]["Reply-To"]).partition("+")[2].partition("@")[0]
    assert tagger.read(detail) is not None
    assert tagger.is_forged(detail.replace("240065", "240066"))
