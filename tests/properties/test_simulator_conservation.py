"""Whatever the lights and the demand: no vehicle is lost, doubled, or put where there is no room."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.fleet import Fleet
from simulator.routes import RouteTable
from simulator.streets import streets_of
from traffic_core.geometry import distance_m
from traffic_core.network import Detector, Link, Movement, Network, Node, NodeControl, RoadClass, Turn
from traffic_core.network_arrays import arrays_of
from traffic_core.provenance import Confidence, Provenance

MADE_UP = Provenance(source="made up for tests", confidence=Confidence.ESTIMATED)
SIDE = 3
T0 = 1_795_500_000.0
NODES = [f"{x}{y}" for x in range(SIDE) for y in range(SIDE)]
CONTROLS = [NodeControl.NONE, NodeControl.GIVE_WAY, NodeControl.ROUNDABOUT]


def grid():
    """3 x 3 nodes 100 m apart, two-way streets of mixed rank, no U-turns."""
    at = {name: (9.14 + 0.00136 * int(name[0]), 48.69 + 0.0009 * int(name[1])) for name in NODES}
    nodes = {
        name: Node(id=name, name=name, position=at[name], control=CONTROLS[number % len(CONTROLS)], provenance=MADE_UP)
        for number, name in enumerate(NODES)
    }
    links = {}
    for a in NODES:
        for b in NODES:
            if abs(int(a[0]) - int(b[0])) + abs(int(a[1]) - int(b[1])) == 1:
                links[f"{a}-{b}"] = Link(
                    id=f"{a}-{b}",
                    name=f"{a}-{b}",
                    from_node=a,
                    to_node=b,
                    line=(at[a], at[b]),
                    length_m=distance_m(at[a], at[b]),
                    free_speed_m_s=10.0,
                    lanes=1,
                    capacity_veh_h=1_800.0,
                    road_class=RoadClass.PRIMARY if a[0] == b[0] else RoadClass.RESIDENTIAL,
                    provenance=MADE_UP,
                )
    turns = {
        f"{a.id}>{b.id}": Turn(
            id=f"{a.id}>{b.id}", node_id=a.to_node, from_link=a.id, to_link=b.id, movement=Movement.THROUGH
        )
        for a in links.values()
        for b in links.values()
        if a.to_node == b.from_node and a.from_node != b.to_node
    }
    detectors = {
        f"D{link}": Detector(id=f"D{link}", link_id=link, to_stop_line_m=15.0, interval_s=60.0, provenance=MADE_UP)
        for link in list(links)[::5]
    }
    return Network(nodes=nodes, links=links, turns=turns, detectors=detectors)


NETWORK = grid()
ARRAYS = arrays_of(NETWORK)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), closed=st.floats(0.0, 0.9), rate_veh_s=st.floats(0.1, 3.0))
def test_entered_is_inside_plus_left_in_every_second(seed, closed, rate_veh_s):
    rng = np.random.default_rng(seed)
    streets = streets_of(NETWORK, ARRAYS, {}, [])
    fleet = Fleet(ARRAYS, streets, T0)
    routes = RouteTable(ARRAYS, NODES)
    spawned, arrived = 0, 0
    for second in range(120):
        for _ in range(rng.poisson(rate_veh_s)):
            start, end = rng.choice(len(NODES), 2, replace=False)
            row = routes.row(NODES[end])
            fleet.spawn(
                routes.start(NODES[start], row), row, T0 + second + rng.uniform(), follower=bool(rng.integers(2))
            )
            spawned += 1
        open_turn = (rng.uniform(size=(1, ARRAYS.turn_from.size)) >= closed).astype(np.uint8)
        moved = fleet.advance(T0 + second, open_turn, routes.next_link)
        for slot, at_s in moved.arrived:
            assert T0 + second <= at_s < T0 + second + 1
            fleet.release(slot)
        arrived += len(moved.arrived)
        queues, links = fleet.queues, ARRAYS.lanes.size
        assert fleet.entered_veh == fleet.inside_veh + fleet.left_veh
        assert spawned == fleet.entered_veh + fleet.waiting_outside_veh
        assert arrived == fleet.left_veh
        assert (queues.on_link_veh <= ARRAYS.storage_veh).all()
        assert (queues.length[2 * links :] <= ARRAYS.group_storage_veh).all()
        assert queues.length[links:].sum() == queues.on_link_veh.sum()
        assert (queues.link_entered_veh - queues.link_left_veh == queues.on_link_veh).all()
        left, entered = queues.link_left_veh[fleet.loops.link], queues.link_entered_veh[fleet.loops.link]
        assert (left <= fleet.loops.crossed_veh).all()
        assert (fleet.loops.crossed_veh <= entered).all()
