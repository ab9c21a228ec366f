"""Whatever our server's header holds, trust is never higher than what the strictest reading of it gives (M29)."""

from __future__ import annotations

import re

from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.mail.authentication import dmarc_verdict
from pipeline.mail.identity import Origin, Tagger, assess, origin_of, tags_in
from pipeline.mail.message.parse import (
    ParsedMessage,
    parse,
)
from pipeline.model import Login, Role
from tests.conftest import SOAK
from tests.factories.messages import EXCHANGE, SCHOOL, TAGGER, thunderbird

DOMAIN = SCHOOL.partition("@")[2]
SERVER = "mx.kabinet.test"
LEVELS = ("conflict", "none", "sender", "tag", "tag+sender", "tag+sender+dmarc")

# The grammar of RFC 8601, 2.2 as one expression, written anew: comments nest three deep here, which is stricter still.
_DEEPEST = r"\((?:[^()\\\x00-\x08\x0a-\x1f\x7f]|\\[ -~])*\)"
_DEEPER = rf"\((?:[^()\\\x00-\x08\x0a-\x1f\x7f]|\\[ -~]|{_DEEPEST})*\)"
_COMMENT = rf"\((?:[^()\\\x00-\x08\x0a-\x1f\x7f]|\\[ -~]|{_DEEPER})*\)"
_C = rf"(?:[ \t]|{_COMMENT})*"
_S = rf"(?:[ \t]|{_COMMENT})+"
_TOKEN = r"[!#$%&'*+\-.0-9A-Z^_`a-z{|}~]+"
_QUOTED = r'"(?:[^"\\\x00-\x08\x0a-\x1f\x7f]|\\[ -~])*"'
_KEYWORD = r"[A-Za-z0-9\-]*[A-Za-z0-9]"
_ATOM = r"[!#$%&'*+\-/0-9=?A-Z^_`a-z{|}~]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9\-]*[A-Za-z0-9])?"
_PVALUE = rf"(?:(?:(?:{_ATOM}(?:\.{_ATOM})*|{_QUOTED})?@{_LABEL}(?:\.{_LABEL})+)|{_QUOTED}|{_TOKEN})"
_PROPERTY = rf"{_KEYWORD}{_C}\.{_C}{_KEYWORD}{_C}={_C}{_PVALUE}"
_RESULT = (
    rf"{_C};{_C}{_KEYWORD}(?:{_C}/{_C}\d+)?{_C}={_C}{_KEYWORD}"
    rf"(?:{_S}reason{_C}={_C}(?:{_QUOTED}|{_TOKEN}))?(?:{_S}{_PROPERTY})*"
)
_HEADER = re.compile(rf"{_C}(?:{_QUOTED}|{_TOKEN})(?:{_S}\d+)?(?:{_C};{_C}none|(?:{_RESULT})+){_C}")


def strictest(value: str) -> bool:
    """Whether the header as a whole is written by the grammar, and says «pass» of our domain and never «fail»."""
    if _HEADER.fullmatch(value) is None:
        return False
    bare = re.sub(rf"{_QUOTED}|{_COMMENT}", lambda found: "q" if found[0][0] == '"' else " ", value).lower()
    words = re.findall(r"dmarc\s*(?:/\s*\d+\s*)?=\s*([\w-]+)([^;]*)", bare)
    return bool(words) and all(word == "pass" and f"header.from={DOMAIN}" in rest for word, rest in words)


CHOSEN = [
    "smtp.mailfrom=<>",
    "smtp.helo=[192.0.2.1]",
    "smtp.mailfrom=",
    '"',
    "(",
    ")",
    "\\",
    ";",
    "; ",
    "=",
    "@",
    " ",
    "a@b.test",
    '"a b"@c.test',
    "reason=x",
    "none",
    "; none",
    "(dmarc=pass)",
    "; x=y",
    "; dmarc=fail",
    f"; dmarc=fail header.from={DOMAIN}",
    f"; dmarc=pass header.from={DOMAIN}",
    "header.from=evil.test",
    f"header.from={DOMAIN}",
    "header.from=",
    f"{SERVER}",
    "1",
    "/1",
    "я",
    "\t",
    "header.b=a/b+c=",
    "policy.iprev=::1",
]
HEADERS = st.lists(st.sampled_from(CHOSEN), max_size=6).map("".join)
WHOLE = st.tuples(st.sampled_from(["pass", "fail", "none", "PASS"]), HEADERS, HEADERS).map(
    lambda parts: f"{SERVER}; spf=pass {parts[1]}; dmarc={parts[0]} header.from={DOMAIN}{parts[2]}"
)


@given(WHOLE)
@example(f"{SERVER}; spf=pass smtp.mailfrom=<>; dmarc=pass header.from={DOMAIN}")
@example(f"{SERVER}; dmarc=pass header.from={DOMAIN}; dmarc=fail header.from={DOMAIN}")
@example(f"{SERVER} (; dmarc=pass header.from={DOMAIN})")
@settings(max_examples=20_000 if SOAK else 400, deadline=None)
def test_f2_m29_trust_is_never_higher_than_the_strictest_reading(value: str) -> None:
    message = parse(f"Authentication-Results: {value}\r\n".encode() + thunderbird("x"))
    unfolded = value.replace("\t", " ")
    verdict = dmarc_verdict(message, SERVER)
    tolerated = re.sub(r"header\.b=[A-Za-z0-9+/]+={0,2}(?=[\s;(]|$)", "header.b=x", unfolded)
    tolerated = re.sub(r"policy\.iprev=[0-9a-f:]+(?=[\s;(]|$)", "policy.iprev=x", tolerated)
    if verdict == "pass":
        assert strictest(tolerated.replace("я", "x"))
    login = Login("spo240065", "Колледж", Role.ORGANISATION, "24", (SCHOOL,))
    found = _trust(message, login, origin_of(message, SERVER), TAGGER)
    if not strictest(tolerated.replace("я", "x")):
        assert LEVELS.index(found) <= LEVELS.index(_trust(message, login, Origin(), TAGGER))
        if _HEADER.fullmatch(tolerated.replace("я", "x")) is None:
            assert found == "conflict"


def _trust(message: ParsedMessage, login: Login, origin: Origin, tagger: Tagger) -> str:
    return assess(message.sender, [login], tags_in(message, tagger, EXCHANGE), (), origin, tagger).trust
