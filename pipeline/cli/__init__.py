"""The command line: the same steps without Prefect. ``main`` is the one place where errors become exit codes."""

from __future__ import annotations

import sys

import typer
from typer.exceptions import TyperException

from pipeline import private
from pipeline.catalogue import text
from pipeline.cli.usage.kabinet import app
from pipeline.errors import KabinetError, UserError

__all__ = ["app", "main"]


def main() -> None:
    """Run the command line. Exit code 0: done; 1: an answer is 'no'; 2: wrong usage or configuration.

    What the user can fix is one sentence on standard error; a fault of ours goes to the log with its context.
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
    except (KabinetError, OSError) as error:
        # Imported late: structlog takes longer to import than all of ``--help``.
        from pipeline.cli import faults  # noqa: PLC0415

        return faults.exit_code(error)
    return result if isinstance(result, int) else 0
