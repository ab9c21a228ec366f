"""Pictures of the workbooks that people get: ``python -m tests.tools.workbook_pictures FOLDER``.

The shipped schedule as it is sent, as it is sent again with the data received, and as the answer to a faulty return:
through LibreOffice to PDF, through pdftoppm to PNG. Only the pages that tell something are kept.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.forms.checking.check import check_batch
from pipeline.forms.making.annotate import annotate
from pipeline.forms.making.build import (
    Cover,
    build_workbook,
)
from pipeline.forms.reading.read import read_workbook
from tests.factories.sheets import shipped_form
from tests.tools.images import squeeze

FORM = shipped_form("vpr-spo-2021-schedule")
COVER = Cover(
    login="spo240065",
    login_name="КГБПОУ «Красноярский техникум сварочных технологий и энергетики»",
    publication_title="Сбор расписания проведения ВПР СПО в образовательных организациях",
    form_code="spo240065-2",
    token="pictures",  # no form goes anywhere from here
    reply_to="exchange@kabinet.test",
    opens_at=datetime(2021, 8, 30, 17, 41, tzinfo=UTC),
    closes_at=datetime(2021, 9, 7, 15, 0, tzinfo=UTC),
    support="support@kabinet.test",
)


def _row(subject: str, *cells: Any) -> dict[str, Any]:
    columns = [column.id for column in FORM.sheet("paper").columns]
    return {name: cell for name, cell in zip(columns, (subject, *cells), strict=False) if cell is not None}


def _day(number: int) -> dict[str, str]:
    return {"date": f"2021-09-{number:02}"}


_NOBODY = {"5": {"subject": "Не участвуем"}}
RIGHT: dict[str, Any] = {
    "paper": {
        "5": _row("Русский язык", _day(15), 4, 56, _day(16), 2, 27),
        "6": _row("Математика", _day(17), 4, 56, _day(18), 2, 27),
        "7": _row("Химия", _day(20), 2, 25),
        "8": _row("История", None, None, None, _day(22), 3, 41),
    },
    "meta": {"5": _row("Метапредмет", _day(24), 4, 55, _day(25), 2, 26)},
    "computer": _NOBODY,
}
WRONG: dict[str, Any] = {
    "paper": {
        "5": _row("Русский язык", _day(15), "четыре", 56, _day(16), 2, 27),
        "6": _row("Математика", {"date": "2021-12-17"}, 4, 56, _day(18), 2, 27),
        "7": _row("Химея", _day(20), 2, 25),
        "8": _row("История", _day(21), 2, None, _day(22), 3, 41),
        "9": _row("Биология", "21/09/21", 2, 20),
        "10": _row("Физика", _day(23), 1, 40),
    },
    "meta": {"5": _row("Метапредмет", _day(24), 4, 55, _day(25), 2, 26)},
    "computer": {},
}


def books() -> dict[str, tuple[bytes, dict[int, str]]]:
    """Return for each workbook its bytes and which of its printed pages become which picture."""
    sent = build_workbook(FORM, COVER, WRONG)
    (checked,) = check_batch(FORM, [read_workbook(sent)])
    return {
        "blank": (build_workbook(FORM, COVER), {1: "form-cover", 2: "form-blank"}),
        "prefilled": (build_workbook(FORM, COVER, RIGHT), {2: "form-prefilled"}),
        "answer": (
            annotate(FORM, COVER, checked.received, checked.findings),
            {2: "answer-findings", 3: "answer-marked"},
        ),
    }


def main(arguments: Sequence[str]) -> int:
    """Write the pictures into the folder named. Returns the exit code."""
    office, pages = shutil.which("soffice"), shutil.which("pdftoppm")
    if office is None or pages is None or len(arguments) != 1:
        sys.stderr.write("usage: python -m tests.tools.workbook_pictures FOLDER; needs soffice and pdftoppm\n")
        return 2
    target = Path(arguments[0])
    target.mkdir(parents=True, exist_ok=True)
    made = books()
    with tempfile.TemporaryDirectory(prefix="kabinet-pictures-") as name:
        folder = Path(name)
        for book, (data, _) in made.items():
            (folder / f"{book}.xlsx").write_bytes(data)
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        sources = [str(folder / f"{book}.xlsx") for book in made]
        command = [office, profile, "--headless", "--norestore", "--convert-to", "pdf", "--outdir", name, *sources]
        subprocess.run(command, check=True, capture_output=True, timeout=300)
        for book, (_, kept) in made.items():
            for page, picture in kept.items():
                path = target / f"{picture}.png"
                _page(pages, folder / f"{book}.pdf", page, path)
                sys.stdout.write(f"{path}\n")
    return 0


def _page(program: str, source: Path, page: int, path: Path) -> None:
    where = ["-f", str(page), "-l", str(page), "-singlefile"]
    command = [program, "-png", "-r", "96", *where, str(source), str(path.with_suffix(""))]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    squeeze(path)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
