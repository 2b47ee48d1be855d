"""Turns from drawn lines: their directions, and which are permitted where no table says it."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traffic_core.geometry import line_length_m
from traffic_core.network import Link, Movement, RoadClass
from traffic_core.provenance import Confidence, Provenance
from traffic_core.turning import movement_between, permitted_turns

MIDDLE = (9.0, 48.0)
DEGREE_M = 111_195.0
PROVENANCE = Provenance(source="a test", confidence=Confidence.ESTIMATED)


def point(bearing_deg: float, distance_m: float = 200.0) -> tuple[float, float]:
    """Point seen from the middle in a direction clockwise from north."""
    angle = math.radians(bearing_deg)
    lat = MIDDLE[1] + distance_m * math.cos(angle) / DEGREE_M
    return MIDDLE[0] + distance_m * math.sin(angle) / DEGREE_M / math.cos(math.radians(MIDDLE[1])), lat


def link(name: str, start: str, end: str, *line: tuple[float, float]) -> Link:
    return Link(
        id=name,
        name=name,
        from_node=start,
        to_node=end,
        line=line,
        length_m=line_length_m(line),
        free_speed_m_s=14.0,
        lanes=1,
        capacity_veh_h=1_800.0,
        road_class=RoadClass.TERTIARY,
        provenance=PROVENANCE,
    )


def star(**bearings: float) -> dict[str, Link]:
    """Two-way streets from the node M to nodes around it, seen from M in the given directions."""
    links = {}
    for name, bearing in bearings.items():
        links[f"{name}-in"] = link(f"{name}-in", name, "M", point(bearing), MIDDLE)
        links[f"{name}-out"] = link(f"{name}-out", "M", name, MIDDLE, point(bearing))
    return links


def ways(links: dict[str, Link], *banned: tuple[str, str]) -> dict[tuple[str, str], Movement]:
    return {(turn.from_link, turn.to_link): turn.movement for turn in permitted_turns(links, banned).values()}


@pytest.mark.parametrize(
    ("bearing", "movement"),
    [
        (0, Movement.THROUGH),
        (44, Movement.THROUGH),
        (-44, Movement.THROUGH),
        (46, Movement.RIGHT),
        (149, Movement.RIGHT),
        (-46, Movement.LEFT),
        (-149, Movement.LEFT),
        (151, Movement.U_TURN),
        (-151, Movement.U_TURN),
        (180, Movement.U_TURN),
    ],
)
def test_a_movement_is_named_after_the_change_of_direction(bearing, movement):
    assert movement_between((point(180), MIDDLE), (MIDDLE, point(bearing))) is movement


def test_at_a_crossing_all_ways_but_those_back_are_permitted():
    turns = ways(star(N=0, E=90, S=180, W=270))
    assert len(turns) == 12 + 4, "and one back at the end of each street"
    assert turns["S-in", "N-out"] is Movement.THROUGH
    assert turns["S-in", "E-out"] is Movement.RIGHT
    assert turns["S-in", "W-out"] is Movement.LEFT
    assert ("S-in", "S-out") not in turns


def test_a_dead_end_permits_the_way_back():
    there, back = link("1", "A", "M", point(0), MIDDLE), link("2", "M", "A", MIDDLE, point(0))
    assert ways({"1": there, "2": back}) == {
        ("1", "2"): Movement.U_TURN,
        ("2", "1"): Movement.U_TURN,
    }


def test_banned_pairs_are_left_out_and_a_link_whose_only_way_is_banned_may_turn_back():
    turns = ways(star(N=0, S=180), ("S-in", "N-out"))
    assert ("S-in", "N-out") not in turns
    assert turns["S-in", "S-out"] is Movement.U_TURN
    assert ("S-in", "S-out") not in ways(star(N=0, S=180), ("S-in", "N-out"), ("S-in", "S-out"))


def test_a_sharp_fork_is_no_way_back_but_the_other_carriageway_is():
    turns = ways(star(S=180, fork=160, other=175, N=0))
    assert turns["S-in", "fork-out"] is Movement.U_TURN
    assert ("S-in", "other-out") not in turns


def test_ids_count_at_each_node_in_the_order_of_the_links():
    turns = permitted_turns(star(N=0, E=90, S=180))
    assert list(turns) == [f"TM-{number}" for number in range(1, 7)] + ["TN-1", "TE-1", "TS-1"]
    assert [(turn.from_link, turn.to_link) for turn in turns.values()][:3] == [
        ("N-in", "E-out"),
        ("N-in", "S-out"),
        ("E-in", "N-out"),
    ]
    assert all(turn.id == turn_id for turn_id, turn in turns.items())


@given(bearings=st.lists(st.integers(0, 359), min_size=1, max_size=6, unique=True))
def test_no_link_is_left_without_a_way_where_there_is_one(bearings):
    links = star(**{f"n{bearing}": bearing for bearing in bearings})
    turns = permitted_turns(links)
    assert {turn.from_link for turn in turns.values()} == set(links)
    for turn in turns.values():
        assert links[turn.from_link].to_node == turn.node_id == links[turn.to_link].from_node
