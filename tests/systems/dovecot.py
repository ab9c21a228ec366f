"""A private Dovecot 2.3 (IMAP and LMTP) on free ports of loopback, with a mailbox for every address that is named."""

from __future__ import annotations

import getpass
import grp
import imaplib
import os
import signal
import smtplib
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from pipeline.mailbox import ImapSettings
from tests.systems.programs import (
    Certificate,
    find_program,
    free_port,
    greets,
    make_certificate,
    not_run,
    server_folder,
    wait_until,
)

pytest_plugins = ["tests.systems.embedded"]

PASSWORD = "dovecot"
_OAUTH = """\
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {root}/oauth2.conf
}}
"""
_CONFIG = """\
base_dir = {root}/run
state_dir = {root}/state
log_path = {root}/dovecot.log
listen = 127.0.0.1
protocols = imap lmtp
{tls}
disable_plaintext_auth = no
auth_mechanisms = {mechanisms}
auth_failure_delay = 0
auth_username_chars = abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ01234567890.-_@+
recipient_delimiter = {delimiter}
lmtp_save_to_detail_mailbox = no
mail_location = maildir:~/Maildir
mail_fsync = never
mail_max_userip_connections = 100
first_valid_uid = 1
imap_capability = {capability}
default_internal_user = {internal_user}
default_internal_group = {internal_group}
default_login_user = {login_user}
{oauth}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={root}/mail/%d/%n allow_all_users=yes
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap_port}
  }}
  inet_listener imaps {{
    port = {imaps_port}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp_port}
  }}
}}
"""


class Dovecot:
    """A running server. The login is the address; any address has a mailbox; ``+details`` go to the plain address.

    ``capability`` is Dovecot's ``imap_capability``: what is written in full replaces what the server offers. With
    ``tokeninfo``, a URL that an access token is put behind, it takes XOAUTH2 as well. Without ``delimiter`` an address
    with a detail is another mailbox.
    """

    def __init__(
        self,
        root: Path,
        program: str,
        capability: str = "+MOVE",
        certificate: Certificate | None = None,
        tokeninfo: str | None = None,
        delimiter: str = "+",
    ) -> None:
        self.root = root
        self._delimiter = delimiter
        self.imap_port = free_port()
        self.imaps_port = free_port() if certificate else 0
        self.lmtp_port = free_port()
        self._program = program
        self._doveadm = find_program("doveadm", "Dovecot")
        self._capability = capability
        self._tls = "ssl = no"
        if certificate is not None:
            self._tls = f"ssl = required\nssl_cert = <{certificate.certificate}\nssl_key = <{certificate.key}"
        self._tokeninfo = tokeninfo
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait until IMAP and LMTP answer."""
        config = self.root / "dovecot.conf"
        as_root = os.geteuid() == 0
        mine = getpass.getuser()
        mail = self.root / "mail"
        mail.mkdir(exist_ok=True)
        # Mail belongs to «nobody» when we are root, so that the server need not run as root for it.
        uid, gid = (65534, 65534) if as_root else (os.getuid(), os.getgid())
        os.chown(mail, uid, gid)
        config.write_text(
            _CONFIG.format(
                root=self.root,
                capability=self._capability,
                internal_user="dovecot" if as_root else mine,
                internal_group="dovecot" if as_root else grp.getgrgid(os.getgid()).gr_name,
                login_user="dovenull" if as_root else mine,
                password=PASSWORD,
                mechanisms="plain xoauth2" if self._tokeninfo else "plain",
                oauth=_OAUTH.format(root=self.root) if self._tokeninfo else "",
                uid=uid,
                gid=gid,
                tls=self._tls,
                delimiter=self._delimiter,
                imap_port=self.imap_port,
                imaps_port=self.imaps_port,
                lmtp_port=self.lmtp_port,
            ),
            encoding="utf-8",
        )
        if self._tokeninfo:
            text = f"tokeninfo_url = {self._tokeninfo}\nusername_attribute = email\n"
            (self.root / "oauth2.conf").write_text(text, encoding="ascii")
        self._process = subprocess.Popen([self._program, "-F", "-c", str(config)], start_new_session=True)
        try:
            wait_until(lambda: greets(self.imap_port, b"* OK"), "Dovecot's IMAP greeting")
            wait_until(lambda: greets(self.lmtp_port, b"220"), "Dovecot's LMTP greeting")
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop and wait until every process of it is gone."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.5)
        # Sessions outlive the master and would write their index files into the next test's mailbox.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)

    def restart(self) -> None:
        """Stop and start on the same ports with the same mail."""
        self.stop()
        self.start()

    def settings(self, login: str, timeout: float = 10) -> ImapSettings:
        """How our own client reaches the mailbox of ``login``."""
        return ImapSettings("127.0.0.1", self.imap_port, login, PASSWORD, "none", timeout)

    def deliver(self, recipient: str, content: bytes, sender: str = "org@org.test") -> None:
        """Put a message into a mailbox by LMTP, as Postfix does."""
        with smtplib.LMTP("127.0.0.1", self.lmtp_port, local_hostname="localhost") as lmtp:
            refused = lmtp.sendmail(sender, [recipient], content)
        assert not refused

    def messages(self, login: str, folder: str = "INBOX") -> list[bytes]:
        """Return the messages of a mailbox, read with the standard library only."""
        client = imaplib.IMAP4("127.0.0.1", self.imap_port, timeout=10)
        try:
            client.login(login, PASSWORD)
            status, (exists,) = client.select(folder, readonly=True)
            if status != "OK" or exists == b"0":
                return []
            _, answers = client.fetch("1:*", "(BODY.PEEK[])")
            return [answer[1] for answer in answers if isinstance(answer, tuple)]
        finally:
            client.logout()

    def flags(self, login: str, folder: str = "INBOX") -> list[set[bytes]]:
        r"""Return the flags of each message of a mailbox, without \Recent, which belongs to the session that looks."""
        client = imaplib.IMAP4("127.0.0.1", self.imap_port, timeout=10)
        try:
            client.login(login, PASSWORD)
            client.select(folder, readonly=True)
            _, answers = client.fetch("1:*", "(FLAGS)")
            return [set(imaplib.ParseFlags(answer)) - {rb"\Recent"} for answer in answers if isinstance(answer, bytes)]
        finally:
            client.logout()

    def kick(self, login: str) -> None:
        """Cut the sessions of ``login`` (stopping the master does not). A busy server may not know of them at once."""
        wait_until(lambda: self._asked("kick", login).returncode != os.EX_NOUSER, "a session to cut")

    def expunge(self, login: str, uid: int, folder: str = "INBOX") -> None:
        """Remove one message behind the client's back."""
        self._ask("expunge", "-u", login, "mailbox", folder, "uid", str(uid))

    def set_seen(self, login: str, uid: int, folder: str = "INBOX") -> None:
        """Do what a person does who opens the message in a mail client."""
        self._ask("flags", "add", "-u", login, r"\Seen", "mailbox", folder, "uid", str(uid))

    def change_uidvalidity(self, login: str) -> None:
        """Let the server forget its numbering, as a mailbox restored from a backup does. The server is restarted."""
        self.stop()
        local, _, domain = login.partition("@")
        maildir = self.root / "mail" / domain / local / "Maildir"
        last = int((maildir / "dovecot-uidvalidity").read_text(), 16)
        for index in maildir.rglob("dovecot*"):
            index.unlink()
        # Left to itself Dovecot would take the time in seconds, which may be the number it had.
        owner = maildir.stat()
        for name, content in (("", f"{last + 1000:08x}"), (f".{last + 1000:08x}", "")):
            path = maildir / f"dovecot-uidvalidity{name}"
            path.write_text(content, encoding="ascii")
            os.chown(path, owner.st_uid, owner.st_gid)
        self.start()

    def _ask(self, *arguments: str) -> None:
        self._asked(*arguments).check_returncode()

    def _asked(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        command = [self._doveadm, "-c", str(self.root / "dovecot.conf"), *arguments]
        return subprocess.run(command, check=False, capture_output=True, timeout=20)


def run_dovecot(
    capability: str = "+MOVE",
    certificate: Certificate | None = None,
    tokeninfo: str | None = None,
    delimiter: str = "+",
) -> Iterator[Dovecot]:
    """Run one for a fixture; skipped when Dovecot is missing."""
    program = find_program("dovecot", "Dovecot")
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    if not version.startswith("2.3."):  # 2.4 reads another configuration
        not_run(f"Dovecot 2.3 is needed and this is {version.split()[0]}: not run")
    with server_folder("dovecot") as root:
        server = Dovecot(root, program, capability, certificate, tokeninfo, delimiter)
        server.start()
        try:
            yield server
        finally:
            server.stop()


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """A Dovecot for the whole session: tests keep apart by using mailboxes of their own."""
    yield from run_dovecot()


@pytest.fixture(scope="session")
def dovecot_without_move() -> Iterator[Dovecot]:
    """A server with UIDPLUS and without MOVE, as older ones are."""
    yield from run_dovecot("IMAP4rev1 LITERAL+ UIDPLUS NAMESPACE")


@pytest.fixture(scope="session")
def dovecot_without_uidplus() -> Iterator[Dovecot]:
    """A server with neither MOVE nor UIDPLUS."""
    yield from run_dovecot("IMAP4rev1 NAMESPACE")


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """A certificate for «localhost» that nobody knows, made anew each session."""
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="session")
def dovecot_with_tls(certificate: Certificate) -> Iterator[Dovecot]:
    """A server that demands encryption, as those of the outside world do."""
    yield from run_dovecot(certificate=certificate)
