"""Every act as a deployment with its form and schedule.

Import only after the environment of ``flows.server`` is set.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from prefect import Flow, serve
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron, Interval, Schedule

from flows import choosing, standing
from flows.audit import audit
from flows.close import close
from flows.corrections import corrections
from flows.digest import digest
from flows.digest_now import digest_now
from flows.end import end
from flows.exchange import exchange
from flows.extend import extend
from flows.fill import fill
from flows.health import health
from flows.held import held
from flows.now import now as how_it_stands
from flows.preview import preview
from flows.publish import publish
from flows.questions import questions
from flows.remind import remind
from flows.remind_daily import remind_daily
from flows.report import report
from flows.roster import roster
from flows.watch import watch
from pipeline.catalogue import MOSCOW
from pipeline.console.acts import BY_KEY, Act
from pipeline.model import schedules
from pipeline.steps.base.context import Context

FLOWS: Mapping[str, Flow[..., Any]] = {
    "roster": roster,
    "preview": preview,
    "publish": publish,
    "now": how_it_stands,
    "remind": remind,
    "extend": extend,
    "held": held,
    "corrections": corrections,
    "report": report,
    "end": end,
    "digest_now": digest_now,
    "health": health,
    "questions": questions,
    "audit": audit,
    "exchange": exchange,
    "close": close,
    "fill": fill,
    "remind_daily": remind_daily,
    "digest": digest,
    "watch": watch,
}
"""The flow of each act by its key."""


def schedule_of(schedule: schedules.Schedule | None) -> Schedule | None:
    """Return Prefect's schedule for one of ours; None is run by hand from the UI."""
    match schedule:
        case schedules.Every(interval):
            return Interval(interval)
        case schedules.Daily(at):
            return Cron(f"{at.minute} {at.hour} * * *", timezone=MOSCOW.key)
    return None


def deployment_of(
    act: Act, by_itself: Mapping[str, schedules.Schedule], found: choosing.Lists, campaign: str | None = None
) -> RunnerDeployment:
    """Return the deployment of ``act``: one run at a time, a second one is cancelled.

    ``campaign`` is where the standing page is, which its description links to.
    """
    alone = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)
    made = FLOWS[act.key].to_deployment(
        name=act.name,
        schedule=schedule_of(by_itself.get(act.schedule) if act.schedule else None),
        concurrency_limit=alone,
        description=choosing.heading(act, campaign),
        tags=[act.tag.value],
        enforce_parameter_schema=False,
    )
    assert isinstance(made, RunnerDeployment)  # outside an event loop it is never a coroutine
    schema = choosing.schema_of(act, found)
    served = made._parameter_openapi_schema  # noqa: SLF001 - the only place where a form's words last (3.9)
    served.title, served.properties, served.required = schema["title"], schema["properties"], schema["required"]
    return made


def serve_all(open_context: Callable[[], AbstractContextManager[Context]], now: datetime) -> None:
    """Serve every act until interrupted, those with a schedule by it; their choices are those of the database ``now``.

    Raises when Prefect's server stops answering.
    """
    with open_context() as context:
        found, by_itself = choosing.lists(context, now), context.schedules
        campaign = standing.renew(context, now)
    serve(
        *(deployment_of(BY_KEY[key], by_itself, found, campaign) for key in FLOWS),
        pause_on_shutdown=False,
        print_starting_message=False,
    )
