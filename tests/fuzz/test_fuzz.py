"""What fuzzing found stays found, and a little of it runs each time (M9, M19).

In ``make soak`` it is ten minutes a target, or ``KABINET_FUZZ_SECONDS``.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.fuzz.targets import FOUND, TARGETS

KEPT = sorted(str(path.relative_to(FOUND)) for path in FOUND.rglob("*") if path.is_file() and path.name != "README.md")
SECONDS = int(os.environ.get("KABINET_FUZZ_SECONDS", "600"))


@pytest.mark.parametrize("name", KEPT)
def test_what_was_found_once_stays_found(name: str) -> None:
    started = time.process_time()
    TARGETS[name.partition("/")[0]].check((FOUND / name).read_bytes())
    assert time.process_time() - started < 10


@pytest.mark.parametrize("target", TARGETS)
def test_every_seed_keeps_the_promise(target: str) -> None:
    seeds = TARGETS[target].seeds()
    assert seeds
    for data in seeds:
        TARGETS[target].check(data)


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("target", TARGETS)
def test_coverage_leads_to_no_exception(target: str, soak: bool, tmp_path: Path) -> None:
    """Findings are written to ``found/``; the seed is printed so that a run can be repeated."""
    if importlib.util.find_spec("atheris") is None:
        pytest.skip("atheris has wheels for Linux on x86-64 only")
    seconds = SECONDS if soak else 3
    command = [sys.executable, "-m", "tests.fuzz", target, "--seconds", str(seconds)]
    command += ["--seed", "0"] if soak else ["--seed", "20210830", "--into", str(tmp_path)]
    place = os.environ | {"TMPDIR": str(tmp_path)}  # libFuzzer ends the process: nothing of it would tidy up
    # A shell stands between: Linux counts the peak of memory on over exec, and libFuzzer would take ours for its own.
    command = ["sh", "-c", '"$@"; exit $?', "sh", *command]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False, env=place)
    told = done.stdout + done.stderr
    figures = re.findall(r"seed \d+|stat::number_of_executed_units: \d+|#\d+\s+DONE\s+cov: \d+", told)
    print(target, *figures)
    assert done.returncode == 0, told[-6000:]
    assert any("executed_units" in figure for figure in figures), told[-2000:]
