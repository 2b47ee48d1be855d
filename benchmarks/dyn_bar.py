"""One line of figures of the traffic kernel on a neutral workload, in the form that peers print.

usage: python benchmarks/dyn_bar.py grid11|siouxfalls [--scale 1.0] [--step 1.0] [--reroute 600] [--seed 0] [--repeat 1]
grid11: 11 x 11 nodes, links of 1 km, 20 m/s, 0.2 veh/m, 0.8 veh/s; every boundary node sends 0.035 veh/s to every node
of the opposite side for an hour; two hours are simulated.
siouxfalls: the classic assignment instance (../shared/data/tntp) with a tenth of its capacities, as what a link lets
out, and a tenth of its trips, in an hour; its free-flow times are minutes, driven at 20 m/s; trips end on a short link
behind their node, so that what lets a link's traffic out holds them too.  Where an assignment puts more on a link than
it carries, queues grow here: two hours see only a part of the trips done.
Every vehicle is moved, with spillback; drivers hear of new travel times every `--reroute` seconds.  SimPy owns the
time: one event per change of routes.  CPU seconds of the run alone; compiling and building are printed apart.
"""

from __future__ import annotations

import argparse
import resource
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import simpy

from simulator.plain_roads import PlainLinks, plain_roads, plain_trips
from simulator.road_traffic import RoadTraffic
from simulator.routes import RouteTable, tree_of
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from simulator.road_traffic import Trips

SIDE, FLOW_VEH_S, DEMAND_S, HORIZON_S = 11, 0.035, 3_600.0, 7_200.0
SPEED_M_S, WAVE_M_S, JAM_VEH_M = 20.0, 5.0, 0.2
CLASSIC = Path(__file__).resolve().parents[2] / "shared" / "data" / "tntp" / "SiouxFalls"
CLASSIC_SHARE = 0.1
WORKLOADS = ("grid11", "siouxfalls")


class Workload(NamedTuple):
    """Streets and the vehicles of an hour, those of each pair of nodes evenly spaced."""

    links: PlainLinks
    origin: np.ndarray
    destination: np.ndarray
    veh: np.ndarray
    """(P,) expected at scale 1"""


class Run(NamedTuple):
    """What one simulation took and came to."""

    trips: Trips
    build_s: float
    run_s: float

    @property
    def trip_s(self):
        """Times of the trips done, waiting to enter the network included."""
        return (self.trips.end_s - self.trips.at_s)[np.isfinite(self.trips.end_s)]


def street(nodes, from_node, to_node, length_m, exit_veh_s, lanes):
    """Links alike but for their length, lanes and what they let out."""
    count = len(from_node)
    return PlainLinks(
        nodes=nodes,
        from_node=np.asarray(from_node, dtype=np.int64),
        to_node=np.asarray(to_node, dtype=np.int64),
        length_m=np.asarray(length_m, dtype=np.float64),
        speed_m_s=np.full(count, SPEED_M_S),
        wave_m_s=np.full(count, WAVE_M_S),
        jam_veh_m=JAM_VEH_M * np.asarray(lanes, dtype=np.float64),
        entry_veh_s=np.full(count, np.inf),
        exit_veh_s=np.asarray(exit_veh_s, dtype=np.float64),
        priority=np.ones(count),
        node_veh_s=np.full(nodes, np.inf),
        signal=np.full(count, -1, dtype=np.int64),
    )


def grid(side=SIDE):
    """A square grid of two-way streets; node (i, j) has number i * side + j."""
    at = [
        (i * side + j, a * side + b)
        for i in range(side)
        for j in range(side)
        for a, b in ((i + 1, j), (i - 1, j), (i, j + 1), (i, j - 1))
        if 0 <= a < side and 0 <= b < side
    ]
    last = side - 1
    pairs = [
        pair
        for p in range(side)
        for q in range(side)
        for a, b in ((last * side + q, p), (q * side + last, p * side))
        for pair in ((a, b), (b, a))
    ]
    links = street(
        side * side, *zip(*at, strict=True), np.full(len(at), 1_000.0), np.full(len(at), np.inf), np.ones(len(at))
    )
    origin, destination = np.array(pairs, dtype=np.int64).T
    return Workload(links, origin, destination, np.full(len(pairs), DEMAND_S * FLOW_VEH_S))


def siouxfalls():
    """The classic instance; raises InvalidValueError where its folder is missing."""
    from traffic_core.formats.tntp.reader import read_tntp_network, read_tntp_trips  # noqa: PLC0415  memory of grid11

    if not CLASSIC.is_dir():
        raise InvalidValueError("workload", "siouxfalls", f"needs the folder {CLASSIC}, which may not ship with us")
    network = read_tntp_network(CLASSIC / "SiouxFalls_net.tntp")
    veh = CLASSIC_SHARE * read_tntp_trips(CLASSIC / "SiouxFalls_trips.tntp", network.zone_ids)
    origin, destination = np.nonzero(veh)
    nodes, ends = len(network.node_ids), np.arange(len(network.zone_ids))
    links = street(
        nodes + ends.size,
        np.concatenate([network.from_node, ends]),
        np.concatenate([network.to_node, nodes + ends]),
        np.concatenate([network.free_flow_time * 60.0 * SPEED_M_S, np.full(ends.size, 100.0)]),
        np.concatenate([CLASSIC_SHARE * network.capacity / 3_600.0, np.full(ends.size, np.inf)]),
        np.concatenate([np.ones(network.from_node.size), np.full(ends.size, 4.0)]),
    )
    return Workload(links, origin.astype(np.int64), nodes + destination.astype(np.int64), veh[origin, destination])


def workload_of(name):
    """Workload of a name in WORKLOADS."""
    return grid() if name == "grid11" else siouxfalls()


def vehicles(workload, scale):
    """Whole vehicles of each pair, (P,): what rounding takes from one pair it gives to the next."""
    total = np.concatenate([[0.0], np.cumsum(workload.veh * scale)])
    return np.diff(np.floor(total + 0.5).astype(np.int64))


def write_instance(path, workload, scale):
    """Write for a peer, which has numpy only: links, and vehicles of pairs."""
    links = workload.links
    fields = ("nodes", "from_node", "to_node", "length_m", "speed_m_s", "jam_veh_m", "exit_veh_s")
    np.savez(
        path,
        origin=workload.origin,
        destination=workload.destination,
        veh=vehicles(workload, scale),
        demand_s=DEMAND_S,
        horizon_s=HORIZON_S,
        **{name: getattr(links, name) for name in fields},
    )


def trips_of(workload, scale, seed):
    """Trips evenly spaced in time for each pair, and the nodes of their destinations."""
    destinations, row = np.unique(workload.destination, return_inverse=True)
    each = vehicles(workload, scale)
    rng = np.random.default_rng(seed)
    place = np.arange(each.sum()) - np.repeat(np.cumsum(each) - each, each)
    first = rng.random(each.size)
    at_s = (place + np.repeat(first, each)) * DEMAND_S / np.repeat(each, each)
    origin, end = (np.repeat(column, each) for column in (workload.origin, row))
    return plain_trips(at_s, origin, end, tree_of(rng.random(origin.size))), destinations


def drive(env, traffic, routes, reroute_s):
    """Let the kernel run from one change of routes to the next."""
    while True:
        reached_s, until_s = env.now, min(env.now + reroute_s, HORIZON_S)
        while reached_s < until_s:
            reached_s = traffic.advance(reached_s, until_s).reached_s
        yield env.timeout(reroute_s)
        routes.learn(traffic.town, reroute_s)


def simulate(workload, *, scale=1.0, step_s=1.0, reroute_s=600.0, seed=0):
    """Build and run."""
    began = time.process_time()
    roads = plain_roads(workload.links)
    trips, destinations = trips_of(workload, scale, seed)
    routes = RouteTable(roads, destinations)
    traffic = RoadTraffic(roads, 0.0, step_s=step_s)
    traffic.follow(routes.next_link, routes.first_link)
    traffic.schedule(trips)
    built = time.process_time()
    env = simpy.Environment()
    env.process(drive(env, traffic, routes, reroute_s))
    env.run(until=HORIZON_S)
    ran = time.process_time()
    trips.end_s[:] = traffic.town.trip_end_s[: trips.at_s.size]
    return Run(trips, built - began, ran - built)


def peak_memory_mb():
    """Peak of this process alone; what getrusage says is no less than the process had that started it."""
    status = Path("/proc/self/status")
    if status.is_file():
        peaks = [line.split()[1] for line in status.read_text(encoding="ascii").splitlines() if "VmHWM" in line]
        if peaks:
            return int(peaks[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(arguments=None):
    """Parse, run, print one line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workload", choices=WORKLOADS)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the demand")
    parser.add_argument("--step", type=float, default=1.0, help="step of the kernel, s")
    parser.add_argument("--reroute", type=float, default=600.0, help="period of the routes, s")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--repeat", type=int, default=1, help="runs; the median is printed")
    options = parser.parse_args(arguments)
    if not (options.scale > 0.0 and options.step > 0.0 and options.reroute > 0.0 and options.repeat > 0):
        parser.error("--scale, --step, --reroute and --repeat must be greater than 0")
    try:
        workload = workload_of(options.workload)
    except InvalidValueError as error:
        parser.error(str(error))
    setting = {"step_s": options.step, "reroute_s": options.reroute, "seed": options.seed}
    began = time.process_time()
    simulate(workload, scale=0.01, **setting)
    compiled_s = time.process_time() - began
    run = simulate(workload, scale=options.scale, **setting)
    again_s = [simulate(workload, scale=options.scale, **setting).run_s for _ in range(options.repeat - 1)]
    run_s, trip_s, offered = float(np.median([run.run_s, *again_s])), run.trip_s, run.trips.at_s.size
    print(
        f"stadttakt {options.workload} scale={options.scale:g} step={options.step:g} clock=cpu warm={compiled_s:.2f}s "
        f"build={run.build_s:.2f}s run={run_s:.3f}s | veh={offered} done={trip_s.size} "
        f"TTT={trip_s.sum():.4g} veh.s avg_tt={trip_s.sum() / max(1, trip_s.size):.0f}s | "
        f"trips/s={trip_s.size / run_s:.0f} rtf={HORIZON_S / run_s:.0f} rss={peak_memory_mb():.0f}MB"
    )


if __name__ == "__main__":
    main()
