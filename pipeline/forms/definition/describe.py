"""The words about a form, made from its definition: hints, prompts, the rules in words and the texts of findings.

``build`` puts them into the workbook, ``check`` into findings: both say the same because both ask here (W20).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from pipeline.catalogue import plural, text
from pipeline.errors import Incident
from pipeline.forms.definition.expression import in_words
from pipeline.forms.definition.spec import (
    ColumnSpec,
    CompareRule,
    CountRangeRule,
    DistinctMaxRule,
    FormDefinition,
    NotBeforeRule,
    RowsMinRule,
    RuleBase,
    SheetSpec,
    TotalsEqualRule,
    UniqueRule,
    UnpivotSpec,
    WhenThenRule,
)

_GENITIVE = ("нуля", "одного", "двух", "трёх", "четырёх", "пяти", "шести", "семи", "восьми", "девяти", "десяти")


class _Number(int):
    """A number that a text may take in words: ``{max:genitive}`` of 5 → «пяти»."""

    def __format__(self, spec: str) -> str:
        if spec == "genitive":
            return _GENITIVE[self] if 0 <= self < len(_GENITIVE) else str(int(self))
        return super().__format__(spec)


class _Facts:
    """What ``{RULE.max}`` in a hint reaches: the numbers of one rule."""

    def __init__(self, rule: RuleBase) -> None:
        self.min = _Number(getattr(rule, "min", None) or 0)
        self.max = _Number(getattr(rule, "max", None) or 0)


def value_text(value: object) -> str:
    """A value as people write it: a date as «15.09.2021», 1.5 as «1,5», True as «да», nothing as «»."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return text("forms.yes") if value else text("forms.no")
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    if isinstance(value, float):
        return f"{value:.15g}".replace(".", ",")
    return str(value)


def kind_label(column: ColumnSpec) -> str:
    """The kinds row of Fig. 14: «Список*», «Число», «Дата»; the star marks what must be filled."""
    if column.kind:
        return column.kind
    return text(f"forms.kind.{column.type}") + ("*" if column.required else "")


def limits(form: FormDefinition, column: ColumnSpec) -> str:
    """What a cell of ``column`` must be, as one sentence or more: «Число должно быть между 1 и 100»."""
    parts = [_type_sentence(form, column)]
    if column.range and column.type in ("int", "decimal", "date"):
        parts = [range_sentence(column)]
        if column.type == "int":
            parts.append(text("forms.limit.whole"))
        if column.type == "date":
            parts.append(text("forms.limit.date_format"))
    if column.length:
        parts.append(length_sentence(column))
    if column.pattern:
        parts.append(pattern_sentence(column))
    return " ".join(_sentence(part) for part in parts if part)


def _type_sentence(form: FormDefinition, column: ColumnSpec) -> str:
    listed = form.choices(column)
    if listed is not None:
        return text("forms.limit.choice")
    return text(f"forms.limit.{column.type}")


def range_sentence(column: ColumnSpec) -> str:
    """«Число должно быть между 1 и 100», «Дата должна быть не раньше 15.09.2021»…"""
    low, high = column.range or (None, None)
    noun = "date" if column.type == "date" else "number"
    return _bounds(f"forms.range.{noun}", low, high)


def length_sentence(column: ColumnSpec) -> str:
    """«Длина должна быть от 3 до 10 символов» and the like."""
    low, high = column.length or (None, None)
    if low is not None and low == high:
        return text("forms.length.exact", value=low)
    return _bounds("forms.length", low, high)


def pattern_sentence(column: ColumnSpec) -> str:
    """«Значение должно иметь вид: А-123» or, without a sample, the pattern itself."""
    return text("forms.pattern", sample=column.sample or column.pattern or "")


def _bounds(code: str, low: Any, high: Any) -> str:  # noqa: ANN401 - a bound is a number or a date
    if low is not None and high is not None:
        return text(f"{code}.between", low=value_text(low), high=value_text(high))
    if low is not None:
        return text(f"{code}.from", low=value_text(low))
    return text(f"{code}.to", high=value_text(high))


def prompt(form: FormDefinition, sheet: SheetSpec, column: ColumnSpec) -> str:
    """The whole prompt of a cell (Fig. 17): its limits, whether it must be filled, what depends on it, the hint."""
    parts = [limits(form, column)]
    if column.required:
        parts.append(text("forms.prompt.required"))
    listed = form.choices(column)
    if listed is not None and listed.opt_out is not None:
        parts.append(text("forms.prompt.opt_out", value=listed.opt_out))
    if column.hint:
        parts.append(column.hint)
    parts.extend(rule_text(form, rule) for rule in form.rules if _asks_for(rule, sheet, column))
    return " ".join(_sentence(part) for part in parts)


def _asks_for(rule: RuleBase, sheet: SheetSpec, column: ColumnSpec) -> bool:
    """Whether ``rule`` may require a value in ``column``, by its id or as a field of the sheet's unpivot."""
    if not isinstance(rule, WhenThenRule):
        return False
    required = set(rule.then.required)
    if sheet.id in rule.on and column.id in required:
        return True
    if sheet.unpivot is None or sheet.unpivot.name not in rule.on:
        return False
    categories = sheet.unpivot.category.values()
    return any(name in required and of == column.id for fields in categories for name, of in fields.items())


def error_text(form: FormDefinition, column: ColumnSpec) -> str:
    """What the editor says when it refuses a value typed into a cell of ``column``."""
    return limits(form, column)


def sheet_hint(form: FormDefinition, sheet: SheetSpec) -> str:
    """The tip of a sheet (Fig. 16) with ``{RULE.max}`` filled from the rules; without one, the rules in words."""
    if sheet.hint:
        return sheet.hint.format(**{rule.id: _Facts(rule) for rule in form.rules})
    own = {sheet.id} | ({sheet.unpivot.name} if sheet.unpivot else set())
    sentences = [rule_text(form, rule) for rule in form.rules if own & set(rule.on)]
    if sheet.rows.min_filled:
        sentences.append(rows_sentence(sheet.rows.min_filled))
    return " ".join(_sentence(sentence) for sentence in sentences)


def rows_sentence(minimum: int) -> str:
    """«На листе должна быть заполнена хотя бы 1 строка.» for a minimum of 1."""
    return text("forms.rows_min", rows=plural(minimum, "строку", "строки", "строк"))


def rule_text(form: FormDefinition, rule: RuleBase) -> str:
    """What a rule demands, in words: its own ``text`` or one made from its kind and columns."""
    if rule.text is not None:
        return fill(rule.text, rule)
    titles = _titles(form, rule.on[0]) if rule.on else {}
    match rule:
        case UniqueRule() | DistinctMaxRule() | CountRangeRule():
            return _group_rule(titles, rule)
        case NotBeforeRule():
            than = value_text(rule.than) if isinstance(rule.than, date) else f"«{titles[rule.than]}»"
            return text("forms.rule.not_before", of=titles[rule.of], than=than)
        case WhenThenRule():
            return _when_then(titles, rule)
        case CompareRule():
            return text("forms.rule.compare", expression=in_words(rule.compare, titles))
        case TotalsEqualRule():
            return text("forms.rule.totals_equal", left=_totals(form, rule.left), right=_totals(form, rule.right))
        case RowsMinRule():
            return _rows_min(form, rule)
    raise Incident("forms.rule_without_words", kind=rule.kind)


def _group_rule(titles: dict[str, str], rule: UniqueRule | DistinctMaxRule | CountRangeRule) -> str:
    if isinstance(rule, UniqueRule):
        return text("forms.rule.unique", columns=_join(titles, rule.of))
    if isinstance(rule, CountRangeRule):
        return _bounds("forms.rule.count_range", rule.min or None if rule.max is not None else rule.min, rule.max)
    if not rule.by:
        return text("forms.rule.distinct_max.all", of=titles[rule.of], max=rule.max)
    return text("forms.rule.distinct_max", of=titles[rule.of], max=rule.max, by=_join(titles, rule.by))


def _totals(form: FormDefinition, refs: Iterable[str]) -> str:
    """«Лист, графа» of each ``sheet.column``, joined by plus signs."""
    names: list[str] = []
    for ref in refs:
        sheet_id, _, column_id = ref.partition(".")
        sheet = form.sheet(sheet_id)
        names.append(text("forms.rule.total", sheet=sheet.title, column=sheet.column(column_id).title))
    return " + ".join(names)


def _rows_min(form: FormDefinition, rule: RowsMinRule) -> str:
    sheets = ", ".join(f"«{form.sheet(sheet_id).title}»" for sheet_id in rule.on)
    return text("forms.rule.rows_min", sheets=sheets, rows=plural(rule.min, "строку", "строки", "строк"))


def rule_message(form: FormDefinition, rule: RuleBase) -> str:
    """What a finding of ``rule`` says: the author's message, else the rule in words."""
    return fill(rule.message, rule) if rule.message is not None else rule_text(form, rule)


def fill(template: str, rule: RuleBase) -> str:
    """Put the rule's own numbers into a text of the author: ``{max}``, ``{min}``, ``{max:genitive}``."""
    facts = _Facts(rule)
    return template.format(min=facts.min, max=facts.max)


def _when_then(titles: dict[str, str], rule: WhenThenRule) -> str:
    conditions = text("forms.when.and").join(
        text("forms.when.condition", column=titles[column], condition=_condition(wanted))
        for column, wanted in rule.when.items()
    )
    then = rule.then
    demands: list[str] = []
    if then.empty:
        demands.append(text("forms.then.empty", columns=_join(titles, then.empty)))
    if then.required:
        demands.append(text("forms.then.required", columns=_join(titles, then.required)))
    demands.extend(
        text("forms.then.equals", column=titles[column], value=value_text(value))
        for column, value in then.equals.items()
    )
    return text("forms.rule.when_then", conditions=conditions, demands=text("forms.then.and").join(demands))


def _condition(wanted: Any) -> str:  # noqa: ANN401 - a value, several, or a Condition
    if isinstance(wanted, tuple):
        return text("forms.when.one_of", values=", ".join(f"«{value_text(value)}»" for value in wanted))
    if hasattr(wanted, "none_of"):
        if wanted.none_of is not None:
            return text("forms.when.none_of", values=", ".join(f"«{value_text(value)}»" for value in wanted.none_of))
        filled = wanted.filled if wanted.filled is not None else not wanted.empty
        return text("forms.when.filled") if filled else text("forms.when.empty")
    return text("forms.when.equals", value=value_text(wanted))


def _titles(form: FormDefinition, place: str) -> dict[str, str]:
    """What people call the columns and the fields of a place."""
    sheet = form.places[place]
    titles = {column.id: column.title for column in sheet.columns}
    if sheet.unpivot and sheet.unpivot.name == place:
        titles |= _field_titles(sheet, sheet.unpivot)
    return titles


def _field_titles(sheet: SheetSpec, unpivot: UnpivotSpec) -> dict[str, str]:
    first = next(iter(unpivot.category.values()))
    return {"category": text("forms.category")} | {name: sheet.column(column).title for name, column in first.items()}


def _join(titles: dict[str, str], columns: Iterable[str]) -> str:
    return ", ".join(f"«{titles[column]}»" for column in columns)


def _sentence(part: str) -> str:
    part = part.strip()
    return part if not part or part[-1] in ".!?…" else part + "."
