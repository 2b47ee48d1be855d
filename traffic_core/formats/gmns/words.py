"""Words and figures for GMNS folders of other programs: what texts mean, and what stands for what they do not say.

Words are compared in small letters, with blanks for hyphens and underscores.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from traffic_core.formats.osm.defaults import ROAD_CLASS
from traffic_core.network import Movement, NodeControl, RoadClass

if TYPE_CHECKING:
    from collections.abc import Iterable

    from traffic_core.tables import Row

MISSING = {"", "nan", "null", "none"}
"""Texts of an empty cell; the first two are the specification's."""

CLASS_OF = {
    **{word.replace("_", " "): road_class for word, road_class in ROAD_CLASS.items()},
    **dict.fromkeys(("freeway", "interstate", "highway"), RoadClass.MOTORWAY),
    **dict.fromkeys(("expressway", "highway/expressway"), RoadClass.TRUNK),
    **dict.fromkeys(("arterial", "major arterial", "principal arterial"), RoadClass.PRIMARY),
    "minor arterial": RoadClass.SECONDARY,
    **dict.fromkeys(("collector", "major collector", "minor collector"), RoadClass.TERTIARY),
    **dict.fromkeys(("local", "local road", "street"), RoadClass.RESIDENTIAL),
    **dict.fromkeys(("ramp", "on ramp", "off ramp"), RoadClass.RAMP),
    **dict.fromkeys(("connector", "centroid connector", "alley", "driveway"), RoadClass.SERVICE),
}
UNKNOWN_CLASS = RoadClass.TERTIARY
NOT_FOR_CARS = {
    *("bikeway", "cycleway", "footway", "sidewalk", "crosswalk", "path", "pedestrian", "steps", "bridleway"),
    *("railway", "rail", "subway", "light rail", "tram", "transit", "aeroway", "runway", "taxiway"),
}
"""Facility types that are no streets."""
USES_WITHOUT_CARS = {
    *("walk", "walking", "ped", "pedestrian", "pedestrians", "foot", "bike", "bikes", "bicycle", "cycle"),
    *("transit", "bus", "rail", "railway", "subway", "tram", "aeroway"),
}
"""A link or movement whose `allowed_uses` are all among these is not for cars."""

LANES = {RoadClass.MOTORWAY: 2, RoadClass.TRUNK: 2}
"""Lanes where the file says none; 1 everywhere else.  Assumed."""

CONTROL_OF = {
    **dict.fromkeys(("signal", "signals", "signalized", "traffic signal", "traffic signals"), NodeControl.SIGNAL),
    **dict.fromkeys(("signal with rtor", "signal actuated", "signal fixed"), NodeControl.SIGNAL),
    **dict.fromkeys(("stop", "stop 2 way", "stop 4 way", "2 way stop", "4 way stop", "yield"), NodeControl.GIVE_WAY),
    **dict.fromkeys(("two way stop", "all way stop", "give way", "priority"), NodeControl.GIVE_WAY),
    **dict.fromkeys(("roundabout", "mini roundabout"), NodeControl.ROUNDABOUT),
    **dict.fromkeys(("no control", "none", "uncontrolled", "0"), NodeControl.NONE),
    "gate": NodeControl.GATE,
    "grade separated": NodeControl.GRADE_SEPARATED,
}
MOVEMENT_OF = {
    **dict.fromkeys(("left", "l"), Movement.LEFT),
    **dict.fromkeys(("right", "r"), Movement.RIGHT),
    **dict.fromkeys(("thru", "through", "t", "straight"), Movement.THROUGH),
    **dict.fromkeys(("uturn", "u turn", "u"), Movement.U_TURN),
}

LENGTH_M = {
    **dict.fromkeys(("m", "meter", "meters", "metre", "metres"), 1.0),
    **dict.fromkeys(("km", "kilometer", "kilometers", "kilometre", "kilometres"), 1_000.0),
    **dict.fromkeys(("mi", "mile", "miles"), 1_609.344),
    **dict.fromkeys(("ft", "foot", "feet"), 0.3048),
}
SPEED_M_S = {
    **dict.fromkeys(("km/h", "kmh", "kph", "kmph", "kilometers per hour", "kilometres per hour"), 1.0 / 3.6),
    **dict.fromkeys(("mph", "mi/h", "miles per hour"), 0.44704),
    **dict.fromkeys(("m/s", "mps", "meters per second", "metres per second"), 1.0),
}

_WHOLE = re.compile(r"(\d+)\.0+")
_BETWEEN_USES = re.compile(r"[,;|/]")


def word(text: str) -> str:
    """A text as the tables above spell it."""
    return " ".join(text.casefold().replace("-", " ").replace("_", " ").split())


def cell(row: Row, name: str) -> str:
    """Text of a cell; empty where the column is missing or holds a word for nothing."""
    text = row.cells.get(name, "")
    return "" if text.casefold() in MISSING else text


def id_cell(row: Row, name: str) -> str:
    """Id in a cell, without the `.0` that some programs add to whole numbers."""
    text = cell(row, name)
    found = _WHOLE.fullmatch(text)
    return found[1] if found else text


def rows_by_id(rows: Iterable[Row], name: str) -> dict[str, Row]:
    """Rows by the id in one of their cells.  Raises `FileError` where an id occurs twice, be it as `1` and `1.0`."""
    found: dict[str, Row] = {}
    for row in rows:
        known = found.setdefault(id_cell(row, name), row)
        if known is not row:
            raise row.error(name, f"is in row {known.number} already")
    return found


def bars_cars(row: Row) -> bool:
    """Whether `allowed_uses` names uses, and no car among them."""
    uses = {word(use) for use in _BETWEEN_USES.split(cell(row, "allowed_uses")) if use.strip()}
    return bool(uses) and uses <= USES_WITHOUT_CARS


def number(row: Row, name: str) -> float | None:
    """Finite number of at least 0, None where there is none.  Raises `FileError` for another text."""
    if not cell(row, name):
        return None
    value = row.decimal(name)
    if value < 0.0:
        raise row.error(name, "must be a number of at least 0")
    return value


def whole(row: Row, name: str) -> int | None:
    """Whole number of at least 0, also written as `2.0`; None where there is none."""
    value = number(row, name)
    if value is None:
        return None
    if value != math.floor(value):
        raise row.error(name, "must be a whole number")
    return int(value)
