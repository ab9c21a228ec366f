"""SIGKILL before and after every commit of publishing: a letter leaves once but for the declared doubt (M12–M14)."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from pipeline.model import LetterState
from tests.conftest import SOAK
from tests.functional.crashing import Kill
from tests.functional.killing import (
    FIRST_HALF,
    PATIENCE,
    PEOPLE,
    ROUNDS,
    assert_sent_once,
    early_today,
    forked,
    letters_by_state,
    run_killed,
)
from tests.functional.world import World, make_world
from tests.systems.dovecot import Dovecot
from tests.systems.smtp_sink import smtp_sink

pytestmark = [pytest.mark.long, pytest.mark.system("dovecot"), pytest.mark.timeout(1200)]


def test_m12_m13_m14_killed_at_every_commit_of_publishing(dovecot: Dovecot, tmp_path: Path) -> None:
    children = forked()
    with smtp_sink() as sink:

        def fresh(name: str) -> World:
            world = make_world(tmp_path / name, sink.settings(), dovecot.settings("exchange.publish@kabinet.test"))
            world.now = world.since = early_today()
            world.only = PEOPLE
            sink.taken.clear()
            return world

        world = fresh("whole")
        code, commits = run_killed(children, world, FIRST_HALF, None)
        assert code == 0
        expected = letters_by_state(world)
        assert {state for _, _, state in expected} == {LetterState.SENT}
        assert sum(expected.values()) == len(PEOPLE)

        for commit in range(1, commits + 1):
            for before in (True, False) if SOAK else (bool(commit % 2),):
                world = fresh(f"{commit}-{before}")
                code, _ = run_killed(children, world, FIRST_HALF, Kill(commit, before))
                assert code == -signal.SIGKILL
                for _ in range(ROUNDS):
                    world.later(PATIENCE)
                    world.run(*FIRST_HALF)
                assert letters_by_state(world) == expected, (commit, before)
                assert_sent_once(world, sink)
