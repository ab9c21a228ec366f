"""The form that the examples of rule kinds speak of (``RuleBase.EXAMPLE``)."""

from __future__ import annotations

from textwrap import indent

from pipeline.forms.definition.form import FormDefinition, load_form

PROBE = """\
form: probe
version: 1
title: Проба
lists: {kinds: {values: [x, y, z]}}
sheets:
  - id: one
    title: Первый
    rows: {max: 30}
    columns:
      - {id: kind, title: Вид, type: choice, list: kinds}
      - {id: a, title: Всего, type: int}
      - {id: b, title: Мальчиков, type: int}
      - {id: c, title: Девочек, type: decimal}
      - {id: start, title: Начало, type: date}
      - {id: finish, title: Конец, type: date}
  - id: two
    title: Второй
    rows: {max: 30}
    columns:
      - {id: kind, title: Вид, type: choice, list: kinds}
      - {id: total, title: Итого, type: int}
rules:
"""


def probe_with(*rules: str) -> FormDefinition:
    """Return the probe form with these rules, each a mapping of YAML over several lines."""
    return load_form(PROBE + "".join("  -\n" + indent(rule, "    ") for rule in rules), "probe.yaml")
