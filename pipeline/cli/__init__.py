"""The command line: the same steps without Prefect. ``main`` is the one place where errors become exit codes."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import structlog
import typer
from typer.exceptions import TyperException

from pipeline import logs, private
from pipeline.catalogue import text
from pipeline.cli import (
    delivery,
    exchange,
    extensions,
    files,
    forms,
    health,
    inbox,
    moderation,
    publishing,
    queries,
    restoring,
    roster,
    services,
)
from pipeline.errors import KabinetError, UserError

log = structlog.get_logger()

app = typer.Typer(
    name="kabinet",
    help=text("cli.help"),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
areas = (services, health, exchange, publishing, extensions, queries, files, delivery, moderation, restoring)
for area in areas:
    area.register(app)
app.add_typer(forms.app, name="form", help=text("cli.help_form"))
app.add_typer(inbox.app, name="inbox", help=text("cli.help_inbox"))
app.add_typer(roster.app, name="roster", help=text("cli.help_roster"))


@app.callback()
def _start(*, verbose: Annotated[bool, typer.Option("--verbose", "-v", help=text("cli.help_verbose"))] = False) -> None:
    logs.configure(verbose=verbose)


def main() -> None:
    """Run the command line. Exit code 0: done; 1: an answer is 'no'; 2: wrong usage or configuration.

    What the user can mend is one sentence on standard error; a fault of ours goes to the log with its context.
    """
    private.begin()
    sys.exit(_run())


def _run() -> int:
    try:
        result = app(standalone_mode=False)
        sys.stdout.flush()
    except TyperException as error:
        said = error.format_message()  # the whole of the help where nothing was asked for
        sys.stderr.write((said if "\n" in said else text("cli.usage", problem=said.rstrip("."))) + "\n")
        return 2
    except (typer.Abort, KeyboardInterrupt):
        return 130
    except UserError as error:
        sys.stderr.writelines(f"{line}\n" for line in error.lines)
        return error.exit_code
    except KabinetError as error:
        log.exception("cli.incident", error=str(error))
        sys.stderr.write(text("cli.incident") + "\n")
        return 1
    except OSError as error:
        return _refused_by_the_system(error)
    return result if isinstance(result, int) else 0


def _refused_by_the_system(error: OSError) -> int:
    """Say what the disk or the system refuses: a full disk, a folder that cannot be written, a file in its place."""
    log.info("cli.system_refused", exc_info=error)
    try:
        sys.stdout.flush()
    except OSError:  # it is the output that cannot be written: nothing more goes there, also when Python ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if isinstance(error, BrokenPipeError):  # whoever read what is printed has seen enough
        return 1
    reason = error.strerror or type(error).__name__
    code = "cli.file_refused" if error.filename is not None else "cli.system_refused"
    sys.stderr.write(text(code, path=error.filename, reason=reason) + "\n")
    return 2
