"""The child in which a message is judged that may kill whoever judges it (``wiring``, ``steps.check``).

It works for the owner that has claimed the message and ends with its parent: what it has not settled by then is taken
back like everything that the parent had claimed. The kernel ends it too, a little after its parent would.
"""

from __future__ import annotations

import json
import os
import pickle
import signal
import sys
import threading
import time
from dataclasses import replace

from pipeline import logs, private, wiring
from pipeline.steps import check

_LOOK_EVERY = 0.5  # seconds


def main() -> None:
    """Judge the receipt that standard input names; the last line of standard output are the counts as JSON."""
    private.begin()
    settings, owner, receipt_id, now, parent, seconds = pickle.load(sys.stdin.buffer)  # noqa: S301 - from our own parent
    signal.setitimer(signal.ITIMER_REAL, seconds + _LOOK_EVERY)  # a pattern that backtracks lets no thread look
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    logs.configure()
    with wiring.context(settings) as context:
        counts = check.run_claimed(replace(context, owner=owner), receipt_id, now)
    sys.stdout.write("\n" + json.dumps(counts))


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_EVERY)
    os._exit(1)


if __name__ == "__main__":
    main()
