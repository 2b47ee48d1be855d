"""Records that the model cannot hold are repaired or left out, counted by kind; the choice of the car systems."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from traffic_core.errors import FileError
from traffic_core.formats.imported import Warnings
from traffic_core.formats.visum.cars import cars_of
from traffic_core.formats.visum.classes import class_by_figures, class_by_name
from traffic_core.formats.visum.reader import OPENSTREETMAP_LICENCE, read_visum
from traffic_core.formats.visum.table import read_tables
from traffic_core.network import Movement, RoadClass
from traffic_core.provenance import Confidence

if TYPE_CHECKING:
    from pathlib import Path

NODES = "$KNOTEN:NR;XKOORD;YKOORD\n1;0;0\n2;1000;0\n3;1000;1000\n4;1000.3;1000\n5;200000;0\n"
SYSTEMS = "$VSYS:CODE;NAME;TYP\nP;Pkw;IV\n"
HEADER = "$STRECKE:NR;VONKNOTNR;NACHKNOTNR;TYPNR;VSYSSET;LAENGE;ANZFAHRSTREIFEN;KAPIV;V0IV"
GOOD = "9;2;1;;P;1km;1;900;50km/h"


def read(tmp_path: Path, *links: str, more: str = ""):
    path = tmp_path / "town.net"
    path.write_text("\n".join(["$VISION", SYSTEMS, NODES, "", HEADER, GOOD, *links, "", more]) + "\n", encoding="utf-8")
    return read_visum(path)


def systems(tmp_path: Path, *rows: str, header: str = "CODE;NAME;TYP;PKWE"):
    path = tmp_path / "systems.net"
    path.write_text("\n".join(["$VISION", f"$VSYS:{header}", *rows]) + "\n", encoding="utf-8")
    warnings = Warnings()
    return cars_of(read_tables(path), warnings), warnings


def only(model, kind: str) -> str:
    """The one example of a kind of warning."""
    (example,) = model.warnings.examples[kind]
    return example


def test_a_link_from_a_node_to_itself_is_left_out(tmp_path):
    model = read(tmp_path, "1;1;1;;P;1km;1;900;50km/h")
    assert list(model.network.links) == ["9_2_1"]
    assert only(model, "link from a node to itself left out") == "1_1_1"


def test_a_link_without_a_length_takes_the_drawn_one(tmp_path):
    model = read(tmp_path, "1;1;2;;P;0km;1;900;50km/h")
    assert model.network.links["1_1_2"].length_m == pytest.approx(1_000.0, rel=1e-3)
    assert only(model, "length missing or 0: drawn length taken") == "1_1_2"


def test_a_link_shorter_than_a_metre_becomes_a_metre(tmp_path):
    model = read(tmp_path, "1;3;4;;P;0.3m;1;900;50km/h")
    assert model.network.links["1_3_4"].length_m == 1.0
    assert only(model, "link shorter than 1 m taken as 1 m") == "1_3_4"


def test_a_link_longer_than_a_hundred_kilometres_is_left_out(tmp_path):
    model = read(tmp_path, "1;1;5;;P;200km;1;900;50km/h")
    assert "1_1_5" not in model.network.links
    assert only(model, "link longer than 100 km left out").startswith("1_1_5")


def test_a_capacity_that_no_lane_carries_gives_way_to_the_road_class(tmp_path):
    model = read(tmp_path, "1;1;2;;P;1km;1;12000;50km/h", "2;2;3;;P;1km;1;900;50km/h")
    link = model.network.links["1_1_2"]
    assert link.capacity_veh_h == 1_800.0
    assert link.provenance.confidence is Confidence.ESTIMATED
    kind = "capacity over 3000 veh/h a lane looks like a day's: taken from the road class"
    assert only(model, kind) == "1_1_2: 12000"
    assert model.network.links["2_2_3"].capacity_veh_h == 900.0


def test_where_most_capacities_are_a_day_s_none_is_taken(tmp_path):
    rows = ["1;1;2;;P;1km;1;12000;50km/h", "2;2;3;;P;1km;1;8000;50km/h"]
    model = read(tmp_path, *rows)
    assert model.warnings.counts["capacities of the file look like a day's: taken from the road class"] == 3
    assert model.network.links["9_2_1"].capacity_veh_h == 1_500.0  # not the 900 that it states


def test_three_thousand_a_lane_is_still_an_hour_s(tmp_path):
    model = read(tmp_path, "1;1;2;;P;1km;2;6000;100km/h")
    assert model.network.links["1_1_2"].capacity_veh_h == 6_000.0


def test_a_tiny_capacity_is_raised(tmp_path):
    model = read(tmp_path, "1;1;2;;P;1km;1;5;50km/h")
    assert model.network.links["1_1_2"].capacity_veh_h == 50.0
    assert only(model, "capacity raised to 50 veh/h") == "1_1_2: 5"


@pytest.mark.parametrize(("stated", "taken_m_s"), [("1km/h", 1.0), ("300km/h", 60.0)])
def test_a_speed_that_nobody_drives_is_moved_into_range(tmp_path, stated, taken_m_s):
    model = read(tmp_path, f"1;1;2;;P;1km;1;900;{stated}")
    assert model.network.links["1_1_2"].free_speed_m_s == taken_m_s
    assert only(model, "free speed moved into 1 to 60 m/s").startswith("1_1_2")


def test_lanes_stay_between_one_and_eight(tmp_path):
    model = read(tmp_path, "1;1;2;;P;1km;0;900;50km/h", "2;2;3;;P;1km;12;900;50km/h")
    assert model.network.links["1_1_2"].lanes == 1
    assert model.network.links["2_2_3"].lanes == 8
    assert only(model, "link without lanes: one taken") == "1_1_2"
    assert only(model, "lanes rounded to a whole number from 1 to 8") == "2_2_3: 12"


def test_a_type_that_the_file_does_not_have_is_counted(tmp_path):
    more = "$STRECKENTYP:NR;NAME;KAPIV\n7;Autobahn;4000\n"
    model = read(tmp_path, "1;1;2;8;P;1km;1;900;50km/h", "2;2;3;7;P;1km;2;0;120km/h", more=more)
    assert only(model, "link type is not in the file") == "1_1_2: 8"
    motorway = model.network.links["2_2_3"]
    assert (motorway.road_class, motorway.capacity_veh_h) == (RoadClass.MOTORWAY, 4_000.0)


def test_parallel_links_share_their_turns(tmp_path):
    more = "$ABBIEGER:VONKNOTNR;UEBERKNOTNR;NACHKNOTNR;VSYSSET\n1;2;3;P\n"
    rows = ["1;1;2;;P;1km;1;900;50km/h", "2;1;2;;P;1km;1;600;30km/h", "3;2;3;;P;1km;1;900;50km/h"]
    model = read(tmp_path, *rows, more=more)
    at_2 = {turn.id: turn.movement for turn in model.network.turns.values() if turn.node_id == "2"}
    assert at_2 == {"1_1_2-3_2_3": Movement.LEFT, "2_1_2-3_2_3": Movement.LEFT}
    assert only(model, "parallel links: bends and turns of the file hold for each") == "1_1_2, 2_1_2"


def test_count_locations_without_a_count_stay_aside(tmp_path):
    more = "$ZAEHLSTELLE:NR;STRNR;VONKNOTNR;NACHKNOTNR;RELPOS\n1;9;2;1;0.5\n"
    model = read(tmp_path, more=more)
    assert model.counts == ()
    assert only(model, "count locations without a count of a day kept aside") == "1 locations"
    assert "zaehlstelle" in {table.name for table in model.aside}


def test_a_connector_off_the_streets_is_left_out(tmp_path):
    more = "$BEZIRK:NR;NAME\n1;Hausen\n\n$ANBINDUNG:BEZNR;KNOTNR;RICHTUNG;VSYSSET\n1;4;Q;P\n1;1;Q;P\n1;1;Z;P\n"
    model = read(tmp_path, more=more)
    assert [zone.nodes for zone in model.zones] == [("1",)]
    assert only(model, "connector to a node without a street for cars left out") == "zone 1, node 4"


def test_the_note_on_openstreetmap_reaches_the_licence(tmp_path):
    assert read(tmp_path, more="$INFO:INDEX;TEXT\n1;© OpenStreetMap contributors\n").licence == OPENSTREETMAP_LICENCE


def test_signs_that_an_identifier_must_not_hold_are_replaced(tmp_path):
    model = read(tmp_path, "1/2;1;2;;P;1km;1;900;50km/h")
    assert "1_2_1_2" in model.network.links


@pytest.mark.parametrize(
    ("rows", "codes"),
    [
        (["P;Pkw;IV;1", "L;Lkw;IV;2.5", "B;Bus;OV;1"], {"P"}),
        (["Car;Car;PrT;1", "C;Bus;PuT;1"], {"Car"}),
        (["1S;Personen;IV;1", "2R;Rad;IV;0.1"], {"1S"}),
        (["M;Kfz;IV;1", "V;Velo;IV;1", "W;Walk;PrT;1", "N;Tandem;IV;0.2"], {"M"}),
    ],
)
def test_cars_are_the_private_systems_with_a_usual_code_or_all_but_bicycles(tmp_path, rows, codes):
    assert systems(tmp_path, *rows)[0].codes == codes


def test_cars_found_by_their_type_alone_are_warned_of(tmp_path):
    _, warnings = systems(tmp_path, "1S;Personen;IV;1", "2L;Lkw;IV;2.5")
    assert warnings.counts["transport system taken as car after its type alone"] == 2


@pytest.mark.parametrize(("text", "may"), [("B,P", True), (" P ", True), ("B,PUTW", False), ("", False)])
def test_a_set_is_open_to_cars_if_it_holds_a_whole_code(tmp_path, text, may):
    assert systems(tmp_path, "P;Pkw;IV;1")[0].may_use(text) is may


@pytest.mark.parametrize(
    ("name", "road_class"),
    [
        ("Motorway_link, 1 lane", RoadClass.RAMP),
        ("Anschlussrampe BAB", RoadClass.RAMP),
        ("BAB 3-streifig", RoadClass.MOTORWAY),
        ("Bundesautobahn", RoadClass.MOTORWAY),
        ("Kraftfahrstraße", RoadClass.TRUNK),
        ("Bundesstraße außerorts", RoadClass.PRIMARY),
        ("Landesstraße", RoadClass.SECONDARY),
        ("Hauptsammelstraße", RoadClass.TERTIARY),
        ("Kreisstraße", RoadClass.TERTIARY),
        ("Erschließungsstraße", RoadClass.RESIDENTIAL),
        ("Tempo-30-Zone", RoadClass.RESIDENTIAL),
        ("Wirtschaftsweg", RoadClass.SERVICE),
        ("Typ 17", None),
        ("Trampelpfad", None),
    ],
)
def test_the_name_of_a_type_tells_its_class(name, road_class):
    assert class_by_name(name) is road_class


@pytest.mark.parametrize(
    ("speed_km_h", "capacity", "road_class"),
    [
        (130, 2_000, RoadClass.MOTORWAY),
        (100, 1_500, RoadClass.PRIMARY),
        (50, 1_400, RoadClass.SECONDARY),
        (50, 800, RoadClass.TERTIARY),
        (50, 400, RoadClass.RESIDENTIAL),
        (30, 1_400, RoadClass.RESIDENTIAL),
        (None, None, RoadClass.TERTIARY),
    ],
)
def test_speed_and_capacity_tell_the_class_where_the_name_does_not(speed_km_h, capacity, road_class):
    assert class_by_figures(None if speed_km_h is None else speed_km_h / 3.6, capacity) is road_class


def test_numbers_of_a_file_without_a_version_block_are_in_kilometres(tmp_path):
    assert read(tmp_path, "1;1;2;;P;1;1;900;50").network.links["1_1_2"].length_m == 1_000.0


def test_two_links_must_not_come_to_the_same_id(tmp_path):
    path = tmp_path / "town.net"
    nodes = "$KNOTEN:NR;XKOORD;YKOORD\n2_3;0;10\n3;1000;0\n4;0;0\n"
    rows = ["1;2_3;4;;P;1km;1;900;50km/h", "1_2;3;4;;P;1km;1;900;50km/h"]
    path.write_text("\n".join(["$VISION", SYSTEMS, nodes, HEADER, *rows]) + "\n", encoding="utf-8")
    with pytest.raises(FileError, match=r"STRECKE\.NR = '1_2': must give the link an id of its own: 1_2_3_4 is"):
        read_visum(path)


def test_a_count_on_a_link_closed_to_cars_stays_aside(tmp_path):
    more = "$ZAEHLSTELLE:NR;STRNR;VONKNOTNR;NACHKNOTNR;KFZ24H\n1;1;1;2;500\n2;7;2;1;700\n"
    model = read(tmp_path, "1;1;2;;R;1km;1;900;50km/h", more=more)
    assert only(model, "count on a link that is not in the model kept aside") == "1"
    assert [(count.id, count.link_id) for count in model.counts] == [("2", "9_2_1")]


def test_connectors_without_a_direction_lead_both_ways(tmp_path):
    model = read(tmp_path, more="$BEZIRK:NR\n1\n\n$ANBINDUNG:BEZNR;KNOTNR\n1;2\n")
    assert [zone.nodes for zone in model.zones] == [("2",)]
    assert "connector of one direction taken for both" not in model.warnings.counts
