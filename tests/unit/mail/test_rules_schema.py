"""The JSON Schema of inbox_rules.yaml: current, valid, and of one mind with the reader of the file."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # comes with Prefect, without types

from pipeline.errors import ConfigurationError
from pipeline.mail.rules.load import load_rules
from pipeline.mail.rules.schema import (
    FILE,
    schema,
    schema_text,
)

PROJECT = Path(__file__).parents[3]
LAST = "  - {name: last, description: d, sample: s, action: ignore}\n"


def test_the_shipped_schema_is_what_the_code_makes() -> None:
    assert (PROJECT / "docs" / "schema" / FILE).read_text(encoding="utf-8") == schema_text()


def test_the_shipped_rules_keep_to_it() -> None:
    Draft202012Validator.check_schema(schema())
    source = (PROJECT / "inbox_rules.yaml").read_text(encoding="utf-8")
    assert list(Draft202012Validator(schema()).iter_errors(yaml.safe_load(source))) == []


@pytest.mark.parametrize(
    ("rule", "good"),
    [
        ("action: hold, when: {kind: bounce}", True),
        ("action: hold, reason: посмотреть, when: {section: ВПР*}", True),
        ("action: file, folder: Архив/2021, when: {kind: junk}", True),
        ("action: answer, letter: help, when: {kind: [question, junk]}", True),
        ("action: hold, when: {larger: 10 MB, headers: {x-a: '*'}}", True),
        ("action: file, when: {kind: junk}", False),
        ("action: file, folder: Архив, letter: help, when: {kind: junk}", False),
        ("action: answer, when: {kind: junk}", False),
        ("action: answer, letter: nothing, when: {kind: junk}", False),
        ("action: ignore, folder: Архив, when: {kind: junk}", False),
        ("action: hold, when: {kind: bouncy}", False),
        ("action: hold, when: {}", False),
        ("action: hold, when: {larger: much}", False),
        ("acton: hold, action: hold, when: {kind: junk}", False),
    ],
)
def test_the_schema_and_the_reader_agree(rule: str, good: bool) -> None:
    source = f"rules:\n  - {{name: one, description: d, sample: s, {rule}}}\n{LAST}"
    found = list(Draft202012Validator(schema()).iter_errors(yaml.safe_load(source)))
    assert (not found) is good
    if good:
        load_rules(source, "r.yaml")
    else:
        with pytest.raises(ConfigurationError):
            load_rules(source, "r.yaml")
