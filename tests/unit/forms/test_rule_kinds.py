"""Every kind of rule and every limit is in its table, and shows itself by an example that holds."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from pipeline.forms.checking.examples import run_examples
from pipeline.forms.definition.rulepage import FILE, rule_page
from pipeline.forms.parts import limits
from pipeline.forms.parts.columns import LIMITS, ColumnSpec
from pipeline.forms.rules import kinds
from pipeline.forms.rules.rule import rule_message
from pipeline.forms.rules.table import RULES
from tests.factories.probe import probe_with

SHIPPED = Path(__file__).parents[3] / "docs" / "schema" / FILE


def files_of(package: ModuleType) -> set[str]:
    """The modules of a list of files, as dotted names."""
    names = {path.stem for path in Path(package.__path__[0]).glob("*.py")} - {"__init__"}
    return {f"{package.__name__}.{name}" for name in names}


def test_every_file_of_kinds_is_in_the_table() -> None:
    assert files_of(kinds) == {rule.__module__ for rule in RULES.values()}


def test_every_file_of_limits_is_in_the_table_and_lends_its_keys_to_columns() -> None:
    assert files_of(limits) == {type(limit).__module__ for limit in LIMITS}
    lent = {base.__module__ for base in ColumnSpec.__bases__}
    assert lent <= files_of(limits)


@pytest.mark.parametrize("kind", RULES)
def test_the_example_of_a_kind_is_of_that_kind_and_holds(kind: str) -> None:
    form = probe_with(RULES[kind].EXAMPLE)
    assert [rule.kind for rule in form.rules] == [kind]
    assert [result for result in run_examples(form) if not result.ok] == []


@pytest.mark.parametrize("kind", RULES)
def test_a_kind_has_words_of_its_own(kind: str) -> None:
    form = probe_with(RULES[kind].EXAMPLE)
    (rule,) = form.rules
    assert len(rule_message(form, rule)) > 10


def test_the_shipped_page_is_current() -> None:
    assert SHIPPED.read_text("utf-8") == rule_page(), "run: make schemas"


def test_no_two_kinds_are_known_by_one_key() -> None:
    keys = [key for rule in RULES.values() for key in rule.WRITTEN_BY]
    assert len(keys) == len(set(keys))
