"""Addresses: one spelling for comparing and sending, another for people (E10, M40)."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cabinet.contacts import read_address
from pipeline.errors import ConfigurationError
from pipeline.mail.addresses import canonical, is_writable, normalise, readable, split, to_ascii
from pipeline.mail.kinds.bounces import delivery_report
from pipeline.mail.kinds.classify import classify
from pipeline.mail.letters.compose import compose
from pipeline.mail.letters.render import Rendered
from pipeline.mail.message.parse import parse
from pipeline.mail.rules.load import load_rules
from pipeline.mail.rules.ruleset import Facts
from pipeline.settings import load_settings
from tests.factories.letters import REPLY_TO, SENDER, letter

RF = "info@xn--80atdl2c.xn--p1ai"


@pytest.mark.parametrize(
    ("written", "one"),
    [
        ("info@школа.рф", RF),
        ("INFO@Школа.РФ", RF),
        ("info@школа.рф.", RF),
        (" Info@XN--80ATDL2C.xn--p1ai. ", RF),
        ("a@mail.школа.рф", "a@mail.xn--80atdl2c.xn--p1ai"),
        ("a@" + unicodedata.normalize("NFD", "ёй.рф"), "a@xn--i1a1c.xn--p1ai"),
        ("a@straße.de", "a@xn--strae-oqa.de"),  # IDNA 2003 made «strasse» of it, another domain
        ("Иванов@Школа.рф", "иванов@xn--80atdl2c.xn--p1ai"),
        ("A.B@SPO24.test", "a.b@spo24.test"),
        # what cannot be put into ASCII stays beyond it: nothing may become another's address
        ("a@\uff53chool.ru", "a@\uff53chool.ru"),
        ("a@school\u3002ru", "a@school\u3002ru"),
        ("a@schoo\u212a.ru", "a@schoo\ufffd.ru"),
        ("schoo\u212a@a.ru", "schoo\ufffd@a.ru"),
        ("a@-школа.рф", "a@-школа.рф"),
        ("a@школа..рф", "a@школа..рф"),
        ("a@☃.test", "a@☃.test"),
        ("no address", "no address"),
        ("", ""),
    ],
)
def test_e10_m40_an_address_has_one_spelling(written: str, one: str) -> None:
    assert canonical(written) == one
    assert canonical(one) == one


_SEEN = st.text(st.characters(exclude_categories=["Z", "C"]), max_size=40)  # as a header's grammar lets them through


@given(_SEEN, st.text(alphabet="aшщёЁK\u212a\u0306\u0435ß.-xn@1", max_size=30))
def test_e10_m40_nothing_raises_and_nothing_beyond_ascii_becomes_plain_ascii(local: str, domain: str) -> None:
    for written in (f"{local}@{domain}", local, domain):
        found = canonical(written)
        assert canonical(found) == found
        readable(written)
        normalise(written)
        is_writable(written)
        last = found.rpartition("@")[2]
        if last.isascii() and not written.strip().rstrip(".").rpartition("@")[2].isascii():
            assert "xn--" in last
        assert found.lower().isascii() == found.isascii()


@pytest.mark.parametrize(
    ("coded", "shown"),
    [
        (RF, "info@школа.рф"),
        ("info@XN--80ATDL2C.XN--P1AI", "info@школа.рф"),
        (f"адрес {RF} заменить на a@mail.xn--80atdl2c.xn--p1ai.", "адрес info@школа.рф заменить на a@mail.школа.рф."),
        # these would pass for another's: a Cyrillic name under a Latin end, two alphabets in one label
        ("a@xn--n1aebk.com", "a@xn--n1aebk.com"),
        ("a@xn--shool-1ye.ru", "a@xn--shool-1ye.ru"),
        ("a@" + str(to_ascii("шкoла.рф")), "a@" + str(to_ascii("шкoла.рф"))),
        ("a@xn--zzzzzzz99999.xn--p1ai", "a@xn--zzzzzzz99999.xn--p1ai"),
        ("a@school.test", "a@school.test"),
        ("xn--80atdl2c.xn--p1ai", "xn--80atdl2c.xn--p1ai"),
    ],
)
def test_e10_m40_people_see_what_cannot_be_mistaken(coded: str, shown: str) -> None:
    assert readable(coded) == shown


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("info@школа.рф", (RF, "")),
        (RF.upper() + ".", (RF, "")),
        ("иванов@школа.рф", ("иванов@xn--80atdl2c.xn--p1ai", "")),
        ("школа@school.test", (None, "cyrillic")),
        ("аdmin@школа.рф", (None, "cyrillic")),  # the first letter is Cyrillic
        ("info@шкoла.рф", (None, "cyrillic")),
        ("info@xn--zzzzzzz99999.рф", (None, "domain")),
        ("info@xn--.ru", (None, "domain")),
        ("info@-школа.рф", (None, "domain")),
        ("info@" + "ш" * 64 + ".рф", (None, "domain")),
        ("info@" + "ш." * 200 + "рф", (None, "domain")),
        ("info@рф", (None, "domain")),
        ("я" * 33 + "@школа.рф", (None, "cyrillic")),  # 66 octets
    ],
)
def test_e10_m40_the_roster_takes_both_spellings_and_says_what_is_wrong(
    written: str, found: tuple[str | None, str]
) -> None:
    assert read_address(written) == found


def test_e10_m40_a_letter_to_cyrillic_before_the_at_is_rendered() -> None:
    """RFC 6532: the address as it is; everything else stays ASCII."""
    words = Rendered("Принято", "Принято.\n", "<p>Принято.</p>\n")
    content = compose(letter(address="иванов@xn--80atdl2c.xn--p1ai"), words, (), SENDER, REPLY_TO)
    lines = [line for line in content.split(b"\r\n") if not line.isascii()]
    assert lines == ["To: иванов@xn--80atdl2c.xn--p1ai".encode()]
    assert parse(content).recipients == ("иванов@xn--80atdl2c.xn--p1ai",)


@pytest.mark.parametrize(
    "sender",
    ["a@☃.test", '"a b"@school.test', "a" * 250 + "@school.test", "a@-школа.рф"],
)
def test_e10_m40_who_cannot_be_written_to_is_not_answered(sender: str) -> None:
    """M40: no letter is made that could not be rendered; a person sees what came."""
    message = parse(f"From: {sender}\r\nTo: exchange@kabinet.test\r\nSubject: ?\r\n\r\nКогда срок?".encode())
    assert classify(message, frozenset()).withheld == "no_sender"


def test_e10_m40_rules_of_the_inbox_match_the_spelling_of_their_author() -> None:
    rules = load_rules(
        "rules:\n  - {name: ours, description: d, sample: s, action: ignore, when: {sender: '*@Школа.рф'}}\n"
        "  - {name: coded, description: d, sample: s, action: ignore, when: {recipient: '*@xn--80atdl2c.xn--p1ai'}}\n"
        "  - {name: rest, description: d, sample: s, action: hold}\n",
        "r.yaml",
    )

    def decided(sender: str, recipient: str) -> str:
        message = parse(f"From: {sender}\r\nTo: {recipient}\r\nSubject: ?\r\n\r\nКогда срок?".encode())
        return rules.decide(Facts.of(message, classify(message, frozenset()), "none")).rule

    assert decided("info@школа.рф", "a@b.test") == decided(RF, "a@b.test") == "ours"
    assert decided("a@b.test", "info@школа.рф") == "coded"
    assert decided("a@b.test", "a@b.test") == "rest"


def test_e10_m40_a_report_names_the_recipient_in_either_spelling() -> None:
    for kind, named in (("rfc822", RF), ("utf-8", "info@школа.рф"), ("rfc822", "INFO@Школа.РФ")):
        report = parse(
            (
                "From: MAILER-DAEMON@mx.test\r\nTo: exchange@kabinet.test\r\nSubject: Undelivered\r\n"
                'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
                f"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n<{named}>: user unknown\r\n"
                "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.test\r\n\r\n"
                f"Final-Recipient: {kind}; {named}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n"
            ).encode()
        )
        found = delivery_report(report)
        assert found is not None
        assert [(person.address, person.status) for person in found.recipients] == [(RF, "5.1.1")]


def test_e10_m40_our_own_address_may_be_cyrillic_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KABINET_ADDRESS", "Exchange@Школа.рф")
    monkeypatch.setenv("KABINET_DOMAIN_PER_MINUTE", "Школа.рф:10,mail.ru:60")
    settings = load_settings()
    assert settings.address == "exchange@xn--80atdl2c.xn--p1ai"
    assert settings.domain_per_minute == {"xn--80atdl2c.xn--p1ai": 10, "mail.ru": 60}
    assert split("exchange+tag@школа.рф") == ("exchange", "tag", "xn--80atdl2c.xn--p1ai")
    monkeypatch.setenv("KABINET_ADDRESS", "обмен@школа.рф")
    with pytest.raises(ConfigurationError, match="KABINET_ADDRESS"):
        load_settings()
