"""The words of a message: HTML as plain text, and what the person wrote without what they quoted."""

from __future__ import annotations

import re

from lxml import etree

LARGEST_HTML = 2_000_000
# Elements that stand on lines of their own.
_LINES = frozenset(
    {
        "address",
        "article",
        "aside",
        "blockquote",
        "dd",
        "div",
        "dl",
        "dt",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
    }
    | {
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
    }
)
_SILENT = frozenset({"script", "style", "head", "title", "template", "noscript", "object", "svg"})
_QUOTE_CLASSES = re.compile(r"gmail_quote|yahoo_quoted|moz-cite|protonmail_quote|mail_quote|js-quote")
_QUOTE_IDS = re.compile(r"divRplyFwdMsg|appendonsend|mail-app-auto-quote|isForwardContent|reply-intro")


def html_to_text(source: str) -> str:
    """Return the words of an HTML message, a line a block; quoted blocks get «> ». Never raises."""
    try:
        parser = etree.HTMLParser(encoding="utf-8", recover=True, no_network=True, remove_comments=True)
        root = etree.fromstring(source[:LARGEST_HTML].encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError):
        root = None
    if root is None:
        return re.sub(r"<[^<>]{0,2000}>", " ", source[:LARGEST_HTML])
    return _layout(root)


_BLANKS = dict.fromkeys(map(ord, "\t\r\n\xa0"), " ")


def _layout(root: etree._Element) -> str:
    written: list[str] = []
    silent = quotes = 0
    rest_quoted = False

    def write(words: str | None) -> None:
        if words and not silent:
            written.append(words.translate(_BLANKS))

    def new_line() -> None:
        if not silent:
            written.append("\n" + "> " * min(quotes + rest_quoted, 3))

    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag
        name = tag if isinstance(tag, str) else ""
        quoting = name == "blockquote" or bool((word := element.get("class")) and _QUOTE_CLASSES.search(word))
        if event == "start":
            silent += name in _SILENT
            quotes += quoting
            rest_quoted = rest_quoted or bool((word := element.get("id")) and _QUOTE_IDS.search(word))
            if name in _LINES or name == "br" or quoting:
                new_line()
            write(element.text)
        else:
            silent -= name in _SILENT
            quotes -= quoting
            if name in _LINES or quoting:
                new_line()
            write(element.tail)
    lines = re.sub("  +", " ", "".join(written)).split("\n")
    text = "\n".join(line.strip() if line.strip("> ") else "" for line in lines)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


_DIVIDERS = re.compile(
    r"""(?ix)\A(?:
    -{2,}\s*(original\ message|исходное\ сообщение|пересылаемое\ сообщение|пересланное\ сообщение|forwarded\ message
        |конец\ перес|начало\ перес|переадресованное|original\ appointment|reply\ message|reply\ separator)
    | (begin\ forwarded\ message|начало\ переадресованного\ сообщения|начато\ пересылаемое\ сообщение)\b
    | _{20,}\s*$
    )"""
)
_WROTE = re.compile(
    r"(?i)^(?!>).{0,400}(\bпиш(ет|ете|ут)|\bписал(а|и|\(а\))?|\bнаписал(а|и|\(а\))?|\bwrote|\bwrites|\bsaid"
    r"|schrieb|a écrit)\b[^\n]{0,200}:\s*$"
)
_BLOCK_FROM = re.compile(r"(?i)^[*\s]*(от|от кого|from|von|de|отправитель|кому|to)\s*:\*?\s*\S")
_BLOCK_NEXT = re.compile(
    r"(?i)^[*\s]*(кому|отправлено|дата|тема|копия|sent|to|subject|date|cc|reply-to|от|from|gesendet|an|betreff)\s*:"
)
_CLOCK = re.compile(r"\d{1,2}[:.]\d\d")
_SIGNATURE = re.compile(r"^-- ?$|^--\s*$")
_SENT_FROM = re.compile(r"(?i)^\s*(отправлено (с|из|от)\b|sent from (my|the)\b|получите outlook для|get outlook for)")


def own_lines(text: str, most: int = 200) -> list[str]:
    """Return the lines that the person wrote, at most ``most``, without quotes, signature and the letter below.

    An answer written under the quote is kept: quoted lines are passed over, only a divider ends the message.
    """
    result: list[str] = []
    lines = text[:200_000].split("\n")
    for number, line in enumerate(lines):
        bare = line.strip(" \t\u200b\ufeff\xa0")
        if _ends_own_words(bare, lines, number):
            break
        if bare.startswith((">", "|>")) or _SENT_FROM.match(bare):
            continue
        if (bare.endswith(":") and _WROTE.match(bare)) or _wrapped_wrote(bare, lines, number):
            continue
        result.append(bare)
        if len(result) >= most:
            break
    return result


def _ends_own_words(bare: str, lines: list[str], number: int) -> bool:
    if _DIVIDERS.match(bare) or (bare.startswith("--") and _SIGNATURE.match(bare)):
        return True
    if not bare or ":" not in bare:  # what follows is costly, and most lines are neither
        return False
    if bare.endswith(":") and _WROTE.match(bare) and not _quote_follows(lines, number):
        return True
    if _BLOCK_FROM.match(bare):
        near = [line.strip() for line in lines[number + 1 : number + 6] if line.strip()]
        return sum(bool(_BLOCK_NEXT.match(line)) for line in near) >= 2
    return False


def _wrapped_wrote(bare: str, lines: list[str], number: int) -> bool:
    """«27 августа 2021 г., 13:37 … <a@b.test>» on one line and «пишет:» on the next."""
    if number + 1 >= len(lines) or not (following := lines[number + 1].strip()).endswith(":"):
        return False
    return len(following) < 80 and bool(_CLOCK.search(bare) and _WROTE.match(following))


def _quote_follows(lines: list[str], number: int) -> bool:
    after = next((line.strip() for line in lines[number + 1 : number + 5] if line.strip()), "")
    return after.startswith(">")
