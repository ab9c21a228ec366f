"""The line of ``kabinet inbox explain``."""

from __future__ import annotations

import json

import pytest

from pipeline.mail.explain import explain, messages_of
from pipeline.mail.rules.load import load_rules
from tests.factories.bounce_texts import DEAD
from tests.factories.bounces import REPORTS
from tests.factories.messages import OUR_SUBJECT, TAG, TAGGER, XLSX, outlook, thunderbird, workbook_file
from tests.unit.mail.test_rules import OWN, RULES

KEYS = {
    *("file", "kind", "rule", "login", "trust", "tag", "subject", "bounced", "attachments", "why"),
    *("command", "commands", "certainty", "left_over", "until"),
}


def test_a_bounce_line() -> None:
    line = explain("b.eml", REPORTS["postfix-headers-only"].data, RULES, OWN)
    assert line.keys() == KEYS
    assert (line["file"], line["kind"], line["rule"], line["trust"], line["login"]) == (
        "b.eml",
        "bounce",
        "delivery-failure",
        "none",
        None,
    )
    assert line["bounced"] == [
        {"address": DEAD, "status": "5.1.1", "action": "failed", "reason": "550 5.1.1 User unknown"}
    ]
    json.dumps(line)


def test_a_return_line_with_and_without_keys() -> None:
    data = outlook(files=[workbook_file("Расписание.xlsx")])
    line = explain("r.eml", data, RULES, OWN, TAGGER)
    assert (line["kind"], line["rule"], line["login"], line["trust"], line["tag"]) == (
        "return",
        "workbook",
        "spo240065",
        "tag",
        TAG,
    )
    assert line["subject"] == "RE: " + OUR_SUBJECT
    assert line["attachments"] == [{"name": "Расписание.xlsx", "size": len(workbook_file().data), "type": XLSX}]
    bare = explain("r.eml", data, RULES, OWN)
    assert (bare["login"], bare["trust"], bare["tag"]) == (None, "none", None)


def test_every_rule_is_shown_with_what_it_wants_and_what_was_found() -> None:
    data = thunderbird("Сдаём.", files=[workbook_file()])
    line = explain("t.eml", data, RULES, OWN, trace=True)
    assert line.keys() == KEYS | {"trace"}
    names = [rule.name for rule in RULES.rules]
    assert [trial["rule"] for trial in line["trace"]] == names[: names.index(line["rule"]) + 1]
    assert [trial["matched"] for trial in line["trace"]] == [False] * (len(line["trace"]) - 1) + [True]
    first = line["trace"][0]["conditions"][0]
    assert first == {"condition": "kind", "wanted": "unreadable", "found": "return", "holds": False}
    for trial in line["trace"][:-1]:
        assert any(not item["holds"] for item in trial["conditions"])
    json.dumps(line)


def test_a_rule_on_headers_shows_the_headers_it_looked_at() -> None:
    source = """
rules:
  - {name: crm, description: x, sample: x, action: ignore,
     when: {headers: {X-Mailer: "*crm*", X-None: "*"}, larger: 1MB}}
  - {name: rest, description: x, sample: x, action: question}
"""
    line = explain("t.eml", outlook("x"), load_rules(source, "x"), OWN, trace=True)
    assert [(item["condition"], item["found"], item["holds"]) for item in line["trace"][0]["conditions"]] == [
        ("headers", "x-mailer: microsoft outlook 16.0; x-none: ", False),
        ("larger", line["trace"][0]["conditions"][1]["found"], False),
    ]
    assert line["trace"][1] == {"rule": "rest", "matched": True, "conditions": []}


def test_a_command_line_tells_the_trace() -> None:
    line = explain("c.eml", thunderbird("", "Файл 2"), RULES, OWN)
    assert line["command"] == "ФАЙЛ 2"
    assert "passed unreadable (kind), delivery-failure (kind)" in line["why"]
    assert line["why"].endswith("rule request → command")


def test_anything_gets_a_line() -> None:
    for data in (b"", b"\x00" * 1000, b"From", b"From: \xff\xfe\r\n\r\n"):
        line = explain("x", data, RULES, OWN, TAGGER)
        assert line.keys() == KEYS
        assert line["kind"] in ("unreadable", "question")


def test_an_mbox_is_taken_apart_and_a_single_message_is_not() -> None:
    first, second = outlook(files=[workbook_file()]), thunderbird("From now on\nFrom us", "СТАТУС")
    lines = [b"From a@b.test Mon Aug 30 13:37:00 2021\n", b"From MAILER-DAEMON Mon Aug 30 13:38:00 2021\n"]
    kept = second.replace(b"\r\nFrom us", b"\r\n>From us")
    mbox = lines[0] + first + b"\r\n" + lines[1] + kept + b"\r\n"
    found = messages_of("in.mbox", mbox)
    assert [name for name, _ in found] == ["in.mbox#1", "in.mbox#2"]
    assert [explain(name, data, RULES, OWN)["kind"] for name, data in found] == ["return", "request"]
    assert b"\r\nFrom us" in found[1][1]
    assert messages_of("m.eml", first) == [("m.eml", first)]
    assert messages_of("m.eml", b"") == [("m.eml", b"")]


def test_running_text_that_begins_with_from_does_not_cut_a_message() -> None:
    body = b"From: a@b.test\n\nHello\n\nFrom time to time we write.\n"
    assert len(messages_of("in.mbox", b"From a@b.test Mon Aug 30 13:37:00 2021\n" + body)) == 1


def test_h_every_field_of_a_command_is_there() -> None:
    asked = thunderbird(
        "ПРОДЛИТЬ spo240065 до 10.09.2021 18:00\nНе приступили\nЗдание закрыли на ремонт крыши и второго этажа."
    )
    line = explain("c.eml", asked, RULES, OWN)
    assert line.keys() == KEYS
    assert line["commands"] == ["ПРОДЛИТЬ spo240065 до 10.09.2021 18:00", "НЕ ПРИСТУПИЛИ"]
    assert (line["command"], line["certainty"], line["left_over"]) == (line["commands"][0], "certain", True)
    assert line["until"] == "2021-09-10T18:00:00+03:00"
    json.dumps(line)


def test_h_where_nothing_is_surely_a_command_none_is_named() -> None:
    for data in (thunderbird("Подскажите, куда вносить учеников?"), b"", b"\x00\xff"):
        line = explain("q.eml", data, RULES, OWN)
        assert line.keys() == KEYS
        assert (line["command"], line["commands"], line["certainty"]) == (None, [], "unsure")
        assert (line["left_over"], line["until"]) == (False, None)


@pytest.mark.parametrize(
    ("lines", "until"),
    [
        ("ПРОДЛИТЬ spo240065 до завтра 15-00\nПРОДЛИТЬ spo240118 до 2021-09-14", "2021-08-31T15:00:00+03:00"),
        ("ПРОДЛИТЬ spo240118 по 10/09/21\nПРОДЛИТЬ spo240065 до завтра", "2021-09-10T23:59:00+03:00"),
        ("ПРОДЛИТЬ spo240118 до 09/10\nПРОДЛИТЬ spo240065 до завтра", "2021-08-31T23:59:00+03:00"),
        ("ПРОДЛИТЬ spo240118 до 09/10", None),
    ],
)
def test_h_until_is_the_first_instant_that_can_be_read_of_several(lines: str, until: str | None) -> None:
    line = explain("c.eml", thunderbird(lines), RULES, OWN)
    assert (len(line["commands"]), line["until"]) == (len(lines.split("\n")), until)
