"""Handing over to Prefect: beginning a run of a deployment through Prefect's API on loopback."""

from __future__ import annotations

import base64
import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Protocol

from pipeline.console.acts import BY_KEY
from pipeline.errors import UnreachableError

_SECONDS = 10
_PAUSE = 0.5
_USER = "kabinet"


class Runs(Protocol):
    """Whoever begins runs of acts."""

    @property
    def url(self) -> str:
        """The address of Prefect's UI."""
        ...

    def start(self, act: str, parameters: Mapping[str, object]) -> str:
        """Begin a run of the act with this key and return the address of its page.

        Raises UnreachableError when that cannot be done now.
        """
        ...


@dataclass(frozen=True, slots=True)
class PrefectRuns:
    """Prefect's server on loopback ``port``; ``password`` is what it asks for, None: nothing."""

    port: int
    password: str | None = None

    @property
    def url(self) -> str:
        """The address of Prefect's UI."""
        return f"http://127.0.0.1:{self.port}"

    def start(self, act: str, parameters: Mapping[str, object]) -> str:
        """Begin a run of the act with this key and return the address of its page."""
        name = BY_KEY[act].name
        found = self._ask("deployments/filter", {"deployments": {"name": {"any_": [name]}}})
        if not found:
            raise UnreachableError("web.no_deployment", name=name)
        run = self._ask(f"deployments/{found[0]['id']}/create_flow_run", {"parameters": dict(parameters)})
        return f"{self.url}/v2/runs/flow-run/{run['id']}"

    def _ask(self, path: str, body: Mapping[str, object]) -> Any:  # noqa: ANN401 - JSON is untyped
        headers = {"Content-Type": "application/json"}
        if self.password is not None:
            given = base64.b64encode(f"{_USER}:{self.password}".encode()).decode("ascii")
            headers["Authorization"] = f"Basic {given}"
        request = urllib.request.Request(f"{self.url}/api/{path}", json.dumps(body).encode(), headers)  # noqa: S310 - loopback
        deadline = time.monotonic() + _SECONDS
        while True:
            try:
                with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310 - as above
                    return json.loads(answer.read())
            except (urllib.error.URLError, OSError, ValueError) as error:
                busy = False
                if isinstance(error, urllib.error.HTTPError):
                    busy = error.code == HTTPStatus.SERVICE_UNAVAILABLE
                    error.close()
                if not busy or time.monotonic() > deadline:
                    raise UnreachableError("web.no_prefect", url=self.url) from error
            time.sleep(_PAUSE)  # its database is locked for a moment, and nothing was begun
