"""What a run of an act does around its step: the context, the outcome's page, the final state, one sentence on faults.

Import only after the environment of ``flows.server`` is set.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from prefect import get_run_logger, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows import choosing, links, standing
from flows.running import covered, now, opened
from pipeline import sources
from pipeline.catalogue import text
from pipeline.console.acts import BY_KEY
from pipeline.console.answers import Answers
from pipeline.console.desk import Desk
from pipeline.console.markdown import page
from pipeline.console.outcome import Next, Outcome
from pipeline.errors import KabinetError

T = TypeVar("T")
KEY = "result"
"""The key of the page that every run leaves."""


class OneSentence(logging.Filter):
    """Takes tracebacks and the engine's own English sentences out of a run's log: the sentence is in its state."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line stays; what it carries of a traceback does not."""
        if record.levelno >= logging.ERROR and "Encountered exception" in str(record.msg):
            return False
        record.exc_info = record.exc_text = record.stack_info = None
        return True


def act(key: str, given: Mapping[str, object], run: Callable[[Desk], Outcome]) -> State[dict[str, int]]:
    """Carry out the act ``key`` with what was filled in; leave its page and return the final state.

    The state's message is the outcome in one sentence. A fault is a failed state with one Russian sentence, which is
    also on the page. No traceback gets to Prefect.
    """
    found = BY_KEY[key]
    try:
        with opened() as context:
            answers = Answers(found, given)
            answers.check()
            desk = Desk(
                context,
                answers,
                now,
                sources.publication,
                stage,
                _say,
                roster=sources.handed_roster,
                keep=sources.hand_out,
            )
            outcome = run(desk)
            leave(outcome)
            choosing.renew(context, now())
            standing.renew(context, now())
    except KabinetError as error:
        sentence = covered(str(error))
        leave(Outcome(found.name, sentence, next=[Next(text("flow.again"), key)]))
        return Failed(message=sentence)
    if outcome.failed:
        return Failed(message=covered(outcome.line))
    return Completed(message=covered(outcome.line), data=dict(outcome.counts))


def _say(line: str) -> None:
    get_run_logger().info(covered(line))


def stage(name: str, run: Callable[[], T], retries: int = 0) -> T:
    """Carry out a part of the work as a task, so that the graph of the run shows it under ``name``."""
    done: Any = task(name=name, cache_policy=NO_CACHE, persist_result=False, retries=retries)(run)
    result: T = done()
    return result


def leave(outcome: Outcome) -> None:
    """Put the page of ``outcome`` on the run's tab «Artifacts», addresses cut short."""
    create_markdown_artifact(covered(page(outcome, links.of_act)), key=KEY, description=covered(outcome.line))


def keep_quiet() -> None:
    """Let no run of this process log a traceback; called where flows are imported."""
    for name in ("prefect.flow_runs", "prefect.task_runs", "prefect.flow_engine"):
        logging.getLogger(name).addFilter(OneSentence())
