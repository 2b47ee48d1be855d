"""What each way to a place costs drivers and the town, in seconds of driving, as far as it does not change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from parking.assignment_cells import candidates
from traffic_core.errors import InvalidValueError
from traffic_core.geometry import distance_m

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from parking.assignment_cells import Cell
    from parking.model import ParkingModel
    from parking.settings import CostSettings
    from parking.visitors import Visitors
    from traffic_core.geometry import LonLat

FORBIDDEN_S = 1.0e7
"""Cost of a facility that a sign cannot point to; above any sink."""


def fixed_costs_s(
    model: ParkingModel,
    cells: Sequence[Cell],
    costs: CostSettings,
    visitors: Visitors,
    drive_time_s: NDArray[np.float64] | None,
) -> NDArray[np.float64]:
    """Drive with its emissions, walk and fee (I, F + 1), s; the last column is the sink.

    A facility that is not on the sign, has no way to it or refuses the vehicle costs at least `FORBIDDEN_S`.
    """
    facilities = tuple(model.facilities.values())
    place = {facility.id: index for index, facility in enumerate(facilities)}
    sign_place = {sign_id: index for index, sign_id in enumerate(model.signs)}
    fees_s = [_fee_s(model.uses[facility.id].fee_eur_h, costs) for facility in facilities]
    centre = _district_centres(model) | dict(visitors.centres)
    driving = 1.0 + emission_share(costs)
    cost_s = np.full((len(cells), len(facilities) + 1), FORBIDDEN_S)
    cost_s[:, -1] = costs.sink_s
    for i, cell in enumerate(cells):
        sign = model.signs[cell.sign_id]
        for key in candidates(model, sign):
            if not visitors.takes(key, cell.vehicle_class):
                continue
            facility, f = model.facilities[key], place[key]
            drive_s = costs.detour_ratio * distance_m(sign.position, facility.position) / costs.drive_speed_m_s
            if drive_time_s is not None:
                drive_s = float(drive_time_s[sign_place[sign.id], f])
            walk_s = costs.detour_ratio * distance_m(facility.position, centre[cell.district]) / costs.walk_speed_m_s
            cost_s[i, f] = driving * drive_s + costs.walk_weight * walk_s + fees_s[f]
    cost_s[cost_s > FORBIDDEN_S] = FORBIDDEN_S
    return cost_s


def emission_share(costs: CostSettings) -> float:
    """Damage by the CO2 of one second of driving, in seconds of time."""
    eur_per_s = costs.drive_speed_m_s / 1_000.0 * costs.co2_g_km * 1e-6 * costs.co2_eur_t
    return costs.emission_weight * eur_per_s * 3_600.0 / costs.value_of_time_eur_h


def checked_times_s(model: ParkingModel, drive_time_s: NDArray[np.float64] | None) -> NDArray[np.float64] | None:
    """Driving times as they are.  Raises `InvalidValueError` for another shape, NaN or a negative time."""
    if drive_time_s is None:
        return None
    shape = (len(model.signs), len(model.facilities))
    if drive_time_s.shape != shape:
        raise InvalidValueError("drive_time_s.shape", drive_time_s.shape, f"must be {shape}: signs by facilities")
    if np.isnan(drive_time_s).any() or (drive_time_s < 0).any():
        raise InvalidValueError("drive_time_s", "an entry", "must be a number of at least 0, or infinite: no way")
    return drive_time_s


def _fee_s(fee_eur_h: float | None, costs: CostSettings) -> float:
    fee = costs.unknown_fee_eur_h if fee_eur_h is None else fee_eur_h
    return fee * costs.stay_h / costs.value_of_time_eur_h * 3_600.0


def _district_centres(model: ParkingModel) -> dict[str, LonLat]:
    """Mean position of each district's facilities: the best guess at where its visitors want to go."""
    positions: dict[str, list[LonLat]] = {}
    for facility in model.facilities.values():
        positions.setdefault(facility.district, []).append(facility.position)
    return {
        district: (sum(lon for lon, _ in points) / len(points), sum(lat for _, lat in points) / len(points))
        for district, points in positions.items()
    }
