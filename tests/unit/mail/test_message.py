"""Bytes → parts: charsets, names, broken MIME, archives. Cases M9 and M23."""

from __future__ import annotations

import email
import email.policy
import struct
import time
import zipfile
from email.message import EmailMessage
from io import BytesIO

import pytest

from pipeline.mail.message.attachments import (
    form_of,
    received_name,
)
from pipeline.mail.message.encoded_words import decode_words
from pipeline.mail.message.mailboxes import mailboxes
from pipeline.mail.message.parameters import parameters
from pipeline.mail.message.parse import parse
from pipeline.mail.message.unpacking import workbooks_in_zip
from tests.factories.messages import (
    DATE,
    SCHOOL,
    File,
    archive,
    b64,
    docx,
    gmail,
    head,
    ios,
    mail_ru,
    message,
    multipart,
    ods,
    outlook,
    part,
    the_bat,
    thunderbird,
    workbook_file,
    xls,
    xlsx,
    yandex,
)

WRONG_BOUNDARY = (
    b"From: a@b.test\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
    b"--y\r\nContent-Type: text/plain\r\n\r\nhi\r\n--y--"
)


@pytest.mark.parametrize(
    "data",
    [
        outlook("Форма во вложении."),
        thunderbird("Форма во вложении."),
        yandex("Форма во вложении.", "Привет"),
        mail_ru("Форма во вложении.", "Привет"),
        the_bat("Форма во вложении.", "Привет"),
        gmail("Форма во вложении."),
        ios("Форма во вложении."),
    ],
    ids=["outlook", "thunderbird", "yandex", "mail_ru", "the_bat", "gmail", "ios"],
)
def test_each_client_is_read_alike(data: bytes) -> None:
    found = parse(data)
    assert found.sender == SCHOOL
    assert "Форма во вложении." in found.own_lines
    assert "ФОРМА" not in found.own_lines
    assert found.return_path == SCHOOL
    assert found.defects == ()


def test_a_letter_split_between_two_encoded_words_is_put_together() -> None:
    assert parse(mail_ru("x", "Сведения о расписании ВПР")).subject == "Сведения о расписании ВПР"


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (b'attachment; filename="form.xlsx"', "form.xlsx"),
        (b"attachment; filename=form 1.xlsx", "form 1.xlsx"),
        (b"attachment; filename*=utf-8''%D0%9E%D1%82%D1%87%D1%91%D1%82.xlsx", "Отчёт.xlsx"),
        (b"attachment; filename*0*=koi8-r''%EF%D4; filename*1*=%DE%A3%D4.xlsx", "Отчёт.xlsx"),
        (b'attachment; filename*0="Very long "; filename*1="name.xlsx"', "Very long name.xlsx"),
        (f'attachment; filename="{b64("Отчёт.xlsx", "windows-1251")}"'.encode(), "Отчёт.xlsx"),
        (
            f'attachment; filename="{b64("Отчёт", "koi8-r")} {b64(" школы.xlsx", "koi8-r")}"'.encode(),
            "Отчёт школы.xlsx",
        ),
        ('attachment; filename="Отчёт.xlsx"'.encode("koi8-r"), "Отчёт.xlsx"),
        ('attachment; filename="Отчёт.xlsx"'.encode("cp1251"), "Отчёт.xlsx"),
        ('attachment; filename="РАСПИСАНИЕ.xlsx"'.encode("cp1251"), "РАСПИСАНИЕ.xlsx"),
        ('attachment; filename="Отчёт.xlsx"'.encode(), "Отчёт.xlsx"),
        ('attachment; filename="Résumé.doc"'.encode("latin-1"), "Résumé.doc"),
        ('attachment; filename="日本語.xls"'.encode("iso-2022-jp"), "日本語.xls"),
        (b'attachment; filename="C:\\Users\\Ivan\\form.xlsx"', "form.xlsx"),
        (b'attachment; filename="../../etc/passwd"', "passwd"),
        (b'attachment; filename="form 1/2.xlsx"', "form 1_2.xlsx"),
        (b'attachment; filename="a\\"b.xlsx"', 'a"b.xlsx'),
        (b'attachment; filename="%D0%9E%D1%82%D1%87%D1%91%D1%82.xlsx"', "Отчёт.xlsx"),
        (b"attachment; filename=\"UTF-8''%D0%9E%D1%82%D1%87%D1%91%D1%82.xlsx\"", "Отчёт.xlsx"),
        (b"attachment; filename*=utf-8''gpj%E2%80%AEexe.xlsx", "gpjexe.xlsx"),
        (b"attachment; filename*=utf-8''%D0%98%CC%86.xlsx", "Й.xlsx"),
        (b"attachment; filename*=unknown-8bit''%D0%9E%D1%82.xlsx", "От.xlsx"),
    ],
)
def test_m23_names_are_decoded_and_made_safe(raw: bytes, name: str) -> None:
    found = parse(
        thunderbird(
            "x",
            files=[File("Content-Type: application/octet-stream", xlsx(), b"Content-Disposition: " + raw + b"\r\n")],
        )
    )
    assert [item.name for item in found.attachments] == [name]
    assert found.attachments[0].data == xlsx()


def test_a_long_name_is_cut_before_its_extension() -> None:
    assert received_name("я" * 500 + ".xlsx", "x") == "я" * 195 + ".xlsx"
    assert received_name("..", "attachment-1.bin") == "attachment-1.bin"


def test_m23_a_nameless_inline_or_mislabelled_workbook_is_found_by_content() -> None:
    files = [
        File("Content-Type: application/octet-stream", xlsx("a")),
        File('Content-Type: text/plain; name="form.txt"', xlsx("b")),
        File('Content-Type: image/png; name="form.png"\r\nContent-Disposition: inline', xlsx("c")),
        File("Content-Type: application/pdf\r\nContent-ID: <1>", xls()),
        File("Content-Type: application/octet-stream", ods()),
    ]
    assert [item.form for item in parse(gmail("x", files=files)).workbooks] == ["xlsx", "xlsx", "xlsx", "xls", "ods"]


def test_content_decides_and_never_the_name() -> None:
    found = parse(gmail("x", files=[workbook_file("form.xlsx", docx()), workbook_file("form.xlsx", b"%PDF-1.4")]))
    assert [item.form for item in found.attachments] == ["docx", "pdf"]
    assert found.workbooks == ()


def test_m23_winmail_dat_is_told_as_such() -> None:
    header = 'Content-Type: application/octet-stream; name="winmail.dat"'
    found = parse(outlook(files=[File(header, b"\x78\x9f\x3e\x22" + bytes(90))]))
    assert [(item.name, item.form, item.true_type) for item in found.attachments] == [
        ("winmail.dat", "tnef", "application/ms-tnef")
    ]


def test_m23_a_return_forwarded_as_a_message_is_found() -> None:
    inner = thunderbird("x", files=[workbook_file()])
    for level in range(3):
        inner = head([f"From: {SCHOOL}", "Subject: fwd", "MIME-Version: 1.0"]) + multipart(
            "multipart/mixed", f"=fw{level}=", [part("Content-Type: message/rfc822", inner)]
        )
    (book,) = parse(inner).workbooks
    assert (book.name, book.depth, book.returned) == ("spo240065.xlsx", 3, True)


def test_nesting_is_bounded() -> None:
    inner = b"From: a@b.test\r\n\r\nx"
    for _ in range(50):
        inner = b"From: a@b.test\r\nContent-Type: message/rfc822\r\n\r\n" + inner
    assert max(part_.depth for part_ in parse(inner).parts) == 5


def test_m23_a_zip_is_looked_into() -> None:
    packed = archive({"Отчёт школы.xlsx".encode("cp866"): xlsx(), "прочее.txt".encode("cp866"): b"x"})
    found = parse(gmail("x", files=[File("Content-Type: application/zip; name=a.zip", packed)]))
    assert [(item.name, item.form, item.depth) for item in found.attachments] == [
        ("a.zip", "zip", 0),
        ("Отчёт школы.xlsx", "xlsx", 1),
    ]


def test_m23_a_zip_that_lies_about_sizes_does_not_fill_memory() -> None:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("bomb.xlsx", b"PK\x03\x04" + bytes(40_000_000))
    data = bytearray(target.getvalue())
    honest = struct.pack("<I", 40_000_004)
    data = bytearray(bytes(data).replace(honest, struct.pack("<I", 100)))
    (item,) = parse(gmail("x", files=[File("Content-Type: application/zip; name=a.zip", bytes(data))])).attachments
    assert item.form == "zip"
    assert workbooks_in_zip(item) == []


@pytest.mark.parametrize("cut", [10, 40, 80, -1, -30])
def test_a_damaged_workbook_is_still_told_from_other_files(cut: int) -> None:
    assert form_of(xlsx()[:cut]) in ("xlsx", "zip")
    assert form_of(xlsx()[:-30]) == "xlsx"


def test_uuencoded_files_in_the_text_are_attachments() -> None:
    import binascii

    data = xlsx()
    lines = [binascii.b2a_uu(data[at : at + 45]).decode() for at in range(0, len(data), 45)]
    found = parse(message(["From: a@b.test"], "Hello\nbegin 644 form.xlsx\n" + "".join(lines) + "`\nend\nBye"))
    assert [(item.name, item.data) for item in found.attachments] == [("form.xlsx", data)]
    assert found.text.split() == ["Hello", "Bye"]


@pytest.mark.parametrize(
    ("declared", "true"),
    [
        ("koi8-r", "koi8-r"),
        ("us-ascii", "windows-1251"),
        ("x-unknown", "koi8-r"),
        ("iso-8859-1", "windows-1251"),
        ("utf-8", "windows-1251"),
        ("cp-1251", "cp1251"),
    ],
)
def test_a_missing_unknown_or_wrong_charset_is_seen_through(declared: str, true: str) -> None:
    text = "Уважаемые коллеги! Направляем заполненную форму."
    raw = f"From: a@b.test\r\nContent-Type: text/plain; charset={declared}\r\n\r\n".encode() + text.encode(true)
    assert parse(raw).text == text


def test_html_alone_becomes_text_without_scripts() -> None:
    html = (
        "<html><head><title>t</title><style>x</style></head><body><p>Добрый&nbsp;день</p>"
        "<script>bad()</script>Форма<br>внизу"
    )
    assert parse(message(["From: a@b.test"], "", html=html)).text.split("\n") == ["Добрый день", "Форма", "внизу"]


def test_the_address_is_never_taken_from_the_display_name() -> None:
    assert [pair.address for pair in mailboxes(b'"real@school.test" <evil@other.test>')] == ["evil@other.test"]
    assert [pair.address for pair in mailboxes(b"a@b.test (comment <c@d.test>)")] == ["a@b.test"]
    assert [pair.address for pair in mailboxes(b"=?utf-8?B?" + b"PGFAYi50ZXN0Pg==" + b"?= <x@y.test>")] == ["x@y.test"]
    assert [pair.address for pair in mailboxes(b"List: a@b.test, C <D@E.test>;")] == ["a@b.test", "d@e.test"]


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("=?utf-8?Q?a_b=3F?=", "a b?"),
        ("=?UTF-8*ru?B?0JQ=?=", "Д"),
        ("=?utf-8?B?0JQ?=", "Д"),
        ("=?utf-8?Q?what?_now?=", "what? now"),
        ("=?bad?Q?abc?=", "abc"),
        ("plain =? text", "plain =? text"),
    ],
)
def test_encoded_words_as_clients_write_them(line: str, text: str) -> None:
    assert decode_words(line) == text


def test_a_parameter_given_twice_counts_once() -> None:
    assert parameters(b'text/plain; name="a"; name="b"; charset = utf-8') == (
        "text/plain",
        {"name": "a", "charset": "utf-8"},
    )


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\r\n\r\n",
        b"\x00" * 100,
        b"From: a@b.test",
        b"From: a@b.test\r\nContent-Type: multipart/mixed\r\n\r\nno boundary at all",
        WRONG_BOUNDARY,
        b"From: a@b.test\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!=",
        b"Subject: broken\r\nfolding here\r\nFrom: a@b.test\r\n\r\nx",
        b"From: a@b.test\rSubject: old mac\r\rbody",
        b"From a@b.test Mon Aug 30 2021\r\nFrom: a@b.test\r\n\r\nx",
    ],
)
def test_m9_defective_messages_are_read_as_far_as_they_go(data: bytes) -> None:
    assert parse(data).sender in (None, "a@b.test")


def test_a_wrong_boundary_is_found_out() -> None:
    assert parse(WRONG_BOUNDARY).text == "hi"
    assert parse(WRONG_BOUNDARY).defects == ("wrong_boundary",)


@pytest.mark.parametrize(
    "data",
    [
        b"From: a@b.test\r\n"
        + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(3000)),
        b"From: a@b.test\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\n" * 100_000,
        b"From: " + b'"' * 200_000 + b"\r\n\r\n",
        b"From: " + b'\\"' * 100_000 + b"\r\n\r\n",
        b"Subject: " + b"=?utf-8?Q?" * 20_000 + b"\r\nFrom: a@b.test\r\n\r\n",
        b"From: a@b.test\r\nContent-Type: text/plain; " + b"a" * 200_000 + b"\r\n\r\n",
        b"From: a@b.test\r\nContent-Type: text/plain; " + b" " * 200_000 + b"=\r\n\r\n",
        b"From: a@b.test\r\nContent-Type: text/html\r\n\r\n" + b"<div>" * 100_000,
        b"From: a@b.test\r\nContent-Type: text/html\r\n\r\n" + b"<" * 1_000_000,
        b"From: a@b.test\r\n\r\n" + b"(" * 300_000 + b" wrote:\n" * 1000,
        b"From: a@b.test\r\n\r\n" + b"a" * 1_000_000,
        b"From: a@b.test\r\n\r\n" + b"a@" * 300_000,
        b"From: mailer-daemon@b.test\r\nReturn-Path: <>\r\n\r\n" + b"user a." * 100_000,
        b"From: mailer-daemon@b.test\r\nReturn-Path: <>\r\n\r\n" + b"rcpt to:<" * 50_000 + b"@" * 1000,
        b"From: mailer-daemon@b.test\r\nReturn-Path: <>\r\n\r\n" + b" \n" * 200_000,
        b"From: mailer-daemon@b.test\r\nReturn-Path: <>\r\n\r\n" + b"> " * 200_000 + b"message-id",
    ],
)
def test_hostile_messages_take_linear_time(data: bytes) -> None:
    from pipeline.mail.kinds.classify import classify

    started = time.process_time()
    classify(parse(data), frozenset())
    assert time.process_time() - started < 4


def test_well_formed_messages_are_read_as_the_standard_library_reads_them() -> None:
    made = EmailMessage()
    made["From"] = "Иван <a@b.test>"
    made["Subject"] = "Отчёт о проведении ВПР в образовательных организациях, очень длинная тема письма"
    made["Date"] = DATE
    made.set_content("Текст письма\nвторая строка\n")
    made.add_alternative("<p>Текст</p>", subtype="html")
    made.add_attachment(
        xlsx(),
        maintype="application",
        subtype="octet-stream",
        filename="Очень длинное имя файла отчёта образовательной организации.xlsx",
    )
    made.add_attachment("заметка\n", filename="заметка.txt")
    data = made.as_bytes(policy=email.policy.SMTP)
    theirs = email.message_from_bytes(data, policy=email.policy.default)
    ours = parse(data)
    assert ours.subject == theirs["Subject"]
    assert ours.text.strip() == "Текст письма\nвторая строка"
    expected = [(item.get_filename(), item.get_payload(decode=True)) for item in theirs.iter_attachments()]
    assert [(item.name, item.data) for item in ours.attachments] == expected
