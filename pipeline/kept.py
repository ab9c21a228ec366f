"""The one policy of caches: what is made of things that never change is kept, bounded, the longest unused goes first.

``functools.lru_cache`` serves functions of a few small values. ``Kept`` serves the rest: where a key such as a hash
stands for what is large, or where results differ in weight. A cache never holds what the database may change; what a
unit of work has read is in the session (``store.base.unit``) and goes with it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


def _one(_: object) -> int:
    return 1


class Kept(Generic[Key, Value]):
    """Keeps values by key up to ``most`` in all, each counting what ``weight`` says of it (by default one).

    A single value heavier than ``most`` is made and returned, not kept.
    """

    def __init__(self, most: int, weight: Callable[[Value], int] = _one) -> None:
        self._most, self._weight = most, weight
        self._values: OrderedDict[Key, Value] = OrderedDict()
        self._total = 0
        self._lock = Lock()

    def get(self, key: Key, make: Callable[[], Value]) -> Value:
        """Return the value of ``key``, made now if it is not kept; what ``make`` raises goes through."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        value = make()
        self.put(key, value)
        return value

    def peek(self, key: Key) -> Value | None:
        """Return the value of ``key`` if it is kept, else None: for values that are read together."""
        with self._lock:
            if key not in self._values:
                return None
            self._values.move_to_end(key)
            return self._values[key]

    def put(self, key: Key, value: Value) -> None:
        """Keep ``value`` unless one of this key is kept already."""
        weight = self._weight(value)
        with self._lock:
            if weight <= self._most and key not in self._values:
                self._values[key] = value
                self._total += weight
                while self._total > self._most:
                    self._total -= self._weight(self._values.popitem(last=False)[1])

    def __len__(self) -> int:
        """How many values are kept."""
        return len(self._values)
