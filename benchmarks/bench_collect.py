"""Collect, classify and check replies of 30 KB from Dovecot, beside the sum of what cannot be spared, in one run.

The floors see the same messages: imaplib's FETCH of 200 UIDs a call; the standard library's parser, with the workbook
decoded; reading and checking the workbooks alone. CPU time of this process, so what Dovecot uses counts for nobody.
Beside it a mixed mailbox: 70 % good, 12 % faulty, 6 % drafts, 4 % bounces, 4 % automatic, 2 % commands, 2 % junk.
Run as ``PYTHONPATH=. .venv/bin/python benchmarks/bench_collect.py``; ``KABINET_SOAK=1`` for 5,000 replies.
"""

from __future__ import annotations

import os

os.environ["POLARS_MAX_THREADS"] = "1"  # before polars is imported: one core for everyone

import cProfile
import imaplib
import pstats
import smtplib
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from email import message_from_bytes
from multiprocessing import get_context
from pathlib import Path

import structlog

from benchmarks.measuring import measured, rss
from pipeline import logs
from pipeline.forms.checking.check import check_batch
from pipeline.forms.definition.form import FormDefinition
from pipeline.forms.reading.read import read_workbook
from pipeline.model import Publication
from pipeline.outbox import SmtpSettings
from pipeline.steps import check, collect
from pipeline.steps.base.context import Context
from pipeline.steps.letters.rendering import form_of
from tests.factories.mixture import mixture
from tests.factories.replies import Reply, organisations, publish_to, replies
from tests.functional.statements import counting
from tests.functional.world import World, make_world
from tests.systems.dovecot import PASSWORD, Dovecot, run_dovecot

SOAK = os.environ.get("KABINET_SOAK") == "1"
REPLIES, BATCH, SIZE = (5_000 if SOAK else 300), 200, 30_000
GOAL_RATIO, GOAL_MIXED, GOAL_RATE = 1.5, 2.0, 300
NOWHERE = SmtpSettings("127.0.0.1", 1, None, None, "none", 1)


def fetch_all(dovecot: Dovecot, address: str) -> int:
    """Fetch every message with imaplib, 200 a call; returns the bytes."""
    client = imaplib.IMAP4("127.0.0.1", dovecot.imap_port)
    client.login(address, PASSWORD)
    client.select("INBOX", readonly=True)
    _, (found,) = client.uid("SEARCH", "ALL")
    uids = found.decode().split()
    total = 0
    for start in range(0, len(uids), 200):
        _, answers = client.uid("FETCH", f"{uids[start]}:{uids[min(start + 199, len(uids) - 1)]}", "(BODY.PEEK[])")
        total += sum(len(answer[1]) for answer in answers if isinstance(answer, tuple))
    client.logout()
    return total


def parse_all(messages: Sequence[Reply]) -> int:
    """Parse with the standard library and decode the workbook of each."""
    total = 0
    for reply in messages:
        for part in message_from_bytes(reply.content).walk():
            if part.get_content_maintype() == "application":
                payload = part.get_payload(decode=True)
                total += len(payload) if isinstance(payload, bytes) else 0
    return total


def check_all(form: FormDefinition, messages: Sequence[Reply]) -> int:
    """Read and check the workbooks alone; returns how many were accepted."""
    accepted = 0
    for start in range(0, len(messages), BATCH):
        books = [read_workbook(reply.workbook) for reply in messages[start : start + BATCH] if reply.workbook]
        accepted += sum(checked.outcome.is_accepted for checked in check_batch(form, books))
    return accepted


def ours(world: World, seconds: dict[str, float]) -> list[float]:
    """Collect and check everything; returns the memory after each batch."""
    memory: list[float] = []
    with world.context() as context:
        with measured("collect", seconds):
            collect.run(context, world.now)
        memory.append(rss())
        with measured("check", seconds):
            while check.run(context, world.now, BATCH).counts:
                memory.append(rss())
    return memory


def _worker(world: World) -> int:
    with world.context() as context:
        return check.run(context, world.now).counts.get("receipts", 0)


def on_two_cores(world: World, seconds: dict[str, float]) -> None:
    """Collect, then check in two processes, as two workers of the project do; wall clock with warm workers."""
    with ProcessPoolExecutor(2, mp_context=get_context("spawn"), initializer=_quiet) as pool:
        list(pool.map(_worker, [world] * 2))  # imports and forms are loaded
        started = time.perf_counter()
        with world.context() as context:
            collect.run(context, world.now)
        seconds["two_collect_wall"] = time.perf_counter() - started
        done = sum(pool.map(_worker, [world] * 2))
        seconds["two_wall"] = time.perf_counter() - started
    assert done == REPLIES, done


def made(
    folder: Path, dovecot: Dovecot, name: str, write: Callable[..., Iterator[Reply]] = replies
) -> tuple[World, list[Reply], FormDefinition]:
    """A published collection and a reply of each organisation in the exchange mailbox."""
    world = make_world(folder / name, NOWHERE, dovecot.settings(f"exchange.{name}@kabinet.test"))
    with world.context() as context:
        logins = organisations(REPLIES)
        publication = publish_to(context, logins, world.now)
        found = list(write(context, publication, logins, world.now, size=SIZE))
        form = _form(context, publication)
    _deliver(dovecot, world.settings.address, found)
    return world, found, form


def _form(context: Context, publication: Publication) -> FormDefinition:
    assert publication.collection is not None
    with context.store.reading() as session:
        return form_of(session, publication.collection.form_id, publication.collection.form_version)


def _deliver(dovecot: Dovecot, address: str, found: Sequence[Reply]) -> None:
    with smtplib.LMTP("127.0.0.1", dovecot.lmtp_port, local_hostname="localhost") as lmtp:
        for reply in found:
            lmtp.sendmail(reply.login.addresses[0], [address], reply.content)


def _quiet() -> None:
    logs.configure()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))


def profiled(action: Callable[..., list[float]], *arguments: object) -> list[float]:
    """Do it; with KABINET_PROFILE=1 print where the time goes (and do not believe the ratio)."""
    if os.environ.get("KABINET_PROFILE") != "1":
        return action(*arguments)
    with cProfile.Profile() as profile:
        done = action(*arguments)
    pstats.Stats(profile).sort_stats("cumtime").print_stats("pipeline", 60)
    pstats.Stats(profile).sort_stats("tottime").print_stats(45)
    return done


def mixed(folder: Path, dovecot: Dovecot) -> float:
    """Return how many times its floors collecting and checking a mixed mailbox takes, and print what it asks."""
    seconds: dict[str, float] = {}
    world, found, form = made(folder, dovecot, "mixed", mixture)
    with measured("fetch", seconds):
        fetch_all(dovecot, world.settings.address)
    with measured("parse", seconds):
        parse_all(found)
    with measured("workbooks", seconds):
        check_all(form, found)
    with counting() as statements:
        ours(world, seconds)
    floors = seconds["fetch"] + seconds["parse"] + seconds["workbooks"]
    total = seconds["collect"] + seconds["check"]
    print(f"mixed_sql_statements: {len(statements)} for {len(found)} messages")
    print(f"mixed_cpu_ms: {total / len(found) * 1000:.2f}")
    print(f"mixed_ratio: {total / floors:.2f} (goal: {GOAL_MIXED})")
    return total / floors


def main() -> int:
    """Print figures as ``name: value``; 1 when the ratio is beyond the goal at full size."""
    _quiet()
    seconds: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name:
        for dovecot in run_dovecot():
            world, found, form = made(Path(name), dovecot, "one")
            check_all(form, found[:2])  # imports, expressions: once for everyone
            with measured("fetch", seconds):
                octets = fetch_all(dovecot, world.settings.address)
            with measured("parse", seconds):
                parse_all(found)
            with measured("workbooks", seconds):
                accepted = check_all(form, found)
            memory = profiled(ours, world, seconds)
            other, _, _ = made(Path(name), dovecot, "two")
            on_two_cores(other, seconds)
            mixed_ratio = mixed(Path(name), dovecot)
    floors = seconds["fetch"] + seconds["parse"] + seconds["workbooks"]
    total = seconds["collect"] + seconds["check"]
    print(f"replies: {len(found)} of {octets // len(found)} bytes, accepted {accepted}")
    print(f"load_average: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    for part in ("fetch", "parse", "workbooks", "collect", "check"):
        print(f"{part}_cpu_ms: {seconds[part] / len(found) * 1000:.2f}")
    print(f"floors_cpu_ms: {floors / len(found) * 1000:.2f}")
    print(f"ours_cpu_ms: {total / len(found) * 1000:.2f}")
    print(f"ratio: {total / floors:.2f} (goal: {GOAL_RATIO})")
    print(f"replies_per_cpu_second: {len(found) / total:.0f}")
    print(f"replies_per_second_one_process: {len(found) / (seconds['collect_wall'] + seconds['check_wall']):.0f}")
    print(f"replies_per_second_two_workers: {len(found) / seconds['two_wall']:.0f} (goal: {GOAL_RATE})")
    print(f"rss_mb_after_each_batch: {' '.join(f'{value:.0f}' for value in memory[:: max(1, len(memory) // 10)])}")
    return int(SOAK and (total / floors > GOAL_RATIO or mixed_ratio > GOAL_MIXED))


if __name__ == "__main__":
    sys.exit(main())
