"""Letters that bring what one command makes for one collection, or for several."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from pipeline.mail.letters.data import LetterData, Row

P = TypeVar("P", bound=Row)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfPublication(Row, Generic[P]):
    """One of several products, with the title of its publication."""

    spread: ClassVar[tuple[str, ...]] = ("product",)

    title: str
    number: int
    product: P


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductLetter(LetterData, Generic[P]):
    """A letter with one ``product``, about its publication, or with ``several``, about none."""

    spread: ClassVar[tuple[str, ...]] = ("product",)

    product: P | None = None
    several: tuple[OfPublication[P], ...] = ()
