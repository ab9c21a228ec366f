"""Fixtures that several functional tests share. ``kabinet`` acts on the ``post`` of the test's own module."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest
import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from typer.testing import CliRunner, Result

from pipeline.cli import app, moderation, restoring, roster
from tests.functional.campaigns import Begin, begin
from tests.functional.killing import Stage, forked, staged
from tests.functional.post import Kabinet, Post
from tests.systems.dovecot import Dovecot


@pytest.fixture
def kabinet(post: Post, monkeypatch: pytest.MonkeyPatch) -> Kabinet:
    """The command line on the world's state and clock; what a user can mend is raised."""
    monkeypatch.setenv("KABINET_STATE", str(post.settings.state))
    monkeypatch.setenv("KABINET_OUTBOX", str(post.settings.outbox))
    for commands in (moderation, restoring, roster):
        monkeypatch.setattr(commands, "now", lambda: post.now)
    runner = CliRunner()

    def run(*arguments: str) -> Result:
        done = runner.invoke(app, list(arguments))
        structlog.reset_defaults()  # the command's log went to the runner's own standard error
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done

    return run


@pytest.fixture(scope="module")
def children() -> ForkServerContext:
    """Where the processes to be killed come from."""
    return forked()


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, dovecot: Dovecot) -> Iterator[Stage]:
    """Published and delivered; four organisations have answered."""
    with staged(tmp_path_factory.mktemp("crash"), dovecot) as found:
        yield found


@pytest.fixture
def campaign(tmp_path: Path) -> Begin:
    """Publishes to so many organisations, none of the letters delivered yet."""
    return partial(begin, tmp_path)


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    """A new key that letters can be signed with."""
    path = tmp_path / "dkim.pem"
    path.touch(0o600)
    path.write_bytes(Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return path
