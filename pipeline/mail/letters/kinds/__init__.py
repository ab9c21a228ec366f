"""The kinds of letters, one a module: what they say, in a dataclass. The words are in ``templates/letters/<kind>``.

Nothing here lists them: a module that is put into this folder is a kind.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from pipeline.mail.letters.data import LetterData


def letter_kinds() -> dict[str, type[LetterData]]:
    """Return the dataclass of every kind by the kind's name."""
    found: dict[str, type[LetterData]] = {}
    for module in iter_modules(__path__):
        loaded = import_module(f"{__name__}.{module.name}")
        for item in vars(loaded).values():
            if isinstance(item, type) and issubclass(item, LetterData) and item.__module__ == loaded.__name__:
                found[item.kind] = item
    return found
