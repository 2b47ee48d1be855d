from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.feeds.coordinates import from_degrees, from_degrees_or_utm_32, utm_to_lon_lat
from traffic_core.geometry import distance_m


@pytest.mark.parametrize(
    ("easting_m", "northing_m", "lon", "lat"),
    # Reference: PROJ 9, EPSG:25832 to EPSG:4258.
    [
        (512_788.0, 5_402_496.0, 9.1740552701, 48.7753355617),
        (508_308.0, 5_398_237.5, 9.1129929693, 48.7371021297),
        (300_000.0, 5_300_000.0, 6.3279452218, 47.8222356211),
        (780_000.0, 6_050_000.0, 13.3270125486, 54.5200341667),
    ],
)
def test_utm_zone_32_agrees_with_a_geodetic_library_to_a_millimetre(easting_m, northing_m, lon, lat):
    position = utm_to_lon_lat(easting_m=easting_m, northing_m=northing_m)
    assert distance_m(position, (lon, lat)) < 0.001


def test_the_central_meridian_maps_to_nine_degrees_east():
    lon, lat = utm_to_lon_lat(easting_m=500_000.0, northing_m=5_400_000.0)
    assert lon == pytest.approx(9.0, abs=1e-12)
    assert lat == pytest.approx(48.7530130054, abs=1e-9)


def test_another_zone_is_a_matter_of_its_meridian():
    # Eiffel Tower, zone 31 N.
    lon, lat = utm_to_lon_lat(easting_m=448_251.795, northing_m=5_411_932.678, meridian_deg=3.0)
    assert (lon, lat) == (pytest.approx(2.2945, abs=1e-7), pytest.approx(48.8582, abs=1e-7))


@given(st.floats(300_000, 700_000), st.floats(5_200_000, 6_150_000), st.floats(-1_000, 1_000))
def test_a_kilometre_on_the_map_is_a_kilometre_on_the_ground_within_a_thousandth(easting_m, northing_m, step_m):
    here = utm_to_lon_lat(easting_m=easting_m, northing_m=northing_m)
    there = utm_to_lon_lat(easting_m=easting_m + step_m, northing_m=northing_m)
    # 0.3 % is what the sphere of distance_m costs, 0.1 % the scale of the projection.
    assert distance_m(here, there) == pytest.approx(abs(step_m), rel=0.005, abs=0.01)


@pytest.mark.parametrize(("lat", "lon"), [(0.0, 0.0), (91.0, 9.0), (48.0, 181.0), (5_402_496.0, 512_788.0)])
def test_what_is_no_position_in_degrees_is_none(lat, lon):
    assert from_degrees(lat, lon) is None


def test_degrees_and_utm_may_stand_in_the_same_table():
    assert from_degrees_or_utm_32(48.775013, 9.175955) == (9.175955, 48.775013)
    position = from_degrees_or_utm_32(5_402_496.0, 512_788.0)
    assert position is not None
    assert math.isclose(position[0], 9.1740552701, abs_tol=1e-9)
    assert from_degrees_or_utm_32(5_402_496.0, 3_512_788.0) is None
