"""A filled form, judged as an answer to a publication would be, that counts for nothing: nothing of it is kept."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.cabinet.publications import LoadedPublication
from pipeline.catalogue import text
from pipeline.errors import ConfigurationError
from pipeline.forms.checking.check import Checked, check_batch
from pipeline.forms.definition.form import FormDefinition, load_form
from pipeline.forms.locating.locate import carriers
from pipeline.forms.locating.notes import Note
from pipeline.forms.making.annotate import annotate
from pipeline.forms.making.build import Cover
from pipeline.forms.reading.foreign import read_any
from pipeline.forms.workbooks.unreadable import UnreadableWorkbook
from pipeline.model import Finding, Outcome, Severity
from pipeline.steps.base.context import Context
from pipeline.steps.trying.letter import NOBODY


@dataclass(frozen=True, slots=True)
class Told:
    """One finding as a page lists it; ``where`` is the sheet and the cell, as far as it has them."""

    where: str
    message: str
    is_error: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What would be said of a returned form: the outcome, its findings, what was put right, and the marked workbook."""

    outcome: Outcome
    findings: tuple[Told, ...] = ()
    notes: tuple[str, ...] = ()
    is_draft: bool = False
    name: str = ""
    workbook: bytes | None = None


def judge(context: Context, loaded: LoadedPublication, data: bytes) -> Answer:
    """Check the workbook ``data`` as an answer to ``loaded`` would be checked. Any bytes get an answer.

    Raises ConfigurationError for a publication without a form.
    """
    if loaded.form_source is None:
        raise ConfigurationError("trying.no_form", code=loaded.publication.code)
    form = load_form(loaded.form_source, f"{loaded.publication.code}/form.yaml")
    try:
        workbook, notes = read_any(data, context.isolated)
    except UnreadableWorkbook as error:
        return Answer(Outcome.UNREADABLE, (Told("", error.message, is_error=True),))
    carried = carriers(workbook)
    checked = check_batch(form, [workbook])[0]
    remarks = [note.message for note in (*map(Note, notes), *carried.notes, *checked.notes)]
    found = tuple(_told(form, finding) for finding in checked.findings)
    made = _marked_workbook(context, loaded, form, checked) if checked.findings else None
    name = text("form.annotated_name", login=NOBODY.code)
    return Answer(checked.outcome, found, tuple(remarks), bool(carried.draft), name, made)


def _told(form: FormDefinition, finding: Finding) -> Told:
    sheet = next((spec.title for spec in form.sheets if spec.id == finding.sheet), finding.sheet or "")
    return Told(" ".join(filter(None, (sheet, finding.cell))), finding.message, finding.severity is Severity.ERROR)


def _marked_workbook(context: Context, loaded: LoadedPublication, form: FormDefinition, checked: Checked) -> bytes:
    collection = loaded.publication.collection
    assert collection is not None  # a form without a collection is refused when the folder is loaded
    cover = Cover(
        login=NOBODY.code,
        login_name=NOBODY.name,
        publication_title=loaded.publication.title,
        form_code="",
        token="",
        reply_to=context.sender.address,
        opens_at=collection.opens_at,
        closes_at=collection.closes_at,
        support=context.support,
    )
    return annotate(form, cover, checked.received, checked.findings)
