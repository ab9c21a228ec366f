"""The pulse of what runs: ``beat`` goes around a run and puts on record that it began, goes on, ended or failed (M44).

It never makes a run fail, and never keeps one waiting for long: what cannot be written is logged and left out.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import structlog

from pipeline.errors import Incident, UserError
from pipeline.model.pulse import MONITOR, Way
from pipeline.steps.base.context import Context
from pipeline.steps.condition import liveness
from pipeline.store import Session
from pipeline.store.operations import pulses

log = structlog.get_logger()
_EVERY = 60.0  # seconds between two signs of life of a run that goes on
_LONGEST_REASON = 500
_MISSED = 3  # signs of life of a monitor that may be missing


def present() -> datetime:
    """Return the present instant, aware UTC."""
    return datetime.now(UTC)


class Beat:
    """One run. ``failed`` tells of a fault that the run has dealt with itself; one that it raises is seen anyway."""

    def __init__(self) -> None:
        self.error: BaseException | None = None

    def failed(self, error: BaseException) -> None:
        """Note a fault; the first one counts."""
        self.error = self.error or error


@contextmanager
def beat(context: Context, name: str, way: Way, clock: Callable[[], datetime] = present) -> Iterator[Beat]:
    """Put on record how the run of ``name`` goes that is the body of the ``with``, begun by ``way``.

    ``name`` is that of a schedule (``exchange`` for a whole round) or of a single step; ``clock`` gives aware instants.
    Whatever the body raises goes on.
    """
    run = Beat()
    in_time = liveness.in_time(context.schedules.get(name), context.limits.alerting.silent_after)
    _write(context, name, lambda session: pulses.began(session, name, way, clock(), in_time))
    over = threading.Event()

    def live() -> None:
        while not over.wait(_EVERY):
            _write(context, name, lambda session: pulses.alive(session, name, way, clock()))

    heart = threading.Thread(target=live, name=f"pulse of {name}", daemon=True)
    heart.start()
    interrupted = False
    try:
        yield run
    except Exception as error:
        run.failed(error)
        raise
    except BaseException:  # Ctrl-C, or the end of the process: it has not ended, and it is nobody's fault
        interrupted = True
        raise
    finally:
        over.set()
        heart.join(2 * _EVERY)  # it waits for other writers for seconds only
        if not interrupted:
            _write(context, name, lambda session: _end(session, name, way, clock(), run.error))


def tick(context: Context, way: Way, now: datetime, every: timedelta) -> None:
    """Record that ``kabinet up`` (way ``schedule``) or ``kabinet watch`` (way ``watch``) runs at ``now``.

    It says so ``every`` so often; after a longer silence it counts as begun now.
    """
    patience = max(context.limits.alerting.silent_after, _MISSED * every)
    _write(context, MONITOR, lambda session: pulses.ticked(session, MONITOR, way, now, patience))


def named(error: BaseException) -> tuple[str, str | None]:
    """Return the stable code of a fault and, where a user can fix it, its sentence. Other words may hold values."""
    if isinstance(error, UserError):
        return error.code, str(error)[:_LONGEST_REASON]
    return (error.what if isinstance(error, Incident) else type(error).__name__), None


def _end(session: Session, name: str, way: Way, now: datetime, error: BaseException | None) -> None:
    if error is None:
        pulses.ended(session, name, way, now)
    else:
        pulses.failed(session, name, way, now, *named(error))


def _write(context: Context, name: str, write: Callable[[Session], None]) -> None:
    try:
        with context.store.brief() as session:
            write(session)
    except Exception as error:  # noqa: BLE001 - a record beside the work must not be its end
        log.warning("pulse.unwritten", name=name, reason=type(error).__name__)
