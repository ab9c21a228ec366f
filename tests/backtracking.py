"""Whether a pattern backtracks: by a finder from a package (regexploit), and by how its time grows with the text.

The finder knows more than can be tried, and overlooks much: alternatives that overlap, and a search that begins again
at every place. So each pattern is also given texts made from itself: a part of it repeated, and then something else.
"""

from __future__ import annotations

import os
import re
import signal
import time
import warnings
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice, pairwise
from math import inf, log2
from types import FrameType
from typing import Any, NoReturn

with warnings.catch_warnings():  # regexploit 1.0 is of 2021 and calls these modules by their old names, as we do here
    warnings.simplefilter("ignore", DeprecationWarning)
    import sre_compile
    import sre_constants
    import sre_parse

    from regexploit.ast.sre import SreOpParser  # type: ignore[import-untyped]
    from regexploit.redos import find  # type: ignore[import-untyped]

LONGEST = 200_000
SOAK = os.environ.get("KABINET_SOAK") == "1"
GROWTH = 2.5
"""Twice the text may cost at most so many times the processor time."""
_TINY, _SHORT, _MIDDLE, _LONG = 30, 1_500, 8_000, 25_000
_NOISE = 0.003  # seconds of processor time of which nothing can be told
_PATIENCE, _MORE_PATIENCE = 0.3, 2.0  # seconds of processor time for one try, and for one of the longest
_SUSPECT = 0.004  # seconds for a short text, five times as long for a tiny one
_ROUNDS = 6  # measured before a pattern is blamed
_DEAR = 0.006  # seconds for a long text: twice its length is tried then, the longest one with the full sizes only
_CLEARLY = 3  # times more than it may be: no noise does that
_TRIED = 2  # texts on which a pattern was slowest, tried with more; the slowest of all in full length
_MOST_PUMPS = 60
_REPEATED = (sre_constants.MAX_REPEAT, sre_constants.MIN_REPEAT, sre_constants.POSSESSIVE_REPEAT)
_SIGNS = " a0.а-,_\n@№\t:<\"'(A;=/+x)[]{}|\\*#%&!?~\x00\r"
_PUMPS = (
    " ",
    "\n",
    "\t",
    "a",
    "а",
    "0",
    "1, ",
    ".",
    "-",
    "@",
    "a@",
    "a ",
    "- ",
    "№",
    '"',
    "\\",
    "<",
    "=",
    "\r\n",
    "\n>",
)
_END = "\x00\n"  # what hardly any pattern goes on with
_CHARACTERS = (sre_constants.LITERAL, sre_constants.RANGE)

Text = str | bytes
Call = Callable[[Any], object]


class _TooLong(BaseException):
    """One try took longer than it may."""


@dataclass(frozen=True, slots=True)
class Attack:
    """``prefix``, then ``pump`` again and again, then something else, given to a pattern in one ``way``."""

    way: str
    prefix: str
    pump: str

    def text(self, length: int) -> str:
        """The text of about ``length`` characters."""
        return self.prefix + self.pump * max(1, (length - len(self.prefix)) // len(self.pump)) + _END


def attacks_found(pattern: Text, flags: int = 0) -> list[str]:
    """Return the attacks that regexploit finds: time beyond the square of the length."""
    tree = _Reader().parse_sre(pattern, flags)
    return [found.example() for found in find(tree)] if tree is not None else []


class _Reader(SreOpParser):  # type: ignore[misc]
    """Since Python 3.11 a pattern may hold what never gives back. To regexploit its repeats are one repeat each."""

    _kept = 0

    def from_ATOMIC_GROUP(self, items: Any) -> Any:  # noqa: N802 - named by regexploit
        self._kept += 1
        kept = self.sequence_or_singleton(items)
        self._kept -= 1
        return kept

    def from_POSSESSIVE_REPEAT(self, repeat: Any) -> Any:  # noqa: N802 - as above
        return self.from_ATOMIC_GROUP([(sre_constants.MAX_REPEAT, repeat)])

    def from_MAX_REPEAT(self, data: Any) -> Any:  # noqa: N802 - as above
        least, _, body = data
        return super().from_MAX_REPEAT((least, max(1, least), body) if self._kept else data)


def slow_on(pattern: re.Pattern[Any]) -> str:
    """Return on which text the time of ``pattern`` grows faster than it may, "" where none was found."""
    slowest: list[tuple[float, Attack]] = []
    for attack in _attacks(pattern):
        call, make = _call(pattern, attack.way), partial(_made, pattern, attack)
        if all(_spent(call, make(_TINY)) > 5 * _SUSPECT for _ in range(3)):
            return _told(pattern, attack)
        spent = _spent(call, make(_SHORT))
        if spent > _SUSPECT and grows(call, make, (_SHORT // 5, _SHORT)):
            return _told(pattern, attack)
        slowest.append((spent, attack))
    slowest.sort(key=lambda item: -item[0])
    for number, (_, attack) in enumerate(slowest[:_TRIED]):
        make = partial(_made, pattern, attack)
        if grows(_call(pattern, attack.way), make, (_SHORT, _MIDDLE) if number else (_SHORT, _LONG, LONGEST)):
            return _told(pattern, attack)
    return ""


def grows(call: Call, make: Callable[[int], Any], lengths: Sequence[int] = (_SHORT, _LONG, LONGEST)) -> bool:
    """Whether the time of ``call`` grows faster with the length of what ``make`` returns than it may.

    What seems to grow is measured again, the least of all counts: a busy machine makes nothing quicker. A short text is
    in the processor's cache, so on the way to a longer one only the square of the length is told.
    """
    spent = _spent(call, make(lengths[0]))
    for length, wanted in pairwise(lengths):
        longer = 2 * length if spent > _DEAR and not SOAK else wanted
        most = (longer / length) ** log2(GROWTH if longer > _LONG else 3)
        before, spent = spent, _spent(call, make(longer))
        if spent > max(_NOISE, before * most) and _outgrows(call, make(length), make(longer), most):
            return True
    return False


def _outgrows(call: Call, text: Any, longer: Any, most: float) -> bool:
    first = second = inf
    for _ in range(_ROUNDS):
        first, second = min(first, _spent(call, text)), min(second, _spent(call, longer))
        allowed = max(_NOISE, first * most)
        if second <= allowed:
            return False
        if second > _CLEARLY * allowed:
            break
    return True


def _spent(call: Call, text: Any) -> float:
    """Processor seconds of one call, or far more where it took longer than it may."""
    began = time.thread_time()
    try:
        with _patience(_MORE_PATIENCE if isinstance(text, str | bytes) and len(text) > _LONG else _PATIENCE):
            call(text)
    except _TooLong:
        return 1_000.0
    return time.thread_time() - began


@contextmanager
def _patience(seconds: float) -> Iterator[None]:
    """A pattern looks for signals while it backtracks. Processor time is counted, so a busy machine ends nothing."""

    def end(_signal: int, _frame: FrameType | None) -> NoReturn:
        raise _TooLong

    handler = signal.signal(signal.SIGPROF, end)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, handler)


def _call(pattern: re.Pattern[Any], way: str) -> Call:
    if way != "search":
        return partial(getattr(pattern, way))
    return lambda text: deque(pattern.finditer(text), maxlen=0)  # as sub, split and findall do


def _as(pattern: re.Pattern[Any], text: str) -> Text:
    return text.encode("latin-1", "replace") if isinstance(pattern.pattern, bytes) else text


def _attacks(pattern: re.Pattern[Any]) -> list[Attack]:
    own = _Maker(pattern).pumps()
    pumps = [*own, *(("", pump) for pump in _PUMPS if ("", pump) not in own)]
    return [Attack("search", *pump) for pump in pumps] + [Attack("fullmatch", *pump) for pump in own]


class _Maker:
    """Makes pumps from the parts of a pattern that may repeat, each with a prefix that leads there."""

    def __init__(self, pattern: re.Pattern[Any]) -> None:
        tree = sre_parse.parse(pattern.pattern, pattern.flags)
        self._state, self._items = tree.state, [tree[number] for number in range(len(tree))]
        self._as = partial(_as, pattern)

    def pumps(self) -> list[tuple[str, str]]:
        """Return (prefix, pump), the most telling first."""
        return list(islice(dict.fromkeys(self._repeats(self._items, "")), _MOST_PUMPS))

    def _repeats(self, items: Sequence[Any], prefix: str) -> Iterator[tuple[str, str]]:
        for number, (operation, value) in enumerate(items):
            if operation in _REPEATED:
                _, most, body = value
                if most >= 8:
                    yield from ((prefix, pump) for pump in self._examples(body)[:6] if pump)
                    yield from ((prefix, pump) for pump in self._with_what_follows(items[number : number + 5]))
                    yield from (
                        ("", before + pump)
                        for before in self._before(items[:number], prefix)
                        for pump in self._examples(body)[:3]
                    )
                yield from self._repeats(body, prefix)
            else:
                for part in _parts(operation, value):
                    yield from self._repeats(part, prefix)
            prefix += self._examples([(operation, value)])[0]

    def _before(self, items: Sequence[Any], prefix: str) -> list[str]:
        """What stands before a repeated part and may itself come again: the «a» of ``a\\w*b``."""
        return [before for before in dict.fromkeys((self._examples(items)[0], prefix)) if before]

    def _with_what_follows(self, items: Sequence[Any]) -> list[str]:
        """What begins with a repeated part and may begin again: «a-b» of ``[a-z]+-b.*``."""
        return [self._examples(items[:end])[-1] for end in range(2, len(items) + 1)]

    def _examples(self, items: Sequence[Any]) -> list[str]:
        """Texts that ``items`` match, looking behind and ahead left aside; the first one is the shortest."""
        made = [""]
        for operation, value in items:
            choices = self._choices(operation, value)
            made = [text + choice for text in made for choice in choices][:8]
        return list(dict.fromkeys(made))

    def _choices(self, operation: Any, value: Any) -> list[str]:
        if operation is sre_constants.LITERAL:
            return [chr(value)]
        if operation in (sre_constants.IN, sre_constants.NOT_LITERAL, sre_constants.ANY):
            return self._signs(operation, value)
        if operation in _REPEATED:
            least, _, body = value
            examples = self._examples(body)[:3]
            return [
                example * max(least, times) for times in ((0, 1) if least == 0 else (least,)) for example in examples
            ]
        if operation in (sre_constants.ASSERT, sre_constants.ASSERT_NOT):
            return [""]
        return [text for part in _parts(operation, value)[:6] for text in self._examples(part)[:4]] or [""]

    def _signs(self, operation: Any, value: Any) -> list[str]:
        sign = sre_compile.compile(sre_parse.SubPattern(self._state, [(operation, value)]), self._state.flags)
        if found := [each for each in _SIGNS if sign.fullmatch(self._as(each))][:4]:
            return found
        ends = (item if kind is sre_constants.LITERAL else item[0] for kind, item in value if kind in _CHARACTERS)
        return [chr(next(ends, ord("a")))]


def _parts(operation: Any, value: Any) -> list[Any]:
    """The sequences within a part of a pattern, one for each alternative."""
    if operation is sre_constants.BRANCH:
        return list(value[1])
    if operation is sre_constants.SUBPATTERN:
        return [value[3]]
    if operation in (sre_constants.ASSERT, sre_constants.ASSERT_NOT):
        return [value[1]]
    return [value] if operation is sre_constants.ATOMIC_GROUP else []


def _told(pattern: re.Pattern[Any], attack: Attack) -> str:
    shown = pattern.pattern if len(pattern.pattern) < 200 else pattern.pattern[:200]
    return f"{attack.way} of {shown!r} on {attack.prefix!r} + n * {attack.pump!r}"


def _made(pattern: re.Pattern[Any], attack: Attack, length: int) -> Text:
    return _as(pattern, attack.text(length))
