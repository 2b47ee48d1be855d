"""Getting everywhere and back, and what stands in the way."""

from __future__ import annotations

import pytest

from traffic_core.consistency.check import check_model
from traffic_core.consistency.connectivity import check_components, check_reach, components
from traffic_core.consistency.findings import Severity, in_order, note, warning
from traffic_core.consistency.ways_on import check_dead_ends, check_missing_turns, check_u_turns, check_ways_on
from traffic_core.network import Movement, NodeControl, RoadClass, Turn


def found(findings) -> set[tuple[str, str, str]]:
    return {(finding.severity.value, finding.kind, finding.record) for finding in findings}


def side_street(crossing, *, back: bool = True):
    """A street from C to the north-east, to the dead end Y."""
    crossing.node("Y", 150, 200)
    crossing.link("C", "Y")
    if back:
        crossing.link("Y", "C")
    crossing.all_turns()


def test_a_sound_crossing_has_no_findings_at_all(crossing):
    assert check_model(crossing.facts()) == []


def test_everything_is_one_component_since_the_world_outside_is_connected(crossing):
    (only,) = components(crossing.facts())
    assert len(only.links) == 8
    assert set(only.nodes) == set("CWENS")


def test_a_node_that_no_gate_reaches_is_an_error(crossing):
    side_street(crossing)
    crossing.turns = {name: turn for name, turn in crossing.turns.items() if turn.to_link != "CY"}
    assert ("error", "unreachable", "node Y") in found(check_reach(crossing.facts()))
    assert ("error", "no_way_in", "link CY") in found(check_ways_on(crossing.facts()))


def test_a_node_from_which_no_gate_is_reached_is_an_error(crossing):
    side_street(crossing)
    crossing.turns = {name: turn for name, turn in crossing.turns.items() if turn.from_link != "YC"}
    assert found(check_reach(crossing.facts())) == {("error", "no_way_out", "node Y")}
    assert found(check_ways_on(crossing.facts())) == {("error", "no_way_on", "link YC")}
    parts = components(crossing.facts())
    assert [set(part.links) for part in parts[1:]] == [{"CY"}, {"YC"}]
    assert {finding.kind for finding in check_components(crossing.facts())} == {"component"}


def test_a_closed_end_where_a_zone_begins_is_only_a_warning(crossing):
    side_street(crossing)
    crossing.turns = {name: turn for name, turn in crossing.turns.items() if turn.from_link != "YC"}
    crossing.zone("Z1", "C")
    assert found(check_ways_on(crossing.facts())) == {("warning", "no_way_on", "link YC")}


def test_a_gate_that_misses_a_node_which_others_reach_is_a_note(crossing):
    crossing.turns = {name: turn for name, turn in crossing.turns.items() if name != "WC>CN"}
    findings = check_reach(crossing.facts())
    assert found(findings) == {("note", "gate_misses_there", "node W"), ("note", "gate_misses_back", "node N")}
    assert "no way to N" in next(finding for finding in findings if finding.kind == "gate_misses_there").sentence


def test_a_one_way_gate_is_connected(crossing):
    del crossing.links["CN"]
    crossing.turns = {name: turn for name, turn in crossing.turns.items() if turn.to_link != "CN"}
    facts = crossing.facts()
    assert check_reach(facts) == []
    assert len(components(facts)) == 1


def test_a_network_without_gates_is_looked_at_from_its_largest_part(crossing):
    for gate in "WENS":
        crossing.change("nodes", gate, control=NodeControl.NONE)
    assert found(check_reach(crossing.facts())) == {("warning", "no_gate", "network")}
    crossing.node("P", 600, 600)
    crossing.node("Q", 700, 600)
    crossing.street("P", "Q")
    kinds = found(check_reach(crossing.facts()))
    assert {("error", "unreachable", "node P"), ("error", "no_way_out", "node Q")} <= kinds
    assert ("error", "unreachable", "node W") not in kinds


@pytest.mark.parametrize(("zone", "severity"), [(False, "warning"), (True, "note")])
def test_a_dead_end_is_a_warning_unless_trips_start_there(crossing, zone, severity):
    side_street(crossing)
    if zone:
        crossing.zone("Z1", "Y")
    assert found(check_dead_ends(crossing.facts())) == {(severity, "dead_end", "node Y")}


def test_a_missing_movement_is_a_note_with_its_angle(crossing):
    del crossing.turns["WC>CS"]
    (finding,) = check_missing_turns(crossing.facts())
    assert (finding.severity, finding.kind, finding.record) == (Severity.NOTE, "missing_turn", "node C")
    assert finding.value == "WC to CS, 90°"


@pytest.mark.parametrize("control", [NodeControl.GATE, NodeControl.GRADE_SEPARATED])
def test_movements_are_not_expected_at_gates_and_interchanges(crossing, control):
    del crossing.turns["WC>CS"]
    crossing.change("nodes", "C", control=control)
    assert check_missing_turns(crossing.facts()) == []


def test_nobody_is_expected_to_go_from_ramp_to_ramp(crossing):
    del crossing.turns["WC>CE"]
    assert found(check_missing_turns(crossing.facts())) == {("note", "missing_turn", "node C")}
    for link in ("WC", "CE"):
        crossing.change("links", link, road_class=RoadClass.RAMP)
    assert check_missing_turns(crossing.facts()) == []


def test_a_u_turn_away_from_a_dead_end_is_a_note(crossing):
    side_street(crossing)
    for come, go in (("WC", "CW"), ("CY", "YC")):
        name, node = f"{come}>{go}", crossing.links[come].to_node
        crossing.turns[name] = Turn(id=name, node_id=node, from_link=come, to_link=go, movement=Movement.U_TURN)
    assert found(check_u_turns(crossing.facts())) == {("note", "u_turn", "turn WC>CW")}


def test_errors_come_first():
    findings = [note("a", "r", "v", "l", "s"), warning("b", "r", "v", "l", "s"), note("a", "q", "v", "l", "s")]
    assert [(finding.kind, finding.record) for finding in in_order(findings)] == [("b", "r"), ("a", "r"), ("a", "q")]
