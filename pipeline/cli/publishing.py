"""Commands about publications: sending, trying, looking at them first, filling gaps, taking back, stopping."""

from __future__ import annotations

from pathlib import Path

from pipeline import sources, wiring
from pipeline.cabinet.instants import read_interval
from pipeline.cabinet.publications import LoadedPublication, rescheduled
from pipeline.catalogue import format_short, text
from pipeline.cli.exchange import beating
from pipeline.cli.moderation import who
from pipeline.cli.output import emit, now, report, say, write
from pipeline.errors import ConfigurationError
from pipeline.model.delivery import Pause
from pipeline.model.json import Json
from pipeline.private import make_folder
from pipeline.steps import (
    fill,
    pause,
    publish,
    withdraw,
)
from pipeline.steps import (
    preview as previewing,
)
from pipeline.steps.base.summaries import Shown
from pipeline.steps.sending import stops as stopped_words
from pipeline.store import editions, pauses


def publish_command(
    code: str,
    *,
    dry_run: bool,
    plan: bool,
    preview: Path | None,
    only: list[str] | None,
    opens: str | None,
    closes: str | None,
    as_json: bool,
) -> None:
    """Publish ``publications/<code>``, or show what would be sent."""
    if sum((dry_run, plan, preview is not None)) > 1:
        raise ConfigurationError("cli.one_of_three")
    loaded, at, logins = _loaded(code, opens, closes), now(), only or ()
    shown: Shown | None = "planned" if plan else "rehearsed" if dry_run else None
    with wiring.context() as context:
        if preview is not None:
            _write(preview, previewing.preview(context, loaded, at, logins), as_json=as_json)
            return
        if plan:
            summary, _ = publish.plan(context, loaded, at, logins)
        elif dry_run:
            summary = publish.dry_run(context, loaded, at, logins)
        else:
            summary = publish.run(context, loaded, at, logins, who())
    report(summary, as_json=as_json, shown=shown)


def fill_command(code: str | None, *, as_json: bool) -> None:
    """Send what is still of use to who has come since."""
    with beating("fill") as context:
        report(fill.run(context, now(), code, who()), as_json=as_json)


def withdraw_command(code: str, *, reason: str, silent: bool, as_json: bool) -> None:
    """Take a publication back."""
    with wiring.context() as context:
        report(withdraw.run(context, code, reason, now(), who(), silent=silent), as_json=as_json)


def pause_command(code: str | None, *, reason: str, answers: bool, resume: bool, history: bool, as_json: bool) -> None:
    """Stop a mailing, let it go on, or with neither a reason nor ``--resume`` print what is stopped."""
    with wiring.context() as context:
        if resume:
            report(pause.resume(context, code, now(), who()), as_json=as_json)
            return
        if reason or answers:
            report(pause.stop(context, code, reason, now(), who(), answers=answers), as_json=as_json)
            return
        with context.store.reading() as session:
            found = pauses.history(session, code) if history else pauses.paused(session, now()).in_force
    for stopped in found:
        if as_json:
            emit(_record(stopped))
        else:
            say(stopped_words.line(stopped))
    if not found and not as_json:
        say(text("pause.nothing"))


def editions_command(code: str, *, as_json: bool) -> None:
    """Print the editions of a publication, the first one first."""
    with wiring.context() as context, context.store.reading() as session:
        found = editions.history(session, code)
    for item in found:
        if as_json:
            emit(
                {
                    "publication": item.publication,
                    "edition": item.edition,
                    "at": item.at.isoformat(),
                    "who": item.who,
                    "changes": list(item.changes),
                    "ask_again": item.ask_again,
                    "content": dict(item.content),
                }
            )
        else:
            changes = "".join(f"\n    {change}" for change in item.changes)
            say(text("cli.edition_line", edition=item.edition, at=format_short(item.at), who=item.who, changes=changes))
    if not found and not as_json:
        say(text("cli.no_editions"))


def _loaded(code: str, opens: str | None, closes: str | None) -> LoadedPublication:
    at = now()
    interval = read_interval(opens or "", closes or "", ("--opens", "--closes"), at)
    loaded = sources.publication(code)
    return rescheduled(loaded, *interval, at) if interval else loaded


def _write(path: Path, made: previewing.Preview, *, as_json: bool) -> None:
    """Write the page to a file ``….html``, or into a folder as index.html; the letters and the form beside it."""
    is_page = path.suffix.lower() in (".html", ".htm")
    folder, page = (path.parent, path) if is_page else (path, path / "index.html")
    written = [(page, made.html.encode()), *((folder / name, data) for name, data in made.files.items())]
    try:
        make_folder(folder)
    except OSError as error:
        raise ConfigurationError("file.unwritable", path=folder, reason=error.strerror or "") from error
    for target, data in written:
        write(target, data, private=True)  # the letters are real ones, with their tags
    if as_json:
        emit({"page": str(page), "files": [str(target) for target, _ in written[1:]], "remarks": list(made.plan)})
        return
    say(text("preview.written", path=page))
    for line in made.plan:
        say(f"  {line}")


def _record(stopped: Pause) -> dict[str, Json]:
    return {
        "publication": stopped.publication,
        "answers": stopped.priority == pause.EVERYTHING,
        "at": stopped.at.isoformat(),
        "who": stopped.who,
        "why": stopped.why,
        "ended_at": stopped.ended_at.isoformat() if stopped.ended_at else None,
        "ended_by": stopped.ended_by,
    }
