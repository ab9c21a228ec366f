"""What a run of an act does around its step: the context, the outcome's page, the final state, one sentence on faults.

Import only after the environment of ``flows.server`` is set.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from prefect import task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows import choosing, links, running, standing, telling
from flows.running import covered, opened
from pipeline import sources
from pipeline.catalogue import MOSCOW, text
from pipeline.console import whole
from pipeline.console.acts import BY_KEY, Act
from pipeline.console.answers import Answers
from pipeline.console.desk import Desk
from pipeline.console.markdown import page
from pipeline.console.outcome import Next, Outcome
from pipeline.errors import KabinetError
from pipeline.steps.base.context import Context

T = TypeVar("T")
KEY = "result"
"""The key of the page that every run leaves."""
telling.keep_quiet()


def named(key: str) -> Callable[[], str]:
    """Return what gives a run of the act ``key`` its name: what it does, and when it began by Moscow's clock."""
    return lambda: f"{BY_KEY[key].name}, {running.now().astimezone(MOSCOW):%d.%m %H:%M}"


def act(key: str, given: Mapping[str, object], run: Callable[[Desk], Outcome]) -> State[dict[str, int]]:
    """Carry out the act ``key`` with what was filled in; leave its page and return the final state.

    The state's message is the outcome in one sentence. A fault is a failed state with one Russian sentence, which is
    also on the page. No traceback gets to Prefect.
    """
    found = BY_KEY[key]
    try:
        with opened() as context:
            keep = whole.Keeping(sources.hand_out)
            desk = replace(desk_of(context, found, given), keep=keep)
            desk.answers.check()
            outcome = whole.kept(desk, run(desk))
            outcome = whole.fetched(outcome, keep.names)
            leave(outcome)
            choosing.renew(context, running.now())
            standing.renew(context, running.now())
    except KabinetError as error:
        sentence = str(error)
        leave(Outcome(found.name, sentence, next=[Next(text("flow.again"), key)]))
        return failed(sentence)
    return ended(outcome)


def desk_of(context: Context, found: Act, given: Mapping[str, object]) -> Desk:
    """Return what ``found`` works with; its steps tell how far they are in the run's log."""
    watched = replace(context, progress=telling.meter())
    return Desk(
        watched,
        Answers(found, given),
        running.now,
        sources.publication,
        stage,
        telling.say,
        roster=sources.handed_roster,
    )


def stage(name: str, run: Callable[[], T], retries: int = 0) -> T:
    """Carry out a part of the work as a task, so that the graph of the run shows it under ``name``.

    Prefect keeps the words of what a task raises, and those may hold values: the task ends with the sentence for
    people, and the caller gets what was raised.
    """
    faults: list[Exception] = []

    def work() -> T | State[Any]:
        faults.clear()
        try:
            return run()
        except Exception as error:  # noqa: BLE001 - raised again below
            faults.append(error)
            return Failed(message=covered(running.sentence(error)))

    named: Any = task(name=name, task_run_name=name, cache_policy=NO_CACHE, persist_result=False, retries=retries)(work)
    try:
        result: T = named()
    finally:
        if faults:
            raise faults[0] from None
    return result


def leave(outcome: Outcome) -> None:
    """Put the page of ``outcome`` on the run's tab «Artifacts», addresses cut short."""
    create_markdown_artifact(covered(page(outcome, links.address)), key=KEY, description=covered(outcome.line))


def ended(outcome: Outcome) -> State[dict[str, int]]:
    """Say the outcome and return the state with it."""
    if outcome.failed:
        return failed(outcome.line)
    telling.say(outcome.line)
    return Completed(message=covered(outcome.line), data=dict(outcome.counts))


def failed(sentence: str) -> State[Any]:
    """Say the fault and return the state with it."""
    telling.say(sentence, logging.ERROR)
    return Failed(message=covered(sentence))
