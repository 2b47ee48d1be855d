"""One line of figures of the traffic kernel on a neutral workload, in the form that peers print.

usage: python benchmarks/dyn_bar.py grid11 [--scale 1.0] [--step 1.0] [--reroute 600] [--seed 0] [--repeat 1]
grid11: 11 x 11 nodes, links of 1 km, 20 m/s, 0.2 veh/m, 0.8 veh/s; every boundary node sends 0.035 veh/s to every node
of the opposite side for an hour; two hours are simulated.  Every vehicle is moved, with spillback; drivers hear
of new travel times every `--reroute` seconds.  SimPy owns the time: one event per change of routes.
CPU seconds of the run alone; compiling and building are printed apart.
"""

from __future__ import annotations

import argparse
import resource
import time

import numpy as np
import simpy

from simulator.plain_roads import PlainLinks, plain_roads, plain_trips
from simulator.road_traffic import RoadTraffic
from simulator.routes import RouteTable, tree_of

SIDE, FLOW_VEH_S, DEMAND_S, HORIZON_S = 11, 0.035, 3_600.0, 7_200.0


def grid_links(side=SIDE):
    """Links of a square grid of two-way streets; node (i, j) has number i * side + j."""
    at = [
        (i * side + j, a * side + b)
        for i in range(side)
        for j in range(side)
        for a, b in ((i + 1, j), (i - 1, j), (i, j + 1), (i, j - 1))
        if 0 <= a < side and 0 <= b < side
    ]
    count = len(at)
    return PlainLinks(
        nodes=side * side,
        from_node=np.array([a for a, _ in at], dtype=np.int64),
        to_node=np.array([b for _, b in at], dtype=np.int64),
        length_m=np.full(count, 1_000.0),
        speed_m_s=np.full(count, 20.0),
        wave_m_s=np.full(count, 5.0),
        jam_veh_m=np.full(count, 0.2),
        entry_veh_s=np.full(count, np.inf),
        exit_veh_s=np.full(count, np.inf),
        priority=np.ones(count),
        node_veh_s=np.full(side * side, np.inf),
        signal=np.full(count, -1, dtype=np.int64),
    )


def grid_demand(side=SIDE):
    """Origin and destination nodes of all pairs of opposite sides, both ways."""
    last = side - 1
    pairs = []
    for p in range(side):
        for q in range(side):
            pairs += [
                (last * side + q, p),
                (p, last * side + q),
                (q * side + last, p * side),
                (p * side, q * side + last),
            ]
    return pairs


def trips_of(pairs, scale, seed):
    """Trips evenly spaced in time for each pair, and the rows of their destinations."""
    destinations = sorted({end for _, end in pairs})
    row = {end: index for index, end in enumerate(destinations)}
    each = round(DEMAND_S * FLOW_VEH_S * scale)
    rng = np.random.default_rng(seed)
    at_s = (np.arange(each)[None, :] + rng.random((len(pairs), 1))) * DEMAND_S / each
    origin = np.repeat(np.array([start for start, _ in pairs], dtype=np.int64), each)
    end = np.repeat(np.array([row[end] for _, end in pairs], dtype=np.int64), each)
    return plain_trips(at_s.ravel(), origin, end, tree_of(rng.random(origin.size))), np.array(
        destinations, dtype=np.int64
    )


def drive(env, traffic, routes, reroute_s):
    """Let the kernel run from one change of routes to the next."""
    while True:
        reached_s = env.now
        while reached_s < env.now + reroute_s:
            reached_s = traffic.advance(reached_s, env.now + reroute_s).reached_s
        yield env.timeout(reroute_s)
        routes.learn(traffic.town, reroute_s)


def simulate(scale, step_s, reroute_s, seed):
    """Return (trips, build CPU s, run CPU s)."""
    began = time.process_time()
    roads = plain_roads(grid_links())
    trips, destinations = trips_of(grid_demand(), scale, seed)
    routes = RouteTable(roads, destinations)
    traffic = RoadTraffic(roads, 0.0, step_s=step_s)
    traffic.follow(routes.next_link, routes.first_link)
    traffic.schedule(trips)
    built = time.process_time()
    env = simpy.Environment()
    env.process(drive(env, traffic, routes, reroute_s))
    env.run(until=HORIZON_S)
    trips.end_s[:] = traffic.town.trip_end_s[: trips.at_s.size]
    return trips, built - began, time.process_time() - built


def main():
    """Parse, run, print one line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workload", choices=["grid11"])
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--step", type=float, default=1.0)
    parser.add_argument("--reroute", type=float, default=600.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--repeat", type=int, default=1, help="runs; the median is printed")
    options = parser.parse_args()
    began = time.process_time()
    simulate(0.01, options.step, options.reroute, options.seed)
    compiled_s = time.process_time() - began
    runs = [simulate(options.scale, options.step, options.reroute, options.seed) for _ in range(options.repeat)]
    trips, build_s, _ = runs[0]
    run_s = float(np.median([run for _, _, run in runs]))
    done = np.isfinite(trips.end_s)
    total_s = float((trips.end_s[done] - trips.at_s[done]).sum())
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"stadttakt {options.workload} scale={options.scale:g} step={options.step:g} clock=cpu warm={compiled_s:.2f}s "
        f"build={build_s:.2f}s run={run_s:.3f}s | veh={done.size} done={done.sum()} TTT={total_s:.4g} veh.s "
        f"avg_tt={total_s / max(1, done.sum()):.0f}s | trips/s={done.sum() / run_s:.0f} rtf={HORIZON_S / run_s:.0f} "
        f"rss={memory_mb:.0f}MB"
    )


if __name__ == "__main__":
    main()
