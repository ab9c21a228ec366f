"""Tags, trust and the server's verdict. Cases M24 and M25."""

from __future__ import annotations

import pytest

from pipeline.errors import ConfigurationError, Incident
from pipeline.mail.addresses import normalise
from pipeline.mail.identity import (
    Assessment,
    Origin,
    Tag,
    Tagger,
    assess,
    code_address,
    letters_named,
    one_time_codes,
    short_code,
    shown_code,
    tags_in,
)
from pipeline.mail.message.parse import parse
from pipeline.model import Login, Role
from tests.factories.bounces import REPORTS
from tests.factories.messages import EXCHANGE, OUR_ID, REPLY_TO, SCHOOL, TAG, TAGGER, thunderbird

SPO = Login("spo240065", "Колледж", Role.ORGANISATION, "24", (SCHOOL,))
OTHER = Login("spo240066", "Техникум", Role.ORGANISATION, "24", (SCHOOL,))


def weigh(data: bytes, logins: list[Login], tokens: tuple[str, ...] = (), dmarc: str = "none") -> Assessment:
    message = parse(data)
    origin = Origin(dmarc == "pass", "dmarc" if dmarc == "fail" else "")
    return assess(message.sender, logins, tags_in(message, TAGGER, EXCHANGE), tokens, origin, TAGGER)


def test_a_tag_survives_lower_and_upper_case_and_fits_a_local_part() -> None:
    tag = TAGGER.make("schUPPER_01", 123456, 12)
    assert TAGGER.read(tag) == TAGGER.read(tag.upper()) == Tag("schupper_01", 123456, 12)
    assert len(f"exchange+{TAGGER.make('spo_coord_24', 999999, 99)}") <= 64
    assert TAGGER.read(TAGGER.make("школа1", 2, 1)) == Tag("школа1", 2, 1)


def test_a_login_too_long_for_an_address_is_our_incident() -> None:
    with pytest.raises(Incident):
        TAGGER.make("a" * 40, 1, 1)


def test_an_altered_tag_is_forged_and_one_of_an_unknown_key_is_only_unknown() -> None:
    other = Tagger({"2": b"another secret of 32 bytes......"}, "2").make("spo240065", 2, 1)
    for altered in (TAG.replace("65-", "66-"), TAG.replace("-2-", "-3-"), TAG[:-1] + ("a" if TAG[-1] != "a" else "b")):
        assert TAGGER.read(altered) is None
        assert TAGGER.is_forged(altered)
    assert TAGGER.read(other) is None
    assert not TAGGER.is_forged(other)


def test_an_old_key_still_reads_after_rotation() -> None:
    rotated = Tagger({"2": b"another secret of 32 bytes......", "1": b"a secret of the tests, 32 bytes.."}, "2")
    assert rotated.read(TAG) == Tag("spo240065", 2, 1)
    assert rotated.make("spo240065", 2, 1).startswith("2-")


def test_a_one_time_code_is_made_of_its_seed_and_the_key_that_signed_then() -> None:
    seed = TAGGER.seed("0" * 32)
    code = TAGGER.one_time(seed)
    rotated = Tagger({"2": b"another secret of 32 bytes......", "1": b"a secret of the tests, 32 bytes.."}, "2")
    assert rotated.one_time(seed) == code
    assert rotated.one_time(rotated.seed("0" * 32)) != code
    assert code not in seed
    with pytest.raises(Incident):
        Tagger({"2": b"another secret of 32 bytes......"}, "2").one_time(seed)


def test_m25_a_one_time_code_is_found_in_the_address_the_subject_and_the_words() -> None:
    code = TAGGER.one_time(TAGGER.seed("0" * 32))
    address = code_address(EXCHANGE, code)
    assert TAGGER.read(address.partition("+")[2].partition("@")[0]) is None
    assert len(address.partition("@")[0]) <= 64
    bare = thunderbird("да").replace(REPLY_TO.encode(), EXCHANGE.encode())
    assert one_time_codes(parse(bare), EXCHANGE) == ()
    assert one_time_codes(parse(bare.replace(EXCHANGE.encode(), address.encode(), 1)), EXCHANGE) == (code,)
    assert one_time_codes(parse(bare), EXCHANGE, f"да {shown_code(code).lower()}") == (code,)
    subject = thunderbird("да", f"Re: Подтвердите, код {shown_code(code)} [spo240065-2]")
    assert one_time_codes(parse(subject), EXCHANGE) == (code,)


def test_keys_that_cannot_serve_are_refused() -> None:
    with pytest.raises(ConfigurationError):
        Tagger({"Key-1": b"x" * 32}, "Key-1")
    with pytest.raises(ConfigurationError):
        Tagger({"1": b"x" * 32}, "2")


def test_a_letter_path_names_the_letter_and_is_no_tag() -> None:
    path = TAGGER.letter_path(1234567)
    assert len(path) <= 50
    assert TAGGER.letter_of(path.upper()) == 1234567
    assert TAGGER.letter_of(path.replace("1234567", "1234568")) is None
    assert TAGGER.read(path) is None
    assert TAGGER.letter_of(TAG) is None
    assert letters_named(parse(REPORTS["postfix-unknown-user"].data), TAGGER) == (12,)


def test_the_short_code_tells_login_and_publication() -> None:
    assert short_code("spo240065", 2) == "spo240065-2"


def test_m25_the_tag_is_found_in_the_address_and_in_the_ids_it_answers() -> None:
    found = tags_in(parse(thunderbird("x")), TAGGER, EXCHANGE)
    assert (found.address, found.thread, found.code) == ((TAG,), (TAG,), ("spo240065", 2))
    for lost in (REPLY_TO, OUR_ID):
        kept = weigh(thunderbird("x").replace(lost.encode(), EXCHANGE.encode()), [SPO])
        assert (kept.login, kept.publication, kept.trust) == ("spo240065", 2, "tag+sender")


@pytest.mark.parametrize(
    ("logins", "dmarc", "trust", "login"),
    [
        ([SPO], "pass", "tag+sender+dmarc", "spo240065"),
        ([SPO], "none", "tag+sender", "spo240065"),
        ([SPO, OTHER], "none", "tag+sender", "spo240065"),
        ([], "pass", "tag", "spo240065"),
        ([OTHER], "pass", "conflict", None),
        ([SPO], "fail", "conflict", None),
        ([], "fail", "conflict", None),
    ],
)
def test_trust_with_a_true_tag(logins: list[Login], dmarc: str, trust: str, login: str | None) -> None:
    found = weigh(thunderbird("x"), logins, dmarc=dmarc)
    assert (found.trust, found.login) == (trust, login)


@pytest.mark.parametrize(
    ("logins", "dmarc", "trust", "login"),
    [
        ([SPO], "none", "sender", "spo240065"),
        ([SPO, OTHER], "none", "sender", None),
        ([], "pass", "none", None),
        ([SPO], "fail", "conflict", None),
        ([], "fail", "none", None),
    ],
)
def test_trust_without_a_tag(logins: list[Login], dmarc: str, trust: str, login: str | None) -> None:
    data = thunderbird("x").replace(REPLY_TO.encode(), EXCHANGE.encode()).replace(OUR_ID.encode(), b"<1@x.test>")
    found = weigh(data, logins, dmarc=dmarc)
    assert (found.trust, found.login, found.tag) == (trust, login, None)


def test_m25_carriers_that_disagree_go_to_a_person() -> None:
    other = TAGGER.make("spo240066", 2, 1)
    for known in ([], [SPO], [OTHER]):
        found = weigh(thunderbird("x"), known, (other,))
        assert (found.trust, found.login, found.claim) == ("conflict", None, "spo240066")
    assert weigh(thunderbird("x"), [SPO, OTHER], (other, TAG)).trust == "conflict"
    assert weigh(thunderbird("x").replace(TAG.encode(), other.encode(), 1), [SPO, OTHER]).trust == "conflict"
    assert weigh(thunderbird("x").replace(b"+1-spo240065", b"+1-spo240066"), [SPO]).trust == "conflict"


def test_m25_the_workbook_decides_for_a_sender_of_both_logins() -> None:
    other = TAGGER.make("spo240066", 2, 1)
    found = weigh(thunderbird("x"), [SPO, OTHER], (other, other))
    assert (found.login, found.trust) == ("spo240066", "tag+sender")
    assert weigh(thunderbird("x"), [SPO, OTHER], (other,), "fail").cause == "dmarc"


def test_a_workbook_of_another_publication_of_the_same_login_says_what_it_is() -> None:
    found = weigh(thunderbird("x"), [SPO], (TAGGER.make("spo240065", 3, 4),))
    assert (found.login, found.publication, found.form_version, found.trust) == ("spo240065", 3, 4, "tag+sender")


def test_the_issued_case_of_a_login_is_kept_when_the_sender_tells_it() -> None:
    issued = Login("SPO240065", "Колледж", Role.ORGANISATION, "24", (SCHOOL,))
    assert weigh(thunderbird("x"), [issued]).login == "SPO240065"


@pytest.mark.parametrize(
    ("written", "address"),
    [
        (" School@SPO24.test ", "school@spo24.test"),
        ("<a@b.test>", "a@b.test"),
        ("школа@спо.test", None),
        ("info@школа.рф", "info@xn--80aa3bgg2a.xn--p1ai"),
        ("a..b@c.test", None),
        ("a@localhost", None),
        ("a@b", None),
        ("a b@c.test", None),
        ("x" * 65 + "@c.test", None),
        ("a@-b.test", None),
        ("a@1.2.3.4", None),
        ("", None),
    ],
)
def test_addresses_get_one_spelling(written: str, address: str | None) -> None:
    found = normalise(written)
    assert found == address or (
        address is not None
        and address.startswith("info@xn--")
        and found is not None
        and found.partition("@")[0] == "info"
        and found.partition("@")[2].encode("ascii").decode("idna") == "школа.рф"
    )
