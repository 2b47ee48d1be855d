"""Every number that the intergreen formula and the plan of a junction rest on, each with its source.

No number stands anywhere else.  A town that has other ones passes a table of its own, see `changed`.
The guideline itself is sold, and was not at hand: each row says with what it has to be confirmed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING

from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Mapping

GUIDELINE, SURVEY = "RiLSA (paid edition)", "site survey"
"""With what a value has to be confirmed."""
PRACTICE = "RiLSA practice as taught and published in extracts"
ASSUMED = "assumed for plans without a survey"


class ClearingCase(StrEnum):
    """How the last road user before the end of green leaves the junction."""

    STRAIGHT = "straight"
    TURNING = "turning"
    TIGHT_TURNING = "tight_turning"
    CYCLE = "cycle"
    PEDESTRIAN = "pedestrian"
    TRAM = "tram"
    BUS = "bus"


class RoadUser(StrEnum):
    """Who comes first after the start of green."""

    MOTOR = "motor"
    CYCLE = "cycle"
    PEDESTRIAN = "pedestrian"
    TRAM = "tram"
    BUS = "bus"


@dataclass(frozen=True, slots=True)
class Value:
    """A number with what is known of it."""

    value: Fraction
    source: str
    confirm_with: str


@dataclass(frozen=True, slots=True)
class Clearing:
    """Values of one clearing case: crossing time, clearing speed, length of the vehicle."""

    crossing_s: Fraction
    speed_m_s: Fraction
    length_m: Fraction


def _rows() -> dict[str, Value]:
    rows = {}
    for case, crossing_s, speed_m_s, length_m, source in (
        ("straight", "3", "10", "6", PRACTICE),
        ("turning", "2", "7", "6", PRACTICE),
        ("tight_turning", "2", "5", "6", PRACTICE),
        ("cycle", "1", "4", "0", PRACTICE),
        ("pedestrian", "0", "6/5", "0", PRACTICE),
        ("tram", "3", "10", "15", f"length: {PRACTICE}; crossing time and speed: taken as those of cars, straight on"),
        ("bus", "3", "10", "6", f"{PRACTICE}: as other motor vehicles"),
    ):
        for name, number in (("crossing_s", crossing_s), ("speed_m_s", speed_m_s), ("length_m", length_m)):
            rows[f"clearing.{case}.{name}"] = Value(Fraction(number), source, GUIDELINE)
    fast = "40 km/h with a flying start, the fastest taken for all motor vehicles"
    for user, speed_m_s, source in (
        ("motor", "100/9", f"{PRACTICE}: {fast}"),
        ("bus", "100/9", f"{PRACTICE}: {fast}"),
        ("tram", "100/9", "assumed as for cars, which is the safe side"),
        ("cycle", "5", "assumed: 18 km/h"),
        ("pedestrian", "3/2", "assumed; without effect, since pedestrians enter the lane at once"),
    ):
        rows[f"entering.{user}.speed_m_s"] = Value(Fraction(speed_m_s), source, GUIDELINE)
    rows["turning.tight_below_m"] = Value(Fraction(10), f"{PRACTICE}: radius of the lane's axis", GUIDELINE)
    for name, number, source in (
        ("lane_width_m", "13/4", ASSUMED),
        ("corner_m", "4", f"{ASSUMED}: from the edge of the crossing street to the pedestrians' crossing"),
        ("crossing_width_m", "4", f"{ASSUMED}: usual width of a pedestrians' crossing"),
        ("stop_line_m", "1", f"{ASSUMED}: from the stop line to the crossing"),
        ("cycle_to_edge_m", "3/4", f"{ASSUMED}: from the axis of a cyclist to the edge of the carriageway"),
        ("refuge_above_lanes", "2", f"{ASSUMED}: wider streets with both directions have a refuge"),
        ("farthest_stop_m", "40", f"{ASSUMED}: of a stop line from the node, where arms meet at a small angle"),
    ):
        rows[f"plan.{name}"] = Value(Fraction(number), source, SURVEY)
    return rows


DEFAULTS: Mapping[str, Value] = MappingProxyType(_rows())


def clearing(case: ClearingCase, values: Mapping[str, Value] = DEFAULTS) -> Clearing:
    """Values of a clearing case."""
    crossing_s, speed_m_s, length_m = (
        values[f"clearing.{case.value}.{name}"].value for name in ("crossing_s", "speed_m_s", "length_m")
    )
    return Clearing(crossing_s, speed_m_s, length_m)


def entering_speed_m_s(user: RoadUser, values: Mapping[str, Value] = DEFAULTS) -> Fraction:
    """Speed of the first who enters."""
    return values[f"entering.{user.value}.speed_m_s"].value


def plan_value(name: str, values: Mapping[str, Value] = DEFAULTS) -> float:
    """A number of the plan of a junction."""
    return float(values[f"plan.{name}"].value)


def changed(numbers: Mapping[str, Fraction], source: str) -> Mapping[str, Value]:
    """The default table with other numbers of a named source.

    Raises `InvalidValueError` for an unknown name, a negative number, and 0 for a speed or a width.
    """
    table = dict(DEFAULTS)
    for name, number in numbers.items():
        where = f"rilsa.values[{name}]"
        if name not in DEFAULTS:
            raise InvalidValueError(where, str(number), "must be a name of the table")
        if number < 0 or (number == 0 and name.endswith(("speed_m_s", "width_m"))):
            raise InvalidValueError(where, str(number), "must not be negative, a speed or a width must be above 0")
        table[name] = Value(Fraction(number), source, DEFAULTS[name].confirm_with)
    return MappingProxyType(table)
