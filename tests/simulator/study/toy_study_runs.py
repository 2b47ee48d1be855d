"""Toy runs that worker processes import by name; each takes a `Task` whose option `folder` is a place for notes."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import numpy as np

from simulator.random_streams import random_stream
from simulator.results.run_result import RunResult


def toy_run(task):
    """Base around 30 s; every other scenario adds the number at the end of its id; shared noise by seed."""
    noise = random_stream(task.seed, "weather").normal(0.0, 5.0)
    own = random_stream(task.seed, f"own {task.scenario_id}").normal(0.0, 0.5)
    added = float(task.scenario_id.rpartition("-")[2]) if "-" in task.scenario_id else 0.0
    delay_s = 30.0 + noise + own + added
    return RunResult(
        scenario_id=task.scenario_id,
        seed=task.seed,
        fingerprint=task.fingerprint,
        begin_s=0.0,
        end_s=3600.0,
        figures={"mean_delay_s": delay_s, "trips_done": 1000.0, "parking_search_s": None},
        tables={
            "link": {
                "link_id": ("a", "b"),
                "interval_start_s": np.array([0, 900], np.int64),
                "entered_veh": np.array([task.seed, 2 * task.seed], np.int64),
                "mean_delay_s": np.array([delay_s, np.nan if task.seed % 2 else 1.0]),
            }
        },
    )


def _first_time(task):
    folder = Path(dict(task.options)["folder"])
    mark = folder / f"{task.scenario_id}-{task.seed}-tried"
    if mark.exists():
        return False
    mark.touch()
    return True


def dies_at_first(task):
    """The worker ends without a word in the first try of seed 2."""
    if task.seed == 2 and _first_time(task):
        os._exit(1)
    return toy_run(task)


def always_dies(task):
    """The worker is killed whenever it does seed 2."""
    if task.seed == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return toy_run(task)


def exits_at_seed_2(task):
    """The worker ends with a code of its own."""
    if task.seed == 2:
        os._exit(7)
    return toy_run(task)


def runs_out_of_memory_at_first(task):
    """As a run does beside too many others."""
    if task.seed == 2 and _first_time(task):
        raise MemoryError
    return toy_run(task)


class StubbornError(Exception):
    """An error that pickle writes and cannot read."""

    def __init__(self, one, two):
        super().__init__(f"{one}\n{two}")


def raises_at_seed_2(task):
    if task.seed == 2:
        raise ValueError("seed 2 is unlucky")
    return toy_run(task)


def raises_in_the_variant(task):
    if task.seed == 2 and task.scenario_id != "base":
        raise StubbornError("cannot", "be pickled")
    return toy_run(task)


def returns_a_lambda(task):
    return lambda: task


def slow_from_seed_3(task):
    """Seeds from 3 on never end, so that a study hangs there until somebody stops it."""
    if task.seed >= 3:
        Path(dict(task.options)["folder"], f"pid-{os.getpid()}").touch()
        time.sleep(600.0)
    return toy_run(task)


def notes_its_process(task):
    Path(dict(task.options)["folder"], f"begun-{task.scenario_id}-{task.seed}").touch()
    return toy_run(task)
