"""Whatever the streets, lights, rights of way and closures: nobody is lost, doubled or put where there is no room."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.road_traffic import RoadTraffic, Signals, Trips
from simulator.roads import CAR, LORRY, NO_SIGNAL, Roads, Yielding
from simulator.routes import RouteTable

LAST_S = 300.0
SEEDS = st.integers(0, 2**32 - 1)


def streets(rng):
    """From and to nodes of two-way streets: a ring of 4 to 12 nodes and some chords."""
    nodes = int(rng.integers(4, 13))
    pairs = {(a, (a + 1) % nodes) for a in range(nodes)}
    pairs |= {(int(a), int(b)) for a, b in rng.integers(0, nodes, (nodes // 2, 2)) if (a - b) % nodes > 1}
    ways = sorted(pairs | {(b, a) for a, b in pairs})
    return nodes, np.array([a for a, _ in ways]), np.array([b for _, b in ways])


def yielding_of(rng, turn_node, turn_from):
    """A third of the turns let others of their node pass, at the line or on a circle; only lower ones do."""
    turns = turn_from.size
    pairs = []
    for turn in range(turns):
        if rng.random() < 0.3:
            others = [o for o in range(turn) if turn_node[o] == turn_node[turn] and turn_from[o] != turn_from[turn]]
            pairs += [(turn, other, rng.choice([-1.0, 2.0])) for other in others if rng.random() < 0.5]
    count = np.bincount(np.array([turn for turn, *_ in pairs], dtype=np.int64), minlength=turns)
    return Yielding(
        critical_gap_s=np.where(count > 0, 5.0, 0.0),
        follow_up_s=np.where(count > 0, 3.0, 0.0),
        first_superior=np.concatenate([[0], np.cumsum(count)]).astype(np.int64),
        superior_turn=np.array([other for _, other, _ in pairs], dtype=np.int64),
        superior_after_s=np.array([after_s for *_, after_s in pairs], dtype=np.float64),
    )


def town(rng, *, rights=True):
    """Roads with lane groups, and with `rights` also signals and turns that yield."""
    nodes, from_node, to_node = streets(rng)
    links = from_node.size
    turns = [(a, b) for a in range(links) for b in range(links) if to_node[a] == from_node[b] != to_node[b]]
    turns = [(a, b) for a, b in turns if to_node[b] != from_node[a] and rng.random() < 0.9]
    turn_from = np.array([a for a, _ in turns], dtype=np.int64)
    split = rng.random(links) < 0.3
    first_group = np.concatenate([[0], np.cumsum(np.where(split, 2, 1))])
    turn_group = first_group[turn_from] + np.where(split[turn_from], np.arange(turn_from.size) % 2, 0)
    group_link = np.repeat(np.arange(links), np.where(split, 2, 1))
    length_m, jam_pce_m = rng.uniform(14.0, 300.0, links), rng.choice([0.15, 0.3], links)
    is_lit = rights & (rng.random(nodes) < 0.3)
    turn_node = to_node[turn_from]
    roads = Roads(
        nodes=nodes,
        from_node=from_node.astype(np.int64),
        to_node=to_node.astype(np.int64),
        length_m=length_m,
        speed_m_s=rng.uniform(8.0, 20.0, links),
        wave_m_s=rng.uniform(4.0, 7.0, links),
        jam_pce_m=jam_pce_m,
        entry_pce_s=np.full(links, np.inf),
        exit_pce_s=np.where(rng.random(links) < 0.2, 0.2, np.inf),
        priority=rng.uniform(0.5, 3.0, 2 * links),
        turn_from=turn_from,
        turn_to=np.array([b for _, b in turns], dtype=np.int64),
        turn_group=turn_group.astype(np.int64),
        turn_signal=np.where(is_lit[turn_node], turn_from, NO_SIGNAL),
        group_link=group_link.astype(np.int64),
        group_pce_s=rng.uniform(0.2, 0.6, group_link.size),
        group_room_pce=(length_m * jam_pce_m)[group_link] * np.where(split, 0.5, 1.0)[group_link],
        node_pce_s=np.where(rng.random(nodes) < 0.2, 0.5, np.inf),
        yielding=yielding_of(rng, turn_node, turn_from) if rights else Yielding.nobody(turn_from.size),
        may_overtake=(rng.random(links) < 0.3).astype(np.uint8),
        has_sign=np.zeros(links, dtype=np.uint8),
        kinds=(CAR, LORRY),
    )
    cycle_s = rng.integers(20, 61, links)
    green = (rng.random((links, 60)) < 0.5).astype(np.uint8)
    return roads, Signals(green=np.repeat(green[:, ::10], 10, axis=1), cycle_s=cycle_s, origin_s=np.zeros(links))


def trips_of(rng, roads, destinations):
    count = int(rng.integers(20, 400))
    return Trips(
        at_s=np.sort(rng.uniform(0.0, 0.8 * LAST_S, count)),
        origin=rng.integers(0, roads.nodes, count),
        destination=rng.integers(0, destinations, count),
        tree=np.zeros(count, dtype=np.int64),
        kind=(rng.random(count) < 0.2).astype(np.int64),
        flags=np.zeros(count, dtype=np.uint8),
        first_link=np.full(count, -1, dtype=np.int64),
        end_s=np.full(count, np.nan),
    )


def traffic_of(seed, *, step_s=1.0, rights=True, checked=True):
    rng = np.random.default_rng(seed)
    roads, signals = town(rng, rights=rights)
    ends = np.unique(rng.integers(0, roads.nodes, 3))
    routes = RouteTable(roads, ends, ages=1)
    traffic = RoadTraffic(roads, 0.0, signals, step_s=step_s, checked=checked)
    traffic.follow(routes.next_link, routes.first_link)
    trips = trips_of(rng, roads, ends.size)
    traffic.schedule(trips)
    return traffic, trips.at_s.size


def ends_of(traffic, count):
    return traffic.town.trip_end_s[:count].copy()


def drive(traffic, cuts_s):
    now_s = 0.0
    for cut_s in cuts_s:
        while now_s < cut_s:
            now_s = traffic.advance(now_s, float(cut_s)).reached_s


@pytest.mark.slow
@settings(max_examples=25)
@given(seed=SEEDS, step_s=st.sampled_from([1.0, 5.0]))
def test_nobody_is_lost_or_doubled_in_any_step(seed, step_s):
    """The check of every step raises if the books do not agree; see `traffic_core.kernels.conservation`."""
    traffic, count = traffic_of(seed, step_s=step_s)
    rng = np.random.default_rng(seed + 1)
    links = traffic.town.length_m.size
    closed_s = 0.0
    now_s = 0.0
    while now_s < 3 * LAST_S:
        until_s = now_s + float(rng.choice([0.3, 1.0, 7.7, 20.0]))
        which, is_entry = int(rng.integers(links)), rng.random() < 0.5
        free_s = traffic.town.entry_free_s if is_entry else traffic.town.exit_free_s
        if rng.random() < 0.5:
            free_s[which] = np.inf
            closed_s += until_s - now_s
        now_s = traffic.advance(now_s, until_s).reached_s
        if free_s[which] == np.inf:
            free_s[which] = now_s
    left, inside, outside = traffic.left_veh, traffic.inside_veh, traffic.waiting_outside_veh
    assert traffic.entered_veh == left + inside
    ended = ends_of(traffic, count)
    assert np.isnan(ended).sum() == inside + outside
    assert np.isposinf(ended).sum() == traffic.lost_veh


@pytest.mark.slow
@settings(max_examples=5)
@given(seed=SEEDS)
def test_who_has_a_way_is_not_lost(seed):
    """Lost is who has no way from the beginning; who has begun a trip arrives or is still on the way."""
    traffic, count = traffic_of(seed)
    drive(traffic, [LAST_S, 3 * LAST_S])
    has_no_way = traffic.town.trip_first_link[:count] == -1
    assert np.array_equal(np.isposinf(ends_of(traffic, count)), has_no_way)


@settings(max_examples=5)
@given(seed=SEEDS, step_s=st.sampled_from([1.0, 5.0]))
def test_the_same_input_gives_the_same_bytes(seed, step_s):
    towns = []
    for _ in range(2):
        traffic, _ = traffic_of(seed, step_s=step_s, checked=False)
        drive(traffic, [70.0, LAST_S])
        towns.append(traffic.town)
    for name, first, second in zip(towns[0]._fields, *towns, strict=True):
        assert first.tobytes() == second.tobytes(), name


def outcomes(seed, step_s, *, rights):
    """Ends of trips in one go, and step by step."""
    for checked in (False, True):
        traffic, count = traffic_of(seed, step_s=step_s, rights=rights, checked=checked)
        drive(traffic, [LAST_S])
        yield ends_of(traffic, count)


@settings(max_examples=6)
@given(seed=SEEDS, step_s=st.sampled_from([1.0, 5.0]))
def test_step_by_step_is_the_same_as_in_one_go(seed, step_s):
    assert np.array_equal(*outcomes(seed, step_s, rights=False), equal_nan=True)


def test_step_by_step_is_the_same_as_in_one_go_with_signals():
    assert np.array_equal(*outcomes(39, 1.0, rights=True), equal_nan=True)


@settings(max_examples=10)
@given(seed=SEEDS, cuts_s=st.lists(st.floats(0.1, LAST_S - 0.1), max_size=5))
def test_stops_within_steps_change_nothing_without_signals_and_gaps(seed, cuts_s):
    results = []
    for stops_s in ([LAST_S], [*sorted(cuts_s), LAST_S]):
        traffic, count = traffic_of(seed, rights=False, checked=False)
        drive(traffic, stops_s)
        results.append(ends_of(traffic, count))
    assert np.array_equal(*results, equal_nan=True)
