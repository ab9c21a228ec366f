"""The definition of a form: what an administrator writes as YAML, read into frozen types.

Import the types from here; ``spec`` holds their shapes, ``authoring`` the reading of YAML with the author's errors.
"""

from __future__ import annotations

from pipeline.forms.definition.load import parse_definition
from pipeline.forms.definition.schema import form_schema
from pipeline.forms.definition.spec import (
    ColumnSpec,
    ColumnType,
    CompareRule,
    CountRangeRule,
    DistinctMaxRule,
    Examples,
    FormDefinition,
    ListSpec,
    NotBeforeRule,
    PrefillSpec,
    RowsMinRule,
    RowsSpec,
    RuleBase,
    RuleSpec,
    SheetSpec,
    TotalsEqualRule,
    UniqueRule,
    UnpivotSpec,
    WhenThenRule,
)

__all__ = [
    "ColumnSpec",
    "ColumnType",
    "CompareRule",
    "CountRangeRule",
    "DistinctMaxRule",
    "Examples",
    "FormDefinition",
    "ListSpec",
    "NotBeforeRule",
    "PrefillSpec",
    "RowsMinRule",
    "RowsSpec",
    "RuleBase",
    "RuleSpec",
    "SheetSpec",
    "TotalsEqualRule",
    "UniqueRule",
    "UnpivotSpec",
    "WhenThenRule",
    "form_schema",
    "load_form",
]


def load_form(source: str, name: str) -> FormDefinition:
    """Return the form that the YAML ``source`` defines; ``name`` is the file's name in messages.

    Raises ConfigurationError with one sentence: file, line, key, what is wrong and the nearest right spelling.
    """
    return parse_definition(source, name)
