"""One publication on the page: its letters and form as they will be, a letter to oneself, an answer that counts not."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from pipeline import sources
from pipeline.model import Participant, Receipt, ReceiptState, SendOutcome, SendResult
from pipeline.steps import moderate, roster
from pipeline.store import audit, participations, receipts, returns
from tests.functional.browsing import Browser, browser, read
from tests.functional.post import Post, form_in, typed
from tests.functional.published import SERVER, SUPPORT, published_post
from tests.functional.world import SCHEDULE, letter

PAGE = f"/publications/{SCHEDULE}"
ME = "ivanova@example.org"


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Browser]:
    """Nothing is published yet; the roster is imported."""
    with browser(tmp_path, None, SCHEDULE, "instruction") as found:
        report = sources.roster(found.home / "publications" / "roster.xlsx")
        with found.post.context() as context:
            roster.run(context, report, found.post.now)
        yield found


@pytest.fixture
def published(tmp_path: Path) -> Iterator[Browser]:
    """The schedule is out, to four organisations."""
    with browser(tmp_path, published_post(tmp_path), SCHEDULE) as found:
        yield found


def file(page: Browser, shown: str, name: str) -> bytes:
    """Fetch what the page offers under ``name``."""
    found = re.search(rf'href="(/shelf/[\w-]+)">{name}', shown)
    assert found is not None
    return page.get(found[1]).content


def test_letters_are_shown_alone_in_a_frame_as_text_and_the_form_can_be_fetched(page: Browser) -> None:
    shown = page.get(f"{PAGE}?login=spo240065")
    said = read(shown)
    assert "Письмо организации" in said
    assert "spo240065@school.test" in said
    assert "Расписание проведения ВПР СПО" in said
    frames = re.findall(r'<iframe class="\w+" sandbox src="(/shelf/[\w-]+)"', shown.text)
    frame = page.get(frames[0])
    assert frame.headers["content-type"].startswith("text/html")
    assert frame.headers["content-security-policy"].startswith("sandbox;")
    assert "ВПР СПО" in frame.text
    book = openpyxl.load_workbook(io.BytesIO(file(page, shown.text, "Форма spo240065.xlsx")))
    assert "spo240065" in str([cell.value for row in book.worksheets[0].iter_rows() for cell in row])


def test_without_a_roster_somebody_stands_for_the_recipients(tmp_path: Path) -> None:
    with browser(tmp_path, None, SCHEDULE) as page:
        said = read(page.get(PAGE))
        assert "Письмо организации" in said
        assert "Письмо координатору" in said


def test_a_wrong_login_is_named_and_the_page_stays(page: Browser) -> None:
    shown = page.get(f"{PAGE}?login=spo999999")
    assert shown.status_code == 422
    assert "spo999999" in read(shown).partition("Не получилось")[2]
    assert "Чьё письмо показать" in read(shown)


def test_an_unknown_publication_is_one_sentence(page: Browser) -> None:
    assert "нет" in read(page.get("/publications/unknown")).partition("Не получилось")[2]
    assert page.get("/publications/..").status_code in (200, 404, 422)


def test_a_trial_letter_goes_to_oneself_alone_and_says_what_it_is(page: Browser) -> None:
    said = read(page.send(PAGE, f"{PAGE}/letter", address=f" {ME} ", who="Иванова", login="spo240065"))
    assert "Пробное письмо отправлено" in said
    (sent,) = page.post.mail.sent
    got = letter(sent.content)
    assert sent.recipient == ME
    assert str(got["To"]) == ME
    assert str(got["Subject"]).startswith("ПРОБА. ")
    for kind in ("plain", "html"):
        body = got.get_body((kind,))
        assert body is not None
        assert "ПРОБА. Так выглядит письмо" in body.get_content()
    assert form_in(got)[0] == "Форма spo240065.xlsx"
    with page.post.context() as context, context.store.reading() as session:
        (deed, *_) = audit.listed(session)
        assert (deed.what, deed.who, deed.publication) == ("sample_sent", "web:Иванова", SCHEDULE)
        assert participations.participants(session, SCHEDULE) == []


def test_two_trial_letters_are_two_letters(page: Browser) -> None:
    for _ in range(2):
        page.send(PAGE, f"{PAGE}/letter", address=ME, who="Иванова")
    first, second = (letter(sent.content)["Message-ID"] for sent in page.post.mail.sent)
    assert first != second


@pytest.mark.parametrize(
    "address", ["", "иванова", "a@b", "a@example.org, b@example.org", "a@example.org\r\nBcc: b@x.org"]
)
def test_what_is_no_address_gets_nothing(page: Browser, address: str) -> None:
    said = read(page.send(PAGE, f"{PAGE}/letter", address=address, who="Иванова"))
    assert "не адрес" in said.partition("Не получилось")[2]
    assert page.post.mail.sent == []


def test_a_server_that_refuses_is_quoted(page: Browser) -> None:
    page.post.mail.answers[ME] = SendResult(SendOutcome.REFUSED, "550 no such user")
    said = read(page.send(PAGE, f"{PAGE}/letter", address=ME, who="Иванова"))
    assert "550 no such user" in said.partition("Не получилось")[2]


def test_a_good_answer_is_said_to_be_good_and_counts_for_nothing(page: Browser) -> None:
    page.send(PAGE, f"{PAGE}/letter", address=ME, who="Иванова", login="spo240065")
    filled = typed(form_in(letter(page.post.mail.sent[0].content)))
    said = read(page.send(PAGE, f"{PAGE}/answer", files=[("file", filled)]))
    assert "Такой ответ был бы принят" in said
    assert "никуда не засчитано" in said
    with page.post.context() as context, context.store.reading() as session:
        assert returns.latest_ids(session, SCHEDULE) == {}
        assert participations.participants(session, SCHEDULE) == []


def test_a_wrong_answer_is_told_cell_by_cell_and_comes_back_marked(page: Browser) -> None:
    page.send(PAGE, f"{PAGE}/letter", address=ME, who="Иванова")
    blank = form_in(letter(page.post.mail.sent[0].content))
    shown = page.send(PAGE, f"{PAGE}/answer", files=[("file", blank)])
    said = read(shown)
    assert "Такой ответ не был бы принят" in said
    book = openpyxl.load_workbook(io.BytesIO(file(page, shown.text, "Скачать форму с замечаниями")))
    assert "Замечания" in book.sheetnames


@pytest.mark.parametrize(
    "data", [b"", b"words", b"PK\x03\x04 broken", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)]
)
def test_any_bytes_get_an_answer(page: Browser, data: bytes) -> None:
    shown = page.send(PAGE, f"{PAGE}/answer", files=[("file", ("ответ.xlsx", data))])
    assert "Файл не читается" in read(shown)


def test_a_publication_without_a_form_has_nothing_to_answer(page: Browser) -> None:
    shown = page.get("/publications/instruction")
    assert "Ответ на пробу" not in read(shown)
    sent = page.send(
        "/publications/instruction", "/publications/instruction/answer", files=[("file", ("a.xlsx", b"x"))]
    )
    assert "нет формы" in read(sent)


@pytest.mark.parametrize("sender", ["spo240065@school.test", "spo240066@school.test", ME])
@pytest.mark.parametrize("carrier", ["both", "letter", "workbook"])
def test_f13_an_answer_that_is_mailed_back_goes_to_a_person_and_never_counts(
    published: Browser, sender: str, carrier: str
) -> None:
    post = published.post
    with post.context() as context, context.store.reading() as session:
        before = participations.participants(session, SCHEDULE)
    published.send(PAGE, f"{PAGE}/letter", address=ME, who="Иванова", login="spo240065")
    trial = letter(post.mail.sent[-1].content)
    filled = typed(form_in(post.received("spo240065@school.test")[0] if carrier == "letter" else trial))
    if carrier == "workbook":
        for name in ("Reply-To", "Message-ID"):
            del trial[name]
        trial["Message-ID"] = "<new@mail.test>"
    post.write(sender, trial, "", filled)
    post.run("collect", "check", "deliver")
    passed = post.received(SUPPORT)
    assert len(passed) == 1
    assert post.received(sender)[-1]["Subject"] != trial["Subject"]
    with post.context() as context:
        (receipt,) = _receipts(post)
        assert (receipt.state, str(receipt.reason), receipt.rule) == (ReceiptState.DONE, "question", "trial-letter")
        assert moderate.replay(context, receipt.id) == []
    _nothing_counts(post, before)


def test_an_answer_to_a_trial_that_was_held_for_another_reason_does_not_count_when_released(
    published: Browser,
) -> None:
    post = published.post
    with post.context() as context, context.store.reading() as session:
        before = participations.participants(session, SCHEDULE)
    published.send(PAGE, f"{PAGE}/letter", address=ME, who="Иванова", login="spo240065")
    trial = letter(post.mail.sent[-1].content)
    forged = {"Authentication-Results": f"{SERVER}; dmarc=fail header.from=school.test"}
    post.inbox.signs = None
    post.write("spo240065@school.test", trial, "", typed(form_in(trial)), headers=forged)
    post.run("collect", "check")
    (receipt,) = _receipts(post)
    assert receipt.state is ReceiptState.HELD
    with post.context() as context:
        moderate.release(context, receipt.id, "spo240065", post.now, "cli:test")
    post.run("check")
    assert _receipts(post)[0].state is ReceiptState.DONE
    _nothing_counts(post, before)


def test_a_trial_letter_does_not_go_to_an_organisation(published: Browser) -> None:
    taken = len(published.post.mail.sent)
    said = read(published.send(PAGE, f"{PAGE}/letter", address="SPO240066@school.test", who="Иванова"))
    assert "spo240066" in said.partition("Не получилось")[2]
    assert len(published.post.mail.sent) == taken


def _receipts(post: Post) -> list[Receipt]:
    with post.context() as context, context.store.reading() as session:
        return receipts.listed(session)


def _nothing_counts(post: Post, before: list[Participant]) -> None:
    with post.context() as context, context.store.reading() as session:
        assert returns.latest_ids(session, SCHEDULE) == {}
        assert participations.participants(session, SCHEDULE) == before
