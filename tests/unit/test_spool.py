"""Readable copies of letters: where they lie, under which names, and that none is half-written."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.errors import ConfigurationError
from pipeline.outbox import Spool

# 22:30 in UTC is 1:30 of the next day in Moscow.
LETTER = b"From: a@kabinet.test\r\nDate: Tue, 14 Sep 2021 22:30:00 +0000\r\n\r\nDate: Mon, 01 Jan 2001 00:00 +0000\r\n"
NOW = datetime(2021, 9, 15, 21, 30, tzinfo=UTC)
NAME = "000017-publication-spo240065-a1b2c3.eml"


def tree(root: Path) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


def test_a_waiting_letter_lies_under_the_moscow_day_of_its_date(tmp_path: Path) -> None:
    path = Spool(tmp_path).ready(NAME, LETTER)
    assert tree(tmp_path) == [f"ready/2021-09-15/{NAME}"]
    assert path.read_bytes() == LETTER


@pytest.mark.parametrize("state", ["sent", "failed"])
def test_a_settled_letter_moves_to_the_day_it_happened(tmp_path: Path, state: str) -> None:
    spool = Spool(tmp_path)
    spool.ready(NAME, LETTER)
    spool.ready("another.eml", LETTER)
    settle = spool.sent if state == "sent" else spool.failed
    settle(NAME, LETTER, NOW)
    assert tree(tmp_path) == sorted(["ready/2021-09-15/another.eml", f"{state}/2021-09-16/{NAME}"])


def test_a_letter_can_be_settled_without_having_waited_and_settled_again(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.sent(NAME, LETTER, NOW)
    spool.sent(NAME, LETTER, NOW)
    assert tree(tmp_path) == [f"sent/2021-09-16/{NAME}"]


def test_a_copy_that_differs_from_what_was_sent_gives_way_to_it(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.ready(NAME, LETTER + b"as the templates were then\r\n")
    path = spool.sent(NAME, LETTER, NOW)
    assert path.read_bytes() == LETTER
    assert tree(tmp_path) == [f"sent/2021-09-16/{NAME}"]


def test_a_waiting_copy_is_read_by_name_and_date_and_can_be_taken_out(tmp_path: Path) -> None:
    spool, dated = Spool(tmp_path), datetime(2021, 9, 14, 22, 30, tzinfo=UTC)
    assert spool.waiting_copy(NAME, dated) is None
    spool.ready(NAME, LETTER)
    assert spool.waiting_copy(NAME, dated) == LETTER
    assert spool.waiting_copy("another.eml", dated) is None
    spool.discard(NAME, dated)
    spool.discard(NAME, dated)
    assert tree(tmp_path) == []


def test_what_waits_is_known_by_name(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    assert spool.waiting() == frozenset()
    spool.ready(NAME, LETTER)
    spool.ready("another.eml", LETTER)
    spool.sent(NAME, LETTER, NOW)
    assert spool.waiting() == {"another.eml"}


def test_a_day_that_was_tidied_away_is_made_again(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.sent(NAME, LETTER, NOW).unlink()
    (tmp_path / "sent" / "2021-09-16").rmdir()
    (tmp_path / "sent").rmdir()
    assert spool.sent(NAME, LETTER, NOW).exists()


@pytest.mark.parametrize("head", [b"", b"Date: yesterday\r\n", b"Date: Tue, 99 Sep 2021 22:30:00 +0000\r\n"])
def test_a_letter_without_a_readable_date_still_gets_its_copy(tmp_path: Path, head: bytes) -> None:
    Spool(tmp_path).ready(NAME, head + b"\r\nbody")
    assert tree(tmp_path) == [f"ready/undated/{NAME}"]


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "_.._etc_passwd"),
        ("a/b\\c:d*e?.eml", "a_b_c_d_e_.eml"),
        (".hidden.eml", "hidden.eml"),
        ("строка\nдве\u202e.eml", "строка_две_.eml"),
        ("и\u0306.eml", "й.eml"),
        ("...", "_"),
    ],
)
def test_names_are_safe_on_any_file_system(tmp_path: Path, name: str, safe: str) -> None:
    Spool(tmp_path).sent(name, LETTER, NOW)
    assert tree(tmp_path) == [f"sent/2021-09-16/{safe}"]


def test_long_names_are_cut_and_keep_their_ending(tmp_path: Path) -> None:
    path = Spool(tmp_path).ready("ш" * 300 + ".eml", LETTER)
    assert path.name.endswith("ш.eml")
    assert len(path.name.encode()) <= 200


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file, not a folder")
    spool = Spool(tmp_path / "outbox")
    with pytest.raises(ConfigurationError, match="Копии писем"):
        spool.ready(NAME, LETTER)
    with pytest.raises(ConfigurationError, match="Копии писем"):
        spool.sent(NAME, LETTER, NOW)


def test_a_crash_before_the_rename_leaves_no_half_letter_under_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(source: Path, target: Path) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("os.replace", crash)
    with pytest.raises(ConfigurationError):
        Spool(tmp_path).ready(NAME, LETTER)
    assert tree(tmp_path) == []
