"""Other formats and hostile files, through the isolated child: read with a note, or refused soon with a reason."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.catalogue import MESSAGES
from pipeline.files.sniff import sniff
from pipeline.forms.checking import jsonview
from pipeline.forms.making.build import build_workbook
from pipeline.forms.reading import (
    legacy,
    opendocument,
)
from pipeline.forms.reading.foreign import read_any
from pipeline.forms.reading.read import UnreadableWorkbook
from pipeline.forms.workbooks.cells import CellError
from pipeline.isolation import Isolated, Limits
from pipeline.model import Refused
from tests.factories import isolated_tasks
from tests.factories.foreign import HOSTILE_FOREIGN, cell_record, number, ods, ods_cell, ods_row, xls
from tests.factories.isolated_tasks import UNHURRIED, children_seconds
from tests.factories.workbooks import COVER, HOSTILE, sample_form

_ROOT = Path(__file__).parents[3]
_SAMPLE = ("far cell", "giant merge", "zip bomb", "lied size, bomb", "1 MB string 20,000 times", "5 million strings")
_FOREIGN_SAMPLE = (
    "ods, a million filled rows",
    "ods, doctype",
    "ods, 400 thousand elements",
    "xls, 300 thousand cells",
    "xls, 4 billion strings promised",
    "xls, ring of sectors",
)
_MOST_MILLISECONDS = 100
_MOST_MEGABYTES = 100


@pytest.fixture(scope="module")
def isolated() -> Isolated:
    """Without the wall: a busy machine is nobody's fault, what a file costs is processor time."""
    return Isolated(Limits(wall=UNHURRIED, patience=0))


def _good_ods() -> bytes:
    return ods(ods_row(ods_cell("Химия"), ods_cell("3", "float")))


def _good_xls() -> bytes:
    return xls(number(0, 0, 3) + cell_record(0x0205, 1, 0, b"\x2a\x01"))


def test_w28_xls_and_ods_are_read_with_a_note(isolated: Isolated) -> None:
    for data, suffix in ((_good_ods(), "ods"), (_good_xls(), "xls")):
        workbook, notes = read_any(data, isolated)
        assert notes == (f"Файл прочитан из формата .{suffix}; пришлите в следующий раз .xlsx",)
        assert workbook.sheets[0].rows[1]
    workbook, notes = read_any(build_workbook(sample_form(), COVER), isolated)
    assert notes == ()


def test_w28_without_the_isolated_reader_they_are_refused_with_advice() -> None:
    for data, reason in ((_good_ods(), "ods"), (_good_xls(), "old_xls")):
        with pytest.raises(UnreadableWorkbook) as refused:
            read_any(data, None)
        assert refused.value.reason == reason


@pytest.mark.parametrize("name", HOSTILE_FOREIGN)
def test_w28_each_hostile_file_has_its_own_reason(name: str) -> None:
    """The tasks themselves, in this process: the reasons, not the isolation, are asked for."""
    reason, make = HOSTILE_FOREIGN[name]
    data = make()
    task = {"ods": opendocument, "xls": legacy}[sniff(data)]
    result = task.unpack(data)
    assert isinstance(result, Refused)
    assert result.reason == reason
    assert f"workbook.unreadable.{reason}" in MESSAGES


def test_w28_each_hostile_file_is_refused_within_its_processor_time_and_the_next_is_read(
    isolated: Isolated, soak: bool
) -> None:
    for name in HOSTILE_FOREIGN if soak else _FOREIGN_SAMPLE:
        reason, make = HOSTILE_FOREIGN[name]
        data = make()
        before = children_seconds()
        with pytest.raises(UnreadableWorkbook) as refused:
            read_any(data, isolated)
        assert children_seconds() - before < 3, name  # the limit of two, and starting
        assert refused.value.reason == reason, name
        assert refused.value.message.endswith("."), name
    assert read_any(_good_xls(), isolated)[0].sheets[0].rows == {1: {1: 3}, 2: {1: CellError("#N/A")}}


@pytest.mark.parametrize(
    ("task", "reason"), [("loop", "out_of_time"), ("bomb", "out_of_memory"), ("abort", "reader_crashed")]
)
def test_w28_a_reader_that_runs_away_gives_a_letter_and_not_an_incident(task: str, reason: str) -> None:
    tasks = isolated_tasks.TASKS | {"xls": isolated_tasks.TASKS[task]}
    with pytest.raises(UnreadableWorkbook) as refused:
        read_any(_good_xls(), Isolated(tasks=tasks))
    assert refused.value.reason == reason


def test_w28_nonsense_from_the_child_is_a_damaged_file(isolated: Isolated) -> None:
    tasks = isolated_tasks.TASKS | {"xls": isolated_tasks.TASKS["length"]}
    with pytest.raises(UnreadableWorkbook) as refused:
        read_any(_good_xls(), Isolated(tasks=tasks))
    assert refused.value.reason == "damaged"


def test_w28_hostile_files_take_little_time_and_memory(tmp_path: Path, soak: bool) -> None:
    """Each in a process of its own; of three runs the quickest, for other work on the machine is not the file's."""
    for name in HOSTILE if soak else _SAMPLE:
        reason, make = HOSTILE[name]
        file = tmp_path / "hostile"
        file.write_bytes(make())
        command = [sys.executable, "-m", "tests.tools.hostile_figures", str(file)]
        best = 10_000
        for _ in range(3):
            done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=_ROOT)
            found, milliseconds, megabytes = done.stdout.split()
            best = min(best, int(milliseconds))
            assert found == reason, name
            assert int(megabytes) <= _MOST_MEGABYTES, name
            if best <= _MOST_MILLISECONDS:
                break
        assert best <= _MOST_MILLISECONDS, name


def test_w5_form_read_prints_error_cells_of_any_format_as_errors(isolated: Isolated) -> None:
    error = (
        '<table:table-cell table:formula="of:=NA()" office:value-type="string"><text:p>#N/A</text:p></table:table-cell>'
    )
    for data, grid in (
        (_good_xls(), [[3], [{"error": "#N/A"}]]),
        (ods(ods_row(error)), [[{"error": "#N/A"}]]),
    ):
        line = jsonview.workbook_json("файл.xlsx", data, isolated)
        assert (line["outcome"], line["sheets"]) == ("read", {"Лист1": grid})
        json.dumps(line)


def test_form_check_reads_other_formats_too(isolated: Isolated) -> None:
    line = jsonview.check_json(sample_form(), "файл", _good_ods(), isolated)
    assert line["outcome"] == "rejected"
    assert {finding["rule"] for finding in line["findings"]} == {"structure"}
