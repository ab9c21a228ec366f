"""Awkward workbooks and what ``kabinet form check`` and ``form read`` say of them, word for word."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline import wiring
from pipeline.cli import main
from tests.golden.workbooks import FOLDER, MOST_BYTES, expected_path, verdict
from tests.golden.workbooks.__main__ import main as generator
from tests.golden.workbooks.makers import AWKWARD

WELL = ("accepted", "accepted_with_warnings", "read")
FORMS = sorted({awkward.form for awkward in AWKWARD.values()})


def golden(name: str) -> dict[str, Any]:
    kept: dict[str, Any] = json.loads(expected_path(name).read_text(encoding="utf-8"))
    return kept


def kabinet(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str
) -> dict[str, dict[str, Any]]:
    """Return the lines that the command line prints, by the name of the file; the exit code says if all are well."""
    monkeypatch.setattr("sys.argv", ["kabinet", *words, "--json"])
    with pytest.raises(SystemExit) as ended:
        main()
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert ended.value.code == int(any(line["outcome"] not in WELL for line in lines))
    return {Path(line["file"]).name: line | {"file": Path(line["file"]).name} for line in lines}


@pytest.mark.parametrize("form", FORMS)
def test_the_command_line_says_of_each_golden_workbook_what_is_kept_beside_it(
    form: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    names = [name for name, awkward in AWKWARD.items() if awkward.form == form]
    paths = [str(FOLDER / name) for name in names]
    checked = kabinet(monkeypatch, capsys, "form", "check", form, *paths)
    read = kabinet(monkeypatch, capsys, "form", "read", *paths)
    for name in names:
        kept = golden(name)
        assert (kept["what"], kept["form"]) == (AWKWARD[name].what, form)
        assert checked[name] == kept["check"]
        assert read[name] == kept["read"]


@pytest.mark.parametrize("name", [name for name, awkward in AWKWARD.items() if awkward.remade])
def test_a_workbook_made_again_gets_the_verdict_of_its_golden_file(name: str) -> None:
    assert verdict(AWKWARD[name], AWKWARD[name].make(), None) == golden(name)


def test_every_file_has_a_maker_and_is_small() -> None:
    files = {path.name for path in FOLDER.iterdir() if path.suffix not in (".py", ".json", "")}
    assert files == set(AWKWARD)
    assert {path.name for path in FOLDER.glob("*.json")} == {expected_path(name).name for name in files}
    assert max((FOLDER / name).stat().st_size for name in files) <= MOST_BYTES


def test_the_generator_leaves_what_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiring, "isolated", lambda: None)
    before = {path: path.read_bytes() for path in FOLDER.iterdir() if path.is_file()}
    assert generator([]) == 0
    assert {path: path.read_bytes() for path in FOLDER.iterdir() if path.is_file()} == before
