"""YAML of a form's author → definition, each mistake named by file, line, key and the nearest right spelling."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from pipeline.catalogue import text
from pipeline.errors import ConfigurationError
from pipeline.forms import spec
from pipeline.forms.crosscheck import mistakes
from pipeline.forms.mistake import Mistake, Path

_RULES: Mapping[str, type[spec.RuleBase]] = {
    "unique": spec.UniqueRule,
    "distinct_max": spec.DistinctMaxRule,
    "count_range": spec.CountRangeRule,
    "not_before": spec.NotBeforeRule,
    "rows_min": spec.RowsMinRule,
    "totals_equal": spec.TotalsEqualRule,
    "when_then": spec.WhenThenRule,
    "compare": spec.CompareRule,
}
_DEEPEST = 20


class _Loader(yaml.SafeLoader):
    """YAML as form authors expect it: ``on`` and ``no`` are words, and only numbers, dates, true and false are not."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":bool", ":merge", ":value"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


@dataclass
class _Source:
    """The parsed YAML with the line of every key and item."""

    name: str
    data: Any = None
    lines: dict[Path, int] = field(default_factory=dict)

    def line(self, path: Path) -> int:
        """The line of the deepest part of ``path`` that is there."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def error(self, path: Path, code: str, **values: object) -> ConfigurationError:
        """The sentence for the mistake ``code`` at ``path``."""
        problem = text(code, **values)
        key = self._spelled(path)
        where = text("author.at", key=key) if key else ""
        return ConfigurationError("author.mistake", file=self.name, line=self.line(path), where=where, problem=problem)

    def at(self, path: Path) -> Any:  # noqa: ANN401 - YAML is untyped
        """What stands at ``path``, None where nothing does."""
        found = self.data
        for part in path:
            try:
                found = found[part]
            except (KeyError, IndexError, TypeError):
                return None
        return found

    def _spelled(self, path: Path) -> str:
        """``sheets.paper.columns.subject.list``: items are named by their id where they have one."""
        names: list[str] = []
        for depth, part in enumerate(path):
            if isinstance(part, str):
                names.append(part)
                continue
            item = self.at(path[: depth + 1])
            named = item.get("id") if isinstance(item, dict) else None
            names.append(str(named) if named else str(part + 1))
        return ".".join(names)


def parse_definition(source: str, name: str) -> spec.FormDefinition:
    """Return the definition in ``source``; raises ConfigurationError for the first mistake in the file's order."""
    read = _read(source, name)
    if not isinstance(read.data, dict):
        raise read.error((), "author.not_a_form")
    try:
        form = spec.FormDefinition.model_validate(read.data)
    except ValidationError as error:
        raise _first(read, [_translated(read, detail) for detail in error.errors(include_url=False)]) from None
    found = list(mistakes(form))
    if found:
        raise _first(read, found)
    return form


def _first(read: _Source, found: Iterable[Mistake]) -> ConfigurationError:
    # A misspelt key is also a missing one, and a list of wrong items also an empty one: the spelling is what to name.
    found = list(found)
    inner = {mistake.path for mistake in found}
    found = [
        mistake
        for mistake in found
        if mistake.code != "author.empty"
        or not any(len(path) > len(mistake.path) and path[: len(mistake.path)] == mistake.path for path in inner)
    ]
    first = min(found, key=lambda mistake: (mistake.code == "author.missing", read.line(mistake.path)))
    values = dict(first.values)
    wrong, right = values.pop("wrong", None), values.pop("right", None)
    if wrong is not None:
        values["wrong"] = wrong
        values["near"] = nearest(str(wrong), right if isinstance(right, Iterable) else ())
    return read.error(first.path, first.code, **values)


def nearest(wrong: str, right: Iterable[str]) -> str:
    """The tail of a sentence: «; возможно, «subject»», or what there is to choose from."""
    right = [str(item) for item in right]
    close = difflib.get_close_matches(wrong, right, n=1, cutoff=0.55)
    if close:
        return text("author.nearest", right=close[0])
    return text("author.choose", right=", ".join(right[:20])) if right else ""


def _read(source: str, name: str) -> _Source:
    read = _Source(name)
    try:
        loader = _Loader(source)
        try:
            node = loader.get_single_node()
            if node is not None:
                read.data = _value(read, loader, node, ())
        finally:
            loader.dispose()
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise ConfigurationError("author.not_yaml", file=name, line=line) from None
    return read


def _value(read: _Source, loader: _Loader, node: yaml.Node, path: Path) -> Any:  # noqa: ANN401 - YAML is untyped
    read.lines.setdefault(path, node.start_mark.line + 1)
    if len(path) > _DEEPEST:
        raise read.error(path[:3], "author.too_deep")
    if isinstance(node, yaml.MappingNode):
        return _mapping(read, loader, node, path)
    if isinstance(node, yaml.SequenceNode):
        return [_value(read, loader, item, (*path, index)) for index, item in enumerate(node.value)]
    try:
        return loader.construct_object(node)
    except ValueError:  # such as the 31st of February
        raise read.error(path, "author.bad_value", value=node.value) from None


def _mapping(read: _Source, loader: _Loader, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        read.lines[*path, key] = key_node.start_mark.line + 1
        if key in result:
            raise read.error((*path, key), "author.twice", key=key)
        result[key] = _value(read, loader, value_node, (*path, key))
    return result


def _translated(read: _Source, detail: ErrorDetails) -> Mistake:
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
        return Mistake(path, "author.rule_without_kind", {"kinds": ", ".join(spec.CHECKS)})
    code, values = _SENTENCES.get(kind, ("author.bad_value", ()))
    return Mistake(path, code, {"value": _shown(detail["input"]), **{name: context.get(name) for name in values}})


_SENTENCES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "string_pattern_mismatch": ("author.bad_name", ()),
    "string_type": ("author.not_text", ()),
    "int_type": ("author.not_whole", ()),
    "bool_type": ("author.not_bool", ()),
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


def _wrong_word(path: Path, detail: ErrorDetails, context: Mapping[str, Any]) -> Mistake:
    if detail["type"] == "union_tag_invalid":
        return Mistake((*path, "check"), "author.unknown_word", {"wrong": context["tag"], "right": spec.CHECKS})
    right = [word.strip().strip("'") for word in str(context["expected"]).replace(" or ", ", ").split(",")]
    return Mistake(path, "author.unknown_word", {"wrong": detail["input"], "right": right})


def _path(read: _Source, loc: Iterable[str | int]) -> Path:
    """The part of pydantic's location that stands in the file: names of union members are left out."""
    path: Path = ()
    for part in loc:
        if (*path, part) in read.lines:
            path = (*path, part)
    return path


def _known_keys(path: Path, rule_kind: str) -> list[str]:
    """The keys that the part of the definition at ``path`` may have."""
    names = tuple(part for part in path if isinstance(part, str))
    model: type[BaseModel] = spec.FormDefinition
    match names:
        case ("lists", _):
            model = spec.ListSpec
        case ("sheets",):
            model = spec.SheetSpec
        case ("sheets", "rows"):
            model = spec.RowsSpec
        case ("sheets", "columns"):
            model = spec.ColumnSpec
        case ("sheets", "unpivot"):
            model = spec.UnpivotSpec
        case ("rules",):
            model = _RULES.get(rule_kind, spec.RuleBase)
        case ("rules", "then"):
            model = spec.Then
        case ("rules", "examples"):
            model = spec.Examples
        case ("rules", "when", _):
            model = spec.Condition
    return [info.alias or name for name, info in model.model_fields.items()]


def _shown(value: object) -> str:
    shown = str(value)
    return shown if len(shown) <= 60 else shown[:57] + "…"
