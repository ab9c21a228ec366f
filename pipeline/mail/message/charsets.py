"""Bytes → text when the label is missing, unknown or wrong: what Russian and older mail programs really send.

Strict decoders come first; only what they refuse is guessed at: Japanese and Cyrillic by their letters, Latin by where
its letters are, the rest by charset-normalizer.
"""

from __future__ import annotations

import codecs
import logging
import re
from functools import lru_cache

from charset_normalizer import from_bytes

_ALIASES = {
    "ansi_x3.4-1968": "ascii",
    "cp-1251": "cp1251",
    "cp-866": "cp866",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso-8859-8-i": "iso-8859-8",
    "koi8r": "koi8-r",
    "ks_c_5601-1987": "cp949",
    "macintosh": "mac-roman",
    "unicode-1-1-utf-7": "utf-7",
    "unicode-1-1-utf-8": "utf-8",
    "utf8mb4": "utf-8",
    "win-1251": "cp1251",
    "windows1251": "cp1251",
    "x-cp1251": "cp1251",
    "x-gbk": "gb18030",
    "x-mac-cyrillic": "mac-cyrillic",
    "x-sjis": "cp932",
    "shift_jis": "cp932",
    "euc-kr": "cp949",
}
# These say less than they promise: much mail labelled so holds other letters in its upper half.
_VAGUE = {"ascii", "iso8859-1", "latin-1", "cp1252", "utf-7"}
_LATIN = {"ascii", "iso8859-1", "latin-1", "cp1252"}
_SINGLE_BYTE = {"cp1251", "koi8-r", "koi8-u", "cp866", "iso8859-5", "mac-cyrillic", "cp1250", "iso8859-2", "iso8859-15"}
_JAPANESE = {"iso2022_jp", "iso2022_jp_1", "iso2022_jp_2", "iso2022_jp_ext"}
_RAW_JAPANESE = ("cp932", "euc_jp")
_FEWEST_KANA = 2
_ESCAPE = re.compile(rb"\x1b(\$[@B]|\$\(D|\([BJI])")
_HIGH_WORD = re.compile(rb"[A-Za-z\x80-\xff]+")
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_ASCII_LETTER = re.compile(rb"[A-Za-z]")
_LONGEST_LATIN_RUN = 3
_LETTERS_AMONG_SIGNS = {0xAA, 0xB5, 0xBA}
_SIGNS = bytes(
    {0x80, 0x82, *range(0x84, 0x8A), 0x8B, *range(0x91, 0x9A), 0x9B, *range(0xA0, 0xC0), 0xD7, 0xF7}
    - _LETTERS_AMONG_SIGNS
)
# Signs that a text in any language may have: alone they say nothing of its letters.
_PLAIN_SIGNS = bytes(
    {*range(0x80), 0x80, 0x85, *range(0x91, 0x98), 0x99, 0xA0, 0xA3, 0xA7, 0xA9, 0xAB, 0xAE, 0xB0, 0xB1, 0xB7, 0xBB}
)
_FEW_LETTERS = 4
# Python's own notations, not charsets of mail: they raise where others replace, or take quadratic time.
_NO_CHARSETS = {"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "charmap", "mbcs", "oem"}
_CYRILLIC = ("cp1251", "koi8-r", "cp866")
_FREQUENT = frozenset("оеаинтсрвлкмдпуя")
# Pairs that Russian is full of: capitals of one charset are small letters of another, only the sense tells them apart.
_RUSSIAN_PAIRS = (
    "ст но то на ен ов ни ра во ко по пр ро ре ер от че ет сп ос ли ал ка та ть ор ва ны не ие ия го ом ри "
    "ол де те ел ти ит ск за до ам ас из об се ле ла ло ин ан ис мо ма ми ме да ди пе па пи рм св ве ви вы "
    "сх шк ур уч бр аз зо со сн ый ой ая ое ым их ых ем им ах ях ев ии ча щи ши жи жа ще ук ум ул ус ут тн "
    "чн сл вл дл тр др кр гр"
)
_PAIRS = frozenset(_RUSSIAN_PAIRS.split())
# Names in capitals are mostly these, and their letters follow no rule of the language: «МБОУ СОШ 3» is in koi8-r a
# word of small letters that reads no worse.
_ABBREVIATED = (
    "МБОУ МАОУ МКОУ МОУ ГБОУ ГАОУ ГКОУ ГОУ ГБПОУ ГАПОУ КГБПОУ КГАПОУ КГБОУ ОГБПОУ ОГАПОУ ФГБОУ ФГАОУ "
    "ФГКОУ ЧОУ НОУ АНО ДОУ МДОУ МБДОУ МАДОУ СОШ ООШ НОШ СШ ОШ ЦО УВК ВПР СПО ВПО ЕГЭ ОГЭ ГИА ГВЭ НИКО "
    "ШНОР РФ МО УО РОНО ООО ОАО ПАО ИП ФИО ИНН КПП ОКПО ОО ОУ РЦОИ ФИС ОКО КДН ГТО ФГОС "
)
_ABBREVIATIONS = frozenset(_ABBREVIATED.split())
_CAPITALS = re.compile("[А-ЯЁ]{2,7}")
# Letters of KOI8-U beside others: the same bytes are frames of boxes in KOI8-R.
_UKRAINIAN = re.compile(rb"[\xc0-\xff][\xa4\xa6\xa7\xad]|[\xa4\xa6\xa7\xad][\xc0-\xff]")
_GUESSED_FROM = 20_000  # bytes: more does not change a guess and costs time
logging.getLogger("charset_normalizer").setLevel(logging.WARNING)


@lru_cache(maxsize=256)
def codec(charset: str) -> str | None:
    """Return Python's name of a declared charset (``cp-1251`` → ``cp1251``), or None for one that does not exist."""
    name = charset.strip().strip("\"'").lower()
    try:
        found = codecs.lookup(_ALIASES.get(name, name))
        if found.name.replace("-", "_") in _NO_CHARSETS:
            return None
        return found.name if isinstance(b"a".decode(found.name), str) else None
    except (LookupError, ValueError, TypeError):
        return None


def decode(data: bytes, charset: str | None = None, hints: tuple[str, ...] = ()) -> str:
    """Return ``data`` as text: by ``charset`` when it fits, else by guessing with ``hints`` (other charsets in sight).

    Never raises; what nothing can read keeps its readable part, with U+FFFD for the rest.
    """
    if data.isascii() and b"\x1b" not in data and charset is None:
        return data.decode("ascii")
    declared = codec(charset) if charset else None
    if declared in _JAPANESE and b"\x1b" in data:
        return _iso_2022_jp(data)
    if declared in _SINGLE_BYTE and (text := _utf_8(data)) is not None:  # a gateway changed the bytes, not the label
        return text
    if declared and declared not in _VAGUE:
        try:
            return data.decode(declared)
        except ValueError:
            mended = data.decode(declared, "replace")
            if mended.count("\ufffd") * 50 < len(mended):  # a cut or damaged text, not another charset
                return mended
    elif declared == "utf-7" and b"+" in data and data.isascii():
        try:
            return data.decode("utf-7")
        except ValueError:
            pass
    return guess(data, (declared, *hints) if declared else hints, labelled=declared in _LATIN)


def guess(data: bytes, hints: tuple[str, ...] = (), *, labelled: bool = False) -> str:
    """Return ``data`` as text when its charset is not known. Never raises.

    ``labelled``: it is said to be Latin, which counts unless its words are of other letters (M38).
    """
    if b"\x1b$" in data or b"\x1b(" in data:
        return _iso_2022_jp(data)
    if (text := _utf_8(data)) is not None:
        return text
    best = _best(data[:_GUESSED_FROM], hints, labelled=labelled)
    return data.decode(best, "replace")


def _utf_8(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except ValueError:
        return None


def _iso_2022_jp(data: bytes) -> str:
    """Mail programs put signs into ISO-2022-JP that the standard has not (CP50220): read as EUC, which has them."""
    try:
        return data.decode("iso2022_jp")
    except ValueError:
        pieces = _ESCAPE.split(data)
        return pieces[0].decode("ascii", "replace") + "".join(
            _escaped(mark, piece) for mark, piece in zip(pieces[1::2], pieces[2::2], strict=True)
        )


def _escaped(mark: bytes, piece: bytes) -> str:
    if mark in (b"(B", b"(J"):
        return piece.decode("cp932", "replace")
    raised = bytes(byte | 0x80 if byte > 0x20 else byte for byte in piece)
    return raised.decode("cp932" if mark == b"(I" else "euc_jis_2004", "replace")


def _best(sample: bytes, hints: tuple[str, ...], *, labelled: bool = False) -> str:
    if japanese := next((name for name in _RAW_JAPANESE if _reads_as_japanese(sample, name)), ""):
        return japanese
    hinted = [name for name in dict.fromkeys(map(codec, hints)) if name and name not in _VAGUE and name != "utf-8"]
    latin, other = _kinds_of_words(sample)
    if latin >= other and (labelled or (latin and not other and not hinted)):
        return "cp1252" if _decodes(sample, "cp1252") else "latin-1"
    if not hinted and not latin + other and not sample.translate(None, _PLAIN_SIGNS):
        return "cp1252"
    scores = {name: _cyrillic_score(sample, name) for name in _CYRILLIC}
    best = max(_CYRILLIC, key=lambda name: (scores[name], name in hinted))
    if labelled and other <= _FEW_LETTERS and not _knows_russian(sample.decode(best, "replace")):
        return "cp1252" if _decodes(sample, "cp1252") else "latin-1"
    foreign = next((name for name in hinted if name not in _CYRILLIC and _reads_as_words(sample, name)), None)
    if scores[best] > (1.2 if foreign else 0.6):
        return "koi8-u" if best == "koi8-r" and _UKRAINIAN.search(sample) else best
    for name in hinted:
        try:
            sample.decode(name)
        except ValueError:
            continue
        return name
    if _looks_latin(sample):
        return "cp1252" if _decodes(sample, "cp1252") else "latin-1"
    if sum(byte >= 0x80 for byte in sample) >= 8 and (match := from_bytes(sample).best()):
        return match.encoding
    return best if scores[best] > 0.3 else "latin-1"


def _knows_russian(text: str) -> bool:
    """Whether a few letters are an abbreviation that we know, or hold a pair that Russian is full of."""
    if any(word in _ABBREVIATIONS for word in _CAPITALS.findall(text)):
        return True
    folded = text.lower()
    return any(folded[at : at + 2] in _PAIRS for at in range(len(folded) - 1))


def _kinds_of_words(sample: bytes) -> tuple[int, int]:
    """How many bytes of the upper half are in words beside ASCII letters, and in words of their own.

    Signs like the no-break space, £ and © are neither, nor are letters alone.
    """
    latin = other = 0
    for word in _HIGH_WORD.findall(sample):
        letters = word.translate(None, _SIGNS)
        high = sum(byte >= 0x80 for byte in letters)
        if not high:
            continue
        longest = max(map(len, _HIGH_RUN.findall(word)))
        if longest > _LONGEST_LATIN_RUN or (len(word) > 1 and not _ASCII_LETTER.search(word)):
            other += high
        elif _ASCII_LETTER.search(word):
            latin += high
    return latin, other


def _reads_as_japanese(sample: bytes, name: str) -> bool:
    """Whether ``sample`` is full of kana in charset ``name``; one letter may be cut at its end."""
    for cut in (len(sample), len(sample) - 1):
        try:
            high = [letter for letter in sample[:cut].decode(name) if ord(letter) >= 0x80]
        except ValueError:
            continue
        kana = sum("\u3041" <= letter <= "\u30fe" for letter in high)
        narrow = sum("\uff61" <= letter <= "\uff9f" for letter in high)
        return kana >= _FEWEST_KANA and kana * 4 >= len(high) and narrow * 10 <= len(high)
    return False


def _decodes(sample: bytes, name: str) -> bool:
    try:
        sample.decode(name)
    except ValueError:
        return False
    return True


def _cyrillic_score(sample: bytes, name: str) -> float:
    """How much the upper half of ``sample`` reads as Russian in charset ``name``: about 0 to 2.

    Frequent letters speak for it; a capital after a small letter, box drawing and signs inside words against it.
    """
    score, seen, pairs, before = 0.0, 0, 0, " "
    text = sample.decode(name, "replace")
    for letter in text:
        if ord(letter) < 0x80:
            if letter.isalpha() and "а" <= before.lower() <= "я":
                score -= 1
            before = letter
            continue
        seen += 1
        small = letter.lower()
        if "а" <= small <= "я" or small == "ё":
            score += 1.0 if small in _FREQUENT else 0.6
            if letter != small and ("а" <= before <= "я"):
                score -= 1.6
            if before.isascii() and before.isalpha():
                score -= 1
            pairs += before.lower() + small in _PAIRS
        elif letter not in "№«»–—… \xa0“”„’":
            score -= 1.5
        before = letter
    if not seen:
        return 0.0
    known = sum(len(word) for word in _CAPITALS.findall(text) if word in _ABBREVIATIONS)
    return (score + (pairs + known) * 0.6) / seen


def _reads_as_words(sample: bytes, name: str) -> bool:
    """Whether ``sample`` is letters throughout in charset ``name``."""
    if not _decodes(sample, name):
        return False
    high = [letter for letter in sample.decode(name) if ord(letter) >= 0x80]
    return bool(high) and all(letter.isalpha() for letter in high)


def _looks_latin(sample: bytes) -> bool:
    """Whether bytes of the upper half mostly stand alone among ASCII letters, as in «Résumé»."""
    alone = high = 0
    for index, byte in enumerate(sample):
        if byte < 0x80:
            continue
        high += 1
        around = sample[max(index - 1, 0) : index] + sample[index + 1 : index + 2]
        alone += any(chr(near).isalpha() for near in around if near < 0x80)
    return alone * 10 >= high * 7
