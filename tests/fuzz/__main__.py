"""``python -m tests.fuzz TARGET [--seconds N] [--seed N] [--into DIR]``: libFuzzer over the readers, by Atheris.

Exit code 0: nothing was found. A crash, an exception, ten seconds for one input or a gigabyte are findings: the input
is written to ``--into`` (``tests/fuzz/found/TARGET`` when not told), where ``test_fuzz`` takes it up.
"""

from __future__ import annotations

import argparse
import logging
import random
import sys
import tempfile
import time
from pathlib import Path

import atheris  # type: ignore[import-untyped]  # it has no types
import structlog

SLOWEST = 10  # seconds of processor time for one input
HANGS = 300  # seconds by the clock: however busy the machine is, it hangs
LARGEST = 1024  # MB of the whole process
LONGEST = 60_000  # bytes of an input


def main() -> None:
    """Fuzz until the time is up or something is found. Never returns: libFuzzer ends the process."""
    arguments = _arguments()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    target_name = str(arguments.target)
    with atheris.instrument_imports(include=["pipeline.mail", "pipeline.forms"]):
        from tests.fuzz.targets import FOUND, TARGETS
    target = TARGETS[target_name]
    into = Path(arguments.into) if arguments.into else FOUND / target_name
    into.mkdir(parents=True, exist_ok=True)
    seeds = target.seeds()
    from tests.fuzz.mutations import mutated, spliced

    mutations = (*target.mutations, spliced(seeds))

    def mutator(data: bytes, max_size: int, seed: int) -> bytes:
        """Half of the changes know what a message is made of, the other half are libFuzzer's own."""
        chance = random.Random(seed)
        if chance.random() < 0.5:
            return bytes(atheris.Mutate(data, max_size))
        return mutated(data, chance, mutations, max_size)

    def check(data: bytes) -> None:
        started = time.process_time()
        target.check(data)
        assert time.process_time() - started < SLOWEST, "too slow"

    folder = tempfile.mkdtemp(prefix="kabinet-fuzz-")
    for number, data in enumerate(seeds):
        (Path(folder) / f"seed-{number}").write_bytes(data)
    seed = arguments.seed or int(time.time())
    print(
        f"fuzzing {target_name} for {arguments.seconds} s, seed {seed}, {len(seeds)} messages to begin with", flush=True
    )
    atheris.Setup(
        [
            sys.argv[0],
            folder,
            f"-max_total_time={arguments.seconds}",
            f"-seed={seed}",
            f"-timeout={HANGS}",
            f"-report_slow_units={HANGS}",
            f"-rss_limit_mb={LARGEST}",
            f"-max_len={LONGEST}",
            "-len_control=0",
            f"-artifact_prefix={into}/",
            "-print_final_stats=1",
            "-reload=0",
        ],
        check,
        custom_mutator=mutator,
    )
    atheris.Fuzz()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Fuzz the readers, led by coverage.")
    parser.add_argument("target", choices=("mail", "workbook"))
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--seed", type=int, default=0, help="0: by the clock; it is printed")
    parser.add_argument("--into", help="where findings go")
    return parser.parse_args()


if __name__ == "__main__":
    main()
