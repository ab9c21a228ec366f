"""inbox_rules.yaml: every fault is named, the first match wins, every rule owns a sample that reaches it (M11)."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from pipeline.errors import ConfigurationError
from pipeline.isolation import Isolated
from pipeline.mail.explain import explain
from pipeline.mail.kinds.classify import classify
from pipeline.mail.message.parse import parse
from pipeline.mail.rules.load import load_rules
from pipeline.mail.rules.ruleset import (
    Facts,
    RuleSet,
)
from tests.factories.messages import EXCHANGE, TAGGER, gmail, thunderbird, workbook_file
from tests.factories.samples import SAMPLES, build

PROJECT = Path(__file__).parents[3]
SOURCE = (PROJECT / "inbox_rules.yaml").read_text(encoding="utf-8")
RULES = load_rules(SOURCE, "inbox_rules.yaml")
OWN = frozenset({EXCHANGE, "support@kabinet.test"})


@pytest.mark.parametrize("rule", RULES.rules, ids=lambda rule: rule.name)
def test_e13_every_rule_owns_a_sample_that_reaches_it(rule: object) -> None:
    """E13, M11: with the unpacker that the exchange uses, for a winmail.dat that opens is judged by what is in it."""
    name = getattr(rule, "name")  # noqa: B009 - the parameter is typed object for pytest's ids
    sample = getattr(rule, "sample")  # noqa: B009
    unpack = partial(Isolated().run, "tnef")
    line = explain(sample, (SAMPLES / sample).read_bytes(), RULES, OWN, TAGGER, unpack)
    assert line["rule"] == name, line["why"]


def test_the_samples_on_disk_are_what_the_generator_makes() -> None:
    made = build()
    on_disk = {str(path.relative_to(SAMPLES)): path.read_bytes() for path in SAMPLES.rglob("*.eml")}
    assert on_disk.keys() == made.keys()
    assert [name for name in made if made[name] != on_disk[name]] == []


def test_the_hash_is_of_the_file() -> None:
    assert RULES.hash == hashlib.sha256(SOURCE.encode()).hexdigest()


def rules(when: str) -> RuleSet:
    one = f"  - {{name: one, description: d, sample: s, action: hold, when: {{{when}}}}}\n"
    return load_rules(f"rules:\n{one}  - {{name: rest, description: d, sample: s, action: ignore}}\n", "r.yaml")


def facts(data: bytes, trust: str = "none") -> Facts:
    message = parse(data)
    return Facts.of(message, classify(message, OWN), trust)


@pytest.mark.parametrize(
    ("when", "matches"),
    [
        ("kind: return", True),
        ("kind: [bounce, return]", True),
        ("kind: bounce", False),
        ("sender: '*@spo24.test'", True),
        ("sender: '*@other.test'", False),
        ("recipient: 'exchange+*'", True),
        ("subject: '*Расписание*'", True),
        ("headers: {user-agent: '*Thunderbird*'}", True),
        ("headers: {x-none: '*'}", False),
        ("attachments: '*.XLSX'", True),
        ("larger: 10", True),
        ("larger: 10 MB", False),
        ("smaller: 1 MB", True),
        ("trust: tag", True),
        ("trust: [none, conflict]", False),
        ("kind: return, trust: none", False),
    ],
)
def test_conditions(when: str, matches: bool) -> None:
    decision = rules(when).decide(facts(thunderbird("x", files=[workbook_file()]), "tag"))
    assert decision.rule == ("one" if matches else "rest")
    assert decision.passed == (() if matches else ("one",))


def test_m11_the_first_match_wins() -> None:
    both = load_rules(
        "rules:\n  - {name: a, description: d, sample: s, action: hold, when: {kind: request}}\n"
        "  - {name: b, description: d, sample: s, action: ignore, when: {command: форма}}\n"
        "  - {name: c, description: d, sample: s, action: ignore}\n",
        "r.yaml",
    )
    assert both.decide(facts(gmail("форма"))).rule == "a"


def test_an_action_carries_its_parameters() -> None:
    made = load_rules(
        "rules:\n  - {name: a, description: d, sample: s, action: file, folder: Архив/ВПР, when: {section: 'впр*'}}\n"
        "  - {name: b, description: d, sample: s, action: answer, letter: help, when: {kind: junk}}\n"
        "  - {name: c, description: d, sample: s, action: hold, reason: посмотреть}\n",
        "r.yaml",
    )
    message = parse(gmail("Вопрос?"))
    judged = classify(message, OWN)
    filed = made.decide(Facts.of(message, judged, "none", "ВПР СПО"))
    assert (filed.action, filed.folder, filed.letter, filed.reason) == ("file", "Архив/ВПР", None, None)
    held = made.decide(Facts.of(message, judged, "none"))
    assert (held.action, held.folder, held.reason) == ("hold", None, "посмотреть")
    assert held.tried == (("a", "section"), ("b", "kind"))
    answered = made.decide(Facts.of(message, replace(judged, kind="junk"), "none"))
    assert (answered.action, answered.letter) == ("answer", "help")


GOOD = "  - name: last\n    description: d\n    sample: s\n    action: hold\n"


@pytest.mark.parametrize(
    ("source", "code", "line", "nearest"),
    [
        ("", "rules.empty", None, ""),
        ("rules: []", "rules.empty", None, ""),
        ("rules: [", "rules.not_yaml", 1, ""),
        ("- a", "rules.not_mapping", 1, ""),
        ("rule:\n" + GOOD, "rules.unknown_key", 1, "rules"),
        ("rules:\n" + GOOD.replace("action", "acton"), "rules.unknown_key", 5, "action"),
        ("rules:\n" + GOOD.replace("hold", "holt"), "rules.unknown_value", 5, "hold"),
        ("rules:\n" + GOOD.replace("    sample: s\n", ""), "rules.missing_key", 2, ""),
        ("rules:\n" + GOOD.replace("last", "Last One"), "rules.bad_name", 2, ""),
        ("rules:\n" + GOOD + "    when: {kinds: bounce}\n", "rules.unknown_key", 6, "kind"),
        ("rules:\n" + GOOD + "    when: {kind: bouncy}\n", "rules.unknown_value", 6, "bounce"),
        ("rules:\n" + GOOD + "    when: {larger: much}\n", "rules.not_size", 6, ""),
        ("rules:\n" + GOOD + "    when: {kind: []}\n", "rules.empty_list", 6, ""),
        ("rules:\n" + GOOD + "    when: {}\n", "rules.empty_when", 6, ""),
        ("rules:\n" + GOOD + "    when: {kind: bounce}\n", "rules.no_last", 2, ""),
        ("rules:\n" + GOOD + GOOD, "rules.unreachable", 2, ""),
        ("rules:\n" + GOOD + "    when: {kind: junk}\n" + GOOD, "rules.doubled", 7, ""),
        ("rules:\n" + GOOD + "    action: hold\n", "rules.doubled_key", 6, ""),
        ("rules:\n" + GOOD.replace("hold", "''"), "rules.not_text", 5, ""),
        ("rules:\n" + GOOD.replace("hold", "file"), "rules.missing_parameter", 2, "folder"),
        ("rules:\n" + GOOD.replace("hold", "answer"), "rules.missing_parameter", 2, "letter"),
        ("rules:\n" + GOOD.replace("hold", "answer\n    letter: halp"), "rules.unknown_value", 6, "help"),
        ("rules:\n" + GOOD.replace("hold", "file\n    folder: a*"), "rules.bad_folder", 6, "a*"),
        ("rules:\n" + GOOD.replace("hold", "file\n    folder: Inbox"), "rules.bad_folder", 6, "Inbox"),
        ("rules:\n" + GOOD.replace("hold", "ignore\n    folder: a"), "rules.foreign_parameter", 6, "ignore"),
        ("rules:\n" + GOOD.replace("hold", "hold\n    reason: " + "a" * 201), "rules.long_reason", 6, "200"),
        ("rules:\n" + GOOD + "    when: {sections: a}\n", "rules.unknown_key", 6, "section"),
    ],
)
def test_faults_name_file_line_and_the_nearest_word(source: str, code: str, line: int | None, nearest: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_rules(source, "inbox_rules.yaml")
    assert caught.value.code == code
    assert caught.value.values.get("line") == line
    assert str(caught.value).startswith("inbox_rules.yaml")
    assert nearest in str(caught.value)
