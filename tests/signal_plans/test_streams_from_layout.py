from __future__ import annotations

from dataclasses import replace

import pytest

from signal_plans.files import read_junctions
from signal_plans.signal_group import GroupKind
from signal_plans.streams.from_layout import stream_town, turn_shares
from signal_plans.streams.model import Right
from traffic_core.gmns import read_network
from traffic_core.network import Lane, Movement, Network


def by_id(junction):
    return {stream.id: stream for stream in junction.streams}


@pytest.fixture
def town(build):
    return stream_town(build.network(["J"]), [build.crossing("J")])


def test_a_link_nobody_described_is_one_lane_with_all_its_turns(town):
    junction = town.junctions[0]
    assert [lane.id for lane in junction.lanes] == ["JNin/1", "JEin/1", "JSin/1", "JWin/1"]
    assert len(junction.streams) == 12
    assert [stream.id for stream in junction.streams if stream.lane == 0] == [
        "JNin/1>JEout",
        "JNin/1>JSout",
        "JNin/1>JWout",
    ]
    assert {stream.headway_s for stream in junction.streams} == {2.0}  # 3600 s / 1800 vehicles


def test_a_left_turn_gives_way_to_opposing_through_traffic_and_to_right_turns_into_its_exit(town):
    junction = town.junctions[0]
    streams = by_id(junction)
    left = streams["JNin/1>JEout"]
    foes = {junction.streams[foe].id for foe in left.yields_to}
    assert foes == {"JSin/1>JNout", "JSin/1>JEout"}
    assert streams["JNin/1>JSout"].yields_to == ()
    place = junction.streams.index(left)
    assert [stage.rights[place] for stage in junction.stages] == [Right.PERMISSIVE, Right.RED]


def test_a_through_stream_is_protected_in_its_stage_only(town):
    junction = town.junctions[0]
    place = junction.streams.index(by_id(junction)["JEin/1>JWout"])
    assert [stage.rights[place] for stage in junction.stages] == [Right.RED, Right.PROTECTED]


def test_stages_have_the_longest_minimum_of_their_groups_and_the_intergreens_of_the_layout(town):
    junction = town.junctions[0]
    assert [stage.min_green_s for stage in junction.stages] == [8, 8]
    assert junction.interstage_s == ((0, 8), (8, 0))


def test_lanes_share_the_saturation_flow_of_their_group(build):
    network = build.network(["J"])
    wide = replace(network.links["JNin"], lanes=2, capacity_veh_h=3_600.0)
    lanes = (
        Lane(link_id="JNin", number=1, movements=frozenset({Movement.RIGHT, Movement.THROUGH})),
        Lane(link_id="JNin", number=2, movements=frozenset({Movement.LEFT, Movement.THROUGH})),
    )
    network = replace(network, links=dict(network.links) | {"JNin": wide}, lanes=lanes)
    layout = build.crossing("J")
    groups = dict(layout.groups) | {"N": replace(layout.groups["N"], saturation_flow_veh_h=3_600.0)}
    junction = stream_town(network, [replace(layout, groups=groups)]).junctions[0]
    here = [stream for stream in junction.streams if stream.id.startswith("JNin")]
    assert [stream.id for stream in here] == [
        "JNin/1>JSout",
        "JNin/1>JWout",
        "JNin/2>JEout",
        "JNin/2>JSout",
    ]
    assert {stream.headway_s for stream in here} == {2.0}


def test_a_turn_that_no_described_lane_allows_leaves_from_the_leftmost(build):
    network = build.network(["J"])
    lanes = (Lane(link_id="JNin", number=1, movements=frozenset({Movement.THROUGH})),)
    junction = stream_town(replace(network, lanes=lanes), [build.crossing("J")]).junctions[0]
    assert len([stream for stream in junction.streams if stream.id.startswith("JNin/1")]) == 3


def test_turn_shares_follow_counts_where_there_are_any(build):
    shares = turn_shares(build.network(["J"]), {"JNE": 30.0, "JNS": 10.0})
    assert (shares["JNE"], shares["JNS"]) == (0.75, 0.25)
    assert shares["JNW"] == 0.0
    assert shares["JEW"] == pytest.approx(0.70)
    assert shares["JEN"] == pytest.approx(0.15)


def joined(build):
    """Two crossings; what leaves J to the east arrives at K from the west."""
    network = build.network(["J", "K"])
    road = replace(network.links["JEout"], to_node="K")
    links = {**network.links, "JEout": road}
    del links["KWin"]
    turns = {
        turn.id: replace(turn, from_link="JEout") if turn.from_link == "KWin" else turn
        for turn in network.turns.values()
    }
    layouts = [build.crossing("J"), build.crossing("K")]
    return Network(nodes=network.nodes, links=links, turns=turns), layouts


def test_an_exit_feeds_the_lanes_of_the_next_signal(build):
    network, layouts = joined(build)
    town = stream_town(network, layouts)
    exits = {leaving.id: leaving for leaving in town.exits}
    road = network.links["JEout"]
    assert exits["JEout"].feeds == (("K", "JEout/1", 1.0),)
    assert exits["JEout"].travel_s == pytest.approx(road.length_m / road.free_speed_m_s)
    assert exits["JNout"].feeds == ()
    assert exits["JNout"].travel_s == 0.0


def test_a_signal_too_far_away_is_not_fed(build, monkeypatch):
    monkeypatch.setattr("signal_plans.streams.exits.REACH_M", 200.0)
    exits = stream_town(*joined(build)).exits
    assert next(leaving for leaving in exits if leaving.id == "JEout").feeds == ()


def test_the_shipped_model_becomes_streams(le_model):
    network = read_network(le_model)
    junctions = read_junctions(le_model, network)
    layouts = [junction.layout for junction in junctions.values()]
    town = stream_town(network, layouts)
    assert [junction.id for junction in town.junctions] == list(junctions)
    for junction, layout in zip(town.junctions, layouts, strict=True):
        served = {turn for group in layout.groups.values() if group.kind is GroupKind.VEHICLE for turn in group.turns}
        pairs = {(network.turns[turn].from_link, network.turns[turn].to_link) for turn in served}
        assert {(junction.lanes[s.lane].id.rpartition("/")[0], s.exit) for s in junction.streams} == pairs
        assert all(1.5 < stream.headway_s < 4.5 for stream in junction.streams)
        assert {stream.lane for stream in junction.streams} == set(range(len(junction.lanes)))
    for leaving in town.exits:
        assert sum(share for _, _, share in leaving.feeds) <= 1.0 + 1e-6
    fed = [leaving for leaving in town.exits if leaving.feeds]
    assert len(fed) > len(town.exits) / 3
    assert all(0.0 < leaving.travel_s < 120.0 for leaving in fed)


def test_only_left_turns_are_permissive_in_the_shipped_model(le_model):
    network = read_network(le_model)
    layouts = [junction.layout for junction in read_junctions(le_model, network).values()]
    movement = {(turn.from_link, turn.to_link): turn.movement for turn in network.turns.values()}
    permissive = 0
    for junction in stream_town(network, layouts).junctions:
        for place, stream in enumerate(junction.streams):
            if any(stage.rights[place] is Right.PERMISSIVE for stage in junction.stages):
                permissive += 1
                link = junction.lanes[stream.lane].id.rpartition("/")[0]
                assert movement[link, stream.exit] in {Movement.LEFT, Movement.U_TURN}
    assert permissive > 20
