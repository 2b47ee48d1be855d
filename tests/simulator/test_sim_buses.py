"""Buses on a toy road: each link takes its free time, and more where a test says so."""

from __future__ import annotations

import dataclasses
import math
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import simpy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.bus_lines import BusLine, BusStopCall
from simulator.bus_timetable import departures_from, departures_of_day
from simulator.buses import BusService, bus_free_s, dwell_times_s, figures_of, legs_of
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from traffic_core.network import Network

BERLIN = ZoneInfo("Europe/Berlin")
SIX_S = datetime(2026, 11, 24, 5, tzinfo=UTC).timestamp()
"""Tuesday, 6:00 in Berlin."""
WAY = ("W_X", "X_P", "P_E")
FREE_S = (48.0, 40.0, 32.0)
"""600, 500 and 400 m at 45 km/h."""


class ToyRoad:
    """Links with fixed times; says when a bus is through up to `late_s` afterwards."""

    def __init__(self, env: simpy.Environment, link_s: list[float], late_s: float = 0.0) -> None:
        self._env, self._link_s, self._late_s = env, link_s, late_s
        self.drives: list[tuple[tuple[int, ...], float]] = []
        self.holds: list[tuple[int, int, float, float]] = []

    def drive(self, link_path: tuple[int, ...], at_s: float, line_id: str = "", due_s: float = 0.0) -> simpy.Event:
        assert at_s == self._env.now
        self.drives.append((link_path, at_s))
        reached_s = at_s + sum(self._link_s[link] for link in link_path)
        return self._env.timeout(reached_s - self._env.now + self._late_s, value=reached_s)

    def hold(self, link: int, lanes: int, until_s: float) -> None:
        self.holds.append((link, lanes, self._env.now, until_s))


def line_of(
    *calls: BusStopCall, links: tuple[str, ...] = WAY, at_min: tuple[float, ...] = (365.0,), name: str = "1"
) -> BusLine:
    return BusLine(id=name, name=f"Line {name}", links=links, calls=calls, departures_min=at_min)


def call_at(position: int, dwell_s: float = 20.0, *, in_lane: bool = True) -> BusStopCall:
    return BusStopCall(stop_id=f"stop {position}", position=position, dwell_s=dwell_s, in_lane=in_lane)


def driven(
    network: Network,
    *lines: BusLine,
    until_s: float = SIX_S + 3_600.0,
    extra_s: float = 0.0,
    late_s: float = 0.0,
    seed: int = 1,
) -> tuple[BusService, ToyRoad]:
    """Service and road after a run from 6:00; every link takes `extra_s` longer than a free one."""
    env = simpy.Environment(initial_time=SIX_S)
    road = ToyRoad(env, [free_s + extra_s for free_s in bus_free_s(network).values()], late_s)
    service = BusService(env, road, lines, network, timezone="Europe/Berlin", seed=seed)
    env.run(until=until_s)
    return service, road


# ---- one bus ------------------------------------------------------------------------------------------------------


def test_a_bus_without_stops_takes_the_free_time_of_its_way(network: Network):
    service, road = driven(network, line_of())
    (run,) = service.runs
    assert run.began_s == SIX_S + 300.0
    assert run.ended_s == pytest.approx(run.began_s + sum(FREE_S), abs=0.01)
    assert road.drives == [(tuple(list(network.links).index(link) for link in WAY), SIX_S + 300.0)]
    figures = service.total()
    assert (figures.runs_begun, figures.runs_done) == (1, 1)
    assert figures.mean_travel_s == pytest.approx(120.0, abs=0.01)
    assert figures.mean_delay_s == pytest.approx(0.0, abs=1e-6)
    assert figures.mean_lateness_s == pytest.approx(0.0, abs=1e-6)


def test_a_fast_street_does_not_make_a_bus_faster_than_50_km_h(network: Network):
    links = {link.id: dataclasses.replace(link, free_speed_m_s=30.0) for link in network.links.values()}
    fast = dataclasses.replace(network, links=links)
    assert bus_free_s(fast)["W_X"] == pytest.approx(600.0 / 50.0 * 3.6, rel=1e-4)


def test_a_stop_in_the_lane_holds_it_and_one_in_a_bay_does_not(network: Network):
    service, road = driven(network, line_of(call_at(0), call_at(1, in_lane=False)))
    index = list(network.links).index
    (first, start_s), (second, _), (third, on_s) = road.drives
    assert [first, second, third] == [(index("W_X"),), (index("X_P"),), (index("P_E"),)]
    (held,) = road.holds
    link, lanes, from_s, until_s = held
    assert (link, lanes) == (index("W_X"), 1)
    assert from_s == pytest.approx(start_s + 48.0, abs=0.01)
    assert until_s == pytest.approx(road.drives[1][1]), "the lane is free when the bus goes on"
    (run,) = service.runs
    assert on_s - start_s == pytest.approx(48.0 + 40.0 + run.dwell_s, abs=0.01)


def test_a_bus_ends_its_run_after_a_stop_at_the_end_of_its_line(network: Network):
    service, road = driven(network, line_of(call_at(2)))
    (run,) = service.runs
    assert len(road.drives) == 1
    assert run.ended_s == pytest.approx(run.began_s + sum(FREE_S) + run.dwell_s, abs=0.01)


def test_a_late_event_costs_no_time_at_a_stop(network: Network):
    """The kernel says up to a step later that a bus arrived; its dwell time began on arrival."""
    exact, _ = driven(network, line_of(call_at(0), call_at(2)))
    stepped, _ = driven(network, line_of(call_at(0), call_at(2)), late_s=0.9)
    assert stepped.runs[0].ended_s == pytest.approx(exact.runs[0].ended_s)


def test_a_bus_that_dwells_shorter_than_the_step_goes_on_at_once(network: Network):
    _, road = driven(network, line_of(call_at(0, 0.0)), late_s=0.9)
    assert road.holds == []
    assert road.drives[1][1] == pytest.approx(road.drives[0][1] + 48.9, abs=0.01)


def test_delay_is_what_traffic_costs_and_lateness_knows_the_stops_too(network: Network):
    service, _ = driven(network, line_of(call_at(0), call_at(1)), extra_s=10.0)
    (run,) = service.runs
    figures = service.total()
    assert figures.mean_delay_s == pytest.approx(30.0, abs=1e-6)
    assert figures.mean_lateness_s == pytest.approx(30.0 + run.dwell_s - 40.0, abs=1e-6)
    assert figures.mean_travel_s == pytest.approx(150.0 + run.dwell_s, abs=0.01)


def test_legs_are_cut_behind_each_stop(network: Network):
    ends = [len(leg.links) for leg in legs_of(line_of(call_at(1)), network)]
    assert ends == [2, 1]
    assert [leg.call is None for leg in legs_of(line_of(call_at(2)), network)] == [False]


def test_a_line_over_a_link_that_is_not_there_is_refused(network: Network):
    with pytest.raises(InvalidValueError) as caught:
        driven(network, line_of(links=("W_X", "X_Q")))
    assert "line[1].links = 'X_Q': must name links of the network" in str(caught.value)


# ---- dwell times --------------------------------------------------------------------------------------------------


class FixedStream:
    """Gives the numbers it was given."""

    def __init__(self, *numbers: float) -> None:
        self._numbers = np.array(numbers)

    def standard_normal(self, size: int) -> np.ndarray:
        assert size == self._numbers.size
        return self._numbers


def test_dwell_times_follow_the_lognormal_formula():
    """σ² = ln 1.36 = 0.30748; median 20 / √1.36 = 17.1499 s; one σ above it × e^0.55451 = 1.74109."""
    times_s = dwell_times_s(line_of(call_at(0), call_at(1), call_at(2, 0.0)), FixedStream(0.0, 1.0, 3.0))
    assert times_s == pytest.approx([17.1499, 29.8595, 0.0], abs=1e-3)


def test_dwell_times_have_the_mean_and_the_variation_they_claim():
    stream = np.random.Generator(np.random.PCG64(7))
    times_s = np.array([dwell_times_s(line_of(call_at(0)), stream)[0] for _ in range(20_000)])
    assert times_s.mean() == pytest.approx(20.0, rel=0.02)
    assert times_s.std() / times_s.mean() == pytest.approx(0.6, rel=0.05)


def test_another_line_or_another_departure_changes_no_bus(network: Network):
    stops = (call_at(0), call_at(1))
    alone, _ = driven(network, line_of(*stops, at_min=(365.0, 385.0)))
    more = line_of(*stops, at_min=(365.0, 370.0, 385.0))
    back = line_of(call_at(0), links=("E_P", "P_X", "X_W"), at_min=(361.0,), name="2")
    together, _ = driven(network, back, more)
    kept = {run.began_s: run for run in together.runs if run.line_id == "1"}
    for run in alone.runs:
        assert kept[run.began_s] == run
    assert len({run.dwell_s for run in together.runs}) == 4


def test_the_same_seed_gives_the_same_runs_and_another_does_not(network: Network):
    line = line_of(call_at(0), call_at(1), at_min=tuple(float(minute) for minute in range(360, 400, 5)))
    runs = [driven(network, line, seed=seed)[0].runs for seed in (3, 3, 4)]
    assert runs[0] == runs[1]
    assert runs[0] != runs[2]


# ---- timetable ----------------------------------------------------------------------------------------------------


def test_buses_start_on_the_minute_and_those_before_the_run_are_left_out(network: Network):
    service, _ = driven(network, line_of(at_min=(350.0, 360.0, 372.5, 419.0, 420.0)))
    assert [run.began_s - SIX_S for run in service.runs] == [0.0, 750.0, 3_540.0]


def test_a_bus_on_its_way_is_begun_but_not_done(network: Network):
    service, _ = driven(network, line_of(at_min=(361.0, 365.0, 419.0)))
    figures = service.figures()["1"]
    assert (figures.runs_begun, figures.runs_done) == (3, 2)
    later = service.figures(SIX_S + 300.0, SIX_S + 3_540.0)["1"]
    assert (later.runs_begun, later.runs_done) == (1, 1)
    assert figures_of([]).mean_travel_s is None


def test_the_weekend_runs_an_even_share_of_a_weekday():
    """60 % on Saturday, 40 % on Sunday: the k-th of ten runs where floor(k p / 100) grows."""
    line = line_of(at_min=tuple(60.0 * hour for hour in range(6, 16)))
    friday, saturday, sunday = (
        [departure.minute / 60.0 for departure in departures_of_day(line, date(2026, 11, day), BERLIN)]
        for day in (27, 28, 29)
    )
    assert len(friday) == 10
    assert saturday == [7, 9, 10, 12, 14, 15]
    assert sunday == [8, 10, 13, 15]


def test_the_night_when_clocks_change_has_one_bus_for_each_departure():
    line = line_of(at_min=(0.0, 10.0, 150.0))
    spring, autumn = (departures_of_day(line, day, BERLIN) for day in (date(2026, 3, 29), date(2026, 10, 25)))
    assert [departure.at_s for departure in spring] == [datetime(2026, 3, 29, 1, 30, tzinfo=UTC).timestamp()]
    assert [departure.at_s for departure in autumn] == [datetime(2026, 10, 25, 0, 30, tzinfo=UTC).timestamp()]


def test_a_departure_at_minute_1440_is_the_midnight_after_its_day():
    line = line_of(at_min=(1_440.0,))
    first = next(departures_from(line, datetime(2026, 11, 23, 23, tzinfo=UTC).timestamp(), BERLIN))
    assert first.day == date(2026, 11, 23)
    assert first.at_s == datetime(2026, 11, 23, 23, tzinfo=UTC).timestamp()


def test_a_line_that_never_runs_starts_no_bus(network: Network):
    service, _ = driven(network, line_of(at_min=()))
    assert service.runs == []
    assert service.figures()["1"].runs_begun == 0


minutes = st.lists(st.integers(0, 1_440).map(float), max_size=40).map(lambda found: tuple(sorted(found)))
days = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@given(at_min=minutes, day=days)
def test_every_day_has_its_share_of_departures_in_order(at_min: tuple[float, ...], day: date):
    found = departures_of_day(line_of(at_min=at_min), day, BERLIN)
    percent = {5: 60, 6: 40}.get(day.weekday(), 100)
    assert len(found) == len(at_min) * percent // 100
    assert [departure.at_s for departure in found] == sorted(departure.at_s for departure in found)
    for departure in found:
        local = datetime.fromtimestamp(departure.at_s, tz=UTC).astimezone(BERLIN)
        off_min = (local.hour * 60 + local.minute - departure.minute) % 1_440.0
        assert off_min in {0.0, 60.0}, "later by an hour only where clocks skip it"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(at_min=minutes, extra_s=st.floats(0.0, 30.0), late_s=st.floats(0.0, 1.0), seed=st.integers(0, 5))
def test_time_is_conserved_on_every_run(
    network: Network, at_min: tuple[float, ...], extra_s: float, late_s: float, seed: int
):
    """Of every bus: end = start + free time + stops + what the road took more, up to the events' lateness."""
    line = line_of(call_at(0), call_at(1, 5.0, in_lane=False), at_min=at_min)
    service, road = driven(network, line, until_s=SIX_S + 20 * 3_600.0, extra_s=extra_s, late_s=late_s, seed=seed)
    over = [run for run in service.runs if run.began_s < SIX_S + 19 * 3_600.0]
    assert 3 * len(over) <= len(road.drives) <= 3 * len(service.runs)
    for run in over:
        assert run.ended_s is not None
        took_s = run.ended_s - run.began_s - run.free_s - run.dwell_s
        assert took_s - 3 * extra_s == pytest.approx(0.0, abs=2.0 * late_s + 1e-5)
        assert took_s - 3 * extra_s > -1e-5
        assert math.isfinite(run.scheduled_s)
