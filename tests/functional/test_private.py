"""What we write is for our own eyes only, whatever the umask, and what was left open is closed and told (F7)."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline import private, wiring
from pipeline.cli import _run
from pipeline.doctor import examine
from pipeline.settings import load_settings
from tests.functional.exposed import open_to_others
from tests.functional.world import SCHEDULE

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(params=[0o000, 0o022])
def umask(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The caller's, as this process has it now, whatever commands of tests before found at their beginning."""
    monkeypatch.setattr(private, "_callers", [])
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _open(path: Path) -> Path:
    path.chmod(0o755 if path.is_dir() else 0o644)
    return path


def test_f7_what_commands_write_is_private_and_a_blank_form_as_the_umask_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, umask: int
) -> None:
    """In this process, so that it is the writing itself and not what the command line sets at its beginning."""
    monkeypatch.setenv("KABINET_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("KABINET_OUTBOX", str(tmp_path / "deep" / "outbox"))
    asked = tmp_path / "asked"
    blank = tmp_path / "blank.xlsx"
    asked.mkdir(mode=0o700)
    for command in (
        "roster import publications/roster.xlsx",
        f"publish {SCHEDULE} --dry-run --only spo240065",
        f"publish {SCHEDULE} --preview {asked}/made/page --only spo240065",
        f"roster export {asked}/roster.xlsx",
        f"form build {SCHEDULE} --login spo240065 -o {asked}/form.xlsx",
        f"form build {SCHEDULE} -o {blank}",
    ):
        monkeypatch.setattr("sys.argv", ["kabinet", *command.split()])
        assert _run() == 0
    found = {path.name for path in tmp_path.rglob("*")}
    assert found >= {"kabinet.db", "tag.key", "archive", "dry-run", "roster.xlsx", "form.xlsx", "index.html"}
    assert open_to_others(tmp_path / "state", tmp_path / "deep", asked) == []
    assert _mode(blank) == 0o666 & ~umask
    _open(asked / "roster.xlsx")  # somebody lets colleagues read it
    monkeypatch.setattr("sys.argv", ["kabinet", "roster", "export", str(asked / "roster.xlsx")])
    assert _run() == 0
    assert _mode(asked / "roster.xlsx") == 0o644


_WRITES = """
import pathlib, sys
from pipeline import private
private.begin()
private.begin()
pathlib.Path("other.txt").write_text("by a library")
private.write_named(pathlib.Path("blank.txt"), b"", private=False)
private.write_named(pathlib.Path("data.txt"), b"", private=True)
"""


def test_f7_the_umask_is_ours_from_the_beginning_but_for_what_the_caller_is_to_have(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-c", _WRITES],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        umask=0o027,
        check=True,
        timeout=60,
    )
    modes = {path.name: _mode(path) for path in tmp_path.iterdir()}
    assert modes == {"other.txt": 0o600, "blank.txt": 0o640, "data.txt": 0o600}


def test_f7_what_an_earlier_version_left_open_is_closed_at_the_next_start_and_told_by_the_doctor(
    tmp_path: Path,
) -> None:
    settings = load_settings(state=tmp_path / "state", outbox=tmp_path / "outbox")
    with wiring.context(settings) as context:
        context.spool.ready("a.eml", b"Date: Tue, 14 Sep 2021 22:30:00 +0000\r\n\r\n")
        context.archive.put(b"bytes")
    for folder in (settings.state, settings.outbox):
        for path in (folder, *folder.rglob("*")):
            _open(path)
    deep = next((settings.state / "archive").glob("*/*"))
    said: list[str] = []
    assert examine(settings, said.append, letter=False, wait=1)
    assert [line for line in said if "могли читать" in line and str(settings.state) in line]
    assert _mode(settings.state) == _mode(settings.outbox) == _mode(settings.outbox / "ready") == 0o700
    assert _mode(settings.state / "kabinet.db") == _mode(settings.state / "tag.key") == 0o600
    assert _mode(deep) == 0o644  # a million files are not walked through: nobody comes past the folder
    said.clear()
    assert examine(settings, said.append, letter=False, wait=1)
    assert [line for line in said if "закрыты от других" in line]


def test_f7_the_doctor_names_what_stays_open_and_is_not_ours_to_close(tmp_path: Path) -> None:
    """A folder for everybody (/tmp) is not closed for the others; a key that a person put somewhere is named too."""
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    token = tmp_path / "token"
    token.write_text("refresh")
    _open(token)
    settings = load_settings(state=shared, outbox=tmp_path / "outbox", oauth_file=token)
    said: list[str] = []
    assert not examine(settings, said.append, letter=False, wait=1)
    (line,) = [line for line in said if "chmod go=" in line]
    assert str(shared) in line
    assert str(token) in line
    assert _mode(shared) == 0o1777
    assert _mode(shared / "kabinet.db") == _mode(shared / "tag.key") == 0o600
    assert private.opened([tmp_path / "outbox"]) == []
