"""Positions of feeds as longitude and latitude: degrees, or UTM zone 32 north as some towns publish them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from traffic_core.geometry import LonLat

_A_M = 6_378_137.0
"""Semi-major axis of GRS 80, the ellipsoid of ETRS89 (EPSG:25832); WGS 84 differs by 0.1 mm."""
_FLATTENING = 1.0 / 298.257222101
_SCALE = 0.9996
_FALSE_EASTING_M = 500_000.0
_ZONE_32_MERIDIAN_DEG = 9.0


def from_degrees(lat: float, lon: float) -> LonLat | None:
    """Position in degrees, or None where the two numbers are none; 0/0 stands for "not surveyed" in feeds."""
    if abs(lat) > 90.0 or abs(lon) > 180.0 or (lat == 0.0 and lon == 0.0):
        return None
    return lon, lat


def from_degrees_or_utm_32(lat: float, lon: float) -> LonLat | None:
    """Position in degrees, or northing and easting of UTM 32N (48°N to 55°N, 200 km to 800 km) in their place."""
    if 5_200_000.0 <= lat <= 6_150_000.0 and 200_000.0 <= lon <= 800_000.0:
        return utm_to_lon_lat(easting_m=lon, northing_m=lat)
    return from_degrees(lat, lon)


def utm_to_lon_lat(*, easting_m: float, northing_m: float, meridian_deg: float = _ZONE_32_MERIDIAN_DEG) -> LonLat:
    """Inverse of the transverse Mercator projection on the northern half; good to a millimetre inside a zone.

    Krüger's series in the third flattening n up to n³: L. Krüger (1912), Konforme Abbildung des Erdellipsoids in der
    Ebene; coefficients and closed form of the latitude as in C. F. F. Karney (2011), Transverse Mercator with an
    accuracy of a few nanometers, Journal of Geodesy 85.  The geographic latitude follows from the isometric one by
    fixed-point steps, each of which gains a factor of about e² = 0.0067.
    """
    n = _FLATTENING / (2.0 - _FLATTENING)
    e = math.sqrt(_FLATTENING * (2.0 - _FLATTENING))
    rectifying_m = _A_M / (1.0 + n) * (1.0 + n**2 / 4.0 + n**4 / 64.0)
    beta = (
        n / 2.0 - 2.0 / 3.0 * n**2 + 37.0 / 96.0 * n**3,
        n**2 / 48.0 + n**3 / 15.0,
        17.0 / 480.0 * n**3,
    )
    xi = northing_m / (_SCALE * rectifying_m)
    eta = (easting_m - _FALSE_EASTING_M) / (_SCALE * rectifying_m)
    xi_sphere = xi - sum(b * math.sin(2 * j * xi) * math.cosh(2 * j * eta) for j, b in enumerate(beta, 1))
    eta_sphere = eta - sum(b * math.cos(2 * j * xi) * math.sinh(2 * j * eta) for j, b in enumerate(beta, 1))
    conformal = math.asin(math.sin(xi_sphere) / math.cosh(eta_sphere))
    isometric = math.asinh(math.tan(conformal))
    lat = conformal
    for _ in range(6):
        lat = math.atan(math.sinh(isometric + e * math.atanh(e * math.sin(lat))))
    lon = meridian_deg + math.degrees(math.atan2(math.sinh(eta_sphere), math.cos(xi_sphere)))
    return lon, math.degrees(lat)
