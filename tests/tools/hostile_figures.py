"""Read one file in a process of its own and print what it took: ``reason milliseconds megabytes`` (processor, peak).

``python -m tests.tools.hostile_figures FILE``; the reading is the strict reader's, what it imports is not counted.
"""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path

from pipeline.forms.reading.read import (
    UnreadableWorkbook,
    read_workbook,
)


def peak() -> int:
    """The most memory that this process had at once, in kilobytes."""
    found = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1])


def main() -> None:
    data = Path(sys.argv[1]).read_bytes()
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew; ru_maxrss would be that of our parent
    before = peak()
    started = time.process_time()
    try:
        read_workbook(data)
        reason = "read"
    except UnreadableWorkbook as error:
        reason = error.reason
    spent = time.process_time() - started
    taken = peak() - before
    print(reason, round(spent * 1000), taken // 1024)


if __name__ == "__main__":
    main()
