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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with a ``long`` test begin first: one that begins last leaves every other worker idle until it ends."""
    long_files = {item.path for item in items if item.get_closest_marker("long")}
    items.sort(key=lambda item: item.path not in long_files)


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
