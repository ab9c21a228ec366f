"""Publish and deliver personal letters with a form of 20 KB, beside nodemailer and beside a bare sender of ready bytes.

All send to Postfix's smtp-sink on loopback, one after another in one run. Ours begins with the rows of the database:
publishing (rows, rendering, copies in ``outbox/ready``) and delivering (rows again, rendering again, the ledger, SMTP,
copies in ``outbox/sent``). nodemailer sends letters with the same words and one and the same form from memory, over a
pool; the bare sender has the very bytes that ours sent. CPU time is that of the sending process, the sink's counts for
nobody. Run as ``PYTHONPATH=. .venv/bin/python benchmarks/bench_send.py``; ``KABINET_SOAK=1`` for 10,000 letters.
"""

from __future__ import annotations

import json
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

import structlog

from benchmarks.stages import Stages
from pipeline import logs, wiring
from pipeline.cabinet.publications import rescheduled
from pipeline.cabinet.roster import RosterReport
from pipeline.mail.letters import Renderer
from pipeline.mailbox import ImapSettings
from pipeline.outbox import SmtpSettings, SmtpTransport, Spool
from pipeline.steps import deliver, pacing, publish, rendering, roster
from pipeline.steps.publishing import Writer
from pipeline.store import Session, letters, sending
from tests.factories.replies import SCHEDULE, organisations
from tests.functional.world import World, letter, make_world, text_of
from tests.systems.programs import find_program, free_port, greets, wait_until

SOAK = os.environ.get("KABINET_SOAK") == "1"
LETTERS = int(os.environ.get("KABINET_LETTERS", "0")) or (10_000 if SOAK else 1_000)
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


@contextmanager
def measured(name: str, seconds: dict[str, float]) -> Iterator[None]:
    """Put the CPU seconds of the block under ``name`` and its wall clock under ``<name>_wall``."""
    cpu, wall = time.process_time(), time.perf_counter()
    yield
    seconds[name] = time.process_time() - cpu
    seconds[f"{name}_wall"] = time.perf_counter() - wall


def rss() -> float:
    """Megabytes of this process in memory now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1024 / 1024


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


def ours(world: World, seconds: dict[str, float], stages: Stages) -> list[float]:
    """Publish and deliver to everybody; returns the memory before, between and after."""
    loaded = rescheduled(wiring.publication(SCHEDULE), world.now, world.now.replace(year=world.now.year + 1), world.now)
    memory = [rss()]
    with world.context() as context, stages.watching():
        with measured("publish", seconds):
            publish.run(context, loaded, world.now)
        memory.append(rss())
        with measured("deliver", seconds):
            while deliver.run(context, world.now, max(LETTERS // 5, 1)).counts.get("sent"):
                memory.append(rss())
    return memory


def watched() -> Stages:
    """The stages that a letter passes through, each with the functions that do it."""
    stages = Stages()
    stages.watch("draft", Writer, "letter")
    stages.watch("enqueue", letters, "enqueue_all")
    stages.watch("claim", sending, "claim_due", "due")
    stages.watch("claim", letters, "by_ids")
    stages.watch("ledger", sending, "mark_sending", "record_results")
    stages.watch("pace", pacing, "allowance", "learn")
    stages.watch("words", Renderer, "render")
    stages.watch("form", rendering, "_attachment")
    stages.watch("compose", rendering, "compose")
    stages.watch("copies", Spool, "ready", "sent", "failed")
    stages.watch("commit", Session, "commit")
    stages.watch_generator("socket", SmtpTransport, "send_all")
    return stages


def copies(world: World) -> list[bytes]:
    """The letters as they left."""
    return [path.read_bytes() for path in sorted(world.settings.outbox.glob("sent/*/*.eml"))]


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


def nodemailer(port: int, sample: EmailMessage, folder: Path) -> dict[str, float]:
    """Send letters with the words and the form of ``sample`` over nodemailer's pool, ten connections."""
    subprocess.run(["sh", str(PEER / "install.sh")], check=True)
    files = []
    for number, part in enumerate(sample.iter_attachments()):
        path, content = folder / f"file{number}", part.get_payload(decode=True)
        assert isinstance(content, bytes)
        path.write_bytes(content)
        files.append({"name": str(part.get_filename()), "path": str(path), "type": part.get_content_type()})
    page = sample.get_body(("html",))
    assert page is not None
    login = "spo100000"
    assert login in text_of(sample)
    job = {
        "port": port,
        "count": LETTERS,
        "connections": POOL,
        "from": "exchange@kabinet.test",
        "subject": str(sample["Subject"]).replace(login, "{login}"),
        "text": text_of(sample).replace(login, "{login}"),
        "html": str(page.get_content()).replace(login, "{login}"),
        "files": [{**file, "name": file["name"].replace(login, "{login}")} for file in files],
    }
    (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
    node = find_program("node", "Node.js")
    command = [node, str(PEER / "send.mjs"), str(folder / "job.json")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600)
    found: dict[str, float] = json.loads(done.stdout)
    assert found["sent"] == LETTERS, found
    return found


def told(seconds: dict[str, float], stages: Stages, peer: dict[str, float], contents: Sequence[bytes]) -> float:
    """Print the figures; returns how many times less CPU ours takes than nodemailer."""
    count, each = len(contents), 1000 / len(contents)
    total, wall = (sum(seconds[part + kind] for part in ("publish", "deliver")) for kind in ("", "_wall"))
    theirs = peer["cpuMs"] / count
    ratio = theirs / (total * each)
    print(f"letters: {count} of {sum(map(len, contents)) // count} bytes")
    print(f"load_average: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"ours_cpu_ms: {total * each:.3f}")
    for part in ("publish", "deliver", "bare"):
        print(f"{part}_cpu_ms: {seconds[part] * each:.3f}")
    print(f"nodemailer_cpu_ms: {theirs:.3f}")
    print(f"ratio: {ratio:.2f} (goal: {GOAL})")
    print(f"ratio_deliver_alone: {theirs / (seconds['deliver'] * each):.2f}")
    print(f"ratio_by_the_clock: {peer['wallMs'] / 1000 / wall:.2f}")
    rates = {
        "ours": wall,
        "deliver": seconds["deliver_wall"],
        "nodemailer": peer["wallMs"] / 1000,
        "bare": seconds["bare_wall"],
    }
    print("letters_per_second:", " ".join(f"{name} {count / taken:.0f}" for name, taken in rates.items()))
    for stage, spent in stages.spent():
        print(f"stage_{stage}_cpu_ms: {spent * each:.3f}")
    return ratio


def main() -> int:
    """Print figures as ``name: value``; 1 when the ratio misses the goal at full size."""
    logs.configure()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    seconds: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name, smtp_sink() as port:
        folder = Path(name)
        ours(world_of(folder / "warm", port, 50), {}, Stages())  # imports, statements and forms: once for everyone
        stages = watched()
        world = world_of(folder / "ours", port, LETTERS)
        memory = ours(world, seconds, stages)
        contents = copies(world)
        assert len(contents) == LETTERS, len(contents)
        with measured("bare", seconds):
            assert bare(port, contents, CONNECTIONS) == LETTERS
        peer = nodemailer(port, letter(contents[0]), folder)
    ratio = told(seconds, stages, peer, contents)
    print(f"rss_mb: {' '.join(f'{value:.0f}' for value in memory)}, nodemailer {peer['rssMb']:.0f}")
    return int(SOAK and ratio < GOAL)


if __name__ == "__main__":
    sys.exit(main())
