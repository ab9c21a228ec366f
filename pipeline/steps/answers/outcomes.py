"""What became of a workbook: the letter that says so, to whoever may read it."""

from __future__ import annotations

from pipeline.catalogue import text
from pipeline.mail.kinds.instead import instead_of_workbook
from pipeline.mail.letters.kinds.accepted import AcceptedLetter
from pipeline.mail.letters.kinds.draft_kept import DraftKeptLetter
from pipeline.mail.letters.kinds.early import EarlyLetter
from pipeline.mail.letters.kinds.incident import IncidentLetter
from pipeline.mail.letters.kinds.late import LateLetter
from pipeline.mail.letters.kinds.no_workbook import AttachedFile, NoWorkbookLetter
from pipeline.mail.letters.kinds.rejected import RejectedLetter
from pipeline.mail.letters.kinds.too_large import TooLargeLetter
from pipeline.mail.letters.kinds.unreadable import UnreadableLetter
from pipeline.mail.letters.rows import CheckedReturn
from pipeline.model import AttachmentSpec, Login, Publication, Return, Role
from pipeline.steps.answers.answering import Answers
from pipeline.steps.judging.judge import Item
from pipeline.steps.letters import values
from pipeline.steps.letters.attachments import annotated_attachment, form_attachment
from pipeline.steps.letters.publications import withdrawn_letter
from pipeline.store import returns


def tell_accepted(answers: Answers, item: Item, ret: Return, *, replaces: bool) -> None:
    """Queue a receipt to show to the director: number, time, rows, values.

    ``replaces``: data accepted earlier no longer count.
    """
    showing = answers.context.limits.showing
    shown, left = values.shown_values(item.form, ret.data, showing.values)
    letter = AcceptedLetter(
        number=ret.id,
        received_at=answers.received_at,
        late=ret.late,
        rows=values.row_counts(item.form, ret.rows),
        values=shown,
        values_left=left,
        warnings=values.finding_rows(item.form, ret.findings, showing.findings),
        repaired=_repaired(item),
        first=not replaces,
        withheld=values.withheld(item.form),
        undo_seed=answers.codes.undoing_of(item),
    )
    answers.to_organisation(letter, item.login, item.publication, outcome=ret.outcome.value)


def tell_rejected(answers: Answers, item: Item, ret: Return, *, standing: bool) -> None:
    """Queue every fault at once, and the organisation's own data with the wrong cells coloured.

    ``standing``: a return accepted earlier stays accepted.
    """
    letter = RejectedLetter(
        checked=_checked(answers, item, ret),
        standing=standing,
        file_name=item.attachment.name,
        repaired=_repaired(item),
        withheld=values.withheld(item.form),
        marked=values.any_marked(ret.findings),
        undo_seed=answers.codes.undoing_of(item),
    )
    answers.to_organisation(letter, item.login, item.publication, _annotated(answers, item, ret))


def tell_draft_kept(answers: Answers, item: Item, ret: Return) -> None:
    """Queue that the workbook is kept as begun, with what is still missing."""
    checked, rows = _checked(answers, item, ret), values.row_counts(item.form, ret.rows)
    letter = DraftKeptLetter(
        checked=checked, rows=rows, repaired=_repaired(item), undo_seed=answers.codes.undoing_of(item)
    )
    answers.to_organisation(letter, item.login, item.publication, _annotated(answers, item, ret))


def tell_early(answers: Answers, item: Item, ret: Return) -> None:
    """Queue that the workbook came before the opening and is kept as a draft: «приём с …»."""
    checked, rows = _checked(answers, item, ret), values.row_counts(item.form, ret.rows)
    letter = EarlyLetter(checked=checked, rows=rows, undo_seed=answers.codes.undoing_of(item))
    answers.to_organisation(letter, item.login, item.publication)


def tell_late(answers: Answers, item: Item) -> None:
    """Queue that the workbook came after the closing and is not taken."""
    answers.to_organisation(LateLetter(received_at=answers.received_at), item.login, item.publication)


def tell_withdrawn(answers: Answers, item: Item) -> None:
    """Queue that the workbook came after its publication was withdrawn."""
    if item.publication is not None:
        letter = withdrawn_letter(item.publication, Role.ORGANISATION, "return")
        answers.to_organisation(letter, item.login, item.publication)


def tell_incident(answers: Answers, item: Item) -> None:
    """Queue that the fault is ours, not theirs: «получено в …, проверяем» (W27)."""
    letter = IncidentLetter(received_at=answers.received_at, file_name=item.attachment.name)
    answers.to_organisation(letter, item.login, item.publication)


def tell_unreadable(answers: Answers, item: Item, reason: str, message: str) -> None:
    """Queue that a file is no workbook of ours, with its cause and the remedy; the form goes along when it may."""
    login, publication = answers.judgement.login, answers.judgement.publication
    forms = _form(answers, login, publication) if answers.judgement.registered else []
    letter = _unreadable(answers, item, reason, message, forms)
    answers.to_sender(letter, login, publication, forms)


def tell_wrong_version(answers: Answers, item: Item) -> None:
    """Queue that the form is older than the collection takes: the present one goes along."""
    forms = _form(answers, item.login, item.publication)
    letter = _unreadable(answers, item, "wrong_version", text("answer.wrong_version"), forms)
    answers.to_organisation(letter, item.login, item.publication, forms)


def tell_no_workbook(answers: Answers) -> None:
    """Queue that a message meant to hand in and brought nothing to read."""
    judgement = answers.judgement
    login, publication, message = judgement.login, judgement.publication, judgement.message
    forms = _form(answers, login, publication) if judgement.registered else []
    letter = NoWorkbookLetter(
        received_at=answers.received_at,
        attachments=tuple(
            AttachedFile(name=file.name, type=file.true_type)
            for file in message.attachments
            if not (file.inline and file.true_type.startswith("image/"))  # signatures, our own logo quoted
        ),
        cause=instead_of_workbook(message, judgement.classification),
        form_attached=bool(forms),
    )
    answers.to_sender(letter, login, publication, forms)


def tell_too_large(answers: Answers) -> None:
    """Queue that the message is too large to be fetched: it stays on the server; with the remedy."""
    size, largest = answers.judgement.receipt.size, answers.context.limits.judging.largest_message
    answers.to_writer(TooLargeLetter(received_at=answers.received_at, size=size, largest=largest))


def _unreadable(
    answers: Answers, item: Item, reason: str, message: str, forms: list[AttachmentSpec]
) -> UnreadableLetter:
    return UnreadableLetter(
        received_at=answers.received_at,
        file_name=item.attachment.name,
        reason=reason,
        message=message,
        form_attached=bool(forms),
    )


def _checked(answers: Answers, item: Item, ret: Return) -> CheckedReturn:
    shown = values.finding_rows(item.form, ret.findings, answers.context.limits.showing.findings)
    errors, warnings = values.severities(ret.findings)
    return CheckedReturn(
        received_at=answers.received_at,
        findings=shown,
        errors=errors,
        warnings=warnings,
        findings_left=len(ret.findings) - len(shown),
    )


def _repaired(item: Item) -> tuple[str, ...]:
    return tuple(item.checked.repaired) if item.checked else ()


def _annotated(answers: Answers, item: Item, ret: Return) -> list[AttachmentSpec]:
    if item.login is None or item.publication is None:
        return []
    return [annotated_attachment(answers.context, item.login, item.publication, ret.id)]


def _form(answers: Answers, login: Login | None, publication: Publication | None) -> list[AttachmentSpec]:
    if login is None or publication is None or publication.collection is None:
        return []
    latest = returns.latest(answers.session, publication.code, login.code)
    return [form_attachment(answers.context, login, publication, latest.id if latest else None)]
