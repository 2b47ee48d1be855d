"""Trip distribution: masses of the zones and the cost between them give a first trip table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from traffic_core import require
from traffic_core.calibration.balancing import MARGIN_TOLERANCE, Balanced, balance
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Deterrence:
    """How the wish to travel falls with the cost c of the way: c ** power * exp(-c / scale).

    `power` 0 is the exponential function of Wilson (1967); any other is the combined function of Tanner (1961),
    Factors affecting the amount of travel, Road Research Technical Paper 51: above 0 it makes few very short trips.
    `scale` has the unit of the cost: of two equal zones, the one farther by it gets 37 % of the other's trips.
    """

    scale: float
    power: float = 0.0

    def __post_init__(self) -> None:
        require.positive("deterrence.scale", self.scale)
        require.between("deterrence.power", self.power, -5.0, 5.0)

    def of(self, cost: NDArray[np.float64]) -> NDArray[np.float64]:
        """Deterrence of each cost, 0 where there is no way (infinite cost)."""
        usable = np.isfinite(cost)
        if (cost[usable] < 0.0).any() or np.isnan(cost).any():
            at = tuple(int(place) for place in np.argwhere(np.isnan(cost) | (cost < 0.0))[0])
            raise InvalidValueError(f"cost{list(at)}", float(cost[at]), "must be a number of at least 0")
        if self.power < 0.0 and (cost[usable] == 0.0).any():
            raise InvalidValueError("cost", 0.0, "must be above 0 for a negative power")
        known = np.where(usable, cost, 0.0)
        return np.where(usable, known**self.power * np.exp(-known / self.scale), 0.0)


def gravity(
    production: NDArray[np.float64],
    attraction: NDArray[np.float64],
    cost: NDArray[np.float64],
    deterrence: Deterrence,
    *,
    tolerance: float = MARGIN_TOLERANCE,
) -> Balanced:
    """Doubly constrained gravity model: t[i, j] = a[i] b[j] p[i] q[j] f(c[i, j]), row sums p, column sums q.

    `production` and `attraction` (Z,) have the same sum; `cost` (Z, Z) is infinite where there is no way.  Trips inside
    a zone are not part of the table: its diagonal is 0.  Balanced until the largest margin error is `tolerance` of the
    total; the balance is unique (Evans 1973, Transportation Research 7, 39-61).

    Source: Wilson (1967), A statistical theory of spatial distribution models, Transportation Research 1, 253-269.

    Raises
    ------
    InvalidValueError
        As `balance` does, for instance where one zone holds more than half of all trips, which the others cannot take.
    """
    if cost.shape != (production.size, attraction.size):
        raise InvalidValueError("cost", cost.shape, f"must have the shape ({production.size}, {attraction.size})")
    seed = np.outer(production, attraction) * deterrence.of(cost)
    np.fill_diagonal(seed, 0.0)
    return balance(seed, production, attraction, tolerance=tolerance)


def mean_cost(trips: NDArray[np.float64], cost: NDArray[np.float64]) -> float:
    """Mean cost of a trip; the figure by which a deterrence is fitted to a survey."""
    used = trips > 0.0
    total = float(trips[used].sum())
    if total <= 0.0:
        raise InvalidValueError("trips", total, "must be above 0 in sum")
    return float((trips[used] * cost[used]).sum()) / total
