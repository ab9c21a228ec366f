"""Addresses of pages in Prefect's UI. Import only after the environment of ``flows.server`` is set."""

from __future__ import annotations

from functools import cache
from urllib.parse import quote

import structlog
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey
from prefect.client.schemas.objects import Artifact

from pipeline import sources, wiring
from pipeline.console.acts import BY_KEY
from pipeline.console.markdown import CAMPAIGN

log = structlog.get_logger()
KEY = CAMPAIGN
"""The key of the artifact that is the standing page «Кампания сейчас»."""
_PAGE = 200


def address(to: str) -> str | None:
    """Return where a next step leads: the act that is started, or the file that is fetched from our own page."""
    folder, _, name = to.partition("/")
    if folder == sources.DOWNLOADS and name:
        return f"http://127.0.0.1:{wiring.load_settings().web_port}/files/kept/{quote(name)}"
    return of_act(to)


def of_act(key: str) -> str | None:
    """Return where the act ``key`` is started, None where Prefect serves none of it."""
    if key == CAMPAIGN:
        return of_campaign()
    return _deployments().get(BY_KEY[key].name) if key in BY_KEY else None


@cache
def of_campaign() -> str | None:
    """Return where the standing page is, None where there is none (yet); read once in a process, as acts are."""
    try:
        with get_client(sync_client=True) as client:
            found = standing_page(client)
    except Exception:
        log.exception("prefect.standing_page_unknown")
        return None
    return of_artifact(found) if found is not None else None


def standing_page(client: SyncPrefectClient) -> Artifact | None:
    """Return the artifact of the standing page: the oldest with its key, so that everybody finds the same one."""
    found = client.read_artifacts(artifact_filter=ArtifactFilter(key=ArtifactFilterKey(any_=[KEY])), limit=_PAGE)
    return min(found, key=lambda item: (item.created, item.id), default=None)


def of_artifact(artifact: Artifact) -> str:
    """Return where an artifact is shown."""
    return f"/v2/artifacts/artifact/{artifact.id}"


def forget() -> None:
    """Read everything anew the next time, for processes that live long."""
    _deployments.cache_clear()
    of_campaign.cache_clear()


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
