"""The standing page «Кампания сейчас»: one artifact, found by its key, changed in place, at an address that stays.

Import only after the environment of ``flows.server`` is set.
"""

from __future__ import annotations

from datetime import datetime

import structlog
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import ArtifactCreate, ArtifactUpdate
from prefect.settings import get_current_settings

from flows import links
from flows.running import covered
from pipeline.catalogue import text
from pipeline.console.campaign import campaign
from pipeline.console.campaignpage import campaign_page
from pipeline.steps.base.context import Context

log = structlog.get_logger()


def renew(context: Context, at: datetime) -> str | None:
    """Bring the page up to date, or make it where there is none; return where it is.

    It fails nobody's run: what is in the way is logged, and None is returned. So it is without a server.
    """
    if not _is_served():
        return None
    try:
        found = campaign(context, at)
        links.forget()
        return _put(covered(campaign_page(found, links.of_act)), text("campaign.description"))
    except Exception:
        log.exception("prefect.standing_page_not_renewed")
        return None


def _is_served() -> bool:
    """Whether there is a server: without one Prefect's client would start one of its own."""
    return bool(get_current_settings().api.url)


def _put(data: str, description: str) -> str | None:
    # Not by ``create_artifact`` and ``update_artifact``: these also write an event, with the whole page in it.
    with get_client(sync_client=True) as client:
        known = links.standing_page(client)
        if known is None:
            made = ArtifactCreate(key=links.KEY, type="markdown", data=data, description=description)
            client.request("POST", "/artifacts/", json=made.model_dump(mode="json", exclude_unset=True))
            known = links.standing_page(client)  # two that made one at once agree on the older one
        else:
            changed = ArtifactUpdate(data=data, description=description)
            body = changed.model_dump(mode="json", exclude_unset=True)
            client.request("PATCH", "/artifacts/{id}", json=body, path_params={"id": known.id})
    return links.of_artifact(known) if known is not None else None
