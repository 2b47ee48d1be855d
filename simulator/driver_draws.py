"""How patient a driver to a car park is, how long he stays, whether counters see him: numbers of his own.

They do not depend on the order of arrival.  A driver who is sent elsewhere, or comes later, therefore changes neither
the patience nor the stay nor the counting of those behind him: two runs with the same seed that differ in one sign stay
comparable driver by driver.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from simulator.trip_schedule import entity_hash, uniforms, unit_exponential

MEAN_PATIENCE_S = 120.0
_STAY, _FIRST_PATIENCE = 0, 1
"""Pairs of random numbers of a driver."""


class Manner(NamedTuple):
    """What a driver brings along to an entry."""

    patience_s: float
    """How long he waits for a place."""
    stay: float
    """Of the unit exponential distribution: see `garage_flow.time_until_s`."""
    seen_in: float
    """Of [0, 1): the counter at the entry misses him where this is below its share of misses."""
    seen_out: float
    """The same at the exit."""


class DriverDraws:
    """Draws by number of the trip; the same for the same seed and number in every order."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._entity = np.array([entity_hash("driver at car parks")], dtype=np.uint64)

    def manner(self, trip: int, attempt: int) -> Manner:
        """Of a trip at its entry number `attempt`, from 0; the stay is the same at all of them."""
        (patience, seen_in), (stay, seen_out) = self._pair(trip, _FIRST_PATIENCE + attempt), self._pair(trip, _STAY)
        return Manner(patience_s=MEAN_PATIENCE_S * patience, stay=stay, seen_in=seen_in, seen_out=seen_out)

    def _pair(self, trip: int, pair: int) -> tuple[float, float]:
        """A number of the unit exponential distribution and one of [0, 1)."""
        number = np.array([trip], dtype=np.int64)
        first, second = uniforms(self._seed, self._entity, number, pair)
        return float(unit_exponential(first)[0]), float(second[0])
