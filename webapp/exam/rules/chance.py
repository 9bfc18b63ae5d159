"""A reproducible stream of chance: HMAC-SHA256 in counter mode, no state outside the seed.

The same seed and label give the same numbers on every machine and in every Python, for ever:
a paper can be drawn again years later and compared with the one that was sat."""

import hmac
import struct
from collections.abc import Iterator, MutableSequence
from typing import TypeVar

T = TypeVar("T")

_EIGHT = struct.Struct(">8I")
_WORD = 1 << 32


class Chance:
    """Numbers drawn from `seed` (secret bytes) for one purpose, named by `label`.

    Streams of different labels are independent of each other."""

    def __init__(self, seed: bytes, label: str) -> None:
        self._seed = seed
        self._label = label.encode() + b"\x00"
        self._block = 0
        self._words: Iterator[int] = iter(())

    def _word(self) -> int:
        for word in self._words:
            return word
        message = self._label + self._block.to_bytes(8, "big")
        self._words = iter(_EIGHT.unpack(hmac.digest(self._seed, message, "sha256")))
        self._block += 1
        return next(self._words)

    def below(self, limit: int) -> int:
        """A whole number in [0, limit), every one equally likely (rejection sampling, so no number
        is favoured by a remainder). raise (ValueError): limit is not in 1 .. 2**32."""
        if not 1 <= limit <= _WORD:
            raise ValueError(f"limit {limit} is not in 1 .. 2**32")
        fair_end = _WORD - _WORD % limit
        while (word := self._word()) >= fair_end:
            pass
        return word % limit

    def shuffle(self, items: MutableSequence[T]) -> None:
        """Put `items` into a random order in place (Fisher and Yates, from the end)."""
        for last in range(len(items) - 1, 0, -1):
            other = self.below(last + 1)
            items[last], items[other] = items[other], items[last]
