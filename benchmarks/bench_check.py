"""Read and check filled forms: Kabinet beside the loop that a user would write (pandas, pandera), and frictionless.

Run as ``PYTHONPATH=. .venv-bench/bin/python benchmarks/bench_check.py``; ``KABINET_SOAK=1`` for 2,000 forms. One core,
CPU time, all three in turn over the same batches, so that what else the machine does weighs on all alike. The peers see
a sample of the forms, spread evenly. A cell counts as found where the tool points at it, whatever it says of it.
"""

from __future__ import annotations

import os

os.environ["POLARS_MAX_THREADS"] = "1"  # before polars is imported: one core for everyone

import gc
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

from benchmarks.filled_forms import Filled, Place, filled_forms, schedule_form
from benchmarks.peers import frictionless_tables, pandas_pandera
from pipeline.forms.checking.check import check_batch
from pipeline.forms.definition.form import FormDefinition
from pipeline.forms.reading.read import read_workbook

SOAK = os.environ.get("KABINET_SOAK") == "1"
FORMS, BATCH, SAMPLE = (2_000, 250, 10) if SOAK else (500, 250, 20)
"""Forms in all and in a batch; how many of each batch the peers see."""
GOALS = {"pandas": 25, "frictionless": 15}
Check = Callable[[Sequence[Filled]], list[set[Place]]]


@dataclass
class Score:
    """What a tool did so far: CPU seconds, forms seen, and how it took their cells."""

    name: str
    check: Check
    seconds: float = 0.0
    forms: int = 0
    wrong: int = 0
    found: int = 0
    invented: int = 0

    def run(self, forms: Sequence[Filled]) -> None:
        """Check ``forms`` and count."""
        start = time.process_time()
        answers = self.check(forms)
        self.seconds += time.process_time() - start
        for form, answer in zip(forms, answers, strict=True):
            self.forms += 1
            self.wrong += len(form.wrong)
            self.found += len(answer & form.wrong.keys())
            self.invented += len(answer - form.wrong.keys())

    @property
    def milliseconds(self) -> float:
        """CPU time of a form."""
        return self.seconds / self.forms * 1_000

    def show(self) -> None:
        """Print the figures."""
        print(f"check.{self.name}.forms: {self.forms}")
        print(f"check.{self.name}.cpu_ms_a_form: {self.milliseconds:.2f}")
        print(f"check.{self.name}.wrong_cells_found: {self.found} of {self.wrong}")
        print(f"check.{self.name}.wrong_cells_missed: {self.wrong - self.found}")
        print(f"check.{self.name}.wrong_cells_invented: {self.invented}")


class Kabinet:
    """Our own reader and check, with the two measured apart."""

    def __init__(self, form: FormDefinition) -> None:
        self._form = form
        self.reading = self.checking = 0.0

    def __call__(self, forms: Sequence[Filled]) -> list[set[Place]]:
        """Return the wrong cells of each form."""
        start = time.process_time()
        books = [read_workbook(filled.data) for filled in forms]
        middle = time.process_time()
        verdicts = check_batch(self._form, books)
        self.reading += middle - start
        self.checking += time.process_time() - middle
        return [{(item.sheet or "", item.cell or "") for item in verdict.findings} for verdict in verdicts]


def one_by_one(check: Callable[[bytes], set[Place]]) -> Check:
    """A tool that takes a workbook at a time."""
    return lambda forms: [check(filled.data) for filled in forms]


def main() -> int:
    """Print the figures; 1 when a goal is missed."""
    warnings.simplefilter("ignore")  # the peers' own advice
    form = schedule_form()
    ours = Kabinet(form)
    kabinet = Score("kabinet", ours)
    peers = [
        Score("pandas", one_by_one(pandas_pandera.checker(form))),
        Score("frictionless", one_by_one(frictionless_tables.checker(form))),
    ]
    stream = filled_forms(form, FORMS)
    warm_up = list(filled_forms(form, 2, seed=1))
    for score in (kabinet, *peers):
        score.check(warm_up)  # first-time costs are nobody's
    ours.reading = ours.checking = 0.0
    gc.collect()
    gc.freeze()  # what all the imports left is not looked through again during anyone's turn
    cells = 0
    while batch := list(islice(stream, BATCH)):
        cells += sum(filled.cells for filled in batch)
        kabinet.run(batch)
        for peer in peers:
            peer.run(batch[:: max(1, len(batch) // SAMPLE)][:SAMPLE])
    print(f"check.dirty_share: {kabinet.wrong / cells:.4f}")
    for score in (kabinet, *peers):
        score.show()
    print(f"check.kabinet.read_ms: {ours.reading / kabinet.forms * 1_000:.2f}")
    print(f"check.kabinet.check_ms: {ours.checking / kabinet.forms * 1_000:.2f}")
    exact = kabinet.found == kabinet.wrong and not kabinet.invented
    ratios = {peer.name: peer.milliseconds / kabinet.milliseconds for peer in peers}
    for name, ratio in ratios.items():
        print(f"check.ratio.{name}: {ratio:.1f} (goal {GOALS[name]})")
    print(f"check.load: {os.getloadavg()[0]:.1f}")
    return 0 if exact and all(ratios[name] >= goal for name, goal in GOALS.items()) else 1


if __name__ == "__main__":
    sys.exit(main())
