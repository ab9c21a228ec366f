"""Two regions that share their publications, and what came back to each message that somebody wrote."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from email import policy
from email.message import EmailMessage
from functools import cache
from itertools import count
from pathlib import Path

from pipeline import sources, wiring
from pipeline.cabinet.publications import rescheduled
from pipeline.cabinet.roster import RosterReport
from pipeline.mail.letters.render import Rendered
from pipeline.model import Letter, Login, Role
from pipeline.steps import fill, publish, roster
from pipeline.steps.base.fakes.transport import FakeTransport
from pipeline.steps.base.limits import Limits
from pipeline.store import letters
from tests.factories.limits import limited
from tests.functional.post import CLOSES, NOWHERE, OPENS, Post
from tests.functional.published import SERVER, Published, published_post
from tests.functional.world import World

SCHOOL, OTHER = "spo240065", "spo240066"
COORDINATOR = "spo_coord_24"
FAR, FAR_COORDINATOR = "spo770001", "spo_coord_77"
NOBODY, NO_COORDINATOR = "spo779999", "spo_coord_99"
OFFICE = "uo@district.test"
SECOND, NO_COLLECTION = "vpr-spo-2021-participants", "instruction"  # publications 2 and 3
MANY = limited(
    Limits(),
    answering={"per_address": 10_000, "per_login": 10_000, "questions": 10_000},
    reminding={"coordinator_days": 30},
)
_NUMBERS = count(1)
FAR_PEOPLE = (
    Login(FAR, "Московский колледж", Role.ORGANISATION, "77", ("spo770001@school.test",)),
    Login(FAR_COORDINATOR, "Регион 77", Role.COORDINATOR, "77", ("spo_coord_77@region.test",)),
)


def two_regions(folder: Path) -> Post:
    """Return a post office in ``folder`` with the schedule, a second collection and an instruction, for two regions.

    One address answers for two organisations of region 24. Made once in a process and copied.
    """
    made = _made()
    shutil.copytree(made.settings.state, folder / "state")
    settings = wiring.load_settings(state=folder / "state", outbox=folder / "outbox", authserv_id=SERVER)
    return Published(settings, NOWHERE, made.now, mail=FakeTransport(sent=list(made.mail.sent)), limits=MANY)


@cache
def _made() -> Post:
    folder = tempfile.mkdtemp(prefix="kabinet-regions-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    post = published_post(Path(folder))
    people = {**post.logins(), **{login.code: login for login in FAR_PEOPLE}}
    for code in (SCHOOL, OTHER):
        people[code] = replace(people[code], addresses=(*people[code].addresses, OFFICE))
    with post.context() as context:
        roster.run(context, RosterReport(tuple(people.values()), ()), post.now)
        fill.run(context, post.now)
        for code in (SECOND, NO_COLLECTION):
            loaded = sources.publication(code, post.settings)
            moved = replace(loaded, publication=replace(loaded.publication, published_at=OPENS))
            publish.run(context, rescheduled(moved, OPENS, CLOSES, post.now) if code == SECOND else moved, post.now)
    return post


def written(sender: str, subject: str, body: str, message_id: str) -> bytes:
    """A message to the exchange that answers none of ours, and that our mail server has found to be the sender's."""
    message = EmailMessage(policy=policy.SMTP)
    message["Authentication-Results"] = f"{SERVER}; dmarc=pass header.from={sender.rpartition('@')[2]}"
    message["From"], message["To"], message["Subject"] = sender, "exchange@kabinet.test", subject
    message["Date"], message["Message-ID"] = "Mon, 30 Aug 2021 18:41:00 +0000", message_id
    message.set_content(body)
    return message.as_bytes()


def ask_all(post: Post, sender: str, subjects: Sequence[str]) -> Mapping[str, list[Rendered]]:
    """``sender`` writes a message with each of ``subjects``; return what answers each, a question's letter among it."""
    ids = {f"<{next(_NUMBERS)}@writer.test>": each for each in subjects}
    for message_id, subject in ids.items():
        post.inbox.deliver(written(sender, subject, "", message_id), post.now)
    post.run("collect", "check")
    found: defaultdict[str, list[Rendered]] = defaultdict(list)
    with post.context() as context:
        for letter in answers(post):
            if letter.in_reply_to in ids:
                data = {**letter.shared, **letter.data}
                found[ids[letter.in_reply_to]].append(context.renderer.render(letter.kind, data))
    return found


def answers(world: World) -> list[Letter]:
    """Every letter that answers a message, the oldest first."""
    with world.context() as context, context.store.reading() as session:
        found = letters.listed(session, limit=100_000)
    return [letter for letter in reversed(found) if letter.in_reply_to]


def said_of(made: Sequence[Rendered]) -> str:
    """What a person reads of the answers, without the footer, which names the writer anyway."""
    return "\n".join(f"{one.subject}\n{one.text.rpartition('----------')[0]}" for one in made)
