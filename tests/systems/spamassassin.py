"""SpamAssassin as Debian packages it, local rules only: what they say of messages, with no network, no memory and no
credit for coming from this machine."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.systems.programs import find_program

_PREFERENCES = """\
use_bayes 0
use_auto_whitelist 0
use_razor2 0
use_pyzor 0
dns_available no
score ALL_TRUSTED 0
clear_headers
add_header all Status "score=_SCORE_ tests=_TESTSSCORES(,)_"
"""
_STATUS = re.compile(r"^X-Spam-Status: score=(-?[\d.]+) tests=((?:.*)(?:\n[ \t].*)*)", re.MULTILINE)


@dataclass(frozen=True)
class Score:
    """What one message scored, and for what."""

    points: float
    rules: str


def scores(folder: Path, messages: Mapping[str, bytes]) -> dict[str, Score]:
    """Return the score of every message by its name; one run of the program for all, in ``folder``."""
    program = find_program("spamassassin", "SpamAssassin")
    preferences = folder / "user_prefs"
    preferences.write_text(_PREFERENCES, encoding="ascii")
    names = sorted(messages)
    paths = [folder / f"{number:04}.eml" for number in range(len(names))]
    for name, path in zip(names, paths, strict=True):
        path.write_bytes(messages[name])
    done = subprocess.run(
        [program, "--local", "--test-mode", "--prefs-file", str(preferences), *map(str, paths)],
        capture_output=True,
        timeout=240,
        check=True,
        cwd=folder,
        env={"HOME": str(folder), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"},
    )
    found = _STATUS.findall(done.stdout.decode("utf-8", "replace").replace("\r\n", "\n"))
    if len(found) != len(names):
        raise AssertionError(f"{len(found)} verdicts on {len(names)} messages: {done.stderr.decode()[-500:]}")
    return {
        name: Score(float(points), " ".join(rules.split())) for name, (points, rules) in zip(names, found, strict=True)
    }
