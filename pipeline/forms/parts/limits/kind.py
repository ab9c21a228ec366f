"""``type``: what sort of value a cell holds. The cell's reader judges it; here are the words and Excel's own check."""

from __future__ import annotations

from pipeline.catalogue import text
from pipeline.forms.parts.limit import (
    Limit,
    Validation,
)
from pipeline.forms.parts.limits.bounds import BoundsKeys


class TypeLimit(Limit[BoundsKeys]):
    """The value is of the column's type."""

    rule = "type"

    def sentence(self, column: BoundsKeys) -> str:
        """«Введите целое число»; bounds say it with their own sentence."""
        return "" if column.range else text(f"forms.limit.{column.type}")

    def validation(self, column: BoundsKeys) -> Validation | None:
        """«да» and «нет» are offered; numbers and dates are bounded with their range."""
        if column.type != "bool":
            return None
        return Validation("list", f'"{text("forms.yes")},{text("forms.no")}"')
