"""Measures on streets."""

from __future__ import annotations

import pytest

from simulator.scenario.events import ClosureEvent, DetectorFaultEvent, LaneEvent
from traffic_core.network import Movement

SIX_S = 1_795_500_000.0 - 3_600.0
"""06:00 in Berlin on the day of the scenarios."""


def test_a_scenario_without_measures_is_the_model_as_it_is(staged_of, base):
    staged = staged_of()
    assert staged.model == base
    assert (staged.start_s, staged.duration_s, staged.warm_up_s) == (SIX_S, 14_400.0, 1_800.0)
    assert (staged.scenario_id, staged.kappa, staged.demand_factor, staged.events) == ("case", 0.2, 1.0, ())


def test_a_link_closed_all_day_goes_with_all_that_refers_to_it(staging_of):
    staged, warnings = staging_of("measure: close_link, link: W_X")
    network = staged.model.network
    assert "W_X" not in network.links
    assert "D_X_W" in network.detectors
    assert not [turn for turn in network.turns.values() if "W_X" in {turn.from_link, turn.to_link}]
    assert staged.model.parking.signs == {}
    group = staged.model.junctions["X"].layout.groups["WE"]
    assert all(network.turns[turn].from_link == "P_X" for turn in group.turns)
    assert "case.yaml, measure 1 (close_link): sign S1 goes with link W_X" in warnings
    assert any("signal group WE of junction X loses" in text for text in warnings)
    assert any("bus line 1" in text and "leaves out cross" in text for text in warnings)


def test_a_link_closed_for_a_time_stays(staged_of, base):
    staged = staged_of("measure: close_link, link: [W_X, X_P], from: 07:00, until: 08:30")
    assert staged.model.network == base.network
    assert staged.events == tuple(
        ClosureEvent(link_id=link, from_s=SIX_S + 3_600.0, until_s=SIX_S + 9_000.0) for link in ("W_X", "X_P")
    )


def test_a_time_that_is_left_out_is_that_of_the_run(staged_of):
    first, last = staged_of(
        "measure: close_link, link: W_X, until: 07:00", "measure: close_link, link: W_X, from: 09:00"
    ).events
    assert (first.from_s, first.until_s) == (SIX_S - 1_800.0, SIX_S + 3_600.0)
    assert (last.from_s, last.until_s) == (SIX_S + 10_800.0, SIX_S + 14_400.0)


def test_a_zone_must_keep_a_link(errors_of):
    assert errors_of("measure: close_link, link: [W_X, X_W]") == [
        "case.yaml, measure 1 (close_link): link = ['W_X', 'X_W']: must leave a link at node W of zone ZW"
    ]


def test_a_turn_is_closed_by_its_id_or_its_links(staged_of, base):
    by_id = staged_of("measure: close_turn, turn: W-X-P").model.network
    by_links = staged_of("measure: close_turn, from_link: W_X, to_link: X_P").model.network
    assert by_id == by_links
    assert set(base.network.turns) - set(by_id.turns) == {"W-X-P"}


def test_a_bus_goes_round_a_closed_turn_or_ends_its_way(staging_of):
    staged, warnings = staging_of("measure: close_turn, turn: W-X-P")
    assert staged.model.lines == ()
    assert "case.yaml: bus line 1 has no way left and does not run" in warnings


def test_lanes_speed_and_capacity_change_a_link(staged_of):
    links = staged_of(
        "measure: lanes, link: W_X, lanes: 2",
        "measure: speed, link: [W_X, X_W], speed_km_h: 30",
        "measure: capacity, link: X_W, veh_h: 900",
    ).model.network.links
    assert (links["W_X"].lanes, links["W_X"].capacity_veh_h) == (2, 3_600.0)
    assert links["W_X"].free_speed_m_s == links["X_W"].free_speed_m_s == pytest.approx(30 / 3.6)
    assert links["X_W"].capacity_veh_h == 900.0


def test_a_new_link_is_joined_to_what_is_there(staged_of, base):
    network = staged_of(
        "measure: new_link, id: BYPASS, name: Bypass, from_node: P, to_node: R, lanes: 1, speed_km_h: 50, "
        "capacity_veh_h: 1600, road_class: secondary, line: [[9.146, 48.686]]"
    ).model.network
    bypass = network.links["BYPASS"]
    assert bypass.line == (base.network.nodes["P"].position, (9.146, 48.686), base.network.nodes["R"].position)
    joined = {(turn.from_link, turn.to_link) for turn in network.turns.values() if "BYPASS" in turn.id}
    assert {("X_P", "BYPASS"), ("E_P", "BYPASS"), ("BYPASS", "R_S"), ("BYPASS", "R_X")} == joined


def test_a_new_link_into_signals_needs_supply_data(errors_of):
    link = (
        "measure: new_link, id: NEW, name: New, from_node: {}, to_node: {}, lanes: 1, speed_km_h: 50, "
        "capacity_veh_h: 1600, road_class: secondary, line: [[9.1, 48.7]]"
    )
    errors = errors_of(link.format("W", "X"))
    assert errors
    assert all("has no signal group at junction X: new_signal must supply the junction anew" in text for text in errors)


def test_a_new_link_out_of_signals_obeys_the_groups_that_are_there(staged_of):
    staged = staged_of(
        "measure: new_link, id: NEW, name: New, from_node: X, to_node: E, lanes: 1, speed_km_h: 50, "
        "capacity_veh_h: 1600, road_class: secondary, line: [[9.146, 48.689]]"
    )
    groups = staged.model.junctions["X"].layout.groups
    into = {turn.from_link: turn.id for turn in staged.model.network.turns.values() if turn.to_link == "NEW"}
    assert into["W_X"] in groups["WE"].turns
    assert into["N_X"] in groups["NS"].turns


def test_an_incident_blocks_lanes_at_the_stop_line(staged_of):
    (event,) = staged_of("measure: incident, link: W_X, lanes_blocked: 1, from: 07:00, until: 07:30").events
    assert event == LaneEvent(link_id="W_X", lanes_open=0, from_s=SIX_S + 3_600.0, until_s=SIX_S + 5_400.0)


def test_an_incident_in_mid_link_cuts_it(staged_of, base):
    staged = staged_of(
        "measure: lanes, link: W_X, lanes: 3",
        "measure: incident, link: W_X, lanes_blocked: 2, from: 07:00, until: 07:30, position_m: 400",
        "measure: incident, link: W_X, lanes_blocked: 1, from: 08:00, until: 08:30, position_m: 250",
        "measure: close_link, link: W_X, from: 09:00, until: 09:30",
    )
    network = staged.model.network
    length_m = base.network.links["W_X"].length_m
    parts = ("W_X-W_X@250", "W_X-W_X@400", "W_X")
    assert [network.links[part].length_m for part in parts] == pytest.approx([250.0, 150.0, length_m - 400.0])
    assert [network.links[part].lanes for part in parts] == [3, 3, 3]
    lanes = [event for event in staged.events if isinstance(event, LaneEvent)]
    assert [(event.link_id, event.lanes_open) for event in lanes] == [("W_X-W_X@400", 1), ("W_X-W_X@250", 2)]
    closed = [event.link_id for event in staged.events if isinstance(event, ClosureEvent)]
    assert closed == list(parts)
    assert staged.model.lines[0].links == (*parts, "X_P", "P_E")
    assert [call.position for call in staged.model.lines[0].calls] == [2, 3]
    assert staged.model.parking.signs["S1"].link_id == "W_X-W_X@250"


def test_faults_of_detectors_are_events(staged_of):
    (event,) = staged_of("measure: detector_fault, detector: D_X_W, fault: stuck, from: 07:00, until: 08:00").events
    assert event == DetectorFaultEvent(
        detector_id="D_X_W", fault="stuck", from_s=SIX_S + 3_600.0, until_s=SIX_S + 7_200.0
    )


def test_every_measure_that_does_not_fit_is_said_at_once(errors_of):
    errors = errors_of(
        "measure: close_link, link: NONE",
        "measure: close_link, link: W_X, from: 08:00, until: 07:00",
        "measure: close_link, link: W_X, from: 05:00, until: 07:00",
        "measure: close_link, link: W_X, from: 10:00",
        "measure: close_turn, turn: NONE",
        "measure: close_turn, from_link: W_X",
        "measure: incident, link: W_X, lanes_blocked: 1, from: 07:00, until: 08:00",
        "measure: incident, link: W_X, lanes_blocked: 2, from: 07:30, until: 08:30, position_m: 9000",
        "measure: incident, link: W_X, lanes_blocked: 2, from: 07:59, until: 08:30",
        "measure: detector_fault, detector: NONE, fault: zero",
        "measure: capacity, link: W_X, veh_h: 9000",
        "measure: new_link, id: W_X, name: N, from_node: W, to_node: E, lanes: 1, speed_km_h: 50, "
        "capacity_veh_h: 1600, road_class: secondary",
        "measure: new_link, id: L, name: N, from_node: W, to_node: Q, lanes: 1, speed_km_h: 50, "
        "capacity_veh_h: 1600, road_class: secondary",
    )
    starts = [error.removeprefix("case.yaml, measure ") for error in errors]
    length_m = "598.999" if any("598.999" in error for error in errors) else "599"
    assert starts == [
        "1 (close_link): link = 'NONE': must name a link of the network",
        "2 (close_link): until = '07:00': must be after from = '08:00'",
        "3 (close_link): from = '05:00': must lie in the run with its warm-up, 05:30 to 10:00",
        "4 (close_link): from = '10:00': must be before the end of the run, 10:00",
        "5 (close_turn): turn = 'NONE': must name a turn of the network",
        "6 (close_turn): turn: must be given, or from_link and to_link instead",
        f"8 (incident): position_m = 9000.0: must be a number from 1 to {length_m}",
        "9 (incident): lanes_blocked = 2: must be at most the 1 lanes of link W_X",
        "9 (incident): incident = 'W_X': must not overlap another incident measure there",
        "10 (detector_fault): detector = 'NONE': must name a detector of the network",
        "11 (capacity): link[W_X].capacity_veh_h = 9000.0: must be a number from 50 to 3000",
        "12 (new_link): link = 'W_X': must be an id that no link has yet",
        "13 (new_link): to_node = 'Q': must name a node of the network",
    ]


def test_an_incident_on_a_link_that_is_gone_is_refused(errors_of):
    errors = errors_of(
        "measure: incident, link: W_X, lanes_blocked: 1, from: 07:00, until: 08:00",
        "measure: close_link, link: W_X",
    )
    assert errors == ["case.yaml, measure 1 (incident): link = 'W_X': must not be closed all day by another measure"]


def test_movements_of_lanes_are_described(staged_of):
    lanes = staged_of("measure: lanes, link: W_X, lanes: 2, lane_turns: [[right, through], [left]]").model.network.lanes
    assert [set(lane.movements) for lane in lanes] == [{Movement.RIGHT, Movement.THROUGH}, {Movement.LEFT}]
