"""What can go wrong, told apart by whose move is next.

``UserError``: the person at the keyboard can mend it; one Russian sentence from the catalogue, no traceback.
``Incident``: ours; carries context for the log and is never shown to a respondent.
Bad mail and bad workbooks are neither: they are ordinary results with a recorded outcome.
"""

from __future__ import annotations

from pipeline.catalogue import text


class KabinetError(Exception):
    """Root of the project's own errors."""


class UserError(KabinetError):
    """Something the user can mend. ``code`` names a sentence of the catalogue, ``values`` fill it.

    ``exit_code`` is what the command line ends with: 2 for wrong usage or configuration, 1 for a 'no' from outside.
    """

    exit_code = 1

    def __init__(self, code: str, /, **values: object) -> None:
        self.code = code
        self.values = values
        super().__init__(text(code, **values))

    @property
    def lines(self) -> tuple[str, ...]:
        """What the command line prints, a sentence a line."""
        return (str(self),)


class ConfigurationError(UserError):
    """A setting, file or argument is wrong: mend it and run again."""

    exit_code = 2


class LoginRefusedError(ConfigurationError):
    """A server does not take our name, password or token. It is not tried again at once: providers lock accounts."""


class UnreachableError(UserError):
    """A server that we need did not answer; nothing was lost, run again later."""


class Incident(KabinetError):  # noqa: N818 - the project's word for a fault of ours, see docs/glossary.md
    """A fault of ours: ``what`` is a stable event name, ``context`` goes to the log (never cell values or secrets)."""

    def __init__(self, what: str, /, **context: object) -> None:
        self.what = what
        self.context = context
        super().__init__(what, context)
