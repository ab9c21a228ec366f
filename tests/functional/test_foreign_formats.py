"""Our forms saved by LibreOffice as .ods and .xls: same identity, values and findings, and a receipt that says so."""

from __future__ import annotations

import functools
import os
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.utils import parseaddr
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from python_calamine import CalamineWorkbook

from pipeline.embedded.acting import COLLECTION_SHEET, GOOD, OPT_OUT, OTHER_SHEETS
from pipeline.embedded.organisations import FAULTY_ROWS, GOOD_ROWS, filled, type_rows
from pipeline.forms.checking.check import check_batch
from pipeline.forms.locating.locate import (
    carriers,
    locate,
)
from pipeline.forms.making.build import build_workbook
from pipeline.forms.reading.foreign import read_any
from pipeline.forms.workbooks.cells import CellError
from pipeline.forms.workbooks.workbook import (
    HIDDEN,
    RawWorkbook,
)
from pipeline.isolation import Isolated
from pipeline.mailbox import ImapSettings
from pipeline.model import Receipt
from pipeline.outbox import SmtpSettings
from pipeline.steps import check
from pipeline.steps.letters.rendering import render
from pipeline.store import letters, receipts
from tests.factories.workbooks import COVER, TOKEN, sample_form
from tests.functional.world import World, letter, make_world, opened, text_of, workbooks_of
from tests.systems.programs import find_program

pytestmark = pytest.mark.system("libreoffice")

FORM = sample_form()
DIRTY: dict[str, Any] = {
    "first": {
        "5": {
            "subject": "Химия",
            "day": {"date": "2021-09-15"},
            "rooms": 3,
            "share": 0.5,
            "code": "007",
            "online": "да",
        },
        "6": {"subject": "=1+1", "day": "15/09/21", "rooms": "двадцать", "remark": 'Текст  с "кавычками" & знаками'},
        "7": {
            "subject": "математика ",
            "day": {"date": "2025-01-01"},
            "rooms": "12",
            "share": 2,
            "remark": "строка\nвторая",
        },
        "12": {"subject": "Математика", "day": {"date": "2021-10-09"}, "rooms": 1000, "code": "ab"},
    },
    "second": {"5": {"subject": "Не участвуем"}},
}
Convert = Callable[[bytes, str], bytes]


@pytest.fixture(scope="module")
def convert(tmp_path_factory: pytest.TempPathFactory) -> Convert:
    """Return a function that saves an .xlsx in another format with a LibreOffice of its own profile."""
    program = find_program("soffice", "LibreOffice")
    profile = tmp_path_factory.mktemp("profile")

    @functools.cache
    def run(data: bytes, suffix: str) -> bytes:
        folder = tmp_path_factory.mktemp("book")
        (folder / "form.xlsx").write_bytes(data)
        command = [program, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore"]
        subprocess.run(
            [*command, "--convert-to", suffix, "--outdir", str(folder / "out"), str(folder / "form.xlsx")],
            check=True,
            capture_output=True,
            timeout=120,
            env=os.environ | {"HOME": str(profile)},
        )
        return Path(folder / "out" / f"form.{suffix}").read_bytes()

    return run


@pytest.fixture(scope="module", params=["ods", "xls"])
def suffix(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def read(data: bytes) -> RawWorkbook:
    return read_any(data, Isolated())[0]


@functools.cache
def _odd_workbook() -> bytes:
    """Formulas with errors and values, dates, a hidden row, a merge; without results, as openpyxl writes it."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row, formula in enumerate(
        ("=NA()", "=1/0", '=VALUE("а")', "=NOSUCH(1)", "=SQRT(-1)", "=1+2", '="да"'), start=1
    ):
        sheet.cell(row, 1, formula)
    sheet["B1"] = datetime(2021, 9, 15, 12, 30)  # noqa: DTZ001 - cells know no zone
    sheet["B2"] = datetime(2021, 9, 15).date()  # noqa: DTZ001
    sheet.row_dimensions[3].hidden = True
    sheet.merge_cells("D1:E2")
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def values(book: RawWorkbook) -> dict[str, Any]:
    """What stands in the form's columns, by sheet, row and column."""
    located = locate(FORM, book)
    assert located.findings == ()
    return {
        sheet_id: {
            row: {name: place.raw.cell(row, at) for name, at in place.columns.items()}
            for row in range(place.first_row, place.last_row + 1)
        }
        for sheet_id, place in located.sheets.items()
    }


def test_w2_w28_a_form_saved_as_ods_or_xls_keeps_identity_values_and_findings(convert: Convert, suffix: str) -> None:
    sent = build_workbook(FORM, COVER, DIRTY)
    ours, theirs = read(sent), read(convert(sent, suffix))
    said = carriers(theirs)
    assert said.tokens == (TOKEN, TOKEN)
    assert said == carriers(ours)
    assert [sheet.title for sheet in theirs.sheets if sheet.state == HIDDEN] == ["kabinet_lists", "kabinet_key"]
    assert values(theirs) == values(ours)
    one, other = check_batch(FORM, [ours, theirs])
    assert len(one.findings) > 4
    assert other.findings == one.findings
    assert (other.outcome, other.rows, other.received, other.repaired) == (
        one.outcome,
        one.rows,
        one.received,
        one.repaired,
    )


def test_w5_error_cells_and_dates_of_ods_and_xls_are_those_of_the_xlsx(convert: Convert, suffix: str) -> None:
    data = _odd_workbook()
    # The .xlsx goes through LibreOffice too: it is what gives the formulas their values.
    expected, found = (
        read(convert(data, "xlsx")).sheets[0],
        read(convert(data, suffix)).sheets[0],
    )
    assert [type(found.cell(row, 1)) for row in range(1, 8)] == [CellError] * 5 + [int, str]
    # LibreOffice writes errors of its own kind («Err:502») into .ods as it shows them.
    assert [found.cell(row, 1) for row in (1, 2, 4)] == [CellError("#N/A"), CellError("#DIV/0!"), CellError("#NAME?")]
    assert {row: dict(cells) | {1: None} for row, cells in found.rows.items()} == {
        row: dict(cells) | {1: None} for row, cells in expected.rows.items()
    }
    assert (found.merged, found.hidden_rows) == (expected.merged, expected.hidden_rows)


def test_values_of_xls_are_those_that_calamine_reads(convert: Convert) -> None:
    """Another reader's word on the same file; it gives texts, numbers and dates, though neither errors nor blanks."""
    data = convert(build_workbook(FORM, COVER, DIRTY), "xls")
    theirs = CalamineWorkbook.from_filelike(BytesIO(data))
    for sheet in read(data).sheets:
        rows = theirs.get_sheet_by_name(sheet.title).to_python(skip_empty_area=False)
        found = {
            row: {column: value for column, value in enumerate(cells, start=1) if value != ""}
            for row, cells in enumerate(rows, start=1)
        }
        assert {row: dict(cells) for row, cells in sheet.rows.items()} == {
            row: cells for row, cells in found.items() if cells
        }


@pytest.fixture
def world(tmp_path: Path) -> World:
    """No server is asked: the letters are those on record, and answers are put into the archive."""
    smtp = SmtpSettings("127.0.0.1", 1, tls="none", timeout=1)
    return make_world(tmp_path, smtp, ImapSettings("127.0.0.1", 1, "exchange@kabinet.test", "", tls="none", timeout=1))


def test_w28_an_answer_in_ods_or_xls_is_judged_and_its_receipt_says_how_to_do_better(
    world: World, convert: Convert, suffix: str, soak: bool
) -> None:
    world.begin()
    address = world.addresses()[GOOD]
    first = next(message for message in _outbox(world) if parseaddr(str(message["To"]))[1] == address)
    form = next(data for data in workbooks_of(first).values() if COLLECTION_SHEET in opened(data).sheetnames)
    for rows, word in ((FAULTY_ROWS, "двадцать"), (GOOD_ROWS, "Обществознание"))[0 if soak else 1 :]:
        answer = _answer(world, first, address, convert(_filled(form, rows), suffix))
        said = text_of(answer)
        assert f"Файл прочитан из формата .{suffix}; пришлите в следующий раз .xlsx" in said
        assert word in said
    assert world.counts().submitted == 1


def _filled(form: bytes, rows: Any) -> bytes:
    with filled(form) as (book, save):
        type_rows(book[COLLECTION_SHEET], rows)
        for title in OTHER_SHEETS:
            type_rows(book[title], [[OPT_OUT]])
        return save()


def _answer(world: World, first: EmailMessage, address: str, workbook: bytes) -> EmailMessage:
    """Send the workbook under a false name as an answer to ``first``; return what is written back."""
    message = EmailMessage(policy=policy.SMTP)
    message["From"], message["To"] = address, str(first["Reply-To"])
    message["Subject"], message["In-Reply-To"] = "Отчёт", str(first["Message-ID"])
    message["Date"] = datetime.now(UTC)
    message.set_content("Направляем отчёт.")
    message.add_attachment(workbook, maintype="application", subtype="octet-stream", filename="form.xlsx")
    data = message.as_bytes()
    before = {str(found["Message-ID"]) for found in _outbox(world)}
    world.later(timedelta(minutes=5))
    with world.context() as context:
        sha256 = context.archive.put(data)
        with context.store.transaction() as session:
            uid = len(before)
            receipt = Receipt(context.account, context.folders[0], 1, uid, sha256, len(data), world.now)
            receipts.add(session, receipt)
        assert check.run(context, world.now).counts["receipts"] == 1
    (answer,) = [found for found in _outbox(world) if str(found["Message-ID"]) not in before]
    return answer


def _outbox(world: World) -> list[EmailMessage]:
    with world.context() as context, context.store.reading() as session:
        return [letter(render(context, session, queued)) for queued in reversed(letters.listed(session, limit=500))]
