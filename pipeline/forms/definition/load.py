"""YAML of a form's author → definition, every mistake named by file, line, key and the nearest right spelling."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from pipeline.authoring.mistake import (
    AuthorError,
    Mistake,
    Path,
)
from pipeline.authoring.source import Source, read_source
from pipeline.authoring.spelling import hint, nearest
from pipeline.authoring.tree import on_one_line
from pipeline.catalogue import text
from pipeline.files.names import slug
from pipeline.forms.definition.crosscheck import mistakes
from pipeline.forms.definition.spec import FormDefinition
from pipeline.forms.parts.columns import ColumnSpec
from pipeline.forms.parts.conditions import Condition
from pipeline.forms.parts.sheets import ListSpec, PrefillSpec, RowsSpec, SheetSpec, UnpivotSpec
from pipeline.forms.rules.kinds.when_then import Then
from pipeline.forms.rules.rule import Examples, RuleBase
from pipeline.forms.rules.table import CHECKS, RULES
from pipeline.forms.workbooks.values import normalise

_PARTS: Mapping[tuple[str, ...], type[BaseModel]] = {
    ("prefill",): PrefillSpec,
    ("sheets",): SheetSpec,
    ("sheets", "rows"): RowsSpec,
    ("sheets", "columns"): ColumnSpec,
    ("sheets", "unpivot"): UnpivotSpec,
    ("rules", "then"): Then,
    ("rules", "examples"): Examples,
}
_SYNONYMS: Mapping[str, str] = {
    "string": "text",
    "str": "text",
    "number": "int",
    "integer": "int",
    "float": "decimal",
    "list": "choice",
    "select": "choice",
    "boolean": "bool",
    "datetime": "date",
    "число": "int",
    "дата": "date",
    "текст": "text",
    "список": "choice",
    "name": "title",
    "label": "title",
    "название": "title",
    "mandatory": "required",
    "options": "list",
    "enum": "list",
    "min": "range",
    "max": "range",
    "regex": "pattern",
    "if": "when",
    "expression": "compare",
    "err": "error",
    "warn": "warning",
    "да": "true",
    "yes": "true",
    "нет": "false",
    "no": "false",
}
"""Words of other tools and of plain Russian for ours: no likeness of letters would find these."""


def parse_definition(source: str, name: str) -> FormDefinition:
    """Return the definition in ``source``; raises AuthorError with every mistake, in the order of the file.

    What does not agree within the form is looked for only when each part is right in itself.
    """
    read = read_source(source, name)
    if not isinstance(read.data, dict):
        raise _error(read, [Mistake((), "author.not_a_form")])
    try:
        form = FormDefinition.model_validate(read.data)
    except ValidationError as error:
        raise _error(read, [*read.found, *_translations(read, error.errors(include_url=False))]) from None
    found = [*read.found, *mistakes(form)]
    if found:
        raise _error(read, found)
    return form


def _error(read: Source, found: Iterable[Mistake]) -> AuthorError:
    """The sentences of ``found``; one mistake that shows in several places (an anchor used again) is listed once."""
    sentences: dict[tuple[int, str, str], str] = {}
    for mistake in sorted(_told(list(found)), key=lambda mistake: mistake.line or read.line(read.placed(mistake.path))):
        path = read.placed(mistake.path)
        line = mistake.line or read.line(path)
        problem = text(mistake.code, **_values(mistake))
        key = read.spelled(path)
        where = text("author.at", key=key) if key else ""
        sentence = text("author.mistake", file=read.name, line=line, where=where, problem=problem)
        sentences.setdefault((line, key.rpartition(".")[2], problem), sentence)
    return AuthorError(list(sentences.values()))


def _told(found: list[Mistake]) -> list[Mistake]:
    """Without what only follows from another mistake: a misspelt key is also a missing one, a list of wrong items also
    an empty one, and what YAML could not read is no right value either."""
    paths = [mistake.path for mistake in found]
    broken = {mistake.path for mistake in found if mistake.code == "author.no_such_date"}
    misspelt = {
        (mistake.path[:-1], near)
        for mistake in found
        if mistake.code == "author.unknown_key" and (near := _close(mistake.values)) is not None
    }
    return [
        mistake
        for mistake in found
        if not (mistake.code == "author.missing" and (mistake.path, mistake.values["key"]) in misspelt)
        and not (mistake.code == "author.empty" and any(_inside(path, mistake.path) for path in paths))
        and not (mistake.path in broken and mistake.code != "author.no_such_date")
    ]


def _inside(path: Path, outer: Path) -> bool:
    return len(path) > len(outer) and path[: len(outer)] == outer


def _values(mistake: Mistake) -> dict[str, object]:
    values = dict(mistake.values)
    right = values.pop("right", None)
    if "wrong" in values:
        wrong = values["wrong"]
        values["wrong"] = _shown(wrong)
        values["near"] = _near("" if wrong is None else str(wrong), right if isinstance(right, Iterable) else ())
    return values


def _close(values: Mapping[str, object]) -> str | None:
    right = values.get("right")
    return nearest(str(values["wrong"]), right if isinstance(right, Iterable) else (), synonyms=_SYNONYMS)


def _near(wrong: str, right: Iterable[object]) -> str:
    """The tail of a sentence: «; возможно, «subject»», or what there is to choose from."""
    words = [str(item) for item in right]
    if found := hint(wrong, words, synonyms=_SYNONYMS):
        return found
    return text("author.choose", right=", ".join(words[:20])) if words else ""


def _translations(read: Source, details: list[ErrorDetails]) -> list[Mistake]:
    """pydantic's complaints as mistakes; the members of a union complain each, that is one mistake."""
    by_path: dict[Path, list[Mistake]] = {}
    for detail in details:
        mistake = _translated(read, detail)
        by_path.setdefault(mistake.path, []).append(mistake)
    found: list[Mistake] = []
    for path, own in by_path.items():
        if len(own) > 1 and any(_inside(other, path) for other in by_path):
            continue  # the member of the union that was meant has its own mistake inside
        kept = [mistake for mistake in own if mistake.code in ("author.missing", "author.unknown_key")]
        if kept:
            found += kept
        elif len(own) == 1:
            found += own
        else:
            found.append(_of_union(read, path, own))
    return found


def _of_union(read: Source, path: Path, own: list[Mistake]) -> Mistake:
    value = _shown(read.at(path))
    names = [part for part in path if isinstance(part, str)]
    if "range" in names:
        return Mistake(path, "author.bad_bound", {"value": value})
    if "examples" in names and len(names) <= 3:
        return Mistake(path, "author.bad_examples", {"value": value})
    if names[:2] == ["rules", "when"]:
        return Mistake(path, "author.bad_condition", {"value": value})
    if names[-1:] == ["than"]:
        return Mistake(path, "author.bad_than", {"value": value})
    return next((mistake for mistake in own if mistake.code == "author.too_long"), own[0])


def _translated(read: Source, detail: ErrorDetails) -> Mistake:
    """One of pydantic's complaints as a mistake of the author."""
    kind, context, loc = detail["type"], detail.get("ctx", {}), detail["loc"]
    rule_kind = str(loc[2]) if loc[:1] == ("rules",) and len(loc) > 2 else ""
    if rule_kind:
        loc = (*loc[:2], *loc[3:])  # pydantic names the member of the union there, the file does not
    missing = kind in ("missing", "extra_forbidden")
    path = _path(read, loc[:-1] if missing else loc)
    key = str(loc[-1]) if loc else ""
    if kind == "missing":
        return Mistake(path, "author.missing", {"key": key})
    if kind == "extra_forbidden":
        known = _known_keys(path, rule_kind)
        return Mistake((*path, key), "author.unknown_key", {"wrong": key, "right": known})
    if kind in ("literal_error", "union_tag_invalid"):
        return _wrong_word(path, detail, context)
    if kind == "union_tag_not_found":
        code = "author.rule_without_kind" if isinstance(detail["input"], Mapping) else "author.not_mapping"
        return Mistake(path, code, {"kinds": ", ".join(CHECKS), "value": _shown(detail["input"])})
    if kind == "bool_type":
        return Mistake(path, "author.not_bool", {"wrong": detail["input"], "right": ("true", "false")})
    if kind == "string_pattern_mismatch":
        return _bad_name(path, str(detail["input"]))
    code, values = _SENTENCES.get(kind, ("author.bad_value", ()))
    return Mistake(path, code, {"value": _shown(detail["input"]), **{name: context.get(name) for name in values}})


_SENTENCES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "string_type": ("author.not_text", ()),
    "int_type": ("author.not_whole", ()),
    "dict_type": ("author.not_mapping", ()),
    "model_type": ("author.not_mapping", ()),
    "tuple_type": ("author.not_list", ()),
    "too_short": ("author.empty", ()),
    "string_too_short": ("author.empty", ()),
    "string_too_long": ("author.too_long", ("max_length",)),
    "too_long": ("author.too_many", ("max_length",)),
    "greater_than_equal": ("author.too_small", ("ge",)),
    "less_than_equal": ("author.too_big", ("le",)),
}


def _bad_name(path: Path, value: str) -> Mistake:
    """A name outside its alphabet, with the same name inside it."""
    key = next((part for part in reversed(path) if isinstance(part, str)), "")
    if key == "title":
        return Mistake(path, "author.bad_sheet_title", {"value": _shown(value)})
    kind = "rule" if path[:1] == ("rules",) and key == "id" else "form" if key == "form" else "name"
    name = slug(normalise(value))[:60]
    ready = {"rule": name.upper(), "form": name.replace("_", "-"), "name": name}[kind]
    near = text("author.nearest", right=ready) if ready and (kind == "form" or ready[0].isalpha()) else ""
    return Mistake(path, f"author.bad_name.{kind}", {"value": _shown(value), "near": near})


def _wrong_word(path: Path, detail: ErrorDetails, context: Mapping[str, Any]) -> Mistake:
    if detail["type"] == "union_tag_invalid":
        return Mistake((*path, "check"), "author.unknown_word", {"wrong": context["tag"], "right": CHECKS})
    right = [word.strip().strip("'") for word in str(context["expected"]).replace(" or ", ", ").split(",")]
    return Mistake(path, "author.unknown_word", {"wrong": detail["input"], "right": right})


def _path(read: Source, loc: Iterable[str | int]) -> Path:
    """The part of pydantic's location that is in the file: names of union members are left out."""
    path: Path = ()
    for part in loc:
        if (*path, part) in read.lines:
            path = (*path, part)
    return path


def _known_keys(path: Path, rule_kind: str) -> list[str]:
    """The keys that the part of the definition at ``path`` may have."""
    model: type[BaseModel]
    match tuple(part for part in path if isinstance(part, str)):
        case ("rules",):
            model = RULES.get(rule_kind, RuleBase)
        case ("lists", _):
            model = ListSpec
        case ("rules", "when", _):
            model = Condition
        case names:
            model = _PARTS.get(names, FormDefinition)
    return [info.alias or name for name, info in model.model_fields.items()]


def _shown(value: object) -> str:
    if value is None:
        return text("author.nothing")
    if isinstance(value, bool):
        return "true" if value else "false"
    shown = str(getattr(value, "written", value))
    if isinstance(value, dict | list):
        shown = on_one_line(value)
    return shown if len(shown) <= 60 else shown[:57] + "…"
