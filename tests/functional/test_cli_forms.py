"""``kabinet form infer`` and the mistakes of a form's author, as the command line prints them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from pipeline.cli import main
from pipeline.forms.definition.form import load_form
from tests.unit.forms.test_definition import GOOD
from tests.unit.forms.test_infer import schools


class Done(NamedTuple):
    """Exit code and the lines of both streams."""

    code: object
    out: list[str]
    err: list[str]


Kabinet = Callable[..., Done]


@pytest.fixture
def kabinet(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Kabinet:
    """Runs the command line in this process, in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["kabinet", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return Done(ended.value.code, out.splitlines(), err.splitlines())

    return run


def test_infer_prints_a_definition_or_writes_it(kabinet: Kabinet) -> None:
    schools().save("Оснащение.xlsx")
    printed = kabinet("form", "infer", "Оснащение.xlsx")
    assert (printed.code, printed.err) == (0, [])
    assert load_form("\n".join(printed.out), "f").sheets[0].title == "Сведения"
    assert kabinet("form", "infer", "Оснащение.xlsx", "-o", "form.yaml").out == ["Записано: form.yaml"]
    assert Path("form.yaml").read_text("utf-8").splitlines() == printed.out
    assert kabinet("form", "build", "form.yaml", "-o", "new.xlsx").code == 0


def test_schema_prints_places_columns_and_checks_by_rule(kabinet: Kabinet) -> None:
    Path("form.yaml").write_text(GOOD, "utf-8")
    printed = kabinet("form", "schema", "form.yaml")
    assert (printed.code, printed.err) == (0, [])
    assert [*printed.out[:2], *printed.out[3:5]] == [
        "Книга целиком",
        "  @rows:main (UInt32)",
        "main: Лист",
        "  subject (String) «Предмет»",
    ]
    assert printed.out[2].startswith("    rows_min: На листе нужно заполнить хотя бы 1 строку.")
    assert "    ORDER: «Конец» не должна быть раньше: «Начало»" in printed.out
    lines = [json.loads(line) for line in kabinet("form", "schema", "form.yaml", "--json").out]
    assert {line["check"] for line in lines} >= {"MOST", "ORDER", "SIZE", "OUT", "required", "range", "pattern"}
    assert [line["title"] for line in lines if (line["place"], line["check"]) == ("days", "MOST")] == ["Начало"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04" + b"\0" * 100, "Книга «x.xlsx» не прочитана."),
        (b"%PDF-1.7 ...", "Книга «x.xlsx» не прочитана. Это документ PDF"),
        (b"", "Книга «x.xlsx» не прочитана. Файл пустой"),
        (None, "Файл x.xlsx не открывается"),
    ],
)
def test_infer_of_a_hostile_file_is_one_sentence(kabinet: Kabinet, content: bytes | None, words: str) -> None:
    if content is not None:
        Path("x.xlsx").write_bytes(content)
    done = kabinet("form", "infer", "x.xlsx")
    assert (done.code, done.out, len(done.err)) == (2, [], 1)
    assert done.err[0].startswith(words)


def test_every_mistake_of_an_author_has_its_line(kabinet: Kabinet) -> None:
    wrong = GOOD.replace("type: int", "type: number").replace("title: Проба", "titel: Проба")
    Path("form.yaml").write_text(wrong, "utf-8")
    done = kabinet("form", "test", "form.yaml")
    assert done.code == 2
    assert [line.partition(", ключ ")[0] for line in done.err] == [
        "Файл form.yaml, строка 4",
        "Файл form.yaml, строка 16",
    ]
    assert done.err[1].endswith("неизвестное слово «number»; возможно, «int».")


def test_a_rule_without_both_examples_is_an_error_and_a_column_needs_none(kabinet: Kabinet) -> None:
    Path("form.yaml").write_text(GOOD, "utf-8")
    done = kabinet("form", "test", "form.yaml")
    assert done.code == 1
    assert done.out[0] == "MOST: У правила MOST нет примеров: добавьте examples с pass и fail."
    assert [line.partition(":")[0] for line in done.out] == ["MOST", "ORDER", "SIZE", "OUT"]
    Path("form.yaml").write_text(GOOD.partition("rules:")[0].replace("{MOST.max:genitive}", "пяти"), "utf-8")
    assert kabinet("form", "test", "form.yaml").code == 0
