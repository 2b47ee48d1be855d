"""An English network file in UTF-8: miles, a stated coordinate system, no turns, a quoted semicolon."""

from __future__ import annotations

from pathlib import Path

import pytest

from traffic_core.demand import ZoneKind
from traffic_core.formats.visum.reader import read_visum
from traffic_core.network import Movement, NodeControl, RoadClass
from traffic_core.provenance import Confidence

VILLAGE = Path(__file__).with_name("village.net")


@pytest.fixture(scope="module")
def model():
    return read_visum(VILLAGE)


def test_numbers_without_a_unit_are_in_miles(model):
    link = model.network.links["1_1_2"]
    assert link.length_m == pytest.approx(0.463 * 1_609.344)
    assert link.free_speed_m_s == pytest.approx(20 * 1_609.344 / 3_600)  # 25 mph, lowered to the type's 20
    assert link.capacity_veh_h == 850.0


def test_a_unit_in_a_value_goes_before_the_file_s(model):
    assert model.network.links["2_2_3"].length_m == pytest.approx(2_450 * 0.3048)


def test_figures_that_nobody_states_come_from_the_road_class_and_are_marked(model):
    link = model.network.links["2_2_3"]
    assert link.road_class is RoadClass.TERTIARY
    assert (link.lanes, link.capacity_veh_h) == (2, 3_000.0)
    assert link.free_speed_m_s == pytest.approx(50 / 3.6)
    assert link.provenance.confidence is Confidence.ESTIMATED
    assert link.provenance.source == "village.net, LINK; assumed: road class, capacity, free speed"
    assert model.warnings.counts["road class guessed from speed and capacity"] == 2
    assert model.warnings.counts["capacity missing or unlimited: taken from the road class"] == 2
    assert model.warnings.counts["free speed missing or 0: taken from the road class"] == 2


def test_the_stated_coordinate_system_is_used_without_a_warning(model):
    assert model.network.nodes["2"].position == (9.01, 48.0)
    assert not any("coordinate system" in kind for kind in model.warnings.counts)


def test_a_quoted_cell_may_hold_a_semicolon(model):
    assert model.network.nodes["1"].name == "Mill; bridge"


def test_without_a_table_of_turns_all_are_permitted_but_u_turns(model):
    turns = [(turn.node_id, turn.from_link, turn.to_link, turn.movement) for turn in model.network.turns.values()]
    assert ("2", "1_1_2", "2_2_3", Movement.THROUGH) in turns
    assert [turn[0] for turn in turns if turn[3] is Movement.U_TURN] == ["1", "3"]
    assert model.warnings.counts["node without turns in the file: all permitted but U-turns"] == 3


def test_connectors_may_stand_before_their_zones(model):
    assert [(zone.id, zone.nodes, zone.kind) for zone in model.zones] == [
        ("1", ("1",), ZoneKind.INSIDE),
        ("2", ("3",), ZoneKind.OUTSIDE),
    ]


def test_controls_and_counts_are_read_under_their_english_names(model):
    assert model.network.nodes["1"].control is NodeControl.ROUNDABOUT
    (count,) = model.counts
    assert (count.link_id, count.veh_24h, count.year) == ("1_1_2", 4_100.0, None)
    assert model.warnings.counts["counts of all days taken for working days"] == 1


def test_left_hand_traffic_is_warned_of(model):
    assert any(kind.startswith("left-hand traffic") for kind in model.warnings.counts)


def test_tables_keep_their_english_names_aside(model):
    aside = {table.name: table for table in model.aside}
    assert aside["link"].columns[-1] == "SURFACE"
    assert model.name == "Millbrook – West"


def test_a_byte_order_mark_does_no_harm(tmp_path, model):
    path = tmp_path / "village.net"
    path.write_bytes(b"\xef\xbb\xbf" + VILLAGE.read_bytes())
    assert read_visum(path).network == model.network


def test_windows_line_ends_do_no_harm(tmp_path, model):
    path = tmp_path / "village.net"
    path.write_bytes(VILLAGE.read_bytes().replace(b"\n", b"\r\n"))
    assert read_visum(path).network == model.network
