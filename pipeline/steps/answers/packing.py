"""Packing: what one command makes for several collections goes in as few letters as can carry it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.cabinet import storage
from pipeline.model import AttachmentSpec, Login, Publication
from pipeline.steps.answers.answering import Answers
from pipeline.steps.base.context import Context
from pipeline.steps.letters.rendering import attachment_file
from pipeline.store import Session


@dataclass(frozen=True, slots=True)
class Product:
    """What one collection gives: ``data`` are those of a letter with this product alone, files go along."""

    publication: Publication
    data: Mapping[str, Any]
    attachments: tuple[AttachmentSpec, ...] = ()


def send(answers: Answers, kind: str, login: Login, products: Sequence[Product]) -> None:
    """Answer the writer with all ``products``: one alone in a letter about its publication, several as a list.

    A letter with several is about no publication: each attached form says by itself what it belongs to.
    """
    for together in in_letters(answers.context, answers.session, products):
        files = [spec for product in together for spec in product.attachments]
        about = (login, together[0].publication if len(together) == 1 else None)
        answers.to_sender(kind, data_of(together), about, files)


def data_of(products: Sequence[Product]) -> Mapping[str, Any]:
    """Return the data of a letter with these products: of one its own, of more a list ``several`` with their titles."""
    if len(products) == 1:
        return products[0].data
    lines = [{"title": item.publication.title, "number": item.publication.number, **item.data} for item in products]
    return {"several": lines}


def in_letters(context: Context, session: Session, products: Sequence[Product]) -> list[list[Product]]:
    """Divide ``products`` among letters that stay under ``largest_letter``, in their order where they fit.

    What no letter can carry goes alone. Raises Incident when something that a product names is not there.
    """
    if len(products) < 2:
        return [[product] for product in products]
    most = storage.room_for_files(context.limits.sending.largest_letter)
    letters: list[list[Product]] = []
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
