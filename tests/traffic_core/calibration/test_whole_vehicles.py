"""Rounding to whole vehicles loses none."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from traffic_core.calibration.rounding import in_whole_vehicles
from traffic_core.demand import Demand, DemandCell, Purpose, Zone, ZoneKind
from traffic_core.provenance import Confidence, Provenance

HERE = Provenance(source="made up", confidence=Confidence.ESTIMATED)
NAMES = [f"Z{n}" for n in range(8)]


def demand_of(town: Demand, veh: dict[tuple[str, str], float]) -> Demand:
    zones = {name: Zone(id=name, name=name, kind=ZoneKind.INSIDE, nodes=("X11",), provenance=HERE) for name in NAMES}
    cells = tuple(
        DemandCell(origin=o, destination=d, purpose=Purpose.LEISURE, veh_24h=value, provenance=HERE)
        for (o, d), value in veh.items()
    )
    return replace(town, zones=zones, cells=cells)


def test_small_cells_of_an_origin_become_few_whole_ones(town):
    """Running sums 0.4, 0.8, 1.2, 1.6 are rounded to 0, 1, 1, 2."""
    tiny = demand_of(town.demand, {("Z0", name): 0.4 for name in NAMES[1:5]})
    whole = in_whole_vehicles(tiny)
    assert [(cell.destination, cell.veh_24h) for cell in whole.cells] == [("Z2", 1.0), ("Z4", 1.0)]


def test_whole_numbers_stay(town):
    exact = demand_of(town.demand, {("Z0", "Z1"): 3.0, ("Z0", "Z2"): 250.0, ("Z1", "Z2"): 1.0})
    assert in_whole_vehicles(exact).cells == exact.cells


@given(st.dictionaries(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), st.floats(0.0, 50.0), min_size=1))
def test_every_origin_keeps_its_trips_to_half_a_vehicle(town, veh):
    given_ = demand_of(town.demand, {ends: value for ends, value in veh.items() if ends[0] != ends[1]})
    before: Counter[str] = Counter()
    after: Counter[str] = Counter()
    for cell in given_.cells:
        before[cell.origin] += cell.veh_24h
    for cell in in_whole_vehicles(given_).cells:
        after[cell.origin] += cell.veh_24h
        assert cell.veh_24h == int(cell.veh_24h)
    assert all(abs(after[origin] - before[origin]) <= 0.5 + 1e-9 for origin in before)
