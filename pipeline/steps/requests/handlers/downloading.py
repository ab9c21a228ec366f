"""«ОТЧЕТ СКАЧИВАНИЯ»: which organisation of the region downloaded which file (S8)."""

from __future__ import annotations

from pipeline.cabinet import storage
from pipeline.mail.commands.words.reports import DOWNLOADS_REPORT
from pipeline.mail.letters.kinds.downloads import DownloadsLetter, FileDownloads
from pipeline.steps.reports.downloads import DownloadsReport, downloads_report
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
        nothing = DownloadsLetter(report_number=None, organisations=0, taken=0, files=(), files_left=0)
        answers.to_sender(nothing, login, found[0] if found else None)
        return True
    (publication,) = found
    made = downloads_report(answers.context, session, publication, login, answers.now)
    answers.to_sender(_letter(made), login, publication, [made.attachment])
    return True


def _letter(made: DownloadsReport) -> DownloadsLetter:
    files = made.found.by_file()
    return DownloadsLetter(
        report_number=made.number,
        organisations=made.found.total,
        taken=made.found.having_taken,
        files=tuple(
            FileDownloads(number=file.number, title=file.title, sent=sent, taken=taken)
            for file, sent, taken in files[:_MOST_FILES]
        ),
        files_left=max(0, len(files) - _MOST_FILES),
    )
