"""SIGKILL after every commit of the round: nothing is lost, and every answer leaves at most once outside the window
between the mail server's 250 and our commit (M2, M10, M12, M14, M20)."""

from __future__ import annotations

from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from tests.functional.killing import Stage, assert_kills_change_nothing

pytestmark = [pytest.mark.long, pytest.mark.system("dovecot"), pytest.mark.timeout(1200)]


def test_m2_m10_m12_m14_killed_after_every_commit(stage: Stage, children: ForkServerContext, tmp_path: Path) -> None:
    assert_kills_change_nothing(stage, children, tmp_path, before=False)
