"""Trip matrices of a planner's file as demand of a weekday."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from traffic_core.demand import HOURS, DayType, DemandCell, Purpose, ZoneKind
from traffic_core.errors import InvalidValueError
from traffic_core.formats.default_profile import SHARES
from traffic_core.provenance import Confidence, Provenance

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from traffic_core.demand import Zone
    from traffic_core.formats.imported import Warnings

WHOLE_DAY_H = 24.0


def weekday_factor(from_h: float | None, to_h: float | None) -> float:
    """Trips of a weekday over those between two times of the day, after the assumed profile; 1 where no time is stated.

    An hour counts with the part of it that lies between the times; they may lie around midnight, or beyond 24 h.
    """
    if from_h is None or to_h is None or (to_h - from_h) % WHOLE_DAY_H == 0.0:
        return 1.0
    start_h = from_h % WHOLE_DAY_H
    end_h = start_h + (to_h - from_h) % WHOLE_DAY_H
    shares = SHARES[DayType.WEEKDAY]
    hours = range(2 * HOURS)
    share = sum(shares[hour % HOURS] * max(0.0, min(end_h, hour + 1.0) - max(start_h, float(hour))) for hour in hours)
    return sum(shares) / share


def weekday_trips(
    trips: NDArray[np.float64], from_h: float | None, to_h: float | None, what: str, warnings: Warnings
) -> NDArray[np.float64]:
    """Trips of a weekday from those of a matrix; `what` names it in the warnings."""
    factor = weekday_factor(from_h, to_h)
    if from_h is None or to_h is None:
        warnings.add("time of the matrix not stated: taken as a weekday", what)
    elif factor != 1.0:
        hours = f"{from_h:g} to {to_h:g} h, times {factor:.2f}"
        warnings.add("matrix of a part of the day: brought to a weekday by the assumed profile", f"{what}: {hours}")
    return trips * factor


def cells_of_trips(
    trips: NDArray[np.float64], zones: Sequence[Zone], source: str, warnings: Warnings
) -> tuple[DemandCell, ...]:
    """Cells of a table (Z, Z) of vehicles of a weekday.  Trips between outside zones are through trips.

    What else people drive for is not in a matrix: the rest has the purpose `internal`, and with it the general profile.
    Raises `InvalidValueError` where the table is not one of the zones.
    """
    if trips.shape != (len(zones), len(zones)):
        raise InvalidValueError("trips", trips.shape, f"must be a table of {len(zones)} by {len(zones)} zones")
    provenance = Provenance(source=source, confidence=Confidence.ESTIMATED)
    cells: list[DemandCell] = []
    for row, column in np.argwhere(trips > 0.0).tolist():
        veh_24h, start, end = float(trips[row, column]), zones[row], zones[column]
        if row == column:
            warnings.add("trips inside a zone: left out", f"zone {start.id}: {veh_24h:g}")
            continue
        outside = start.kind is ZoneKind.OUTSIDE and end.kind is ZoneKind.OUTSIDE
        purpose = Purpose.THROUGH if outside else Purpose.INTERNAL
        cells.append(
            DemandCell(origin=start.id, destination=end.id, purpose=purpose, veh_24h=veh_24h, provenance=provenance)
        )
    return tuple(cells)
