"""A letter to one's own address, as an organisation would get it, that counts for nothing.

Nothing of it is on record but the deed. The letter's tags are signed apart from those of real letters: what comes back
with one goes on to support as a question and is nobody's return, whoever sent it and whoever releases it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from html import escape

from pipeline.cabinet.publications import LoadedPublication
from pipeline.catalogue import text
from pipeline.errors import ConfigurationError, UnreachableError
from pipeline.mail.addresses import normalise
from pipeline.mail.letters.render import Rendered
from pipeline.model import Login, Role, SendOutcome
from pipeline.model.audit import Deed
from pipeline.steps import publish
from pipeline.steps.base.context import Context
from pipeline.steps.letters.rendering import render
from pipeline.store import audit, roster

NOBODY = Login("spo990001", text("preview.sample_organisation"), Role.ORGANISATION, "99", ("spo990001@example.org",))
"""Who stands for the recipient while the roster has none."""
_STYLE = "margin:0;padding:12px 16px;background:#5e4300;color:#ffffff;font:16px Arial,sans-serif"
_BODY = re.compile(r"<body[^>]{0,2000}>")


@dataclass(frozen=True, slots=True)
class Sent:
    """A letter that was taken by our mail server: to whom, as whose, its subject."""

    address: str
    login: Login
    subject: str


def send(context: Context, loaded: LoadedPublication, code: str, address: str, now: datetime, who: str) -> Sent:
    """Send the letter to ``code`` (by default the first organisation) to ``address`` instead, marked as a trial.

    Raises ConfigurationError for a wrong address, login or publication, UnreachableError when it is not taken.
    """
    to = normalise(address)
    if to is None:
        raise ConfigurationError("trying.bad_address", address=address[:100])
    with context.store.reading() as session:
        known = roster.logins_of_address(session, to)
    if known:
        raise ConfigurationError("trying.not_own", address=to, login=known[0].code)
    login, content, subject = _letter(context, loaded, code, to, now)
    with context.open_transport() as transport:
        result = transport.send(context.sender.address, to, content)
    if result.outcome in (SendOutcome.REFUSED, SendOutcome.DEFERRED):
        raise UnreachableError("trying.not_taken", address=to, reply=result.reply)
    with context.store.transaction() as session:
        publication, detail = loaded.publication.code, text("trying.deed", login=login.code, address=to)
        audit.note(session, Deed(now, who, "sample_sent", publication, detail=detail))
    return Sent(to, login, subject)


def _letter(
    context: Context, loaded: LoadedPublication, code: str, address: str, now: datetime
) -> tuple[Login, bytes, str]:
    """Return whose letter it is, its bytes and its subject; what it took to make it is undone."""
    publish.validate(context, loaded)
    apart = replace(context, tagger=context.tagger.sampling())
    subjects: list[str] = []
    with publish.rehearsal(apart, loaded, now, (), (NOBODY,)) as (session, out):
        login = _chosen(loaded, out.concerned, code)
        letter = replace(out.writer.letter(login, address), created_at=now)
        content = render(apart, session, letter, _marker(subjects.append))
    return login, content, subjects[0]


def _chosen(loaded: LoadedPublication, concerned: Sequence[Login], code: str) -> Login:
    """Return the login with this code, without one the first organisation, or coordinator where none is concerned."""
    if not code:
        return next((login for login in concerned if login.role is Role.ORGANISATION), concerned[0])
    for login in concerned:
        if login.code.lower() == code.lower():
            return login
    raise ConfigurationError("publish.unknown_only", code=loaded.publication.code, logins=code[:100])


def _marker(note: Callable[[str], None]) -> Callable[[Rendered], Rendered]:
    """Return what says in a letter's subject and above its text that it is a trial; ``note`` gets the subject."""

    def marked(rendered: Rendered) -> Rendered:
        subject, words = text("trying.subject", subject=rendered.subject), text("trying.banner")
        note(subject)
        banner = f'<p style="{_STYLE}">{escape(words)}</p>'
        html = _BODY.sub(lambda match: match[0] + banner, rendered.html, count=1)
        return replace(rendered, subject=subject, text=f"{words}\n\n{rendered.text}", html=html)

    return marked
