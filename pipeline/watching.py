"""Watching: mail is answered within seconds of its coming (M21).

One thread a folder waits on a connection of its own for the server to announce mail; the rounds (collect, check,
export, deliver, file) run in the caller's thread, one after another. Every so often a round runs unasked, so that an
announcement that never comes (servers that know IDLE by name only, connections that died unseen) costs a minute and no
message. Nothing that fails ends the watch: it waits longer and longer and tries again.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import structlog

from pipeline.errors import KabinetError
from pipeline.model import Summary
from pipeline.model.pulse import Way
from pipeline.steps import (
    check,
    collect,
    deliver,
    export,
    file,
)
from pipeline.steps.base.context import (
    Context,
    Inbox,
)
from pipeline.steps.base.servers import Access
from pipeline.steps.condition import pulse
from pipeline.steps.condition.liveness import EXCHANGE

log = structlog.get_logger()
_STEPS: tuple[tuple[str, Callable[[Context, datetime], Summary]], ...] = (
    ("collect", collect.run),
    ("check", check.run),
    ("export", export.run),
    ("deliver", deliver.run),
    ("file", file.run),
)
_SHORTEST, _LONGEST = 1.0, 300.0  # seconds of the pause after a fault; doubled each time
_SETTLE = 0.2  # seconds between an announcement and the round: mail seldom comes alone


class Watch:
    """Runs rounds when mail is announced, and every ``poll`` seconds in any case, until ``stop`` is called.

    ``stop`` may be called from a signal handler: the step that runs is finished, and nothing is begun after it.
    """

    def __init__(self, context: Context, poll: float, say: Callable[[Summary], None] = lambda _: None) -> None:
        self._context, self._poll, self._say = context, poll, say
        self._news = threading.Event()
        self._stopping = threading.Event()

    @property
    def folders(self) -> int:
        """How many folders are watched."""
        return sum(len(inbox.folders) for inbox in self._context.inboxes)

    def stop(self) -> None:
        """End the watch soon."""
        self._stopping.set()
        self._news.set()

    def run(self) -> None:
        """Watch until stopped. Faults of servers, of configuration and of ours are logged and waited out."""
        threads = [
            threading.Thread(
                target=self._listen, args=(inbox, folder), name=f"idle {inbox.account} {folder}", daemon=True
            )
            for inbox in self._context.inboxes
            for folder in inbox.folders
        ]
        for thread in threads:
            thread.start()
        pauses = _pauses()
        while not self._stopping.is_set():
            self._news.clear()
            if self.round():
                pauses = _pauses()
                wait = self._poll
            else:
                wait = min(next(pauses), self._poll)
            if self._news.wait(wait):
                self._stopping.wait(_SETTLE)
        for thread in threads:
            thread.join(3)  # each looks up once a second; one that hangs in a connection is a daemon and goes with us
        log.info("watch.stopped")

    def round(self) -> bool:
        """Run every step once; a step that fails does not keep the rest from running. True when none failed."""
        with pulse.beat(self._context, EXCHANGE, Way.WATCH) as run:
            for name, step in _STEPS:
                if self._stopping.is_set():
                    break
                try:
                    self._say(step(self._context, datetime.now(UTC)))
                except KabinetError as error:
                    run.failed(error)
                    log.warning("watch.step_failed", step=name, reason=str(error))
                except Exception as error:
                    run.failed(error)
                    log.exception("watch.step_raised", step=name)
        return run.error is None

    def _listen(self, inbox: Inbox, folder: str) -> None:
        pauses = _pauses()
        while not self._stopping.is_set():
            try:
                access = Access(self._context, inbox.server, datetime.now(UTC))
                with access.through(inbox.open) as mailbox:
                    mailbox.select(folder)
                    access.well(folder)
                    self._news.set()  # what came before we listened
                    while not self._stopping.is_set():
                        if mailbox.wait(self._poll, self._stopping.is_set):
                            self._news.set()
                        pauses = _pauses()
            except Exception as error:  # noqa: BLE001 - a thread that ends would be a watch that is off without a word
                pause = next(pauses)
                log.warning(
                    "watch.listening_failed",
                    account=inbox.account,
                    folder=folder,
                    reason=str(error) or type(error).__name__,
                    again_in=round(pause, 1),
                )
                self._stopping.wait(pause)


def _pauses() -> Iterator[float]:
    """Yield growing pauses, a little uneven, so that many who were cut at once do not come back at once."""
    pause = _SHORTEST
    while True:
        yield pause * random.uniform(0.8, 1.2)  # noqa: S311 - no secret
        pause = min(pause * 2, _LONGEST)


def watch_for(context: Context, seconds: float, poll: float, say: Callable[[Summary], None] = lambda _: None) -> None:
    """Watch for so long and return: what a flow does whose next run comes after it. ``say`` takes what steps did."""
    watch = Watch(context, poll, say)
    timer = threading.Timer(seconds, watch.stop)
    timer.daemon = True
    timer.start()
    started = time.monotonic()
    try:
        watch.run()
    finally:
        timer.cancel()
        watch.stop()
        log.info("watch.ended", seconds=round(time.monotonic() - started))
