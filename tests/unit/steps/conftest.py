"""What the tests of the steps' modules share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.steps.desk import Desk, open_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A published schedule, and one transaction."""
    with open_desk(tmp_path) as opened:
        yield opened
