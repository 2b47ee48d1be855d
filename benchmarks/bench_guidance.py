"""One guidance cycle of a town, from the bytes of its feeds to the signs; and the assignment beside a general solver.

Run with `pytest benchmarks/bench_guidance.py`; `-k feeds -s` prints the percentiles of the whole cycle and its parts,
as CPU time of the one thread, for other programs on the machine are not to count.
Compiling is measured apart, as `test_warm_up` of the control cycle.
"""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from itertools import count
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.sparse import eye_array, kron

from api.feeds.formats import FORMATS
from parking.assignment import guidance_cells
from parking.facility import Facility, FacilityKind
from parking.forecast.calendar import Calendar
from parking.forecast.forecaster import Forecaster
from parking.guidance import Guidance
from parking.model import FacilityUse, ParkingModel
from parking.occupancy import OccupancyState
from parking.picture import Picture, known_sources
from parking.sign import Arrow, Sign, SignRow
from traffic_core import jit
from traffic_core.kernels.transport import transport
from traffic_core.network import Network
from traffic_core.provenance import Confidence, Provenance
from traffic_core.quality_gate import QualityGate
from traffic_core.readings import OccupancyReading

FACILITIES = (10, 40, 400)
PER_DISTRICT = 5
ROWS = 4
MADE_UP = Provenance(source="made up for the benchmark", confidence=Confidence.ESTIMATED)
START_S = 1_800_000_000.0
CYCLE_S = 10.0
CELLS, COLUMNS = 80, 40
FEEDS, SIGNS = 10, 80
CYCLES = 1_000
PARTS = ("parse", "gate", "estimates", "forecasts", "guidance", "whole")


def town(facilities: int, signs: int | None = None) -> ParkingModel:
    """Garages in districts of five, and 1.2 signs per garage: one row for a district of its own, three for garages."""
    signs = facilities * 12 // 10 if signs is None else signs
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
    placed = {f"S{number}": sign(number, facilities, rng) for number in range(signs)}
    return ParkingModel(facilities=known, signs=placed, uses=dict.fromkeys(known, use))


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


class FromFeeds:
    """The cycle in one process: every garage has a ParkAPI v3 feed of its own, which is new in every cycle."""

    def __init__(self) -> None:
        self.model = town(FEEDS, SIGNS)
        network = Network(nodes={}, links={}, turns={})
        self.picture = Picture(network, self.model)
        self.gate = QualityGate(known_sources(network, self.model))
        self.forecaster = Forecaster(self.model, Calendar(timezone=ZoneInfo("Europe/Berlin")))
        self.guidance = Guidance(self.model)
        self.readers = [FORMATS["parkapi_v3"].reader() for _ in range(FEEDS)]
        rng = np.random.default_rng(3)
        self.demand = rng.integers(0, 4, len(guidance_cells(self.model)))
        self.free_veh = {key: int(rng.integers(0, known.capacity_veh)) for key, known in self.model.facilities.items()}
        self.rng = rng

    def bodies(self, now_s: float) -> list[bytes]:
        at = datetime.fromtimestamp(now_s, UTC).isoformat()
        told = []
        for key, known in self.model.facilities.items():
            free_veh = self.free_veh[key] + int(self.rng.integers(-2, 3))
            self.free_veh[key] = min(max(free_veh, 0), known.capacity_veh)
            item = {
                "uid": key,
                "name": known.name,
                "lat": known.position[1],
                "lon": known.position[0],
                "capacity": known.capacity_veh,
                "has_realtime_data": True,
                "realtime_free_capacity": self.free_veh[key],
                "realtime_data_updated_at": at,
                "static_data_updated_at": at,
            }
            told.append(json.dumps({"items": [item]}).encode())
        return told

    def cycle(self, now_s: float, bodies: list[bytes]):
        """Returns the result and the CPU time after each part, s."""
        at_s = [time.thread_time()]
        parsed = [reader.parse(body, now_s) for reader, body in zip(self.readers, bodies, strict=True)]
        at_s.append(time.thread_time())
        for result in parsed:
            self.picture.take(result.readings, self.gate, now_s)
        at_s.append(time.thread_time())
        estimates = self.picture.occupancy.estimates(now_s)
        at_s.append(time.thread_time())
        forecasts = self.forecaster.forecasts(now_s, estimates)
        at_s.append(time.thread_time())
        result = self.guidance.step(now_s, estimates, self.demand, forecasts)
        at_s.append(time.thread_time())
        return result, at_s


@pytest.mark.benchmark(group="whole cycle, 10 feeds, 80 signs")
def test_cycle_from_feeds_to_signs(benchmark):
    """Percentiles over many cycles, each with new counts in every feed; the forecast is made anew in each."""
    jit.warm_up()
    centre = FromFeeds()
    taken_ms = []
    for number in range(CYCLES + 20):
        now_s = START_S + CYCLE_S * number
        bodies = centre.bodies(now_s)
        result, at_s = centre.cycle(now_s, bodies)
        taken_ms.append(1_000.0 * np.append(np.diff(at_s), at_s[-1] - at_s[0]))
    assert len(result.contents) == SIGNS
    assert (result.plan.supply_veh > 0).any()
    measured = np.array(taken_ms[20:])
    print()
    for part, values in zip(PARTS, measured.T, strict=True):
        p50_ms, p99_ms = np.percentile(values, [50, 99])
        benchmark.extra_info[part] = {"p50_ms": round(float(p50_ms), 3), "p99_ms": round(float(p99_ms), 3)}
        print(f"{part:10s} p50 {p50_ms:7.3f} ms   p99 {p99_ms:7.3f} ms")
    now_s = START_S + CYCLE_S * (CYCLES + 20)
    benchmark.pedantic(centre.cycle, args=(now_s, centre.bodies(now_s)), rounds=1)


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
