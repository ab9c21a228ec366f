"""Addresses of pages in Prefect's UI. Import only after the environment of ``flows.server`` is set."""

from __future__ import annotations

from functools import cache

import structlog
from prefect.client.orchestration import get_client

from pipeline.console.acts import BY_KEY

log = structlog.get_logger()
_PAGE = 200


def of_act(key: str) -> str | None:
    """Return where the act ``key`` is started, None where Prefect serves none of it."""
    return _deployments().get(BY_KEY[key].name) if key in BY_KEY else None


@cache
def _deployments() -> dict[str, str]:
    """Names of deployments → their pages; read once in a process, which is one run."""
    try:
        with get_client(sync_client=True) as client:
            found = client.read_deployments(limit=_PAGE)
    except Exception:
        log.exception("prefect.deployments_unknown")
        return {}
    return {item.name: f"/v2/deployments/deployment/{item.id}" for item in found}
