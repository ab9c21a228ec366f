"""Publish and deliver personal letters with a form of 20 KB, beside nodemailer and beside a bare sender of ready bytes.

All send to Postfix's smtp-sink on loopback, in turn: a part of ours, the same of each peer, and so on, so that what
else the machine does falls on all of them; a first part of each is not counted. Ours begins with the rows of the
database: publishing (rows, rendering, copies in ``outbox/ready``) and delivering (rows again, the copies read back and
proved, the ledger, SMTP, copies in ``outbox/sent``). nodemailer sends letters with the same words and one and the same
form from memory, over a pool; the bare sender has bytes that ours sent, some hundreds of them. CPU time is that of the
sending process, the sink's counts for nobody. Copies stay until the end: ext4 looks at every file deleted in the last
minutes before it makes a new one, and for the same reason nothing large should have been deleted just before. Memory
for the pages of the copies is touched before each turn (``measuring.touch``). Where the time goes is seen in a turn of
its own.

Run as ``PYTHONPATH=. .venv/bin/python benchmarks/bench_send.py``; ``KABINET_SOAK=1`` for 10,000 letters,
``KABINET_TURNS=1`` to publish and deliver them all at once.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import structlog

from benchmarks.measuring import measured, rss, touch
from benchmarks.stages import Stages
from pipeline import logs, sources
from pipeline.cabinet.publications import rescheduled
from pipeline.cabinet.roster import RosterReport
from pipeline.mail.letters.render import Renderer
from pipeline.mailbox import ImapSettings
from pipeline.outbox import SmtpSettings, SmtpTransport, Spool
from pipeline.steps import (
    deliver,
    publish,
    roster,
)
from pipeline.steps.base.context import Context
from pipeline.steps.letters import (
    copies as spooling,
)
from pipeline.steps.letters import (
    rendering,
)
from pipeline.steps.mailings.publication import Writer
from pipeline.steps.sending import pacing
from pipeline.store import Session, letters, sending
from tests.factories.replies import SCHEDULE, organisations
from tests.functional.world import World, letter, make_world, text_of
from tests.systems.programs import find_program, free_port, greets, wait_until

SOAK = os.environ.get("KABINET_SOAK") == "1"
LETTERS = int(os.environ.get("KABINET_LETTERS", "0")) or (10_000 if SOAK else 1_000)
TURNS = int(os.environ.get("KABINET_TURNS", "4"))
PART = LETTERS // TURNS
BARE = min(PART, 500)  # letters that the bare sender is given a turn: all of them would be most of our memory
CONNECTIONS, POOL = 3, 10
GOAL = 1.5
PEER = Path(__file__).parent / "peers" / "nodemailer"


@contextmanager
def smtp_sink() -> Iterator[int]:
    """Postfix's sink on a free port: takes everything and keeps nothing."""
    program, port = find_program("smtp-sink", "Postfix's smtp-sink"), free_port()
    command = [program, *(["-u", "postfix"] if os.geteuid() == 0 else []), f"127.0.0.1:{port}", "1000"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: greets(port, b"220"), "smtp-sink")
        yield port
    finally:
        process.terminate()
        process.wait(10)


def world_of(folder: Path, port: int, count: int) -> World:
    """A world with ``count`` organisations that sends to ``port``."""
    world = make_world(
        folder,
        SmtpSettings("127.0.0.1", port, None, None, "none", 20),
        ImapSettings("127.0.0.1", 1, "exchange@kabinet.test", "x", "none", 1),
    )
    with world.context() as context:
        roster.run(context, RosterReport(organisations(count), ()), world.now)
    return world


def ours(context: Context, turn: int, now: datetime, seconds: dict[str, float], stages: Stages) -> None:
    """Publish one publication more and deliver it to everybody."""
    loaded = rescheduled(sources.publication(SCHEDULE), now, now + timedelta(days=30), now)
    loaded = replace(loaded, publication=replace(loaded.publication, code=f"{SCHEDULE}-{turn}"))
    touch(PART * 100_000)
    with stages.watching():
        with measured("publish", seconds):
            publish.run(context, loaded, now)
        with measured("deliver", seconds):
            deliver.run(context, now)


def watched() -> Stages:
    """The stages that a letter passes through, each with the functions that do it."""
    stages = Stages()
    stages.watch("draft", Writer, "letter")
    stages.watch("enqueue", letters, "enqueue_all")
    stages.watch("claim", sending, "claim_due", "due")
    stages.watch("claim", letters, "by_ids")
    stages.watch("ledger", sending, "mark_sending", "record_results", "prove_copies")
    stages.watch("pace", pacing, "allowance", "learn")
    stages.watch("words", Renderer, "render")
    stages.watch("form", rendering, "_attachment")
    stages.watch("proof", spooling, "_digest")
    stages.watch("compose", rendering, "compose")
    stages.watch("copies", Spool, "ready", "waiting_copy", "sent", "failed")
    stages.watch("commit", Session, "commit")
    stages.watch_generator("socket", SmtpTransport, "send_all")
    return stages


def copies(world: World, turn: int) -> list[bytes]:
    """The last letters of one publication as they left. Every one has left, or this is no measurement."""
    left = sorted(world.settings.outbox.glob("sent/*/*.eml"))
    assert len(left) == PART * (turn + 1), len(left)
    found = [path.read_bytes() for path in left[-BARE:]]
    named = f"<{SCHEDULE}-{turn}.kabinet.test>".encode()
    assert all(named in content for content in found)
    return found


def bare(port: int, contents: Sequence[bytes], connections: int) -> int:
    """Hand ready bytes over, envelopes pipelined, over several connections in turn; returns how many were taken."""
    lines = [socket.create_connection(("127.0.0.1", port)) for _ in range(connections)]
    files = [line.makefile("rb") for line in lines]
    for line, file in zip(lines, files, strict=True):
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        file.readline()
        line.sendall(b"EHLO localhost\r\n")
        while file.readline()[3:4] == b"-":
            pass
    taken = 0
    envelope = b"MAIL FROM:<exchange+l%d@kabinet.test>\r\nRCPT TO:<office%d@org1.test>\r\nDATA\r\n"
    for number in range(min(connections, len(contents))):
        lines[number].sendall(envelope % (number, number))
    waiting = [False] * connections
    for number, content in enumerate(contents):
        line, file = lines[number % connections], files[number % connections]
        if waiting[number % connections]:
            taken += file.readline().startswith(b"250")
        for _ in range(3):
            file.readline()
        following = number + connections
        more = envelope % (following, following) if following < len(contents) else b""
        line.sendall(content + b".\r\n" + more)
        waiting[number % connections] = True
    for file, pending in zip(files, waiting, strict=True):
        taken += pending and file.readline().startswith(b"250")
    for line, file in zip(lines, files, strict=True):
        file.close()
        line.close()
    return taken


class Nodemailer:
    """A process that sends letters with the words and files of a sample over nodemailer's pool, ten connections."""

    def __init__(self, port: int, sample: EmailMessage, folder: Path) -> None:
        subprocess.run(["sh", str(PEER / "install.sh")], check=True)
        (folder / "job.json").write_text(json.dumps(_job(port, sample, folder)), encoding="utf-8")
        command = [find_program("node", "Node.js"), str(PEER / "send.mjs"), str(folder / "job.json")]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.total = {"cpuMs": 0.0, "wallMs": 0.0, "rssMb": 0.0}

    def send(self, count: int) -> None:
        """Send so many letters more."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{count}\n")
        self._process.stdin.flush()
        found = json.loads(self._process.stdout.readline())
        for name in ("cpuMs", "wallMs"):
            self.total[name] += found[name]
        self.total["rssMb"] = found["rssMb"]

    def close(self) -> None:
        """End the process."""
        self._process.communicate(timeout=30)


def _job(port: int, sample: EmailMessage, folder: Path) -> dict[str, object]:
    login, files = "spo100000", []
    for number, part in enumerate(sample.iter_attachments()):
        path, content = folder / f"file{number}", part.get_payload(decode=True)
        assert isinstance(content, bytes)
        path.write_bytes(content)
        name = str(part.get_filename()).replace(login, "{login}")
        files.append({"name": name, "path": str(path), "type": part.get_content_type()})
    page = sample.get_body(("html",))
    assert page is not None
    assert login in text_of(sample)
    return {
        "port": port,
        "connections": POOL,
        "from": "exchange@kabinet.test",
        "subject": str(sample["Subject"]).replace(login, "{login}"),
        "text": text_of(sample).replace(login, "{login}"),
        "html": str(page.get_content()).replace(login, "{login}"),
        "files": files,
    }


def told(seconds: dict[str, float], stages: Stages, peer: dict[str, float], octets: int) -> float:
    """Print the figures; returns how many times less CPU ours takes than nodemailer."""
    count, each = PART * TURNS, 1000 / (PART * TURNS)
    total, wall = (sum(seconds[part + kind] for part in ("publish", "deliver")) for kind in ("", "_wall"))
    theirs = peer["cpuMs"] / count
    bare_each = 1000 / (BARE * TURNS)
    ratio = theirs / (total * each)
    print(f"letters: {count} of {octets // (BARE * TURNS)} bytes")
    print(f"load_average: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"ours_cpu_ms: {total * each:.3f}")
    for part, share in (("publish", each), ("deliver", each), ("bare", bare_each)):
        print(f"{part}_cpu_ms: {seconds[part] * share:.3f}")
    print(f"nodemailer_cpu_ms: {theirs:.3f}")
    print(f"ratio: {ratio:.2f} (goal: {GOAL})")
    print(f"ratio_deliver_alone: {theirs / (seconds['deliver'] * each):.2f}")
    print(f"ratio_by_the_clock: {peer['wallMs'] / 1000 / wall:.2f}")
    rates = {
        "ours": count / wall,
        "deliver": count / seconds["deliver_wall"],
        "nodemailer": count / (peer["wallMs"] / 1000),
        "bare": BARE * TURNS / seconds["bare_wall"],
    }
    print("letters_per_second:", " ".join(f"{name} {rate:.0f}" for name, rate in rates.items()))
    for stage, spent in stages.spent():
        print(f"stage_{stage}_cpu_ms: {spent * each * TURNS:.3f}")
    return ratio


def main() -> int:
    """Print figures as ``name: value``; 1 when the ratio misses the goal at full size."""
    logs.configure()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    seconds: dict[str, float] = {}
    octets, memory = 0, [rss()]
    with tempfile.TemporaryDirectory() as name, smtp_sink() as port:
        world = world_of(Path(name) / "world", port, PART)
        with world.context() as context:
            ours(context, 0, world.now, {}, Stages())  # imports, statements, templates, node's compiler: not counted
            first = min(world.settings.outbox.glob("sent/*/*.eml"))
            peer = Nodemailer(port, letter(first.read_bytes()), Path(name))
            peer.send(PART)
            peer.total.update(cpuMs=0.0, wallMs=0.0)
            for turn in range(1, TURNS + 1):
                ours(context, turn, world.now, seconds, Stages())
                memory.append(rss())
                peer.send(PART)
                contents = copies(world, turn)
                octets += sum(map(len, contents))
                with measured("bare", seconds):
                    assert bare(port, contents, CONNECTIONS) == BARE
                del contents
            peer.close()
            stages = watched()
            ours(context, TURNS + 1, world.now, {}, stages)  # not counted: to watch each stage costs 0.03 ms a letter
    ratio = told(seconds, stages, peer.total, octets)
    print(f"rss_mb: {' '.join(f'{value:.0f}' for value in memory)}, nodemailer {peer.total['rssMb']:.0f}")
    return int(SOAK and ratio < GOAL)


if __name__ == "__main__":
    sys.exit(main())
