"""Build → somebody fills it in with a program of theirs → read → check, through every program that we can run.

Filled at random within the rules there is no finding and nothing is lost; with one fault put in there is exactly that
rule's finding at exactly that cell; the answer workbook, corrected in the same program, is accepted. The identity
survives all of it. Excel, МойОфис and Р7 are not met here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.forms.checking.check import (
    Checked,
    check_batch,
)
from pipeline.forms.checking.examples import workbook_of
from pipeline.forms.definition.form import FormDefinition
from pipeline.forms.locating.locate import carriers
from pipeline.forms.making.annotate import annotate
from pipeline.forms.making.build import build_workbook
from pipeline.forms.reading.read import read_workbook
from pipeline.model import Outcome
from tests.conftest import SOAK
from tests.editors.cases import Case, Fault, said, taken
from tests.editors.generated import make_case
from tests.editors.programs import Editor, LibreOfficeEditor, NodeEditor, OpenpyxlEditor
from tests.editors.shipped import participants, schedule
from tests.factories.workbooks import COVER, TOKEN

MAKERS: tuple[Callable[[Random], Case], ...] = (schedule, participants)
EDITORS = [
    pytest.param(NodeEditor("sheetjs"), id="sheetjs", marks=pytest.mark.system("node")),
    pytest.param(NodeEditor("exceljs"), id="exceljs", marks=pytest.mark.system("node")),
    pytest.param(LibreOfficeEditor(), id="libreoffice", marks=pytest.mark.system("libreoffice")),
]
randoms = st.randoms(use_true_random=False)


@dataclass(frozen=True)
class _Sent:
    """A case, its blank form and the fault that this one gets."""

    case: Case
    blank: bytes
    fault: Fault


def checked(form: FormDefinition, books: Sequence[bytes]) -> list[Checked]:
    """Return the verdicts on workbooks as they came back, after seeing that each still says whose it is."""
    raw = [read_workbook(data) for data in books]
    for book in raw:
        carried = carriers(book)
        assert carried.tokens == (TOKEN, TOKEN), "the hidden sheet and the properties carry the token"
        assert (carried.form_id, carried.form_version, carried.code) == (form.form, form.version, COVER.form_code)
    return check_batch(form, raw)


def test_the_rules_as_drawn_are_the_rules_as_checked() -> None:
    """Without an editor: every fault of many forms, so that each kind of rule and column has been met."""
    met: set[str] = set()
    for seed in range(400 if SOAK else 25):
        case = make_case(Random(seed))
        kinds = {rule.id: rule.kind for rule in case.form.rules}
        batches = [{sheet: [dict(row) for row in rows] for sheet, rows in case.rows.items()} for _ in case.faults]
        for fault, rows in zip(case.faults, batches, strict=True):
            for sheet, index, column, value in fault.changes:
                rows[sheet][index][column] = value
        right, *wrong = check_batch(case.form, [workbook_of(case.form, rows) for rows in (case.rows, *batches)])
        assert (said(right), taken(right)) == ([], case.data())
        for fault, verdict in zip(case.faults, wrong, strict=True):
            assert said(verdict) == case.expected(fault), (seed, fault)
            met.add(kinds.get(fault.rule, fault.rule))
    cells = {"type", "list", "range", "length", "pattern", "required", "rows_min"}
    rules = {"unique", "distinct_max", "count_range", "not_before", "totals_equal", "when_then", "compare"}
    assert met == cells | rules


@settings(max_examples=200 if SOAK else 6, deadline=None)
@given(randoms, st.sampled_from([make_case, *MAKERS]))
def test_filled_with_openpyxl(random: Random, make: Callable[[Random], Case]) -> None:
    case = make(random)
    blank = build_workbook(case.form, COVER)
    faults = random.sample(case.faults, 2)
    jobs = [(blank, case.typed()), *((blank, case.typed_wrong(fault)) for fault in faults)]
    right, *wrong = checked(case.form, OpenpyxlEditor().fill(jobs))
    assert (right.outcome, said(right), right.repaired) == (Outcome.ACCEPTED, [], ())
    assert taken(right) == case.data()
    for fault, verdict in zip(faults, wrong, strict=True):
        assert said(verdict) == case.expected(fault), fault
    answer = annotate(case.form, COVER, wrong[0].received, wrong[0].findings)
    (mended,) = checked(case.form, OpenpyxlEditor().fill([(answer, case.correction(faults[0]))]))
    assert (said(mended), taken(mended)) == ([], case.data())


@pytest.mark.parametrize("editor", EDITORS)
def test_filled_in_an_editor(editor: Editor) -> None:
    sent = [_sent(editor, seed) for seed in range(60 if SOAK else 6)]
    jobs = [(item.blank, item.case.typed()) for item in sent]
    jobs += [(item.blank, item.case.typed_wrong(item.fault)) for item in sent]
    back = editor.fill(jobs)
    answers = []
    for item, right, wrong in zip(sent, back, back[len(sent) :], strict=False):
        one, other = checked(item.case.form, [right, wrong])
        assert (said(one), taken(one)) == ([], item.case.data()), item.case.name
        assert one.outcome is Outcome.ACCEPTED
        assert said(other) == item.case.expected(item.fault), (item.case.name, item.fault)
        answers.append(annotate(item.case.form, COVER, other.received, other.findings))
    mended = editor.fill(
        [(answer, item.case.correction(item.fault)) for answer, item in zip(answers, sent, strict=True)]
    )
    for item, data in zip(sent, mended, strict=True):
        (verdict,) = checked(item.case.form, [data])
        assert (said(verdict), taken(verdict)) == ([], item.case.data()), (item.case.name, item.fault)


def _sent(editor: Editor, seed: int) -> _Sent:
    """Every third form is a shipped one."""
    make = MAKERS[seed // 3 % 2] if seed % 3 == 2 else make_case
    case = make(Random(seed))
    faults = [fault for fault in case.faults if editor.keeps_kinds or not fault.kind_matters]
    named = Case(f"seed {seed}", case.form, case.rows, case.faults)
    return _Sent(named, build_workbook(case.form, COVER), Random(seed + 1).choice(faults))
