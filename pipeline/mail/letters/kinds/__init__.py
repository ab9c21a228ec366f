"""The kinds of letters, one a module: what they say, in a dataclass. The words are in ``templates/letters/<kind>``.

Nothing here lists them: a module that is put into this folder is a kind.
"""

from __future__ import annotations

from pipeline.listed import modules_in
from pipeline.mail.letters.data import Example, LetterData


def letter_kinds() -> dict[str, type[LetterData]]:
    """Return the dataclass of every kind by the kind's name."""
    found: dict[str, type[LetterData]] = {}
    for module in modules_in(__name__):
        for item in vars(module).values():
            if isinstance(item, type) and issubclass(item, LetterData) and item.__module__ == module.__name__:
                found[item.kind] = item
    return found


def letter_examples() -> list[Example]:
    """Return the examples that kinds bring with them as ``EXAMPLES``."""
    return [example for module in modules_in(__name__) for example in getattr(module, "EXAMPLES", ())]
