"""User equilibrium: classic instances and a grid, cold and warm, beside AequilibraE in the same run.

Run with `pytest benchmarks/bench_assignment.py -s`.  The classic instances are read from `../shared/data/tntp` and left
out where that folder is missing.  The peer runs where STADTTAKT_PEER_PYTHON names a Python that has aequilibrae.
Compiling is not counted.  Times are CPU seconds; the printed ratio is what counts, because machines differ.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from traffic_core import jit
from traffic_core.assignment.problem import AssignmentNetwork, TripClass
from traffic_core.assignment.solver import solve
from traffic_core.formats.tntp.reader import read_tntp_network, read_tntp_trips

CLASSIC = Path(__file__).resolve().parents[2] / "shared" / "data" / "tntp"
PEER = Path(__file__).with_name("peer_aequilibrae.py")
NAMES = ("SiouxFalls", "Anaheim", "Barcelona", "grid")
GAPS = (1e-4, 1e-6, 1e-12)
PEER_GAP = 1e-6
ROUNDS = 5
GRID, GRID_ZONES = 30, 60


def grid():
    """A 30 x 30 grid with 60 zones: needs no file, so that anybody can run the comparison."""
    rng = np.random.default_rng(5)
    place = np.arange(GRID * GRID).reshape(GRID, GRID) + GRID_ZONES
    pairs = np.concatenate(
        [np.stack([place[:, :-1].ravel(), place[:, 1:].ravel()]), np.stack([place[:-1].ravel(), place[1:].ravel()])],
        axis=1,
    )
    streets = np.concatenate([pairs, pairs[::-1]], axis=1)
    access = rng.choice(place.ravel(), GRID_ZONES, replace=False)
    zones = np.arange(GRID_ZONES)
    from_node = np.concatenate([streets[0], zones, access])
    to_node = np.concatenate([streets[1], access, zones])
    links, inner = from_node.size, streets.shape[1]
    street = np.arange(links) < inner
    network = AssignmentNetwork(
        node_ids=tuple(str(node + 1) for node in range(GRID_ZONES + GRID * GRID)),
        link_ids=tuple(str(link + 1) for link in range(links)),
        zone_ids=tuple(str(zone + 1) for zone in zones),
        zone_node=zones,
        passable=(np.arange(GRID_ZONES + GRID * GRID) >= GRID_ZONES).astype(np.uint8),
        from_node=from_node,
        to_node=to_node,
        free_flow_time=np.where(street, rng.uniform(0.5, 2.0, links), 0.01),
        capacity=np.where(street, rng.uniform(400.0, 1_600.0, links), 1e6),
        b=np.where(street, 0.15, 0.0),
        power=np.full(links, 4.0),
        length=np.ones(links),
        toll=np.zeros(links),
    )
    trips = rng.exponential(10.0, (GRID_ZONES, GRID_ZONES))
    np.fill_diagonal(trips, 0.0)
    return network, TripClass(name="car", trips=trips)


def instance(name):
    if name == "grid":
        return grid()
    if not CLASSIC.is_dir():
        pytest.skip(f"{CLASSIC} is not there: the classic instances may not ship with the project")
    network = read_tntp_network(CLASSIC / name / f"{name}_net.tntp")
    return network, TripClass(
        name="car", trips=read_tntp_trips(CLASSIC / name / f"{name}_trips.tntp", network.zone_ids)
    )


def cpu_s(work):
    """Median CPU time of some rounds."""
    times = []
    for _ in range(ROUNDS):
        begin = time.process_time()
        work()
        times.append(time.process_time() - begin)
    return statistics.median(times)


@pytest.mark.benchmark(group="assignment")
@pytest.mark.parametrize("gap", GAPS)
@pytest.mark.parametrize("name", NAMES)
def test_assignment(benchmark, name, gap):
    jit.warm_up()
    network, trips = instance(name)
    found = benchmark.pedantic(lambda: solve(network, [trips], gap=gap), rounds=ROUNDS, warmup_rounds=1)
    assert found.converged
    benchmark.extra_info.update(iterations=found.iterations, gap=found.relative_gap, objective=found.objective)


@pytest.mark.benchmark(group="warm start after closing one link")
@pytest.mark.parametrize("name", NAMES)
def test_warm_start_after_closing_a_link(benchmark, name):
    """The twenty busiest links that can be spared, one after the other; the median share of a cold solve is printed."""
    jit.warm_up()
    network, trips = instance(name)
    base = solve(network, [trips], gap=1e-8)
    shares = []
    for link in np.argsort(-np.where(network.b > 0.0, base.volume, 0.0))[:20]:
        closed = np.zeros(len(network.link_ids), dtype=np.uint8)
        closed[link] = 1
        shut = replace(trips, closed=closed)
        try:
            cold = cpu_s(lambda shut=shut: solve(network, [shut], gap=1e-6))
        except ValueError:
            continue  # a bridge: some pair has no other way
        shares.append(cpu_s(lambda shut=shut: solve(network, [shut], gap=1e-6, start=base)) / cold)
    benchmark.pedantic(lambda: solve(network, [trips], gap=1e-6, start=base), rounds=ROUNDS)
    share = statistics.median(shares)
    benchmark.extra_info.update(closures=len(shares), share_of_cold=share)
    print(f"\n{name}: warm start after closing one link takes {share:.2f} of a cold solve (median of {len(shares)})")


@pytest.mark.benchmark(group="assignment beside AequilibraE")
@pytest.mark.parametrize("name", NAMES)
def test_against_aequilibrae(benchmark, tmp_path, name):
    python = os.environ.get("STADTTAKT_PEER_PYTHON")
    if not python:
        pytest.skip("STADTTAKT_PEER_PYTHON names no Python with aequilibrae")
    jit.warm_up()
    network, trips = instance(name)
    file = tmp_path / "instance.npz"
    fields = ("from_node", "to_node", "capacity", "free_flow_time", "b", "power")
    arrays = {field: getattr(network, field) for field in fields}
    np.savez(file, trips=trips.trips, blocked=network.passable[0] == 0, **arrays)
    command = [python, str(PEER), str(file), str(PEER_GAP)]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    peer = json.loads(answer.stdout.splitlines()[-1])
    ours = cpu_s(lambda: solve(network, [trips], gap=PEER_GAP))
    benchmark.pedantic(lambda: solve(network, [trips], gap=PEER_GAP), rounds=ROUNDS)
    ratio = peer["cpu_s"] / ours
    benchmark.extra_info.update(peer_cpu_s=peer["cpu_s"], cpu_s=ours, ratio=ratio)
    print(f"\n{name} to a gap of {PEER_GAP:g}: {ours:.4f} s, AequilibraE {peer['cpu_s']:.3f} s, ratio {ratio:.0f}")
    assert peer["gap"] <= PEER_GAP
