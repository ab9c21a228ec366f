"""Waiting for mail for some hours: it is answered within seconds of its coming."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from pipeline.catalogue import text
from pipeline.console.answers import field_words
from pipeline.console.desk import Desk
from pipeline.console.outcome import Next, Outcome
from pipeline.errors import UserError
from pipeline.model import Summary
from pipeline.steps.base.context import Context
from pipeline.steps.base.summaries import figures, in_words

Watch = Callable[[Context, float, Callable[[Summary], None]], None]
"""(context, seconds, who takes what each step did) → when the time is over."""
_USUAL, _MOST = 12, 168  # hours
_QUIET = timedelta(minutes=1)  # between two lines of the log


def run(desk: Desk, watch: Watch) -> Outcome:
    """Wait for as many hours as the form says."""
    hours = _hours(desk)
    done: dict[str, Counter[str]] = {}
    said_at = desk.clock() - _QUIET

    def note(summary: Summary) -> None:
        nonlocal said_at
        done.setdefault(summary.step, Counter()).update(summary.counts)
        if figures(summary) and desk.clock() - said_at >= _QUIET:
            said_at = desk.clock()
            desk.say(in_words(summary))

    watch(desk.context, hours * 3600, note)
    totals = [Summary(step, dict(counts)) for step, counts in done.items()]
    shown = {
        f"{text(f'console.stage.{total.step}')}: {words[:1].lower()}{words[1:]}": count
        for total in totals
        for words, count in figures(total).items()
    }
    return Outcome(
        title=text("console.act.watch"),
        line=text("console.watch.line" if shown else "console.watch.nothing", hours=f"{hours:g}"),
        figures=shown,
        next=[Next(text("console.act.now"), "now")],
        counts={f"{total.step}_{name}": count for total in totals for name, count in total.counts.items()},
    )


def _hours(desk: Desk) -> float:
    written = desk.answers.word("hours")
    try:
        hours = float(written.replace(",", ".")) if written else _USUAL
    except ValueError:
        hours = 0
    if not 0 < hours <= _MOST:
        act = desk.answers.act
        field = next(field for field in act.fields if field.name == "hours")
        raise UserError("console.watch.hours", field=field_words(act, field), written=written[:50], most=_MOST)
    return hours
