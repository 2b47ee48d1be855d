"""Bus lines of the shipped model of Leinfelden-Echterdingen."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
import simpy

from simulator.bus_files import read_lines
from simulator.buses import BusService, bus_free_s
from traffic_core.geometry import distance_m
from traffic_core.network import RoadClass
from traffic_core.stops import StopType, read_stops

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from simulator.bus_lines import BusLine
    from traffic_core.network import Network
    from traffic_core.stops import Stop

    Rows = Callable[[str], list[dict[str, str]]]

MIDNIGHT = datetime(2026, 11, 23, 23, tzinfo=UTC)
"""Tuesday, 24 November, 0:00 in Berlin."""


@pytest.fixture(name="lines", scope="module")
def lines_fixture(le_model: Path, le_network: Network) -> tuple[BusLine, ...]:
    return read_lines(le_model, le_network)


@pytest.fixture(name="stops", scope="module")
def stops_fixture(le_model: Path, le_network: Network) -> dict[str, Stop]:
    return read_stops(le_model, le_network)


def test_eight_lines_run_in_both_directions(lines: tuple[BusLine, ...]):
    """The ring has a number for each direction."""
    numbers = Counter(line.id.split("-")[0].replace("813", "812") for line in lines)
    assert numbers == dict.fromkeys(("86", "812", "814", "816", "818", "826", "828", "ECW"), 2)


def test_the_lines_call_at_most_bus_stops_of_the_town(lines: tuple[BusLine, ...], stops: dict[str, Stop]):
    called = {stops[call.stop_id].name for line in lines for call in line.calls}
    named = {stop.name for stop in stops.values() if stop.type is StopType.BUS}
    assert called <= named, "trams and trains have tracks of their own"
    assert len(called) >= 0.9 * len(named)


def test_stops_lie_at_the_end_of_the_link_of_their_call(
    lines: tuple[BusLine, ...], stops: dict[str, Stop], le_network: Network
):
    for line in lines:
        for call in line.calls:
            end = le_network.nodes[le_network.links[line.links[call.position]].to_node].position
            assert distance_m(stops[call.stop_id].position, end) <= 100.0, (line.id, call.stop_id)


def test_buses_keep_off_motorways_and_drive_no_link_twice(lines: tuple[BusLine, ...], le_network: Network):
    for line in lines:
        classes = {le_network.links[link].road_class for link in line.links}
        assert not classes & {RoadClass.MOTORWAY, RoadClass.TRUNK, RoadClass.RAMP}, line.id
        assert len(set(line.links)) == len(line.links), line.id


def test_buses_never_turn_round_on_their_way(lines: tuple[BusLine, ...], le_network: Network):
    for line in lines:
        for come, go in pairwise(le_network.links[link] for link in line.links):
            assert come.from_node != go.to_node, (line.id, come.id, go.id)


def test_everything_about_the_lines_is_called_estimated(le_rows: Rows):
    for table in ("bus_line.csv", "bus_call.csv", "bus_departure.csv"):
        for row in le_rows(table):
            assert row["confidence"] == "estimated"
            assert "assumed" in row["source"]


def test_a_weekday_of_buses_is_done_in_plausible_times(lines: tuple[BusLine, ...], le_network: Network):
    """On empty streets: 8 to 40 km/h with stops, some 600 runs, none of them late on average."""
    start_s = MIDNIGHT.timestamp()
    env = simpy.Environment(initial_time=start_s)
    free_s = list(bus_free_s(le_network).values())

    class EmptyRoad:
        def drive(self, link_path: tuple[int, ...], at_s: float, line_id: str = "", due_s: float = 0.0) -> simpy.Event:
            reached_s = at_s + sum(free_s[link] for link in link_path)
            return env.timeout(reached_s - env.now, value=reached_s)

        def hold(self, link: int, lanes: int, until_s: float) -> None:
            assert until_s > env.now
            assert lanes == 1
            assert 0 <= link < len(free_s)

    service = BusService(env, EmptyRoad(), lines, le_network, timezone="Europe/Berlin", seed=1)
    env.run(until=start_s + timedelta(hours=26).total_seconds())
    day = service.figures(start_s, start_s + 86_400.0)
    total = service.total(start_s, start_s + 86_400.0)
    assert 500 <= total.runs_begun <= 700
    assert total.runs_done == total.runs_begun
    assert total.mean_delay_s == pytest.approx(0.0, abs=1e-3)
    assert total.mean_lateness_s == pytest.approx(0.0, abs=15.0)
    for line in lines:
        figures = day[line.id]
        assert figures.runs_begun == len(line.departures_min)
        assert figures.mean_travel_s is not None
        way_m = sum(le_network.links[link].length_m for link in line.links)
        assert 8.0 <= way_m / figures.mean_travel_s * 3.6 <= 40.0, line.id
