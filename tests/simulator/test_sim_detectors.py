"""Detectors on moving traffic, by hand: u = 10 m/s, w = 5 m/s, 0.15 veh/m and lane, so that capacity is 0.5 veh/s.

Streets of one lane in a row.  Congested at 0.2 veh/s there are k = 0.15 - 0.2 / 5 = 0.11 veh/m at 0.2 / 0.11 m/s.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator import detectors
from simulator.detectors import DetectorBank
from simulator.plain_roads import PlainLinks, plain_roads, plain_trips
from simulator.road_traffic import RoadTraffic, Signals
from simulator.routes import RouteTable
from simulator.scenario.events import DetectorFaultEvent
from traffic_core.errors import InvalidValueError
from traffic_core.network import Network
from traffic_core.network_arrays import arrays_of

T0 = 1_795_500_000.0
"""A multiple of 60 s and of 7 s."""
FREE_S = 0.65
STANDING_SHARE = 0.975
REACTION_S = 4.0 / 3.0


def plain_arrays(links, placed, lanes=1):
    """Arrays of a network of which only lanes and detectors are known: `placed` is (link, m to its end, interval s)."""
    nothing = arrays_of(Network(nodes={}, links={}, turns={}, detectors={}))
    return replace(
        nothing,
        lanes=np.full(links, lanes, dtype=np.int64),
        detector_ids=tuple(f"D{link}-{back_m:g}" for link, back_m, _ in placed),
        detector_link=np.array([link for link, _, _ in placed], dtype=np.int64),
        detector_to_stop_line_m=np.array([back_m for _, back_m, _ in placed], dtype=np.float64),
        detector_interval_s=np.array([interval_s for _, _, interval_s in placed], dtype=np.float64),
    )


class Street:
    """Links in a row, all vehicles from the first node to the last; times from T0."""

    def __init__(
        self, lengths_m, trips_s, placed, *, exit_veh_s=None, red_s=None, lanes=1, seed=1, miss_share=0.0, faults=()
    ):
        count = len(lengths_m)
        signal = np.full(count, -1, dtype=np.int64)
        signals = None
        if red_s is not None:
            link, until_s = red_s
            signal[link] = 0
            green = np.ones((1, 2_000), dtype=np.uint8)
            green[0, :until_s] = 0
            signals = Signals(green, np.array([2_000]), np.array([T0]))
        exits = np.full(count, np.inf)
        for link, veh_s in (exit_veh_s or {}).items():
            exits[link] = veh_s
        links = PlainLinks(
            nodes=count + 1,
            from_node=np.arange(count, dtype=np.int64),
            to_node=np.arange(1, count + 1, dtype=np.int64),
            length_m=np.array(lengths_m, dtype=np.float64),
            speed_m_s=np.full(count, 10.0),
            wave_m_s=np.full(count, 5.0),
            jam_veh_m=np.full(count, 0.15 * lanes),
            entry_veh_s=np.full(count, np.inf),
            exit_veh_s=exits,
            priority=np.ones(count),
            node_veh_s=np.full(count + 1, np.inf),
            signal=signal,
        )
        roads = plain_roads(links)
        self.traffic = RoadTraffic(roads, T0, signals)
        routes = RouteTable(roads, np.array([count], dtype=np.int64), ages=1)
        self.traffic.follow(routes.next_link, routes.first_link)
        nought = np.zeros(len(trips_s), dtype=np.int64)
        self.traffic.schedule(plain_trips(T0 + np.array(trips_s, dtype=np.float64), nought, nought, nought))
        arrays = plain_arrays(count, placed, lanes)
        self.detector_ids = arrays.detector_ids
        self.bank = DetectorBank(arrays, roads, seed=seed, start_s=T0, miss_share=miss_share, faults=faults)
        self.roads = roads
        self.now_s = T0

    def run(self, seconds):
        readings = []
        for _ in range(seconds):
            self.traffic.advance(self.now_s, self.now_s + 1.0)
            self.bank.advance(self.now_s, self.now_s + 1.0, self.traffic.town)
            self.now_s += 1.0
            readings += self.bank.due(self.now_s)
        return readings


def counts(readings):
    return [reading.count_veh for reading in readings]


def of(name, readings):
    return [reading for reading in readings if reading.source_id == name]


def test_free_flow_is_counted_at_free_speed():
    street = Street([500.0], 6.0 * np.arange(60), [(0, 40.0, 60.0)])
    first, second, *_ = street.run(240)
    # the first comes after 46 s: 46, 52 and 58
    assert first.count_veh == 3
    assert (second.source_id, second.measured_at_s, second.interval_s) == ("D0-40", T0 + 120.0, 60.0)
    assert second.count_veh == 10
    assert second.speed_m_s == pytest.approx(10.0)
    assert second.occupancy_share == pytest.approx(10 * FREE_S / 60.0)


@pytest.mark.parametrize("lanes", [1, 2])
def test_at_capacity_every_lane_is_occupied_for_the_critical_density(lanes):
    # 0.05 veh/m and lane at 10 m/s: 6.5 0.05 of the time
    street = Street([500.0], np.zeros(100 * lanes), [(0, 40.0, 60.0)], lanes=lanes)
    reading = street.run(120)[1]
    assert reading.count_veh == 30 * lanes
    assert reading.speed_m_s == pytest.approx(10.0, rel=1e-5)
    assert reading.occupancy_share == pytest.approx(0.325, rel=1e-5)


def test_behind_a_bottleneck_a_detector_sees_its_flow_on_the_congested_branch_from_the_shock_on():
    # 0.4 veh/s come, 0.2 leave from 50 s on: the shock runs at (0.2 - 0.4) / (0.11 - 0.04) = -20 / 7 m/s
    street = Street([500.0], 2.5 * np.arange(200), [(0, 100.0, 5.0)], exit_veh_s={0: 0.2})
    readings = street.run(300)
    shock_s = 50.0 + 100.0 / (20.0 / 7.0)
    before = [r for r in readings if T0 + 45.0 <= r.measured_at_s <= T0 + shock_s - 7.0]
    after = [r for r in readings if r.measured_at_s >= T0 + shock_s + 12.0]
    assert counts(before) == [2] * len(before)
    assert [r.speed_m_s for r in before] == pytest.approx([10.0] * len(before))
    assert [r.occupancy_share for r in before] == pytest.approx([0.26] * len(before))
    assert counts(after) == [1] * len(after)
    assert [r.speed_m_s for r in after] == pytest.approx([0.2 / 0.11] * len(after), rel=1e-5)
    share = sum(r.occupancy_share for r in after) / len(after)
    assert share == pytest.approx(6.5 * 0.11, rel=0.01)


def test_a_queue_that_spills_back_holds_all_who_find_no_room():
    # 15 stand on the second link, 6 before the detector on the first: number 21 comes to it at 21 4 + 26 = 110 s
    street = Street([300.0, 100.0], 4.0 * np.arange(40), [(0, 40.0, 5.0)], red_s=(1, 1_000))
    street.traffic.town.exit_headway_s[1] = np.inf
    street.traffic.town.exit_free_s[1] = np.inf
    readings = street.run(400)
    assert sum(counts(readings)) == 21
    assert [r.occupancy_share for r in readings if r.measured_at_s > T0 + 115.0] == pytest.approx([STANDING_SHARE] * 57)
    assert max(r.occupancy_share for r in readings if r.measured_at_s <= T0 + 100.0) < 0.3


def test_a_loop_is_occupied_while_the_queue_of_a_red_signal_stands_on_it():
    # number 6 comes to the end at 24 + 30 s, the queue over the detector starts 40 / 5 s after green begins
    street = Street([300.0, 300.0], 4.0 * np.arange(80), [(0, 40.0, 10.0)], red_s=(0, 200))
    readings = street.run(300)
    standing = [r for r in readings if T0 + 60.0 < r.measured_at_s <= T0 + 200.0]
    assert counts(standing) == [0] * len(standing)
    assert [r.occupancy_share for r in standing] == pytest.approx([STANDING_SHARE] * len(standing))
    moving = [r for r in readings if T0 + 220.0 < r.measured_at_s <= T0 + 270.0]
    assert counts(moving) == [5] * len(moving)
    assert [r.speed_m_s for r in moving] == pytest.approx([10.0] * len(moving), rel=1e-5)
    assert [r.occupancy_share for r in moving] == pytest.approx([0.325] * len(moving), rel=1e-4)


@settings(max_examples=15, deadline=None)
@given(
    trips_s=st.lists(st.floats(0.0, 120.0), min_size=1, max_size=50),
    back_m=st.floats(0.0, 150.0),
    red_until_s=st.integers(0, 120),
    exit_veh_s=st.floats(0.1, 1.0),
)
def test_counts_never_exceed_entries_nor_lag_behind_departures_and_miss_nobody(
    trips_s, back_m, red_until_s, exit_veh_s
):
    placed = [(0, back_m, 7.0), (1, back_m / 2.0, 7.0)]
    street = Street([150.0, 80.0], trips_s, placed, red_s=(0, red_until_s), exit_veh_s={1: exit_veh_s})
    readings = []
    while street.traffic.left_veh < len(trips_s) and street.now_s < T0 + 1_200.0:
        readings += street.run(7)
        town = street.traffic.town
        assert (town.left_veh <= street.bank.loops.crossed_veh).all()
        assert (street.bank.loops.crossed_veh <= town.entered_veh).all()
    assert street.traffic.left_veh == len(trips_s)
    readings += street.run(14)
    assert [sum(counts(of(name, readings))) for name in street.detector_ids] == [len(trips_s)] * 2


def test_looking_seldom_tells_the_same_as_looking_every_second(monkeypatch):
    trips_s = np.cumsum(np.random.default_rng(3).exponential(3.0, 120))
    made = {"exit_veh_s": {1: 0.25}, "red_s": (0, 60)}
    seldom = Street([200.0, 150.0], trips_s, [(0, 60.0, 30.0), (1, 20.0, 60.0)], **made)
    seen = seldom.run(600)
    monkeypatch.setattr(detectors, "LOOK_S", 1.0)
    often = Street([200.0, 150.0], trips_s, [(0, 60.0, 30.0), (1, 20.0, 60.0)], **made).run(600)
    assert counts(seen) == counts(often)
    assert [r.occupancy_share for r in seen] == pytest.approx([r.occupancy_share for r in often])


def test_the_kernel_stops_for_rounds_and_reports():
    street = Street([100.0], [], [(0, 40.0, 7.0)])
    stops = []
    for _ in range(22):
        stops.append(street.bank.next_look_s - T0)
        street.run(1)
    assert list(dict.fromkeys(stops)) == [5.0, 7.0, 10.0, 14.0, 15.0, 20.0, 21.0, 25.0]
    nobody = Street([100.0], [], [])
    assert nobody.bank.next_look_s == np.inf
    assert nobody.run(60) == []


def test_each_detector_reports_at_the_multiples_of_its_interval():
    street = Street([500.0], [0.0], [(0, 40.0, 60.0), (0, 50.0, 45.0)])
    street.now_s += 20.0
    street.bank._since_s[:] = street.now_s
    told = [(r.source_id, r.measured_at_s - T0, r.interval_s) for r in street.run(100)]
    assert told == [("D0-50", 45.0, 25.0), ("D0-40", 60.0, 40.0), ("D0-50", 90.0, 45.0), ("D0-40", 120.0, 60.0)]


def test_a_new_detector_changes_neither_the_traffic_nor_the_others():
    made = {"miss_share": 0.3, "exit_veh_s": {1: 0.3}}
    few = Street([300.0, 200.0], 2.5 * np.arange(150), [(0, 40.0, 60.0)], **made)
    placed = [(1, 150.0, 7.0), (0, 40.0, 60.0), (0, 80.0, 60.0)]
    more = Street([300.0, 200.0], 2.5 * np.arange(150), placed, **made)
    for street in (few, more):
        street.traffic.town.trip_kind[::7] = 1  # lorries
    seen, among = few.run(900), more.run(900)
    assert max(r.occupancy_share for r in seen) > 0.5
    assert of("D0-40", among) == seen
    assert {r.source_id for r in among} == {"D1-150", "D0-40", "D0-80"}
    assert more.traffic.town.left_at_s.tolist() == few.traffic.town.left_at_s.tolist()


def test_misses_are_binomial_and_follow_the_seed():
    def missed(seed):
        street = Street([300.0], 2.5 * np.arange(240), [(0, 40.0, 60.0)], miss_share=0.25, seed=seed)
        return counts(street.run(720))

    assert missed(1) == missed(1)
    assert missed(1) != missed(2)
    # 240 vehicles of which 0.75 are seen: 180, standard deviation 6.7
    assert sum(missed(1)) == pytest.approx(180, abs=20)
    assert sum(counts(Street([300.0], [0.0, 5.0], [(0, 40.0, 60.0)], miss_share=1.0).run(60))) == 0


def fault(kind, from_s, until_s, detector="D0-40"):
    return DetectorFaultEvent(detector_id=detector, fault=kind, from_s=T0 + from_s, until_s=T0 + until_s)


def with_faults(*faults):
    placed = [(0, 40.0, 60.0), (0, 80.0, 60.0)]
    return Street([300.0], 5.0 * np.arange(200), placed, miss_share=0.2, faults=faults).run(480)


def test_a_silent_detector_reports_nothing_until_its_fault_ends():
    healthy, faulty = with_faults(), with_faults(fault("silent", 120.0, 240.0))
    assert of("D0-80", faulty) == of("D0-80", healthy)
    assert of("D0-40", faulty) == [r for r in of("D0-40", healthy) if r.measured_at_s - T0 not in {180.0, 240.0}]


def test_a_detector_that_counts_nothing_reports_zeros_without_a_speed():
    healthy, faulty = of("D0-40", with_faults()), of("D0-40", with_faults(fault("zero", 120.0, 240.0)))
    for row in (2, 3):
        assert (faulty[row].count_veh, faulty[row].occupancy_share, faulty[row].speed_m_s) == (0, 0.0, None)
        assert faulty[row].measured_at_s == healthy[row].measured_at_s
    assert faulty[:2] + faulty[4:] == healthy[:2] + healthy[4:]


def test_a_stuck_detector_repeats_its_last_values_with_the_new_time():
    healthy, faulty = of("D0-40", with_faults()), of("D0-40", with_faults(fault("stuck", 120.0, 240.0)))
    for row in (2, 3):
        times = {"measured_at_s": healthy[row].measured_at_s, "received_at_s": healthy[row].received_at_s}
        assert faulty[row] == replace(healthy[1], **times)
    assert faulty[:2] + faulty[4:] == healthy[:2] + healthy[4:]


def test_a_detector_stuck_from_the_start_has_nothing_to_repeat_and_the_later_fault_of_two_holds():
    assert [r.measured_at_s - T0 for r in of("D0-40", with_faults(fault("stuck", 0.0, 300.0)))] == [360.0, 420.0, 480.0]
    both = of("D0-40", with_faults(fault("zero", 0.0, 300.0), fault("silent", 60.0, 120.0)))
    assert [(r.measured_at_s - T0, r.count_veh) for r in both[:2]] == [(60.0, 0), (180.0, 0)]


@pytest.mark.parametrize(
    ("event", "parts"),
    [
        (fault("silent", 0.0, 60.0, "D9"), ("detector_id", "D9", "must name a detector")),
        (fault("broken", 0.0, 60.0), ("fault[D0-40]", "broken", "silent, zero, stuck")),
    ],
)
def test_faults_of_unknown_detectors_or_kinds_are_refused(event, parts):
    with pytest.raises(InvalidValueError) as error:
        Street([300.0], [], [(0, 40.0, 60.0)], faults=[event])
    assert all(part in str(error.value) for part in parts)


def test_a_share_of_misses_above_one_is_refused():
    with pytest.raises(InvalidValueError, match=r"miss_share = 1\.5: must be a number from 0 to 1"):
        Street([300.0], [], [(0, 40.0, 60.0)], miss_share=1.5)
