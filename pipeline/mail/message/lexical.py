"""The small grammar that fields share (RFC 5322, 3.2): comments, and text on one line."""

from __future__ import annotations


def strip_comments(value: str) -> str:
    """Return ``value`` without its (nested) comments; quoted strings are left alone (RFC 5322, 3.2.2)."""
    if "(" not in value:
        return value
    result: list[str] = []
    depth, quoted, escaped = 0, False, False
    for letter in value:
        if escaped:
            escaped = False
        elif letter == "\\":
            escaped = True
        elif letter == '"' and depth == 0:
            quoted = not quoted
        elif letter == "(" and not quoted:
            depth += 1
            continue
        elif letter == ")" and depth:
            depth -= 1
            continue
        if depth == 0:
            result.append(letter)
    return "".join(result)


_CONTROLS = dict.fromkeys([*range(32), 0x7F], " ")


def clean_line(text: str) -> str:
    """Return ``text`` on one line: control characters out, runs of white space as one space."""
    return " ".join(text.translate(_CONTROLS).split())
