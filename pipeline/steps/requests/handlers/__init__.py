"""What is done for each command. A file is found by being in this folder; ``handles`` says for which command it is.

``ENTRIES`` is complete as soon as this package is imported.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from pipeline.steps.requests.registry import ENTRIES

__all__ = ["ENTRIES"]

for _file in iter_modules(__path__):
    import_module(f"{__name__}.{_file.name}")
