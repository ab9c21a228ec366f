"""Signing letters (DKIM, RFC 6376; Ed25519 by RFC 8463): relaxed header, simple body, over bytes that we composed.

dkimpy does the same and is what the tests verify by; with RSA keys it signs 20 times slower (docs/decisions.md).
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from dataclasses import dataclass, field

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from pipeline.errors import ConfigurationError
from pipeline.model import WireMessage

_SIGNED = (
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "reply-to",
    "in-reply-to",
    "references",
    "auto-submitted",
    "list-id",
    "list-help",
    "list-unsubscribe",
    "feedback-id",
    "content-type",
    "mime-version",
)
_ONCE = ("from", "subject", "date")
"""Signed once more than they stand there, so that a second one put in on the way breaks the signature."""
_FIELD = re.compile(rb"(?m)^([!-9;-~]+)[ \t]*:([^\r\n]*(?:\r\n[ \t][^\r\n]*)*)\r\n")
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?")
_FEWEST_BITS = 1024
_BLANKS = re.compile(rb"[ \t\r\n]+")
_LINE = 70


@dataclass(frozen=True)
class DkimKey:
    """A private key, and where the public one is published: ``<selector>._domainkey.<domain>``."""

    domain: str
    selector: str
    key: RSAPrivateKey | Ed25519PrivateKey = field(repr=False)

    @property
    def record_name(self) -> str:
        """The name of the TXT record in the DNS."""
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def record(self) -> str:
        """The text of that record."""
        public = self.key.public_key()
        if isinstance(self.key, RSAPrivateKey):
            kind, octets = "rsa", public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        else:
            kind, octets = "ed25519", public.public_bytes(Encoding.Raw, PublicFormat.Raw)
        return f"v=DKIM1; k={kind}; p={b64encode(octets).decode()}"

    @property
    def zone_line(self) -> str:
        """The record as a line of a zone file: texts longer than 255 octets stand in pieces (RFC 6376, 3.6.2.2)."""
        pieces = [self.record[start : start + 250] for start in range(0, len(self.record), 250)]
        return f"{self.record_name}. IN TXT " + " ".join(f'"{piece}"' for piece in pieces)

    def aligned_with(self, address: str) -> bool:
        """Whether receivers take the signature for one of this address's domain, relaxed (RFC 7489, 3.1.1).

        One of the domains must be the other or lie under it: which parent is the organisation's own, only the list of
        public suffixes would tell.
        """
        domain, signing = address.rpartition("@")[2].lower(), self.domain.lower()
        return domain == signing or domain.endswith(f".{signing}") or signing.endswith(f".{domain}")

    def signed(self, content: bytes) -> bytes:
        """Return the message with its signature on top; the same bytes for the same message.

        ``content`` is as composed: CRLF line ends, no field twice, no signature yet.
        """
        end = content.index(b"\r\n\r\n") + 2
        fields = {found[1].lower().decode("ascii"): found[2] for found in _FIELD.finditer(content, 0, end)}
        present = [name for name in _SIGNED if name in fields]
        body = b64encode(hashlib.sha256(content[end + 2 :].rstrip(b"\r\n") + b"\r\n").digest()).decode("ascii")
        algorithm = "rsa-sha256" if isinstance(self.key, RSAPrivateKey) else "ed25519-sha256"
        unsigned = (
            f"v=1; a={algorithm}; c=relaxed/simple; d={self.domain}; s={self.selector};\r\n"
            f" h={_folded([*present, *_ONCE])};\r\n bh={body};\r\n b="
        ).encode("ascii")
        hashed = b"".join(_relaxed(name, fields[name]) + b"\r\n" for name in present)
        signature = b64encode(self._signature(hashed + _relaxed("dkim-signature", unsigned)))
        lines = [signature[start : start + _LINE] for start in range(0, len(signature), _LINE)]
        signed = b"".join((b"DKIM-Signature: ", unsigned, b"\r\n ".join(lines), b"\r\n", content))
        return WireMessage(signed) if isinstance(content, WireMessage) else signed

    def _signature(self, data: bytes) -> bytes:
        if isinstance(self.key, RSAPrivateKey):
            return self.key.sign(data, padding.PKCS1v15(), SHA256())
        return self.key.sign(hashlib.sha256(data).digest())


def load_key(domain: str, selector: str, pem: bytes) -> DkimKey:
    """Return the key in ``pem``, unencrypted; raises ConfigurationError for anything but RSA of 1024 bits or more
    (RFC 8301) and Ed25519, and for names that cannot stand in the DNS."""
    if not _NAME.fullmatch(domain) or not _NAME.fullmatch(selector):
        raise ConfigurationError("dkim.name", domain=domain, selector=selector)
    try:
        key = load_pem_private_key(pem, None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ConfigurationError("dkim.key") from error
    if not isinstance(key, RSAPrivateKey | Ed25519PrivateKey) or (
        isinstance(key, RSAPrivateKey) and key.key_size < _FEWEST_BITS
    ):
        raise ConfigurationError("dkim.key")
    return DkimKey(domain.lower(), selector, key)


def _relaxed(name: str, value: bytes) -> bytes:
    """Return a field as it is signed: name in lower case, unfolded, blanks run together (RFC 6376, 3.4.2)."""
    return name.encode("ascii") + b":" + _BLANKS.sub(b" ", value).strip()


def _folded(names: list[str]) -> str:
    lines, line = [], ""
    for name in names:
        if len(line) + len(name) > _LINE:
            lines.append(line)
            line = ""
        line += f"{name}:"
    return "\r\n ".join([*lines, line.rstrip(":")])
