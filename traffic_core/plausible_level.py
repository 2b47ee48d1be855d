"""Free places that a reading implies, and the one capacity they are computed and judged with.

The quality gate judges this level and the state of the car parks takes it over, so both must derive it alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from traffic_core.readings import Quality

if TYPE_CHECKING:
    from traffic_core.readings import OccupancyReading

SAME_CAPACITY_SHARE = 0.10
"""A reported capacity this close to the model's tells of the same building, less some bays that are not in use."""


def believed_capacity_veh(model_veh: int | None, reported_veh: int | None) -> int | None:
    """The capacity a feed reports; None where it is 0, which means unknown, or too far from the model's."""
    if not reported_veh:
        return None
    if model_veh and abs(reported_veh - model_veh) > SAME_CAPACITY_SHARE * model_veh:
        return None
    return reported_veh


def capacity_in_force_veh(model_veh: int | None, believed_veh: int | None) -> int | None:
    """The model's capacity; the one its feed reports where the model knows none."""
    return model_veh or believed_veh or None


def implied_free_veh(
    reading: OccupancyReading, model_veh: int | None, believed_veh: int | None, last_veh: int | None
) -> int | None:
    """Free places that a reading implies, as computed: perhaps outside 0 to the capacity; None where it tells none.

    Free places as told; else the smaller of both capacities less the occupied; else `last_veh`, the level before,
    less the entries and plus the exits since.
    """
    if reading.quality is Quality.UNKNOWN:
        return None
    if reading.free_veh is not None:
        return reading.free_veh
    if reading.occupied_veh is not None:
        known_veh = [capacity_veh for capacity_veh in (model_veh, believed_veh) if capacity_veh]
        return min(known_veh) - reading.occupied_veh if known_veh else None
    if last_veh is None or (reading.entered_veh is None and reading.left_veh is None):
        return None
    return last_veh - (reading.entered_veh or 0) + (reading.left_veh or 0)


def tells_level(reading: OccupancyReading) -> bool:
    """Whether a reading tells how many places are free or occupied, and not only who came and went."""
    told = reading.free_veh is not None or reading.occupied_veh is not None
    return told and reading.quality is not Quality.UNKNOWN


def within_veh(level_veh: int, capacity_veh: int | None) -> int:
    """The nearest possible number of free places."""
    return max(0, level_veh if capacity_veh is None else min(level_veh, capacity_veh))
