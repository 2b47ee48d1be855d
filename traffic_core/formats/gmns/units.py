"""Units and coordinate system of a GMNS folder: from config.csv, from the caller, or from the data themselves."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from traffic_core.errors import InvalidValueError
from traffic_core.formats.coordinate_system import DIGITS, WGS_84, way_to_lon_lat
from traffic_core.formats.gmns.words import LENGTH_M, SPEED_M_S, cell, word
from traffic_core.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pyproj import Transformer

    from traffic_core.formats.imported import Warnings
    from traffic_core.geometry import LonLat
    from traffic_core.tables import Row

FIT_RATIO = 1.2
"""A unit fits where the median link agrees with its coordinates to this factor."""


@dataclass(frozen=True, slots=True)
class Units:
    """What one unit of length and speed is; `length_m` is None where the file does not say it."""

    length_m: float | None
    speed_m_s: float
    to_lon_lat: Transformer | None
    """None: the coordinates are longitude and latitude."""

    def place(self, row: Row, x: float, y: float, fields: tuple[str, str] = ("x_coord", "y_coord")) -> LonLat:
        """Longitude and latitude of a point; `row` and one of `fields` are named where there is none."""
        if self.to_lon_lat is not None:
            lon, lat = self.to_lon_lat.transform(x, y)
            if not (math.isfinite(lon) and math.isfinite(lat)):
                raise row.error(fields[0], "must lie in the coordinate system of the folder")
            return round(lon, DIGITS), round(lat, DIGITS)
        if not (-180.0 <= x <= 180.0 and -90.0 <= y <= 90.0):
            field = fields[0] if not -180.0 <= x <= 180.0 else fields[1]
            raise row.error(field, "must be degrees: name the coordinate system (EPSG:n) of projected coordinates")
        return x, y


def read_units(folder: Path, crs: str | None, warnings: Warnings) -> Units:
    """Units of config.csv; speeds without a unit are km/h.

    Raises
    ------
    FileError
        For a unit or coordinate system in config.csv that is not known.
    InvalidValueError
        For a `crs` that is not known.
    """
    rows = read_table(folder / "config.csv", (), more=True) if (folder / "config.csv").is_file() else []
    row = rows[0] if rows else None
    speed_m_s = _factor(row, "speed", SPEED_M_S)
    if speed_m_s is None:
        warnings.add("unit of speeds not stated: km/h taken", folder.name)
    stated = cell(row, "crs") if row else ""
    return Units(
        length_m=_factor(row, "long_length", LENGTH_M),
        speed_m_s=SPEED_M_S["km/h"] if speed_m_s is None else speed_m_s,
        to_lon_lat=_transformer(row, stated, crs),
    )


def length_unit_m(pairs: Iterable[tuple[float, float]], warnings: Warnings) -> float | None:
    """Unit in which given lengths agree best with drawn lengths in metres; None where none fits.

    `pairs` are (given, drawn).  Programs differ here: some write metres, others kilometres or miles.
    """
    ratios = [drawn_m / given for given, drawn_m in pairs if given > 0.0 and drawn_m > 0.0]
    if not ratios:
        return None
    middle = median(ratios)
    name, unit_m = min(LENGTH_M.items(), key=lambda unit: abs(math.log(unit[1] / middle)))
    if not 1.0 / FIT_RATIO <= unit_m / middle <= FIT_RATIO:
        warnings.add("lengths of the file fit no unit: computed from the coordinates", f"1 is about {middle:.4g} m")
        return None
    warnings.add(f"unit of lengths not stated: {name} taken, it fits the coordinates", f"1 is about {middle:.4g} m")
    return unit_m


def _factor(row: Row | None, name: str, known: dict[str, float]) -> float | None:
    if row is None or not cell(row, name):
        return None
    unit = word(cell(row, name))
    if unit not in known:
        raise row.error(name, "must be one of " + ", ".join(known))
    return known[unit]


def _transformer(row: Row | None, stated: str, given: str | None) -> Transformer | None:
    """Way to longitude and latitude; the caller's system goes before that of the file."""
    if given is None and not stated:
        return None
    try:
        way = way_to_lon_lat(stated if given is None else given)
    except InvalidValueError as error:
        if row is not None and given is None:
            raise row.error("crs", error.limit) from error
        raise
    return None if WGS_84.equals(way.source_crs, ignore_axis_order=True) else way
