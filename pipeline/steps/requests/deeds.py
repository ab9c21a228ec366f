"""What a coordinator does for an organisation, on record: done or refused."""

from __future__ import annotations

from pipeline.mail.letters.data import LetterData
from pipeline.model import Publication
from pipeline.model.audit import Deed
from pipeline.steps.requests.request import Request
from pipeline.store import audit


def who(request: Request) -> str:
    """Return the writer as the record names them: login and address."""
    return f"{request.login.code} <{request.judgement.message.sender or ''}>"


def note(
    request: Request,
    what: str,
    publication: Publication | None,
    login: str | None,
    region: str | None,
    detail: str,
    why: str = "",
) -> None:
    """Put a deed of the writer on record."""
    code = publication.code if publication else None
    receipt_id, now = request.judgement.receipt.id, request.answers.now
    audit.note(request.session, Deed(now, who(request), what, code, login, region, detail, why, receipt_id))


def refuse(request: Request, letter: LetterData, why: str, code: str, publication: Publication | None = None) -> bool:
    """Answer with ``letter`` why nothing was done for the login ``code``; who asked for it stays on record."""
    publication = publication or request.about
    note(request, "refused", publication, code, None, f"{request.command.name}: {why}")
    request.answers.to_sender(letter, request.login, publication)
    return True


def no_collection(request: Request, written: str) -> str:
    """Return why there is no collection in the publication that was ``written``, as a stable word.

    It is "" where there is one, or none was written.
    """
    if not written:
        return ""
    if request.named is None:
        return "unknown_publication"
    return "" if request.named.collection is not None else "no_collection"
