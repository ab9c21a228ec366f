"""Russian titles in Latin letters: permanent ids are made of them."""

from __future__ import annotations

import re

from pipeline.forms.workbooks.values import normalise

_SPELLED = "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh shch - y - e yu ya"
_LATIN = dict(zip("абвгдеёжзийклмнопрстуфхцчшщъыьэюя", _SPELLED.split(), strict=True)) | {"ъ": "", "ь": ""}


def latin(words: str) -> str:
    """``words`` in lower case Latin letters, digits and underscores: «Дата 1й курс» → ``data_1y_kurs``; may be ""."""
    spelled = "".join(_LATIN.get(letter, letter) for letter in normalise(words).casefold())
    return re.sub(r"[^a-z0-9]+", "_", spelled).strip("_")
