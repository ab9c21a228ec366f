"""A letter row → its bytes. The same row gives the same bytes on any machine: everything it needs is in the store."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime

from pipeline.cabinet import storage
from pipeline.cabinet.prefill import PrefillTable, rows_for
from pipeline.errors import Incident
from pipeline.forms.definition.form import (
    FormDefinition,
    load_form,
)
from pipeline.forms.making.annotate import annotate
from pipeline.forms.making.build import (
    Cover,
    build_workbook,
)
from pipeline.kept import Kept
from pipeline.mail.identity import code_address, shown_code
from pipeline.mail.letters.personal import Values
from pipeline.mail.letters.render import (
    LetterFile,
    Rendered,
    compose,
)
from pipeline.model import AttachmentKind, AttachmentSpec, Letter, Publication
from pipeline.steps.base.context import Context
from pipeline.steps.letters.attachments import reply_address
from pipeline.store import Session, publications, reports, returns

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TYPES = {".xlsx": XLSX, ".pdf": "application/pdf", ".zip": "application/zip"}


def render(
    context: Context, session: Session, letter: Letter, marked: Callable[[Rendered], Rendered] | None = None
) -> bytes:
    """Return the message of ``letter`` (RFC 5322, CRLF). Raises Incident when something it names is not there.

    Answers go to the exchange with the letter's tag, or to ``answer_to`` where the data name one: support answers a
    question to the person who asked it. ``marked`` says on the letter what else must be said of it.
    """
    data = _with_codes(context, {**letter.shared, **letter.data})
    rendered = context.renderer.render(letter.kind, data)
    rendered = marked(rendered) if marked else rendered
    files = [_attachment(context, session, spec) for spec in letter.attachments]
    answer_to = data.get("answer_to") or reply_address(context, letter.tag)
    content = compose(letter, rendered, files, context.sender, answer_to)
    return context.dkim.signed(content) if context.dkim else content


def _with_codes(context: Context, data: Values) -> Values:
    """One-time codes are not in the row: they are made of its seeds and our key, here and nowhere else."""
    if "seed" in data:
        made = _code(context, data["seed"])
        return {**data, **made, "answer_to": made["confirm_to"]}
    if "undo_seed" in data:  # beside what else the letter is for: answers to it keep its tag
        made = _code(context, data["undo_seed"])
        return {**data, "undo_code": made["confirm_code"], "undo_to": made["confirm_to"]}
    if "choices" in data:
        return {**data, "choices": [{**choice, **_code(context, choice["seed"])} for choice in data["choices"]]}
    return data


def _code(context: Context, seed: str) -> dict[str, str]:
    code = context.tagger.one_time(seed)
    return {"confirm_code": shown_code(code), "confirm_to": code_address(context.sender.address, code)}


def form_of(session: Session, form_id: str, version: int) -> FormDefinition:
    """Return the published form; raises Incident when there is none."""
    return _parsed(publications.form_source(session, form_id, version), f"{form_id}.{version}.yaml")


def collection_form(session: Session, publication: Publication) -> FormDefinition | None:
    """Return the form of a publication's collection, None for one without."""
    collection = publication.collection
    return form_of(session, collection.form_id, collection.form_version) if collection else None


_FORMS: Kept[str, FormDefinition] = Kept(200)


def _parsed(source: str, name: str) -> FormDefinition:
    """Forms never change once they are published."""
    return _FORMS.get(source, lambda: load_form(source, name))


def attachment_file(context: Context, session: Session, spec: AttachmentSpec) -> LetterFile:
    """Return an attachment as it would go with its letter. Raises Incident when something it names is not there."""
    return _attachment(context, session, spec)


def _attachment(context: Context, session: Session, spec: AttachmentSpec) -> LetterFile:
    if spec.kind in (AttachmentKind.FORM, AttachmentKind.ANNOTATED):
        return LetterFile(spec.name, XLSX, _workbook(context, session, spec))
    if spec.kind is AttachmentKind.MESSAGE:
        return LetterFile(spec.name, "message/rfc822", context.archive.get(spec.ref["sha256"]))
    if spec.kind is AttachmentKind.REPORT:
        report = reports.report(session, spec.ref["number"])
        if report is None or report.sha256 is None:
            raise Incident("letter.report_not_ready", number=spec.ref["number"])
        return LetterFile(spec.name, XLSX, context.archive.get(report.sha256))
    if spec.kind is AttachmentKind.ZIP:
        members = [(member["name"], context.archive.get(member["sha256"])) for member in spec.ref["files"]]
        packed = storage.archive(members, datetime.fromisoformat(spec.ref["at"]))
        return LetterFile(spec.name, _TYPES[".zip"], packed)
    suffix = "." + spec.name.rpartition(".")[2].lower()
    return LetterFile(spec.name, _TYPES.get(suffix, "application/octet-stream"), _file(context, spec.ref["sha256"]))


_FILES: Kept[str, bytes] = Kept(32 * 1024 * 1024, len)


def _file(context: Context, sha256: str) -> bytes:
    """The bytes of a publication's file, by their hash: thousands of letters bring the same few."""
    return _FILES.get(sha256, lambda: context.archive.get(sha256))


def _workbook(context: Context, session: Session, spec: AttachmentSpec) -> bytes:
    ref = spec.ref
    if spec.kind is AttachmentKind.ANNOTATED:
        ret = returns.ret(session, ref["return"])
        return annotate(form_of(session, ret.form_id, ret.form_version), _cover(spec), ret.received, ret.findings)
    form = form_of(session, ref["form"], ref["version"])
    if ref["prefill"]:
        return build_workbook(form, _cover(spec), returns.ret(session, ref["prefill"]).received)
    given = rows_for(_table(context, ref["table"]), ref["login"]) if "table" in ref else None
    return build_workbook(form, _cover(spec), given)


_TABLES: Kept[str, PrefillTable] = Kept(4)


def _table(context: Context, sha256: str) -> PrefillTable:
    """The table that fills forms, by its hash: a campaign renders thousands of letters from one."""
    return _TABLES.get(sha256, lambda: json.loads(context.archive.get(sha256)))


def _cover(spec: AttachmentSpec) -> Cover:
    ref = spec.ref
    return Cover(
        login=ref["login"],
        login_name=ref["name"],
        publication_title=ref["title"],
        form_code=ref["code"],
        token=ref["token"],
        reply_to=ref["reply_to"],
        opens_at=datetime.fromisoformat(ref["opens_at"]),
        closes_at=datetime.fromisoformat(ref["closes_at"]),
        support=ref["support"],
    )
