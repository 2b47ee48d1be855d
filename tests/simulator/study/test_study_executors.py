"""Executors: every task has its outcome, whatever happens to the process that does it."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path

import pytest

from simulator.study.executor import Done, Failed, InProcess, usable_cores
from simulator.study.local_processes import LocalProcesses
from traffic_core.errors import InvalidValueError


@pytest.fixture
def tasks(make_plan):
    plan = make_plan("plus-5")
    return [scenario.task(seed) for seed in (1, 2, 3) for scenario in plan.scenarios]


@pytest.fixture
def few(make_plan):
    return [make_plan().base.task(seed) for seed in (1, 2, 3)]


def _by_run(outcomes):
    return {(outcome.task.scenario_id, outcome.task.seed): outcome for outcome in outcomes}


def _no_child_is_left():
    """Only those of this process that multiprocessing would know of."""
    import multiprocessing  # noqa: PLC0415  active_children also reaps

    return multiprocessing.active_children() == []


@pytest.mark.parametrize("executor", [InProcess(), LocalProcesses(1), LocalProcesses(2)], ids=["here", "one", "two"])
def test_every_task_is_done_once(toys, tasks, executor):
    outcomes = list(executor.map_unordered(toys.toy_run, tasks))
    assert len(outcomes) == len(tasks)
    found = _by_run(outcomes)
    for task in tasks:
        outcome = found[task.scenario_id, task.seed]
        assert isinstance(outcome, Done)
        assert outcome.task is task
        assert outcome.result.figures == toys.toy_run(task).figures
    assert _no_child_is_left()


@pytest.mark.parametrize("executor", [InProcess(), LocalProcesses(2)], ids=["here", "two"])
def test_an_error_is_the_outcome_of_its_task_alone(toys, tasks, executor):
    found = _by_run(executor.map_unordered(toys.raises_at_seed_2, tasks))
    failed = {run for run, outcome in found.items() if isinstance(outcome, Failed)}
    assert failed == {("base", 2), ("plus-5", 2)}
    assert found["base", 2].reason == "ValueError: seed 2 is unlucky"
    assert "raises_at_seed_2" in found["base", 2].traceback


@pytest.mark.parametrize("executor", [InProcess(), LocalProcesses(2)], ids=["here", "two"])
def test_an_error_that_cannot_be_pickled_is_told_in_one_line(toys, tasks, executor):
    found = _by_run(executor.map_unordered(toys.raises_in_the_variant, tasks))
    assert found["plus-5", 2].reason == "StubbornError: cannot be pickled"
    assert isinstance(found["base", 2], Done)


def test_a_worker_that_dies_once_is_replaced(toys, few):
    outcomes = list(LocalProcesses(2).map_unordered(toys.dies_at_first, few))
    assert len(outcomes) == len(few)
    assert all(isinstance(outcome, Done) for outcome in outcomes)


def test_a_run_that_ran_out_of_memory_gets_a_fresh_process(toys, few):
    outcomes = list(LocalProcesses(2).map_unordered(toys.runs_out_of_memory_at_first, few))
    assert len(outcomes) == len(few)
    assert all(isinstance(outcome, Done) for outcome in outcomes)


@pytest.mark.parametrize(
    ("run", "reason"),
    [
        ("always_dies", "its worker process was ended by SIGKILL, perhaps for want of memory, twice"),
        ("exits_at_seed_2", "its worker process ended with exit code 7, twice"),
    ],
)
def test_a_run_whose_worker_dies_twice_fails_and_the_others_go_on(toys, few, run, reason):
    outcomes = list(LocalProcesses(2).map_unordered(getattr(toys, run), few))
    assert {o.task.seed: o.reason for o in outcomes if isinstance(o, Failed)} == {2: reason}
    assert len(outcomes) == len(few)
    assert _no_child_is_left()


def test_a_result_that_cannot_be_pickled_is_a_failed_run(toys, tasks):
    (outcome,) = LocalProcesses(1).map_unordered(toys.returns_a_lambda, tasks[:1])
    assert isinstance(outcome, Failed)
    assert "pickle" in outcome.reason.lower()


def test_closing_the_generator_ends_what_is_under_way(toys, tasks, tmp_path):
    outcomes = LocalProcesses(2).map_unordered(toys.slow_from_seed_3, iter(tasks))
    for _ in range(4):
        assert next(outcomes).task.seed < 3
    pids: list[int] = []
    while len(pids) < 2:
        time.sleep(0.01)
        pids = [int(path.name.removeprefix("pid-")) for path in tmp_path.glob("pid-*")]
    outcomes.close()
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    assert _no_child_is_left()


def test_few_tasks_are_taken_ahead(toys, make_plan):
    taken = []

    def tasks():
        for seed in range(1, 100):
            taken.append(seed)
            yield make_plan().base.task(seed)

    outcomes = LocalProcesses(2).map_unordered(toys.toy_run, tasks())
    for count in (1, 2, 3):
        next(outcomes)
        assert len(taken) <= count + 2 * 2
    outcomes.close()


def test_no_tasks_start_no_process(toys):
    assert list(LocalProcesses(2).map_unordered(toys.toy_run, [])) == []


def test_all_usable_cores_work_by_default():
    assert LocalProcesses().workers == usable_cores() >= 1
    with pytest.raises(InvalidValueError, match=r"workers = 0.*at least 1"):
        LocalProcesses(0)


def test_a_worker_that_is_shot_while_idle_does_no_harm(toys, make_plan, tmp_path):
    """It is shot between two tasks; the next task is sent to a dead process and done by a fresh one."""
    shot: set[int] = set()

    def tasks():
        yield make_plan().base.task(1)
        yield make_plan().base.task(2)
        import multiprocessing  # noqa: PLC0415  as above

        for child in multiprocessing.active_children():
            with contextlib.suppress(ProcessLookupError):
                os.kill(child.pid, signal.SIGKILL)
            child.join()
            shot.add(child.pid)
        yield make_plan().base.task(3)

    outcomes = list(LocalProcesses(1).map_unordered(toys.notes_its_process, tasks()))
    assert shot
    assert sorted(o.task.seed for o in outcomes if isinstance(o, Done)) == [1, 2, 3]
    assert Path(tmp_path, "begun-base-3").exists()
