"""The numbers kept beside the database."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.watermark import Watermark


def test_e12_numbers_are_kept_whole_and_nothing_else_is_left(tmp_path: Path) -> None:
    kept = Watermark(tmp_path / "numbers.json")
    assert kept.read() == {}
    kept.write({"receipts": 5, "letters": 9})
    kept.write({"receipts": 6, "letters": 9})
    assert Watermark(tmp_path / "numbers.json").read() == {"receipts": 6, "letters": 9}
    assert [path.name for path in tmp_path.iterdir()] == ["numbers.json"]


@pytest.mark.parametrize("content", [b"", b"\xff", b"[1]", b'{"receipts": "many"}', b"{"])
def test_e12_a_file_that_cannot_be_read_holds_no_numbers(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "numbers.json").write_bytes(content)
    assert Watermark(tmp_path / "numbers.json").read() == {}


@pytest.mark.parametrize("content", [b"", b"[1]", b'{"receipts": 5, "le', b"[" * 100_000])
def test_f6_m48_numbers_that_are_not_whole_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    """Without them an older database is not noticed: that must not pass without a word."""
    (tmp_path / "numbers.json").write_bytes(content)
    assert Watermark(tmp_path / "numbers.json").read() == {}
    assert "alert.numbers_broken" in capsys.readouterr().out


def test_e12_a_folder_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    Watermark(tmp_path / "nowhere" / "numbers.json").write({"receipts": 1})
    assert not (tmp_path / "nowhere").exists()
