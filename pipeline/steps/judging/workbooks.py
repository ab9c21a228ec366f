"""Checking: the workbooks of judged messages against their forms, a run a form version. Changes nothing on record.

A form's workbooks are checked together. When that takes too long each is checked alone: so the slow one is found.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import structlog

from pipeline.catalogue import text
from pipeline.forms.checking.check import (
    Checked,
    check_batch,
)
from pipeline.forms.definition.form import FormDefinition
from pipeline.forms.locating.notes import Note
from pipeline.forms.workbooks.workbook import RawWorkbook
from pipeline.model import Finding, Outcome, Severity
from pipeline.steps.base.patience import (
    OutOfTimeError,
    Patience,
)
from pipeline.steps.judging.judge import (
    Item,
    Judgement,
)

log = structlog.get_logger()
_ENDLESS = Patience(None)


def check_workbooks(judged: Sequence[Judgement], patience: Patience = _ENDLESS) -> list[Judgement]:
    """Check all readable, identified workbooks of a batch; each item gets its verdict in ``checked``.

    Returns the messages with a workbook that takes too long.
    """
    slow: set[int] = set()
    by_form: dict[tuple[str, int], list[Item]] = defaultdict(list)
    forms: dict[tuple[str, int], FormDefinition] = {}
    for judgement in judged:
        for item in judgement.items:
            if item.form is not None and item.workbook is not None and item.reason is None:
                key = (item.form.form, item.form.version)
                forms[key] = item.form
                by_form[key].append(item)
    for key, items in by_form.items():
        results = _checked(forms[key], [item.workbook for item in items if item.workbook is not None], patience)
        for item, checked in zip(items, results, strict=True):
            if checked is None:
                slow.add(id(item))
            else:
                before = (*map(Note, item.notes), *(item.carriers.notes if item.carriers else ()))
                item.checked = replace(checked, notes=(*before, *checked.notes)) if before else checked
    for judgement in judged:
        _refuse_twins(judgement)
    return [judgement for judgement in judged if slow.intersection(map(id, judgement.items))]


def _refuse_twins(judgement: Judgement) -> None:
    """Refuse right workbooks of one form and login in one message whose data differ: none is guessed (W29).

    Where the data are the same each is taken, with a note. A draft is in nobody's way.
    """
    groups: dict[tuple[str, str], list[tuple[Item, Checked]]] = defaultdict(list)
    for item in judgement.items:
        checked, login, publication = item.checked, item.login, item.publication
        if checked is None or login is None or publication is None or not checked.outcome.is_accepted:
            continue
        if item.carriers is None or item.carriers.draft is False:
            groups[login.code, publication.code].append((item, checked))
    for group in groups.values():
        names = ", ".join(f"«{item.attachment.name}»" for item, _ in group)
        first = group[0][1]
        if len(group) > 1 and any(checked.data != first.data for _, checked in group):
            message = text("finding.form_twice", files=names)
            twice = Finding("form_twice", "structure", Severity.ERROR, message)
            for item, checked in group:
                item.checked = replace(checked, outcome=Outcome.REJECTED, findings=(twice, *checked.findings), data={})
        elif len(group) > 1:
            note = Note(text("repaired.form_twice", files=names))
            for item, checked in group:
                item.checked = replace(checked, notes=(*checked.notes, note))


def _checked(form: FormDefinition, workbooks: Sequence[RawWorkbook], patience: Patience) -> list[Checked | None]:
    """None for what takes too long. ``check_batch`` never raises by its contract; should it, one does not fail all."""
    try:
        with patience.turn():
            return list(check_batch(form, workbooks))
    except OutOfTimeError:
        log.warning("check.batch_slow", form=form.form, size=len(workbooks))
        if len(workbooks) == 1:
            return [None]
    except Exception as error:  # noqa: BLE001 - one bad workbook must not fail the batch (M19)
        log.error("check.batch_raised", form=form.form, size=len(workbooks), error=type(error).__name__)  # noqa: TRY400 - a traceback would show data
        if len(workbooks) == 1:
            return [Checked(Outcome.INCIDENT, incident=type(error).__name__)]
    return [checked for workbook in workbooks for checked in _checked(form, [workbook], patience)]
