"""A page on which an author sees the letters of a publication before anybody gets them. It needs nothing but itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from pipeline.catalogue import text

_STYLE = """
body{font:16px/1.5 Arial,sans-serif;color:#1c2733;background:#eef1f5;margin:0;padding:24px}
h1{font-size:24px;margin:0 0 8px}h2{font-size:20px;margin:32px 0 8px}
.card{background:#fff;border:1px solid #d5dce4;border-radius:6px;padding:16px 20px;margin:0 0 16px}
.frames{display:flex;flex-wrap:wrap;gap:16px;align-items:flex-start}
figure{margin:0}figcaption{font-size:14px;color:#55606c;margin:0 0 4px}
iframe{border:1px solid #9aa7b5;background:#fff;height:900px}
.desktop{width:720px}.phone{width:375px}
pre{white-space:pre-wrap;overflow-wrap:anywhere;font:14px/1.5 monospace;margin:0}
table{border-collapse:collapse}td{padding:2px 16px 2px 0;vertical-align:top}
.note{color:#55606c}
"""
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-src 'self'"


@dataclass(frozen=True, slots=True)
class Shown:
    """One letter: what it is, its headers as people see them, both parts, and its attachments with their sizes.

    ``html`` has its pictures inside as ``data:``.
    """

    kind: str
    recipient: str
    subject: str
    sender: str
    plain: str
    html: str
    attachments: Sequence[tuple[str, str]] = ()


def page(title: str, plan: Sequence[str], letters: Sequence[Shown], files: Sequence[str]) -> str:
    """Return the page: the plan, each letter as a mail client shows it on a desk and on a phone, and as plain text.

    ``files`` are the names of what lies beside the page. Nothing is loaded from anywhere, scripts do not run.
    """
    parts = [
        "<!DOCTYPE html>",
        '<html lang="ru"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(text('preview.title', title=title))}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{escape(text('preview.title', title=title))}</h1>",
        f'<p class="note">{escape(text("preview.note"))}</p>',
        _list(text("preview.plan"), plan),
        *map(_letter, letters),
        _list(text("preview.files"), files),
        "</body></html>",
    ]
    return "\n".join(part for part in parts if part) + "\n"


def _letter(letter: Shown) -> str:
    headers = [
        (text("preview.from"), letter.sender),
        (text("preview.to"), letter.recipient),
        (text("preview.subject"), letter.subject),
        (text("preview.attached"), "; ".join(f"{name} ({size})" for name, size in letter.attachments) or "–"),
    ]
    rows = "".join(f"<tr><td>{escape(name)}</td><td><b>{escape(value)}</b></td></tr>" for name, value in headers)
    return "\n".join(
        [
            f"<h2>{escape(text(f'preview.{letter.kind}'))}</h2>",
            f'<div class="card"><table>{rows}</table></div>',
            '<div class="frames">',
            _frame("desktop", letter.html),
            _frame("phone", letter.html),
            "</div>",
            f'<h2>{escape(text("preview.plain"))}</h2><div class="card"><pre>{escape(letter.plain)}</pre></div>',
        ]
    )


def _frame(how: str, html: str) -> str:
    caption = escape(text(f"preview.{how}"))
    return (
        f'<figure><figcaption>{caption}</figcaption><iframe class="{how}" sandbox title="{caption}" '
        f'srcdoc="{escape(html)}"></iframe></figure>'
    )


def _list(title: str, lines: Sequence[str]) -> str:
    if not lines:
        return ""
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f'<div class="card"><b>{escape(title)}</b><ul>{items}</ul></div>'
