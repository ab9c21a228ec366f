"""``kabinet files``: which login got which file of a publication, and when our mail server took it."""

from __future__ import annotations

from pipeline import wiring
from pipeline.cabinet.storage import files_of
from pipeline.catalogue import format_short, text
from pipeline.cli.output import emit, say
from pipeline.errors import ConfigurationError
from pipeline.model import Issued, Login
from pipeline.store import issued, publications


def files(code: str, *, region: str | None, login: str | None, as_json: bool) -> None:
    """Print a line for each file in a letter: «скачан» was asked for, «отправлен» went with the publication."""
    with wiring.context() as context, context.store.reading() as session:
        publication = publications.publication(session, code)
        if publication is None:
            raise ConfigurationError("files.no_publication", code=code)
        names = {file.sha256: file.name for file in files_of(publication)}
        for account, letters in issued.of_publication(session, code, region):
            if login is None or account.code.lower() == login.lower():
                for issue in letters:
                    _print(account, issue, names.get(issue.sha256, ""), as_json=as_json)


def _print(login: Login, issue: Issued, name: str, *, as_json: bool) -> None:
    if as_json:
        emit(
            {
                "publication": issue.publication,
                "login": login.code,
                "region": login.region,
                "number": issue.number,
                "name": name,
                "how": issue.how.value,
                "asked_at": issue.asked_at.isoformat(),
                "taken_at": issue.taken_at.isoformat() if issue.taken_at else None,
                "returned": issue.returned,
                "letter": issue.letter_id,
            }
        )
        return
    if issue.taken_at:
        state = f"{text(f'files.how.{issue.how.value}')} {format_short(issue.taken_at)}"
    elif issue.returned:
        state = text("files.returned")
    else:
        state = text("files.waiting" if issue.waiting else "files.not_sent")
    say(f"{login.code:<14} {issue.number:>4}  {state:<28}  {name}")
