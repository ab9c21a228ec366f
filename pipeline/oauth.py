"""Access tokens for mail servers that take no passwords (Microsoft 365, Google): RFC 6749 refresh, XOAUTH2.

The refresh token lives in a file of its own. A provider may answer a refresh with a new refresh token and revoke the
old one; the new one is on the disk, whole, before anything uses what came with it, and a lock keeps two processes from
refreshing at once, for the second would come with a token that is revoked already (failure case M22).
"""

from __future__ import annotations

import json
import os
import re
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog

from pipeline import private
from pipeline.errors import ConfigurationError, LoginRefusedError, UnreachableError

try:
    import fcntl
except ImportError:  # not on Windows: there one process at a time must do
    fcntl = None  # type: ignore[assignment]

log = structlog.get_logger()
_EARLY = 300.0  # seconds before its end in which a token is not begun with: a session may last
_LIFE = 3600.0  # when the provider does not say (RFC 6749, 5.1 only recommends it)
_LARGEST_ANSWER = 1_000_000
_TOKEN = re.compile(r"[\x20-\x7e]+")  # RFC 6749, A.17
PROVIDERS: Mapping[str, tuple[str, str | None]] = {
    "microsoft": (
        "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",
        "https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send offline_access",
    ),
    "google": ("https://oauth2.googleapis.com/token", None),
}
"""By name: the URL that gives tokens, ``{tenant}`` in it filled in, and the scope to ask for."""


@dataclass(frozen=True, slots=True)
class OAuthSettings:
    """Where tokens come from. ``file`` holds the refresh token, at first as the provider gave it, later as our JSON.

    ``timeout`` is seconds without an answer from the provider.
    """

    token_url: str
    client_id: str
    file: Path
    client_secret: str | None = field(default=None, repr=False)
    scope: str | None = None
    timeout: float = 60


class TokenSource:
    """Gives access tokens that have some minutes to live, refreshed before a session and never in the middle of one."""

    def __init__(self, settings: OAuthSettings) -> None:
        self._settings = settings
        self._here = threading.Lock()

    def access_token(self, *, fresh: bool = False) -> str:
        """Return a token that is good for at least five minutes; ``fresh`` passes by the one that is kept.

        Raises ConfigurationError when the provider refuses the refresh token or the file has none, UnreachableError
        when the provider does not answer.
        """
        with self._here, self._alone():
            kept = self._kept()
            token = kept.get("access_token")
            ends = kept.get("expires_at")
            if not fresh and token and isinstance(ends, int | float) and ends - _EARLY > time.time():
                return str(token)
            return self._refreshed(str(kept["refresh_token"]))

    def fingerprint(self) -> str:
        """Return what tells one refresh token, or the application it is for, from another; keep it secret."""
        try:
            kept = str(self._kept()["refresh_token"])
        except ConfigurationError:
            kept = ""
        return f"{self._settings.client_id}\0{self._settings.client_secret}\0{kept}"

    def _refreshed(self, refresh_token: str) -> str:
        answer = self._ask(refresh_token)
        token = answer.get("access_token")
        if not isinstance(token, str) or not token:
            raise UnreachableError("oauth.unreachable", url=self._settings.token_url, reason="access_token?")
        rotated = answer.get("refresh_token")
        self._keep(
            {
                "refresh_token": rotated if isinstance(rotated, str) and rotated else refresh_token,
                "access_token": token,
                "expires_at": time.time() + _seconds(answer.get("expires_in")),
            }
        )
        log.info("oauth.refreshed", client=self._settings.client_id, rotated=bool(rotated) and rotated != refresh_token)
        return token

    def _ask(self, refresh_token: str) -> dict[str, Any]:
        settings = self._settings
        words = {"grant_type": "refresh_token", "refresh_token": refresh_token, "client_id": settings.client_id}
        if settings.client_secret:
            words["client_secret"] = settings.client_secret
        if settings.scope:
            words["scope"] = settings.scope
        request = urllib.request.Request(  # noqa: S310 - settings take https, and http for loopback only
            settings.token_url, urllib.parse.urlencode(words).encode(), {"Accept": "application/json"}, method="POST"
        )
        try:
            with urllib.request.urlopen(request, timeout=settings.timeout) as answer:  # noqa: S310 - as above
                return _object(answer.read(_LARGEST_ANSWER))
        except urllib.error.HTTPError as error:
            with error:
                said = _object(error.read(_LARGEST_ANSWER))
            reason = str(said.get("error") or error.code)[:100]
            if error.code in (400, 401) and reason not in ("temporarily_unavailable", "server_error"):
                raise LoginRefusedError(
                    "oauth.refused", url=settings.token_url, reason=reason, path=settings.file
                ) from error
            raise UnreachableError("oauth.unreachable", url=settings.token_url, reason=reason) from error
        except (OSError, ValueError) as error:
            reason = " ".join(str(getattr(error, "reason", error)).split())[:200]
            raise UnreachableError("oauth.unreachable", url=settings.token_url, reason=reason) from error

    # -- the file -------------------------------------------------------------------------------------------------

    def _kept(self) -> Mapping[str, Any]:
        try:
            content = self._settings.file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError("oauth.no_token", path=self._settings.file) from error
        kept = _object(content.encode()) if content.startswith("{") else {"refresh_token": content}
        found = kept.get("refresh_token")
        # A full disk and a crash leave files that are empty, cut off or full of zeros.
        if not isinstance(found, str) or _TOKEN.fullmatch(found) is None:
            raise ConfigurationError("oauth.no_token", path=self._settings.file)
        return kept

    def _keep(self, kept: Mapping[str, Any]) -> None:
        """Replace the file: whole on the disk under another name first, so that a crash leaves the old or the new."""
        path = self._settings.file
        try:
            private.write_whole(path, json.dumps(kept).encode("ascii"))
        except OSError as error:
            raise ConfigurationError("oauth.unwritable", path=path, reason=error.strerror or str(error)) from error

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Let one process at a time read, refresh and write."""
        path = self._settings.file
        try:
            descriptor = os.open(path.with_name(f".{path.name}.lock"), os.O_RDWR | os.O_CREAT, private.FILE)
        except OSError as error:
            raise ConfigurationError("oauth.unwritable", path=path, reason=error.strerror or str(error)) from error
        try:
            if fcntl is not None:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def xoauth2(user: str, token: str) -> str:
    """Return the initial client response of SASL XOAUTH2, as both providers document it."""
    return f"user={user}\x01auth=Bearer {token}\x01\x01"


def _object(data: bytes) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _seconds(value: object) -> float:
    return float(value) if isinstance(value, int | float | str) and str(value).isdigit() else _LIFE
