"""A mistake of a form's author, with its place; and what they read who made several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.catalogue import plural, text
from pipeline.errors import ConfigurationError

Path = tuple[str | int, ...]
MOST_TOLD = 10
"""Mistakes that are told one by one: who mends these runs the command again anyway."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """``path`` leads through the YAML; ``code`` is a sentence of the catalogue; ``line`` where the path's is not it.

    Of ``values``, ``wrong`` (what was written) and ``right`` (what may stand there) become ``near``, the advice.
    """

    path: Path
    code: str
    values: Mapping[str, object] = field(default_factory=dict)
    line: int | None = None


class FormError(ConfigurationError):
    """Everything wrong in one definition: as one sentence the first with «и ещё N», as ``lines`` one a line."""

    def __init__(self, sentences: Sequence[str]) -> None:
        more = len(sentences) - 1
        if more:
            super().__init__("author.several", first=sentences[0], more=plural(more, "ошибка", "ошибки", "ошибок"))
        else:
            super().__init__("author.only", first=sentences[0])
        self.sentences = tuple(sentences)

    @property
    def lines(self) -> tuple[str, ...]:
        """The sentences, at most ``MOST_TOLD`` of them, and how many were left out."""
        left = len(self.sentences) - MOST_TOLD
        if left <= 0:
            return self.sentences
        return (*self.sentences[:MOST_TOLD], text("author.more", more=plural(left, "ошибка", "ошибки", "ошибок")))
