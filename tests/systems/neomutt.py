"""neomutt, a mail client that people use in a terminal, driven by keys on a pseudo-terminal of its own."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import time
from pathlib import Path

from tests.systems.programs import find_program

_CONFIG = """\
set my_name_set=yes
set real_name="Секретарь школы"
set from="{address}"
set use_from=yes
set use_envelope_from=yes
set envelope_from_address="{address}"
set imap_user="{address}"
set imap_pass="{password}"
set spool_file="imap://127.0.0.1:{imap_port}/INBOX"
set folder="imap://127.0.0.1:{imap_port}/"
set smtp_url="smtp://127.0.0.1:{smtp_port}/"
set smtp_authenticators=""
set ssl_starttls=no
set ssl_force_tls=no
set editor="{editor}"
set charset="utf-8"
set sort=mailbox-order
set copy=no
set record=""
set postponed=""
set header_cache=""
set fast_reply=yes
set auto_edit=no
set reply_to=yes
set include=yes
set confirm_append=no
set abort_nosubject=no
set abort_unmodified=no
set abort_noattach=no
set delete=no
set quit=yes
set beep=no
set sleep_time=0
set wait_key=no
set auto_tag=no
set print=no
set save_history=0
"""
_EDITOR = """\
#!/bin/sh
{{ cat "{words}"; echo; cat "$1"; }} >"$1.new" && mv "$1.new" "$1"
"""


class Neomutt:
    """The client of one person, with a folder for its files. What they write is put down by ``write`` before."""

    def __init__(self, folder: Path, address: str, password: str, imap_port: int, smtp_port: int) -> None:
        self._program = find_program("neomutt", "neomutt")
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        editor = folder / "editor.sh"
        editor.write_text(_EDITOR.format(words=folder / "words.txt"), encoding="utf-8")
        editor.chmod(0o755)
        self.write("")
        settings = _CONFIG.format(
            address=address, password=password, imap_port=imap_port, smtp_port=smtp_port, editor=editor
        )
        (folder / "neomuttrc").write_text(settings.replace("set my_name_set=yes\n", ""), encoding="utf-8")

    def write(self, words: str) -> None:
        """What the person will write above the quotation."""
        (self._folder / "words.txt").write_text(words, encoding="utf-8")

    def keys(self, keys: str, seconds: float = 40) -> str:
        """Open the mailbox, press ``keys`` (in neomutt's own spelling), wait until it ends; return what it showed."""
        return self._run(["-e", f'push "{keys}"'], b"", b"", seconds)

    def press_link(self, link: str, seconds: float = 40) -> str:
        """Open a ``mailto:`` link as a browser does, and send the letter that it makes ready as it is."""
        return self._run([link], b"Security:", b"y", seconds)

    def _run(self, arguments: list[str], sign: bytes, then: bytes, seconds: float) -> str:
        """Run it; ``then`` is typed once ``sign`` is on the screen."""
        command = [self._program, "-n", "-F", str(self._folder / "neomuttrc"), *arguments]
        environment = {"HOME": str(self._folder), "PATH": os.environ["PATH"], "TERM": "xterm", "LC_ALL": "C.UTF-8"}
        master, slave = pty.openpty()
        process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=environment, cwd=self._folder, start_new_session=True
        )
        os.close(slave)
        try:
            return _watched(process, master, time.monotonic() + seconds, sign, then)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            os.close(master)


def _watched(process: subprocess.Popen[bytes], master: int, deadline: float, sign: bytes, then: bytes) -> str:
    """Read what is shown until the client ends, typing ``then`` a moment after ``sign``: it drops what came early."""
    shown = b""
    while time.monotonic() < deadline:
        readable, _, _ = select.select([master], [], [], 0.1)
        if readable:
            try:
                shown += os.read(master, 65536)
            except OSError:  # the terminal is closed with its last user
                break
        elif then and sign in shown:
            os.write(master, then)
            then = b""
        elif process.poll() is not None:
            break
    else:
        raise AssertionError(f"neomutt did not end; it showed: {shown[-3000:].decode('utf-8', 'replace')}")
    process.wait(10)
    return shown.decode("utf-8", "replace")
