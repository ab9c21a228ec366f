"""The schema for editors: current, in Russian, and of one mind with what reads a definition."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # comes with Prefect, without types

from pipeline.authoring.source import read_source
from pipeline.forms.definition.form import form_schema
from pipeline.forms.definition.schema import (
    FILE,
    schema_text,
    words,
)
from pipeline.forms.inferring.infer import SCHEMA
from tests.factories.sheets import PUBLICATIONS
from tests.unit.forms.test_definition import GOOD

SHIPPED = Path(__file__).parents[3] / "docs" / "schema" / FILE
FORMS = sorted(PUBLICATIONS.glob("*/form.yaml"))


def as_editors_see(value: Any) -> Any:
    """YAML 1.2, which editors follow, has no dates: they are texts."""
    if isinstance(value, dict):
        return {key: as_editors_see(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_editors_see(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def faults(source: str) -> list[str]:
    """What an editor underlines in ``source``."""
    validator = Draft202012Validator(json.loads(SHIPPED.read_text("utf-8")))
    return [error.json_path for error in validator.iter_errors(as_editors_see(read_source(source, "form.yaml").data))]


def test_the_shipped_schema_is_current() -> None:
    assert SHIPPED.read_text("utf-8") == schema_text(), "run: make schemas"
    Draft202012Validator.check_schema(form_schema())


@pytest.mark.parametrize("path", FORMS, ids=[path.parent.name for path in FORMS])
def test_shipped_forms_name_the_schema_and_keep_to_it(path: Path) -> None:
    source = path.read_text("utf-8")
    assert faults(source) == []
    assert source.splitlines()[0] == f"# yaml-language-server: $schema={SCHEMA}"
    assert (path.parent / SCHEMA).resolve() == SHIPPED


def test_every_part_and_key_is_explained_in_russian() -> None:
    schema = form_schema()
    for name, part in {**schema["$defs"], "FormDefinition": schema}.items():
        assert words(name), name
        for key, value in part["properties"].items():
            assert value.get("description"), f"{name}.{key}"
        assert "description" not in part, name


def test_what_may_be_written_short_may_be_written_short() -> None:
    prefill = "prefill: {from: files/t.csv, sheet: main}\nlists:"
    assert faults(GOOD.replace("lists:", prefill).replace("[Физика, Химия]", "[10, 11]")) == []


@pytest.mark.parametrize(
    ("wrong", "right", "place"),
    [
        ("tilte: Проба", "title: Проба", "$"),
        ("type: number", "type: int", "$.sheets[0].columns[3].type"),
        ("id: Rooms", "id: rooms", "$.sheets[0].columns[3].id"),
        ("check: distinct_mex", "check: distinct_max", "$.rules[0]"),
        ("rows: 20", "rows: {max: 20, min_filled: 1}", "$.sheets[0].rows"),
    ],
)
def test_an_editor_underlines_what_the_program_refuses(wrong: str, right: str, place: str) -> None:
    assert place in faults(GOOD.replace(right, wrong, 1))
