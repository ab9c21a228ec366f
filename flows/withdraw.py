"""Withdraw: a publication is taken back, and who has it is told."""

from __future__ import annotations

from prefect import flow
from pydantic import Field

from flows.forms import RunForm
from flows.running import now, run_step
from pipeline.catalogue import text
from pipeline.steps import withdraw as step


class Withdrawal(RunForm):
    """What the form of the run asks for."""

    code: str = Field(title=text("flow.field.code"))
    reason: str = Field(title=text("flow.field.reason"), description=text("flow.field.withdrawal.reason.hint"))
    who: str = Field(title=text("flow.field.withdrawal.who"), description=text("flow.field.who.hint"))
    silent: bool = Field(default=False, title=text("flow.field.silent"))


@flow(name="withdraw", description=text("flow.withdraw"))
def withdraw(options: Withdrawal) -> dict[str, int]:
    """Withdraw a publication; who and why stay on record."""
    who = f"prefect:{options.who}"
    return run_step(lambda context: step.run(context, options.code, options.reason, now(), who, silent=options.silent))
