"""Write the golden letters anew: ``python -m tests.golden.letters --overwrite``; then read the difference in git."""

from __future__ import annotations

import sys

from tests.factories.letters import SAMPLES, renderer
from tests.golden.letters import FOLDER, golden


def main(arguments: list[str]) -> int:
    """Overwrite all golden letters when told so; returns the exit code."""
    if arguments != ["--overwrite"]:
        sys.stderr.write("usage: python -m tests.golden.letters --overwrite\n")
        return 2
    letters = renderer()
    for old in FOLDER.glob("*.txt"):
        old.unlink()
    for name, sample in SAMPLES.items():
        rendered = letters.render(sample.kind, sample.data)
        (FOLDER / f"{name}.txt").write_text(golden(rendered), encoding="utf-8")
    sys.stdout.write(f"{len(SAMPLES)} letters written to {FOLDER}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
