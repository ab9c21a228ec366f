"""Codes of regions and their names, as the tax service and the traffic police number them, former regions included.

A list from an office names its regions in either way, and a person reads «24, Красноярский край» sooner than «24».
"""

from __future__ import annotations

import re
from collections.abc import Mapping

NAMES: Mapping[str, str] = {
    "01": "Республика Адыгея",
    "02": "Республика Башкортостан",
    "03": "Республика Бурятия",
    "04": "Республика Алтай",
    "05": "Республика Дагестан",
    "06": "Республика Ингушетия",
    "07": "Кабардино-Балкарская Республика",
    "08": "Республика Калмыкия",
    "09": "Карачаево-Черкесская Республика",
    "10": "Республика Карелия",
    "11": "Республика Коми",
    "12": "Республика Марий Эл",
    "13": "Республика Мордовия",
    "14": "Республика Саха (Якутия)",
    "15": "Республика Северная Осетия — Алания",
    "16": "Республика Татарстан",
    "17": "Республика Тыва",
    "18": "Удмуртская Республика",
    "19": "Республика Хакасия",
    "20": "Чеченская Республика",
    "21": "Чувашская Республика",
    "22": "Алтайский край",
    "23": "Краснодарский край",
    "24": "Красноярский край",
    "25": "Приморский край",
    "26": "Ставропольский край",
    "27": "Хабаровский край",
    "28": "Амурская область",
    "29": "Архангельская область",
    "30": "Астраханская область",
    "31": "Белгородская область",
    "32": "Брянская область",
    "33": "Владимирская область",
    "34": "Волгоградская область",
    "35": "Вологодская область",
    "36": "Воронежская область",
    "37": "Ивановская область",
    "38": "Иркутская область",
    "39": "Калининградская область",
    "40": "Калужская область",
    "41": "Камчатский край",
    "42": "Кемеровская область",
    "43": "Кировская область",
    "44": "Костромская область",
    "45": "Курганская область",
    "46": "Курская область",
    "47": "Ленинградская область",
    "48": "Липецкая область",
    "49": "Магаданская область",
    "50": "Московская область",
    "51": "Мурманская область",
    "52": "Нижегородская область",
    "53": "Новгородская область",
    "54": "Новосибирская область",
    "55": "Омская область",
    "56": "Оренбургская область",
    "57": "Орловская область",
    "58": "Пензенская область",
    "59": "Пермский край",
    "60": "Псковская область",
    "61": "Ростовская область",
    "62": "Рязанская область",
    "63": "Самарская область",
    "64": "Саратовская область",
    "65": "Сахалинская область",
    "66": "Свердловская область",
    "67": "Смоленская область",
    "68": "Тамбовская область",
    "69": "Тверская область",
    "70": "Томская область",
    "71": "Тульская область",
    "72": "Тюменская область",
    "73": "Ульяновская область",
    "74": "Челябинская область",
    "75": "Забайкальский край",
    "76": "Ярославская область",
    "77": "Москва",
    "78": "Санкт-Петербург",
    "79": "Еврейская автономная область",
    "83": "Ненецкий автономный округ",
    "86": "Ханты-Мансийский автономный округ — Югра",
    "87": "Чукотский автономный округ",
    "89": "Ямало-Ненецкий автономный округ",
    "92": "Севастополь",
}
# Codes in use whose regions the directories do not number alike, or that are of the past: known, and without a name.
_UNNAMED = frozenset({"80", "81", "82", "84", "85", "88", "90", "91", "93", "94", "95", "99"})
_SMALL = frozenset({"г", "город", "республика", "область", "обл", "край", "автономная", "автономный", "округ", "ао"})


def _key(name: str) -> frozenset[str]:
    """The words of a name, in whatever order and with whatever marks between them."""
    return frozenset(re.findall(r"[а-я]+", name.casefold().replace("ё", "е")))


_BY_WORDS = {_key(name): code for code, name in NAMES.items()}
_BY_OWN_WORDS: dict[frozenset[str], list[str]] = {}
for _code, _name in NAMES.items():
    _BY_OWN_WORDS.setdefault(_key(_name) - _SMALL, []).append(_code)


def is_known(code: str) -> bool:
    """Whether ``code`` (two digits) is a region's, of today or of the past."""
    return code in NAMES or code in _UNNAMED


def name_of(code: str) -> str:
    """Return the name of a region, "" for one without."""
    return NAMES.get(code, "")


def read_region(written: str) -> str | None:
    """Return the code that a person wrote as digits («24», «5», «024») or as a name, or None. It may be unknown."""
    digits = re.fullmatch(r"0*([0-9]{1,2})", written.strip())
    if digits and int(digits[1]):
        return digits[1].zfill(2)
    words = _key(written)
    if (both := re.match(r"\A\s*([0-9]{1,2})\b\W*", written)) and (found := read_region(written[both.end() :])):
        return found if found == both[1].zfill(2) else None  # «24 — Красноярский край»
    if found := _BY_WORDS.get(words):
        return found
    own = _BY_OWN_WORDS.get(words - _SMALL, []) if words else []
    return own[0] if len(own) == 1 else None
