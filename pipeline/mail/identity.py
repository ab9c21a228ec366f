"""Who wrote: signed tags, registered addresses, the server's verdict, and how much they prove together.

A tag is ``key-login-publication-version-mac``: readable, safe in a local part, and true in lower case, since mail
servers and clients change case. The mac is HMAC-SHA256 cut to 80 bits, in base32.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from pipeline.errors import ConfigurationError, Incident
from pipeline.mail.addresses import split
from pipeline.mail.authentication import dmarc_verdict
from pipeline.mail.message.parse import ParsedMessage
from pipeline.model import Login

LONGEST_DETAIL = 50
_REMEMBERED = 4096  # tags
_SHORTEST_KEY = 16  # bytes; whoever guesses the key signs what we believe
_MAC_BYTES = 10
_MAC = r"[a-z2-7]{16}"
_KEY_ID = re.compile(r"[a-z0-9]{1,6}")
_PLAIN_LOGIN = re.compile(r"[a-z0-9_.-]+")
_TAG = re.compile(rf"([a-z0-9]{{1,6}})-(.{{1,60}})-(\d{{1,9}})-(\d{{1,6}})-({_MAC})")
_LETTER = re.compile(rf"r-([a-z0-9]{{1,6}})-(\d{{1,12}})-({_MAC})")
_QUESTION = re.compile(rf"q-([a-z0-9]{{1,6}})-(\d{{1,12}})-({_MAC})")
_SEED = re.compile(r"([a-z0-9]{1,6})-[0-9a-f]{32}")
_CODE_BYTES = 8  # of which twelve letters, 60 bits, are shown
_CODE_DETAIL = re.compile(r"c-([a-z2-7]{12})")
_CODE_SHOWN = re.compile(r"(?<![a-z0-9-])([a-z2-7]{4})-([a-z2-7]{4})-([a-z2-7]{4})(?![a-z0-9-])", re.IGNORECASE)


class Tag(NamedTuple):
    """What a true tag says. ``login`` is in lower case."""

    login: str
    publication: int
    form_version: int


class Tagger:
    """Makes and reads tags. ``keys`` are secrets by id; ``signing`` is the id of the one that signs.

    Raises ConfigurationError for ids that cannot stand in an address, short keys and a missing signing key.
    """

    def __init__(self, keys: Mapping[str, bytes], signing: str, *, purpose: str = "tag") -> None:
        for key_id in keys:
            if _KEY_ID.fullmatch(key_id) is None:
                raise ConfigurationError("tag.bad_key_id", key=key_id)
        if any(len(key) < _SHORTEST_KEY for key in keys.values()):
            raise ConfigurationError("tag.short_key")
        if signing not in keys:
            raise ConfigurationError("tag.no_signing_key", key=signing)
        self._keys = dict(keys)
        self._signing, self._purpose = signing, purpose
        self._sampling: Tagger | None = None
        self._read = lru_cache(_REMEMBERED)(self._read_true)  # one message shows its tag in many places

    def sampling(self) -> Tagger:
        """Return the tagger of letters that count for nothing: its tags look like ours and are not true to this one.

        So what comes back with one is never taken for somebody's return. It knows its own tags and no others.
        """
        if self._sampling is None:
            self._sampling = Tagger(self._keys, self._signing, purpose="sample")
        return self._sampling

    def make(self, login: str, publication_number: int, form_version: int) -> str:
        """Return the signed tag for a login, a publication's number and a form's version; at most 50 characters."""
        tag = f"{self._signing}-{_spelled(login)}-{publication_number}-{form_version}"
        tag += "-" + self._mac(self._signing, self._purpose, tag)
        if len(tag) > LONGEST_DETAIL:
            raise Incident("tag.too_long", login=login)
        return tag

    def read(self, tag: str) -> Tag | None:
        """Return what ``tag`` says, or None when it is not one of ours, altered, or of a key we do not have."""
        return self._read(tag.strip().lower())

    def _read_true(self, tag: str) -> Tag | None:
        match = _TAG.fullmatch(tag)
        if match is None or match[1] not in self._keys:
            return None
        signed = match[0].rpartition("-")[0]
        if not hmac.compare_digest(self._mac(match[1], self._purpose, signed), match[5]):
            return None
        login = _unspelled(match[2])
        return Tag(login, int(match[3]), int(match[4])) if login else None

    def claims(self, text: str) -> bool:
        """Whether ``text`` has the shape of a tag and names a key that we have."""
        match = _TAG.fullmatch(text.strip().lower())
        return match is not None and match[1] in self._keys

    def is_forged(self, tag: str) -> bool:
        """Whether ``tag`` claims to be ours and is not true."""
        return self.claims(tag) and self.read(tag) is None

    def letter_path(self, letter_id: int) -> str:
        """Return the detail of the return path of one letter, so that its bounce names it."""
        path = f"r-{self._signing}-{letter_id}"
        return f"{path}-{self._mac(self._signing, 'letter', path)}"

    def letter_of(self, detail: str) -> int | None:
        """Return the letter's id from a return path detail, or None when it is not a true one."""
        match = _LETTER.fullmatch(detail.strip().lower())
        if match is None or match[1] not in self._keys:
            return None
        mac = self._mac(match[1], "letter", match[0].rpartition("-")[0])
        return int(match[2]) if hmac.compare_digest(mac, match[3]) else None

    def question_path(self, receipt_id: int) -> str:
        """Return the detail of the address that takes support's answer to the question with this receipt."""
        path = f"q-{self._signing}-{receipt_id}"
        return f"{path}-{self._mac(self._signing, 'question', path)}"

    def question_of(self, detail: str) -> int | None:
        """Return the receipt's id from such a detail, or None when it is not a true one."""
        match = _QUESTION.fullmatch(detail.strip().lower())
        if match is None or match[1] not in self._keys:
            return None
        mac = self._mac(match[1], "question", match[0].rpartition("-")[0])
        return int(match[2]) if hmac.compare_digest(mac, match[3]) else None

    def seed(self, noise: str) -> str:
        """Return what a one-time code is made of: ``noise`` (32 hexadecimal digits) under the present signing key.

        The seed may stand in a letter's row: without the key nobody can tell the code from it.
        """
        return f"{self._signing}-{noise}"

    def one_time(self, seed: str) -> str:
        """Return the code of ``seed``, twelve letters in lower case. Raises Incident for a key that is gone."""
        match = _SEED.fullmatch(seed)
        if match is None or match[1] not in self._keys:
            raise Incident("code.unknown_key")
        digest = hmac.new(self._keys[match[1]], f"code\0{seed}".encode(), hashlib.sha256).digest()
        return base64.b32encode(digest[:_CODE_BYTES]).decode("ascii").lower()[:12]

    def _mac(self, key_id: str, purpose: str, signed: str) -> str:
        digest = hmac.new(self._keys[key_id], f"{purpose}\0{signed}".encode(), hashlib.sha256).digest()
        return base64.b32encode(digest[:_MAC_BYTES]).decode("ascii").lower()


def _spelled(login: str) -> str:
    lower = login.lower()
    if _PLAIN_LOGIN.fullmatch(lower):
        return lower
    return "~" + base64.b32encode(lower.encode()).decode("ascii").lower().rstrip("=")


def _unspelled(spelled: str) -> str | None:
    if not spelled.startswith("~"):
        return spelled
    coded = spelled[1:].upper()
    try:
        return base64.b32decode(coded + "=" * (-len(coded) % 8)).decode("utf-8")
    except ValueError:
        return None


def short_code(login: str, publication_number: int) -> str:
    """Return the code for people, ``spo240065-2``: it helps to find, it proves nothing."""
    return f"{login}-{publication_number}"


def read_short_code(text: str) -> tuple[str, int] | None:
    """Return (login, publication number) of the last short code in square brackets in ``text``, or None."""
    found = re.findall(r"\[([A-Za-z][\w.~-]{1,48})-(\d{1,9})\]", text)
    return (found[-1][0], int(found[-1][1])) if found else None


@dataclass(frozen=True, slots=True)
class TagsFound:
    """What a letter carries that looks like tags: in the address it was sent to, and in the ids it answers (newest
    first). ``code`` is the short code of the subject. Nothing is verified yet."""

    address: tuple[str, ...] = ()
    thread: tuple[str, ...] = ()
    code: tuple[str, int] | None = None


def tags_in(message: ParsedMessage, tagger: Tagger, address: str) -> TagsFound:
    """Return the tags of ``message``: details of our ``address`` among its recipients, and ids of our letters."""
    base = split(address).base
    details = [parts.detail for parts in map(split, message.recipients) if parts.base == base and parts.detail]
    thread = [message.in_reply_to or "", *reversed(message.references)]
    return TagsFound(
        address=_claiming(details, tagger),
        thread=_claiming([item.strip("<>").rpartition("@")[0].rpartition(".")[0] for item in thread], tagger),
        code=read_short_code(message.subject),
    )


def without_samples(tags: TagsFound, tagger: Tagger) -> tuple[TagsFound, bool]:
    """Return ``tags`` without those of letters that count for nothing, and whether there were any."""
    left = [tuple(tag for tag in found if not is_sample(tag, tagger)) for found in (tags.address, tags.thread)]
    kept = TagsFound(left[0], left[1], tags.code)
    return kept, kept != tags


def is_sample(tag: str, tagger: Tagger) -> bool:
    """Whether ``tag`` is from a letter that counts for nothing."""
    return tagger.sampling().read(tag) is not None


def _claiming(candidates: Sequence[str], tagger: Tagger) -> tuple[str, ...]:
    lowered = (candidate.lower() for candidate in candidates)
    return tuple(dict.fromkeys(candidate for candidate in lowered if tagger.claims(candidate)))


def letters_named(message: ParsedMessage, tagger: Tagger) -> tuple[int, ...]:
    """Return the ids of our letters whose signed return path ``message`` was sent to: what a bounce is about."""
    found = (tagger.letter_of(split(recipient).detail) for recipient in message.recipients)
    return tuple(dict.fromkeys(letter for letter in found if letter is not None))


def shown_code(code: str) -> str:
    """Return a one-time code as people copy it: ``K7QX-2MRT-9PLA``."""
    return "-".join(code.upper()[at : at + 4] for at in range(0, len(code), 4))


def code_address(address: str, code: str) -> str:
    """Return our ``address`` with a one-time code in its detail: an answer to it carries the code."""
    local, _, domain = address.partition("@")
    return f"{local}+c-{code}@{domain}"


def one_time_codes(message: ParsedMessage, address: str, written: str = "") -> tuple[str, ...]:
    """Return what looks like our one-time codes in ``message``: in the address it was sent to, and shown in its subject
    or in ``written``, the person's own words. Lower case, without dashes; nothing is verified."""
    base = split(address).base
    details = (parts.detail for parts in map(split, message.recipients) if parts.base == base)
    sent_to = [match[1] for detail in details if (match := _CODE_DETAIL.fullmatch(detail))]
    shown = ["".join(groups).lower() for groups in _CODE_SHOWN.findall(f"{message.subject}\n{written}")]
    return tuple(dict.fromkeys([*sent_to, *shown]))


# All together


class Origin(NamedTuple):
    """Whether the message is from the address in From. ``proven``: our own server says so (a DMARC pass).

    ``doubt``: it must not be believed, as a stable word, "" where nothing speaks against it. ``dmarc``: the server says
    that it is forged; ``verdict``: what the server says cannot be read; ``from``: not one From with one address (M28).
    """

    proven: bool = False
    doubt: str = ""


def origin_of(message: ParsedMessage, authserv_id: str | None) -> Origin:
    """Return what is known of the origin of ``message``, ``authserv_id`` being the name of our own server (M24)."""
    if not message.one_author:
        return Origin(doubt="from")
    verdict = dmarc_verdict(message, authserv_id)
    return Origin(verdict == "pass", {"fail": "dmarc", "unclear": "verdict"}.get(verdict, ""))


@dataclass(frozen=True, slots=True)
class Assessment:
    """How much is proved. ``trust`` is one of ``tag+sender+dmarc tag+sender tag sender none conflict``.

    ``login`` is lower-case unless the sender's own logins tell the issued case; None in a conflict, and when an address
    serves several logins and no tag chooses. ``claimed`` are all logins that were named, true or not proved enough.
    ``claim`` is the one of them that the message is from if it is true at all: whom to ask; None when nothing says.
    ``cause`` is the stable word for a conflict: ``altered tags sender dmarc verdict from``.
    """

    login: str | None
    publication: int | None
    form_version: int | None
    trust: str
    tag: str | None
    why: str
    claimed: tuple[str, ...] = ()
    claim: str | None = None
    cause: str = ""


def assess(
    sender: str | None,
    sender_logins: Sequence[Login],
    tags: TagsFound,
    workbook_tokens: Sequence[str],
    origin: Origin,
    tagger: Tagger,
) -> Assessment:
    """Weigh tags, sender and origin. ``sender_logins`` are the logins that ``sender`` is registered for.

    Tags of different logins are a conflict, and so are an altered tag, a true tag from an address that serves only
    other logins, and an origin in doubt. But when the sender is registered for all the logins named, the workbook's own
    token decides: an office answers the letter of one school with the workbooks of two. Tags of one login and several
    publications are none: people answer whichever of our letters is at hand, and the workbook's own token says what
    it is.
    """
    candidates = [*workbook_tokens, *tags.address, *tags.thread]
    read = [(candidate, tag) for candidate in candidates if (tag := tagger.read(candidate)) is not None]
    claimed = tuple(dict.fromkeys([tag.login for _, tag in read] + [login.code for login in sender_logins]))
    issued = {login.code.lower(): login.code for login in sender_logins}
    own = {tag.login for token in workbook_tokens if (tag := tagger.read(token)) is not None}
    claim = _claim(own, {tag.login for _, tag in read}, issued)
    cause, why = _conflict(candidates, [tag for _, tag in read], own, issued, sender, origin, tagger)
    if why:
        return Assessment(None, None, None, "conflict", read[0][0] if read else None, why, claimed, claim, cause)
    if read:
        text, tag = read[0]
        known = (tag.publication, tag.form_version)
        if tag.login not in issued:
            return Assessment(tag.login, *known, "tag", text, "tag, unknown sender", claimed, claim)
        trust = "tag+sender+dmarc" if origin.proven else "tag+sender"
        return Assessment(issued[tag.login], *known, trust, text, "tag and sender", claimed, claim)
    if len(issued) == 1:
        (code,) = issued.values()
        return Assessment(code, None, None, "sender", None, "registered address", claimed, claim)
    if issued:
        return Assessment(None, None, None, "sender", None, "address of several logins", claimed)
    return Assessment(None, None, None, "none", None, "unknown sender, no tag", claimed)


def _claim(own: AbstractSet[str], read: AbstractSet[str], issued: Mapping[str, str]) -> str | None:
    """The workbook's own token says most, then the letter's tags, then the address; what is not one login says none."""
    for logins in (own, read, issued.keys()):
        if logins:
            (one, *others) = logins
            return None if others else issued.get(one, one)
    return None


def _conflict(
    candidates: Sequence[str],
    read: Sequence[Tag],
    own: AbstractSet[str],
    issued: Mapping[str, str],
    sender: str | None,
    origin: Origin,
    tagger: Tagger,
) -> tuple[str, str]:
    """Return (stable cause, why in words), both empty when nothing contradicts."""
    if origin.doubt and (read or issued):
        return origin.doubt, f"origin in doubt: {origin.doubt} of {sender}"
    if any(tagger.is_forged(candidate) for candidate in candidates):
        return "altered", "altered tag"
    logins = {tag.login for tag in read}
    if len(logins) > 1 and not (len(own) == 1 and logins <= issued.keys()):
        return "tags", "tags of different logins: " + ", ".join(sorted(logins))
    if logins and issued and not logins & issued.keys():
        return "sender", f"tag of {', '.join(logins)}, sender serves {', '.join(sorted(issued.values()))}"
    return "", ""
