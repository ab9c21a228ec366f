"""``list``: the value is one of a list's. The cell's reader judges it, since other spellings count as well."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from pipeline.authoring.mistake import Mistake, Path
from pipeline.forms.parts.limit import (
    ColumnHead,
    Limit,
    Validation,
)
from pipeline.forms.parts.spec import Name


class ChoiceKeys(ColumnHead):
    """``list`` names a list of the form."""

    list: Name | None = None


class ChoiceLimit(Limit[ChoiceKeys]):
    """The value is in the list."""

    rule = "list"

    def mistakes(self, path: Path, column: ChoiceKeys, lists: Collection[str]) -> Iterator[Mistake]:
        """The list is there, and goes with the type ``choice``."""
        if column.list is not None and column.list not in lists:
            yield Mistake((*path, "list"), "author.unknown_list", {"wrong": column.list, "right": [*lists]})
        if (column.type == "choice") != (column.list is not None):
            code = "author.choice_without_list" if column.list is None else "author.list_without_choice"
            yield Mistake((*path, "type"), code, {"value": column.type})

    def validation(self, column: ChoiceKeys) -> Validation | None:
        """A drop-down of the list's range."""
        return None if column.list is None else Validation("list", list_name(column.list))


def list_name(list_id: str) -> str:
    """The defined name of a list's range: its prefix keeps it apart from cell addresses such as «A1»."""
    return f"kabinet_list_{list_id}"
