"""The doctor: tries everything that the exchange needs and says in a sentence each what it found.

It lives above the wiring, for it tries settings as well as the context made of them, and steps are for work on rows: a
letter of the doctor is no letter of the cabinet and is on no record.
"""

from __future__ import annotations

import secrets
import shlex
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from pipeline import private, sources, wiring
from pipeline.catalogue import text
from pipeline.errors import ConfigurationError, UserError
from pipeline.mail.authentication import signature
from pipeline.mail.hosts import is_loopback
from pipeline.mail.kinds.automatic import LOOP_HEADER
from pipeline.mail.message.parse import parse
from pipeline.model import FILING_OUTCOMES, SendOutcome
from pipeline.outbox import Relay, try_relay
from pipeline.settings import Settings
from pipeline.steps.base import servers
from pipeline.steps.base.context import (
    Context,
    Server,
)
from pipeline.steps.base.ports import MailboxSession
from pipeline.steps.condition.problems import silent
from pipeline.steps.condition.state import (
    ran,
    state_of,
)
from pipeline.steps.letters.attachments import reply_address

Say = Callable[[str], None]
_OUTSIDE = "postmaster@example.org"  # never written to: RFC 2606 keeps the domain for examples
_POLL = 1.0  # seconds between two looks into the mailbox
_FILED = "service"  # where our own letter goes


def examine(settings: Settings, say: Say, *, letter: bool, wait: float) -> bool:
    """Try everything that is set and say what was found; True when nothing is wrong.

    ``letter``: a letter to ourselves is sent, and each try of it is waited for ``wait`` seconds. Raises UserError when
    settings or the database leave nothing to try.
    """
    were_open = private.opened(wiring.kept_private(settings))
    with wiring.context(settings) as context:
        say(text("cli.doctor_store", database=context.store.name))
        good = [_private(settings, context, were_open, say), _schedules(context, say)]
        if settings.embedded_mail:
            for name in ("SMTP", "IMAP"):
                say(text("cli.doctor_embedded", server=name))
        else:
            _plain(settings, say)
            good.append(_mail(settings, context, say, letter=letter, wait=wait))
        good.append(_signing(context, say))
    good.append(_publications(settings, say))
    if settings.prefect_secret is None:
        say(text("cli.doctor_prefect"))
    return all(good)


def _private(settings: Settings, context: Context, were_open: list[Path], say: Say) -> bool:
    """Say what other users of the machine could read until now, and what they still can; False for the latter."""
    secrets_of_others = [settings.dkim_key_file, settings.oauth_file, *(box.oauth_file for box in settings.more_imap)]
    kept = [*wiring.kept_private(settings), *context.store.files, *filter(None, secrets_of_others)]
    still = private.opened(dict.fromkeys(kept))
    closed = [path for path in were_open if path not in still]
    if closed:
        say(text("cli.doctor_closed", paths=", ".join(map(str, closed))))
    if still:
        say(text("cli.doctor_open", paths=", ".join(map(str, still)), command=shlex.join(map(str, still))))
    elif not closed:
        say(text("cli.doctor_private", state=settings.state, outbox=settings.outbox))
    return not still


def _plain(settings: Settings, say: Say) -> None:
    """Name the servers that passwords and letters go to openly, because a setting says so."""
    smtp, imaps = settings.smtp(), [settings.imap(), *(imap for imap, _ in settings.other_imaps())]
    used = [("SMTP", smtp.host, smtp.tls), *(("IMAP", imap.host, imap.tls) for imap in imaps)]
    for name, host, tls in used:
        if tls == "none" and not is_loopback(host):
            say(text("cli.doctor_plain", server=name, host=host))


def _schedules(context: Context, say: Say) -> bool:
    """Say when each schedule last ran; False when one that should run by itself does not."""
    state = state_of(context, datetime.now(UTC))
    if not any(life.expected for life in state.schedules):
        say(text("health.not_started"))
        return True
    good = True
    for life in state.schedules:
        if not life.expected:
            continue
        problem = silent(context, life)
        say(ran(life) if problem is None else problem.text)
        good = good and problem is None
    return good


def _signing(context: Context, say: Say) -> bool:
    """Say what the DNS must hold for our signatures; False when they would not be taken for the sender's."""
    key, address = context.dkim, context.sender.address
    if key is None:
        say(text("doctor.dkim_off"))
        return True
    say(text("doctor.dkim_record", record=key.zone_line))
    aligned = key.aligned_with(address)
    say(text("doctor.dkim_aligned" if aligned else "doctor.dkim_not_aligned", domain=key.domain, address=address))
    return aligned


def _publications(settings: Settings, say: Say) -> bool:
    good = True
    for code in sources.publication_codes(settings):
        try:
            sources.publication(code, settings)
            say(text("cli.doctor_publication", code=code))
        except UserError as error:
            good = False
            say(str(error))
    return good


# -- the mail servers -----------------------------------------------------------------------------------------------


def _mail(settings: Settings, context: Context, say: Say, *, letter: bool, wait: float) -> bool:
    """Try login and relay, then the way of a letter from ourselves to ourselves."""
    sends = _answers(context, context.smtp, context.open_transport, say)
    answered = [_answers(context, inbox.server, inbox.open, say) for inbox in context.inboxes]
    reads = all(answered)
    good = sends and reads
    if sends:
        good = _relay(settings, context, say) and good
    if context.authserv_id is None:
        say(text("doctor.authserv_cost"))
    if letter and sends and reads:
        try:
            good = _Letter(context, say, wait).go() and good
        except UserError as error:
            say(str(error))
            good = False
    return good


def _answers(context: Context, server: Server, connect: Callable[[], object], say: Say) -> bool:
    """Log in, whatever was refused before; a success lets everything else try again at once."""
    try:
        with ExitStack() as stack:
            stack.enter_context(connect())  # type: ignore[arg-type]  # a session of either kind
    except UserError as error:
        say(str(error))
        return False
    servers.recovered(context, server)
    say(text("cli.doctor_good", server=server.kind.upper()))
    return True


def _relay(settings: Settings, context: Context, say: Say) -> bool:
    address = context.sender.address
    try:
        tried = try_relay(settings.smtp(), address, _OUTSIDE)
    except UserError as error:
        say(str(error))
        return False
    say(text(f"doctor.relay_{tried.relay.value}", address=address, outside=_OUTSIDE, reply=tried.reply))
    return tried.relay in (Relay.ALLOWED, Relay.UNKNOWN)


@dataclass
class _Place:
    """A folder that is looked into, and the highest UID that it had before our letter."""

    mailbox: MailboxSession
    folder: str
    read: bool
    known: int = 0

    def uids(self) -> list[int]:
        """Return the UIDs that are new; none of a folder that is not there (yet)."""
        try:
            self.mailbox.select(self.folder)
        except ConfigurationError:
            return []
        return [uid for uid in self.mailbox.uids() if uid > self.known]


@dataclass
class _Letter:
    """A letter from our address to its own plus-address, and, when that does not come, to the plain one."""

    context: Context
    say: Say
    wait: float
    token: str = field(default_factory=lambda: secrets.token_hex(8))

    def go(self) -> bool:
        """Send, wait, say; True when the letter came to the plus-address."""
        plain = self.context.sender.address
        plus = reply_address(self.context, f"doctor-{self.token}")
        with ExitStack() as stack:
            places = list(self._places(stack))
            if self._came(places, plus, "plus"):
                return True
            if self._came(places, plain, "plain"):
                self.say(text("doctor.no_plus", plus=plus, address=plain, wait=round(self.wait)))
            else:
                self.say(text("doctor.no_letter", address=plain, wait=round(self.wait)))
            return False

    def _places(self, stack: ExitStack) -> Iterator[_Place]:
        """Every folder that is read, and those where a running exchange may have filed the letter before we look."""
        for inbox in self.context.inboxes:
            mailbox = stack.enter_context(inbox.open())
            filed = {self.context.folder_for(outcome) for outcome in FILING_OUTCOMES} - set(inbox.folders)
            for folder in (*inbox.folders, *sorted(filed)):
                place = _Place(mailbox, folder, read=folder in inbox.folders)
                place.known = max(place.uids(), default=0)
                yield place

    def _came(self, places: list[_Place], recipient: str, mark: str) -> bool:
        """Send to ``recipient`` and wait for just that letter; say what was learnt from it."""
        letter = self._made(recipient, mark)
        with self.context.open_transport() as transport:
            result = transport.send(self.context.sender.address, recipient, letter)
        if result.outcome in (SendOutcome.REFUSED, SendOutcome.DEFERRED):
            self.say(text("doctor.letter_refused", recipient=recipient, reply=result.reply))
            return False
        started = time.monotonic()
        while True:
            found = self._found(places, mark)
            took = time.monotonic() - started
            if found is not None:
                if mark == "plus":
                    self.say(text("doctor.letter_came", seconds=round(took)))
                self._trusted(found)
                return True
            if took > self.wait:
                return False
            time.sleep(min(_POLL, self.wait))

    def _found(self, places: list[_Place], mark: str) -> bytes | None:
        """Return the header of the letter, and put it where our own mail belongs, if it is there by now."""
        for place in places:
            for message in place.mailbox.fetch(place.uids(), 0):
                if self._id(mark).encode() in message.data:
                    if place.read:
                        place.mailbox.move([message.uid], self.context.folder_for(_FILED))
                    return message.data
        return None

    def _id(self, mark: str) -> str:
        return f"k.doctor.{mark}.{self.token}"

    def _made(self, recipient: str, mark: str) -> bytes:
        """Our own letter by every sign that ``collect`` and ``check`` know, should they meet it before us."""
        sender = self.context.sender
        letter = EmailMessage()
        letter["From"] = sender.address
        letter["To"] = recipient
        letter["Subject"] = text("doctor.letter_subject")
        letter["Date"] = format_datetime(datetime.now(UTC))
        letter["Message-ID"] = f"<{self._id(mark)}@{sender.address.rpartition('@')[2]}>"
        letter[LOOP_HEADER] = self._id(mark)  # beside the Message-ID, which some services replace
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(text("doctor.letter_text"))
        return letter.as_bytes(policy=SMTP)

    def _trusted(self, header: bytes) -> None:
        """Say under which name the server signs its checks of senders."""
        (seen, readable), known = signature(parse(header)), self.context.authserv_id
        if seen is not None and not readable:
            self.say(text("doctor.authserv_unreadable", seen=seen))
        if seen is None:
            self.say(text("doctor.no_authserv"))
        elif known is None:
            self.say(text("doctor.authserv_unset", seen=seen))
        elif known.lower() != seen.lower():
            self.say(text("doctor.authserv_other", seen=seen, known=known))
