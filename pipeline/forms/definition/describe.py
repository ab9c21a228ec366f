"""The words about a form, made from its definition: the prompts of its cells and the hints of its sheets.

``making`` puts them into the workbook, ``checking`` into findings: both say the same because both ask here (W20).
"""

from __future__ import annotations

from pipeline.catalogue import text
from pipeline.forms.definition.spec import FormDefinition
from pipeline.forms.parts.columns import ColumnSpec, limits_text
from pipeline.forms.parts.sheets import SheetSpec
from pipeline.forms.parts.words import rows_text, sentence
from pipeline.forms.rules.rule import Facts, rule_text


def prompt(form: FormDefinition, sheet: SheetSpec, column: ColumnSpec) -> str:
    """Return the whole prompt of a cell (Fig. 17): its limits, whether it is required, what depends on it, the hint."""
    parts = [limits_text(column)]
    if column.required:
        parts.append(text("forms.prompt.required"))
    listed = form.choices(column)
    if listed is not None and listed.opt_out is not None:
        parts.append(text("forms.prompt.opt_out", value=listed.opt_out))
    if column.hint:
        parts.append(column.hint)
    parts.extend(rule_text(form, rule) for rule in form.rules if rule.asks_for(sheet, column.id))
    return " ".join(sentence(part) for part in parts)


def sheet_hint(form: FormDefinition, sheet: SheetSpec) -> str:
    """Return the tip of a sheet (Fig. 16), ``{RULE.max}`` filled from the rules; without one, the rules in words."""
    if sheet.hint:
        return sheet.hint.format(**{rule.id: Facts(rule) for rule in form.rules})
    own = {sheet.id} | ({sheet.unpivot.name} if sheet.unpivot else set())
    sentences = [rule_text(form, rule) for rule in form.rules if own & set(rule.on)]
    if sheet.rows.min_filled:
        sentences.append(rows_sentence(sheet.rows.min_filled))
    return " ".join(sentence(said) for said in sentences)


def rows_sentence(minimum: int) -> str:
    """«На листе должна быть заполнена хотя бы 1 строка.» for a minimum of 1."""
    return text("forms.rows_min", rows=rows_text(minimum))
