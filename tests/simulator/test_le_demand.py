"""Demand and counts of the shipped model."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest

from signal_plans.approach_supply import signal_approaches
from traffic_core.assignment.solver import solve
from traffic_core.assignment.town import town_problem
from traffic_core.demand import DayType, Demand, TripKind, ZoneKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from signal_plans.junction import Junction
    from traffic_core.network import Network

    Rows = Callable[[str], list[dict[str, str]]]

MOTORWAY_SIDE = {"Z31", "Z32", "Z33", "Z34", "Z43", "Z44"}
"""Zones at A8, B27, airport and fair: trips between two of them do not use the streets of the town."""
COUNTED_VEH_24H = {
    "C01": 20_700,
    "C02": 15_700,
    "C03": 7_500,
    "C04": 15_000,
    "C05": 8_400,
    "C06": 83_968,
    "C07": 110_000,
    "C08": 110_000,
}
LARGEST_GEH = 5.0


def test_counts_are_halves_of_the_published_figures(le_rows: Rows):
    total: Counter[str] = Counter()
    for row in le_rows("count.csv"):
        total[row["count_id"][:-1]] += int(row["veh_24h"])
    assert dict(total) == COUNTED_VEH_24H
    assert len(le_rows("count.csv")) == 2 * len(COUNTED_VEH_24H)


def test_both_counts_of_a_section_look_in_opposite_directions(le_network: Network, le_rows: Rows):
    """Not always between the same nodes: carriageways of the motorways have nodes of their own."""
    links: dict[str, list[str]] = {}
    for row in le_rows("count.csv"):
        links.setdefault(row["count_id"][:-1], []).append(row["link_id"])
    for section, (there, back) in links.items():
        a, b = le_network.links[there].line, le_network.links[back].line
        along = [(line[-1][0] - line[0][0], line[-1][1] - line[0][1]) for line in (a, b)]
        assert along[0][0] * along[1][0] + along[0][1] * along[1][1] < 0.0, section


def test_trips_of_the_town_have_the_published_structure(le_demand: Demand):
    """10 % through, 58 % origin or destination, 32 % internal (published for 2014), each within one point."""
    veh: Counter[TripKind] = Counter()
    for cell in le_demand.cells:
        if not {cell.origin, cell.destination} <= MOTORWAY_SIDE:
            veh[le_demand.trip_kind(cell)] += cell.veh_24h
    total = veh.total()
    assert 120_000 <= total <= 150_000
    assert veh[TripKind.THROUGH] / total == pytest.approx(0.10, abs=0.01)
    assert veh[TripKind.ORIGIN_DESTINATION] / total == pytest.approx(0.58, abs=0.01)
    assert veh[TripKind.INTERNAL] / total == pytest.approx(0.32, abs=0.01)


def test_there_are_about_40_quarters_12_gates_airport_and_fair(le_demand: Demand):
    kinds = Counter(zone.kind for zone in le_demand.zones.values())
    assert 38 <= kinds[ZoneKind.INSIDE] <= 44
    assert kinds[ZoneKind.OUTSIDE] == 14
    assert {"Flughafen", "Messe"} <= {zone.name for zone in le_demand.zones.values()}
    nodes = Counter(node for zone in le_demand.zones.values() for node in zone.nodes)
    assert set(nodes.values()) == {1}, "no node belongs to two zones"


@pytest.mark.slow
@pytest.mark.parametrize("hour", [7, 12, 16])
def test_the_equilibrium_of_an_hour_meets_the_counts_and_fits_the_streets(
    le_network: Network, le_demand: Demand, le_junctions: dict[str, Junction], le_rows: Rows, hour: int
):
    """Both directions together: the published figures are for both, and the tide has no counts."""
    approaches = signal_approaches(le_network, le_junctions)
    problem = town_problem(le_network, le_demand, day_type=DayType.WEEKDAY, hour=hour, approaches=approaches)
    solved = solve(problem.assignment_network, problem.classes, gap=1e-4)
    of_link = dict(zip(le_network.links, np.sum(solved.class_volume, axis=0)[problem.street_links], strict=True))
    trips_veh = sum(cell.veh_24h for cell in le_demand.cells)
    share = sum(c.veh_24h * le_demand.shares(DayType.WEEKDAY, c.purpose)[hour] for c in le_demand.cells) / trips_veh
    found: Counter[str] = Counter()
    for row in le_rows("count.csv"):
        found[row["count_id"][:-1]] += of_link[row["link_id"]]
    for section, counted_veh_24h in COUNTED_VEH_24H.items():
        wanted = counted_veh_24h * share
        geh = np.sqrt(2 * (found[section] - wanted) ** 2 / (found[section] + wanted))
        assert geh < LARGEST_GEH, (section, found[section], wanted)
    load = solved.volume[problem.street_links] / problem.assignment_network.capacity[problem.street_links]
    assert load.max() < 1.0, list(le_network.links)[int(load.argmax())]
