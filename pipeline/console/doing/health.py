"""Whether everything works: what is wrong now and what to do, schedules, queues, and what trying the servers gave."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pipeline.catalogue import format_instant, format_short, plural, text
from pipeline.console import shown
from pipeline.console.campaign import waiting
from pipeline.console.desk import Desk
from pipeline.console.outcome import Next, Outcome, Table
from pipeline.errors import KabinetError
from pipeline.steps.condition.liveness import Life
from pipeline.steps.condition.problems import called
from pipeline.steps.condition.state import State, state_of

Say = Callable[[str], None]
_PROBLEMS = ("неполадка", "неполадки", "неполадок")


def run(desk: Desk, examine: Callable[[Say], bool] | None = None) -> Outcome:
    """Look at what is on record; ``examine`` tries servers and settings, says what it found, and whether it is good."""
    said: list[str] = []
    good = True
    if examine is not None:
        good = desk.stage(text("console.stage.servers"), lambda: _tried(examine, said))
    at = desk.clock()
    state = desk.stage(text("console.stage.records"), lambda: state_of(desk.context, at))
    with desk.context.store.reading() as session:
        waits = shown.waits(waiting(session, at))
    return Outcome(
        title=text("console.health.title", at=format_short(at)),
        line=_line(state, good=good),
        figures={text(f"console.health.{name}"): queue.count for name, queue in state.queues.items()},
        remarks=[words for words, _ in waits],
        tables=[*_wrong(state), *_examined(said, good=good), _schedules(state.schedules)],
        next=[*(step for _, step in waits if step is not None), Next(text("console.act.now"), "now")],
        counts={
            "problems": len(state.problems),
            "examined": int(good),
            **{k: q.count for k, q in state.queues.items()},
        },
    )


def _tried(examine: Callable[[Say], bool], said: list[str]) -> bool:
    try:
        return examine(said.append)
    except KabinetError as error:
        said.append(str(error))
        return False


def _line(state: State, *, good: bool) -> str:
    if state.problems:
        return text("console.health.problems", problems=plural(len(state.problems), *_PROBLEMS))
    return text("console.health.well" if good else "console.health.settings")


def _wrong(state: State) -> list[Table]:
    head = (text("console.head.since"), text("console.health.what"))
    rows = [(format_instant(problem.since), problem.text) for problem in state.problems]
    return [Table(text("console.health.wrong"), head, rows, empty=text("console.health.nothing_wrong"))]


def _examined(said: Sequence[str], *, good: bool) -> list[Table]:
    title = text("console.health.examined" if good else "console.health.examined_bad")
    return [Table(title, (text("console.health.found"),), [(line,) for line in said])] if said else []


def _schedules(lives: Sequence[Life]) -> Table:
    head = [text(f"console.head.{name}") for name in ("schedule", "ran", "runs")]
    rows = [
        (
            called(life.name),
            format_short(life.last_at) if life.last_at else text("console.health.never"),
            format_short(life.next_at) if life.expected else text("console.health.by_hand"),
        )
        for life in lives
    ]
    return Table(text("console.health.schedules"), head, rows)
