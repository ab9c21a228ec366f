"""S/MIME as Outlook and КриптоАРМ wrap mail: just enough DER for a signed-data without any signer."""

from __future__ import annotations

import base64

from tests.factories.messages import head, multipart, part

_SIGNED = bytes.fromhex("06092a864886f70d010702")
_DATA = bytes.fromhex("06092a864886f70d010701")


def der(tag: int, *contents: bytes) -> bytes:
    """One DER element."""
    content = b"".join(contents)
    if len(content) < 128:
        return bytes([tag, len(content)]) + content
    length = len(content).to_bytes(4, "big").lstrip(b"\0")
    return bytes([tag, 0x80 | len(length)]) + length + content


def endless(tag: int, *contents: bytes) -> bytes:
    """One BER element of indefinite length."""
    return bytes([tag, 0x80]) + b"".join(contents) + b"\0\0"


def signed_data(content: bytes, *, ber: bool = False) -> bytes:
    """A CMS SignedData that encapsulates ``content``; ``ber`` cuts it into pieces, as Outlook does."""
    version, digests = der(0x02, b"\x01"), der(0x31)
    if not ber:
        octets = der(0x04, content)
        return der(
            0x30,
            _SIGNED,
            der(0xA0, der(0x30, version, digests, der(0x30, _DATA, der(0xA0, octets)), der(0x31))),
        )
    pieces = [der(0x04, content[at : at + 1000]) for at in range(0, len(content), 1000)]
    inner = endless(0x30, _DATA, endless(0xA0, endless(0x24, *pieces)))
    return endless(0x30, _SIGNED, endless(0xA0, endless(0x30, version, digests, inner, der(0x31))))


def _divided(mail: bytes) -> tuple[list[str], bytes]:
    """The outer header lines, and the entity with its Content- fields."""
    block, _, body = mail.partition(b"\r\n\r\n")
    lines = block.decode("utf-8", "surrogateescape").split("\r\n")
    at = next(number for number, line in enumerate(lines) if line.lower().startswith("mime-version"))
    return lines[: at + 1], "\r\n".join(lines[at + 1 :]).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + body


def opaque_signed(mail: bytes, *, ber: bool = False) -> bytes:
    """``mail`` as ``smime.p7m``: its content is inside the signature."""
    lines, entity = _divided(mail)
    label = b'Content-Type: application/pkcs7-mime; smime-type=signed-data; name="smime.p7m"\r\n'
    label += b'Content-Disposition: attachment; filename="smime.p7m"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    outer = b"".join(line.encode("utf-8", "surrogateescape") + b"\r\n" for line in lines)
    return outer + label + base64.encodebytes(signed_data(entity, ber=ber)).replace(b"\n", b"\r\n")


def clear_signed(mail: bytes) -> bytes:
    """``mail`` as multipart/signed with a detached ``smime.p7s``."""
    lines, entity = _divided(mail)
    signature = part(
        'Content-Type: application/pkcs7-signature; name="smime.p7s"\nContent-Transfer-Encoding: base64', "MIAG"
    )
    label = 'multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256'
    return head(lines) + multipart(label, "_sig_", [entity, signature])
