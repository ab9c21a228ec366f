"""Pictures small enough to be kept with the documents."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path


def squeeze(path: Path, colours: int = 64) -> None:
    """Reduce the PNG at ``path`` to a palette, where Debian's ``pngquant`` is there; it stays as it is otherwise."""
    program = shutil.which("pngquant")
    if program is None:
        return
    command = [program, "--force", "--strip", "--speed", "1", "--nofs", "--output", str(path), str(colours), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
