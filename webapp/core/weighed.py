"""What a process remembers of large things that never change."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

V = TypeVar("V")


class Weighed(Generic[V]):
    """Reads a thing once and keeps it; what was unused longest is let go when all together weigh more than `most`.

    A number of things, as other caches count them, says nothing where one list has thirty lines and another a hundred thousand.
    The one asked for last is always kept. Several threads may ask."""

    def __init__(self, read: Callable[[int], V], weigh: Callable[[V], int], most: int) -> None:
        self._read = read
        self._weigh = weigh
        self._most = most
        self._kept: OrderedDict[int, tuple[V, int]] = OrderedDict()
        self._weight = 0
        self._lock = Lock()

    def __call__(self, key: int) -> V:
        """The thing with this id. raise: what reading it raises; then nothing is kept."""
        with self._lock:
            known = self._kept.get(key)
            if known is not None:
                self._kept.move_to_end(key)
                return known[0]
        made = self._read(key)
        with self._lock:
            if key not in self._kept:
                self._kept[key] = (made, self._weigh(made))
                self._weight += self._kept[key][1]
            while self._weight > self._most and len(self._kept) > 1:
                _key, (_value, weight) = self._kept.popitem(last=False)
                self._weight -= weight
        return made
