"""What is fuzzed: the mail room's reading of a message, and the reading of a workbook. Each has seeds and a promise.

The promise is the check itself: it raises where a reader does.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from pipeline.files.sniff import sniff
from pipeline.forms.reading.read import read_workbook
from pipeline.forms.workbooks.unreadable import UnreadableWorkbook
from pipeline.mail.authentication import dmarc_verdict
from pipeline.mail.explain import explain, messages_of
from pipeline.mail.kinds.classify import KINDS
from pipeline.mail.message.parse import parse
from pipeline.mail.rules.load import load_rules
from tests.factories.bounces import REPORTS
from tests.factories.corpus import CORPUS
from tests.factories.messages import EXCHANGE, TAGGER, xlsx
from tests.factories.workbooks import XmlBook, XmlSheet, inline, one_sheet
from tests.fuzz.mutations import MAIL, WORKBOOK, Mutation

# Behind «damaged» these are no finding about a file but a slip of the reader's.
_OURS = (IndexError, KeyError, AttributeError, TypeError, AssertionError, RecursionError, NameError, UnboundLocalError)
FOUND = Path(__file__).parent / "found"
OWN = frozenset({EXCHANGE, "support@kabinet.test"})
_RULES_FILE = Path(__file__).parents[2] / "inbox_rules.yaml"
RULES = load_rules(_RULES_FILE.read_text(encoding="utf-8"), _RULES_FILE.name)


class Target(NamedTuple):
    """One thing to fuzz. ``check`` raises when the promise is broken; ``instrumented`` are the modules looked at."""

    check: Callable[[bytes], None]
    seeds: Callable[[], list[bytes]]
    mutations: tuple[Mutation, ...]
    instrumented: tuple[str, ...]


def mail(data: bytes) -> None:
    """A message gets its line: a known kind, safe names, no incident, whatever its bytes."""
    line = explain("x.eml", data, RULES, OWN, TAGGER)
    assert line["kind"] in KINDS
    assert not line["why"].startswith("incident"), line["why"]
    json.dumps(line).encode()
    for attachment in line["attachments"]:
        name = attachment["name"]
        assert name
        assert not set(name) & set("/\\\r\n\x00\u202e")
        assert name == unicodedata.normalize("NFC", name)
    for name, one in messages_of("m", data):
        assert name
        message = parse(one)
        assert not any(defect.startswith("parser:") for defect in message.defects), message.defects
        assert dmarc_verdict(message, "mx.test") in ("pass", "fail", "none", "unclear")


def workbook(data: bytes) -> None:
    """A workbook is read or refused with a reason that people are told."""
    assert sniff(data)
    refused: UnreadableWorkbook | None = None
    try:
        assert read_workbook(data).sheets
    except UnreadableWorkbook as error:
        refused = error
    if refused is not None:
        assert refused.reason
        assert not isinstance(refused.__cause__, _OURS), repr(refused.__cause__)


def _messages() -> list[bytes]:
    return sorted({case.data for case in CORPUS.values()} | {report.data for report in REPORTS.values()})


def _workbooks() -> list[bytes]:
    rows = "".join(
        f'<row r="{row}"><c r="A{row}"><v>{row}</v></c>{inline(f"B{row}", "Русский язык")}'
        f'<c r="C{row}" t="b"><v>1</v></c><c r="D{row}" t="e"><v>#N/A</v></c><c r="E{row}"><f>A1</f></c></row>'
        for row in range(1, 9)
    )
    strings = ("<si><t>Предмет</t></si>", "<si><r><t>Да</t></r><rPh><t>x</t></rPh></si>", "<si><t>a_x000D_b</t></si>")
    shared = "".join(
        f'<row r="{row}" hidden="1"><c r="A{row}" t="s"><v>{row % 3}</v></c><c r="B{row}" s="1"><v>44450.5</v></c>'
        f'<c r="D{row}" t="str"><f>1</f><v>x</v></c><c r="F{row}" t="d"><v>2021-09-15</v></c></row>'
        for row in range(2, 30, 3)
    )
    sheets = (
        XmlSheet("РАБОТЫ НА БЛАНКЕ", shared, '<mergeCells count="1"><mergeCell ref="A1:B2"/></mergeCells>'),
        XmlSheet("_kabinet", f'<row r="1">{inline("A1", "k1")}</row>', state="veryHidden"),
    )
    formats = ((0, None), (14, None), (164, "dd\\.mm\\.yyyy"))
    rich = XmlBook(sheets, strings, formats, keywords="k.1.2", date1904=True).data()
    return [xlsx(), one_sheet(rows), rich]


TARGETS: dict[str, Target] = {
    "mail": Target(mail, _messages, MAIL, ("pipeline.mail",)),
    "workbook": Target(workbook, _workbooks, WORKBOOK, ("pipeline.forms",)),
}
