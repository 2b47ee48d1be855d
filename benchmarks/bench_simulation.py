"""The simulator: neutral workloads beside UXsim and SUMO in the same run, length of the step, memory, a day in LE.

Run with `pytest benchmarks/bench_simulation.py -s`.  A peer runs where STADTTAKT_PEER_PYTHON names a Python that has it
(`pip install uxsim eclipse-sumo`).  Compiling is not counted.  Times are CPU seconds, medians of ROUNDS (of SUMO micro:
one); the printed ratio is what counts, because machines differ.  A trip begins when the vehicle wants to enter, on
every side.  `dyn_bar.py` says what the workloads are.
"""

from __future__ import annotations

import importlib.util
import json
import os
import statistics
import subprocess
import sys
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from api.whatif.parts import Parts
from simulator.base_model import load_base
from simulator.run import run_staged
from simulator.staged import Staged

HERE = Path(__file__).resolve().parent
LE = HERE.parent / "simulator" / "models" / "leinfelden_echterdingen"
ROUNDS = 3
NO_REROUTING_S = 7_200.0


def load(name):
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


bar = load("dyn_bar")


def workload_of(name):
    if name == "siouxfalls" and not bar.CLASSIC.is_dir():
        pytest.skip(f"{bar.CLASSIC} is not there: the classic instances may not ship with the project")
    return bar.workload_of(name)


def ours(workload, **setting):
    """CPU seconds, median, and the run; after one that compiles."""
    bar.simulate(workload, scale=0.01)
    runs = [bar.simulate(workload, **setting) for _ in range(ROUNDS)]
    return statistics.median(run.run_s for run in runs), runs[0]


def peer(script, file, *words, rounds=ROUNDS):
    """Figures of a peer; its time is the median."""
    python = os.environ.get("STADTTAKT_PEER_PYTHON")
    package = {"peer_uxsim": "uxsim", "peer_sumo": "sumo"}[script]
    if not python:
        pytest.skip(f"STADTTAKT_PEER_PYTHON names no Python with {package}")
    if subprocess.run([python, "-c", f"import {package}"], capture_output=True, check=False).returncode:
        pytest.skip(f"the Python that STADTTAKT_PEER_PYTHON names cannot import {package}")
    command = [python, str(HERE / f"{script}.py"), str(file), *map(str, words)]
    answers = [subprocess.run(command, capture_output=True, text=True, check=True).stdout for _ in range(rounds)]
    found = [json.loads(answer.splitlines()[-1]) for answer in answers]
    return found[0] | {"cpu_s": statistics.median(figures["cpu_s"] for figures in found)}


def compare(benchmark, label, workload, setting, figures):
    """Run ours and print both."""
    cpu_s, run = ours(workload, **setting)
    benchmark.pedantic(lambda: bar.simulate(workload, **setting), rounds=1)
    trip_s, ratio = run.trip_s.mean(), figures["cpu_s"] / cpu_s
    longer = trip_s / figures["mean_trip_s"] - 1.0
    benchmark.extra_info.update(cpu_s=cpu_s, trip_s=trip_s, ratio=ratio, longer=longer, peer=figures)
    jam = "".join(f", {figures[name]} {name}" for name in ("waiting_outside", "teleports") if figures.get(name))
    print(
        f"\n{label}: {cpu_s:.3f} s against {figures['cpu_s']:.3f} s, ratio {ratio:.1f}; "
        f"done {run.trip_s.size} of {run.trips.at_s.size} against {figures['done']} of {figures['veh']}{jam}; "
        f"mean trip {trip_s:.1f} s against {figures['mean_trip_s']:.1f} s ({longer:+.1%}); "
        f"peer's memory {figures['memory_mb']:.0f} MB"
    )


@pytest.mark.benchmark(group="simulation")
@pytest.mark.parametrize("scale", [1.0, 0.5])
@pytest.mark.parametrize("name", bar.WORKLOADS)
def test_simulation(benchmark, name, scale):
    workload = workload_of(name)
    run = benchmark.pedantic(lambda: bar.simulate(workload, scale=scale), rounds=ROUNDS, warmup_rounds=1)
    benchmark.extra_info.update(done=run.trip_s.size, trip_s=run.trip_s.mean(), cpu_s=run.run_s)


@pytest.mark.benchmark(group="simulation beside UXsim")
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("name", "scale", "platoon_veh"),
    [
        *(("grid11", 1.0, 5), ("grid11", 1.0, 1), ("grid11", 0.5, 1)),
        *(("grid11", 0.2, 1), ("grid11", 0.1, 1), ("grid11", 0.05, 1)),
        *(("siouxfalls", 1.0, 5), ("siouxfalls", 1.0, 1), ("siouxfalls", 0.1, 1)),
    ],
)
def test_against_uxsim(benchmark, tmp_path, name, scale, platoon_veh):
    workload, file = workload_of(name), tmp_path / "instance.npz"
    bar.write_instance(file, workload, scale)
    figures = peer("peer_uxsim", file, platoon_veh)
    compare(benchmark, f"{name} x {scale:g}, UXsim C++ by {platoon_veh}", workload, {"scale": scale}, figures)


@pytest.mark.benchmark(group="simulation beside SUMO")
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("scale", "level", "reroute_s"),
    [
        (0.5, "meso", 600.0),
        *((scale, level, 0.0) for scale in (0.2, 0.1, 0.05) for level in ("meso", "micro")),
    ],
)
def test_against_sumo(benchmark, tmp_path, scale, level, reroute_s):
    """Without rerouting where nothing jams: the fastest way on empty streets is the fastest then."""
    workload, file = workload_of("grid11"), tmp_path / "instance.npz"
    bar.write_instance(file, workload, scale)
    figures = peer("peer_sumo", file, level, reroute_s, rounds=1 if level == "micro" else ROUNDS)
    setting = {"scale": scale, "reroute_s": reroute_s or NO_REROUTING_S}
    compare(benchmark, f"grid11 x {scale:g}, SUMO {level}, rerouting {reroute_s:g} s", workload, setting, figures)


@pytest.mark.benchmark(group="length of the step")
@pytest.mark.parametrize("scale", [1.0, 0.5, 0.1])
@pytest.mark.parametrize("name", bar.WORKLOADS)
def test_steps_of_one_and_five_seconds(benchmark, name, scale):
    workload = workload_of(name)
    short_s, short = ours(workload, scale=scale)
    long_s, long = ours(workload, scale=scale, step_s=5.0)
    benchmark.pedantic(lambda: bar.simulate(workload, scale=scale, step_s=5.0), rounds=1)
    change = long.trip_s.mean() / short.trip_s.mean() - 1.0
    benchmark.extra_info.update(cpu_s=(short_s, long_s), change=change)
    print(
        f"\n{name} x {scale:g}, steps of 1 s and 5 s: {short_s:.3f} s and {long_s:.3f} s; done {short.trip_s.size} and "
        f"{long.trip_s.size}; mean trip {short.trip_s.mean():.1f} s and {long.trip_s.mean():.1f} s ({change:+.2%})"
    )


@pytest.mark.benchmark(group="memory")
def test_memory(benchmark):
    """Peak of a process of its own; the first may have to compile."""
    command = [sys.executable, str(HERE / "dyn_bar.py"), "grid11"]
    environment = os.environ | {"PYTHONPATH": str(HERE.parent)}

    def line():
        answer = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
        return answer.stdout.splitlines()[-1]

    line()
    print(f"\n{benchmark.pedantic(line, rounds=1)}")


def le_weekday(step_s=1.0):
    """A Tuesday in November, with the centre in charge of signals and signs."""
    base = load_base(LE)
    start_s = datetime(2026, 11, 24, tzinfo=ZoneInfo(base.timezone)).timestamp()
    return Staged(
        scenario_id="weekday",
        model=base,
        start_s=start_s,
        duration_s=86_400.0,
        warm_up_s=1_800.0,
        kappa=0.2,
        centre=True,
        demand_factor=1.0,
        step_s=step_s,
    )


@pytest.mark.benchmark(group="a weekday in LE")
@pytest.mark.timeout(900)
def test_weekday_in_le(benchmark):
    """24 hours and half an hour to fill the streets; a second run is profiled, which makes calls of Python dearer."""
    staged = le_weekday()
    run_staged(replace(staged, duration_s=900.0), seed=1, fingerprint="")
    began = time.process_time()
    result = benchmark.pedantic(lambda: run_staged(staged, seed=1, fingerprint=""), rounds=1)
    cpu_s = time.process_time() - began
    parts = Parts()
    with parts.measured():
        run_staged(staged, seed=1, fingerprint="")
    seconds = parts.seconds()
    shares = {name: part_s / sum(seconds.values()) for name, part_s in seconds.items()}
    benchmark.extra_info.update(cpu_s=cpu_s, shares=shares, figures=dict(result.figures))
    print(f"\nLE, weekday, {result.figures['trips_done']:.0f} trips: {cpu_s:.1f} s; of a profiled run")
    for name, share in shares.items():
        print(f"  {share:6.1%}  {name}")


@pytest.mark.benchmark(group="a weekday in LE")
@pytest.mark.timeout(900)
def test_weekday_in_le_with_steps_of_five_seconds(benchmark):
    short = run_staged(le_weekday(), seed=1, fingerprint="").figures["mean_trip_s"]
    staged = le_weekday(step_s=5.0)
    long = benchmark.pedantic(lambda: run_staged(staged, seed=1, fingerprint=""), rounds=1).figures["mean_trip_s"]
    print(f"\nLE, weekday, steps of 1 s and 5 s: mean trip {short:.1f} s and {long:.1f} s ({long / short - 1.0:+.2%})")
