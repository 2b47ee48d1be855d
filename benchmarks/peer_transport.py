"""The transportation kernel beside POT and OR-tools: medians and ratios, or equality of the optimum on many cases.

Runs in an environment of its own (`pip install pot ortools numpy scipy numba`), from the root of the project:
python benchmarks/peer_transport.py 80x40 2000x200 5000x1000     times; the same instances, one solver after the other
python benchmarks/peer_transport.py equal 1200                   random and degenerate cases, objectives compared
Prints one line of JSON for each size, or one in all.  Compiling is not counted; building the problem and summing the
objective are, for the peers and for `ours`, but not for `kernel_alone`, to which no ratio refers.
Where `../shared/peers/bench_assign.py` is there, instances and peers are taken from it, else from this file.
"""

import importlib.util
import json
import os
import statistics
import sys
import time
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import numpy as np  # noqa: E402  after the environment is set

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "peers" / "bench_assign.py"
sys.path.insert(0, str(ROOT))

from traffic_core.kernels.transport import UNLIMITED, transport  # noqa: E402  after the path is set

ROUNDS = ((10_000, 45), (500_000, 7), (10**12, 3))
FORBIDDEN = 10_000_000


def make(cells, facilities, seed):
    """A city of 4 km with random gates, destinations and facilities; 85 % of the places are asked for."""
    rng = np.random.default_rng(seed)
    gate, target = rng.random((cells, 2)) * 4_000, 1_200 + rng.random((cells, 2)) * 1_600
    place = 1_000 + rng.random((facilities, 2)) * 2_000
    drive_s = np.linalg.norm(gate[:, None] - place[None], axis=2) * 1.3 / 9.0
    walk_s = np.linalg.norm(target[:, None] - place[None], axis=2) * 1.25 / 1.2 * 2
    cost = np.rint(drive_s + walk_s + rng.integers(0, 180, facilities)[None]).astype(np.int64)
    demand = rng.integers(1, 12, cells).astype(np.int64)
    share = rng.random(facilities) + 0.2
    supply = np.maximum(1, np.rint(share / share.sum() * demand.sum() / 0.85)).astype(np.int64)
    sink = np.full(cells, int(cost.max() * 3))
    return np.c_[cost, sink], demand, np.r_[supply, demand.sum()]


def by_pot(cost, demand, supply):
    import ot  # noqa: PLC0415  not needed where the shared file is there

    slack = int(supply.sum() - demand.sum())
    balanced = np.vstack([cost, np.zeros((1, supply.size))]).astype(float)
    sent = np.r_[demand, slack].astype(float)
    options = {"center_dual": False, "numThreads": 1, "check_marginals": False, "log": True}
    flow, _ = ot.emd(sent, supply.astype(float), balanced, numItermax=5_000_000, **options)
    return float((flow * balanced).sum())


def by_ortools(cost, demand, supply):
    from ortools.graph.python import min_cost_flow  # noqa: PLC0415  not needed where the shared file is there

    rows, columns = cost.shape
    flow = min_cost_flow.SimpleMinCostFlow()
    begin, end = np.repeat(np.arange(rows), columns), rows + np.tile(np.arange(columns), rows)
    flow.add_arcs_with_capacity_and_unit_cost(begin, end, np.repeat(demand, columns), cost.ravel())
    places = rows + np.arange(columns)
    last = np.full(columns, rows + columns)
    flow.add_arcs_with_capacity_and_unit_cost(places, last, supply, np.zeros(columns, np.int64))
    balance = np.r_[demand, np.zeros(columns, np.int64), -int(demand.sum())]
    flow.set_nodes_supplies(np.arange(rows + columns + 1), balance)
    if flow.solve() != flow.OPTIMAL:
        raise RuntimeError("OR-tools found no optimum")
    return float(flow.optimal_cost())


def by_us(cost, demand, supply):
    flow, _ = transport(cost.astype(np.float64), demand, supply)
    return float((flow * cost).sum())


def solvers_and_instances():
    if not SHARED.exists():
        return "this file", {"ours": by_us, "pot": by_pot, "ortools": by_ortools}, make
    spec = importlib.util.spec_from_file_location("bench_assign", SHARED)
    shared = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(shared)
    peers = {"ours": by_us, "pot": shared.pot_emd, "ortools": shared.ortools_mcf}
    return SHARED.name, peers, lambda cells, facilities, seed: shared.make(cells, facilities, seed=seed)


def measure(size):
    cells, facilities = (int(part) for part in size.split("x"))
    source, solvers, instance = solvers_and_instances()
    times_ms = {name: [] for name in solvers}
    rounds = next(many for limit, many in ROUNDS if cells * facilities <= limit)
    problems = [instance(cells, facilities, seed) for seed in range(rounds)]
    optima = {}
    for name, solve in solvers.items():
        solve(*instance(2, 2, 0))
        found = []
        for problem in problems:
            begin = time.perf_counter()
            found.append(float(solve(*problem)))
            times_ms[name].append(1_000.0 * (time.perf_counter() - begin))
        optima[name] = found
    if not all(np.allclose(found, optima["ours"], rtol=1e-9, atol=1e-6) for found in optima.values()):
        raise RuntimeError(f"{size}: the optima differ: {optima}")
    for cost, demand, supply in problems:
        cost_s = cost.astype(np.float64)
        begin = time.perf_counter()
        transport(cost_s, demand, supply)
        times_ms.setdefault("kernel_alone", []).append(1_000.0 * (time.perf_counter() - begin))
    median_ms = {name: statistics.median(values) for name, values in times_ms.items()}
    return {
        "size": size,
        "instances": rounds,
        "from": source,
        "median_ms": {name: round(value, 4) for name, value in median_ms.items()},
        "ratio": {name: round(median_ms[name] / median_ms["ours"], 2) for name in ("pot", "ortools")},
    }


def case(seed):
    """One small instance; the kinds take turns, so that each degenerate form comes up often."""
    rng = np.random.default_rng(seed)
    kind = seed % 10
    rows = 1 if kind == 4 else int(rng.integers(1, 40))
    columns = 1 if kind == 5 else int(rng.integers(1, 25))
    cost = rng.integers(0, (2_000, 3, 5, 2_000)[int(rng.integers(4))], (rows, columns))
    demand, supply = rng.integers(0, 15, rows), rng.integers(0, 30, columns)
    if kind == 1:
        cost[:] = 7  # all equal
    if kind == 2:
        demand[rng.random(rows) < 0.7] = 0
        supply[rng.random(columns) < 0.7] = 0
    if kind == 3:
        supply[:] = 1_000_000
    if kind == 6:
        cost[rng.random(cost.shape) < 0.5] = FORBIDDEN
    if kind == 7:
        supply[:] = 0  # all to the sink
    if kind == 8:
        demand[:], supply[:] = 1, 1
    if kind == 9:
        cost = np.repeat(cost[:1], rows, axis=0)  # equal rows
    sink = np.full((rows, 1), int(rng.choice([0, 1_000, FORBIDDEN - 1])))
    return np.c_[cost, sink].astype(np.int64), demand.astype(np.int64), supply.astype(np.int64)


def compare(cases):
    """Objectives of all three, and the prices of ours as a proof: raises at the first case that differs."""
    worst = 0.0
    for seed in range(cases):
        cost, demand, supply = case(seed)
        flow, price = transport(cost.astype(np.float64), demand, np.append(supply, UNLIMITED))
        ours = float((flow * cost).sum())
        limited = np.append(supply, demand.sum())
        told = {"ortools": by_ortools(cost, demand, limited)}
        told["pot"] = by_pot(cost, demand, limited) if demand.sum() else 0.0  # POT takes no empty problem
        worst = max(worst, *(abs(value - ours) / max(1.0, abs(value)) for value in told.values()))
        if worst > 1e-9 or (flow.sum(axis=1) != demand).any() or (flow.sum(axis=0)[:-1] > supply).any():
            raise RuntimeError(f"case {seed}: ours {ours}, {told}")
        slack = cost + price - (cost + price).min(axis=1, keepdims=True)
        if slack[flow > 0].any() or price[:-1][flow.sum(axis=0)[:-1] < supply].any():
            raise RuntimeError(f"case {seed}: the prices do not prove the optimum")
    return {"cases": cases, "equal": cases, "largest_relative_difference": worst}


if __name__ == "__main__":
    if sys.argv[1:2] == ["equal"]:
        print(json.dumps(compare(int(sys.argv[2]) if len(sys.argv) > 2 else 1_000)))
    else:
        for wanted in sys.argv[1:] or ["80x40", "2000x200"]:
            print(json.dumps(measure(wanted)), flush=True)
