"""From the coordinates of a Visum network to longitude and latitude on WGS 84.

In this order counts: what the caller says, what the file says (DEFKOORD, English PROJECTIONDEFINITION), what the
numbers look like.  Degrees are degrees if the declared lengths fit; Gauß-Krüger zones 2 to 5 and UTM zone 32 (with and
without the leading 32) are known by the range of their numbers in Germany.  Anything else is a plane of its own around
longitude 0 and latitude 0: distances are right, the place is not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pyproj.exceptions import ProjError

from traffic_core.errors import FileError, InvalidValueError
from traffic_core.formats.coordinate_system import DIGITS, way_to_lon_lat
from traffic_core.formats.visum.row import records
from traffic_core.geometry import EARTH_RADIUS_M

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from traffic_core.formats.imported import Warnings
    from traffic_core.formats.visum.row import Record
    from traffic_core.formats.visum.table import VisumFile
    from traffic_core.formats.visum.values import Units
    from traffic_core.geometry import LonLat

    Points = NDArray[np.float64]
    """(N, 2) coordinates."""

WGS_84 = "EPSG:4326"

GERMAN_Y_M = (5_200_000.0, 6_100_000.0)
GERMAN_X_M = (
    ("EPSG:31466", 2_200_000.0, 2_800_000.0),
    ("EPSG:31467", 3_200_000.0, 3_800_000.0),
    ("EPSG:31468", 4_200_000.0, 4_800_000.0),
    ("EPSG:31469", 5_200_000.0, 5_800_000.0),
    ("EPSG:25832", 200_000.0, 900_000.0),
    ("EPSG:4647", 32_200_000.0, 32_900_000.0),
)
FITTING_LENGTH_RATIO = (0.3, 3.0)
"""Declared over straight length of a link: outside of this for half the links, the unit cannot be degrees."""


def projection(
    file: VisumFile, crs: str | None, nodes: Points, spans: Points, units: Units, warnings: Warnings
) -> Callable[[Points], Points]:
    """Choose the way from the file's coordinates to longitude and latitude, (N, 2) to (N, 2).

    `nodes` are the coordinates of all nodes, `spans` the rows (x, y, x, y, declared length in m) of links.

    Raises
    ------
    InvalidValueError
        For a `crs` that PROJ does not know.
    """
    stated = _stated(file)
    if crs is not None:
        to_lon_lat = _from_system(crs)
        if stated:
            warnings.add("coordinate system of the file replaced by the given one", crs)
        return to_lon_lat
    if stated:
        try:
            return _from_system(stated)
        except InvalidValueError:
            warnings.add("coordinate system of the file is not known: guessed from the coordinates", stated[:80])
    return _guessed(file, nodes, spans, units, warnings)


def place(file: str, rows: Sequence[Record], points: Points, to_lon_lat: Callable[[Points], Points]) -> list[LonLat]:
    """Longitude and latitude of the points of some rows.  Raises `FileError` for one that lies off the earth."""
    if not rows:
        return []
    try:
        found = to_lon_lat(points)
    except ProjError as error:
        raise FileError(file, rows[0].line, "coordinates", tuple(points[0]), f"must be in range ({error})") from error
    good = np.isfinite(found).all(axis=1) & (np.abs(found[:, 0]) <= 180.0) & (np.abs(found[:, 1]) <= 90.0)
    if not good.all():
        worst = int(np.argmin(good))
        limit = "must be a place on earth in the file's coordinate system; if that is stated wrongly, give it as crs"
        raise rows[worst].error("x", limit)
    return [(round(float(lon), DIGITS), round(float(lat), DIGITS)) for lon, lat in found]


def _stated(file: VisumFile) -> str:
    return next((row.text("coordinate system") for row in records(file.table("network"))), "")


def _from_system(system: str) -> Callable[[Points], Points]:
    transformer = way_to_lon_lat(system)

    def to_lon_lat(points: Points) -> Points:
        return np.column_stack(transformer.transform(points[:, 0], points[:, 1]))

    return to_lon_lat


def _guessed(
    file: VisumFile, nodes: Points, spans: Points, units: Units, warnings: Warnings
) -> Callable[[Points], Points]:
    low, high = nodes.min(axis=0), nodes.max(axis=0)
    if (np.abs(nodes) <= (180.0, 90.0)).all() and _lengths_fit(spans):
        warnings.add("file without a coordinate system: coordinates taken as degrees, WGS 84", file.name)
        return _from_system(WGS_84)
    if low[1] >= GERMAN_Y_M[0] and high[1] <= GERMAN_Y_M[1]:
        for code, west, east in GERMAN_X_M:
            if west <= low[0] and high[0] <= east:
                warnings.add(f"file without a coordinate system: {code} taken from the coordinates", file.name)
                return _from_system(code)
    warnings.add("no coordinate system: network placed around longitude 0 latitude 0", file.name)
    return _plane((low + high) / 2.0, _metres_per_unit(file, units))


def _lengths_fit(spans: Points) -> bool:
    """Whether the straight distances, taking the coordinates as degrees, go with the declared lengths."""
    west, south, east, north, declared = spans.T
    across = np.cos(np.radians((south + north) / 2.0)) * np.radians(east - west)
    straight = EARTH_RADIUS_M * np.hypot(across, np.radians(north - south))
    useful = (declared > 0) & (straight > 0)
    if not useful.any():
        return True
    ratio = float(np.median(declared[useful] / straight[useful]))
    return FITTING_LENGTH_RATIO[0] <= ratio <= FITTING_LENGTH_RATIO[1]


def _metres_per_unit(file: VisumFile, units: Units) -> float:
    """Metres per unit of the coordinates.

    MASSSTAB (SCALE) is the length of a thousand of them in kilometres or miles; 1 where the file does not say it.
    """
    for row in records(file.table("network")):
        scale = row.not_negative("scale")
        if scale:
            return scale * units.length_m / 1_000.0
    return 1.0


def _plane(middle: Points, metres_per_unit: float) -> Callable[[Points], Points]:
    """A plane that touches our sphere at longitude 0, latitude 0; true to distance within a town."""

    def to_lon_lat(points: Points) -> Points:
        return np.degrees((points - middle) * (metres_per_unit / EARTH_RADIUS_M))

    return to_lon_lat
