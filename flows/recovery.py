"""What a stop that nobody could announce leaves behind in Prefect is cleared away before the flows are served (M45).

Import only after the environment of ``flows.server`` is set.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import GlobalConcurrencyLimitUpdate
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterName,
    FlowRunFilter,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.events.actions import ChangeFlowRunState
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification
from prefect.states import Crashed

from flows.running import BY_SCHEDULE
from pipeline.catalogue import text

log = structlog.get_logger()
_PAGE = 200
_OURS = "flows/"  # where an entrypoint of ours lies
_ALIVE = [StateType.RUNNING, StateType.PENDING, StateType.CANCELLING]
HEARTBEAT_SECONDS = 30
_DEAD_AFTER = timedelta(seconds=3 * HEARTBEAT_SECONDS)  # at less than three heartbeats healthy runs would be ended too


@dataclass(frozen=True, slots=True)
class Recovered:
    """How many runs had died with their runner, and how many runs were missed that later ones make up for."""

    crashed: int
    missed: int


def recover(intervals: Collection[str], now: datetime) -> Recovered:
    """Clear away what an earlier ``kabinet up`` left, while nothing is served yet.

    A run that was alive then is dead now: it becomes «Crashed». The places that such runs held are free, also where no
    run holds them any more. Missed runs of ``intervals`` (names of deployments) are removed: the next one does their
    work. Missed runs of daily schedules stay, and the flow decides. ``now`` is aware.
    """
    with _client() as client:
        dead = [run for run in _runs(client, _in(_ALIVE)) if run.deployment_id is not None]
        for run in dead:
            client.set_flow_run_state(run.id, Crashed(message=text("flow.run_died")), force=True)
        _free_places(client)
        missed = _remove_missed(client, intervals, now)
    if dead or missed:
        log.warning("prefect.recovered", crashed=len(dead), missed=missed)
    return Recovered(len(dead), missed)


def watch_heartbeats() -> None:
    """Have Prefect end a run whose heartbeat stops while its runner lives, so that its place is free again."""
    automation = AutomationCore(
        name=text("flow.automation_name"),
        description=text("flow.automation"),
        trigger=EventTrigger(
            after={"prefect.flow-run.heartbeat"},
            expect={
                "prefect.flow-run.heartbeat",
                *(f"prefect.flow-run.{end}" for end in ("Completed", "Failed", "Cancelled", "Crashed")),
            },
            match=ResourceSpecification({"prefect.resource.id": "prefect.flow-run.*"}),
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            threshold=1,
            within=_DEAD_AFTER,
        ),
        actions=[ChangeFlowRunState(state=StateType.CRASHED, message=text("flow.run_died"))],
    )
    with _client() as client:
        for old in client.read_automations_by_name(automation.name):
            client.delete_automation(old.id)
        client.create_automation(automation)


def remove_former(served: Collection[str]) -> int:
    """Remove the deployments of an earlier version that are ``served`` no more, with their runs to come.

    Nobody would carry these runs out. A deployment of somebody else's flow stays.
    """
    with _client() as client:
        former = [
            found
            for found in client.read_deployments(limit=_PAGE)
            if (found.entrypoint or "").startswith(_OURS) and found.name not in served
        ]
        for found in former:
            client.delete_deployment(found.id)
    if former:
        log.info("prefect.former_removed", names=[found.name for found in former])
    return len(former)


def start_run(name: str) -> None:
    """Start a run of the deployment ``name`` that its schedule owes (tag ``BY_SCHEDULE``)."""
    with _client() as client:
        for deployment in client.read_deployments(deployment_filter=_named([name])):
            client.create_flow_run_from_deployment(deployment.id, tags=[BY_SCHEDULE])


def _client() -> SyncPrefectClient:
    return get_client(sync_client=True)


def _in(states: list[StateType], before: datetime | None = None) -> FlowRunFilter:
    return FlowRunFilter(
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=states)),
        expected_start_time=FlowRunFilterExpectedStartTime(before_=before) if before else None,
    )


def _named(names: Collection[str]) -> DeploymentFilter:
    return DeploymentFilter(name=DeploymentFilterName(any_=sorted(names)))


def _runs(
    client: SyncPrefectClient, which: FlowRunFilter, deployments: DeploymentFilter | None = None
) -> Iterator[FlowRun]:
    """Yield runs a page at a time. A caller that changes them sees each once: the pages are read first."""
    found: list[FlowRun] = []
    while page := client.read_flow_runs(
        flow_run_filter=which, deployment_filter=deployments, limit=_PAGE, offset=len(found)
    ):
        found += page
    return iter(found)


def _free_places(client: SyncPrefectClient) -> None:
    offset = 0
    while limits := client.read_global_concurrency_limits(limit=_PAGE, offset=offset):
        for limit in limits:
            if limit.active_slots:
                client.update_global_concurrency_limit(limit.name, GlobalConcurrencyLimitUpdate(active_slots=0))
        offset += len(limits)


def _remove_missed(client: SyncPrefectClient, intervals: Collection[str], now: datetime) -> int:
    late = _runs(client, _in([StateType.SCHEDULED], now), _named(intervals))
    missed = [run for run in late if run.auto_scheduled]
    for run in missed:
        client.delete_flow_run(run.id)
    return len(missed)
