"""Random numbers from a seed: the same everywhere and for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

_T = TypeVar("_T")
_MASK = (1 << 64) - 1


class SplitMix:
    """The generator splitmix64.  Source: Steele, Lea, Flood (2014), Fast splittable pseudorandom number generators."""

    def __init__(self, seed: int) -> None:
        self._state = seed & _MASK

    def next(self) -> int:
        """A whole number from 0 to 2^64 - 1."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & _MASK
        z = self._state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
        return z ^ (z >> 31)

    def between(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + (self.next() * (high - low + 1) >> 64)

    def choice(self, things: Sequence[_T]) -> _T:
        """One of several things."""
        return things[self.between(0, len(things) - 1)]

    def chance(self, percent: int) -> bool:
        """True in `percent` of 100 cases."""
        return self.between(0, 99) < percent
