"""Every kind of letter, with what is attached to it, passes a provider's filter: delivered by a server, then scored."""

from __future__ import annotations

import smtplib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.forms.making.build import build_workbook
from pipeline.mail.letters.render import (
    LetterFile,
    compose,
)
from tests.factories.letters import SAMPLES, SENDER, letter, longest_of_each_kind, renderer
from tests.factories.workbooks import COVER, sample_form
from tests.systems.postfix import Postfix
from tests.systems.spamassassin import scores

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HIGHEST = 1.0
# What support is told to type is Latin among Cyrillic: MIXED_ES counts the letters e, 1.0 point for more than twenty.
COMMANDS_COST = {"attention": 1.0}
READER = "spam@filter.test"
_BULK = """\
From: "Win" <winner9988@lottery.test>
To: spam@filter.test
Subject: CONGRATULATIONS!!! YOU HAVE WON $1,000,000 DOLLARS
Date: Mon, 30 Aug 2021 17:41:00 +0000
Message-ID: <1@lottery.test>
MIME-Version: 1.0
Content-Type: text/html

<html><body><font size=7 color=red>DEAR FRIEND, click here NOW to claim your millions of dollars, viagra
</font></body></html>
"""


def _files(kind: str) -> list[LetterFile]:
    """What the exchange attaches to letters of this kind."""
    form = LetterFile("Форма spo240065.xlsx", XLSX, build_workbook(sample_form(), COVER))
    report = LetterFile("Список участников № 445.xlsx", XLSX, form.data)
    if kind in ("digest", "closing", "participants_list", "export_ready", "downloads"):
        return [report]
    if kind == "question":
        return [LetterFile("Исходное письмо.eml", "message/rfc822", b"From: a@school.test\r\n\r\n?\r\n")]
    return [form] if kind in _WITH_FORM else []


_WITH_FORM = {"publication", "reminder", "last_call", "form", "rejected", "draft_kept", "unreadable", "no_workbook"}


@pytest.mark.system("postfix")
@pytest.mark.system("spamassassin")
def test_every_kind_of_letter_scores_below_one_as_it_is_delivered(postfix: Postfix, tmp_path: Path, soak: bool) -> None:
    chosen = SAMPLES if soak else longest_of_each_kind()
    made, now = renderer(), datetime.now(UTC)
    with smtplib.SMTP("127.0.0.1", postfix.port, timeout=10) as server:
        for name, sample in chosen.items():
            row = letter(sample.kind, data=sample.data, address=READER, message_id=f"<{name}@kabinet.test>")
            row = replace(row, created_at=now)
            rendered = made.render(sample.kind, sample.data)
            message = compose(row, rendered, _files(sample.kind), SENDER, sample.data["reply_to"] or SENDER.address)
            server.sendmail(SENDER.address, [READER], message)
        server.sendmail("winner9988@lottery.test", [READER], _BULK)
    delivered = {}
    for message in postfix.wait_for(READER, len(chosen) + 1, 60):
        assert b"\nReceived: from " in message
        head = message.partition(b"\r\n\r\n")[0].decode("latin-1")
        delivered[head.partition("Message-ID: <")[2].partition("@")[0]] = message
    assert delivered.keys() == {*chosen, "1"}
    found = scores(tmp_path, delivered)
    assert found.pop("1").points > HIGHEST  # the rules are there and see what they are for
    allowed = {name: HIGHEST + COMMANDS_COST.get(SAMPLES[name].kind, 0) for name in found}
    assert {name: score for name, score in found.items() if score.points >= allowed[name]} == {}
