"""The kinds of rules: a new one joins the union here, in the place where the schema for editors is to show it.

The kinds are written out and not discovered, so that the type checker knows them too and their order is ours; a test
finds a file that is missing here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, get_args

from pydantic import Discriminator, Tag

from pipeline.forms.rules.kinds.compare import CompareRule
from pipeline.forms.rules.kinds.count_range import CountRangeRule
from pipeline.forms.rules.kinds.distinct_max import DistinctMaxRule
from pipeline.forms.rules.kinds.not_before import NotBeforeRule
from pipeline.forms.rules.kinds.rows_min import RowsMinRule
from pipeline.forms.rules.kinds.totals_equal import TotalsEqualRule
from pipeline.forms.rules.kinds.unique import UniqueRule
from pipeline.forms.rules.kinds.when_then import WhenThenRule
from pipeline.forms.rules.rule import CheckRule, RuleBase


def _kind_of(raw: object) -> str | None:
    """Return the kind of a rule as it is written: what a key of its own says, else the word after ``check``.

    Of several such keys the kind listed last decides: a condition may go with what it demands.
    """
    if isinstance(raw, RuleBase):
        return raw.kind
    if not isinstance(raw, Mapping):
        return None
    for kind, rule in reversed(RULES.items()):
        if any(key in raw for key in rule.WRITTEN_BY):
            return kind
    check = raw.get("check")
    return None if check is None else str(check)


RuleSpec = Annotated[
    Annotated[UniqueRule, Tag("unique")]
    | Annotated[DistinctMaxRule, Tag("distinct_max")]
    | Annotated[CountRangeRule, Tag("count_range")]
    | Annotated[NotBeforeRule, Tag("not_before")]
    | Annotated[RowsMinRule, Tag("rows_min")]
    | Annotated[TotalsEqualRule, Tag("totals_equal")]
    | Annotated[WhenThenRule, Tag("when_then")]
    | Annotated[CompareRule, Tag("compare")],
    Discriminator(_kind_of),
]
"""A rule of any kind: ``_kind_of`` says which."""
RULES: dict[str, type[RuleBase]] = {
    tag.tag: rule for rule, tag in (get_args(member) for member in get_args(get_args(RuleSpec)[0]))
}
"""Kind → its class."""
CHECKS = tuple(kind for kind, rule in RULES.items() if issubclass(rule, CheckRule))
"""The words that may follow ``check``."""
