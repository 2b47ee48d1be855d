"""How fast cars go on an empty road where a file does not say it."""

from __future__ import annotations

from traffic_core.network import RoadClass

FREE_SPEED_KM_H = {
    RoadClass.MOTORWAY: 120.0,
    RoadClass.TRUNK: 100.0,
    RoadClass.PRIMARY: 50.0,
    RoadClass.SECONDARY: 50.0,
    RoadClass.TERTIARY: 50.0,
    RoadClass.RESIDENTIAL: 30.0,
    RoadClass.RAMP: 60.0,
    RoadClass.SERVICE: 20.0,
}
"""Free speed by road class; assumed.  OpenStreetMap's own classes are finer: `osm.defaults`."""
