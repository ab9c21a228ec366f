"""The file storage: what is listed, what may be given, and archives that open everywhere."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.cabinet import storage
from pipeline.model import FileStorage, Issued, IssueHow, Publication, Role, StoredFile

NOW = datetime(2021, 8, 30, 17, 41, tzinfo=UTC)
LATER = NOW + timedelta(days=15)


def file(number: int, title: str = "Файл", **parts: Any) -> StoredFile:
    values: dict[str, Any] = {
        "name": f"{title} {number}.pdf",
        "sha256": f"{number:064x}",
        "size": 1000,
        "available_from": NOW,
    }
    return StoredFile(number, title, **values | parts)


def publication(*storages: FileStorage) -> Publication:
    return Publication("p", "ВПР СПО", "Расписание", "Текст", NOW, storages=storages)


def issue(number: int, how: IssueHow = IssueHow.REQUESTED, taken: datetime | None = NOW, **parts: Any) -> Issued:
    values: dict[str, Any] = {"asked_at": NOW, "taken_at": taken} | parts
    return Issued(number, "p", number, f"{number:064x}", "spo240065", how, **values)


TWO = publication(
    FileStorage("Планы", (file(1, "План-график"), file(2, "План занятий"))),
    FileStorage("Ключи", (file(3, "Ключи", organisations_only=True), file(4, "Ключи", available_from=LATER))),
)


def listed(page: storage.Page) -> list[int]:
    return [entry.number for part in page.storages for entry in part.files]


def test_s6_a_long_list_comes_in_pages_that_keep_storages_apart() -> None:
    page = storage.listing(TWO, Role.ORGANISATION, (), NOW, page=2, size=3)
    assert (listed(page), page.page, page.pages, page.total) == ([4], 2, 2, 4)
    first = storage.listing(TWO, Role.ORGANISATION, (), NOW, size=3)
    assert [(part.title, len(part.files)) for part in first.storages] == [("Планы", 2), ("Ключи", 1)]
    assert storage.listing(TWO, Role.ORGANISATION, (), NOW, page=99, size=3).page == 2


def test_s6_search_finds_word_forms() -> None:
    assert listed(storage.listing(TWO, Role.ORGANISATION, (), NOW, query="планы")) == [1, 2]
    assert listed(storage.listing(TWO, Role.ORGANISATION, (), NOW, query="ключ")) == [3, 4]
    assert listed(storage.listing(TWO, Role.ORGANISATION, (), NOW, query="география")) == []


@pytest.mark.parametrize(
    ("issued", "taken", "sent", "waiting"),
    [
        ([], None, None, False),
        ([issue(1)], NOW, None, False),
        ([issue(1, IssueHow.ATTACHED)], None, NOW, False),
        ([issue(1, IssueHow.ATTACHED), issue(1, taken=LATER)], LATER, NOW, False),
        ([issue(1, taken=None, waiting=True)], None, None, True),
        ([issue(1), issue(1, taken=None, returned=True)], NOW, None, False),
        ([issue(2)], None, None, False),
    ],
)
def test_s6_sent_and_downloaded_are_told_apart(
    issued: list[Issued], taken: datetime | None, sent: datetime | None, waiting: bool
) -> None:
    shown = storage.listing(TWO, Role.ORGANISATION, issued, NOW).storages[0].files[0]
    assert shown.taken_at == taken
    assert shown.sent_at == sent
    assert shown.waiting is waiting


def test_s6_other_bytes_under_the_same_number_were_never_downloaded() -> None:
    mended = publication(FileStorage("Планы", (file(1, "План", sha256="f" * 64),)))
    assert storage.listing(mended, Role.ORGANISATION, [issue(1)], NOW).storages[0].files[0].taken_at is None


def test_s7_what_is_for_organisations_only_is_listed_for_a_coordinator_and_not_given() -> None:
    assert listed(storage.listing(TWO, Role.COORDINATOR, (), NOW)) == [1, 2, 3, 4]
    given, refused = storage.sort_out(storage.files_of(TWO), Role.COORDINATOR, LATER, 10_000)
    assert [one.number for one in given] == [1, 2, 4]
    assert [(one.file.number, one.reason) for one in refused] == [(3, "locked")]


def test_s6_not_before_its_time_and_not_larger_than_a_letter() -> None:
    given, refused = storage.sort_out([*storage.files_of(TWO), file(5, size=10_001)], Role.ORGANISATION, NOW, 10_000)
    assert [one.number for one in given] == [1, 2, 3]
    assert [(one.file.number, one.reason) for one in refused] == [(4, "early"), (5, "too_large")]


def test_parts_hold_every_file_once_and_are_as_large_as_said() -> None:
    files = [file(number, "Приказ о проведении", size=100 * number) for number in range(1, 121)]
    store = FileStorage("Приказы", tuple(files))
    names = storage.member_names([store], files)
    parts = storage.parts(files, names, 60_000)
    assert [one.number for part in parts for one in part.files] == list(range(1, 121))
    for part in parts:
        content = storage.archive([(names[one.number], bytes(one.size)) for one in part.files], NOW)
        assert len(content) == part.size <= 60_000
    assert len(parts) < 20


def test_a_letter_with_full_room_stays_under_its_size() -> None:
    import base64

    room = storage.room_for_files(14 * 1024 * 1024)
    assert len(base64.encodebytes(bytes(room)).replace(b"\n", b"\r\n")) + 300_000 <= 14 * 1024 * 1024
    assert room > 9_900_000


def test_an_archive_is_the_same_bytes_always_and_says_that_its_names_are_utf8() -> None:
    members = [("Планы/План-график ёлок №1.pdf", b"1"), ("readme.txt", b"2")]
    content = storage.archive(members, NOW)
    assert content == storage.archive(members, NOW)
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        assert opened.testzip() is None
        assert opened.namelist() == [name for name, _ in members]
        assert opened.infolist()[0].flag_bits & 0x800
        assert opened.infolist()[0].date_time == (2021, 8, 30, 20, 41, 0)


@pytest.mark.skipif(shutil.which("unzip") is None, reason="unzip is not installed")
@pytest.mark.parametrize("program", [["unzip", "-Z1"], ["unzip", "-t"]])
def test_an_archiver_shows_cyrillic_names(program: list[str], tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(storage.archive([("Планы/План-график ёлок.pdf", b"1")], NOW))
    done = subprocess.run(
        [*program, str(path)],
        capture_output=True,
        check=True,
        timeout=30,
        env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin"},
    )
    assert "План-график ёлок.pdf" in done.stdout.decode()


def test_names_in_an_archive_are_such_as_windows_can_write() -> None:
    one = (file(1, name="aux.pdf"), file(2, name="Приказ. "), file(3, name="План.pdf"), file(4, name="план.PDF"))
    alone = storage.member_names([FileStorage("А", one)], list(one))
    assert alone == {1: "_aux.pdf", 2: "Приказ", 3: "План.pdf", 4: "4. план.PDF"}
    other = (file(5, name="План.pdf"),)
    both = storage.member_names([FileStorage("А/Б", one), FileStorage("а:б", other)], [*one, *other])
    assert both[3] == "1. А_Б/План.pdf"
    assert both[5] == "2. а_б/План.pdf"
    only_used = storage.member_names([FileStorage("А", one), FileStorage("Б", other)], list(other))
    assert only_used == {5: "План.pdf"}


def test_numbers_are_written_as_a_command_takes_them() -> None:
    assert storage.spans([81, 82, 83, 9, 9]) == "9, 81-83"
    assert storage.spans([]) == ""


def test_a_file_larger_than_the_rest_makes_a_part_of_its_own() -> None:
    files = [file(1, size=10), file(2, size=900), file(3, size=10)]
    names = storage.member_names([FileStorage("А", tuple(files))], files)
    assert [[one.number for one in part.files] for part in storage.parts(files, names, 1000)] == [[1], [2], [3]]
    assert storage.parts([], {}, 1000) == []
    assert replace(files[0], attach=True).attach
