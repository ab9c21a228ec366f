"""A form alone: its form.yaml, or an Excel form that one is made from; shown with its doubts and as a workbook."""

from __future__ import annotations

from datetime import timedelta
from pathlib import PurePosixPath

from starlette.responses import Response

from pipeline.errors import ConfigurationError, UserError
from pipeline.files.names import safe_name
from pipeline.files.sniff import begins_like_workbook
from pipeline.forms.checking.examples import run_examples
from pipeline.forms.definition.form import FormDefinition, load_form
from pipeline.forms.inferring.infer import infer_form
from pipeline.forms.making.build import Cover, build_workbook
from pipeline.forms.workbooks.unreadable import UnreadableWorkbook
from pipeline.web.posted import Upload
from pipeline.web.visit import Visit

MOST = 25_000_000
_OPEN_FOR = timedelta(days=7)
_REMARK = "#"


def show(visit: Visit) -> Response:
    """Draw the page that takes a form."""
    return visit.draw("form", made=None)


def take(visit: Visit) -> Response:
    """Draw the form that was dropped in: its text, what was guessed in it, and the workbook made of it."""
    file = visit.posted.one("file")
    if file is None:
        raise UserError("web.no_file")
    name = safe_name(PurePosixPath(file.name.replace("\\", "/")).name, "form")
    inferred = begins_like_workbook(file.data[:8])
    source = _inferred(name, file) if inferred else _text(name, file.data)
    form = load_form(source, "form.yaml" if inferred else name)
    shelf = visit.site.shelf
    return visit.draw(
        "form",
        made={
            "title": form.title,
            "inferred": inferred,
            "source": source,
            "doubts": _doubts(source) if inferred else [],
            "failed": list(dict.fromkeys(f"{r.rule}: {r.message}" for r in run_examples(form) if not r.ok)),
            "yaml": shelf.put("form.yaml", source.encode()),
            "workbook": shelf.put(f"{form.form}.xlsx", build_workbook(form, _cover(visit, form))),
        },
    )


def _inferred(name: str, file: Upload) -> str:
    try:
        return infer_form(file.data, name)
    except UnreadableWorkbook as error:
        raise ConfigurationError("infer.unreadable", file=name, reason=error.message) from error


def _text(name: str, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise ConfigurationError("file.not_utf8", path=name) from error


def _doubts(source: str) -> list[str]:
    """What the text itself says was guessed, by line."""
    found = []
    for number, line in enumerate(source.split("\n"), start=1):
        before, sign, remark = line.partition(_REMARK)
        if sign and remark.strip() and '"' not in before and not remark.startswith(" yaml-language-server"):
            found.append(f"{number}: {remark.strip()}")
    return found


def _cover(visit: Visit, form: FormDefinition) -> Cover:
    now, settings = visit.site.clock(), visit.site.settings
    return Cover(
        login="",
        login_name="",
        publication_title=form.title,
        form_code="",
        token="",
        reply_to=settings.address,
        opens_at=now,
        closes_at=now + _OPEN_FOR,
        support=settings.support,
    )
