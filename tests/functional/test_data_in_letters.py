"""What letters carry of an organisation's data: rows filled in beforehand, and nothing where a form forbids it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from openpyxl import Workbook

from pipeline import wiring
from pipeline.cabinet.publications import LoadedPublication, load_publication
from pipeline.model import Login, Role
from pipeline.steps import check, collect, publish
from pipeline.steps.base.context import Context
from pipeline.steps.base.fakes.mailbox import FakeMailServer
from pipeline.steps.letters.rendering import render
from pipeline.store import letters, roster
from tests.functional.world import letter, opened, text_of, workbooks_of

NOW = datetime(2026, 9, 3, 9, tzinfo=UTC)
LOGIN = Login("spo240065", "Лицей", Role.ORGANISATION, "24", ("director@school.test",))
OTHER = Login("spo240066", "Колледж", Role.ORGANISATION, "24", ("head@college.test",))
PUBLICATION = """\
---
section: ВПР СПО
title: Проба
published_at: 2026-09-01 09:00
collection: {opens_at: 2026-09-01 09:00, closes_at: 2026-09-07 18:00}
---
Заполните форму.
"""
FORM = """\
form: probe
version: 1
title: Проба
lists:
  subjects: {values: [Физика, Химия]}
sheets:
  - id: main
    title: Лист
    rows: {max: 5, min_filled: 1}
    columns:
      - {id: subject, title: Предмет, type: choice, list: subjects}
      - {id: rooms, title: Аудиторий, type: int, range: [1, 99999]}
"""
TABLE = "Логин;Предмет;Аудиторий\nspo240065;Физика;12\nspo999999;Химия;1\n"
CONFIDENTIAL = FORM.replace("title: Проба", "title: Проба\nmail_back: false")
PREFILLED = FORM.replace("title: Проба", "title: Проба\nprefill: {from: files/t.csv, sheet: main}")


def loaded(form: str, **files: str) -> LoadedPublication:
    """The publication with ``form``."""
    written = {"publication.md": PUBLICATION, "form.yaml": form} | {f"files/{k}.csv": v for k, v in files.items()}
    return load_publication("probe", {path: text.encode() for path, text in written.items()})


class Office:
    """One organisation that writes to us, without servers: a mailbox in memory, letters rendered from their rows."""

    def __init__(self, context: Context) -> None:
        self.server = FakeMailServer()
        self.context = replace(context, open_mailbox=self.server.open)
        with self.context.store.transaction() as session:
            roster.save_logins(session, [LOGIN, OTHER], NOW)

    def letters(self, address: str = LOGIN.addresses[0]) -> list[EmailMessage]:
        """Every letter to ``address`` so far, rendered twice: the row alone makes the same bytes."""
        made = []
        with self.context.store.reading() as session:
            for row in letters.listed(session, None, 1_000):
                if row.address == address:
                    data = render(self.context, session, row)
                    assert data == render(self.context, session, row)
                    made.append((row.id, letter(data)))
        return [message for _, message in sorted(made, key=lambda item: item[0])]

    def write(self, subject: str, book: Workbook | None = None) -> EmailMessage:
        """Send us a message, let it be judged, and return what was answered."""
        before = self.letters()
        message = EmailMessage()
        message["From"], message["To"] = LOGIN.addresses[0], str(before[0]["Reply-To"])
        message["Subject"], message["Message-ID"] = subject, f"<{len(before)}@school.test>"
        message.set_content("")
        if book is not None:
            out = io.BytesIO()
            book.save(out)
            kind = "vnd.openxmlformats-officedocument.spreadsheetml.sheet"
            message.add_attachment(out.getvalue(), "application", kind, filename="форма.xlsx")
        self.server.deliver(message.as_bytes(), NOW)
        collect.run(self.context, NOW + timedelta(minutes=1))
        check.run(self.context, NOW + timedelta(minutes=1))
        return self.letters()[-1]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    settings = wiring.load_settings(
        state=tmp_path / "state", outbox=tmp_path / "outbox", address="exchange@kabinet.test"
    )
    with wiring.context(settings) as context:
        yield Office(context)


def form_in(message: EmailMessage) -> Workbook:
    """The only workbook of a letter."""
    (data,) = workbooks_of(message).values()
    return opened(data)


def rows(book: Workbook) -> list[tuple[object, ...]]:
    """What stands in the cells to fill."""
    found = book["Лист"].iter_rows(min_row=5, max_row=9, max_col=2, values_only=True)
    return [row for row in found if any(value is not None for value in row)]


def everything(message: EmailMessage) -> str:
    """All words of a letter and of its workbooks."""
    books = [opened(data) for data in workbooks_of(message).values()]
    cells = [
        f"{cell.value} {cell.comment.text if cell.comment else ''}"
        for book in books
        for sheet in book.worksheets
        if sheet.sheet_state == "visible"
        for line in sheet.iter_rows()
        for cell in line
    ]
    html = message.get_body(("html",))
    assert html is not None
    return "\n".join([str(message["Subject"]), text_of(message), str(html.get_content()), *cells])


def test_the_form_sent_first_holds_the_rows_of_the_table(office: Office) -> None:
    done = publish.run(office.context, loaded(PREFILLED, t=TABLE), NOW)
    assert rows(form_in(office.letters()[0])) == [("Физика", 12)]
    assert rows(form_in(office.letters("head@college.test")[0])) == []
    assert "В таблице prefill есть логины не из списка организаций: spo999999" in done.remarks


def test_the_form_asked_for_again_holds_them_until_something_was_sent_in(office: Office) -> None:
    publish.run(office.context, loaded(PREFILLED, t=TABLE), NOW)
    answer = office.write("ФОРМА")
    assert rows(form_in(answer)) == [("Физика", 12)]
    assert "Исходные данные, которые у нас есть, уже внесены" in text_of(answer)
    book = form_in(answer)
    book["Лист"]["B5"] = 15
    assert "Принято" in str(office.write("Re: форма", book)["Subject"])
    answer = office.write("ФОРМА")
    assert rows(form_in(answer)) == [("Физика", 15)]
    assert "данные, которые мы получили от вас последними" in text_of(answer)


def test_a_mended_table_reaches_who_has_not_been_written_to(office: Office) -> None:
    publish.run(office.context, loaded(PREFILLED, t=TABLE), NOW, only={LOGIN.code})
    publish.run(office.context, loaded(PREFILLED, t=TABLE + "spo240066;Химия;3\n"), NOW)
    assert rows(form_in(office.letters()[0])) == [("Физика", 12)]
    assert rows(form_in(office.letters("head@college.test")[0])) == [("Химия", 3)]


def filled(book: Workbook, *cells: tuple[str, str | int]) -> Workbook:
    """``book`` with cells of its data sheet changed."""
    for address, value in cells:
        book["Лист"][address] = value
    return book


def test_a_confidential_form_never_shows_what_was_sent_in(office: Office) -> None:
    """``mail_back: false``: letters name cells and never values, no workbook of ours carries them."""
    publish.run(office.context, loaded(CONFIDENTIAL), NOW)
    blank = form_in(office.letters()[0])
    refused = office.write("Форма", filled(blank, ("A5", "Физека"), ("B5", 7_777_777), ("B6", "тайна")))
    accepted = office.write("Форма", filled(blank, ("A5", "Физика"), ("B5", 77_777), ("B6", 77_778)))
    again = office.write("ФОРМА")
    draft = office.write("ЧЕРНОВИК", filled(blank, ("B5", 7_777_777)))
    assert "Не принято" in str(refused["Subject"])
    assert "B6 · Аудиторий: Здесь не число" in text_of(refused)
    assert "ячейка пустая" not in text_of(refused)
    assert "Откройте файл, который вы отправляли" in text_of(refused)
    assert form_in(refused)["Лист"]["B6"].comment is not None
    assert "Сами данные в письме не показаны" in text_of(accepted)
    assert "данные этой формы по почте не пересылаются" in text_of(again)
    assert "Сохранено, но не сдано" in text_of(draft)
    for message in (refused, accepted, again, draft):
        words = everything(message)
        for secret in ("Физека", "7777", "7 777", "77 777", "тайна"):
            assert secret not in words, (str(message["Subject"]), secret)
        assert all(rows(opened(data)) == [] for data in workbooks_of(message).values())
    assert "имели в виду" not in text_of(refused)


def test_an_open_form_shows_what_was_sent_in(office: Office) -> None:
    """The same mistakes without ``mail_back: false``: the value, the likely right one, and the data back."""
    publish.run(office.context, loaded(FORM), NOW)
    book = filled(form_in(office.letters()[0]), ("A5", "Физека"), ("B6", "тайна"))
    refused = office.write("Форма", book)
    assert "стоит «тайна»" in text_of(refused)
    assert "выберите «Физика»" in text_of(refused)
    assert rows(form_in(refused)) == [("Физека", None), (None, "тайна")]
