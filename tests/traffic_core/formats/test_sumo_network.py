"""Reading a SUMO network: what becomes a link, a turn, a lane, a node, a gate."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from traffic_core.formats.identifiers import file_id_of
from traffic_core.formats.sumo.reader import read_sumo
from traffic_core.geometry import distance_m
from traffic_core.network import Movement, NodeControl, RoadClass
from traffic_core.provenance import Confidence

CROSSING = Path(__file__).parent / "crossing.net.xml"
UTM = "+proj=utm +zone=32 +ellps=WGS84 +datum=WGS84 +units=m +no_defs"


@pytest.fixture(scope="module")
def crossing():
    return read_sumo(CROSSING)


def edited(tmp_path: Path, *changes: tuple[str, str]) -> Path:
    text = CROSSING.read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} must be there once"
        text = text.replace(old, new)
    path = tmp_path / "edited.net.xml"
    path.write_text(text, encoding="utf-8")
    return path


def lane_movements(model, link_id: str) -> dict[int, set[Movement]]:
    return {lane.number: set(lane.movements) for lane in model.network.lanes if lane.link_id == link_id}


def test_streets_for_cars_become_links_and_the_rest_is_counted(crossing):
    assert len(crossing.network.links) == 16
    assert len(crossing.network.nodes) == 9, "P has no street"
    assert crossing.warnings.counts["edge left out: no lane for cars"] == 1
    assert crossing.warnings.counts["junction without a street for cars left out"] == 1
    assert crossing.warnings.counts["lane not for cars left out"] == 2


def test_a_link_has_the_facts_of_its_edge(crossing):
    link = crossing.network.links["-10~230"]
    assert file_id_of(link.id) == "-10#0"
    assert link.name == "Hauptstraße"
    assert (link.from_node, link.to_node) == ("W", "C")
    assert link.lanes == 2, "the pavement is no lane"
    assert link.free_speed_m_s == 13.89
    assert link.road_class is RoadClass.PRIMARY
    assert link.capacity_veh_h == 3_600.0, "1,800 veh/h on each of two lanes, assumed"
    assert "capacity per lane assumed" in link.provenance.source


def test_a_link_is_drawn_from_node_to_node(crossing):
    nodes = crossing.network.nodes
    for link in crossing.network.links.values():
        assert link.line[0] == nodes[link.from_node].position
        assert link.line[-1] == nodes[link.to_node].position
    assert len(crossing.network.links["-10~230"].line) == 4, "the shape ends at the rim of the junction, 10 m before C"
    assert len(crossing.network.links["r~2F1"].line) == 3, "here the shape begins and ends at its junctions"


def test_the_drawn_length_counts_since_the_declared_one_ends_at_the_stop_line(crossing, tmp_path):
    assert crossing.network.links["10~230"].length_m == pytest.approx(500.0, rel=0.004), "declared 489 m"
    assert "declared length differs from the drawn one, drawn length used" not in crossing.warnings.counts
    model = read_sumo(edited(tmp_path, ('length="489.00"', 'length="450.00"')))
    assert model.network.links["10~230"].length_m == pytest.approx(500.0, rel=0.004)
    assert model.warnings.counts["declared length differs from the drawn one, drawn length used"] == 1
    table = next(table for table in model.aside if table.name == "sumo_lane")
    row = next(row for row in table.rows if row[0] == "10~230")
    assert row[table.columns.index("length")] == "450.00", "the declared length is kept aside"


def test_a_longer_declared_length_counts_while_it_agrees_with_the_drawn_one(tmp_path):
    assert read_sumo(edited(tmp_path, ('length="489.00"', 'length="512.00"'))).network.links["10~230"].length_m == 512.0
    model = read_sumo(edited(tmp_path, ('length="489.00"', 'length="520.00"')))
    assert model.network.links["10~230"].length_m == pytest.approx(500.0, rel=0.004)


def test_lanes_count_from_the_right(crossing):
    assert lane_movements(crossing, "-10~230") == {
        1: {Movement.RIGHT, Movement.THROUGH},
        2: {Movement.LEFT},
    }


def test_lanes_of_a_left_hand_network_count_from_the_other_side(tmp_path):
    model = read_sumo(edited(tmp_path, ("junctionCornerDetail", 'lefthand="true" junctionCornerDetail')))
    assert lane_movements(model, "-10~230")[2] == {Movement.RIGHT, Movement.THROUGH}
    assert any(kind.startswith("left-hand traffic") for kind in model.warnings.counts)


def test_partly_left_is_left_and_an_unknown_direction_is_computed(crossing):
    turns = crossing.network.turns
    assert turns["20>-11"].movement is Movement.LEFT
    assert turns["20>10~230"].movement is Movement.RIGHT
    assert turns["-30>10~230"].movement is Movement.LEFT, "from the south to the west"
    assert crossing.warnings.counts["direction of a turn computed from the drawn lines"] == 1


def test_u_turns_are_kept_only_at_a_dead_end_inside(crossing):
    kept = [turn.id for turn in crossing.network.turns.values() if turn.movement is Movement.U_TURN]
    assert kept == ["31~2Ba>-31"]
    assert crossing.warnings.counts["U-turn left out"] == 2, "one at the crossing, one at the gate N"


def test_control_follows_junction_type_signals_and_roundabouts(crossing):
    control = {node.id: node.control for node in crossing.network.nodes.values()}
    gates = {name for name, found in control.items() if found is NodeControl.GATE}
    assert gates == {"W", "E", "N", "B"}
    assert control["C"] is NodeControl.SIGNAL
    assert control["S"] is NodeControl.SIGNAL, "its connections obey the signal of C"
    assert control["R1"] is control["R2"] is NodeControl.ROUNDABOUT
    assert control["Y"] is NodeControl.NONE, "a dead end inside is no gate"


def test_a_junction_without_a_rule_and_a_mere_bend_have_no_control(tmp_path):
    no_tl = [(f' tl="joint" linkIndex="{place}"', "") for place in range(13, 17)]
    give_way = read_sumo(edited(tmp_path, *no_tl)).network.nodes["S"]
    assert give_way.control is NodeControl.GIVE_WAY
    equal = edited(tmp_path, *no_tl, ('id="S" type="priority"', 'id="S" type="right_before_left"'))
    assert read_sumo(equal).network.nodes["S"].control is NodeControl.NONE


def test_each_gate_gets_a_zone_outside_named_after_its_road(crossing):
    assert {zone.id: zone.name for zone in crossing.zones} == {
        "W": "Hauptstraße",
        "E": "-11",
        "N": "Gartenstraße",
        "B": "-50",
    }
    assert all(zone.kind.value == "outside" and zone.nodes == (zone.id,) for zone in crossing.zones)


def test_an_end_with_one_direction_only_is_a_gate_wherever_it_lies(tmp_path):
    text = CROSSING.read_text(encoding="utf-8")
    start = text.index('    <edge id="-31"')
    text = text[:start] + text[text.index("    </edge>\n", start) + len("    </edge>\n") :]
    path = tmp_path / "one_way.net.xml"
    path.write_text("".join(line for line in text.splitlines(keepends=True) if '"-31"' not in line), encoding="utf-8")
    assert read_sumo(path).network.nodes["Y"].control is NodeControl.GATE


def test_a_junction_that_nothing_crosses_is_a_gate_also_with_several_neighbours(tmp_path):
    text = CROSSING.read_text(encoding="utf-8")
    bend = '    <edge id="70" from="E" to="N"><lane id="70_0" index="0" speed="9" length="700"/></edge>\n    <tlLogic'
    path = tmp_path / "cut.net.xml"
    path.write_text(text.replace("    <tlLogic", bend), encoding="utf-8")
    assert read_sumo(path).network.nodes["E"].control is NodeControl.GATE


def test_the_class_of_an_edge_without_a_type_is_an_estimate(crossing):
    link = crossing.network.links["50"]
    assert (link.road_class, link.provenance.confidence) == (RoadClass.TERTIARY, Confidence.ESTIMATED)
    assert crossing.warnings.counts["road class guessed from speed and lanes"] == 2
    assert crossing.network.links["11"].provenance.confidence is Confidence.DERIVED


def test_a_living_street_is_residential_with_little_capacity(crossing):
    link = crossing.network.links["31~2Ba"]
    assert (link.road_class, link.capacity_veh_h) == (RoadClass.RESIDENTIAL, 600.0)


def test_the_projection_is_undone(crossing):
    nodes = crossing.network.nodes
    # x 511,000 lies 11,000 m east of 9° E: 11,000 / 0.9996 / (6,390,900 m · cos 48.685°) = 0.14941°
    # (radius of curvature in the prime vertical at 48.69° on WGS 84: 6,390,190 m)
    assert nodes["W"].position[0] == pytest.approx(9.14945, abs=1e-4)
    assert nodes["W"].position[1] == pytest.approx(48.6854, abs=1e-3)
    assert distance_m(nodes["W"].position, nodes["E"].position) == pytest.approx(1_000.0, rel=0.004)


@pytest.mark.parametrize("nothing", ["!", "-"])
def test_a_file_without_a_projection_is_placed_around_null_with_a_warning(tmp_path, nothing):
    model = read_sumo(edited(tmp_path, (UTM, nothing)))
    nodes = model.network.nodes
    assert model.warnings.counts["file without a projection, placed around longitude 0 latitude 0"] == 1
    assert nodes["C"].position == (0.0, 0.0), "the middle of all junctions"
    assert distance_m(nodes["W"].position, nodes["E"].position) == pytest.approx(1_000.0, abs=0.1)
    assert nodes["N"].position[1] > 0 > nodes["W"].position[0]


def test_a_given_coordinate_system_places_a_file_without_one(crossing, tmp_path):
    model = read_sumo(edited(tmp_path, (UTM, "!")), crs="EPSG:32632")
    assert model.network.nodes["W"].position == crossing.network.nodes["W"].position
    assert not [kind for kind in model.warnings.counts if "projection" in kind]


def test_a_given_coordinate_system_replaces_that_of_the_file_with_a_warning():
    model = read_sumo(CROSSING, crs="EPSG:32633")
    assert model.network.nodes["W"].position[0] == pytest.approx(15.149, abs=1e-3)
    assert model.warnings.counts["projection of the file replaced by the given one"] == 1


def test_a_compressed_file_is_the_same_model(crossing, tmp_path):
    path = tmp_path / "crossing.net.xml.gz"
    path.write_bytes(gzip.compress(CROSSING.read_bytes()))
    model = read_sumo(path)
    assert model.name == crossing.name == "crossing"
    assert list(model.network.links) == list(crossing.network.links)
    assert model.network.turns == crossing.network.turns


def test_progress_ends_at_the_size_of_the_file():
    told: list[tuple[int, int]] = []
    read_sumo(CROSSING, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (CROSSING.stat().st_size, CROSSING.stat().st_size)


def test_more_than_eight_lanes_are_joined_to_the_eighth(tmp_path):
    extra = "".join(
        f'        <lane id="-50_{index}" index="{index}" speed="13.89" length="137.00"/>\n' for index in range(1, 10)
    )
    old = '<lane id="-50_0" index="0" speed="13.89" length="137.00" shape="0.00,0.00 1.00,1.00"/>\n'
    last = ('<connection from="-50" to="r/2" fromLane="0"', '<connection from="-50" to="r/2" fromLane="9"')
    model = read_sumo(edited(tmp_path, (old, old + extra), last))
    assert model.network.links["-50"].lanes == 8
    assert lane_movements(model, "-50") == {8: {Movement.RIGHT}}
    assert model.warnings.counts["more than 8 lanes, the others joined to lane 8"] == 1
    assert model.warnings.counts["lane without a way on, not described"] == 7


def test_an_edge_shorter_than_a_metre_is_made_one_metre_long(tmp_path):
    path = edited(
        tmp_path,
        ('id="R2" type="priority" x="500.00" y="140.00"', 'id="R2" type="priority" x="500.00" y="159.80"'),
        (' shape="500.00,160.00 490.00,150.00 500.00,140.00"', ""),
        ('id="r/1_0" index="0" speed="8.33" length="26.50"', 'id="r/1_0" index="0" speed="8.33" length="0.20"'),
        (' shape="500.00,140.00 510.00,150.00 500.00,160.00"', ""),
    )
    model = read_sumo(path)
    assert model.network.links["r~2F1"].length_m == 1.0
    assert model.network.links["r~2F2"].length_m == 1.0, "declared 26.5 m, drawn 0.2 m"
    assert model.warnings.counts["edge shorter than 1 m made 1 m long"] == 2


def test_a_speed_the_model_cannot_hold_is_moved_to_the_limit(tmp_path):
    model = read_sumo(edited(tmp_path, ('id="10#0_0" index="0" speed="13.89"', 'id="10#0_0" index="0" speed="83.33"')))
    assert model.network.links["10~230"].free_speed_m_s == 60.0
    assert model.warnings.counts["speed outside 1 to 60 m/s moved to the limit"] == 1


def test_an_edge_from_a_junction_to_itself_is_left_out(tmp_path):
    loop = '    <edge id="99" from="C" to="C"><lane id="99_0" index="0" speed="9" length="80"/></edge>\n    <tlLogic'
    model = read_sumo(edited(tmp_path, ("    <tlLogic", loop)))
    assert "99" not in model.network.links
    assert model.warnings.counts["edge left out: begins and ends at the same junction"] == 1


def test_the_network_stays_aside_in_its_own_names(crossing):
    tables = {table.name: table for table in crossing.aside}
    edges = tables["sumo_edge"]
    row = dict(zip(edges.columns, edges.rows[0], strict=True))
    assert (row["link_id"], row["id"], row["priority"]) == ("-10~230", "-10#0", "5")
    assert tables["sumo_edge_left_out"].rows[0][:2] == ("no lane for cars", "60")
    assert tables["sumo_param"].rows == (("edge", "11", "origId", "4711"),)
    assert tables["sumo_location"].columns[-1] == "projParameter"
    assert len(tables["sumo_connection"].rows) == 28, "those left out too"


def test_ways_of_people_on_foot_are_left_out(crossing, tmp_path):
    turn = '<connection from="-31" to="40" '
    on_foot = (
        '<edge id=":S_w0" function="walkingarea">'
        '<lane id=":S_w0_0" index="0" speed="1" length="2" width="3" shape="0,0 1,1"/></edge>'
        '<edge id=":S_c0" function="crossing" crossingEdges="-31">'
        '<lane id=":S_c0_0" index="0" speed="1" length="6" width="4" shape="0,0 1,1"/></edge>'
        '<connection from="-31" to=":S_w0" fromLane="0" toLane="0" dir="s" state="M"/>'
        '<connection from=":S_w0" to=":S_c0" fromLane="0" toLane="0" dir="s" state="M"/>'
        '<connection from=":S_w0" to="40" fromLane="0" toLane="0" dir="s" state="M"/>'
    )
    model = read_sumo(edited(tmp_path, (turn, on_foot + turn)))
    assert model.network.links.keys() == crossing.network.links.keys()
    assert model.network.turns == crossing.network.turns
