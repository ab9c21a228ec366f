"""The forms of runs in Prefect's UI: words from the catalogue, choices from the database, renewed as these change.

Import only after the environment of ``flows.server`` is set.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import structlog
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import DeploymentUpdate

from pipeline import sources
from pipeline.catalogue import text
from pipeline.console import choices
from pipeline.console.acts import ACTS, Act, Choice, Field
from pipeline.console.answers import field_hint, field_words, option_words
from pipeline.console.markdown import linked
from pipeline.steps.base.context import Context

log = structlog.get_logger()
Lists = Mapping[Choice, Sequence[str]]


def lists(context: Context, now: datetime) -> Lists:
    """Return the choices as they are now; the publications' folders are looked at as well."""
    return choices.labels(context, now, sources.publication_titles())


def schema_of(act: Act, found: Lists) -> dict[str, Any]:
    """Return the JSON Schema that Prefect draws the form of ``act`` by."""
    return {
        "title": "Parameters",
        "type": "object",
        "properties": {
            field.name: _property(act, field, found) | {"position": place} for place, field in enumerate(act.fields)
        },
        "required": [field.name for field in act.fields],  # else the UI writes «(Optional)» beside the name
    }


def _property(act: Act, field: Field, found: Lists) -> dict[str, Any]:
    said = {"title": field_words(act, field), "description": field_hint(act, field)}
    if field.flag:
        return said | {"type": "boolean", "default": False}
    values = [option_words(act, option) for option in field.options]
    if field.choice is not None:
        values = list(found[field.choice])
    kind: dict[str, Any] = {"type": "string"}
    if values:
        kind["enum"] = values if field.required else ["", *values]
    if field.required and field.options:
        return said | kind | {"default": values[0]}
    return said | kind | {"default": ""} if not field.required else said | kind


def renew(context: Context, now: datetime) -> None:
    """Put the choices as they are now into the forms that are served; without Prefect's server nothing happens."""
    found = lists(context, now)
    by_name = {act.name: act for act in ACTS if any(field.choice for field in act.fields)}
    try:
        with get_client(sync_client=True) as client:
            for deployment in client.read_deployments(limit=200):
                if act := by_name.get(deployment.name):
                    schema = schema_of(act, found)
                    if schema != deployment.parameter_openapi_schema:
                        client.update_deployment(deployment.id, DeploymentUpdate(parameter_openapi_schema=schema))
    except Exception:
        log.exception("prefect.choices_not_renewed")


def heading(act: Act, campaign: str | None) -> str:
    """Return the description of ``act`` in Markdown; with ``campaign``, where the standing page is, a link to it."""
    return f"{act.about}\n\n{linked(text('campaign.title'), campaign)}" if campaign else act.about
