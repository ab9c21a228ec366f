"""What the administrator reads in the Prefect UI stands in the catalogue, like every other sentence."""

from __future__ import annotations

import ast
import importlib
import json
import re
from pathlib import Path

import pytest
from prefect import Flow

from flows import choosing, deployments
from pipeline.console.acts import BY_KEY, Choice

OF_ACTS = {flow: BY_KEY[key] for key, flow in deployments.FLOWS.items()}
FLOWS = sorted((Path(__file__).parents[2] / "flows").glob("*.py"))


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.stem)
def test_forms_and_descriptions_of_flows_name_the_catalogue(path: Path) -> None:
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    told = [word.value for call in calls for word in call.keywords if word.arg in ("title", "description")]
    words = [str(value.value) for value in told if isinstance(value, ast.Constant)]
    assert not [word for word in words if re.search("[А-яё]", word)]


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.stem)
def test_whatever_the_form_of_a_run_shows_is_russian(path: Path) -> None:
    flows = [found for found in vars(importlib.import_module(f"flows.{path.stem}")).values() if isinstance(found, Flow)]
    for found in flows:
        if found in OF_ACTS:
            assert set(found.parameters.properties) == {field.name for field in OF_ACTS[found].fields}
            continue
        assert set(found.parameters.properties) <= {"options"}  # Prefect would show a plain parameter's Python name
        for form in (found.parameters.definitions or {}).values():
            assert re.search("[А-яё]", form["description"])
            for shown in (form, *form["properties"].values()):
                assert re.search("[А-яё]", shown["title"])
                assert re.search("[А-яё]", shown.get("description", "я"))


@pytest.mark.parametrize("key", deployments.FLOWS)
def test_the_form_of_an_act_is_russian_in_every_word_that_is_shown(key: str) -> None:
    act = BY_KEY[key]
    schema = choosing.schema_of(act, {choice: ["Колледж — spo"] for choice in Choice})
    shown = [act.name, act.about, *(shape["title"] for shape in schema["properties"].values())]
    for shape in schema["properties"].values():
        shown += [said for said in (shape["description"], *shape.get("enum", ())) if said]
    assert [said for said in shown if not re.search("[А-яё]", said)] == []


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.stem)
def test_e3_w43_no_form_of_a_run_has_a_date_picker(path: Path) -> None:
    """E3, W43: a picker sends UTC whatever the field says; instants are text that the flow reads as Moscow's."""
    flows = [found for found in vars(importlib.import_module(f"flows.{path.stem}")).values() if isinstance(found, Flow)]
    for found in flows:
        assert "date" not in re.findall(r'"format": "(\w+)', json.dumps(found.parameters.model_dump_for_openapi()))
