"""Reading a network from GMNS tables: errors name file, row, field, value and limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traffic_core.errors import FileError
from traffic_core.geometry import distance_m
from traffic_core.gmns import parse_linestring, read_network
from traffic_core.network import Movement, NodeControl, RoadClass
from traffic_core.provenance import Confidence
from traffic_core.tables import read_table

if TYPE_CHECKING:
    from pathlib import Path

TABLES = {
    "node.csv": """\
node_id,name,x_coord,y_coord,ctrl_type,zone_id,accuracy_m,confidence,source
A,Anfang,9.0,48.0,gate,Z1,50,anchor,a map
B,"Mitte, laut",9.005,48.0,signal,,,estimated,a guess
C,Ende,9.01,48.0,none,Z2,300,derived,a rule
""",
    "link.csv": """\
link_id,name,from_node_id,to_node_id,directed,geometry_id,length,facility_type,capacity,free_speed,lanes,confidence,source
AB,Hauptstraße,A,B,1,,372.0,primary,1800,50,2,anchor,a map
BC,Hauptstraße,B,C,1,G1,435.1,secondary,1500,30,1,estimated,a guess
""",
    "geometry.csv": """\
geometry_id,geometry
G1,"LINESTRING (9.005 48.0, 9.0075 48.001, 9.01 48.0)"
""",
    "lane.csv": """\
link_id,lane_num,turns,confidence,source
AB,1,through;right,estimated,a guess
AB,2,left,estimated,a guess
""",
    "movement.csv": """\
mvmt_id,node_id,ib_link_id,ob_link_id,type,confidence,source
M1,B,AB,BC,through,derived,bearings
""",
    "detector.csv": """\
detector_id,link_id,to_stop_line_m,interval_s,confidence,source
D1,AB,40,60,estimated,a guess
""",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in TABLES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def edit(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / name).read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} must be in {name} once"
    (folder / name).write_text(text.replace(old, new), encoding="utf-8")


def test_a_network_is_read_with_units_of_the_inside(folder: Path):
    network = read_network(folder)
    main = network.links["AB"]
    assert main.free_speed_m_s == pytest.approx(13.8889, abs=1e-4)
    assert main.capacity_veh_h == 3_600.0, "1,800 veh/h on each of two lanes"
    assert main.road_class is RoadClass.PRIMARY
    assert main.line == ((9.0, 48.0), (9.005, 48.0)), "straight where no geometry is named"
    assert len(network.links["BC"].line) == 3
    assert network.nodes["B"].name == "Mitte, laut"
    assert network.nodes["B"].control is NodeControl.SIGNAL
    assert network.nodes["C"].provenance.confidence is Confidence.DERIVED
    assert network.lanes[0].movements == {Movement.THROUGH, Movement.RIGHT}
    assert network.turns["M1"].movement is Movement.THROUGH
    assert network.detectors["D1"].interval_s == 60.0


@pytest.mark.parametrize(
    ("name", "old", "new", "row", "field", "value", "limit"),
    [
        ("node.csv", "9.005,48.0", "nan,48.0", 3, "x_coord", "nan", "finite"),
        ("node.csv", "9.005,48.0", "east,48.0", 3, "x_coord", "east", "number"),
        ("node.csv", "9.005,48.0", "9.005,98.0", 3, "node[B].position.lat", 98.0, "-90 to 90"),
        ("node.csv", ",signal,", ",lights,", 3, "ctrl_type", "lights", "give_way"),
        ("node.csv", "C,Ende", "A,Ende", 4, "node_id", "A", "row 2"),
        ("node.csv", "300,derived,a rule", "300,derived,", 4, "source", "", "empty"),
        ("node.csv", "300,derived", "300,certain", 4, "confidence", "certain", "anchor, derived, estimated"),
        ("node.csv", "Z2,300", "Z2,-3", 4, "accuracy_m", "-3", "at least 0"),
        ("link.csv", "A,B,1", "A,X,1", 2, "to_node_id", "X", "node_id of node.csv"),
        ("link.csv", "372.0", "-372.0", 2, "link[AB].length_m", -372.0, "from 1"),
        ("link.csv", "372.0", "500", 2, "link[AB].length_m", 500.0, "drawn length"),
        ("link.csv", "1,,372.0", "0,,372.0", 2, "directed", "0", "must be 1"),
        ("link.csv", "50,2,anchor", "50,2.5,anchor", 2, "lanes", "2.5", "whole"),
        ("link.csv", "50,2,anchor", "500,2,anchor", 2, "link[AB].free_speed_m_s", pytest.approx(138.9, abs=0.1), "60"),
        ("link.csv", ",primary,", ",boulevard,", 2, "facility_type", "boulevard", "motorway"),
        ("link.csv", "1,G1,", "1,G9,", 3, "geometry_id", "G9", "geometry.csv"),
        ("link.csv", "BC,Hauptstraße", "AB,Hauptstraße", 3, "link_id", "AB", "row 2"),
        ("geometry.csv", "LINESTRING (9.005", "POLYGON (9.005", 2, "geometry", None, "LINESTRING"),
        ("geometry.csv", "9.0075 48.001", "9.0075 48.001 5", 2, "geometry", None, "LINESTRING"),
        ("geometry.csv", "9.0075 48.001", "9.0075 nan", 2, "geometry.lat", None, "-90 to 90"),
        ("geometry.csv", "9.01 48.0)", "9.02 48.0)", 2, "geometry", None, "end at node C"),
        ("lane.csv", "AB,2,left", "AB,3,left", 3, "lane_num", "3", "1 to the 2 lanes"),
        ("lane.csv", "AB,2,left", "AB,1,left", 3, "link_id/lane_num", "AB/1", "row 2"),
        ("lane.csv", "through;right", "through;up", 2, "turns", "through;up", "u_turn"),
        ("lane.csv", "through;right", "through;;right", 2, "turns", "through;;right", "semicolons"),
        ("movement.csv", "B,AB,BC", "C,AB,BC", 2, "ib_link_id", "AB", "end at node C"),
        ("movement.csv", "B,AB,BC", "B,AB,AB", 2, "ob_link_id", "AB", "start at node B"),
        ("movement.csv", ",through,", ",ahead,", 2, "type", "ahead", "left, through"),
        ("detector.csv", "AB,40", "AB,400", 2, "to_stop_line_m", "400", "372"),
        ("detector.csv", "AB,40", "XY,40", 2, "link_id", "XY", "link.csv"),
        ("detector.csv", ",60,", ",0,", 2, "detector[D1].interval_s", 0.0, "from 1"),
    ],
)
def test_an_error_names_file_row_field_value_and_limit(
    folder: Path, name: str, old: str, new: str, row: int, field: str, value: object, limit: str
):
    edit(folder, name, old, new)
    with pytest.raises(FileError) as refused:
        read_network(folder)
    error = refused.value
    assert (error.file, error.row, error.field) == (name, row, field)
    if value is not None:
        assert error.value == value
    assert limit in error.limit
    for part in (name, f"row {row}", field, limit):
        assert part in str(error)


def test_a_missing_column_is_named(folder: Path):
    edit(folder, "link.csv", "capacity,free_speed", "capacity,speed")
    with pytest.raises(FileError, match=r"link\.csv, row 1: free_speed .* must be a column"):
        read_network(folder)


def test_an_unknown_column_is_refused_because_it_may_be_a_misspelt_one(folder: Path):
    edit(folder, "geometry.csv", "geometry_id,geometry", "geometry_id,geometry,color")
    with pytest.raises(FileError, match=r"geometry\.csv, row 1: header = 'color'"):
        read_network(folder)


def test_a_column_given_twice_is_refused(folder: Path):
    edit(folder, "geometry.csv", "geometry_id,geometry", "geometry_id,geometry,geometry")
    with pytest.raises(FileError, match="must occur once"):
        read_network(folder)


def test_a_line_with_a_cell_too_few_is_refused(folder: Path):
    edit(folder, "detector.csv", "D1,AB,40,60,estimated,a guess", "D1,AB,40,60,estimated")
    with pytest.raises(FileError, match=r"detector\.csv, row 2: cells = 5: must have 6"):
        read_network(folder)


def test_a_missing_file_is_named(folder: Path):
    (folder / "movement.csv").unlink()
    with pytest.raises(FileError, match=r"movement\.csv: file"):
        read_network(folder)


def test_a_file_that_is_not_utf8_is_refused(folder: Path):
    (folder / "node.csv").write_bytes(TABLES["node.csv"].replace("laut", "Straße").encode("latin-1"))
    with pytest.raises(FileError, match=r"node\.csv, row 3: encoding = 'byte 0xdf': must be UTF-8 text"):
        read_network(folder)


def test_a_byte_order_mark_and_blank_lines_do_no_harm(folder: Path):
    text = "\ufeff" + TABLES["geometry.csv"] + "\n\n"
    (folder / "geometry.csv").write_text(text, encoding="utf-8")
    assert len(read_network(folder).links["BC"].line) == 3


def test_rows_count_lines_of_the_file(tmp_path: Path):
    (tmp_path / "t.csv").write_text('a,b\n1,"two\nlines"\n\n3,4\n', encoding="utf-8")
    assert [row.number for row in read_table(tmp_path / "t.csv", ("a", "b"))] == [3, 5]


def test_a_length_of_the_drawing_is_the_great_circle(folder: Path):
    network = read_network(folder)
    assert network.links["AB"].length_m == pytest.approx(distance_m((9.0, 48.0), (9.005, 48.0)), abs=0.1)


@given(st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=1, max_size=6))
def test_a_linestring_survives_writing_and_reading(points: list[tuple[float, float]]):
    text = "LINESTRING (" + ", ".join(f"{lon!r} {lat!r}" for lon, lat in points) + ")"
    assert parse_linestring(text) == tuple(points)


@given(st.text(max_size=40))
def test_any_text_is_a_line_or_none(text: str):
    assert parse_linestring(text) is None or text.strip().upper().startswith("LINESTRING")
