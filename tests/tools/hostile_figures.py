"""Read one file in a process of its own and print what it took: ``reason milliseconds megabytes`` (processor, peak).

``python -m tests.tools.hostile_figures FILE``; the reading is the strict reader's, what it imports is not counted.
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

from pipeline.forms.read import UnreadableWorkbook, read_workbook


def main() -> None:
    data = Path(sys.argv[1]).read_bytes()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    try:
        read_workbook(data)
        reason = "read"
    except UnreadableWorkbook as error:
        reason = error.reason
    spent = time.process_time() - started
    taken = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(reason, round(spent * 1000), taken // 1024)


if __name__ == "__main__":
    main()
