"""A private Postfix on a free port of loopback that takes mail for every domain and hands it to Dovecot by LMTP."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.outbox import SmtpSettings
from tests.systems.dovecot import Dovecot
from tests.systems.programs import find_program, free_port, greets, not_run, server_folder, wait_until

REFUSED = "refused@org.test"
DEFERRED = "later@org.test"
_MAIN = """\
compatibility_level = 3.6
queue_directory = {root}/queue
data_directory = {root}/data
maillog_file = {root}/postfix.log
maillog_file_prefixes = {root}
mail_owner = postfix
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.kabinet.test
mydestination =
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
local_recipient_maps =
disable_dns_lookups = yes
smtp_dns_support_level = disabled
smtpd_peername_lookup = no
recipient_delimiter = +
virtual_mailbox_domains = static:all
virtual_mailbox_maps =
virtual_transport = lmtp:inet:127.0.0.1:{lmtp_port}
lmtp_destination_recipient_limit = 1
lmtp_destination_concurrency_limit = 4
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
smtpd_recipient_restrictions =
  check_recipient_access inline:{{ {{ {refused} = 550 5.1.1 No such user }} {{ {deferred} = 450 4.2.0 Come back }} }},
  permit_mynetworks, reject
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_error_sleep_time = 0
smtpd_client_connection_rate_limit = 0
message_size_limit = 20971520
"""
_MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup    unix  n - n 60 1 pickup
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 1 1 qmgr
tlsmgr    unix  - - n 1000? 1 tlsmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
verify    unix  - - n - 1 verify
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n - - proxymap
smtp      unix  - - n - - smtp
relay     unix  - - n - - smtp
showq     unix  n - n - - showq
error     unix  - - n - - error
retry     unix  - - n - - error
discard   unix  - - n - - discard
local     unix  - n n - - local
virtual   unix  - n n - - virtual
lmtp      unix  - - n - - lmtp
anvil     unix  - - n - 1 anvil
scache    unix  - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True)
class Postfix:
    """A running server with its Dovecot behind it. ``REFUSED`` gets 550 and ``DEFERRED`` 450 at once."""

    root: Path
    port: int
    dovecot: Dovecot

    def settings(self, timeout: float = 10) -> SmtpSettings:
        """How our own client reaches it."""
        return SmtpSettings("127.0.0.1", self.port, None, None, "none", timeout)

    def wait_for(self, login: str, count: int, seconds: float = 15) -> list[bytes]:
        """Wait until ``count`` messages are in a mailbox and return them: delivery takes a moment."""
        found: list[bytes] = []

        def there() -> bool:
            found[:] = self.dovecot.messages(login)
            return len(found) >= count

        wait_until(there, f"{count} messages for {login}", seconds)
        return found


@pytest.fixture(scope="session")
def postfix(dovecot: Dovecot) -> Iterator[Postfix]:
    """A Postfix for the whole session, in front of the session's Dovecot."""
    program = find_program("postfix", "Postfix")
    if os.geteuid() != 0:
        not_run("Postfix starts as root only: not run")
    with server_folder("postfix") as root:
        server = Postfix(root, free_port(), dovecot)
        config = _configure(server)
        process = subprocess.Popen(
            [program, "-c", str(config), "start-fg"],
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_until(lambda: greets(server.port, b"220"), f"Postfix's greeting\n{_log(root)}", 30)
            yield server
        finally:
            subprocess.run([program, "-c", str(config), "stop"], capture_output=True, timeout=30)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _configure(server: Postfix) -> Path:
    config = server.root / "etc"
    for folder in (config, server.root / "queue", server.root / "data"):
        folder.mkdir()
    subprocess.run(["chown", "postfix", str(server.root / "data")], check=True)
    main = _MAIN.format(root=server.root, lmtp_port=server.dovecot.lmtp_port, refused=REFUSED, deferred=DEFERRED)
    (config / "main.cf").write_text(main, encoding="utf-8")
    (config / "master.cf").write_text(_MASTER.format(port=server.port), encoding="utf-8")
    before = time.time() - 60
    for path in config.iterdir():
        os.utime(path, (before, before))  # with a younger file every daemon waits two seconds for it to settle
    return config


def _log(root: Path) -> str:
    path = root / "postfix.log"
    return path.read_text(encoding="utf-8", errors="replace")[-2000:] if path.exists() else "no log"
