"""The letter of a publication once more, as it is now."""

from __future__ import annotations

from typing import Literal

from pipeline.mail.letters.kinds.coordinator_publication import CoordinatorPublicationLetter
from pipeline.mail.letters.kinds.publication import PublicationLetter
from pipeline.mail.letters.rows import PublicationContent
from pipeline.model import AttachmentSpec, Counts, Login, Publication, Role
from pipeline.steps.letters.attachments import file_attachment, form_attachment
from pipeline.steps.letters.publications import attached_files, publication_content
from pipeline.steps.letters.rendering import form_of
from pipeline.steps.letters.values import counts_row, withheld
from pipeline.steps.requests.request import Request
from pipeline.store import issued, participations, returns


def letter_to_asker(
    request: Request, item: Publication
) -> tuple[PublicationLetter | CoordinatorPublicationLetter, list[AttachmentSpec]]:
    """Return the letter that brings ``item`` as it is now to the writer, and what goes along."""
    login = request.login
    if login.role is Role.ORGANISATION:
        return letter_to_organisation(request, item, login, again="asked")
    counts = participations.counts(request.session, item.code).get(login.region, Counts())
    content = _content(request, item, login)
    letter = CoordinatorPublicationLetter(content=content, counts=counts_row(counts), again="asked")
    return letter, [file_attachment(file) for file in attached_files(item, login)]


def letter_to_organisation(
    request: Request, item: Publication, login: Login, again: Literal["asked", "repeated"]
) -> tuple[PublicationLetter, list[AttachmentSpec]]:
    """Return the letter that brings ``item`` as it is now to an organisation, and what goes along.

    ``again``: the organisation has asked for it, or its coordinator has it repeated.
    """
    session, answers = request.session, request.answers
    specs = [file_attachment(file) for file in attached_files(item, login)]
    accepted = prefilled = False
    if item.collection:
        latest = returns.latest(session, item.code, login.code)
        specs.insert(0, form_attachment(answers.context, login, item, latest.id if latest else None))
        part = participations.participation(session, item.code, login.code)
        form = form_of(session, item.collection.form_id, item.collection.form_version)
        accepted = part is not None and part.accepted_return_id is not None
        prefilled = latest is not None and not withheld(form)
    content = _content(request, item, login)
    return PublicationLetter(content=content, accepted=accepted, prefilled=prefilled, again=again), specs


def _content(request: Request, item: Publication, login: Login) -> PublicationContent:
    known, watching = issued.of_login(request.session, item.code, login.code), login.role is Role.COORDINATOR
    return publication_content(item, locked_for_coordinator=watching, issued=known, now=request.answers.now)
