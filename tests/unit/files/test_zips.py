"""One reader of zip archives: the whole archive strictly, or one member at a time."""

from __future__ import annotations

import io
import struct
import zipfile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.files.zips import BadZip, Limits, beginning_of, content_of, entries_of, names_by_headers, open_package

CONTENT = b"<workbook/>" * 400


def packed(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


ARCHIVE = packed({"xl/Workbook.xml": CONTENT, "folder/": b"", "a.txt": b"text"})


def reason(call: Any, *args: Any) -> str:
    with pytest.raises(BadZip) as caught:
        call(*args)
    return caught.value.reason


@given(st.dictionaries(st.text("abcЯ._", min_size=1, max_size=8), st.binary(max_size=200), max_size=5), st.booleans())
def test_what_zipfile_writes_is_read_back(members: dict[str, bytes], deflated: bool) -> None:
    data = packed(members, zipfile.ZIP_DEFLATED if deflated else zipfile.ZIP_STORED)
    assert {entry.name: content_of(data, entry, 1_000) for entry in entries_of(data)} == members


def test_names_are_compared_without_case_and_folders_are_no_members() -> None:
    package = open_package(ARCHIVE)
    assert package.names == ("xl/workbook.xml", "a.txt")
    assert "XL/WORKBOOK.XML" in package
    assert package.read("xl/workbook.XML") == CONTENT
    with pytest.raises(KeyError):
        package.read("b.txt")


def test_bytes_before_an_archive_shift_it() -> None:
    assert open_package(b"#!/bin/sh\n" + ARCHIVE).read("a.txt") == b"text"


def test_a_members_beginning_costs_no_more_than_it() -> None:
    bomb = packed({"bomb.xlsx": b"PK\x03\x04" + bytes(20_000_000)})
    (entry,) = entries_of(bomb)
    assert beginning_of(bomb, entry, 8) == b"PK\x03\x04\0\0\0\0"
    assert reason(content_of, bomb, entry, 1_000_000) == "too_large"


def test_one_byte_more_than_promised_is_enough() -> None:
    lie = packed({"bomb.xlsx": bytes(1_000_000)}).replace(struct.pack("<I", 1_000_000), struct.pack("<I", 99))
    (entry,) = entries_of(lie)
    assert reason(content_of, lie, entry, 1_000) == "damaged"
    assert reason(open_package(lie).read, "bomb.xlsx") == "damaged"


@pytest.mark.parametrize(
    ("data", "limits", "why"),
    [
        (b"", Limits(), "damaged"),
        (b"PK\x03\x04", Limits(), "damaged"),
        (ARCHIVE[:-30], Limits(), "damaged"),
        (ARCHIVE, Limits(entries=2), "too_many_parts"),
        (ARCHIVE, Limits(directory=50), "too_many_parts"),
        (ARCHIVE, Limits(member=len(CONTENT) - 1), "too_large"),
        (ARCHIVE, Limits(total=len(CONTENT) + 3), "too_large"),
        (packed({"a": b"1", "b": b"2"}).replace(b"b", b"A"), Limits(), "unsafe"),
        (packed({"a": CONTENT}, zipfile.ZIP_BZIP2), Limits(), "unsafe"),
    ],
)
def test_what_is_wrong_with_an_archive_has_a_reason(data: bytes, limits: Limits, why: str) -> None:
    assert reason(open_package, data, limits) == why


def test_one_bad_member_does_not_hide_the_others() -> None:
    """The strict reader refuses the whole archive; whoever looks for a workbook in it passes over the member."""
    data = bytearray(packed({"secret.xlsx": b"1", "plain.xlsx": CONTENT}))
    entry = data.rindex(b"PK\x01\x02", 0, data.rindex(b"PK\x01\x02"))
    data[entry + 8] |= 1
    assert reason(open_package, bytes(data)) == "encrypted"
    secret, plain = entries_of(bytes(data))
    assert (secret.is_encrypted, plain.is_encrypted) == (True, False)
    assert reason(content_of, bytes(data), secret, 10_000) == "encrypted"
    assert content_of(bytes(data), plain, 10_000) == CONTENT


def test_a_name_in_the_code_page_of_somebodys_machine_is_kept_as_bytes() -> None:
    raw = "Отчёт.xlsx".encode("cp866")
    data = packed({"x" * len(raw): b"1"}).replace(b"x" * len(raw), raw)
    (entry,) = entries_of(data)
    assert (entry.raw_name, entry.says_utf8) == (raw, False)
    (named,) = entries_of(packed({"Отчёт.xlsx": b"1"}))
    assert (named.name, named.says_utf8) == ("Отчёт.xlsx", True)


def test_the_members_own_headers_name_them_when_the_directory_is_lost() -> None:
    lost = ARCHIVE[: ARCHIVE.index(b"PK\x01\x02")]
    assert names_by_headers(lost) == ["xl/Workbook.xml", "folder/", "a.txt"]
    assert names_by_headers(lost[:40]) == ["xl/Workbook"[: 40 - 30]]


@given(st.binary(max_size=100), st.lists(st.tuples(st.integers(0, len(ARCHIVE) - 1), st.integers(0, 255)), max_size=4))
def test_damage_is_a_reason_and_never_another_exception(tail: bytes, flips: list[tuple[int, int]]) -> None:
    data = bytearray(ARCHIVE)
    for at, value in flips:
        data[at] = value
    reasons: set[str] = set()
    for probe in (bytes(data), bytes(data) + tail, tail + bytes(data)):
        for call in (_read_strictly, _read_singly):
            try:
                call(probe)
            except BadZip as bad:
                reasons.add(bad.reason)
    assert reasons <= {"damaged", "encrypted", "unsafe", "too_large", "too_many_parts"}


def _read_strictly(data: bytes) -> None:
    package = open_package(data)
    for name in package.names:
        package.read(name)


def _read_singly(data: bytes) -> None:
    for entry in entries_of(data):
        beginning_of(data, entry, 8)
        content_of(data, entry, 10_000)
