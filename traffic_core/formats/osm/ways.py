"""Which OpenStreetMap ways cars drive on, in which directions, and how they are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from traffic_core.formats.osm.defaults import ROAD_CLASS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from traffic_core.formats.imported import Warnings

    Tags = Mapping[str, str]

ACCESS_KEYS = ("motorcar", "motor_vehicle", "vehicle", "access")
"""The more special key decides."""
OPEN_VALUES = frozenset(
    {"yes", "designated", "permissive", "destination", "customers", "official", "public", "unknown"}
)
SERVICE_LEFT_OUT = frozenset({"parking_aisle", "driveway", "drive-through", "emergency_access", "bus", "busway"})
"""Service roads of these kinds serve one property; the others, such as alleys, stay."""
BOTH_WAYS_UNSURE = frozenset({"reversible", "alternating"})
ROUNDABOUT_VALUES = frozenset({"roundabout", "circular"})


def refusal(tags: Tags) -> str | None:
    """Why a way with the key `highway` is no street of the network; None for a street, empty for what never was one."""
    highway = tags["highway"]
    if tags.get("area") == "yes":
        return ""
    if highway not in ROAD_CLASS:
        return "way of unknown road class left out" if highway == "road" else ""
    if highway == "service" and tags.get("service") in SERVICE_LEFT_OUT:
        return "service road of one property left out"
    if not open_to_cars(tags):
        return "way closed to cars left out"
    return None


def open_to_cars(tags: Tags) -> bool:
    """Whether the most special access key lets some cars pass; without any the way is open.

    Values for a chosen group only, such as private, agricultural, delivery or permit, count as closed.
    """
    for key in ACCESS_KEYS:
        if key in tags:
            return any(value.strip() in OPEN_VALUES for value in tags[key].split(";"))
    return True


def directions(tags: Tags, way: str, warnings: Warnings) -> tuple[bool, bool]:
    """Whether cars drive along the way and against it.  Motorways and roundabouts are one-way if no tag says else."""
    oneway = tags.get("oneway", "")
    if oneway in {"yes", "true", "1"}:
        return True, False
    if oneway in {"-1", "reverse"}:
        return False, True
    if oneway in BOTH_WAYS_UNSURE:
        warnings.add("one-way in changing direction taken as open both ways", way)
        return True, True
    if oneway not in {"", "no", "false", "0"}:
        warnings.add("oneway not understood, taken as open both ways", f"{way}: oneway={oneway}")
        return True, True
    implied = not oneway and (tags["highway"] == "motorway" or is_roundabout(tags))
    return True, not implied


def is_roundabout(tags: Tags) -> bool:
    """Whether the way is part of a roundabout."""
    return tags.get("junction") in ROUNDABOUT_VALUES


def street_name(tags: Tags) -> str:
    """Name, else number, else kind of road: never empty."""
    return " ".join((tags.get("name") or tags.get("ref") or tags["highway"]).split()) or tags["highway"]


def warn_of_conditions(tags: Tags, way: str, warnings: Warnings) -> None:
    """Count tags that change a street by hour or vehicle and are kept aside only."""
    if any(key.endswith(":conditional") for key in tags):
        warnings.add("condition by hour or vehicle kept aside", way)
