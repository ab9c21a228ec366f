"""Packing: what one command makes for several collections goes in as few letters as can carry it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic

from pipeline.cabinet import storage
from pipeline.mail.letters.products import OfPublication, P, ProductLetter
from pipeline.model import AttachmentSpec, Login, Publication
from pipeline.steps.answers.answering import Answers
from pipeline.steps.base.context import Context
from pipeline.steps.letters.rendering import attachment_file
from pipeline.store import Session


@dataclass(frozen=True, slots=True)
class Product(Generic[P]):
    """What one collection gives: a ``row`` of a letter, files go along."""

    publication: Publication
    row: P
    attachments: tuple[AttachmentSpec, ...] = ()


def send(answers: Answers, letter: type[ProductLetter[P]], login: Login, products: Sequence[Product[P]]) -> None:
    """Answer the writer with all ``products``: one alone in a letter about its publication, several as a list.

    A letter with several is about no publication: each attached form says by itself what it belongs to.
    """
    for together in in_letters(answers.context, answers.session, products):
        files = [spec for product in together for spec in product.attachments]
        answers.to_sender(letter_with(letter, together), login, publication_of(together), files)


def letter_with(letter: type[ProductLetter[P]], products: Sequence[Product[P]]) -> ProductLetter[P]:
    """Return a letter with these products."""
    return letter(product=products[0].row) if len(products) == 1 else letter(several=several(products))


def several(products: Sequence[Product[P]]) -> tuple[OfPublication[P], ...]:
    """Return products as a list with the titles of their publications."""
    return tuple(
        OfPublication(title=item.publication.title, number=item.publication.number, product=item.row)
        for item in products
    )


def publication_of(products: Sequence[Product[P]]) -> Publication | None:
    """Return what a letter with these products is about."""
    return products[0].publication if len(products) == 1 else None


def in_letters(context: Context, session: Session, products: Sequence[Product[P]]) -> list[list[Product[P]]]:
    """Divide ``products`` among letters that stay under ``largest_letter``, in their order where they fit.

    What no letter can carry goes alone. Raises Incident when something that a product names is not there.
    """
    if len(products) < 2:
        return [[product] for product in products]
    most = storage.room_for_files(context.limits.sending.largest_letter)
    letters: list[list[Product[P]]] = []
    free: list[int] = []
    for product in products:
        size = sum(len(attachment_file(context, session, spec).data) for spec in product.attachments)
        found = next((at for at, room in enumerate(free) if size <= room), None)
        if found is None:
            letters.append([])
            free.append(most)
            found = len(free) - 1
        letters[found].append(product)
        free[found] -= size
    return letters
