"""What every benchmark measures alike: processor time beside the clock, and memory."""

from __future__ import annotations

import mmap
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def measured(name: str, seconds: dict[str, float]) -> Iterator[None]:
    """Add the CPU seconds of the block to ``seconds[name]`` and its wall clock to ``<name>_wall``."""
    cpu, wall = time.process_time(), time.perf_counter()
    yield
    seconds[name] = seconds.get(name, 0.0) + time.process_time() - cpu
    seconds[f"{name}_wall"] = seconds.get(f"{name}_wall", 0.0) + time.perf_counter() - wall


def rss() -> float:
    """Megabytes of this process in memory now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1024 / 1024


def touch(octets: int) -> None:
    """Have the machine hand out so much memory and take it back.

    A virtual machine may give free pages back to its host within seconds, and then each page of a file costs a fault in
    the host when it is written: 0.15 ms for 67 KB. A server that has run for a day has no free pages to give back.
    """
    with mmap.mmap(-1, octets) as memory:
        for position in range(0, octets, resource.getpagesize()):
            memory[position] = 1
