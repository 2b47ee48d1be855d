"""What one lane carries where a file does not say it."""

from __future__ import annotations

from traffic_core.network import RoadClass

CAPACITY_VEH_H_LANE = {
    RoadClass.MOTORWAY: 2_000.0,
    RoadClass.TRUNK: 2_000.0,
    RoadClass.PRIMARY: 1_800.0,
    RoadClass.SECONDARY: 1_800.0,
    RoadClass.TERTIARY: 1_500.0,
    RoadClass.RESIDENTIAL: 1_000.0,
    RoadClass.RAMP: 1_800.0,
    RoadClass.SERVICE: 600.0,
}
"""Capacity of one lane between junctions, veh/h; assumed, as in the shipped model.  Signals are not in it."""
