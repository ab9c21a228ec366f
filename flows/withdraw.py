"""Withdraw: a publication is taken back, and who has it is told."""

from __future__ import annotations

from typing import Annotated

from prefect import flow
from pydantic import Field

from flows.running import now, run_step
from pipeline.steps import withdraw as step


@flow(name="withdraw", description="Отозвать публикацию: неотправленное не уйдет, получившим сообщат, прием закроется")
def withdraw(
    code: Annotated[str, Field(title="Код публикации")],
    reason: Annotated[str, Field(title="Причина", description="Её прочтут все, кому пришла публикация")],
    who: Annotated[str, Field(title="Кто отзывает", description="Останется на учете")],
    silent: Annotated[bool, Field(title="Получателям не сообщать")] = False,
) -> dict[str, int]:
    """Withdraw publication ``code``; ``who`` and ``reason`` stay on record."""
    return run_step(lambda context: step.run(context, code, reason, now(), f"prefect:{who}", silent=silent))
