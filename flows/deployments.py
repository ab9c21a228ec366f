"""Every flow as a deployment with its schedule. Import only after the environment of ``flows.server`` stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prefect import Flow, serve
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron, Interval, Schedule

from flows.check import check
from flows.close import close
from flows.collect import collect
from flows.deliver import deliver
from flows.digest import digest
from flows.exchange import exchange
from flows.export import export
from flows.extend import extend
from flows.fill import fill
from flows.pause import pause, resume
from flows.publish import publish
from flows.remind import remind
from flows.roster import import_roster
from flows.watch import watch
from flows.withdraw import withdraw
from pipeline.catalogue import MOSCOW
from pipeline.model import schedules

FLOWS: tuple[Flow[..., Any], ...] = (
    import_roster,
    publish,
    fill,
    withdraw,
    pause,
    resume,
    exchange,
    watch,
    collect,
    check,
    deliver,
    export,
    extend,
    remind,
    digest,
    close,
)


def schedule_of(schedule: schedules.Schedule | None) -> Schedule | None:
    """Return Prefect's schedule for one of ours; None is run by hand from the UI."""
    match schedule:
        case schedules.Every(interval):
            return Interval(interval)
        case schedules.Daily(at):
            return Cron(f"{at.minute} {at.hour} * * *", timezone=MOSCOW.key)
    return None


def serve_all(by_itself: Mapping[str, schedules.Schedule]) -> None:
    """Serve every flow until interrupted, those named in ``by_itself`` on their schedules.

    A flow does not overlap itself: a second run is cancelled. Raises when Prefect's server stops answering.
    """
    alone = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)
    deployments = [
        deployment
        for flow in FLOWS
        if isinstance(
            deployment := flow.to_deployment(
                name=flow.name,
                schedule=schedule_of(by_itself.get(flow.name)),
                concurrency_limit=alone,
                description=flow.description,
            ),
            RunnerDeployment,  # outside an event loop it is never a coroutine
        )
    ]
    serve(*deployments, pause_on_shutdown=False, print_starting_message=False)
