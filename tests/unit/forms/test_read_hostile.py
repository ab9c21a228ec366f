"""Files that must be refused: each with its own reason, soon, and never with another exception."""

from __future__ import annotations

import io
import random
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from pipeline.catalogue import MESSAGES
from pipeline.files.sniff import sniff
from pipeline.forms.making.build import build_workbook
from pipeline.forms.reading.read import (
    UnreadableWorkbook,
    read_workbook,
)
from tests.factories.workbooks import COVER, HOSTILE, XmlBook, XmlSheet, sample_form

_ROOT = Path(__file__).parents[3]
_MOST_SECONDS = 0.4
"""Processor time; measured 0.1 at most, the rest is for machines slower than ours."""


@pytest.mark.parametrize("name", HOSTILE)
def test_w28_each_hostile_file_is_refused_with_its_own_reason(name: str) -> None:
    reason, make = HOSTILE[name]
    data = make()
    start = time.process_time()
    with pytest.raises(UnreadableWorkbook) as refused:
        read_workbook(data)
    spent = time.process_time() - start
    assert refused.value.reason == reason
    assert refused.value.message == str(refused.value)
    assert refused.value.message.endswith(".")
    assert spent < _MOST_SECONDS


def test_hostile_files_take_little_memory(tmp_path: Path) -> None:
    """All of them, one after another in one process, within 100 MB above what it starts with."""
    for number, (_, make) in enumerate(HOSTILE.values()):
        (tmp_path / f"{number:03}.bin").write_bytes(make())
    script = """
import sys
from pathlib import Path
from pipeline.forms.reading.read import UnreadableWorkbook, read_workbook
from tests.tools.hostile_figures import peak
Path("/proc/self/clear_refs").write_text("5")
before = peak()
for path in sorted(Path(sys.argv[1]).iterdir()):
    try:
        read_workbook(path.read_bytes())
    except UnreadableWorkbook:
        pass
print((peak() - before) // 1024)
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True, cwd=_ROOT
    )
    assert int(done.stdout) < 100


def test_every_reason_has_a_sentence_that_says_what_to_do() -> None:
    sentences = {code: words for code, words in MESSAGES.items() if code.startswith("workbook.unreadable.")}
    assert {reason for reason, _ in HOSTILE.values()} <= {code.rpartition(".")[2] for code in sentences}
    remedies = ("пришлите", "приложите", "сохраните")
    assert all(any(remedy in words.lower() for remedy in remedies) for words in sentences.values())


def test_a_form_cut_off_anywhere_is_unreadable_and_nothing_else() -> None:
    data = build_workbook(sample_form(), COVER)
    for end in range(0, len(data) - 1, 97):
        with pytest.raises(UnreadableWorkbook):
            read_workbook(data[:end])


def test_damaged_bytes_give_the_workbook_or_one_error() -> None:
    """5,000 random damages from a fixed seed: only UnreadableWorkbook may come out."""
    chance = random.Random(20210907)
    whole = build_workbook(sample_form(), COVER)
    flat = _stored(whole)
    outcomes = set()
    for number in range(5_000):
        data = bytearray(flat if number % 2 else whole)
        for _ in range(chance.choice((1, 1, 3, 20))):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            read_workbook(bytes(data))
            outcomes.add("read")
        except UnreadableWorkbook as error:
            outcomes.add(error.reason)
    assert "damaged" in outcomes


def test_damaged_xml_gives_the_workbook_or_one_error() -> None:
    """The same within the parts, where the checksum does not stop it."""
    chance = random.Random(446)
    rows = '<row r="1"><c r="A1" s="0" t="s"><v>0</v></c><c r="B1" s="0"><v>44454</v></c><c r="C1"><f>1</f></c></row>'
    book = XmlBook([XmlSheet(rows=rows)], strings=["<si><t>а</t></si>"], formats=[(164, "dd.mm.yyyy")], keywords="х")
    members = book.members()
    reasons = set()
    for _ in range(3_000):
        name = chance.choice(list(members))
        content = bytearray(members[name])
        for _ in range(chance.choice((1, 2, 8))):
            at = chance.randrange(len(content))
            content[at : at + chance.randrange(3)] = chance.choice(
                (b"", b"<", b'"', b"0", b"\xff", b"99999999", b"&#0;")
            )
        try:
            read_workbook(XmlBook(book.sheets, book.strings, book.formats, parts={name: bytes(content)}).data())
        except UnreadableWorkbook as error:
            reasons.add(error.reason)
    assert {"damaged"} <= reasons <= {"damaged", "unsafe", "far_cell", "archive"}


@pytest.mark.parametrize(
    "data", [b"PK", b"PK\x03\x04", b"PK\x05\x06", b"PK\x05\x06" + bytes(18), b"\xff\xfe", b"<", b";"]
)
def test_a_few_bytes_are_no_workbook(data: bytes) -> None:
    assert isinstance(sniff(data), str)
    with pytest.raises(UnreadableWorkbook):
        read_workbook(data)


def test_the_name_of_a_file_is_not_needed_to_know_it() -> None:
    assert sniff(build_workbook(sample_form(), COVER)) == "xlsx"
    assert sniff(XmlBook([XmlSheet()], parts={"xl/vbaProject.bin": b"x"}).data()) == "xlsm"


def _stored(data: bytes) -> bytes:
    """The same archive without compression, so that damage reaches the XML and the directory alike."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as target:
        for name in source.namelist():
            target.writestr(name, source.read(name))
    return out.getvalue()
