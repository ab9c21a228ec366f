"""The JSON Schema of ``inbox_rules.yaml``, for editors: ``python -m pipeline.mail.rules.schema docs/schema``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from pipeline.mail.kinds.classify import KINDS
from pipeline.mail.rules.ruleset import (
    ACTIONS,
    CONDITIONS,
    LETTERS,
    LONGEST_REASON,
    NEEDED,
    OBSTACLES,
    PARAMETERS,
    RULE_NAME,
    TRUSTS,
    WITHHELD,
)

FILE = "inbox_rules.schema.json"


def schema_text() -> str:
    """Return the schema as the text of its file."""
    return json.dumps(schema(), ensure_ascii=False, indent=2) + "\n"


def schema() -> dict[str, object]:
    """Return the JSON Schema of the file."""
    text = {"type": "string", "minLength": 1}
    size = {"oneOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": r"^\d{1,9}\s*(KB|MB)?$"}]}
    closed = {"kind": KINDS, "trust": TRUSTS, "obstacles": OBSTACLES, "withheld": WITHHELD}
    conditions: dict[str, object] = {name: _one_or_many(text) for name in CONDITIONS}
    conditions |= {name: _one_or_many({"enum": list(words)}) for name, words in closed.items()}
    conditions |= {
        "larger": size,
        "smaller": size,
        "headers": {"type": "object", "minProperties": 1, "additionalProperties": _one_or_many(text)},
    }
    rule = {
        "type": "object",
        "additionalProperties": False,
        "required": ["name", "description", "sample", "action"],
        "properties": {
            "name": {"type": "string", "pattern": f"^{RULE_NAME.pattern}$"},
            "description": text,
            "sample": text,
            "when": {
                "type": "object",
                "additionalProperties": False,
                "minProperties": 1,
                "properties": conditions,
            },
            "action": {"enum": list(ACTIONS)},
            "folder": text | {"maxLength": 100},
            "letter": {"enum": list(LETTERS)},
            "reason": text | {"maxLength": LONGEST_REASON},
        },
        "allOf": [_parameters_schema(action) for action in ACTIONS],
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "inbox_rules.yaml",
        "type": "object",
        "additionalProperties": False,
        "required": ["rules"],
        "properties": {"rules": {"type": "array", "minItems": 1, "items": rule}},
    }


def _one_or_many(item: dict[str, object]) -> dict[str, object]:
    return {"oneOf": [item, {"type": "array", "minItems": 1, "items": item}]}


def _parameters_schema(action: str) -> dict[str, object]:
    """For one action: which parameters it needs and which it does not know."""
    unknown = [key for key in ("folder", "letter", "reason") if key not in PARAMETERS.get(action, ())]
    then: dict[str, object] = {"properties": dict.fromkeys(unknown, False)}
    if needed := NEEDED.get(action):
        then["required"] = [needed]
    return {"if": {"properties": {"action": {"const": action}}}, "then": then}


def main(folder: str = "docs/schema") -> None:
    """Write the schema into ``folder``."""
    path = Path(folder) / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(schema_text(), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:2])
