"""Numbers of a Visum file: decimal point or comma, unit behind the number or stated once for the file."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from traffic_core.units import KM_H_PER_M_S

if TYPE_CHECKING:
    from collections.abc import Mapping

M_PER_MILE = 1_609.344

LENGTH_UNITS_M = {"km": 1_000.0, "m": 1.0, "mi": M_PER_MILE, "ft": 0.3048}
SPEED_UNITS_M_S = {
    "km/h": 1.0 / KM_H_PER_M_S,
    "m/s": 1.0,
    "mi/h": M_PER_MILE / 3_600.0,
    "mph": M_PER_MILE / 3_600.0,
}
NO_UNITS: Mapping[str, float] = {}

_QUANTITY = re.compile(r"([+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d+)?)\s*([A-Za-z][A-Za-z/²]*)?")
_COMMA_OF_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
_NOT_FINITE = re.compile(r"[+-]?(?:nan|inf|1\.#)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """What a number without a unit is measured in."""

    length_m: float
    speed_m_s: float


KILOMETRES = Units(length_m=1_000.0, speed_m_s=SPEED_UNITS_M_S["km/h"])
MILES = Units(length_m=M_PER_MILE, speed_m_s=SPEED_UNITS_M_S["mi/h"])


def quantity(text: str, units: Mapping[str, float] = NO_UNITS, without_unit: float = 1.0) -> float:
    """Value of a text such as `0.523km`, `50km/h` or `12`, in the base unit of `units`.

    A comma is a decimal comma, unless it may as well part thousands: in a number without a unit (`1,500`).

    Raises
    ------
    ValueError
        Its text is the limit that the value breaks.
    """
    if _NOT_FINITE.match(text):
        raise ValueError("must be a finite number")
    found = _QUANTITY.fullmatch(text)
    if found is None:
        raise ValueError("must be a number")
    number, unit = found.groups()
    if not unit and _COMMA_OF_THOUSANDS.fullmatch(number):
        raise ValueError("must have a decimal point: this comma can be read in two ways")
    if unit and unit.lower() not in units:
        limit = f"must be in {', '.join(units)}" if units else "must be a number without a unit"
        raise ValueError(limit)
    value = float(number.replace(",", ".")) * (units[unit.lower()] if unit else without_unit)
    if not math.isfinite(value):
        raise ValueError("must be a finite number")
    return value
