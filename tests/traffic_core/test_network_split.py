"""A link cut in two."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traffic_core.errors import InvalidValueError
from traffic_core.geometry import distance_m, line_length_m
from traffic_core.network import Detector, Link, Movement, Network, Node, NodeControl, RoadClass, Turn
from traffic_core.network_split import along_m, cut_line, split_link, upstream_id
from traffic_core.provenance import Confidence, Provenance

MADE_UP = Provenance(source="made up for tests", confidence=Confidence.ESTIMATED)
M_PER_DEGREE = math.pi / 180 * 6_371_008.8


def at(east_m, north_m=0.0):
    return (east_m / M_PER_DEGREE, north_m / M_PER_DEGREE)


def link_between(name, nodes, *bends, stretch=1.0):
    start, end = name.split("_")
    line = (nodes[start].position, *bends, nodes[end].position)
    return Link(
        id=name,
        name=name,
        from_node=start,
        to_node=end,
        line=line,
        length_m=line_length_m(line) * stretch,
        free_speed_m_s=12.5,
        lanes=2,
        capacity_veh_h=3_600.0,
        road_class=RoadClass.SECONDARY,
        provenance=MADE_UP,
    )


BENDS = (at(300.0, 80.0),)


def network_of(detectors_m=(), bends=BENDS, stretch=1.0):
    """A, B, C, D in a row from west to east at 0, 100, 600 and 700 m; detectors on the bent link B_C."""
    places = {"A": 0.0, "B": 100.0, "C": 600.0, "D": 700.0}
    nodes = {
        name: Node(id=name, name=name, position=at(east_m), control=NodeControl.NONE, provenance=MADE_UP)
        for name, east_m in places.items()
    }
    links = [
        link_between("A_B", nodes),
        link_between("B_C", nodes, *bends, stretch=stretch),
        link_between("C_D", nodes),
        link_between("C_B", nodes, *reversed(bends)),
    ]
    turns = [("A_B", "B_C", "B"), ("B_C", "C_D", "C"), ("C_B", "B_C", "B")]
    return Network(
        nodes=nodes,
        links={link.id: link for link in links},
        turns={
            f"{a} {b}": Turn(id=f"{a} {b}", node_id=node, from_link=a, to_link=b, movement=Movement.THROUGH)
            for a, b, node in turns
        },
        detectors={
            f"D{number}": Detector(
                id=f"D{number}", link_id="B_C", to_stop_line_m=to_m, interval_s=60.0, provenance=MADE_UP
            )
            for number, to_m in enumerate(detectors_m)
        },
    )


def behind_start_m(network, detector_id, upper="B_C-X"):
    """Place of a detector on the whole link."""
    detector = network.detectors[detector_id]
    before_m = network.links[upper].length_m if detector.link_id == "B_C" and upper in network.links else 0.0
    return before_m + network.links[detector.link_id].length_m - detector.to_stop_line_m


@given(
    share=st.floats(0.01, 0.99),
    detectors=st.lists(st.floats(0.0, 1.0), max_size=5),
    stretch=st.floats(0.99, 1.01),
    bend_m=st.floats(-100.0, 100.0),
)
def test_a_cut_keeps_length_turns_and_the_place_of_every_detector(share, detectors, stretch, bend_m):
    length_m = network_of(bends=(at(300.0, bend_m),), stretch=stretch).links["B_C"].length_m
    whole = network_of([part * length_m for part in detectors], bends=(at(300.0, bend_m),), stretch=stretch)
    cut = split_link(whole, "B_C", share * length_m, "X")
    upper, lower = cut.links["B_C-X"], cut.links["B_C"]
    assert upper.length_m == share * length_m
    assert upper.length_m + lower.length_m == pytest.approx(length_m, abs=1e-9)
    assert upper.line[-1] == lower.line[0] == cut.nodes["X"].position
    assert line_length_m(upper.line) + line_length_m(lower.line) == pytest.approx(
        line_length_m(whole.links["B_C"].line), abs=1e-3
    )
    assert (upper.from_node, upper.to_node, lower.from_node, lower.to_node) == ("B", "X", "X", "C")
    assert set(cut.turns) == {*whole.turns, "TB_C-X"}
    assert {turn.to_link for turn in cut.turns.values() if turn.node_id == "B"} == {"B_C-X"}
    assert cut.turns["B_C C_D"] == whole.turns["B_C C_D"]
    for detector in whole.detectors:
        assert behind_start_m(cut, detector) == pytest.approx(behind_start_m(whole, detector, "none"), abs=1e-6)


def test_both_directions_of_a_street_are_cut_at_one_node():
    whole = network_of()
    once = split_link(whole, "B_C", 200.0, "X")
    back_m = along_m(whole.links["C_B"], once.nodes["X"].position)
    assert back_m == pytest.approx(whole.links["C_B"].length_m - 200.0, abs=0.1)
    twice = split_link(once, "C_B", back_m, "X")
    assert [link.id for link in twice.links.values() if link.to_node == "X"] == ["B_C-X", "C_B-X"]
    assert {turn.id for turn in twice.turns.values() if turn.node_id == "X"} == {"TB_C-X", "TC_B-X"}


@pytest.mark.parametrize(
    ("link", "at_m", "node", "part"),
    [
        ("B_X", 50.0, "X", "link = 'B_X': must name a link"),
        ("A_B", 0.5, "X", r"link\[A_B\].at_m = 0.5: must be a number from 1 to 99"),
        ("A_B", 99.5, "X", "must be a number from 1 to 99"),
        ("A_B", math.nan, "X", "must be a number"),
        ("A_B", 50.0, "D", "node = 'D': must lie within 15 m of the cut, not 650 m away"),
    ],
)
def test_a_cut_that_cannot_be_made_is_refused(link, at_m, node, part):
    with pytest.raises(InvalidValueError, match=part):
        split_link(network_of(), link, at_m, node)


def test_the_name_of_a_part_must_be_free():
    nodes = network_of().nodes
    taken = link_between("A_D", nodes)
    network = network_of()
    renamed = Link(**{name: getattr(taken, name) for name in Link.__slots__} | {"id": upstream_id("B_C", "X")})
    crowded = Network(nodes=nodes, links=dict(network.links) | {renamed.id: renamed}, turns=network.turns)
    with pytest.raises(InvalidValueError, match="B_C-X"):
        split_link(crowded, "B_C", 50.0, "X")


def test_a_line_is_cut_at_a_share_of_its_length():
    line = (at(0.0), at(100.0), at(400.0))
    before, after = cut_line(line, 0.5)
    assert before == (at(0.0), at(100.0), pytest.approx(at(200.0)))
    assert after == (before[-1], at(400.0))


def test_a_cut_at_a_bend_draws_no_point_twice():
    before, after = cut_line((at(0.0), at(100.0), at(200.0)), 0.5)
    assert distance_m(before[-1], at(100.0)) < 1e-6
    assert len(after) == 2 or distance_m(after[0], after[1]) > 0.0


def test_the_place_along_a_link_is_measured_by_its_own_length():
    link = network_of(bends=(), stretch=1.01).links["B_C"]
    assert along_m(link, at(350.0, 30.0)) == pytest.approx(252.5, abs=0.01)
    assert along_m(link, at(-500.0)) == 0.0
    assert along_m(link, at(5_000.0)) == pytest.approx(505.0)
