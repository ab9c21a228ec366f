"""One publication before it is sent: its letters and form as they will be, a letter to oneself, an answer to it."""

from __future__ import annotations

from dataclasses import replace

from starlette.responses import Response

from pipeline import sources
from pipeline.errors import UserError
from pipeline.steps import preview
from pipeline.steps.trying import answer as answers
from pipeline.steps.trying import letter as letters
from pipeline.web.visit import Visit

MOST = 25_000_000


def show(visit: Visit) -> Response:
    """Draw the letters to an organisation and a coordinator, the form, and the forms to try both."""
    return _drawn(visit)


def send(visit: Visit) -> Response:
    """Send the organisation's letter to one's own address; it counts for nothing."""
    loaded = sources.publication(visit.path("code"), visit.site.settings)
    to, who = visit.posted.word("address"), visit.posted.word("who")
    if not who:
        raise UserError("web.who_missing")
    with visit.site.open_context() as context:
        sent = letters.send(context, loaded, visit.posted.word("login"), to, visit.site.clock(), f"web:{who}")
    return _drawn(visit, sent=sent)


def judge(visit: Visit) -> Response:
    """Check a filled form as an answer would be checked, and show what would be said; nothing of it is kept."""
    loaded = sources.publication(visit.path("code"), visit.site.settings)
    file = visit.posted.one("file")
    if file is None:
        raise UserError("web.no_file")
    with visit.site.open_context() as context:
        answer = answers.judge(context, loaded, file.data)
    workbook = visit.site.shelf.put(answer.name, answer.workbook) if answer.workbook else None
    return _drawn(visit, answer=answer, workbook=workbook)


def _drawn(
    visit: Visit, sent: letters.Sent | None = None, answer: answers.Answer | None = None, workbook: str | None = None
) -> Response:
    """Draw the page; what keeps the letters from being made is said on it, and the rest works."""
    code, login = visit.path("code"), visit.asked("login")
    loaded = sources.publication(code, visit.site.settings)
    made: preview.Preview | None = None
    with visit.site.open_context() as context:
        try:
            made = preview.preview(context, loaded, visit.site.clock(), [login] if login else [])
        except UserError as error:
            visit = replace(visit, troubles=tuple(dict.fromkeys((*visit.troubles, *error.lines))))
    shelf = visit.site.shelf
    return visit.draw(
        "publication",
        code=code,
        login=login,
        title=loaded.publication.title,
        has_form=loaded.form_source is not None,
        plan=made.plan if made else (),
        looks=[(look, shelf.put("letter.html", look.html.encode())) for look in made.letters] if made else [],
        files={name: shelf.put(name, data) for name, data in made.files.items()} if made else {},
        who=visit.asked("who"),
        sent=sent,
        answer=answer,
        workbook=workbook,
    )
