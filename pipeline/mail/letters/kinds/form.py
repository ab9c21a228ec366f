"""Answer to «ФОРМА»: the forms with what was last recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pipeline.mail.letters.data import Row
from pipeline.mail.letters.products import ProductLetter
from pipeline.mail.letters.rows import CollectionBlock


@dataclass(frozen=True, slots=True, kw_only=True)
class FormRow(Row):
    """One form. ``withheld``: its data stay out of letters. ``given``: it holds rows from the collection's table.

    ``file`` and ``collection`` tell the forms of one letter apart.
    """

    prefilled: bool
    withheld: bool
    given: bool
    file: str = ""
    collection: CollectionBlock | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FormLetter(ProductLetter[FormRow]):
    """One form, or ``several``."""

    kind: ClassVar[str] = "form"
