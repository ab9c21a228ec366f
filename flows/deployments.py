"""Every flow as a deployment with its schedule. Import only after the environment of ``flows.server`` stands."""

from __future__ import annotations

from datetime import timedelta
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

EXCHANGE_EVERY = timedelta(minutes=1)
CLOSE_EVERY = timedelta(minutes=10)
FILL_EVERY = timedelta(minutes=15)

# Each with its schedule; None is run by hand from the UI.
FLOWS: tuple[tuple[Flow[..., Any], Schedule | None], ...] = (
    (import_roster, None),
    (publish, None),
    (fill, Interval(FILL_EVERY)),
    (withdraw, None),
    (pause, None),
    (resume, None),
    (exchange, Interval(EXCHANGE_EVERY)),
    (watch, None),
    (collect, None),
    (check, None),
    (deliver, None),
    (export, None),
    (extend, None),
    (remind, Cron("0 9 * * *", timezone="Europe/Moscow")),
    (digest, Cron("0 18 * * *", timezone="Europe/Moscow")),
    (close, Interval(CLOSE_EVERY)),
)


def serve_all() -> None:
    """Serve every flow until interrupted. A flow does not overlap itself: a second run is cancelled."""
    alone = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)
    deployments = [
        deployment
        for flow, schedule in FLOWS
        if isinstance(
            deployment := flow.to_deployment(
                name=flow.name, schedule=schedule, concurrency_limit=alone, description=flow.description
            ),
            RunnerDeployment,  # outside an event loop it is never a coroutine
        )
    ]
    serve(*deployments, pause_on_shutdown=False, print_starting_message=False)
