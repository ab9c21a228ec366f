"""The form that the Prefect UI makes of a flow's parameters: its words stand in the catalogue.

Prefect names a plain parameter by its Python name, whatever its annotation says, and describes a model by its
docstring. So every flow that asks for something takes one ``options``, a ``RunForm``.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, GetJsonSchemaHandler
from pydantic_core import CoreSchema

from pipeline.catalogue import MOSCOW, text


class RunForm(BaseModel):
    """Asks with the catalogue's words: ``flow.form.<name of the class>`` and its ``.hint`` stand above the fields."""

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Return the schema that the UI draws, its heading from the catalogue."""
        words = f"flow.form.{cls.__name__.lower()}"
        shown = handler.resolve_ref_schema(handler(core_schema))
        return shown | {"title": text(words), "description": text(f"{words}.hint")}


def in_moscow(at: datetime) -> datetime:
    """Return a moment as it was typed: one without a zone is Moscow's."""
    return at if at.tzinfo else at.replace(tzinfo=MOSCOW)
