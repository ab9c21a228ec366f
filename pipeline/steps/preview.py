"""The preview of a publication for its author: the letters as an organisation and a coordinator would get them."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

from pipeline.cabinet import wording
from pipeline.cabinet.previewpage import Shown, page
from pipeline.cabinet.publications import LoadedPublication
from pipeline.cabinet.sendplan import Plan
from pipeline.catalogue import text
from pipeline.errors import UserError
from pipeline.mail.letters.compose import LOGO_ID
from pipeline.model import AttachmentKind, Letter, Login, Role
from pipeline.steps import publish
from pipeline.steps.base.context import Context
from pipeline.steps.letters.rendering import (
    attachment_file,
    render,
)
from pipeline.steps.mailings import planning
from pipeline.steps.publish import Prepared
from pipeline.store import Session

_SAMPLES = (
    Login("spo990001", text("preview.sample_organisation"), Role.ORGANISATION, "99", ("spo990001@example.org",)),
    Login("spo_coord_99", text("preview.sample_coordinator"), Role.COORDINATOR, "99", ("spo_coord_99@example.org",)),
)
"""Who stands for the recipients while the roster has none."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A page that needs nothing but itself, what lies beside it by name (letters as .eml, the form), and the plan.

    ``letters`` are what the page shows, ``texts`` their text parts by what they are. ``recipients`` are those of
    the roster to whom a letter would go, each with the address; ``mailing`` is the plan in figures, ``cautions`` what
    of ``plan`` to look out for.
    """

    html: str
    files: dict[str, bytes]
    plan: tuple[str, ...]
    texts: dict[str, str]
    letters: tuple[Shown, ...]
    recipients: tuple[tuple[Login, str], ...]
    mailing: Plan
    cautions: tuple[str, ...]


def preview(context: Context, loaded: LoadedPublication, now: datetime, only: Collection[str] = ()) -> Preview:
    """Return what an organisation and a coordinator would get, of ``only`` where given, and change nothing.

    Raises ConfigurationError as publishing would.
    """
    publish.validate(context, loaded)
    with publish.rehearsal(context, loaded, now, only, () if only else _SAMPLES) as (session, out):
        letters = list(_letters(out))
        files: dict[str, bytes] = {}
        looks: list[Shown] = []
        for letter in letters:
            content = render(context, session, letter)
            files[f"{text(f'preview.{letter.kind}')}.eml"] = content
            files |= _forms(context, session, letter)
            looks.append(shown(letter.kind, content))
        known = [login.code for login in out.concerned if login not in _SAMPLES]
        plan = planning.lines(session, out.writer.out, out.plan, now) if known else [text("preview.no_roster")]
        plan = [*wording.warnings(loaded), *plan]
        html = page(loaded.publication.title, plan, looks, list(files))
        texts = {text(f"preview.{one.kind}"): one.plain for one in looks}
        recipients = tuple((login, address) for login, address in out.people if login not in _SAMPLES)
        cautions = planning.cautions(session, out.writer.out, out.plan, now) if known else []
        return Preview(html, files, tuple(plan), texts, tuple(looks), recipients, out.plan, tuple(cautions))


def mistakes(context: Context, loaded: LoadedPublication, now: datetime) -> tuple[str, ...]:
    """Return why the publication cannot be sent as it is beside what is on record; nothing when it can."""
    try:
        publish.validate(context, loaded)
        with publish.rehearsal(context, loaded, now, (), _SAMPLES):
            return ()
    except UserError as error:
        return tuple(error.lines)


def _letters(out: Prepared) -> Iterator[Letter]:
    """The letter to the first of each role; one that has an address, if any has."""
    for role in (Role.ORGANISATION, Role.COORDINATOR):
        people = [login for login in out.concerned if login.role is role]
        people.sort(key=lambda login: not login.addresses)
        if people:
            login = people[0]
            yield out.writer.letter(login, login.addresses[0] if login.addresses else f"{login.code}@example.org")


def _forms(context: Context, session: Session, letter: Letter) -> dict[str, bytes]:
    made = (attachment_file(context, session, spec) for spec in letter.attachments if spec.kind is AttachmentKind.FORM)
    return {file.name: file.data for file in made}


def shown(kind: str, content: bytes) -> Shown:
    """Return a letter of ``kind`` as people see it, from its bytes."""
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    plain, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    attached = [
        (part.get_filename() or "", planning.megabytes(len(part.get_payload(decode=True) or b"")))
        for part in message.iter_attachments()
    ]
    return Shown(
        kind=kind,
        recipient=str(message["To"]),
        subject=str(message["Subject"]),
        sender=str(message["From"]),
        plain=str(plain.get_content()) if plain else "",
        html=_with_pictures(message, str(html.get_content()) if html else ""),
        attachments=[(name, size) for name, size in attached if name],
    )


def _with_pictures(message: EmailMessage, html: str) -> str:
    """Put the logo into the page: a browser does not look into a letter."""
    for part in message.walk():
        if part["Content-ID"] == f"<{LOGO_ID}>":
            data = part.get_payload(decode=True)
            encoded = b64encode(data if isinstance(data, bytes) else b"").decode("ascii")
            html = html.replace(f"cid:{LOGO_ID}", f"data:{part.get_content_type()};base64,{encoded}")
    return html
