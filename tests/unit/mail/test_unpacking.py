"""What is inside wrappers: S/MIME, winmail.dat, archives; and that however it is packed it stays bounded (M23)."""

from __future__ import annotations

import io
import time
import zipfile

import pytest

from pipeline.mail.kinds.classify import classify
from pipeline.mail.kinds.instead import instead_of_workbook
from pipeline.mail.message.parse import parse
from pipeline.mail.message.smime import (
    is_closed,
    signed_content,
)
from pipeline.mail.message.unpacking import (
    LARGEST_TOTAL,
    Allowance,
    Files,
    workbooks_in_zip,
)
from pipeline.model import Refused
from tests.factories.corpus import CORPUS
from tests.factories.corpus.smime import der, endless, opaque_signed, signed_data
from tests.factories.messages import SCHOOL, File, archive, docx, gmail, outlook, workbook_file, xlsx

OWN = frozenset({"exchange@kabinet.test"})
TNEF = b"\x78\x9f\x3e\x22" + bytes(90)
WINMAIL = CORPUS["files/winmail"].data


def _winmail(text: str) -> bytes:
    return outlook(text, [File('Content-Type: application/ms-tnef; name="winmail.dat"', TNEF)])


ENVELOPED = der(0x30, bytes.fromhex("06092a864886f70d010703"), der(0xA0, der(0x30)))


def test_m23_a_letter_inside_an_opaque_signature_is_read_as_if_unsigned() -> None:
    plain = outlook(files=[workbook_file("Отчёт.xlsx")])
    for ber in (False, True):
        found = parse(opaque_signed(plain, ber=ber))
        assert found.own_lines == parse(plain).own_lines
        assert [(item.name, item.data, item.depth) for item in found.attachments] == [("Отчёт.xlsx", xlsx(), 0)]
        assert (found.signed, found.encrypted) == (True, False)


def test_m23_the_closed_and_the_detached_are_told_apart() -> None:
    assert is_closed(ENVELOPED)
    assert signed_content(ENVELOPED) is None
    detached = signed_data(b"x").replace(der(0xA0, der(0x04, b"x")), b"")
    assert signed_content(detached) != b"x"
    assert not is_closed(signed_data(b"x"))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x30",
        b"\x30\x80" * 10_000,
        signed_data(b"x" * 500)[:40],
        b"\x30\x84\xff\xff\xff\xff" + bytes(10),
        endless(0x30, bytes.fromhex("06092a864886f70d010702"), endless(0xA0, endless(0x30, b"\x24\x80" * 5000))),
        signed_data(b"x", ber=True).replace(b"\x24\x80", b"\x24\x80" * 30),
    ],
)
def test_broken_or_hostile_signatures_are_no_content(data: bytes) -> None:
    assert signed_content(data) in (None, b"")
    assert not is_closed(data)


def test_m23_a_signature_cut_on_its_way_gives_what_is_there() -> None:
    assert signed_content(signed_data(b"x" * 5000)[:3000]) == b"x" * len(
        signed_content(signed_data(b"x" * 5000)[:3000]) or b""
    )
    assert signed_content(signed_data(b"x" * 5000)[:3000])


def test_m23_signatures_within_signatures_end() -> None:
    data = outlook(files=[workbook_file()])
    for _ in range(30):
        data = opaque_signed(data)
    assert parse(data).defects == ()


def test_m23_winmail_dat_is_unpacked_through_what_is_handed_in() -> None:
    message = parse(WINMAIL, lambda _: [["Отчёт.xlsx", xlsx()], ["note.txt", b"x"]])
    assert [(item.name, item.form, item.depth) for item in message.attachments] == [
        ("winmail.dat", "tnef", 0),
        ("Отчёт.xlsx", "xlsx", 1),
        ("note.txt", "", 1),
    ]
    found = classify(message, OWN)
    assert (found.kind, [book.name for book in found.workbooks]) == ("return", ["Отчёт.xlsx"])


def test_m23_winmail_dat_with_nothing_in_it_stands_in_nobodys_way() -> None:
    found = classify(parse(_winmail("Добрый день! Подскажите срок, пожалуйста."), lambda _: []), OWN)
    assert (found.kind, found.obstacles) == ("question", ())


def test_e13_m23_winmail_dat_without_what_the_words_enclose_is_an_obstacle() -> None:
    """E13: «Форма во вложении» over a winmail.dat with no file in it meant to hand in."""
    found = classify(parse(WINMAIL, lambda _: []), OWN)
    assert (found.kind, found.obstacles) == ("question", ("tnef",))
    assert classify(parse(_winmail("Форма во вложении. Верно?"), lambda _: []), OWN).obstacles == ()


@pytest.mark.parametrize(
    ("inside", "cause"),
    [
        ([], "winmail"),
        ([("Расписание.pdf", b"%PDF-1.7")], "pdf"),
        ([("скан.jpg", b"\xff\xd8\xff\xe0")], "scan"),
        ([("скан.jpg", b"\xff\xd8\xff\xe0"), ("a.pdf", b"%PDF-1.7")], "scan"),
        ([("форма.docx", docx())], "word"),
        ([("a.bin", b"?")], "other"),
    ],
)
def test_e13_m23_what_came_in_winmail_dat_instead_of_a_form_is_named(
    inside: list[tuple[str, bytes]], cause: str
) -> None:
    message = parse(WINMAIL, lambda _: inside)
    assert instead_of_workbook(message, classify(message, OWN)) == cause


def _dies(data: bytes) -> object:
    raise MemoryError


@pytest.mark.parametrize("unpack", [_dies, lambda _: Refused("damaged"), lambda _: [["only a name"]], lambda _: 5])
def test_m23_winmail_dat_that_cannot_be_unpacked_stays_an_obstacle(unpack: object) -> None:
    assert callable(unpack)
    message = parse(WINMAIL, unpack)
    assert message.defects == ("tnef_unreadable",)
    assert classify(message, OWN).obstacles == ("tnef",)


def test_m23_a_zip_inside_winmail_dat_is_looked_into() -> None:
    message = parse(WINMAIL, lambda _: [["a.zip", archive({b"form.xlsx": xlsx()})]])
    assert [item.name for item in message.workbooks] == ["form.xlsx"]


def test_m23_only_a_few_winmail_dat_of_one_message_are_unpacked_and_not_too_much() -> None:
    calls: list[bytes] = []

    def unpack(data: bytes) -> list[tuple[str, bytes]]:
        calls.append(data)
        return [("big.xlsx", b"PK\x03\x04" + bytes(11_000_000))] * 30

    file = File('Content-Type: application/ms-tnef; name="winmail.dat"', TNEF)
    message = parse(gmail("x", files=[file] * 20), unpack)
    assert len(calls) == 3
    assert sum(len(item.data) for item in message.attachments if item.depth) <= LARGEST_TOTAL


def test_m23_many_bombs_in_one_message_share_one_allowance() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for number in range(3):
            out.writestr(f"{number}.xlsx", b"PK\x03\x04" + bytes(11_000_000))
    file = File("Content-Type: application/zip; name=a.zip", target.getvalue())
    started = time.process_time()
    message = parse(gmail("x", files=[file] * 150))
    assert time.process_time() - started < 2
    assert sum(len(item.data) for item in message.attachments if item.depth) <= LARGEST_TOTAL


def test_m23_a_workbook_in_an_archive_inside_an_archive_is_found_and_no_deeper() -> None:
    def zipped(files: dict[str, bytes]) -> bytes:
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as out:
            for name, data in files.items():
                out.writestr(name, data)
        return target.getvalue()

    twice = zipped({"form.zip": zipped({"Форма.xlsx": xlsx()}), "notes.xlsx": xlsx()})
    deepest = zipped({"outer.zip": twice})

    def names(data: bytes) -> list[tuple[str, str, int]]:
        message = parse(gmail("x", files=[File("Content-Type: application/zip; name=a.zip", data)]))
        return [(item.name, item.path, item.depth) for item in message.attachments[1:]]

    first = parse(gmail("x", files=[File("Content-Type: application/zip; name=a.zip", twice)])).attachments[0].path
    assert [(name, depth) for name, _, depth in names(twice)] == [("Форма.xlsx", 2), ("notes.xlsx", 1)]
    assert len({path for _, path, _ in names(twice)} | {first}) == 3
    assert [name for name, _, _ in names(deepest)] == ["notes.xlsx"]


def test_the_allowance_is_drawn_on_by_what_really_comes_out() -> None:
    files, left = Files(), Allowance()
    files.add(
        parse(
            gmail("x", files=[File("Content-Type: application/zip; name=a.zip", archive({b"a.xlsx": xlsx()}))])
        ).attachments[0]
    )
    assert len(workbooks_in_zip(files.found[0], left)) == 1
    assert left.size == LARGEST_TOTAL - len(xlsx())


def test_more_attachments_than_a_message_may_have_are_a_defect() -> None:
    files = [File(f"Content-Type: application/pdf; name={number}.pdf", b"%PDF-1.4") for number in range(250)]
    message = parse(gmail("x", files=files))
    assert len(message.attachments) == 200
    assert message.defects == ("too_many_attachments",)
    assert message.sender == SCHOOL
