"""«ОТЧЕТ СКАЧИВАНИЯ»: which organisation of the region downloaded which file (S8)."""

from __future__ import annotations

from typing import Any

from pipeline.cabinet import storage
from pipeline.mail.commands.words.reports import DOWNLOADS_REPORT
from pipeline.reports.downloads import Downloads
from pipeline.steps.reports.downloads import downloads_report
from pipeline.steps.requests import choosing
from pipeline.steps.requests.registry import handles
from pipeline.steps.requests.request import Request

_MOST_FILES = 40  # that the letter lists; the workbook has all


@handles(DOWNLOADS_REPORT)
def report(request: Request) -> bool:
    """A numbered report on the files of one publication, at once."""
    session, login, answers = request.session, request.login, request.answers
    found = choosing.choose(request, storage.for_organisations)
    if len(found) > 1:
        choosing.ask_which(request, found)
        return True
    if not found or not storage.for_organisations(found[0]):
        about = (login, found[0] if found else None)
        answers.to_sender("downloads", {"report_number": None, **_figures(None)}, about)
        return True
    (publication,) = found
    made = downloads_report(answers.context, session, publication, login, answers.now)
    data = {"report_number": made.number, **_figures(made.found)}
    answers.to_sender("downloads", data, (login, publication), [made.attachment])
    return True


def _figures(found: Downloads | None) -> dict[str, Any]:
    files = found.by_file() if found else []
    return {
        "organisations": found.total if found else 0,
        "taken": found.having_taken if found else 0,
        "files": [
            {"number": file.number, "title": file.title, "sent": sent, "taken": taken}
            for file, sent, taken in files[:_MOST_FILES]
        ],
        "files_left": max(0, len(files) - _MOST_FILES),
    }
