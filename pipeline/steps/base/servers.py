"""Going to a mail server: what went wrong is put on record, and a refused login is not tried every minute.

Providers lock accounts that are tried with a wrong password again and again. After a refusal the server is left alone
for 1, 2, 5, 10, then always 30 minutes; the pause is in the store, for each run may be a process of its own. It ends
with a success (also one of ``kabinet doctor``, which always tries) and when the settings change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from typing import TypeVar

import structlog

from pipeline.catalogue import format_instant
from pipeline.errors import LoginRefusedError, UnreachableError, UserError
from pipeline.model.pulse import ServerFault
from pipeline.steps.base.context import (
    Context,
    Server,
)
from pipeline.store import Session
from pipeline.store.operations import servers

log = structlog.get_logger()
_Opened = TypeVar("_Opened")
_PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 30))
_AREAS = ("imap", "smtp", "oauth")  # of codes: faults of servers, not of our store or disk


class Access:
    """The way to one server, for one visit at ``now``. That a folder is not there is kept apart, by its name."""

    def __init__(self, context: Context, server: Server, now: datetime) -> None:
        self._context, self._server, self._now = context, server, now
        self._known: dict[str, ServerFault] = {}
        self._troubled: set[str] = set()
        self._began_with = server.fingerprint()  # a login by token may put another into its place

    @contextmanager
    def through(self, opening: Callable[[], AbstractContextManager[_Opened]]) -> Iterator[_Opened]:
        """Open a session; its end without a fault says that the server is well.

        Raises UnreachableError while the server is left alone after a refused login, and whatever the session raises.
        """
        self._wait_out()
        try:
            with opening() as session:
                yield session
        except UserError as error:
            self.failed(error)
            raise
        self.well()

    def failed(self, error: UserError, folder: str = "") -> None:
        """Put a fault on record; what is no fault of a server is passed over, and so is the pause itself."""
        area, _, what = error.code.partition(".")
        if area not in _AREAS or what == "resting":
            return
        name = _name(self._server, folder if error.code == "imap.no_folder" else "")
        self._troubled.add(name)
        known = self._known.get(name)
        refused = isinstance(error, LoginRefusedError)
        # Whatever came between two refusals of the same login, it is the second.
        before = known.refusals if known and known.fingerprint == self._began_with else 0
        # One code for a monitor, whatever the server says of name and password; the sentence tells more.
        code = f"{self._server.kind}.login_refused" if refused else error.code
        fault = ServerFault(
            name=name,
            code=code,
            reason=str(error),
            since=known.since if known and known.code == code else self._now,
            failed_at=self._now,
            fingerprint=self._server.fingerprint() if refused else known.fingerprint if known else "",
            passing=isinstance(error, UnreachableError),
            refusals=before + refused,
            next_try_at=self._now + _pause(before + 1) if refused else None,
        )
        self._known[name] = fault
        self._record(lambda session: servers.failed(session, fault))

    def well(self, folder: str | None = None) -> None:
        """Take back what is on record of the server and, where one is named, of a folder; not what failed just now."""
        names = [_name(self._server, "")] + ([_name(self._server, folder)] if folder else [])
        over = [name for name in names if name in self._known and name not in self._troubled]
        if over:
            self._record(lambda session: servers.well(session, *over))
            for name in over:
                del self._known[name]

    def _wait_out(self) -> None:
        """Go on when a try is due; else say why not and until when."""
        try:
            with self._context.store.reading() as session:
                self._known = servers.faults(session)
        except Exception as error:  # noqa: BLE001 - the step itself says that the store is not there
            log.warning("server.unknown", reason=type(error).__name__)
        fault = self._known.get(_name(self._server, ""))
        if fault is None or fault.next_try_at is None or fault.fingerprint != self._began_with:
            return
        until = self._now + _pause(fault.refusals)
        if fault.next_try_at <= self._now and self._record(
            lambda session: servers.claim_try(session, fault.name, self._now, until)
        ):
            return
        raise UnreachableError(
            f"{self._server.kind}.resting",
            server=self._server.name,
            refused_at=format_instant(fault.failed_at),
            until=format_instant(fault.next_try_at if fault.next_try_at > self._now else until),
        )

    def _record(self, write: Callable[[Session], object]) -> bool:
        try:
            with self._context.store.brief() as session:
                return bool(write(session))
        except Exception as error:  # noqa: BLE001 - a record beside the work must not be its end
            log.warning("server.unwritten", server=self._server.name, reason=type(error).__name__)
            return True


def names(context: Context) -> dict[str, str]:
    """Return what this configuration has, as faults name it: every server, and every folder that is read."""
    found = {_name(context.smtp, ""): ""}
    for inbox in context.inboxes:
        found |= {_name(inbox.server, folder): folder for folder in ("", *inbox.folders)}
    return found


def recovered(context: Context, server: Server) -> None:
    """Put on record that a server has just taken our login: whatever waits for it need wait no longer."""
    try:
        with context.store.brief() as session:
            servers.well(session, _name(server, ""))
    except UserError as error:
        log.warning("server.unwritten", server=server.name, reason=str(error))


def _name(server: Server, folder: str) -> str:
    return f"{server.kind} {server.name}" + (f" {folder}" if folder else "")


def _pause(refusals: int) -> timedelta:
    return _PAUSES[min(max(refusals, 1), len(_PAUSES)) - 1]
