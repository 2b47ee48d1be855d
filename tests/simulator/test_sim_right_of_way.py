"""Who lets whom pass at crossings, T junctions, roundabouts and signals, worked out by hand; no circles of waiting."""

from __future__ import annotations

import math
from dataclasses import dataclass
from graphlib import TopologicalSorter
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from signal_plans.intergreen import IntergreenMatrix
from signal_plans.junction import Junction
from signal_plans.layout import SignalLayout, Stage
from signal_plans.programme import GreenWindow, SignalProgramme
from signal_plans.signal_group import GroupKind, SignalGroup
from simulator.junction_conflicts import TurnPath, arms_of, circulates_past, conflict, leaves_left_of, path_of
from simulator.junction_ranks import major_arms
from simulator.right_of_way import right_of_way
from traffic_core.geometry import distance_m
from traffic_core.network import Link, Movement, Network, Node, NodeControl, RoadClass, Turn
from traffic_core.network_arrays import arrays_of
from traffic_core.provenance import Confidence, Provenance

if TYPE_CHECKING:
    from simulator.roads import Yielding

MADE_UP = Provenance(source="made up for tests", confidence=Confidence.ESTIMATED)
MAJOR, MINOR = RoadClass.SECONDARY, RoadClass.RESIDENTIAL
ROUND_S = 2 * math.pi * 15 / 7
"""Once around a roundabout."""


@dataclass(frozen=True)
class Street:
    bearing_deg: float
    road_class: RoadClass = MINOR
    ways: str = "io"
    capacity_veh_h: float = 1_500.0


CROSSING = {"N": Street(0), "E": Street(90, MAJOR), "S": Street(180), "W": Street(270, MAJOR)}
T_JUNCTION = {name: CROSSING[name] for name in "ESW"}


def junction(streets, control=NodeControl.GIVE_WAY, *, u_turns=False):
    """Junction X of streets of 200 m; the turn from A to B is called AB."""
    centre = (9.14, 48.69)
    ends = {}
    for name, street in streets.items():
        angle = math.radians(street.bearing_deg)
        ends[name] = (centre[0] + math.sin(angle) * 0.0027, centre[1] + math.cos(angle) * 0.0018)
    kinds = {"X": control} | dict.fromkeys(streets, NodeControl.GATE)
    nodes = {
        name: Node(id=name, name=name, position=ends.get(name, centre), control=kind, provenance=MADE_UP)
        for name, kind in kinds.items()
    }
    links = {}
    for name, street in streets.items():
        for way in street.ways:
            a, b = (name, "X") if way == "i" else ("X", name)
            links[a + b] = Link(
                id=a + b,
                name=a + b,
                from_node=a,
                to_node=b,
                line=(ends[name], centre) if way == "i" else (centre, ends[name]),
                length_m=distance_m(centre, ends[name]),
                free_speed_m_s=13.9,
                lanes=1,
                capacity_veh_h=street.capacity_veh_h,
                road_class=street.road_class,
                provenance=MADE_UP,
            )
    turns = {
        a + b: Turn(id=a + b, node_id="X", from_link=f"{a}X", to_link=f"X{b}", movement=Movement.THROUGH)
        for a in streets
        for b in streets
        if f"{a}X" in links and f"X{b}" in links and (u_turns or a != b)
    }
    return Network(nodes=nodes, links=links, turns=turns)


def worked_out(network, junctions=None):
    """Right of way, and it as {turn: {turn it lets pass: seconds after}}, without turns that yield to nobody."""
    arrays = arrays_of(network)
    rule = right_of_way(network, arrays, junctions or {})
    return rule, read(rule, arrays)


def read(rule: Yielding, arrays):
    names = {index: turn for turn, index in arrays.turn_index.items()}
    table = {}
    for turn, index in arrays.turn_index.items():
        rows = range(rule.first_superior[index], rule.first_superior[index + 1])
        if rows:
            table[turn] = {names[int(rule.superior_turn[row])]: float(rule.superior_after_s[row]) for row in rows}
    return table


def whom(table):
    return {turn: " ".join(sorted(superior)) for turn, superior in table.items()}


def gaps(network, rule, turn):
    index = arrays_of(network).turn_index[turn]
    return float(rule.critical_gap_s[index]), float(rule.follow_up_s[index])


def test_at_a_crossing_each_of_the_twelve_turns_yields_as_worked_out_by_hand():
    """West to east is the major road; a driver from the north turns left to the east."""
    network = junction(CROSSING)
    rule, table = worked_out(network)
    assert whom(table) == {
        # WE, EW, WS and EN, the major through and right turns, yield to nobody.
        "WN": "EN EW",
        "ES": "WE WS",
        "NW": "EW",
        "SE": "WE",
        "NS": "ES EW WE WN WS",
        "SN": "EN ES EW WE WN",
        "NE": "ES EW SE SN WE WN",
        "SW": "ES EW NS NW WE WN",
    }
    assert all(after_s < 0.0 for superior in table.values() for after_s in superior.values())
    assert gaps(network, rule, "WN") == (5.5, 2.6)
    assert gaps(network, rule, "NW") == (5.9, 3.1)
    assert gaps(network, rule, "NS") == (6.5, 3.8)
    assert gaps(network, rule, "NE") == (6.6, 3.8)
    assert gaps(network, rule, "WE") == gaps(network, rule, "EN") == (0.0, 0.0)


def test_at_a_t_junction_the_stem_waits_for_the_bar():
    network = junction(T_JUNCTION)
    rule, table = worked_out(network)
    assert whom(table) == {"ES": "WE WS", "SE": "WE", "SW": "ES EW WE"}
    assert gaps(network, rule, "SW") == (6.6, 3.8)


def test_a_major_road_may_bend():
    """Major from the south to the east.  Who goes straight on or left from the south leaves it to the left.

    North and west lie on the same side: from the north to the south counts as to the right, and crosses that left turn.
    """
    streets = {name: Street(CROSSING[name].bearing_deg, MAJOR if name in "SE" else MINOR) for name in "NESW"}
    network = junction(streets)
    rule, table = worked_out(network)
    assert not {"SE", "ES", "EN", "EW"} & set(table)
    assert whom(table)["SN"] == "EN ES EW"
    assert whom(table)["SW"] == "ES EW"
    assert whom(table)["NS"] == "ES EW SW"
    assert whom(table)["NW"] == "EW SW"
    assert gaps(network, rule, "SN") == (5.5, 2.6)
    assert gaps(network, rule, "NS") == (5.9, 3.1)


def test_among_roads_of_one_class_the_straight_one_with_most_capacity_is_major():
    streets = {name: Street(street.bearing_deg) for name, street in CROSSING.items()}
    assert "WE" in worked_out(junction(streets))[1]
    streets |= {"W": Street(270, capacity_veh_h=1_800.0)}
    table = worked_out(junction(streets))[1]
    assert "WE" not in table
    assert "NS" in table


def test_a_single_arm_of_the_highest_class_goes_on_straight():
    """Secondary from the west; straight on it is a side road, a tertiary street comes from the north."""
    streets = {"W": Street(270, MAJOR), "E": Street(95, MINOR), "N": Street(0, RoadClass.TERTIARY)}
    assert whom(worked_out(junction(streets))[1]) == {"WN": "EN EW", "NW": "EW", "NE": "EW WE WN"}
    bent = {"W": Street(270, MAJOR), "S": Street(180), "N": Street(0, RoadClass.TERTIARY)}
    assert "NW" not in worked_out(junction(bent))[1]


def test_two_arms_of_one_road_yield_to_nobody_and_turning_back_yields_to_the_oncoming():
    straight = {name: CROSSING[name] for name in "WE"}
    assert worked_out(junction(straight))[1] == {}
    assert whom(worked_out(junction(straight, u_turns=True))[1]) == {"WW": "EW", "EE": "WE"}
    assert worked_out(junction({"W": CROSSING["W"]}, u_turns=True))[1] == {}


def test_on_a_roundabout_an_entry_yields_to_those_who_pass_it():
    """Counter-clockwise: N, W, S, E.  In front of the western entry pass NS, NE, and ES after half a circle."""
    network = junction(CROSSING, NodeControl.ROUNDABOUT)
    rule, table = worked_out(network)
    for exit_name in "NES":
        assert whom(table)[f"W{exit_name}"] == "ES NE NS"
    assert table["WE"]["NS"] == pytest.approx(ROUND_S / 4, rel=0.01)
    assert table["WE"]["ES"] == pytest.approx(ROUND_S / 2, rel=0.01)
    assert whom(table)["SN"] == "NE WE WN"
    assert gaps(network, rule, "SN") == (4.1, 2.9)
    assert len(table) == 12


def test_who_turns_back_on_a_roundabout_passes_everybody():
    table = worked_out(junction(T_JUNCTION, NodeControl.ROUNDABOUT, u_turns=True))[1]
    assert whom(table)["SE"] == "EE WE WW"
    assert table["SE"]["EE"] == pytest.approx(0.75 * ROUND_S, rel=0.01)


@pytest.mark.parametrize("control", [NodeControl.NONE, NodeControl.GRADE_SEPARATED, NodeControl.GATE])
def test_elsewhere_streams_merge_by_priority(control):
    rule, table = worked_out(junction(CROSSING, control))
    assert table == {}
    assert rule.superior_turn.size == 0
    assert not rule.critical_gap_s.any()


def signals(network, groups, conflicts):
    layout = SignalLayout(
        junction_id="X",
        name="X",
        groups={
            name: SignalGroup(
                id=name,
                kind=GroupKind.VEHICLE,
                min_green_s=5,
                amber_s=3,
                red_amber_s=1,
                turns=tuple(turns.split()),
                saturation_flow_veh_h=1_800.0,
            )
            for name, turns in groups.items()
        },
        intergreen=IntergreenMatrix({pair: 5 for a, b in conflicts for pair in ((a, b), (b, a))}),
        stages=tuple(Stage(id=name, groups=frozenset({name})) for name in groups),
    )
    greens = {name: (GreenWindow(start_s=20 * i, length_s=10),) for i, name in enumerate(groups)}
    programme = SignalProgramme(id="P", layout=layout, cycle_s=20 * len(groups), offset_s=0, greens=greens)
    return {"X": Junction(layout=layout, programmes=(programme,))}


def test_a_left_turn_without_an_arrow_waits_for_oncoming_traffic():
    """The left turn from the west has its own green, the one from the east has not."""
    network = junction(CROSSING, NodeControl.SIGNAL)
    groups = {"W": "WE WS", "WL": "WN", "E": "ES EW EN", "NS": "NE NS NW SE SN SW"}
    conflicts = [("W", "NS"), ("WL", "NS"), ("E", "NS"), ("WL", "E")]
    rule, table = worked_out(network, signals(network, groups, conflicts))
    assert whom(table) == {"ES": "WE WS", "NE": "SE SN", "SW": "NS NW"}
    assert gaps(network, rule, "ES") == (4.5, 2.5)
    assert gaps(network, rule, "WN") == (0.0, 0.0)


def test_at_skew_signals_left_is_what_crosses_the_oncoming_way():
    """Green together: from the north-east and from the south; a side road leads west."""
    streets = {"N": Street(55), "S": Street(180), "W": Street(270)}
    network = junction(streets, NodeControl.SIGNAL)
    groups = {"main": "NS NW SN SW", "side": "WN WS"}
    assert whom(worked_out(network, signals(network, groups, [("main", "side")]))[1]) == {"SW": "NS NW"}


def test_a_turn_that_no_signal_governs_is_taken_for_green():
    network = junction(T_JUNCTION, NodeControl.SIGNAL)
    rules = signals(network, {"bar": "EW ES", "stem": "SE SW"}, [("bar", "stem")])
    assert whom(worked_out(network, rules)[1]) == {"ES": "WE WS"}


def test_signals_without_supply_data_work_as_give_way():
    assert worked_out(junction(CROSSING, NodeControl.SIGNAL))[1] == worked_out(junction(CROSSING))[1]


def arms_at(network, node="X"):
    links = network.links.values()
    return arms_of([link for link in links if link.to_node == node], [link for link in links if link.from_node == node])


@pytest.mark.parametrize(
    ("into_deg", "out_deg", "arms"),
    [
        (80, 100, [("AX", "XB"), ("XR",), ("WX", "XW")]),
        (65, 115, [("AX", "XB"), ("XR",), ("WX", "XW")]),
        (105, 75, [("XB",), ("AX",), ("XR",), ("WX", "XW")]),
        (80, 145, [("AX",), ("XB",), ("XR",), ("WX", "XW")]),
    ],
)
def test_carriageways_of_a_divided_road_are_one_arm(into_deg, out_deg, arms):
    """The way in on the left of the way out, seen from the junction, 60 degrees apart at most; ramp R stays alone."""
    streets = {"A": Street(into_deg, ways="i"), "B": Street(out_deg, ways="o"), "R": Street(190, ways="o")}
    found = arms_at(junction(streets | {"W": Street(270)}))
    assert [tuple(link.id for link in arm.links) for arm in found] == arms
    assert found[-1].bearing_deg == pytest.approx(270.0, abs=0.1)
    if len(arms) == 3:
        assert found[0].bearing_deg == pytest.approx(90.0, abs=1.0)


def test_a_street_between_them_parts_two_carriageways():
    streets = {"A": Street(70, ways="i"), "C": Street(90), "B": Street(110, ways="o")}
    assert [arm.links[0].id for arm in arms_at(junction(streets))] == ["AX", "CX", "XB"]


def test_paths_cross_where_their_ends_interleave_and_merge_at_one_exit():
    """Arms N, E, S, W own the points 0 to 7: in even, out odd."""
    north_south, south_north, east_west = TurnPath(0, 5), TurnPath(4, 1), TurnPath(2, 7)
    assert not conflict(north_south, south_north)
    assert conflict(north_south, east_west)
    assert conflict(TurnPath(0, 7), east_west)
    assert not conflict(TurnPath(0, 3), TurnPath(4, 7))
    assert not conflict(TurnPath(0, 3), TurnPath(0, 5))
    assert circulates_past(TurnPath(0, 5), 6, 4)
    assert not circulates_past(TurnPath(0, 7), 6, 4)
    assert leaves_left_of(TurnPath(0, 3), 4, 4)
    assert leaves_left_of(TurnPath(0, 1), 4, 4)
    assert not leaves_left_of(north_south, 4, 4)


def acyclic(table):
    tuple(TopologicalSorter(table).static_order())


@st.composite
def geometries(draw):
    """Three to five streets at least 20 degrees apart, some of them one-way."""
    names = "ABCDE"[: draw(st.integers(3, 5))]
    places = draw(st.lists(st.integers(0, 17), min_size=len(names), max_size=len(names), unique=True))
    return {
        name: Street(
            20.0 * place,
            draw(st.sampled_from([RoadClass.PRIMARY, RoadClass.TERTIARY, RoadClass.RAMP, RoadClass.RESIDENTIAL])),
            draw(st.sampled_from(["io", "io", "i", "o"])),
            draw(st.sampled_from([1_000.0, 1_500.0])),
        )
        for name, place in zip(names, places, strict=True)
    }


@given(geometries(), st.booleans())
def test_nobody_waits_in_a_circle_at_a_give_way_junction(streets, u_turns):
    network = junction(streets, u_turns=u_turns)
    rule, table = worked_out(network)
    acyclic(table)
    arrays = arrays_of(network)
    yields = np.diff(rule.first_superior) > 0
    assert np.array_equal(yields, rule.critical_gap_s > 0.0)
    assert np.array_equal(yields, rule.follow_up_s > 0.0)
    assert rule.first_superior[-1] == rule.superior_turn.size == rule.superior_after_s.size
    waiting = np.repeat(np.arange(arrays.turn_from.size), np.diff(rule.first_superior))
    assert (arrays.turn_from[waiting] != arrays.turn_from[rule.superior_turn]).all()
    assert (rule.superior_after_s < 0.0).all()


@given(geometries())
def test_who_comes_from_a_minor_road_yields_to_all_of_the_major_road_that_he_meets(streets):
    network = junction(streets)
    table = worked_out(network)[1]
    arms = arms_at(network)
    paths = {turn.id: path_of(turn, arms) for turn in network.turns.values()}
    major = major_arms(arms, paths.values())
    for turn, path in paths.items():
        met = {other for other, it in paths.items() if conflict(path, it) and it.entry // 2 in major}
        if path.entry // 2 not in major:
            assert met <= set(table.get(turn, ()))


@given(geometries())
def test_on_a_roundabout_everybody_passes_in_less_than_a_full_circle(streets):
    network = junction(streets, NodeControl.ROUNDABOUT)
    rule, table = worked_out(network)
    assert ((rule.superior_after_s >= 0.0) & (rule.superior_after_s < ROUND_S)).all()
    for turn, superior in table.items():
        assert all(other[0] != turn[0] and other[1] != turn[0] for other in superior)


def test_the_shipped_town_has_right_of_way_without_circles_and_its_junctions_read_as_on_the_map(
    le_network, le_junctions
):
    arrays = arrays_of(le_network)
    rule = right_of_way(le_network, arrays, le_junctions)
    table = read(rule, arrays)
    circulating = {n.id for n in le_network.nodes.values() if n.control is NodeControl.ROUNDABOUT}
    acyclic({a: b for a, b in table.items() if le_network.turns[a].node_id not in circulating})
    permissive = [turn for turn in table if le_network.turns[turn].node_id in le_junctions]
    assert 50 <= len(permissive) <= 110

    def ways(links):
        return {(t.from_link, t.to_link): t.id for t in le_network.turns.values()}[links]

    # Hauptstraße/Hirschstraße: Hirschstraße (L362) joins from the west; the Hauptstraße is L109 and L112.
    left_into, left_out = ways(("L112", "L361")), ways(("L362", "L110"))
    assert set(table[left_into]) == {ways(("L109", "L111")), ways(("L109", "L361"))}
    assert set(table[left_out]) == {ways(("L109", "L111")), left_into, ways(("L112", "L110"))}
    assert set(table[ways(("L362", "L111"))]) == {ways(("L109", "L111"))}
    assert not {ways(("L109", "L111")), ways(("L109", "L361")), ways(("L112", "L110"))} & set(table)


def test_every_pair_the_shipped_signals_let_go_together_is_settled(le_network, le_junctions):
    """Two turns of different approaches that conflict either have an intergreen, or one of them lets the other pass."""
    arrays = arrays_of(le_network)
    table = read(right_of_way(le_network, arrays, le_junctions), arrays)
    for name, settled in le_junctions.items():
        arms = arms_at(le_network, name)
        served = [(group.id, turn) for group in settled.layout.groups.values() for turn in group.turns]
        for (group, turn), (against, other) in combinations(served, 2):
            a, b = le_network.turns[turn], le_network.turns[other]
            if conflict(path_of(a, arms), path_of(b, arms)) and not settled.layout.intergreen.conflict(group, against):
                assert (other in table.get(turn, ())) != (turn in table.get(other, ())), (name, turn, other)
