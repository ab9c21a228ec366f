"""What every test shares: real servers as fixtures, no network but loopback, full sizes only when asked for."""

from __future__ import annotations

import os

import pytest
import structlog
from pytest_socket import socket_allow_hosts

pytest_plugins = [
    "tests.systems.dovecot",
    "tests.systems.embedded",
    "tests.systems.postfix",
    "tests.systems.postgres",
]

SOAK = os.environ.get("KABINET_SOAK") == "1"


@pytest.fixture(autouse=True)
def _loopback_only() -> None:
    """No test reaches a host that is not this machine; UNIX sockets stay usable."""
    socket_allow_hosts(["127.0.0.1", "localhost", "::1"], allow_unix_socket=True)


@pytest.fixture(autouse=True)
def _own_logs() -> None:
    """A test that ran the command line in this process leaves no log behind that writes to its closed streams."""
    structlog.reset_defaults()


@pytest.fixture
def soak() -> bool:
    """Whether the full sizes were asked for (``make soak``)."""
    return SOAK
