"""Where everything is put together: settings → the context that steps are handed."""

from __future__ import annotations

import gc
import hashlib
import hmac
import json
import os
import pickle
import resource
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path

import structlog

from pipeline import private
from pipeline.archive import Archive
from pipeline.errors import ConfigurationError
from pipeline.files.named import read_bytes, read_text
from pipeline.isolation import Isolated
from pipeline.mail.identity import Tagger
from pipeline.mail.letters.dkim import (
    DkimKey,
    load_key,
)
from pipeline.mail.letters.render import (
    Mailbox,
    Renderer,
)
from pipeline.mail.rules.load import load_rules
from pipeline.mail.rules.ruleset import RuleSet
from pipeline.mailbox import ImapMailbox, ImapSettings
from pipeline.model import Refused
from pipeline.model.schedules import shortened
from pipeline.outbox import SmtpSettings, SmtpTransport, Spool
from pipeline.presence import Presence
from pipeline.settings import PROJECT, Settings, load_settings
from pipeline.steps.base.context import (
    Context,
    Inbox,
    Server,
)
from pipeline.store import Store
from pipeline.store import letters as letter_rows
from pipeline.watermark import Watermark
from pipeline.webhook import Webhook

__all__ = ["Settings", "context", "isolated", "load_settings", "rules"]

log = structlog.get_logger()
_AT_WORK = 0.5  # of the time, spent on the processor: less, and the machine was busy or the message waited
_DATABASE = ("kabinet.db", "kabinet.db-wal", "kabinet.db-shm")
_PREFECT = tuple(f"prefect/{name}" for name in ("prefect.db", "prefect.db-wal", "prefect.db-shm", "server.log"))
_FILES = ("tag.key", "oauth.json", "numbers.json", "kabinet.log", "mail.log")
_IN_STATE = (*_DATABASE, *_FILES, "archive", "workers", "demo", "uploads", "downloads", "prefect", *_PREFECT)
_IN_OUTBOX = ("ready", "sent", "failed", "dry-run")


@contextmanager
def context(settings: Settings | None = None, *, look_only: bool = False) -> Iterator[Context]:
    """Yield the context of ``settings`` (by default those of the environment), with the database brought up to date.

    Raises ConfigurationError for what is set wrongly. Servers are connected to only when a step asks for them. With
    ``look_only`` nothing is made or changed: UnreachableError when the database is not there as it should be.
    """
    _calm_collector()
    settings = settings or load_settings()
    smtp, imap = settings.smtp(), settings.imap()
    if not look_only:
        make_folders(settings)
    made = not settings.tag_keys and not settings.key_file.exists()
    keys, signing = settings.signing_keys(make=not look_only)
    webhook = settings.webhook()
    store = Store(settings.database)
    try:
        if look_only:
            store.verify()
        else:
            store.upgrade()
            if made:
                _say_that_the_key_is_new(store, settings.key_file)
        yield Context(
            store=store,
            archive=Archive(settings.state / "archive"),
            spool=Spool(settings.outbox),
            renderer=_renderer(settings),
            rules=rules(settings),
            tagger=Tagger(keys, signing),
            sender=Mailbox(settings.address, settings.sender_name),
            support=settings.support,
            support_phone=settings.support_phone,
            isolated=isolated(),
            presence=Presence(settings.state / "workers"),
            watermark=Watermark(settings.state / "numbers.json"),
            check_apart=partial(_check_apart, settings),
            open_mailbox=lambda: ImapMailbox(imap),
            open_transport=lambda: SmtpTransport(smtp),
            account=f"{imap.user}@{imap.host}",
            folders=settings.imap_folders,
            more_inboxes=tuple(_inbox(box, folders, keys[signing]) for box, folders in settings.other_imaps()),
            processed_folder=settings.imap_processed,
            filing=settings.imap_filing,
            authserv_id=settings.authserv_id,
            trust_strict=settings.trust_strict,
            dkim=dkim_key(settings),
            schedules=shortened(settings.intervals),
            host=socket.gethostname(),
            smtp=Server("smtp", smtp.host, partial(_fingerprint, keys[signing], smtp)),
            fingerprint=partial(_fingerprint, keys[signing], imap),
            webhook=Webhook(webhook) if webhook else None,
            limits=settings.limits(),
        )
    finally:
        store.dispose()


def _renderer(settings: Settings) -> Renderer:
    templates = settings.home / "templates"
    if not (templates / "letters").is_dir():
        raise ConfigurationError("folder.missing", path=templates / "letters", variable="KABINET_HOME")
    return Renderer(templates)


def _inbox(settings: ImapSettings, folders: tuple[str, ...], key: bytes) -> Inbox:
    fingerprint = partial(_fingerprint, key, settings)
    return Inbox(f"{settings.user}@{settings.host}", lambda: ImapMailbox(settings), folders, fingerprint)


def _fingerprint(key: bytes, settings: ImapSettings | SmtpSettings) -> str:
    """Return a keyed hash of what a server is logged in with: it shows a change, and nothing else.

    A refresh token may be put into its file while we run, so it is read each time.
    """
    secret = settings.tokens.fingerprint() if settings.tokens else settings.password or ""
    login = (settings.host, str(settings.port), settings.tls, settings.user or "", secret)
    return hmac.new(key, "\0".join(("login", *login)).encode(), hashlib.sha256).hexdigest()[:32]


def dkim_key(settings: Settings) -> DkimKey | None:
    """Return the key that letters are signed with, None when they are not; raises ConfigurationError."""
    if settings.dkim_domain is None and settings.dkim_key_file is None:
        return None
    if settings.dkim_domain is None or settings.dkim_key_file is None:
        raise ConfigurationError("dkim.half")
    return load_key(settings.dkim_domain, settings.dkim_selector, read_bytes(settings.dkim_key_file))


def _check_apart(
    settings: Settings, owner: str, receipt_id: int, now: datetime, limit: timedelta
) -> Mapping[str, int] | Refused:
    """Judge a receipt that ``owner`` has claimed in a process of its own (``pipeline.apart``), see ``Context``.

    The settings go through a pipe: they hold passwords, which arguments would show.
    """
    seconds, had = limit.total_seconds(), _time_of_children()
    task = pickle.dumps((settings, owner, receipt_id, now, os.getpid(), seconds))
    place = {"PYTHONPATH": os.pathsep.join(filter(None, (str(PROJECT), os.environ.get("PYTHONPATH"))))}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pipeline.apart"],
            input=task,
            stdout=subprocess.PIPE,
            env=os.environ | place,
            umask=private.UMASK,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        worked = _time_of_children() - had
        log.error("apart.out_of_time", receipt=receipt_id, seconds=seconds, processor=round(worked, 1))  # noqa: TRY400 - its traceback says nothing
        return Refused("out_of_time", {"worked": worked > seconds * _AT_WORK})
    if done.returncode != 0:
        log.error("apart.died", receipt=receipt_id, status=done.returncode)
        return Refused("attempts_exhausted")
    counts: dict[str, int] = json.loads(done.stdout.rpartition(b"\n")[2])
    return counts


def _time_of_children() -> float:
    """Seconds on the processor of every child that has ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def isolated() -> Isolated:
    """Return the reader of risky files, each in a child process with limits."""
    return Isolated()


def rules(settings: Settings | None = None) -> RuleSet:
    """Return the rules of ``inbox_rules.yaml``; raises ConfigurationError naming file and line."""
    path = (settings or load_settings()).home / "inbox_rules.yaml"
    return load_rules(read_text(path), path.name)


def make_folders(settings: Settings) -> None:
    """Make the folders of state and outbox, for our own eyes only; what an earlier version left open is closed.

    Raises ConfigurationError naming the setting when one cannot be used. What lies deeper is not looked at: nobody else
    comes past the outermost folder.
    """
    for path, variable in ((settings.state, "KABINET_STATE"), (settings.outbox, "KABINET_OUTBOX")):
        try:
            private.make_folder(path)
        except OSError as error:
            raise ConfigurationError(
                "folder.unusable", path=path, variable=variable, reason=error.strerror or ""
            ) from error
    for path in private.close(kept_private(settings)):
        log.info("private.closed", path=str(path))


def kept_private(settings: Settings) -> list[Path]:
    """Return what nobody else may read: the folders of state and outbox, and what lies in them under names of ours."""
    folders = [(settings.state, _IN_STATE), (settings.outbox, _IN_OUTBOX)]
    tops = [folder for folder, _ in folders if not PROJECT.is_relative_to(folder.resolve())]
    return tops + [folder / name for folder, names in folders for name in names]


def _say_that_the_key_is_new(store: Store, path: Path) -> None:
    with store.reading() as session:
        signed = bool(letter_rows.listed(session, limit=1))
    if signed:
        log.error("alert.tag_key_new", path=str(path))  # answers to what was sent before are no longer known


@cache
def _calm_collector() -> None:
    """Spare the collector of cycles what it cannot collect, once a process: a sixth of judging was its looking.

    What is imported by now stays to the end, and a batch makes some hundred thousand objects that live as long as it.
    """
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)
