"""The one reader of YAML: values as written, the line of every part, the line and kind of every fault."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.authoring import bounds
from pipeline.authoring.mistake import Mistake
from pipeline.authoring.source import Source, read_source
from pipeline.authoring.tree import BrokenYaml, Fields, Items, Node, Scalar, plain_scalar, read_yaml
from pipeline.errors import ConfigurationError


def shape(node: Node | None) -> object:
    """A node with its lines as plain data: ``(line, value)``."""
    match node:
        case None:
            return None
        case Scalar():
            return (node.line, node.value)
        case Items():
            return (node.line, [shape(item) for item in node.items])
        case Fields():
            return (node.line, [(shape(key), shape(value)) for key, value in node.entries])


def broken(source: str) -> BrokenYaml:
    with pytest.raises(BrokenYaml) as caught:
        read_yaml(source)
    return caught.value


def test_every_key_item_and_value_has_its_line() -> None:
    source = "a: 1\nb:\n  - x\n  - {c: y}\n\nd: >\n  long\n  text\n"
    assert shape(read_yaml(source)) == (
        1,
        [
            ((1, "a"), (1, "1")),
            ((2, "b"), (3, [(3, "x"), (4, [((4, "c"), (4, "y"))])])),
            ((6, "d"), (6, "long text\n")),
        ],
    )


@pytest.mark.parametrize("source", ["", "\n\n", "# a comment\n"])
def test_nothing_is_no_fault(source: str) -> None:
    assert read_yaml(source) is None


@pytest.mark.parametrize(
    ("written", "value"),
    [
        *(
            (written, written)
            for written in ("01", "010", "0x1F", "0b11", "9:00", "1_000", "+5", "1.", "2_0.5", ".inf")
        ),
        ("0", 0),
        ("-12", -12),
        (".5", 0.5),
        ("1.5e+3", 1500.0),
        ("2.50", 2.5),
        ("2021-09-15", date(2021, 9, 15)),
        ("true", True),
        ("True", "True"),
        ("yes", "yes"),
        ("on", "on"),
        ("Да", "Да"),
        ("~", None),
        ("", None),
        ("'010'", "010"),
        ('"\\x41"', "A"),
        ("!!str 5", "5"),
        ("<<", "<<"),
        ("=", "="),
    ],
)
def test_w31_a_scalar_is_a_text_and_has_a_type_where_one_is_asked_for(written: str, value: object) -> None:
    node = read_yaml(f"a: {written}\n")
    assert isinstance(node, Fields)
    scalar = node.entries[0][1]
    assert isinstance(scalar, Scalar)
    assert (scalar.typed(), type(scalar.typed())) == (value, type(value))


@pytest.mark.parametrize("written", ["2021-02-31", "!!int ''", "!!int x", "!!timestamp x", "!!bool x", "!!float ''"])
def test_a_value_that_does_not_exist_is_a_fault_of_its_value(written: str) -> None:
    node = read_yaml(written)
    assert isinstance(node, Scalar)
    with pytest.raises(ValueError):  # noqa: PT011 - the value is the message
        node.typed()


def test_a_tag_of_the_authors_own_is_no_yaml_of_ours() -> None:
    node = read_yaml("\n!ours x")
    assert isinstance(node, Scalar)
    with pytest.raises(BrokenYaml) as caught:
        node.typed()
    assert (caught.value.what, caught.value.line) == ("other", 2)


@pytest.mark.parametrize(
    ("source", "what", "line"),
    [
        ("a: 1\nb: c: d\n", "colon", 2),
        ("a:\n\tb: 1\n", "tab", 2),
        ("a: 1\nb: 'open\nc: 2\n", "open", 2),
        ('a: 1\nb: "open\nc: "closed"\n', "open", 2),
        ("a: 1\nb: [1, 2\n", "comma", 3),
        ("a: {x: 1 y: 2}\n", "comma", 1),
        ("a: 1\n b: 2\n", "colon", 2),
        ("- a\nb: 1\n", "indent", 2),
        ("a: 1\nb\nc: 2\n", "no_colon", 3),
        ("a: *nobody\n", "alias", 1),
        ("a: 1\nb: &! x\n", "alias_name", 2),
        ("a: 1\nb: \x08\n", "control", 2),
        ('a: 1\nb: "\\q"\n', "quoted", 2),
        ("a: 1\n---\nb: 2\n", "other", 2),
        ("a: %x\n", "other", 1),
    ],
)
def test_a_fault_has_its_kind_and_line(source: str, what: str, line: int) -> None:
    found = broken(source)
    assert (found.what, found.line, found.too_much) == (what, line, False)


@pytest.mark.parametrize(
    ("source", "what", "line"),
    [
        ("a: 1\n" + "#" * bounds.LONGEST, "long", 2),
        ("a:\n " + "[" * (bounds.DEEPEST + 1) + "]" * (bounds.DEEPEST + 1), "deep", 2),
        ("a:\n  &a [*a]\n", "endless", 2),
        (
            "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
            + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)),
            "many",
            6,
        ),
    ],
)
def test_too_much_is_refused_before_it_is_built(source: str, what: str, line: int) -> None:
    found = broken(source)
    assert (found.what, found.line, found.too_much) == (what, line, True)


def test_an_alias_is_the_node_of_its_anchor_however_deep_they_chain() -> None:
    count = 800
    lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, count))]
    node = read_yaml("\n".join(lines))
    assert isinstance(node, Fields)
    first, second = node.entries[0][1], node.entries[1][1]
    assert isinstance(second, Items)
    assert second.items[0] is first
    assert first.line == 1


def test_a_key_may_be_written_twice_and_both_have_their_lines() -> None:
    node = read_yaml("a: 1\nb: 2\na: 3\n")
    assert shape(node) == (1, [((1, "a"), (1, "1")), ((2, "b"), (2, "2")), ((3, "a"), (3, "3"))])


def test_a_long_text_is_read_by_libyaml_alone_and_its_fault_still_has_a_line() -> None:
    found = broken("a: 1\n" * (bounds.SLOWEST // 4) + "b: c: d\n")
    assert (found.what, found.line) == ("colon", bounds.SLOWEST // 4 + 1)


@given(st.text(max_size=200) | st.text("ab:-[]{}&*!'\"#|>%@`\n\t ,?<", max_size=60))
def test_whatever_is_written_is_a_tree_or_one_fault_with_a_line_of_the_text(source: str) -> None:
    try:
        node = read_yaml(source)
    except BrokenYaml as fault:
        line = fault.line
    else:
        line = node.line if node else 1
    assert 1 <= line <= len(source.splitlines()) + 1


@given(st.text(max_size=40))
def test_what_may_be_written_bare_is_read_back_as_that_text(value: str) -> None:
    if plain_scalar(value):
        assert read_source(f"key: {value}\nlist:\n  - {value}\n", "f").data == {"key": value, "list": [value]}


def read(source: str) -> Source:
    return read_source(source, "form.yaml")


def test_plain_data_keeps_the_line_of_every_path() -> None:
    found = read("sheets:\n  - id: main\n    rows: {max: 5}\n")
    assert found.data == {"sheets": [{"id": "main", "rows": {"max": 5}}]}
    assert [found.line(path) for path in (("sheets",), ("sheets", 0), ("sheets", 0, "rows", "max"))] == [1, 2, 3]
    assert found.line(("sheets", 0, "rows", "min")) == 3
    assert found.spelled(("sheets", 0, "rows")) == "sheets.main.rows"
    assert found.spelled(("sheets", 1, "rows")) == "sheets.2.rows"


def test_a_doubled_key_and_a_day_that_is_not_there_are_mistakes_with_their_places() -> None:
    found = read("a: 1\nb: {c: 2021-02-31}\na: 2\n")
    assert found.data == {"a": 1, "b": {"c": "2021-02-31"}}
    assert found.found == [
        Mistake(("b", "c"), "author.no_such_date", {"value": "2021-02-31"}),
        Mistake(("a",), "author.twice", {"key": "a", "first": 1}, 3),
    ]


@pytest.mark.parametrize("source", ["? [a, b]\n: 1\n", "? {a: b}\n: 1\n"])
def test_a_key_that_is_no_text_is_a_key_nobody_knows(source: str) -> None:
    assert read(source).data == {"…": 1}


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("a: 1\nb: c: d\n", 2, "возьмите всё значение в кавычки"),
        ("a: !ours x\n", 1, "это не YAML"),
        ("a: " + "[" * 21 + "]" * 21, 1, "это не YAML"),
        ("a:\n  &a [*a]\n", 2, "уберите её"),
    ],
)
def test_what_is_no_yaml_is_one_sentence_with_file_line_and_advice(source: str, line: int, words: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(source)
    assert str(caught.value).startswith(f"Файл form.yaml, строка {line}: ")
    assert words in str(caught.value)
