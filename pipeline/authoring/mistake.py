"""A mistake in what an author wrote, with its place; and the error that lists several of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.catalogue import plural, text
from pipeline.errors import ConfigurationError

Path = tuple[str | int, ...]
MOST_LISTED = 10
"""Mistakes that are listed one by one: whoever fixes these runs the command again anyway."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """``path`` leads through the YAML; ``code`` is a sentence of the catalogue; ``line`` where it is not the path's.

    Of ``values``, ``wrong`` (what was written) and ``right`` (what may be written there) become ``near``, the advice.
    """

    path: Path
    code: str
    values: Mapping[str, object] = field(default_factory=dict)
    line: int | None = None


class AuthorError(ConfigurationError):
    """Everything that is wrong in one text: as one sentence the first with «и ещё N», as ``lines`` one a line."""

    def __init__(self, sentences: Sequence[str]) -> None:
        more = len(sentences) - 1
        if more:
            super().__init__("author.several", first=sentences[0], more=plural(more, "ошибка", "ошибки", "ошибок"))
        else:
            super().__init__("author.only", first=sentences[0])
        self.sentences = tuple(sentences)

    @property
    def lines(self) -> tuple[str, ...]:
        """The sentences, at most ``MOST_LISTED`` of them, and how many were left out."""
        left = len(self.sentences) - MOST_LISTED
        if left <= 0:
            return self.sentences
        return (*self.sentences[:MOST_LISTED], text("author.more", more=plural(left, "ошибка", "ошибки", "ошибок")))
