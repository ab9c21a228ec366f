"""The page about the kinds of rules, for authors: ``python -m pipeline.forms.definition.rulepage docs/schema``.

It is made from the kinds themselves and the words of the catalogue.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.catalogue import text
from pipeline.forms.definition.schema import words
from pipeline.forms.rules.rule import RuleBase
from pipeline.forms.rules.table import CHECKS, RULES

FILE = "rules.md"


def rule_page() -> str:
    """Return the page that is shipped: the keys of all rules, then each kind with its own keys and an example."""
    parts = [text("page.rules"), *_keys("rule", RuleBase.model_fields)]
    for kind, rule in RULES.items():
        heading = f"check: {kind}" if kind in CHECKS else rule.WRITTEN_BY[0]
        own = [key for key in rule.model_fields if key not in {*RuleBase.model_fields, "check"}]
        parts += [f"\n## `{heading}`\n\n{text(f'page.rule.{kind}')}\n", *_keys(rule.__name__, own)]
        parts.append(f"\n```yaml\n{rule.EXAMPLE}```")
    return "\n".join(parts) + "\n"


def _keys(owner: str, keys: Iterable[str]) -> Iterator[str]:
    return (f"- `{key}`: {words(owner, key)}" for key in keys)


def main(folder: str) -> None:
    """Write the page into ``folder``."""
    (Path(folder) / FILE).write_text(rule_page(), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:2] or ["docs/schema"])
