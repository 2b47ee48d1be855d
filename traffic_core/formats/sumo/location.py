"""From the plane coordinates of a SUMO network to longitude and latitude.

netconvert shifts the projected coordinates: x = projected x + netOffset.  `projParameter` names the projection; `!`
(none) and `-` (a rough one that cannot be undone) leave the place unknown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pyproj import CRS, Transformer
from pyproj.exceptions import ProjError

from traffic_core.errors import FileError, InvalidValueError
from traffic_core.formats.coordinate_system import DIGITS, way_to_lon_lat
from traffic_core.geometry import EARTH_RADIUS_M

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from traffic_core.formats.imported import Warnings
    from traffic_core.formats.sumo.raw import RawNet
    from traffic_core.geometry import LonLat

NO_PROJECTION = {"!", "-"}


class Placer:
    """Puts points of the network on the earth."""

    def __init__(self, raw: RawNet, crs: str | None, warnings: Warnings) -> None:
        """Raise `FileError` for a location that cannot be used, `InvalidValueError` for an unknown `crs`."""
        self._raw = raw
        self._shift = np.zeros(2)
        stated = _stated(raw)
        if crs is not None:
            if stated is not None:
                warnings.add("projection of the file replaced by the given one", raw.file)
            self._transformer = way_to_lon_lat(crs)
            self._shift = _net_offset(raw)
        elif stated is not None:
            self._transformer = stated
            self._shift = _net_offset(raw)
        else:
            warnings.add("file without a projection, placed around longitude 0 latitude 0", raw.file)
            self._transformer = _around_null()
            self._shift = _middle(raw)

    def place(self, points: Sequence[tuple[float, float]]) -> list[LonLat]:
        """Longitude and latitude of points of the network.  Raises `FileError` where one lies off the earth."""
        if not points:
            return []
        plane: NDArray[np.float64] = np.array(points, dtype=np.float64) - self._shift
        try:
            lon, lat = self._transformer.transform(plane[:, 0], plane[:, 1])
        except ProjError as error:
            raise self._off_the_earth(points[0], str(error)) from error
        good = np.isfinite(lon) & np.isfinite(lat) & (np.abs(lon) <= 180.0) & (np.abs(lat) <= 90.0)
        if not good.all():
            raise self._off_the_earth(points[int(np.argmin(good))], "no longitude and latitude")
        return [(round(float(x), DIGITS), round(float(y), DIGITS)) for x, y in zip(lon, lat, strict=True)]

    def _off_the_earth(self, point: tuple[float, float], why: str) -> FileError:
        line = self._raw.location.line if self._raw.location else 0
        limit = f"must lie in the projection of the network ({why})"
        return FileError(self._raw.file, line, "location.projParameter", point, limit)


def _stated(raw: RawNet) -> Transformer | None:
    """Way back from the projection that the file names, None where it names none."""
    if raw.location is None or raw.location.attributes.get("projParameter", "!").strip() in NO_PROJECTION:
        return None
    projection = raw.location.text("projParameter")
    try:
        return way_to_lon_lat(projection)
    except InvalidValueError as error:
        raise raw.location.error("projParameter", "must be a projection that PROJ knows, '!' or '-'") from error


def _around_null() -> Transformer:
    """A plane that touches our sphere at longitude 0, latitude 0, so that distances stay what they are."""
    plane = CRS.from_proj4(f"+proj=aeqd +lat_0=0 +lon_0=0 +R={EARTH_RADIUS_M} +units=m +no_defs")
    sphere = CRS.from_proj4(f"+proj=longlat +R={EARTH_RADIUS_M} +no_defs")
    return Transformer.from_crs(plane, sphere, always_xy=True)


def _net_offset(raw: RawNet) -> NDArray[np.float64]:
    if raw.location is None:
        return np.zeros(2)
    offset = raw.location.points("netOffset")
    if len(offset) != 1:
        raise raw.location.error("netOffset", "must be one point x,y")
    return np.array(offset[0])


def _middle(raw: RawNet) -> NDArray[np.float64]:
    """Middle of the box around all junctions, rounded to a metre."""
    points = np.array([(junction.number("x"), junction.number("y")) for junction in raw.junctions.values()])
    middle: NDArray[np.float64] = np.round((points.min(axis=0) + points.max(axis=0)) / 2.0)
    return middle
