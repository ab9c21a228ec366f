"""Kinds of letters: a folder of templates, a dataclass and a sample belong together, and say the same."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from jinja2 import Environment, meta, nodes

from pipeline.mail.letters.kinds import letter_kinds
from tests.factories.letters import SAMPLES, TEMPLATES, renderer
from tests.tools.letter_data import own, read, shown, variables

KINDS = letter_kinds()
RENDERER = renderer()
PARTS = ("subject.txt", "body.txt", "body.html")


def test_every_folder_has_a_dataclass_in_the_module_of_its_name_and_the_other_way_round() -> None:
    folders = {path.parent.name for path in (TEMPLATES / "letters").glob("*/subject.txt")}
    assert folders == set(KINDS)
    assert {name: kind.__module__.rpartition(".")[2] for name, kind in KINDS.items()} == {name: name for name in KINDS}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_its_dataclass_as_json(name: str) -> None:
    sample = SAMPLES[name]
    data = read(KINDS[sample.kind], own(sample.data))
    kept = data.as_json()
    assert read(KINDS[sample.kind], kept) == data
    assert RENDERER.whole(sample.kind, shown(kept, sample.data)) == RENDERER.whole(sample.kind, sample.data)


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_names_nothing_but_the_fields_of_its_dataclass(kind: str) -> None:
    environment = RENDERER._environment
    for part in PARTS:
        asked: set[str] = set()
        known: set[str] = set()
        for tree in _chain(environment, f"letters/{kind}/{part}"):
            asked |= meta.find_undeclared_variables(tree)
            known |= set(_assigned(tree))
        assert asked - known - set(environment.globals) <= variables(KINDS[kind]), part


def _chain(environment: Environment, name: str) -> Iterator[nodes.Template]:
    """A template and what it extends."""
    assert environment.loader is not None
    tree = environment.parse(environment.loader.get_source(environment, name)[0])
    yield tree
    for found in tree.find_all(nodes.Extends):
        assert isinstance(found.template, nodes.Const)
        yield from _chain(environment, found.template.value)


def _assigned(tree: nodes.Template) -> Iterator[str]:
    """What a template sets, imports or defines: blocks see it at run time."""
    for assign in tree.find_all(nodes.Assign):
        if isinstance(assign.target, nodes.Name):
            yield assign.target.name
    yield from (found.target for found in tree.find_all(nodes.Import))
    yield from (found.name for found in tree.find_all(nodes.Macro))
