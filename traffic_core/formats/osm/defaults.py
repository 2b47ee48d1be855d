"""Figures for OpenStreetMap roads whose tags do not say them.  Every use of one is counted or marked as assumed."""

from __future__ import annotations

from traffic_core.network import RoadClass

ROAD_CLASS = {
    "motorway": RoadClass.MOTORWAY,
    "trunk": RoadClass.TRUNK,
    "primary": RoadClass.PRIMARY,
    "secondary": RoadClass.SECONDARY,
    "tertiary": RoadClass.TERTIARY,
    "unclassified": RoadClass.RESIDENTIAL,
    "residential": RoadClass.RESIDENTIAL,
    "living_street": RoadClass.RESIDENTIAL,
    "motorway_link": RoadClass.RAMP,
    "trunk_link": RoadClass.RAMP,
    "primary_link": RoadClass.RAMP,
    "secondary_link": RoadClass.RAMP,
    "tertiary_link": RoadClass.RAMP,
    "service": RoadClass.SERVICE,
}
"""Values of `highway` that cars drive on."""

RANK = {
    RoadClass.MOTORWAY: 0,
    RoadClass.TRUNK: 1,
    RoadClass.PRIMARY: 2,
    RoadClass.SECONDARY: 3,
    RoadClass.TERTIARY: 4,
    RoadClass.RAMP: 5,
    RoadClass.RESIDENTIAL: 6,
    RoadClass.SERVICE: 7,
}
"""Order of importance, for names of junctions and for right of way."""

SPEED_KM_H = {
    "motorway": 120.0,
    "trunk": 100.0,
    "primary": 50.0,
    "secondary": 50.0,
    "tertiary": 50.0,
    "unclassified": 50.0,
    "residential": 30.0,
    "living_street": 7.0,
    "motorway_link": 60.0,
    "trunk_link": 60.0,
    "primary_link": 50.0,
    "secondary_link": 50.0,
    "tertiary_link": 50.0,
    "service": 20.0,
}
"""Free speed by `highway` where no limit is tagged.  50 and 100 are the general limits inside and outside built-up
areas of § 3 StVO, 7 is walking speed (StVO, sign 325.1); the others are assumed."""

LANES = {"motorway": 2, "trunk": 2}
"""Lanes of one direction where none are tagged and the carriageway is one-way; 1 everywhere else.  Assumed."""

WALKING_KM_H = 7.0
UNLIMITED_KM_H = 130.0
"""Recommended speed where there is no limit (Autobahn-Richtgeschwindigkeits-Verordnung, § 1)."""

IMPLICIT_KM_H = {
    "DE:urban": 50.0,
    "DE:rural": 100.0,
    "DE:motorway": UNLIMITED_KM_H,
    "DE:bicycle_road": 30.0,
    "AT:urban": 50.0,
    "AT:rural": 100.0,
    "AT:trunk": 100.0,
    "AT:motorway": 130.0,
    "CH:urban": 50.0,
    "CH:rural": 80.0,
    "CH:trunk": 100.0,
    "CH:motorway": 120.0,
}
"""Limits that a country code implies (§ 3 StVO; § 20 StVO of Austria; Art. 4a VRV of Switzerland)."""

AREA_PER_SPACE_M2 = 25.0
"""Ground of one parking space with its share of the lanes, for an estimate kept aside.  Assumed."""

PARKING_KIND = {
    "underground": "garage",
    "multi-storey": "garage",
    "garage": "garage",
    "garage_boxes": "garage",
    "street_side": "on_street",
    "lane": "on_street",
    "on_kerb": "on_street",
    "half_on_kerb": "on_street",
    "shoulder": "on_street",
    "surface": "surface",
    "rooftop": "surface",
    "layby": "on_street",
    "yes": "surface",
    "": "surface",
}
"""Values of `parking`; others are not for cars, such as `cycle`.  `park_ride` goes before this table."""
