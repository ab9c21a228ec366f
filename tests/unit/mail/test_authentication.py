"""What our own server found about the writer, read to the letter. Cases M24, M28 and M29."""

from __future__ import annotations

import pytest

from pipeline.mail.authentication import UnreadableError, dmarc_verdict, read, signature
from pipeline.mail.identity import Origin, origin_of
from pipeline.mail.message.parse import parse
from tests.factories.messages import SCHOOL, thunderbird

SERVER = "mx.kabinet.test"
PASS = b"Authentication-Results: mx.kabinet.test; dmarc=pass header.from=spo24.test\r\n"
FAIL = b"Authentication-Results: mx.kabinet.test; dmarc=fail header.from=spo24.test\r\n"
RECEIVED = b"Received: from a by mx.kabinet.test; Mon, 30 Aug 2021 13:37:00 +0700\r\n"
UNREADABLE = (
    b"Authentication-Results: mx.kabinet.test; spf=pass smtp.mailfrom=<>; dmarc=pass header.from=spo24.test\r\n"
)
MAIL = thunderbird("x")


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (PASS + RECEIVED + MAIL, "pass"),
        (RECEIVED + PASS + MAIL, "pass"),
        (FAIL + RECEIVED + MAIL, "fail"),
        (RECEIVED + MAIL, "none"),
        (FAIL + RECEIVED + PASS + MAIL, "fail"),
        (
            b"Authentication-Results: mx.kabinet.test; spf=pass smtp.mailfrom=spo24.test\r\n" + RECEIVED + PASS + MAIL,
            "none",
        ),
        (
            b"Authentication-Results: mx.kabinet.test; spf=pass smtp.mailfrom=spo24.test\r\n" + PASS + RECEIVED + MAIL,
            "pass",
        ),
        (PASS.replace(b"mx.kabinet", b"mx.evil") + RECEIVED + MAIL, "none"),
        (PASS.replace(b"mx.kabinet", b"mx.evil") + PASS + MAIL, "none"),
        (PASS.replace(b"mx.kabinet", b"mx.evil") + FAIL + MAIL, "fail"),
        (PASS.replace(b"mx.kabinet", b"mx.evil") + UNREADABLE + MAIL, "unclear"),
        (PASS + RECEIVED + FAIL + MAIL, "pass"),
        (PASS + RECEIVED + UNREADABLE + MAIL, "pass"),
        (PASS + FAIL + MAIL, "fail"),
        (PASS + UNREADABLE + MAIL, "unclear"),
        (UNREADABLE + FAIL + MAIL, "fail"),
        (PASS.replace(b"spo24.test", b"evil.test") + MAIL, "fail"),
        (PASS.replace(b"\r\n", b"; dmarc=fail header.from=spo24.test\r\n") + MAIL, "fail"),
        (PASS.replace(b"\r\n", b" header.from=evil.test\r\n") + MAIL, "fail"),
        (PASS.replace(b" header.from=spo24.test", b"") + MAIL, "none"),
        (PASS.replace(b"dmarc=pass", b"x=y (dmarc=pass (nested header.from=spo24.test))") + MAIL, "none"),
        (b"Authentication-Results: mx.kabinet.test (comment; dmarc=pass header.from=spo24.test\r\n" + MAIL, "unclear"),
        (b"Authentication-Results: (comment mx.kabinet.test; dmarc=pass header.from=spo24.test\r\n" + MAIL, "unclear"),
        (b"Authentication-Results: (comment mx.other.test; dmarc=pass header.from=spo24.test\r\n" + MAIL, "none"),
        (b"Authentication-Results: mx.kabinet.test; none\r\n" + MAIL, "none"),
        (PASS.replace(b"dmarc=pass", b"dmarc=temperror") + MAIL, "none"),
        (PASS.replace(b"mx.kabinet.test", b"MX.Kabinet.TEST 1") + MAIL, "pass"),
    ],
)
def test_m24_m29_only_the_pinned_topmost_verdict_counts_and_the_worst_of_it(data: bytes, found: str) -> None:
    assert dmarc_verdict(parse(data), SERVER) == found


def test_m24_without_a_pinned_server_nothing_is_believed() -> None:
    assert dmarc_verdict(parse(PASS + MAIL), None) == "none"


LEGAL = [
    "spf=pass smtp.mailfrom=school.test",
    "spf=pass smtp.mailfrom=@school.test",
    "spf=pass smtp.mailfrom=reg@school.test",
    "spf=pass smtp.mailfrom=a/b=c!#$%&'*+-?^_`{|}~@school.test",
    'spf=pass smtp.mailfrom="two words; dmarc=fail (x"@school.test',
    'spf=pass smtp.mailfrom="a\\"b"@school.test',
    'spf=pass smtp.mailfrom=""@school.test',
    "spf=pass (mx: domain of a@b designates 192.0.2.1 (x \\) y) as sender) smtp.mailfrom=a@b.test (after)",
    'spf=pass reason="because; of" smtp.mailfrom=a@b.test',
    'spf=pass reason="because" smtp.helo="[192.0.2.1]"',
    "spf=none smtp.helo=mail-1.school.test",
    "spf / 1 = pass smtp . mailfrom = school.test",
    'dkim=pass header.d=school.test header.s=a_b header.b="Zm9v/+=="',
    "dkim=pass header.i=@school.test header.b=Zm9vYmFy",
    "dkim=pass header.d=school.test header.b=Zm9v/a+b=",
    "iprev=pass policy.iprev=192.0.2.1",
    "iprev=pass policy.iprev=2001:db8::1",
    "iprev=pass smtp.remote-ip=::ffff:192.0.2.1",
    "arc=none; auth=pass smtp.auth=user",
    "x-own-method=x-own-result x-ptype.x-name=value",
    "spf=pass smtp.mailfrom=info@школа.рф",
    "dkim=neutral (no key)header.d=school.test",
]


@pytest.mark.parametrize("written", LEGAL)
def test_f2_m29_what_the_rfc_permits_beside_the_verdict_keeps_it(written: str) -> None:
    for whole in (f"{written}; dmarc=pass header.from=spo24.test", f"dmarc=pass header.from=spo24.test; {written}"):
        data = f"Authentication-Results: {SERVER}; {whole}\r\n".encode() + MAIL
        assert dmarc_verdict(parse(data), SERVER) == "pass", whole
        forged = data.replace(b"dmarc=pass", b"dmarc=fail")
        assert dmarc_verdict(parse(forged), SERVER) == "fail", whole


ILLEGAL = [
    "spf=pass smtp.mailfrom=<>",
    "spf=pass smtp.mailfrom=<reg@school.test>",
    "spf=pass smtp.helo=[192.0.2.1]",
    "spf=pass smtp.helo=[IPv6:2001:db8::1]",
    "spf=pass smtp.mailfrom=",
    "spf=pass smtp.mailfrom=a b@school.test",
    "spf=pass smtp.mailfrom=a,b@school.test",
    "spf=pass smtp.mailfrom=a@b@school.test",
    "spf=pass smtp.mailfrom=a@[192.0.2.1]",
    "spf=pass smtp.mailfrom=a@-school.test",
    'spf=pass smtp.mailfrom="open@school.test',
    "spf=pass (open comment smtp.mailfrom=a@b.test",
    "spf=pass closed) smtp.mailfrom=a@b.test",
    "spf=pass smtp.helo=a:b",
    "spf=pass smtp.helo=a/b",
    "spf=pass smtp.mailfrom=a@b.test trailing",
    "spf=pass; ; dkim=none",
    "spf=pass;",
    "spf=",
    "spf",
    "=pass",
    "none; spf=pass",
    "spf=pass\\",
    "spf=pass smtp.mailfrom=a\x01b@school.test",
]


@pytest.mark.parametrize("written", ILLEGAL)
def test_f2_m29_what_is_not_by_the_rfc_is_in_doubt_and_never_no_verdict(written: str) -> None:
    for whole in (f"{written}; dmarc=pass header.from=spo24.test", f"dmarc=pass header.from=spo24.test; {written}"):
        message = parse(f"Authentication-Results: {SERVER}; {whole}\r\n".encode() + MAIL)
        assert dmarc_verdict(message, SERVER) == "unclear", whole
        assert origin_of(message, SERVER) == Origin(doubt="verdict")


def test_f2_m29_bytes_that_are_no_text_and_a_header_without_end_are_in_doubt() -> None:
    for raw in (b"mx.kabinet.test; spf=pass smtp.helo=\xff", b"mx.kabinet.test; dmarc=pass" + b" " * 30_000, b"\xff"):
        with pytest.raises(UnreadableError):
            read(raw)
    message = parse(b"Authentication-Results: mx.kabinet.test; spf=pass smtp.helo=\xff\r\n" + MAIL)
    assert dmarc_verdict(message, SERVER) == "unclear"


def test_the_name_under_which_the_server_signs_is_read_from_the_top() -> None:
    assert signature(parse(PASS.replace(b"mx.", b"MX.") + MAIL)) == (SERVER, True)
    assert signature(parse(MAIL)) == (None, True)
    assert signature(parse(UNREADABLE + PASS + MAIL)) == (SERVER, False)


def _from(*lines: str) -> bytes:
    head, _, rest = MAIL.partition(b"\r\nFrom:")
    return head + b"".join(f"\r\nFrom: {line}".encode() for line in lines) + rest[rest.index(b"\r\n") :]


@pytest.mark.parametrize(
    "lines",
    [
        (),
        (SCHOOL, "evil@evil.test"),
        (SCHOOL, SCHOOL),
        (f"{SCHOOL}, evil@evil.test",),
        (f"{SCHOOL} <evil@evil.test>",),
        (f"<evil@evil.test> <{SCHOOL}>",),
        (f"<@evil.test:{SCHOOL}>",),
        (f"{SCHOOL} @evil.test",),
        (f"{SCHOOL} (x) @evil.test",),
        (f"group: {SCHOOL};",),
        (f"=?utf-8?q?{SCHOOL.replace('@', '=40')}?=",),
        (f'"{SCHOOL}"',),
        (f"(open <{SCHOOL}>",),
        ("",),
    ],
)
def test_f1_m28_anything_but_one_from_with_one_address_is_in_doubt(lines: tuple[str, ...]) -> None:
    verdict = PASS.replace(b"spo24.test", SCHOOL.partition("@")[2].encode())
    assert origin_of(parse(verdict + _from(*lines)), SERVER) == Origin(doubt="from")
    assert origin_of(parse(_from(*lines)), None) == Origin(doubt="from")


@pytest.mark.parametrize(
    "line",
    [
        SCHOOL,
        f"<{SCHOOL}>",
        f"{SCHOOL} <{SCHOOL}>",
        f"Иванов, И.И. <{SCHOOL}>",
        f'"Иванов, И.И. (отдел @кадры)" <{SCHOOL}>',
        f"=?utf-8?q?=D0=98_a@b?= <{SCHOOL}>",
        f"МБОУ: школа <{SCHOOL}>",
        f"{SCHOOL} (Школа @ 5)",
        f'"Школа <{SCHOOL}>',
    ],
)
def test_f1_m28_a_careless_name_beside_one_address_is_nobodys_doubt(line: str) -> None:
    verdict = PASS.replace(b"spo24.test", SCHOOL.partition("@")[2].encode())
    message = parse(verdict + _from(line))
    assert (message.sender, origin_of(message, SERVER)) == (SCHOOL, Origin(proven=True))


@pytest.mark.parametrize(
    "line", ['<"reg@school.test" @evil.test>', '"reg@school.test"@evil.test', '"reg@school.test" @ evil.test']
)
def test_f10_a_quoted_local_part_is_no_address_of_its_own(line: str) -> None:
    assert parse(_from(line)).sender == '"reg@school.test"@evil.test'
