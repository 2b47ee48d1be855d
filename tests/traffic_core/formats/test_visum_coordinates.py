"""Where a Visum network lies: the caller's system, the file's, or what the numbers look like."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pyproj import Transformer

from traffic_core.formats.visum.reader import read_visum
from traffic_core.geometry import distance_m

if TYPE_CHECKING:
    from pathlib import Path

WGS_84_WKT = (
    'GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137,298.257223563]],'
    'PRIMEM["Greenwich",0],UNIT["Degree",0.017453292519943295]]'
)
PLACE = (9.16, 48.69)


def network(tmp_path: Path, points: list[tuple[object, object]], *, length: str = "0.8km", netz: str = "") -> Path:
    """A file of two nodes and a link each way."""
    (x, y), (x2, y2) = points
    path = tmp_path / "town.net"
    path.write_text(
        f"$VISION\n{netz}\n$KNOTEN:NR;XKOORD;YKOORD\n1;{x};{y}\n2;{x2};{y2}\n\n"
        f"$STRECKE:NR;VONKNOTNR;NACHKNOTNR;VSYSSET;LAENGE;KAPIV;V0IV\n1;1;2;P;{length};900;50km/h\n",
        encoding="utf-8",
    )
    return path


def in_system(code: str) -> list[tuple[float, float]]:
    transformer = Transformer.from_crs("EPSG:4326", code, always_xy=True)
    return [transformer.transform(*PLACE), transformer.transform(PLACE[0] + 0.01, PLACE[1])]


def kinds(model) -> list[str]:
    return [kind for kind in model.warnings.counts if "coordinate system" in kind]


@pytest.mark.parametrize("code", ["EPSG:31467", "EPSG:25832", "EPSG:4647"])
def test_german_systems_are_known_by_the_range_of_their_numbers(tmp_path, code):
    model = read_visum(network(tmp_path, in_system(code)))
    assert model.network.nodes["1"].position == pytest.approx(PLACE, abs=1e-6)
    assert kinds(model) == [f"file without a coordinate system: {code} taken from the coordinates"]


def test_degrees_are_known_by_the_lengths_that_fit(tmp_path):
    model = read_visum(network(tmp_path, [(9.16, 48.69), (9.17, 48.69)], length="0.734km"))
    assert model.network.nodes["1"].position == PLACE
    assert kinds(model) == ["file without a coordinate system: coordinates taken as degrees, WGS 84"]


def test_degrees_without_lengths_are_taken_as_degrees(tmp_path):
    model = read_visum(network(tmp_path, [(9.16, 48.69), (9.17, 48.69)], length=""))
    assert model.network.nodes["1"].position == PLACE


def test_small_local_metres_are_not_taken_for_degrees(tmp_path):
    model = read_visum(network(tmp_path, [(10, 0), (70, 80)], length="100m"))
    start, end = (node.position for node in model.network.nodes.values())
    assert kinds(model) == ["no coordinate system: network placed around longitude 0 latitude 0"]
    assert distance_m(start, end) == pytest.approx(100.0, rel=1e-4)  # 60 m east and 80 m north
    assert model.network.links["1_1_2"].length_m == 100.0
    assert start == pytest.approx((-end[0], -end[1]))


def test_the_scale_of_a_local_system_is_respected(tmp_path):
    netz = "$NETZ:MASSSTAB;EINHEITEN\n0.001;KM\n"  # a thousand units are a metre: millimetres
    model = read_visum(network(tmp_path, [(0, 0), (600_000, 800_000)], length="1km", netz=netz))
    start, end = (node.position for node in model.network.nodes.values())
    assert distance_m(start, end) == pytest.approx(1_000.0, rel=1e-4)


def test_the_file_s_system_is_used_without_a_warning(tmp_path):
    netz = f"$NETZ:EINHEITEN;DEFKOORD\nKM;{WGS_84_WKT}\n"
    model = read_visum(network(tmp_path, [(9.16, 48.69), (9.17, 48.69)], length="5km", netz=netz))
    assert model.network.nodes["1"].position == PLACE
    assert not kinds(model)


def test_the_caller_s_system_goes_before_the_file_s(tmp_path):
    netz = f"$NETZ:EINHEITEN;DEFKOORD\nKM;{WGS_84_WKT}\n"
    model = read_visum(network(tmp_path, in_system("EPSG:25833"), netz=netz), crs="EPSG:25833")
    assert model.network.nodes["1"].position == pytest.approx(PLACE, abs=1e-6)
    assert kinds(model) == ["coordinate system of the file replaced by the given one"]


@pytest.mark.parametrize("stated", ['PROJCS["Own grid"]', 'LOCAL_CS["Own grid",UNIT["metre",1]]', "EPSG:5773"])
def test_a_system_that_nobody_knows_or_that_is_no_map_is_warned_of_and_guessed(tmp_path, stated):
    netz = f"$NETZ:EINHEITEN;DEFKOORD\nKM;{stated}\n"
    model = read_visum(network(tmp_path, in_system("EPSG:25832"), netz=netz))
    assert model.network.nodes["1"].position == pytest.approx(PLACE, abs=1e-6)
    assert kinds(model) == [
        "coordinate system of the file is not known: guessed from the coordinates",
        "file without a coordinate system: EPSG:25832 taken from the coordinates",
    ]
