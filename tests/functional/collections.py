"""Three collections that are open at once, and what is on record of the commands that people send about them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage

from pipeline import sources
from pipeline.cabinet.publications import LoadedPublication, rescheduled
from pipeline.embedded import clients
from pipeline.model import Letter, Receipt
from pipeline.model.audit import Deed
from pipeline.steps import publish
from pipeline.store import audit, letters, receipts
from tests.functional.post import CLOSES, OPENS, Post
from tests.functional.world import SCHEDULE, World, letter

PEOPLE, ROOMS = "vpr-spo-2021-participants", "vpr-spo-2021-rooms"
TITLES = {SCHEDULE: "Расписание", PEOPLE: "участниках", ROOMS: "Готовность аудиторий"}


def third() -> LoadedPublication:
    """Another collection by the form of the schedule."""
    loaded = sources.publication(SCHEDULE)
    return replace(loaded, publication=replace(loaded.publication, code=ROOMS, title=TITLES[ROOMS]))


def publish_more(
    world: World, opens_at: datetime = OPENS, closes_at: datetime = CLOSES, longer: Collection[str] = ()
) -> None:
    """Publish two more collections beside the schedule; ``longer`` are open for another week."""
    with world.context() as context:
        for loaded in (sources.publication(PEOPLE), third()):
            until = closes_at + timedelta(days=7) if loaded.publication.code in longer else closes_at
            publish.run(context, rescheduled(loaded, opens_at, until, world.now), world.now)


def ask(post: Post, sender: str, text: str, *, to: EmailMessage | None = None) -> list[EmailMessage]:
    """``sender`` writes ``text``, in answer to ``to`` or to nothing of ours; return the letters that came back."""
    before = len(post.mail.sent)
    if to is None:
        message = clients.thunderbird(sender, post.settings.address, "Сообщение", text, None)
        post.inbox.deliver(message.as_bytes(), post.now)
    else:
        post.write(sender, to, text)
    post.run("collect", "check", "export", "deliver")
    return [letter(sent.content) for sent in post.mail.sent[before:] if sent.recipient == sender]


def answer(post: Post, sender: str, text: str, *, to: EmailMessage | None = None) -> EmailMessage:
    """The one letter that came back."""
    (found,) = ask(post, sender, text, to=to)
    return found


def letter_about(post: Post, address: str, code: str) -> EmailMessage:
    """The first letter to ``address`` about the publication ``code``."""
    found = (letter(sent.content) for sent in post.mail.sent if sent.recipient == address)
    return next(message for message in found if TITLES[code] in str(message["Subject"]))


def first_letter(post: Post, address: str) -> EmailMessage:
    """The first letter to ``address``: that of the schedule."""
    return letter(next(sent.content for sent in post.mail.sent if sent.recipient == address))


def deeds(world: World, who: str = "spo_coord_") -> list[Deed]:
    """What coordinators had done or tried, in the order of recording."""
    with world.context() as context, context.store.reading() as session:
        return [deed for deed in reversed(audit.listed(session, limit=1000)) if deed.who.startswith(who)]


def received(world: World) -> list[Receipt]:
    """The messages on record, in the order of recording."""
    with world.context() as context, context.store.reading() as session:
        return sorted(receipts.listed(session, limit=1000), key=lambda receipt: receipt.id)


def on_record(world: World, kind: str | None = None) -> list[Letter]:
    """Letters in any state, in the order of recording, of one kind or all."""
    with world.context() as context, context.store.reading() as session:
        found = letters.listed(session, limit=5000)
    return [row for row in reversed(found) if kind is None or row.kind == kind]
