"""Green bands of given offsets and travel times, by cutting the greens on one circle."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from signal_plans.coordination.arterial import Arterial


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """The widest band of one direction: `start_s` is when it passes each signal, in outbound order, modulo nothing."""

    width_s: float
    start_s: tuple[float, ...]

    @property
    def exists(self) -> bool:
        """Whether a vehicle gets through without a stop."""
        return self.width_s > 0.0


def bands(
    arterial: Arterial, offsets_s: Sequence[float], outbound_s: Sequence[float], inbound_s: Sequence[float]
) -> tuple[Band, Band]:
    """Widest outbound and inbound band.

    `offsets_s` holds the offset of each signal, `outbound_s` and `inbound_s` the travel time of each section, s.
    """
    outbound = [(signal.outbound.start_s, signal.outbound.length_s) for signal in arterial.signals]
    inbound = [(signal.inbound.start_s, signal.inbound.length_s) for signal in arterial.signals]
    arrive_s = list(accumulate(outbound_s, initial=0.0))
    return_s = list(accumulate((-time_s for time_s in inbound_s), initial=0.0))
    return (
        _band(outbound, offsets_s, arrive_s, arterial.cycle_s),
        _band(inbound, offsets_s, return_s, arterial.cycle_s),
    )


def _band(
    greens: Sequence[tuple[float, float]], offsets_s: Sequence[float], arrive_s: Sequence[float], cycle_s: int
) -> Band:
    """Cut the greens, each moved back by the time a vehicle needs to it from the first signal."""
    common = [(0.0, float(cycle_s))]
    for (start_s, length_s), offset_s, later_s in zip(greens, offsets_s, arrive_s, strict=True):
        first_s = (start_s + offset_s - later_s) % cycle_s
        pieces = [(first_s - cycle_s, first_s - cycle_s + length_s), (first_s, first_s + length_s)]
        common = [(max(low, a), min(high, b)) for low, high in common for a, b in pieces if min(high, b) > max(low, a)]
    low, width_s = _longest(common, cycle_s)
    return Band(width_s=width_s, start_s=tuple(low + later_s for later_s in arrive_s))


def _longest(pieces: list[tuple[float, float]], cycle_s: int) -> tuple[float, float]:
    """Start and length of the longest piece; one that ends with the cycle goes on with one that begins it."""
    pieces = sorted(pieces)
    if len(pieces) > 1 and pieces[0][0] <= 0.0 and pieces[-1][1] >= cycle_s:
        pieces = [*pieces[1:-1], (pieces[-1][0], pieces[0][1] + cycle_s)]
    low, high = max(pieces, key=lambda piece: (piece[1] - piece[0], -piece[0]), default=(0.0, 0.0))
    return low, high - low
