"""A mistake of a form's author, with its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Mistake:
    """``path`` leads through the YAML; ``code`` is a sentence of the catalogue.

    Of ``values``, ``wrong`` (what was written) and ``right`` (what may stand there) become ``near``, the advice.
    """

    path: Path
    code: str
    values: Mapping[str, object] = field(default_factory=dict)
