"""No pattern backtracks: those of the code, of ``inbox_rules.yaml`` and of every ``form.yaml`` (M31)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from pipeline.forms.inferring import guess
from pipeline.forms.making import template
from pipeline.forms.parts.columns import ColumnSpec
from pipeline.forms.parts.limits.pattern import PatternLimit
from pipeline.mail.commands import moments
from pipeline.mail.rules.load import load_rules
from pipeline.mail.rules.ruleset import (
    Facts,
    shell_pattern,
)
from tests.backtracking import LONGEST, attacks_found, grows, slow_on
from tests.patterns import ROOT, Patterns, patterns

# Patterns that exist only at run time, by the call that is given them: examples, or where they are found otherwise.
COMPOSED: Mapping[tuple[str, str], Callable[[], list[re.Pattern[Any]]] | str] = {
    ("pipeline.forms.inferring.guess:_by_title", "words"): lambda: [re.compile(words) for _, words in guess._WORDS],
    ("pipeline.forms.making.template:_cell", """b'<c r="%b"(?:(?!<c ).)*?</c>' % address.encode('ascii')"""): lambda: [
        template._cell("B12")
    ],
    ("pipeline.forms.making.template:_height_and_cell", """b'(?<=<row r="%b" ht=")[^"]*' % row"""): lambda: list(
        template._height_and_cell("B12")
    ),
    ("pipeline.mail.commands.command:taking", r"f'\\A(?:{written})'"): "the table of commands",
    ("pipeline.mail.commands.command:spelled", "f'{before}{words}{after}'"): "the table of commands",
    ("pipeline.mail.commands.moments:_day", "stem"): lambda: [re.compile(stem) for stem in moments._MONTHS],
    (
        "pipeline.mail.kinds.report_words:any_of",
        "'|'.join((f'(?:{pattern})' for pattern in patterns))",
    ): "names of modules",
    ("pipeline.mail.rules.ruleset:shell_pattern", r"f'\\A{translate(pattern)}'"): "inbox_rules.yaml",
}

# What stopped the check for everybody, and others of its kind that stood in the code.
_NUMBERS = r"\d{1,9}(?:(?:\s*(?:,|;|&|\+|и\b|№|#)\s*|\s+)+\d{1,9}\b)*"
_ADDRESS = r"(?:нов(?:ый|ая|ые)\s+)?(?:(?:эл(?:\.|ектронн\w+)?\s*)?(?:адрес(?:а|ом|у)?|почт[аыу])|e-?mail|емейл|имейл)"
BAD: Mapping[str, re.Pattern[Any]] = {
    "numbers": re.compile(_NUMBERS),
    "reason": re.compile(
        r"(?is)отклони\w*(?:\s+исправлени\w+)?[\s№#:]*(?:номер\w*|no?\b)?[\s№#:]*" + _NUMBERS + r"[\s,.:;–—-]*(.*)"
    ),
    "label behind": re.compile(rf"(?i)[\s,(:–—-]+(?:{_ADDRESS}|это\s+{_ADDRESS})\W*$"),
    "found": re.compile(r"[^\s<>,;\"()«»]+@[^\s<>,;\"()«»]+"),
    "replaced": re.compile(r"(?i)\bвместо\b|→|@\S+\s+на\s+\S+@"),
    "place": re.compile(r"(?:^|[\s,]+)(?:(?:из|по)\s+)?публикаци[ия]{1,2}\s*(?:№|n)?\s*(\d{1,9})$"),
    "code beside": re.compile(r"да(?:\s*[,:;-]?\s*(?:код\s*)?[:№#]?\s*([a-z0-9][a-z0-9-]{3,30}))?"),
    "star": re.compile(r"\s*\*+\s*$"),
    "reference": re.compile("&(#?)(x?)([^;]*);"),
    "words": re.compile(r"(?i)(?:авто\w* (?:ответ|відповідь))|(?:уведомлени\w+ об отпуск)"),
    "sender": re.compile(r"(?i)(?:[\w.-]+-(?:owner|bounces?)(?:[-+=].*)?|bounces?[-+].*)@"),
    "nested": re.compile(r"(?:a+)+b"),
    "of bytes": re.compile(rb"(?s)<text><t( [^>]*)?>(.*?)</t></text>"),
}


@pytest.fixture(scope="module")
def found() -> Patterns:
    return patterns()


def troubles(pattern: re.Pattern[Any], where: str) -> Iterator[str]:
    """What is wrong with a pattern, a line each."""
    yield from (f"{where}: regexploit finds {attack}" for attack in attacks_found(pattern.pattern, pattern.flags))
    if (slow := slow_on(pattern)) and slow_on(pattern):  # a busy machine is slow once, a bad pattern each time
        yield f"{where}: time grows faster than the text in {slow}"


def test_f5_m31_no_pattern_of_the_code_backtracks(found: Patterns) -> None:
    wrong = [line for pattern, where in found.found.items() for line in troubles(pattern, where[0])]
    assert not wrong, "\n".join(wrong)


def test_f5_m31_the_patterns_of_the_code_are_found_wherever_they_stand(found: Patterns) -> None:
    """In a name, in a tuple of dataclasses, in a call, in a call over several lines, and as bytes."""
    where = {place for places in found.found.values() for place in places}
    assert "pipeline.steps.requests.handlers.coordinating._NUMBERS" in where
    assert any(place.endswith(".WORDS.argument.pattern") for place in where)
    assert any(place.startswith("pipeline.mail.kinds.bounces:") for place in where)
    assert any(isinstance(pattern.pattern, bytes) for pattern in found.found)


def test_f5_m31_no_pattern_that_is_composed_backtracks(found: Patterns) -> None:
    """A new one is named above, with examples of what it may be."""
    assert {(call.where, call.text) for call in found.composed} == COMPOSED.keys()
    made = {call: make() for call, make in COMPOSED.items() if not isinstance(make, str)}
    wrong = [line for (where, _), each in made.items() for pattern in each for line in troubles(pattern, where)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", BAD)
def test_f5_m31_a_pattern_that_backtracks_is_caught(name: str) -> None:
    assert list(troubles(BAD[name], name))


# -- patterns that people write ---------------------------------------------------------------------------------------

_OF_A_RULE = ("*a*a*a*a*a*b", "*[!x]*[!x]*[!x]*z", "?*?*?*?*b", "*" * 50 + "b", "*@school.test")
_RULES = """rules:
  - name: starred
    description: x
    sample: x.eml
    when: {{subject: "{pattern}"}}
    action: hold
  - name: rest
    description: x
    sample: x.eml
    action: ignore
"""


def written(folder: str) -> list[Path]:
    """The files of that name that the project ships."""
    return [path for path in sorted(ROOT.rglob(folder)) if not {".venv", ".venv-bench", "var"} & set(path.parts)]


def leaves(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield from (leaf for inner in value.values() for leaf in leaves(inner))
    elif isinstance(value, list):
        yield from (leaf for inner in value for leaf in leaves(inner))
    elif isinstance(value, str):
        yield value


def test_f5_m31_no_pattern_of_the_inbox_rules_backtracks_whatever_is_written_there() -> None:
    (file,) = written("inbox_rules.yaml")
    shipped = [
        leaf for rule in yaml.safe_load(file.read_text(encoding="utf-8"))["rules"] for leaf in leaves(rule.get("when"))
    ]
    assert shipped
    wrong = [line for each in (*shipped, *_OF_A_RULE) for line in troubles(shell_pattern(each), each)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("pattern", _OF_A_RULE[:3])
def test_f5_m31_a_rule_is_decided_in_a_time_that_grows_with_the_subject(pattern: str) -> None:
    rules = load_rules(_RULES.format(pattern=pattern), "inbox_rules.yaml")

    def facts(length: int) -> Facts:
        return Facts("question", "", "", (), "a" * length, {}, (), (), "", 0, "none")

    assert rules.decide(facts(10)).rule == "rest"
    assert not grows(rules.decide, facts)


def columns(value: object) -> Iterator[str]:
    """Every ``pattern`` of a form, wherever it stands."""
    if isinstance(value, Mapping):
        yield from (str(inner) for key, inner in value.items() if key == "pattern")
        yield from (found for inner in value.values() for found in columns(inner))
    elif isinstance(value, list):
        yield from (found for inner in value for found in columns(inner))


def fits(pattern: str) -> Callable[[str], object]:
    """The check of a form's column, as every return goes through it."""
    column = ColumnSpec(id="code", title="Код", type="text", pattern=pattern, sample="x")
    fits_pattern = PatternLimit().holds(column, waived=pl.lit(value=False))
    assert fits_pattern is not None
    return lambda text: pl.DataFrame({"code": [text]}).select(fits_pattern).item()


def test_f5_m31_no_pattern_of_a_form_backtracks() -> None:
    forms = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in written("form.yaml")]
    shipped = [pattern for form in forms for pattern in columns(form)]
    assert shipped
    wrong = [line for each in shipped for line in troubles(re.compile(f"^(?:{each})$"), each)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("pattern", [r"(a+)+b", r"(a|a)*b", r"(?:a*)*b", r"a*a*a*b", r"(?:\d{1,9}\s*,?\s*)+x"])
def test_f5_m31_whatever_an_author_writes_a_column_is_checked_in_a_time_that_grows_with_its_text(pattern: str) -> None:
    """Forms are checked by an engine that never backtracks; another one would be seen here."""
    check = fits(pattern)
    assert check("ab" if "a" in pattern else "1x") is True
    assert check("a" * LONGEST) is False
    assert not grows(check, lambda length: "a" * length + "\n" if "a" in pattern else "1 " * (length // 2))
