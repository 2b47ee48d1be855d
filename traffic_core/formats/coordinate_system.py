"""Coordinate systems that a file or a user names, and the way from them to longitude and latitude."""

from __future__ import annotations

from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from traffic_core.errors import InvalidValueError

LIMIT = "must be a coordinate system that PROJ knows, such as EPSG:25832"
WGS_84 = CRS.from_epsg(4326)
DIGITS = 7
"""Of a degree that was computed: about a centimetre."""


def way_to_lon_lat(system: str) -> Transformer:
    """Way from a coordinate system, in any words that PROJ knows, to longitude and latitude on WGS 84, in this order.

    Raises `InvalidValueError` for a system that is not known or is that of no map, such as one of heights only.
    """
    try:
        known = CRS.from_user_input(system)
        if known.is_projected or known.is_geographic:
            return Transformer.from_crs(known, WGS_84, always_xy=True)
    except (CRSError, ProjError, UnicodeEncodeError) as error:
        raise InvalidValueError("crs", system, LIMIT) from error
    raise InvalidValueError("crs", system, LIMIT)
