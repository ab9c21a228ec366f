"""The definition of a form as one frozen type: its outline and the rules that speak of it.

Everything else about a form is made from this one definition: the workbook and its prompts, the rules and their
messages, and the export, so that they cannot disagree (W20).
"""

from __future__ import annotations

import hashlib
from functools import cached_property

from pipeline.forms.parts.sheets import Outline
from pipeline.forms.rules.table import RuleSpec


class FormDefinition(Outline):
    """A versioned form."""

    rules: tuple[RuleSpec, ...] = ()

    @cached_property
    def digest(self) -> str:
        """The sha256 of the definition: what compiled rules are kept under."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()
