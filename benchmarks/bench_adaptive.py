"""One second of adaptive control in the shipped town, and in ten times as many junctions.

Run with `pytest benchmarks/bench_adaptive.py -s`.  Sightings are made up anew for every second: up to four vehicles
that stand and up to four that come, on each lane; all junctions may change their stage at any time.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from functools import cache
from statistics import median

import numpy as np
import pytest

from api.town import default_model, load_town
from signal_plans.adaptive import control as controlling
from signal_plans.adaptive.control import KEEP, AdaptiveControl, AdaptiveSettings, RunningStages
from signal_plans.adaptive.sightings import Sightings
from signal_plans.streams.from_layout import stream_town
from signal_plans.streams.model import StreamTown
from traffic_core import jit

SECONDS = 600
WARM_UP_S = 20
PLAIN_JUNCTIONS = 4
PLAIN_SECONDS = 3
TILES = (1, 10)
NO_JIT = {"NUMBA_DISABLE_JIT": "1"}
SPACING_M = 7.5


@cache
def shipped() -> StreamTown:
    town = load_town(default_model())
    return stream_town(town.network, [junction.layout for junction in town.junctions.values()])


def tiled(tiles: int) -> StreamTown:
    """The shipped town several times, every copy with names of its own."""

    def copy(junction, tile):
        streams = tuple(replace(stream, exit=f"{tile}:{stream.exit}") for stream in junction.streams)
        return replace(junction, id=f"{tile}:{junction.id}", streams=streams)

    return StreamTown(
        junctions=tuple(copy(junction, tile) for tile in range(tiles) for junction in shipped().junctions)
    )


class Town:
    """A town whose control is asked every second and whose stages follow its wishes."""

    def __init__(self, town: StreamTown) -> None:
        self.control = AdaptiveControl(town, AdaptiveSettings())
        self.random = np.random.default_rng(5)
        self.lanes = sum(len(junction.lanes) for junction in town.junctions)
        self.junctions = len(town.junctions)
        self.stage = np.zeros(self.junctions, np.int64)
        self.elapsed_s = np.zeros(self.junctions, np.int64)
        self.exits = len(self.control.places.exits)
        self.changes = 0

    def second(self):
        """Arguments of the next step."""
        changed = self.control.wish != KEEP
        self.changes += int(changed.sum())
        self.stage = np.where(changed, self.control.wish, self.stage)
        self.elapsed_s = np.where(changed, 0, self.elapsed_s + 1)
        always = np.ones(self.junctions, np.bool_)
        running = RunningStages(stage=self.stage, elapsed_s=self.elapsed_s, ready=always, green=always)
        return self.sightings(), running, self.random.random(self.exits) < 0.02

    def sightings(self) -> Sightings:
        standing = self.random.integers(0, 5, self.lanes)
        coming = self.random.integers(0, 5, self.lanes)
        count = standing + coming
        lane = np.repeat(np.arange(self.lanes), count)
        place = np.arange(len(lane)) - np.repeat(np.cumsum(count) - count, count)
        stands = place < standing[lane]
        behind_m = SPACING_M * standing[lane] + self.random.uniform(5.0, 110.0, len(lane))
        distance_m = np.where(stands, 2.0 + SPACING_M * place, behind_m)
        speed_m_s = np.where(stands, 0.0, self.random.uniform(3.0, 14.0, len(lane)))
        return Sightings(lane, distance_m, speed_m_s, np.ones(len(lane)))


def percentile_99(times_s) -> float:
    return float(np.percentile(times_s, 99))


@pytest.mark.parametrize("tiles", TILES, ids=lambda tiles: f"{40 * tiles}")
def test_second(benchmark, monkeypatch, tiles):
    """Goal: 2 ms for 40 junctions and 20 ms for 400 in 99 of 100 seconds, on one core."""
    town = Town(tiled(tiles))
    jit.warm_up()
    choosing_s, processor_s = [], []
    choose = controlling.choose

    def timed(*arguments):
        before = time.perf_counter()
        choose(*arguments)
        choosing_s.append(time.perf_counter() - before)

    def step(*arguments):
        before = time.thread_time()
        town.control.step(*arguments)
        processor_s.append(time.thread_time() - before)

    monkeypatch.setattr(controlling, "choose", timed)
    benchmark.pedantic(step, setup=lambda: (town.second(), {}), rounds=SECONDS, iterations=1, warmup_rounds=WARM_UP_S)
    assert town.changes > town.junctions, "stages must change, or nothing is measured"
    step_s = benchmark.stats.stats.data
    figures = {
        "median_ms": 1e3 * median(step_s),
        "p99_ms": 1e3 * percentile_99(step_s),
        "processor_median_ms": 1e3 * median(processor_s[-SECONDS:]),
        "processor_p99_ms": 1e3 * percentile_99(processor_s[-SECONDS:]),
        "share_of_choose": sum(choosing_s[-SECONDS:]) / sum(step_s),
    }
    benchmark.extra_info.update(figures)
    said = ", ".join(f"{name} {value:.3f}" for name, value in figures.items())
    print(f"\n{town.junctions} junctions, {SECONDS} seconds: {said}")


def some_seconds() -> float:
    """Time of a few steps of a few junctions, s; compiled or not."""
    town = Town(StreamTown(junctions=shipped().junctions[:PLAIN_JUNCTIONS]))
    jit.warm_up()
    total_s = 0.0
    for _ in range(PLAIN_SECONDS):
        arguments = town.second()
        before = time.perf_counter()
        town.control.step(*arguments)
        total_s += time.perf_counter() - before
    return total_s


def test_compiled_against_plain_python(benchmark):
    """The same steps of the same junctions, in a process that does not compile."""
    run = subprocess.run(
        [sys.executable, __file__], capture_output=True, text=True, check=True, env={**os.environ, **NO_JIT}
    )
    plain_s = json.loads(run.stdout)
    benchmark.pedantic(some_seconds, rounds=5, iterations=1)
    compiled_s = min(some_seconds() for _ in range(5))
    steps = PLAIN_JUNCTIONS * PLAIN_SECONDS
    benchmark.extra_info.update(
        plain_ms_per_junction=1e3 * plain_s / steps,
        compiled_ms_per_junction=1e3 * compiled_s / steps,
        times_as_fast=plain_s / compiled_s,
    )
    print(
        f"\n{1e3 * plain_s / steps:.1f} ms a junction and second in plain Python, {1e3 * compiled_s / steps:.4f} ms "
        f"compiled: {plain_s / compiled_s:.0f} times as fast"
    )


if __name__ == "__main__":
    print(json.dumps(some_seconds()))
