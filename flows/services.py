"""Everything until Ctrl-C: the embedded mail server when none is configured, Prefect's server and every flow."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import structlog

from flows.server import USER, PrefectServer
from flows.supervising import Supervisor
from pipeline import wiring
from pipeline.catalogue import text
from pipeline.console.acts import ACTS, BY_SCHEDULE
from pipeline.embedded.mailserver import EmbeddedMailServer
from pipeline.model.schedules import Daily, Every, Schedule
from pipeline.monitoring import Monitor
from pipeline.steps.base.context import Context
from pipeline.web.server import PageServer

log = structlog.get_logger()
_LOOK = 60.0  # seconds between two looks whether everything works
_ASK_AGAIN = 2.0  # seconds between two questions whether the server answers again


def serve(state: Path, prefect_port: int, say: Callable[[str], None]) -> None:
    """Run until interrupted; nothing is left running afterwards. Raises UserError for a taken port."""
    settings = wiring.load_settings()
    # The database is brought up to date, and wrong settings are reported, before anything starts.
    with wiring.context(settings) as context:
        by_itself = context.schedules
    with ExitStack() as stack:
        if settings.embedded_mail:
            mail = stack.enter_context(
                EmbeddedMailServer(
                    settings.address,
                    settings.embedded_smtp_port,
                    settings.embedded_imap_port,
                    settings.embedded_web_port,
                    settings.imap().password,
                    state / "mail.log",
                )
            )
            say(text("demo.up_mail", url=mail.web_url))
        open_context, ready = partial(wiring.context, settings), threading.Event()
        changed = partial(_renew, open_context, ready)
        page = stack.enter_context(PageServer(settings, open_context, settings.web_port, changed=changed))
        say(text("demo.up_page", url=page.url))
        say(text("prefect.starting"))
        password = settings.prefect_secret
        prefect = stack.enter_context(PrefectServer(state / "prefect", prefect_port, say, password))
        say(text("demo.up_prefect", url=prefect.url))
        say(text("prefect.guarded" if password else "prefect.unguarded", user=USER))
        ready.set()
        _recover(by_itself, say)
        os.chdir(settings.home)
        stack.enter_context(Supervisor(prefect, open_context, say))
        say(text("demo.up_schedule"))
        for name, schedule in by_itself.items():
            say(text("demo.up_scheduled", name=BY_SCHEDULE[name].name, when=_when(schedule)))
        say(text("demo.up_stop"))
        stack.enter_context(Monitor(open_context, min(_LOOK, settings.silent_after / 3), say))
        _keep_serving(prefect, open_context, say)
    say(text("demo.up_stopped"))


def _keep_serving(
    prefect: PrefectServer, open_context: Callable[[], AbstractContextManager[Context]], say: Callable[[str], None]
) -> None:
    """Serve the flows until interrupted, also when Prefect's server ends or does not answer for a time."""
    from flows.deployments import serve_all  # noqa: PLC0415 - Prefect reads its environment when imported

    while True:
        try:
            serve_all(open_context, datetime.now(UTC))
        except Exception:
            log.exception("prefect.serving_failed", ended=prefect.ended)
        else:
            return
        while not prefect.healthy():
            time.sleep(_ASK_AGAIN)
        with open_context() as context:
            by_itself = context.schedules
        _recover(by_itself, say)


def _renew(open_context: Callable[[], AbstractContextManager[Context]], ready: threading.Event) -> None:
    """Offer what there is to choose from now; before Prefect is there nothing is offered yet."""
    if not ready.is_set():
        return
    from flows import choosing  # noqa: PLC0415 - as above

    with open_context() as context:
        choosing.renew(context, datetime.now(UTC))


def _recover(by_itself: Mapping[str, Schedule], say: Callable[[str], None]) -> None:
    from flows import recovery  # noqa: PLC0415 - as above

    intervals = [BY_SCHEDULE[name].name for name, schedule in by_itself.items() if isinstance(schedule, Every)]
    recovery.remove_former({act.name for act in ACTS})
    found = recovery.recover(intervals, datetime.now(UTC))
    recovery.watch_heartbeats()
    if found.crashed:
        say(text("demo.up_recovered", crashed=found.crashed))


def _when(schedule: Schedule) -> str:
    """Return the words for a schedule: «каждую минуту», «каждые 30 с», «каждый день в 9:00»."""
    if isinstance(schedule, Daily):
        return text("demo.up_daily", at=f"{schedule.at.hour}:{schedule.at:%M}")
    seconds = round(schedule.period.total_seconds())
    if seconds == 60:
        return text("demo.up_every_minute")
    if seconds % 60 == 0:
        return text("demo.up_every_minutes", count=seconds // 60)
    return text("demo.up_every_seconds", count=seconds)
