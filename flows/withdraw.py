"""Withdraw: a publication is taken back, and who has it is told."""

from __future__ import annotations

from prefect import flow
from pydantic import BaseModel, Field

from flows.running import now, run_step
from pipeline.steps import withdraw as step


class Withdrawal(BaseModel):
    """What the form of the run asks for."""

    code: str = Field(title="Код публикации")
    reason: str = Field(title="Причина", description="Её прочтут все, кому пришла публикация")
    who: str = Field(title="Кто отзывает", description="Останется на учете")
    silent: bool = Field(default=False, title="Получателям не сообщать")


@flow(name="withdraw", description="Отозвать публикацию: неотправленное не уйдет, получившим сообщат, прием закроется")
def withdraw(options: Withdrawal) -> dict[str, int]:
    """Withdraw a publication; who and why stay on record."""
    who = f"prefect:{options.who}"
    return run_step(lambda context: step.run(context, options.code, options.reason, now(), who, silent=options.silent))
