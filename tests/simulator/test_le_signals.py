"""Signals of the shipped model: safe, complete, and green long enough for the evening."""

from __future__ import annotations

from collections import Counter
from itertools import product
from typing import TYPE_CHECKING

from signal_plans.signal_group import GroupKind
from signal_plans.timing import interstages_s, lost_time_s
from traffic_core.network import Movement, Network, NodeControl

if TYPE_CHECKING:
    from signal_plans.junction import Junction

Junctions = dict[str, "Junction"]
HAUPTSTRASSE = ("N04", "N111", "N05", "N06", "N07", "N128", "N36")


def vehicle_groups(junction: Junction) -> list[tuple[str, tuple[str, ...]]]:
    return [(g.id, g.turns) for g in junction.layout.groups.values() if g.kind is GroupKind.VEHICLE]


def test_every_signal_has_a_safe_day_and_a_safe_peak_programme(le_network: Network, le_junctions: Junctions):
    assert set(le_junctions) == {n.id for n in le_network.nodes.values() if n.control is NodeControl.SIGNAL}
    assert 35 <= len(le_junctions) <= 45
    for junction in le_junctions.values():
        assert [programme.id for programme in junction.programmes] == ["P1", "P2"]
        for programme in junction.programmes:
            assert 60 <= programme.cycle_s <= 100
            assert set(programme.greens) == set(junction.layout.groups)


def test_groups_serve_each_turn_once_and_no_two_approaches(le_network: Network, le_junctions: Junctions):
    for junction_id, junction in le_junctions.items():
        served = [turns for _, turns in vehicle_groups(junction)]
        for turns in served:
            assert len({le_network.turns[turn].from_link for turn in turns}) == 1
        there = {turn.id for turn in le_network.turns.values() if turn.node_id == junction_id}
        assert Counter(turn for turns in served for turn in turns) == dict.fromkeys(there, 1)


def test_left_turns_with_a_group_of_their_own_have_a_lane_and_no_opposing_traffic(
    le_network: Network, le_junctions: Junctions
):
    lanes = {(lane.link_id, lane.movements) for lane in le_network.lanes}
    protected = 0
    for junction in le_junctions.values():
        groups = dict(vehicle_groups(junction))
        for left in (group for group in groups if group.endswith("L")):
            protected += 1
            (link,) = {le_network.turns[turn].from_link for turn in groups[left]}
            assert (link, frozenset({Movement.LEFT})) in lanes, (junction.layout.junction_id, left)
            for other in groups:
                if not other.endswith("L") and other != left.rstrip("L"):
                    assert junction.layout.intergreen.conflict(left, other), (junction.layout.junction_id, left)
    assert protected >= 10


def test_intergreens_lie_in_the_range_of_practice(le_junctions: Junctions):
    for junction in le_junctions.values():
        for (clearing, entering), time_s in junction.layout.intergreen.times_s.items():
            assert 4 <= time_s <= 10, (junction.layout.junction_id, clearing, entering)


def test_crossings_do_not_lengthen_the_change_of_stages(le_junctions: Junctions):
    """Refuges keep the ways across short: 9 s at the widest junctions, three stages lose at most 23 s a cycle."""
    for junction in le_junctions.values():
        stages = len(junction.layout.stages)
        assert max(interstages_s(junction.layout)) <= 9, junction.layout.junction_id
        assert lost_time_s(junction.layout) < 8 * stages, junction.layout.junction_id


def test_the_signals_of_the_hauptstrasse_share_a_cycle(le_junctions: Junctions):
    for number in (0, 1):
        assert len({le_junctions[node].programmes[number].cycle_s for node in HAUPTSTRASSE}) == 1
    assert len({le_junctions[node].programmes[0].offset_s for node in HAUPTSTRASSE}) > 3


def test_the_pedestrian_signal_in_musberg_stops_both_directions(le_junctions: Junctions):
    layout = le_junctions["N20"].layout
    assert [sorted(stage.groups) for stage in layout.stages] == [["K1", "K2"], ["F1"]]


def test_the_lammkreuzung_has_a_crossing_on_each_arm(le_junctions: Junctions):
    groups = le_junctions["N06"].layout.groups.values()
    assert sum(group.kind is GroupKind.PEDESTRIAN for group in groups) == 4


def test_no_two_stages_of_a_junction_are_the_same(le_junctions: Junctions):
    for junction in le_junctions.values():
        stages = junction.layout.stages
        assert all(a == b or stages[a].groups != stages[b].groups for a, b in product(range(len(stages)), repeat=2))
