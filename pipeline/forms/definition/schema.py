"""The JSON Schema of a form's definition, for editors: ``python -m pipeline.forms.definition.schema docs/schema``.

It is made from the same types that read a definition, with the catalogue's Russian words beside each key. A form.yaml
names it in its first line (``# yaml-language-server: $schema=…``).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from pipeline.catalogue import has, text
from pipeline.forms.definition.spec import FormDefinition

FILE = "form.schema.json"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def form_schema() -> dict[str, Any]:
    """Return the JSON Schema of a definition as YAML is written: dates are texts, ``on: paper`` is ``on: [paper]``."""
    made = FormDefinition.model_json_schema(by_alias=True, mode="validation")
    for name, part in made["$defs"].items():
        _describe(part, name)
    _describe(made, "FormDefinition")
    return {"$schema": _DIALECT, **made}


def schema_text() -> str:
    """Return the file that is shipped."""
    return json.dumps(form_schema(), ensure_ascii=False, indent=2) + "\n"


def words(part: str, key: str | None = None) -> str | None:
    """What the catalogue says of a part of a definition or of its key; the keys of all rules share their words."""
    for owner in (part, "rule" if part.endswith("Rule") else part):
        code = f"schema.{owner}" if key is None else f"schema.{owner}.{key}"
        if has(code):
            return text(code)
    return None


def _describe(part: dict[str, Any], name: str) -> None:
    """Replace the titles and docstrings of the types, which are for programmers, by words for authors."""
    part.pop("description", None)
    part["title"] = words(name) or name
    for key, value in part.get("properties", {}).items():
        value.pop("title", None)
        if (said := words(name, key)) is not None:
            value["description"] = said


def main(folder: str) -> None:
    """Write the schema into ``folder``."""
    target = Path(folder) / FILE
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(schema_text(), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:2] or ["docs/schema"])
