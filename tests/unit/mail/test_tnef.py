"""Outlook's winmail.dat through the isolated child: its files come out by name, a hostile one is given up."""

from __future__ import annotations

import struct

import pytest

from pipeline.isolation import Isolated, Limits, Refused
from pipeline.mail.message import tnef
from tests.factories.isolated_tasks import UNHURRIED, children_seconds

_LEVEL_ATTACHMENT = 2
_CODEPAGE, _RENDER, _TITLE, _DATA, _PROPERTIES = 0x9007, 0x9002, 0x8010, 0x800F, 0x9003


def attribute(level: int, name: int, kind: int, data: bytes) -> bytes:
    """Return an attribute of the stream ([MS-OXTNEF] 2.1.3.1)."""
    return struct.pack("<BHHL", level, name, kind, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def winmail(*files: tuple[bytes, bytes], extra: bytes = b"") -> bytes:
    """Return a stream of the codepage 1251 with those attachments."""
    body = attribute(1, _CODEPAGE, 6, struct.pack("<2L", 1251, 0)) + extra
    for name, data in files:
        body += attribute(_LEVEL_ATTACHMENT, _RENDER, 6, bytes(14))
        body += attribute(_LEVEL_ATTACHMENT, _TITLE, 1, name + b"\0")
        body += attribute(_LEVEL_ATTACHMENT, _DATA, 6, data)
    return struct.pack("<LH", 0x223E9F78, 1) + body


@pytest.fixture(scope="module")
def isolated() -> Isolated:
    """Without the wall: what stops a stream here is its memory or its processor time, on however busy a machine."""
    return Isolated(Limits(wall=UNHURRIED, patience=0))


def test_m23_winmail_dat_gives_its_files_by_name(isolated: Isolated) -> None:
    files = [("Расписание.xlsx".encode("cp1251"), bytes(range(256)) * 40), (b"plan.pdf", b"%PDF-1.7")]
    assert isolated.run("tnef", winmail(*files)) == [["Расписание.xlsx", files[0][1]], ["plan.pdf", b"%PDF-1.7"]]


def test_winmail_dat_without_files_is_empty(isolated: Isolated) -> None:
    assert isolated.run("tnef", winmail()) == []


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"no such thing", "damaged"),
        (winmail(extra=attribute(1, 0x9004, 6, struct.pack("<L", 9)) + bytes(40)), "damaged"),
        (winmail(*[(b"a.txt", b"x")] * 51), "too_many_parts"),
        (winmail(*[(b"a.bin", bytes(9_000_000))] * 3), "too_large"),
    ],
    ids=["not one", "damaged", "51 files", "27 MB"],
)
def test_what_is_not_right_has_its_reason(data: bytes, reason: str) -> None:
    result = tnef.unpack(data)
    assert isinstance(result, Refused)
    assert result.reason == reason


@pytest.mark.parametrize(
    ("properties", "reasons"),
    [
        (struct.pack("<L", 0xFFFFFFFF), {"out_of_time"}),
        (struct.pack("<L2HL", 1, 0x1002, 0x6000, 0xFFFFFFFF), {"out_of_memory", "out_of_time"}),
    ],
    ids=["four billion properties", "four billion values of one"],
)
def test_m23_a_stream_that_runs_away_is_stopped_and_the_next_is_unpacked(
    isolated: Isolated, properties: bytes, reasons: set[str]
) -> None:
    """A few bytes promise four billion of something, and the library counts them all."""
    data = winmail(extra=attribute(1, _PROPERTIES, 6, properties) + bytes(40))
    before = children_seconds()
    result = isolated.run("tnef", data)
    assert children_seconds() - before < 3  # the limit of two, and starting
    assert isinstance(result, Refused)
    assert result.reason in reasons
    assert isolated.run("tnef", winmail((b"a.txt", b"text"))) == [["a.txt", b"text"]]
