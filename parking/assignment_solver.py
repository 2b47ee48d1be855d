"""The assignment kernel behind a check of its input."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from traffic_core.errors import InvalidValueError
from traffic_core.kernels.transport import UNLIMITED, least_prices, transport

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

MOST_VEH = 1_000_000


def assign(
    cost_s: NDArray[np.float64], demand_veh: NDArray[np.int64], supply_veh: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Least-cost flows and prices; the last column takes whatever is left.

    cost_s : (I, J) generalised cost, s, the sink last
    demand_veh : (I,) drivers of each cell
    supply_veh : (J - 1,) places of each facility
    Returns flows (I, J) and prices (J,): what one more place saves, s (see `traffic_core.kernels.transport`).

    Raises
    ------
    InvalidValueError
        Where a cost is not finite or negative, a count is negative, or shapes do not fit.
    """
    if cost_s.ndim != 2 or cost_s.shape != (demand_veh.size, supply_veh.size + 1):
        raise InvalidValueError("cost_s.shape", cost_s.shape, f"must be {(demand_veh.size, supply_veh.size + 1)}")
    if not np.isfinite(cost_s).all() or (cost_s < 0).any():
        raise InvalidValueError("cost_s", "an entry", "must be finite and at least 0")
    demand = whole_counts("demand_veh", demand_veh)
    supply = np.append(whole_counts("supply_veh", supply_veh), UNLIMITED)
    cost_s = cost_s.astype(np.float64, order="C", copy=True)
    flow, price_s = transport(cost_s, demand, supply)
    return flow, least_prices(cost_s, flow, price_s)


def whole_counts(field: str, counts: ArrayLike) -> NDArray[np.int64]:
    """Vehicle counts as a new array of whole numbers.  Raises `InvalidValueError` for NaN, negatives and fractions."""
    values = np.asarray(counts)
    if values.ndim != 1 or values.dtype.kind not in "iuf":
        raise InvalidValueError(field, values.dtype.name, "must be one row of numbers")
    wrong = ~(np.isfinite(values) & (values >= 0) & (values <= MOST_VEH) & (values == np.floor(values)))
    if wrong.any():
        place = int(np.argmax(wrong))
        raise InvalidValueError(
            f"{field}[{place}]", values[place].item(), f"must be a whole number from 0 to {MOST_VEH}"
        )
    return values.astype(np.int64, order="C", copy=True)
