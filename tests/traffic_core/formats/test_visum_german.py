"""A German network file in Windows-1252: umlauts, units in values, defaults of link types, bends, turns, counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from traffic_core.demand import ZoneKind
from traffic_core.formats.visum.reader import UNKNOWN_LICENCE, read_visum
from traffic_core.network import Movement, NodeControl, RoadClass
from traffic_core.provenance import Confidence

DORF = Path(__file__).with_name("dorf.net")


@pytest.fixture(scope="module")
def model():
    return read_visum(DORF)


@pytest.fixture(scope="module")
def aside(model):
    return {table.name: table for table in model.aside}


def test_the_file_is_windows_1252_and_not_utf_8():
    with pytest.raises(UnicodeDecodeError):
        DORF.read_text(encoding="utf-8")


def test_the_model_has_the_network_s_name_and_says_where_it_comes_from(model):
    assert model.name == "Dörfle"
    assert model.source == "dorf.net, PTV Visum network file"
    assert model.licence == UNKNOWN_LICENCE


def test_each_direction_open_to_cars_is_a_link_with_the_numbers_of_the_file_in_its_id(model):
    assert list(model.network.links) == ["10_1_2", "10_2_1", "11_1_3", "11_3_1", "12_4_1"]
    assert model.warnings.counts["link closed to cars left out"] == 3


def test_a_link_s_own_figures_come_in_si_units(model):
    link = model.network.links["10_1_2"]
    assert link.name == "Große Straße"
    assert link.length_m == 539.0
    assert link.free_speed_m_s == pytest.approx(60 / 3.6)
    assert (link.lanes, link.capacity_veh_h) == (2, 3_200.0)
    assert link.road_class is RoadClass.PRIMARY
    assert link.provenance.confidence is Confidence.ANCHOR


def test_what_a_link_does_not_say_comes_from_its_type(model):
    link = model.network.links["11_1_3"]
    assert link.name == "Wohnstraße"
    assert link.free_speed_m_s == pytest.approx(30 / 3.6)
    assert (link.lanes, link.capacity_veh_h) == (1, 600.0)
    assert link.road_class is RoadClass.RESIDENTIAL
    assert model.warnings.counts["capacity taken from the link type"] == 2
    assert model.warnings.counts["free speed taken from the link type"] == 1


def test_cars_drive_no_faster_than_the_top_speed_of_the_link_type(model):
    assert model.network.links["11_3_1"].free_speed_m_s == pytest.approx(30 / 3.6)
    assert model.warnings.counts["free speed lowered to the top speed of cars on the link type"] == 1


def test_a_declared_length_far_from_the_drawn_one_goes_aside(model, aside):
    assert model.network.links["11_1_3"].length_m == pytest.approx(400, abs=1.0)
    declared = aside["declared_length"]
    assert declared.columns == ("link_id", "declared_m", "drawn_m")
    assert declared.rows == (("11_1_3", "600.0", "400.1"), ("11_3_1", "600.0", "400.1"))
    assert model.warnings.counts["declared length differs from the drawn one, which is taken"] == 2


def test_a_decimal_comma_is_understood(model):
    assert model.network.links["12_4_1"].length_m == 400.0


def test_utm_coordinates_without_a_stated_system_are_recognised(model):
    assert model.network.nodes["1"].position == pytest.approx((9.0, 48.753), abs=1e-4)
    kind = "file without a coordinate system: EPSG:25832 taken from the coordinates"
    assert model.warnings.counts[kind] == 1


def test_bends_follow_their_index_and_serve_both_directions(model):
    there, back = model.network.links["10_1_2"].line, model.network.links["10_2_1"].line
    assert len(there) == 4
    assert there == back[::-1]
    longitudes = [point[0] for point in there]
    assert longitudes == sorted(longitudes)


def test_turns_without_cars_are_forbidden_and_directions_come_from_the_lines(model):
    assert {turn.id: turn.movement for turn in model.network.turns.values()} == {
        "10_2_1-11_1_3": Movement.RIGHT,
        "12_4_1-10_1_2": Movement.THROUGH,
        "12_4_1-11_1_3": Movement.LEFT,
        "10_1_2-10_2_1": Movement.U_TURN,
        "11_1_3-11_3_1": Movement.U_TURN,
    }
    assert model.warnings.counts["turn forbidden to cars"] == 2


def test_control_types_become_controls_and_nodes_of_outside_zones_gates(model):
    assert {node.id: node.control for node in model.network.nodes.values()} == {
        "1": NodeControl.SIGNAL,
        "2": NodeControl.GATE,
        "3": NodeControl.ROUNDABOUT,
        "4": NodeControl.GIVE_WAY,
    }


def test_a_node_without_a_street_for_cars_is_left_out(model):
    assert "5" not in model.network.nodes
    assert model.warnings.counts["node without a street for cars left out"] == 1


def test_zones_have_the_nodes_of_their_car_connectors(model):
    zones = {zone.id: zone for zone in model.zones}
    assert zones["100"].nodes == ("1", "3")
    assert zones["100"].kind is ZoneKind.INSIDE
    assert zones["200"].name == "Kordon Süd"
    assert zones["200"].kind is ZoneKind.OUTSIDE
    assert "300" not in zones


def test_what_connectors_lose_is_counted(model):
    counts = model.warnings.counts
    assert counts["different weights of a zone's connectors: equal shares taken"] == 1
    assert counts["connector of one direction taken for both"] == 1
    assert counts["zone without a connector for cars left out"] == 1
    assert counts["zone taken as inside: the file does not say that it lies at the cordon"] == 1


def test_the_count_of_working_days_is_preferred(model):
    (count,) = model.counts
    assert (count.id, count.link_id, count.veh_24h, count.year) == ("7", "10_1_2", 8_900.0, 2023)
    assert count.provenance.source == "dorf.net, ZAEHLSTELLE.DTVW"


def test_an_empty_count_stays_aside(model):
    assert model.warnings.counts["count location with an empty count kept aside"] == 2


def test_every_table_is_kept_whole_in_the_file_s_own_words(aside):
    links = aside["strecke"]
    assert links.columns[-1] == "BELAGGÜTE"
    assert links.columns[7:11] == ("ANZFAHRSTREIFEN", "KAPIV", "V0IV", "T-OEVSYS(B)")
    assert [row[-1] for row in links.rows][:2] == ["gut", "mäßig"]
    assert len(links.rows) == 8
    assert aside["haltestelle"].rows == (("1", "Lindenplatz"),)
    assert aside["anbindung"].columns[-2:] == ("T0-VSYS(P)", "GEWICHT(IV)")
    assert {"knoten", "bezirk", "zaehlstelle", "benutzerdefattribute"} <= set(aside)


def test_progress_ends_at_its_total():
    told: list[tuple[int, int]] = []
    read_visum(DORF, progress=lambda done, total: told.append((done, total)))
    assert told[-1][0] == told[-1][1] > 0
    assert [done for done, _ in told] == sorted(done for done, _ in told)
