"""The letter of a publication once more, as it is now."""

from __future__ import annotations

from typing import Any

from pipeline.model import AttachmentSpec, Counts, Issued, Login, Publication, Role
from pipeline.steps.letters.attachments import file_attachment, form_attachment
from pipeline.steps.letters.publications import attached_files, publication_data
from pipeline.steps.letters.rendering import form_of
from pipeline.steps.letters.values import counts_data, withheld
from pipeline.steps.requests.request import Request
from pipeline.store import issued, participations, returns


def letter_of(request: Request, item: Publication, login: Login) -> tuple[dict[str, Any], list[AttachmentSpec]]:
    """Return data and attachments of the letter that brings ``item`` to ``login`` as it is now, whoever asks for it."""
    session, answers = request.session, request.answers
    watching = login.role is Role.COORDINATOR
    known: list[Issued] = issued.of_login(session, item.code, login.code)
    data = publication_data(item, locked_for_coordinator=watching, issued=known, now=answers.now)
    if watching:
        data["counts"] = counts_data(participations.counts(session, item.code).get(login.region, Counts()))
    specs = [file_attachment(file) for file in attached_files(item, login)]
    if item.collection and not watching:
        latest = returns.latest(session, item.code, login.code)
        specs.insert(0, form_attachment(answers.context, login, item, latest.id if latest else None))
        part = participations.participation(session, item.code, login.code)
        form = form_of(session, item.collection.form_id, item.collection.form_version)
        data["accepted"] = part is not None and part.accepted_return_id is not None
        data["prefilled"] = latest is not None and not withheld(form)
    return data, specs
