"""Make golden workbooks and their verdicts: ``python -m tests.golden.workbooks [--overwrite | --verdicts] [NAME…]``.

Without an option only what is missing is made. ``--verdicts`` writes the .json files again and leaves the workbooks;
``--overwrite`` makes the workbooks again too. Then read the difference in git: it is what senders would notice.
"""

from __future__ import annotations

import argparse
import sys

import pytest

from pipeline import wiring
from tests.golden.workbooks import FOLDER, expected_path, verdict, written
from tests.golden.workbooks.makers import AWKWARD


def main(arguments: list[str]) -> int:
    """Make what is asked for; return 0, or 1 where the program that makes a workbook is not installed."""
    parser = argparse.ArgumentParser(prog="python -m tests.golden.workbooks")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--overwrite", action="store_true", help="make workbooks and verdicts again")
    which.add_argument("--verdicts", action="store_true", help="write the verdicts again")
    parser.add_argument("names", nargs="*", metavar="NAME", help="these workbooks only")
    asked = parser.parse_args(arguments)
    unknown = set(asked.names) - set(AWKWARD)
    if unknown:
        parser.error(f"no such workbook: {', '.join(sorted(unknown))}")
    isolated = wiring.isolated()
    code = 0
    for name in asked.names or AWKWARD:
        path, expected = FOLDER / name, expected_path(name)
        if asked.overwrite or not path.exists():
            try:
                path.write_bytes(AWKWARD[name].make())
            except pytest.skip.Exception as missing:
                sys.stderr.write(f"{name}: {missing.msg}\n")
                code = 1
                continue
            sys.stdout.write(f"{name} made, {path.stat().st_size} bytes\n")
        if asked.overwrite or asked.verdicts or not expected.exists():
            expected.write_text(written(verdict(AWKWARD[name], path.read_bytes(), isolated)), encoding="utf-8")
            sys.stdout.write(f"{expected.name} written\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
