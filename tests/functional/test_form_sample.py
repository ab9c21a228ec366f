"""A sample of the personal forms of one publication opens in LibreOffice, each with its own name, code and token."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.forms.locating.locate import (
    carriers,
    locate,
)
from pipeline.forms.making.build import (
    Cover,
    build_workbook,
)
from pipeline.forms.parts import layout
from pipeline.forms.reading.read import read_workbook
from tests.factories.workbooks import COVER, TOKEN, sample_form
from tests.systems.programs import find_program

FORM = sample_form()
RECEIVED: dict[str, Any] = {
    "first": {
        "5": {"subject": "=1+1", "day": {"date": "2021-09-15"}, "rooms": 3, "share": 0.5, "remark": 'a & <b> "c"'},
        "6": {"subject": {"date": "2021-09-16"}, "day": 5, "code": "007", "online": True},
    }
}
NAMES = (
    'ГБПОУ "Колледж № {0}" & <филиалы>',
    "=Школа {0}",
    "Строка {0}\nи ещё строка",
    "  Пробелы   {0}  ",
    "_x0041_ школа {0}",
    "Организация {0} " + "с очень длинным названием " * 100,
    "🏫 Әлем-{0} 'ё'",
)


def form_of(number: int) -> tuple[Cover, bytes]:
    """Return the cover and the form of a login; every third is prefilled."""
    cover = replace(
        COVER,
        login=f"spo{number:06}",
        login_name=NAMES[number % len(NAMES)].format(number),
        form_code=f"{number:06}-2",
        token=TOKEN.replace("240065", f"{number:06}"),
    )
    return cover, build_workbook(FORM, cover, RECEIVED if number % 3 == 0 else None)


@pytest.mark.system("libreoffice")
@pytest.mark.timeout(600)
def test_s10_a_sample_of_personal_forms_opens_in_libreoffice(tmp_path: Path, soak: bool) -> None:
    program = find_program("soffice", "LibreOffice")
    sample = {f"form{number}.xlsx": form_of(number) for number in range(50 if soak else 7)}
    for name, (_, data) in sample.items():
        (tmp_path / name).write_bytes(data)
    out = tmp_path / "out"
    command = [program, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--norestore"]
    subprocess.run(
        [*command, "--convert-to", "xlsx", "--outdir", str(out), *(str(tmp_path / name) for name in sample)],
        check=True,
        capture_output=True,
        timeout=500,
        env=os.environ | {"HOME": str(tmp_path)},
    )
    assert {path.name for path in out.iterdir()} == set(sample)
    for name, (cover, data) in sample.items():
        sent, back = read_workbook(data), read_workbook((out / name).read_bytes())
        said = carriers(back)
        assert (said.tokens, said.code) == ((cover.token, cover.token), cover.form_code)
        assert back.sheets[0].cell(5, 3) == sent.sheets[0].cell(5, 3) == cover.login_name
        assert back.sheets[0].cell(6, 3) == cover.login
        located = locate(FORM, back)
        assert (located.findings, located.repaired) == ((), ())
        assert _values(back.sheets[1].rows) == _values(sent.sheets[1].rows)


def _values(rows: Any) -> dict[int, dict[int, Any]]:
    """The filled rows, without the cells that only have a look."""
    filled = {row: {place: cell for place, cell in cells.items() if cell is not None} for row, cells in rows.items()}
    return {row: cells for row, cells in filled.items() if cells and row >= layout.FIRST_ROW}
