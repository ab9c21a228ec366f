"""A published and delivered schedule, made once in a process and copied for each test: publishing takes a second."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from pipeline import wiring
from pipeline.embedded.organisations import GOOD_ROWS
from tests.fakes.transport import FakeTransport
from tests.functional.post import NOWHERE, Post, form_in, make_post, typed


def published_post(folder: Path) -> Post:
    """Return a post office in ``folder`` an hour after the opening, the schedule published and delivered."""
    made = _made()
    shutil.copytree(made.settings.state, folder / "state")
    settings = wiring.load_settings(state=folder / "state", outbox=folder / "outbox")
    return Post(settings, NOWHERE, made.now, mail=FakeTransport(sent=list(made.mail.sent)))


def hand_in(post: Post, who: str = "spo240065@school.test", *, rows: Sequence[Sequence[Any]] = GOOD_ROWS) -> None:
    """Let ``who`` answer the letter of the publication with the form filled in."""
    publication = post.received(who)[0]
    post.write(who, publication, "", typed(form_in(publication), rows))


@cache
def _made() -> Post:
    folder = tempfile.mkdtemp(prefix="kabinet-published-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    made = make_post(Path(folder))
    made.publish()
    return made
