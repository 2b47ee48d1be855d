"""GMNS folders as spreadsheets, other conventions and accidents leave them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from traffic_core.errors import FileError
from traffic_core.formats.gmns.reader import read_gmns
from traffic_core.formats.model_folder import write_model
from traffic_core.gmns import read_network

if TYPE_CHECKING:
    from pathlib import Path

TABLES = {
    "node.csv": """\
node_id,name,x_coord,y_coord,zone_id
1,A,9.0,48.0,1
2,B,9.005,48.0,2
3,C,9.005,48.004,
""",
    "link.csv": """\
link_id,name,from_node_id,to_node_id,directed,facility_type,geometry
5,x,1,2,0,primary,"LINESTRING (9.0 48.0, 9.002 48.0, 9.005 48.0)"
6,y,2,3,1,residential,
7,z,3,2,1,residential,
""",
    "zone.csv": "zone_id,name\n1,Nord\n2,Süd\n",
    "demand.csv": "o_zone_id,d_zone_id,volume\n1,2,100\n2,1,50\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    for name, text in TABLES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def put(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text, encoding="utf-8", newline="")
    return folder


@pytest.mark.parametrize(
    ("file", "text", "part"),
    [
        ("node.csv", f"{TABLES['node.csv']}1.0,Z,9.01,48.01,\n", r"row 5: node_id = '1.0': is in row 2 already"),
        ("zone.csv", f"{TABLES['zone.csv']}1,Ost\n", r"zone.csv, row 4: zone_id = '1': is in row 2 already"),
        ("geometry.csv", "geometry_id,geometry\n1,\n1,\n", r"geometry.csv, row 3: geometry_id = '1': is in row 2"),
        (
            "demand.csv",
            "o_zone_id,d_zone_id,volume\n1,2,0\n1,2,7\n",
            r"demand.csv, row 3: d_zone_id = '2': must occur once with origin 1",
        ),
        (
            "link.csv",
            TABLES["link.csv"].replace("2,3,1", "2,3,maybe"),
            r"link.csv, row 3: directed = 'maybe': must be 1 or true, 0 or false",
        ),
        ("link.csv", TABLES["link.csv"].replace("9.002 48", "nan 48"), r"link.csv, row 2: geometry = .*degrees"),
        ("link.csv", TABLES["link.csv"].split("\n")[0], r"link.csv: link = 0: must hold a link for cars"),
        ("link.csv", TABLES["link.csv"].replace('48.0)"', "48.0)"), r"link.csv, row 2: row = None: must be a row of"),
        ("node.csv", TABLES["node.csv"].replace(",", ";"), r"node.csv, row 1: node_id = None: .*cells, not ';'"),
        ("config.csv", "crs\nEPSG:5773\n", r"config.csv, row 2: crs = 'EPSG:5773': must be a coordinate system"),
    ],
)
def test_what_contradicts_itself_is_named(folder, file, text, part):
    with pytest.raises(FileError, match=part):
        read_gmns(put(folder, file, text))


def test_rows_of_commas_that_a_spreadsheet_leaves_are_no_rows(folder):
    for name in ("node.csv", "link.csv", "zone.csv", "demand.csv"):
        commas = "," * TABLES[name].split("\n")[0].count(",")
        put(folder, name, f"{TABLES[name]}{commas}\n{commas}\n")
    assert list(read_gmns(folder).network.nodes) == ["1", "2", "3"]


def test_zone_0_is_one_where_the_folder_lists_it_or_has_trips_of_it(folder):
    put(folder, "node.csv", TABLES["node.csv"].replace("48.0,1\n", "48.0,0\n").replace("48.004,\n", "48.004,-1\n"))
    put(folder, "demand.csv", "o_zone_id,d_zone_id,volume\n0,2,10\n")
    put(folder, "zone.csv", "zone_id\n2\n")
    assert [zone.id for zone in read_gmns(folder).zones] == ["0", "2"]
    (folder / "demand.csv").unlink()
    assert [zone.id for zone in read_gmns(folder).zones] == ["2"]
    put(folder, "zone.csv", "zone_id,name\n0,Mitte\n2,Süd\n")
    assert [zone.name for zone in read_gmns(folder).zones] == ["Mitte", "Süd"]


def test_a_row_that_does_not_say_whether_it_is_directed_is_one_direction_and_counted(folder):
    put(folder, "link.csv", TABLES["link.csv"].replace("1,2,0", "1,2,"))
    model = read_gmns(folder)
    assert list(model.network.links) == ["5", "6", "7"]
    assert model.warnings.examples["not stated whether a link is directed: one direction taken"] == ["link 5"]
    put(folder, "link.csv", TABLES["link.csv"].replace("directed", "remark"))
    assert read_gmns(folder).warnings.counts["no column directed: every link taken as one direction"] == 1


def test_a_movement_of_bicycles_is_no_turn_of_cars(folder):
    put(folder, "movement.csv", "node_id,ib_link_id,ob_link_id,allowed_uses\n2,5,6,bike;walk\n2,7,5,auto\n")
    model = read_gmns(folder)
    at_middle = [(turn.from_link, turn.to_link) for turn in model.network.turns.values() if turn.node_id == "2"]
    assert at_middle == [("7", "5_r")]
    assert model.warnings.examples["movement not for cars: left out"] == ["row 2"]


def test_a_node_without_a_street_for_cars_is_left_out(folder):
    model = read_gmns(put(folder, "node.csv", f"{TABLES['node.csv']}9,weit weg,9.1,48.1,\n"))
    assert "9" not in model.network.nodes
    assert model.warnings.examples["node without a street for cars left out"] == ["node 9"]


def test_a_table_whose_last_line_is_not_ended_is_warned_of(folder):
    put(folder, "demand.csv", TABLES["demand.csv"].rstrip("\n"))
    kind = "last line without an end: its last value may be cut off"
    assert read_gmns(folder).warnings.examples[kind] == ["demand.csv"]


def test_other_files_that_are_no_tables_are_passed_over_and_names_in_use_are_changed(folder, tmp_path):
    (folder / "notes.csv").write_bytes("Straße;1,5\n2;3,4,5\n".encode("latin-1"))
    put(folder, "import_warning.csv", "kind\nx\n")
    put(folder, "poi.csv", "a\n1\n")
    put(folder, "POI-.csv", "a\n2\n")
    model = read_gmns(folder)
    assert [table.name for table in model.aside] == ["poi", "import_warning_", "poi_"]
    (example,) = model.warnings.examples["other file of the folder is no table that can be read: not kept aside"]
    assert "notes.csv, row 1: encoding = 'byte 0xdf'" in example
    write_model(model, tmp_path / "out")


def test_line_breaks_of_every_kind_in_names_survive_the_writer(folder, tmp_path):
    put(folder, "node.csv", TABLES["node.csv"].replace("1,A", '1,"A\rB"').replace("2,B", '2,"A\r\nB"'))
    put(folder, "link.csv", TABLES["link.csv"].replace("6,y", '6,"A\nB, ""C"""'))
    write_model(read_gmns(folder), tmp_path / "out")
    network = read_network(tmp_path / "out")
    assert [node.name for node in network.nodes.values()] == ["A\rB", "A\r\nB", "C"]
    assert network.links["6"].name == 'A\nB, "C"'


def test_a_line_of_many_points_is_read(folder, tmp_path):
    points = ", ".join(f"{9.0 + k / 2_000_000} 48.0" for k in range(10_001))
    put(folder, "link.csv", TABLES["link.csv"].replace("9.0 48.0, 9.002 48.0, 9.005 48.0", points))
    write_model(read_gmns(folder), tmp_path / "out")
    assert len(read_network(tmp_path / "out").links["5"].line) == 10_001
