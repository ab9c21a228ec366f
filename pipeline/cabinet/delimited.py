"""Text of a CSV that an office program wrote: its encoding and what stands between the cells."""

from __future__ import annotations

UTF16 = (b"\xff\xfe", b"\xfe\xff")


def decoded(data: bytes) -> str | None:
    """Return the text in ``data`` (UTF-8, UTF-16 with its mark, Windows-1251), None when it is no text."""
    for encoding in ("utf-16",) if data.startswith(UTF16) else ("utf-8-sig", "cp1251"):
        try:
            source = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in source:
            return source
    return None


def delimiter(heading: str) -> str:
    """Return what separates the cells of the line of headings: «;», «,» or a tab."""
    return max(";,\t", key=heading.count)
