"""Try the finished example of a how-to: apply its diff to a copy of the tree, count it, test it, throw the copy away.

Run as ``python scripts/try_howto.py rule-kind`` (or several names, or none for all of ``docs/howto``). The how-to says
under «Try it» what may be spent and what must pass; see docs/howto/README.md. With ``--keep DIR`` the copy stays in
DIR as a git repository, so that a diff that no longer applies can be repaired there.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOWTOS = ROOT / "docs" / "howto"
_LEFT_OUT = {"var", "build", "dist", "outbox"}
"""What a copy of the tree does without, beside caches and environments: what runs have left."""
_LINE = re.compile(r"^- (Files|Lines|Generated|Tests): (.+)$", re.MULTILINE)
_TICKED = re.compile(r"`([^`]+)`")


class HowtoError(Exception):
    """The example does not hold; the text says why."""


@dataclass(frozen=True, slots=True)
class Howto:
    """What a how-to promises: the most files and added lines by hand (None: no limit), the commands that write the
    generated files, and the tests that must pass."""

    name: str
    files: int
    lines: int | None
    generated: tuple[str, ...]
    tests: tuple[str, ...]

    @property
    def diff(self) -> Path:
        """The finished example."""
        return HOWTOS / f"{self.name}.diff"


@dataclass(frozen=True, slots=True)
class Spent:
    """What an example costs by hand: its files, and the lines that it adds and removes."""

    files: tuple[str, ...]
    added: int
    removed: int


def read(name: str) -> Howto:
    """Return the promises of ``docs/howto/NAME.md``; raises HowtoError when it makes none."""
    path = HOWTOS / f"{name}.md"
    if not path.exists():
        raise HowtoError(f"there is no {path.name}")
    said = dict(_LINE.findall(path.read_text(encoding="utf-8")))
    if not {"Files", "Tests"} <= said.keys():
        raise HowtoError(f"{path.name} needs the lines «- Files: at most N» and «- Tests: `path`»")
    lines = _number(said["Lines"]) if "Lines" in said else None
    generated, tests = (tuple(_TICKED.findall(said.get(key, ""))) for key in ("Generated", "Tests"))
    return Howto(name, _number(said["Files"]), lines, generated, tests)


def spent(howto: Howto) -> Spent:
    """Count what is written by hand in the example; raises HowtoError when it is more than the how-to promises."""
    diff = howto.diff.read_text(encoding="utf-8")
    files = re.findall(r"^diff --git a/\S+ b/(\S+)$", diff, flags=re.MULTILINE)
    body = re.sub(r"^(?:---|\+\+\+) .*$", "", diff, flags=re.MULTILINE)
    added, removed = (len(re.findall(rf"^{sign}", body, flags=re.MULTILINE)) for sign in (r"\+", "-"))
    if len(files) > howto.files:
        raise HowtoError(f"{len(files)} files by hand, at most {howto.files} are promised: {', '.join(files)}")
    if howto.lines is not None and added > howto.lines:
        raise HowtoError(f"{added} lines by hand, at most {howto.lines} are promised")
    return Spent(tuple(files), added, removed)


def copy_tree(target: Path) -> None:
    """Copy the tree as it is now, uncommitted changes too."""
    caches = shutil.ignore_patterns(".*", "__pycache__", "node_modules")

    def ignored(folder: str, names: list[str]) -> set[str]:
        return caches(folder, names) | (_LEFT_OUT.intersection(names) if Path(folder) == ROOT else set())

    shutil.copytree(ROOT, target, ignore=ignored, dirs_exist_ok=True)
    (target / "outbox").mkdir(exist_ok=True)


def apply(howto: Howto, target: Path) -> None:
    """Apply the example to the copy in ``target``; raises HowtoError naming the files that it does not fit."""
    _run(target, ["git", "apply", "-C1", "--recount", str(howto.diff)], "the diff does not apply")


def prove(howto: Howto, target: Path, files: Sequence[str]) -> None:
    """Generate, lint and test in ``target``; raises HowtoError with what a command printed when it fails."""
    for command in howto.generated:
        program, *arguments = command.split()
        _run(target, [sys.executable if program == "python" else program, *arguments], f"{command} fails")
    written = [name for name in files if name.endswith(".py") and (target / name).exists()]
    if written:
        _run(target, [sys.executable, "-m", "ruff", "check", "--no-cache", *written], "ruff complains")
        _run(target, [sys.executable, "-m", "ruff", "format", "--no-cache", "--check", *written], "ruff would format")
    pytest = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *howto.tests]
    _run(target, pytest, "the tests fail")


def _run(where: Path, command: Sequence[str], failed: str) -> None:
    # The copy comes first on the path: the package may be installed from the tree that was copied.
    environment = {**os.environ, "PYTHONPATH": str(where), "GIT_CEILING_DIRECTORIES": str(where.parent)}
    environment.pop("PYTEST_ADDOPTS", None)
    done = subprocess.run(command, cwd=where, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise HowtoError(f"{failed}:\n{(done.stdout + done.stderr).strip()}")


def _number(said: str) -> int:
    found = re.search(r"\d+", said)
    if found is None:
        raise HowtoError(f"no number in «{said}»")
    return int(found[0])


def _keep(howto: Howto, target: Path) -> None:
    """Leave a copy with the example in it, what does not fit beside it as ``*.rej``."""
    target.mkdir(parents=True)
    copy_tree(target)
    own = ["git", "-c", "user.name=howto", "-c", "user.email=howto@localhost"]
    for command in (["init", "-q"], ["add", "-A", "-f"], ["commit", "-q", "-m", "the tree without the example"]):
        _run(target, [*own, *command], "git fails")
    subprocess.run(["git", "apply", "--reject", "--recount", str(howto.diff)], cwd=target, check=False)  # noqa: S603, S607


def _try(howto: Howto) -> None:
    counted = spent(howto)
    with tempfile.TemporaryDirectory(prefix="kabinet-howto-") as folder:
        target = Path(folder).resolve() / "tree"
        copy_tree(target)
        apply(howto, target)
        prove(howto, target, counted.files)
    limit = "" if howto.lines is None else f" of {howto.lines}"
    print(f"{howto.name}: {len(counted.files)} of {howto.files} files by hand, {counted.added}{limit} lines added")
    for name in counted.files:
        print(f"  {name}")


def main(arguments: Sequence[str]) -> int:
    """Try the how-tos named; 1 when any does not hold."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("names", nargs="*", help="how-tos of docs/howto; all when none is named")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="leave the copy with the example in DIR and stop")
    options = parser.parse_args(arguments)
    names = options.names or sorted(path.stem for path in HOWTOS.glob("*.diff"))
    failed = False
    for name in names:
        try:
            howto = read(name)
            if options.keep:
                _keep(howto, options.keep)
            else:
                _try(howto)
        except HowtoError as error:
            failed = True
            print(f"{name}: {error}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
