"""How patient each driver to a car park is and how long he stays: numbers of his own, not of the order of arrival.

A driver who is sent elsewhere, or comes later, therefore changes neither the patience nor the stay of those behind him:
two runs with the same seed that differ in one sign stay comparable driver by driver.
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


class DriverDraws:
    """Draws by number of the trip; the same for the same seed and number in every order."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._entity = np.array([entity_hash("driver at car parks")], dtype=np.uint64)

    def manner(self, trip: int, attempt: int) -> Manner:
        """Of a trip at its entry number `attempt`, from 0; the stay is the same at all of them."""
        patience, stay = self._exponential(trip, _FIRST_PATIENCE + attempt), self._exponential(trip, _STAY)
        return Manner(patience_s=MEAN_PATIENCE_S * patience, stay=stay)

    def _exponential(self, trip: int, pair: int) -> float:
        number = np.array([trip], dtype=np.int64)
        return float(unit_exponential(uniforms(self._seed, self._entity, number, pair)[0])[0])
