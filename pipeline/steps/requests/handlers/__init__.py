"""What is done for each command. A file is found by being in this folder; ``handles`` says for which command it is.

``ENTRIES`` is complete as soon as this package is imported.
"""

from __future__ import annotations

from pipeline.listed import modules_in
from pipeline.steps.requests.registry import ENTRIES

__all__ = ["ENTRIES"]

for _ in modules_in(__name__):  # each enters its handlers as it is imported
    pass
