"""The form that the Prefect UI makes of a flow's parameters: its words stand in the catalogue.

Prefect names a plain parameter by its Python name, whatever its annotation says, and describes a model by its
docstring. So every flow that asks for something takes one ``options``, a ``RunForm``.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, GetJsonSchemaHandler
from pydantic_core import CoreSchema

from pipeline.catalogue import text


def _written(value: object) -> object:
    return "" if value is None else value.strip() if isinstance(value, str) else value


Typed = Annotated[str, BeforeValidator(_written)]
"""Text of a field that may stay empty, blanks around it taken off; what an API call leaves null is empty too.

Instants are such text, read by ``pipeline.cabinet.instants``: a date picker sends UTC whatever the field says (W43). No
pattern is given, for Prefect refuses with an English sentence; the flow refuses in Russian before it does anything.
"""


class RunForm(BaseModel):
    """Asks with the catalogue's words: ``flow.form.<name of the class>`` and its ``.hint`` stand above the fields."""

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Return the schema that the UI draws, its heading from the catalogue."""
        words = f"flow.form.{cls.__name__.lower()}"
        shown = handler.resolve_ref_schema(handler(core_schema))
        return shown | {"title": text(words), "description": text(f"{words}.hint")}
