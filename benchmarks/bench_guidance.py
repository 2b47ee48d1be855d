"""One guidance cycle of a town, and the assignment alone beside a general solver.

Run with `pytest benchmarks/bench_guidance.py`.  Compiling is measured apart, as `test_warm_up` of the control cycle.
"""

from __future__ import annotations

from itertools import count

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.sparse import eye_array, kron

from parking.facility import Facility, FacilityKind
from parking.guidance import Guidance
from parking.model import FacilityUse, ParkingModel
from parking.occupancy import OccupancyState
from parking.sign import Arrow, Sign, SignRow
from traffic_core import jit
from traffic_core.kernels.transport import transport
from traffic_core.provenance import Confidence, Provenance
from traffic_core.readings import OccupancyReading

FACILITIES = (10, 40, 400)
PER_DISTRICT = 5
ROWS = 4
MADE_UP = Provenance(source="made up for the benchmark", confidence=Confidence.ESTIMATED)
START_S = 1_800_000_000.0
CYCLE_S = 10.0
CELLS, COLUMNS = 80, 40


def town(facilities: int) -> ParkingModel:
    """Garages in districts of five, and 1.2 signs per garage: one row for a district of its own, three for garages."""
    rng = np.random.default_rng(facilities)
    use = FacilityUse(fee_eur_h=1.0, mean_stay_min=90.0, guided=True, occupied_share=())
    known = {}
    for number in range(facilities):
        district = number // PER_DISTRICT
        known[f"P{number}"] = Facility(
            id=f"P{number}",
            name=f"Garage {number}",
            district=f"D{district}",
            position=(9.0 + 0.01 * (district % 10) + 0.002 * rng.random(), 48.0 + 0.01 * (district // 10)),
            kind=FacilityKind.GARAGE,
            capacity_veh=int(rng.integers(50, 600)),
            reserve_veh=3,
            update_interval_s=60.0,
            access_node="N",
            provenance=MADE_UP,
        )
    signs = {f"S{number}": sign(number, facilities, rng) for number in range(facilities * 12 // 10)}
    return ParkingModel(facilities=known, signs=signs, uses=dict.fromkeys(known, use))


def sign(number, facilities, rng):
    district = int(rng.integers(facilities // PER_DISTRICT)) * PER_DISTRICT
    members = tuple(f"P{district + place}" for place in range(PER_DISTRICT))
    garages = [(f"P{place}",) for place in rng.choice(facilities, ROWS - 1, replace=False)]
    rows = tuple(
        SignRow(label_de="P", label_en="P", arrow=Arrow.STRAIGHT, facility_ids=ids) for ids in (members, *garages)
    )
    position = (9.0 + 0.1 * rng.random(), 48.0 + 0.08 * rng.random())
    return Sign(id=f"S{number}", name=f"Sign {number}", position=position, link_id="L", rows=rows, provenance=MADE_UP)


@pytest.mark.benchmark(group="guidance cycle, all facilities report")
@pytest.mark.parametrize("facilities", FACILITIES)
def test_guidance_cycle(benchmark, facilities):
    """Every garage has a new count; the cycle takes them in, decides and writes every sign."""
    jit.warm_up()
    model = town(facilities)
    state, guidance = OccupancyState(model.facilities), Guidance(model)
    rng = np.random.default_rng(1)
    demand = rng.integers(0, 4, len(guidance.cells))
    cycles = count()

    def reports():
        now_s = START_S + CYCLE_S * next(cycles)
        told = [
            OccupancyReading(
                source_id=known.id,
                measured_at_s=now_s,
                received_at_s=now_s,
                free_veh=int(rng.integers(0, (known.capacity_veh or 0) // 2)),
            )
            for known in model.facilities.values()
        ]
        return (now_s, told), {}

    def cycle(now_s, told):
        for one in told:
            state.accept(one)
        return guidance.step(now_s, state.estimates(now_s), demand)

    result = benchmark.pedantic(cycle, setup=reports, rounds=30, warmup_rounds=2)
    benchmark.extra_info.update(signs=len(model.signs), cells=len(guidance.cells))
    assert len(result.contents) == len(model.signs)


def instance(cells: int, columns: int):
    """Random costs and about as many places as drivers, so that many must give way and some go to the sink."""
    rng = np.random.default_rng(7)
    demand = rng.integers(0, 20, cells)
    supply = rng.integers(0, 2 * demand.sum() // columns, columns)
    supply[-1] = demand.sum()
    cost_s = rng.uniform(100.0, 1_500.0, (cells, columns))
    cost_s[:, -1] = 1_800.0
    return cost_s, demand, supply


@pytest.mark.benchmark(group=f"assignment, {CELLS} cells × {COLUMNS} facilities")
def test_assignment_kernel(benchmark):
    jit.warm_up()
    cost_s, demand, supply = instance(CELLS, COLUMNS)
    flow, _ = benchmark(transport, cost_s, demand, supply)
    assert flow.sum() == demand.sum()


@pytest.mark.benchmark(group=f"assignment, {CELLS} cells × {COLUMNS} facilities")
def test_assignment_by_scipy_linprog(benchmark):
    """The same optimum from HiGHS, building the matrices not counted."""
    cost_s, demand, supply = instance(CELLS, COLUMNS)
    sent = kron(eye_array(CELLS), np.ones((1, COLUMNS)), format="csr")
    taken = kron(np.ones((1, CELLS)), eye_array(COLUMNS), format="csr")
    found = benchmark(lambda: linprog(cost_s.ravel(), A_ub=taken, b_ub=supply, A_eq=sent, b_eq=demand, method="highs"))
    flow, _ = transport(cost_s, demand, supply)
    assert found.fun == pytest.approx(float((flow * cost_s).sum()), rel=1e-9)
