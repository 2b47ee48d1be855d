"""Road class after the name of a link type, or after speed and capacity."""

from __future__ import annotations

import re

from traffic_core.network import RoadClass
from traffic_core.units import KM_H_PER_M_S

_WORDS = (
    (RoadClass.RAMP, r"rampen?\b|\bramps?\b|_link|\blink\b|auffahrt|abfahrt|verbindungsfahrbahn"),
    (RoadClass.SERVICE, r"service|wirtschaftsweg|feldweg|parkplatz|betriebsweg"),
    (RoadClass.MOTORWAY, r"motorway|autobahn|\bbab\b|freeway"),
    (RoadClass.TRUNK, r"trunk|schnellstra|kraftfahrstra|expressway"),
    (RoadClass.TERTIARY, r"tertiary|kreisstra|sammelstra|collector|unclassified|gemeindeverbindung"),
    (RoadClass.PRIMARY, r"primary|bundesstra|hauptverkehr|fernstra"),
    (RoadClass.SECONDARY, r"secondary|landesstra|staatsstra|landstra|arterial|hauptstra"),
    (RoadClass.RESIDENTIAL, r"residential|living|wohn|anlieger|erschlie|gemeindestra|\blocal\b|tempo.?30"),
)
_PATTERNS = tuple((road_class, re.compile(words, re.IGNORECASE)) for road_class, words in _WORDS)


def class_by_name(name: str) -> RoadClass | None:
    """Class that a type's name speaks of in German or English, None where it speaks of none."""
    return next((road_class for road_class, words in _PATTERNS if words.search(name)), None)


def class_by_figures(speed_m_s: float | None, lane_capacity_veh_h: float | None) -> RoadClass:
    """Class guessed from free speed and capacity of a lane; tertiary where the file says neither."""
    speed_km_h = 50.0 if speed_m_s is None else speed_m_s * KM_H_PER_M_S
    capacity = 900.0 if lane_capacity_veh_h is None else lane_capacity_veh_h
    if speed_km_h >= 75.0:
        return RoadClass.MOTORWAY if speed_km_h >= 110.0 else RoadClass.PRIMARY
    if speed_km_h <= 35.0 or capacity < 600.0:
        return RoadClass.RESIDENTIAL
    return RoadClass.SECONDARY if capacity >= 1_200.0 else RoadClass.TERTIARY
