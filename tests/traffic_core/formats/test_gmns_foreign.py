"""GMNS folders of other programs: forgiving in form, every assumption counted, contradictions named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pyproj import Transformer

from traffic_core.demand import Purpose
from traffic_core.errors import FileError, InvalidValueError
from traffic_core.formats.gmns.reader import read_gmns
from traffic_core.geometry import distance_m
from traffic_core.gmns import read_network
from traffic_core.network import Movement, NodeControl, RoadClass
from traffic_core.provenance import Confidence

if TYPE_CHECKING:
    from pathlib import Path

    from traffic_core.formats.imported import ImportedModel

# As osm2gmns writes it: both directions as links, lengths in metres, no config.csv.
TABLES = {
    "node.csv": """\
name,node_id,osm_node_id,osm_highway,zone_id,ctrl_type,x_coord,y_coord,notes
,0,41520578,,1,,9.0,48.0,
Mitte,1,41520581,traffic_signals,,signal,9.005,48.0,a note
,2,41520584,,2.0,,9.01,48.0,
,3,,,,,9.005,48.002,boundary node
""",
    "link.csv": """\
name,link_id,osm_way_id,from_node_id,to_node_id,dir_flag,length,lanes,free_speed,capacity,link_type_name,geometry,allowed_uses
Hauptstraße,0,77,0,1,1,372.0,2,50,1800,primary,,auto
Hauptstraße,1,77,1,0,1,372.0,2,50,1800,primary,,auto
,2,78,1,2,1,435.1,,,,residential,"LINESTRING (9.01 48.0, 9.0075 48.001, 9.005 48.0)",auto
,3,78,2,1,1,435.1,1,30,1000,residential,"LINESTRING (9.01 48.0, 9.0075 48.001, 9.005 48.0)",auto
,4,79,1,3,1,222.4,1,30,1000,unclassified,,auto
,5,79,3,1,1,222.4,1,30,1000,unclassified,,auto
Radweg,6,80,1,3,1,222.4,1,15,500,cycleway,,bike;walk
,7,81,3,3,1,10,1,30,1000,residential,,auto
""",
}

FOURTH = "222.4,1,30,1000,unclassified,,auto\n,5"
"""Length to uses of link 4, and where the next row begins."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "somewhere"
    folder.mkdir()
    for name, text in TABLES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def edit(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / name).read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} must be in {name} once"
    (folder / name).write_text(text.replace(old, new), encoding="utf-8")


def kinds(model: ImportedModel) -> str:
    return " | ".join(model.warnings.counts)


def test_streets_are_read_and_what_is_not_said_is_taken_from_the_class_and_counted(folder):
    model = read_gmns(folder)
    links = model.network.links
    assert list(links) == ["0", "1", "2", "3", "4", "5"]
    assert links["0"].capacity_veh_h == 3_600.0, "1,800 veh/h on each of two lanes"
    assert links["0"].road_class is RoadClass.PRIMARY
    assert links["0"].length_m == 372.0
    assert links["0"].provenance.confidence is Confidence.ANCHOR
    assert links["2"].lanes == 1
    assert links["2"].free_speed_m_s == pytest.approx(30 / 3.6)
    assert links["2"].provenance.confidence is Confidence.ESTIMATED
    assert "assumed: capacity, free speed, lanes" in links["2"].provenance.source
    assert model.network.nodes["1"].control is NodeControl.SIGNAL
    for kind in ("lanes taken from the road class", "capacity taken", "free speed taken", "m taken, it fits"):
        assert kind in kinds(model)
    assert model.warnings.examples["link not for cars: left out"] == ["link 6"]
    assert model.warnings.examples["link from a node to itself: left out"] == ["link 7"]


def test_a_line_drawn_against_the_direction_is_turned(folder):
    links = read_gmns(folder).network.links
    assert links["2"].line == ((9.005, 48.0), (9.0075, 48.001), (9.01, 48.0))
    assert links["3"].line == links["2"].line[::-1]


def test_without_movements_all_ways_but_those_back_are_permitted(folder):
    turns = {(turn.from_link, turn.to_link): turn.movement for turn in read_gmns(folder).network.turns.values()}
    assert turns["0", "2"] is Movement.THROUGH
    assert turns["0", "4"] is Movement.LEFT
    assert turns["3", "4"] is Movement.RIGHT
    assert ("0", "1") not in turns
    assert turns["2", "3"] is Movement.U_TURN, "a dead end"


def test_movements_of_the_file_go_first_where_they_speak_of_a_node(folder):
    rows = ("mvmt_id,node_id,ib_link_id,ob_link_id,type,penalty", "m/1,1,0,2,thru,5", ",1,3,4,,", "m2,1,0,6,left,")
    (folder / "movement.csv").write_text("\n".join(rows), encoding="utf-8")
    model = read_gmns(folder)
    at_middle = [turn for turn in model.network.turns.values() if turn.node_id == "1"]
    assert [(turn.from_link, turn.to_link, turn.movement) for turn in at_middle] == [
        ("0", "2", Movement.THROUGH),
        ("3", "4", Movement.RIGHT),
    ]
    assert at_middle[0].id == "m~2F1"
    assert "movement of a link that was left out" in kinds(model)
    assert any(table.name == "movement" and "penalty" in table.columns for table in model.aside)


def test_zones_come_from_the_nodes_and_demand_as_vehicles_of_a_day(folder):
    (folder / "zone.csv").write_text("zone_id,name\n1,West\n2,Ost\n9,nowhere\n", encoding="utf-8")
    demand = "o_zone_id,d_zone_id,volume\n1,2,12.5\n2,1,0\n1,1,3\n"
    (folder / "demand.csv").write_text(demand, encoding="utf-8")
    model = read_gmns(folder)
    assert [(zone.id, zone.name, zone.nodes) for zone in model.zones] == [("1", "West", ("0",)), ("2", "Ost", ("2",))]
    assert [(cell.origin, cell.destination, cell.veh_24h) for cell in model.cells] == [("1", "2", 12.5)]
    assert model.cells[0].purpose is Purpose.INTERNAL
    for kind in ("zone without a node", "trips inside a zone", "taken as vehicles of a weekday"):
        assert kind in kinds(model)


def test_attributes_without_a_place_are_kept_aside(folder):
    (folder / "poi.csv").write_text("poi_id,name\n5,Kirche\n", encoding="utf-8")
    aside = {table.name: table for table in read_gmns(folder).aside}
    assert aside["node"].columns == ("node_id", "zone_id", "osm_node_id", "osm_highway", "notes")
    assert aside["node"].rows[1] == ("1", "", "41520581", "traffic_signals", "a note")
    assert "osm_way_id" in aside["link"].columns
    assert len(aside["link"].rows) == 8
    assert aside["poi"].rows == (("5", "Kirche"),)


def test_an_undirected_link_becomes_two(folder):
    text = "link_id,from_node_id,to_node_id,directed\n5,0,1,0\n5_r,1,2,true\n"
    (folder / "link.csv").write_text(text, encoding="utf-8")
    links = read_gmns(folder).network.links
    assert [(link.id, link.from_node, link.to_node) for link in links.values()] == [
        ("5", "0", "1"),
        ("5_rr", "1", "0"),
        ("5_r", "1", "2"),
    ]


def test_two_columns_are_enough_for_a_link(folder):
    (folder / "link.csv").write_text("from_node_id,to_node_id\n0,1\n1,2\n", encoding="utf-8")
    model = read_gmns(folder)
    assert list(model.network.links) == ["1", "2"]
    assert model.network.links["1"].road_class is RoadClass.TERTIARY
    assert model.network.links["1"].length_m == pytest.approx(distance_m((9.0, 48.0), (9.005, 48.0)))
    assert "road class not stated: tertiary taken" in kinds(model)


def test_units_and_coordinate_system_of_config_are_used(folder):
    to_utm = Transformer.from_crs("EPSG:4326", "EPSG:32632", always_xy=True)
    places = [to_utm.transform(lon, 48.0) for lon in (9.0, 9.005)]
    nodes = "".join(f"{name},{x:.3f},{y:.3f}\n" for name, (x, y) in zip("ab", places, strict=True))
    (folder / "node.csv").write_text("node_id,x_coord,y_coord\n" + nodes, encoding="utf-8")
    link = "from_node_id,to_node_id,length,free_speed,facility_type\na,b,0.2312,30,Minor_Arterial\n"
    (folder / "link.csv").write_text(link, encoding="utf-8")
    (folder / "config.csv").write_text("long_length,speed,crs\nmile,mph,32632\n", encoding="utf-8")
    link = read_gmns(folder).network.links["1"]
    assert link.line[0] == pytest.approx((9.0, 48.0), abs=1e-6)
    assert link.length_m == pytest.approx(372.08, abs=0.01)
    assert link.free_speed_m_s == pytest.approx(13.4112)
    assert link.road_class is RoadClass.SECONDARY


def test_lengths_in_kilometres_are_recognised_by_the_coordinates(folder):
    for metres in ("372.0", "435.1", "222.4"):
        text = (folder / "link.csv").read_text(encoding="utf-8").replace(metres, str(float(metres) / 1_000))
        (folder / "link.csv").write_text(text, encoding="utf-8")
    assert read_gmns(folder).network.links["0"].length_m == pytest.approx(372.0)


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        (FOURTH, FOURTH.replace("222.4", "500"), "length far from that"),
        ("4,79,1,3,1,222.4,1,30", "4,79,1,3,1,222.4,12,30", "more than 8 lanes: 8 taken"),
        ("4,79,1,3,1,222.4,1,30", "4,79,1,3,1,222.4,1,400", "free speed outside 1 to 60 m/s"),
        ("4,79,1,3,1,222.4,1,30,1000", "4,79,1,3,1,222.4,1,30,7000", "capacity above 3,000 veh/h per lane"),
        ("4,79,1,3,1,222.4,1,30,1000", "4,79,1,3,1,222.4,1,30,7", "capacity below 50 veh/h"),
        (
            "4,79,1,3,1,222.4,1,30,1000,unclassified",
            "4,79,1,3,1,222.4,1,30,1000,oddity",
            "road class 'oddity' not known",
        ),
        ("4,79,1,3,1,222.4,1", "4,79,1,3,1,222.4,0", "link not for cars"),
        ('"LINESTRING (9.01 48.0, 9.0075 48.001, 9.005 48.0)",auto\n,3', "POINT (1 2),auto\n,3", "no WKT LINESTRING"),
        (
            '"LINESTRING (9.01 48.0, 9.0075 48.001, 9.005 48.0)",auto\n,3',
            '"LINESTRING (9.006 48.001, 9.008 48.001)",auto\n,3',
            "line ends away from its node",
        ),
    ],
)
def test_what_the_types_refuse_is_repaired_and_counted(folder, old, new, kind):
    edit(folder, "link.csv", old, new)
    assert kind in kinds(read_gmns(folder))


@pytest.mark.parametrize(
    ("file", "old", "new", "part"),
    [
        ("link.csv", "4,79,1,3,1", "4,79,1,33,1", r"link.csv, row 6: to_node_id = '33': must name a node_id"),
        (
            "link.csv",
            FOURTH,
            FOURTH.replace("1000", "-1"),
            r"link.csv, row 6: capacity = '-1': must be a number of at least 0",
        ),
        ("link.csv", FOURTH, FOURTH.replace("30", "inf"), r"row 6: free_speed = 'inf': must be a finite number"),
        ("link.csv", FOURTH, FOURTH.replace("1,30", "1.5,30"), r"row 6: lanes = '1.5': must be a whole number"),
        ("link.csv", "\n,5,79", "\n,4,79", r"row 7: link_id = '4': must occur once"),
        ("link.csv", "from_node_id,", "source,", r"link.csv, row 1: from_node_id = None: must be a column"),
        ("link.csv", "3,1,10,1,30,1000,residential,,auto\n", "3,1,10,1", r"link.csv, row 9: cells = 8: must have 13"),
        ("node.csv", "9.01,48.0", "9.01,148.0", r"node.csv, row 4: y_coord = '148.0': must be degrees"),
        ("node.csv", "9.01,48.0", "9.01,", r"node.csv, row 4: y_coord = '': must not be empty"),
        ("node.csv", ",2,41520584", ",1,41520584", r"node.csv, row 4: node_id = '1': is in row 3 already"),
    ],
)
def test_what_makes_the_folder_unusable_is_named(folder, file, old, new, part):
    edit(folder, file, old, new)
    with pytest.raises(FileError, match=part):
        read_gmns(folder)


@pytest.mark.parametrize(
    ("file", "text", "part"),
    [
        ("movement.csv", "node_id,ib_link_id,ob_link_id\n1,0,99\n", r"movement.csv, row 2: ob_link_id = '99'"),
        ("movement.csv", "node_id,ib_link_id,ob_link_id\n1,2,4\n", r"row 2: ib_link_id = '2': must end at node 1"),
        ("movement.csv", "mvmt_id,node_id,ib_link_id,ob_link_id\na,1,0,2\na,1,0,4\n", r"row 3: mvmt_id = 'a'"),
        ("demand.csv", "o_zone_id,d_zone_id,volume\n1,7,1\n", r"demand.csv, row 2: d_zone_id = '7': must name a zone"),
        ("demand.csv", "o_zone_id,d_zone_id,volume\n1,2,-1\n", r"demand.csv, row 2: volume = '-1': must be"),
        ("demand.csv", "o_zone_id,d_zone_id,volume\n1,2,1\n1,2,1\n", r"row 3: d_zone_id = '2': must occur once with"),
        ("demand.csv", "o_zone_id,d_zone_id,volume\n1,2,\n", r"row 2: volume = '': must not be empty"),
        ("config.csv", "long_length\nfurlong\n", r"config.csv, row 2: long_length = 'furlong': must be one of m"),
        ("config.csv", "crs\nnone of these\n", r"config.csv, row 2: crs = .*must be a coordinate system"),
    ],
)
def test_other_tables_that_cannot_be_used_are_named(folder, file, text, part):
    (folder / file).write_text(text, encoding="utf-8")
    with pytest.raises(FileError, match=part):
        read_gmns(folder)


def test_another_encoding_is_refused(folder):
    (folder / "link.csv").write_bytes(TABLES["link.csv"].encode("latin-1"))
    with pytest.raises(FileError, match=r"link\.csv, row 2: encoding = .byte 0xdf.: must be UTF-8 text"):
        read_gmns(folder)


def test_an_unknown_coordinate_system_of_the_caller_is_refused(folder):
    with pytest.raises(InvalidValueError, match="crs = 'EPSG:0': must be a coordinate system that PROJ knows"):
        read_gmns(folder, crs="EPSG:0")


def test_progress_is_told_up_to_the_end(folder):
    told = []
    read_gmns(folder, progress=lambda done, total: told.append((done, total)))
    assert told[0] == (0, 8)
    assert told[-1] == (8, 8)


def test_a_model_folder_of_our_own_is_read_by_its_own_rules(le_model):
    model = read_gmns(le_model)
    assert model.network == read_network(le_model)
    assert model.name == "Leinfelden-Echterdingen"
    assert model.cells
    assert model.counts
    assert model.parking
    assert not model.warnings.counts
