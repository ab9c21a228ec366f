"""A schedule published to four organisations and delivered, made once in a process and copied for each test."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from pipeline import sources, wiring
from pipeline.cabinet.publications import rescheduled
from pipeline.embedded.organisations import GOOD_ROWS
from pipeline.mail.letters.render import Renderer
from pipeline.model import Login, Role
from pipeline.steps import publish, roster
from pipeline.steps.base.context import Context
from pipeline.steps.base.fakes.mailbox import FakeMailServer
from pipeline.steps.base.fakes.transport import FakeTransport
from tests.functional.post import CLOSES, NOWHERE, OPENS, Post, form_in, make_post, typed
from tests.functional.world import SCHEDULE

SERVER = "mx.kabinet.test"
COORDINATOR = "spo_coord_24@region.test"
SUPPORT = "support@kabinet.test"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FAR = Login("spo250001", "Колледж другого региона", Role.ORGANISATION, "25", ("spo250001@school.test",))
PEOPLE = frozenset({"spo240065", "spo240066", "spo240067", "spo240072", "spo_coord_24"})


class Published(Post):
    """A post office whose templates are compiled once, as in a worker, and not for each step."""

    @contextmanager
    def context(self) -> Iterator[Context]:
        """The context of ``Post`` with the renderer of all."""
        with super().context() as context:
            yield replace(context, renderer=_renderer(self.settings.home))


@cache
def _renderer(home: Path) -> Renderer:
    return Renderer(home / "templates")


def published_post(folder: Path) -> Post:
    """Return a post office in ``folder`` an hour after the opening, the schedule published and delivered.

    Its server says of every writer that they are who they say.
    """
    made = _made()
    shutil.copytree(made.settings.state, folder / "state")
    settings = wiring.load_settings(state=folder / "state", outbox=folder / "outbox", authserv_id=SERVER)
    inbox = FakeMailServer(signs=SERVER)
    return Published(settings, NOWHERE, made.now, inbox=inbox, mail=FakeTransport(sent=list(made.mail.sent)))


def hand_in(post: Post, who: str = "spo240065@school.test", *, rows: Sequence[Sequence[Any]] = GOOD_ROWS) -> None:
    """Let ``who`` answer the letter of the publication with the form filled in."""
    publication = post.received(who)[0]
    post.write(who, publication, "", typed(form_in(publication), rows))


@cache
def _made() -> Post:
    folder = tempfile.mkdtemp(prefix="kabinet-published-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    made = make_post(Path(folder))
    report = sources.roster(made.settings.home / "publications" / "roster.xlsx")
    people = tuple(login for login in report.logins if login.code in PEOPLE)
    with made.context() as context:
        roster.run(context, replace(report, logins=people), made.now)
        publish.run(context, rescheduled(sources.publication(SCHEDULE), OPENS, CLOSES, made.now), made.now)
    made.run("deliver")
    return made
