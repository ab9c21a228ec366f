"""What goes with a letter: how to make each workbook or file again, so that a letter's bytes can be made again."""

from __future__ import annotations

from pipeline.catalogue import text
from pipeline.errors import Incident
from pipeline.mail.identity import short_code
from pipeline.model import AttachmentKind, AttachmentSpec, Login, Publication, StoredFile
from pipeline.model.json import Json
from pipeline.steps.base.context import Context


def form_attachment(
    context: Context, login: Login, publication: Publication, prefill: int | None = None
) -> AttachmentSpec:
    """Return how to make ``login``'s form again, filled with what return ``prefill`` recorded, or, before there is
    one, with the rows of the collection's table.

    The cover is written down as it is now, so that a later change of name or deadline does not change a letter's bytes.
    """
    ref = {**_form_reference(context, login, publication), "prefill": prefill}
    if publication.collection and publication.collection.prefill and prefill is None:
        ref["table"] = publication.collection.prefill
    return AttachmentSpec(AttachmentKind.FORM, text("form.file_name", login=login.code), ref)


def annotated_attachment(context: Context, login: Login, publication: Publication, return_id: int) -> AttachmentSpec:
    """Return how to make the answer workbook of a return: our form, its values, its findings (W3)."""
    ref = {**_form_reference(context, login, publication), "return": return_id}
    return AttachmentSpec(AttachmentKind.ANNOTATED, text("form.annotated_name", login=login.code), ref)


def file_attachment(file: StoredFile) -> AttachmentSpec:
    """Return how to attach a file as it is."""
    return AttachmentSpec(AttachmentKind.FILE, file.name, {"sha256": file.sha256})


def _form_reference(context: Context, login: Login, publication: Publication) -> dict[str, Json]:
    collection = publication.collection
    if collection is None:
        raise Incident("letter.form_without_collection", publication=publication.code)
    tag = context.tagger.make(login.code, publication.number, collection.form_version)
    return {
        "form": collection.form_id,
        "version": collection.form_version,
        "login": login.code,
        "name": login.name,
        "title": publication.title,
        "code": short_code(login.code, publication.number),
        "token": tag,
        "reply_to": reply_address(context, tag),
        "opens_at": collection.opens_at.isoformat(),
        "closes_at": collection.closes_at.isoformat(),
        "support": context.support,
    }


def reply_address(context: Context, tag: str) -> str:
    """Return the exchange address with ``tag`` in its detail part, or plain without a tag."""
    local, _, domain = context.sender.address.partition("@")
    return f"{local}+{tag}@{domain}" if tag else context.sender.address
