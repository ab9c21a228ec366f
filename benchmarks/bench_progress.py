"""What it costs to say how far long work is: publish and deliver 5,000 letters, watched and unwatched, in turn.

Watched as in a run from Prefect's UI: lines in the run's log and an artifact changed in place, on a server of its own.
CPU time is that of the process that works; the server's and the sink's count for nobody. The share is the mean of the
pairs, for what else the machine does falls on both of a pair.

Run as ``PYTHONPATH=. .venv/bin/python benchmarks/bench_progress.py``; ``KABINET_SOAK=1`` for three times as many pairs.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from benchmarks.bench_send import smtp_sink, world_of
from benchmarks.measuring import measured, touch
from flows.server import PrefectServer
from pipeline import logs, sources
from pipeline.cabinet.publications import rescheduled
from pipeline.console.progress import EVERY
from pipeline.steps import deliver, publish
from pipeline.steps.base.context import Context
from pipeline.steps.base.progress import Progress, Work, unwatched
from tests.factories.replies import SCHEDULE
from tests.systems.programs import free_port

LETTERS = int(os.environ.get("KABINET_LETTERS", "5000"))
PAIRS = 9 if os.environ.get("KABINET_SOAK") == "1" else 3
GOAL = 0.05
STEPS = ("publish", "deliver")


def work(context: Context, turn: int, now: datetime, progress: Progress) -> dict[str, float]:
    """Publish one publication more and deliver it to everybody; return the CPU seconds of each step."""
    loaded = rescheduled(sources.publication(SCHEDULE), now, now + timedelta(days=30), now)
    loaded = replace(loaded, publication=replace(loaded.publication, code=f"{SCHEDULE}-{turn}"))
    context, seconds = replace(context, progress=progress), dict[str, float]()
    touch(LETTERS * 50_000)
    with measured("publish", seconds):
        publish.run(context, loaded, now)
    with measured("deliver", seconds):
        sent = deliver.run(context, now).counts["sent"]
    assert sent == LETTERS, sent
    return seconds


def measure(context: Context, now: datetime) -> int:
    """Print figures as ``name: value``; 1 when it costs more than the goal. A run of Prefect's."""
    from flows import telling

    telling.keep_quiet()
    asked: list[Work] = []
    seconds: list[tuple[dict[str, float], dict[str, float]]] = []
    work(context, 0, now, unwatched)  # imports, statements, templates: not counted
    for pair in range(PAIRS):
        meter = telling.meter()

        def watched(what: Work, done: int, total: int, meter: Progress = meter) -> None:
            asked.append(what)
            meter(what, done, total)

        turns = {name: 2 * pair + 1 + number for number, name in enumerate(("bare", "watched"))}
        order = ("bare", "watched") if pair % 2 == 0 else ("watched", "bare")
        found = {name: work(context, turns[name], now, unwatched if name == "bare" else watched) for name in order}
        seconds.append((found["bare"], found["watched"]))
    print(f"letters: {LETTERS}, pairs: {PAIRS}, calls a pair: {len(asked) // PAIRS}")
    print(f"load_average: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    worst = 0.0
    for step in STEPS:
        bare, watched_ = (sum(pair[side][step] for pair in seconds) for side in (0, 1))
        walls = [pair[1][f"{step}_wall"] for pair in seconds]
        shares = sorted(pair[1][step] / pair[0][step] - 1 for pair in seconds)
        worst = max(worst, watched_ / bare - 1)
        each = 1000 / LETTERS / PAIRS
        print(f"{step}_cpu_ms: {bare * each:.3f} unwatched, {watched_ * each:.3f} watched ({watched_ / bare - 1:+.1%})")
        print(f"{step}_pairs: {' '.join(f'{share:+.1%}' for share in shares)}; {sum(walls) / PAIRS:.0f} s by the clock")
    call, line = alone()
    print(f"call_cpu_us: {call * 1e6:.2f}; line_cpu_ms: {line * 1000:.1f}, that is {line / EVERY:.2%} of one core")
    return int(worst > GOAL)


def alone() -> tuple[float, float]:
    """The CPU seconds of a call that nobody is to hear of, and of one that becomes a line and changes the artifact."""
    from flows import telling

    meter, calls, lines = telling.meter(), 100_000, 30
    began = time.process_time()
    for done in range(calls):
        meter(Work.SENT, done, 10 * calls)
    call = (time.process_time() - began) / calls
    seconds = iter(range(0, 1_000_000, 10))
    meter = telling.meter(clock=lambda: float(next(seconds)))
    began = time.process_time()
    for done in range(lines):
        meter(Work.SENT, done, 10 * calls)
    time.sleep(3)  # lines are handed to Prefect by a thread
    return call, (time.process_time() - began) / lines


def main() -> int:
    """Start what is needed and measure in a run."""
    logs.configure()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    with tempfile.TemporaryDirectory() as name, smtp_sink() as port, PrefectServer(Path(name) / "prefect", free_port()):
        from prefect import flow

        world = world_of(Path(name) / "world", port, LETTERS)
        with world.context() as context:
            missed: int = flow(name="progress", validate_parameters=False)(lambda: measure(context, world.now))()
        return missed


if __name__ == "__main__":
    sys.exit(main())
