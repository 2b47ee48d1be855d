"""Speed limits of OpenStreetMap: numbers, miles, country codes, words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from traffic_core.formats.osm.defaults import IMPLICIT_KM_H, SPEED_KM_H, UNLIMITED_KM_H, WALKING_KM_H
from traffic_core.network import FASTEST_M_S, SLOWEST_M_S
from traffic_core.provenance import Confidence
from traffic_core.units import KM_H_PER_M_S

if TYPE_CHECKING:
    from traffic_core.formats.imported import Warnings
    from traffic_core.formats.osm.ways import Tags

KM_H_PER_MPH = 1.609344
LEAST_KM_H, MOST_KM_H = SLOWEST_M_S * KM_H_PER_M_S, FASTEST_M_S * KM_H_PER_M_S
"""What a link of the network can hold."""
INDIRECT_KEYS = ("maxspeed:type", "source:maxspeed", "zone:maxspeed", "zone:traffic")
"""Looked at in this order where `maxspeed` is missing."""
CHANGING = frozenset({"signals", "variable", "implicit", "sign", "default"})
"""Words that say how a limit is posted, and no number."""

_NUMBER = re.compile(r"(\d+(?:\.\d+)?)\s*(mph|km/h|kmh|kph)?")
_ZONE = re.compile(r"[A-Z]{2}:(?:zone:?)?(\d+)")
_CODE = re.compile(r"[A-Z]{2}:(\w+)")


def parse_speed_km_h(text: str) -> float | None:
    """Speed of one value of `maxspeed`, or None where it is not a usable speed."""
    text = text.strip()
    if text == "none":
        return UNLIMITED_KM_H
    if text == "walk":
        return WALKING_KM_H
    if text in IMPLICIT_KM_H:
        return IMPLICIT_KM_H[text]
    code = _CODE.fullmatch(text)
    if code and code.group(1) in {"living_street", "walk"}:
        return WALKING_KM_H
    zone = _ZONE.fullmatch(text)
    number = zone or _NUMBER.fullmatch(text)
    if number is None:
        return None
    speed_km_h = float(number.group(1)) * (KM_H_PER_MPH if not zone and number.group(2) == "mph" else 1.0)
    return speed_km_h if LEAST_KM_H <= speed_km_h <= MOST_KM_H else None


def free_speed_m_s(tags: Tags, way: str, warnings: Warnings, *, forward: bool) -> tuple[float, Confidence]:
    """Speed limit of one direction as free speed, and how it was found.

    A tagged number is an anchor, a limit that follows from a tag by law is derived, a value by class is estimated.
    """
    tagged = tags.get(f"maxspeed:{'forward' if forward else 'backward'}") or tags.get("maxspeed")
    if tagged:
        found = _tagged_km_h(tagged, way, warnings)
        if found is not None:
            numeric = tagged.strip()[:1].isdigit()
            return found / KM_H_PER_M_S, Confidence.ANCHOR if numeric else Confidence.DERIVED
        if tagged not in CHANGING:
            warnings.add("maxspeed not understood, speed taken from the road class", f"{way}: maxspeed={tagged}")
    for key in INDIRECT_KEYS:
        implied = parse_speed_km_h(tags[key]) if ":" in tags.get(key, "") else None
        if implied is not None:
            return implied / KM_H_PER_M_S, Confidence.DERIVED
    warnings.add("speed taken from the road class", way)
    return SPEED_KM_H[tags["highway"]] / KM_H_PER_M_S, Confidence.ESTIMATED


def _tagged_km_h(text: str, way: str, warnings: Warnings) -> float | None:
    """Lowest of the values between semicolons or bars; None where one of them is no speed."""
    parts = re.split(r"[;|]", text)
    speeds_km_h = [parse_speed_km_h(part) for part in parts]
    known = [speed for speed in speeds_km_h if speed is not None]
    if not known or len(known) < len(parts):
        return None
    if len(parts) > 1:
        warnings.add("several speed limits, the lowest taken", f"{way}: maxspeed={text}")
    return min(known)
