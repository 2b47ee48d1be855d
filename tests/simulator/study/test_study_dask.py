"""A Dask cluster behind the same interface."""

from __future__ import annotations

import importlib.util
import socket
import sys

import pytest

from simulator.study.dask_cluster import DaskCluster
from simulator.study.executor import Failed, InProcess
from simulator.study.store import ResultStore
from simulator.study.study import run_study
from simulator.study.study_result import study_json
from traffic_core.errors import InvalidValueError

needs_dask = pytest.mark.skipif(
    importlib.util.find_spec("distributed") is None, reason="the extra `dask` is not installed"
)


@pytest.fixture(scope="module")
def cluster():
    """One worker with two threads in this process, without its web page."""
    import distributed  # noqa: PLC0415  an optional extra

    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None, protocol="tcp", silence_logs=False
    ) as running:
        yield running


@needs_dask
def test_a_cluster_gives_the_same_study(toys, make_plan, three_seeds, cluster, tmp_path):
    plan = make_plan("plus-5")
    results = []
    for name, executor in (("dask", DaskCluster(cluster.scheduler_address)), ("here", InProcess())):
        with ResultStore(tmp_path / name, plan.fingerprints()) as store:
            results.append(run_study(plan, toys.toy_run, executor, store, three_seeds))
    assert study_json(results[0]) == study_json(results[1])


@needs_dask
def test_an_error_on_the_cluster_is_the_outcome_of_its_task(toys, make_plan, cluster):
    tasks = [make_plan().base.task(seed) for seed in (1, 2, 3)]
    outcomes = list(DaskCluster(cluster.scheduler_address).map_unordered(toys.raises_at_seed_2, tasks))
    assert sorted(outcome.task.seed for outcome in outcomes) == [1, 2, 3]
    (failed,) = (outcome for outcome in outcomes if isinstance(outcome, Failed))
    assert (failed.task.seed, failed.reason) == (2, "ValueError: seed 2 is unlucky")


@needs_dask
def test_few_tasks_are_sent_ahead(toys, make_plan, cluster):
    taken = []

    def tasks():
        for seed in range(1, 100):
            taken.append(seed)
            yield make_plan().base.task(seed)

    outcomes = DaskCluster(cluster.scheduler_address).map_unordered(toys.toy_run, tasks())
    next(outcomes)
    assert len(taken) <= 1 + 2 * 2
    outcomes.close()


@needs_dask
@pytest.mark.parametrize("address", ["tcp://127.0.0.1:{port}", "nonsense://here:1", "127.0.0.1:99999999"])
def test_an_address_where_nobody_answers_is_named(toys, make_plan, address):
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))  # bound but not listening: nobody else answers there either
        address = address.format(port=bound.getsockname()[1])
        executor = DaskCluster(address, timeout_s=0.3)
        with pytest.raises(InvalidValueError, match="address of a running Dask scheduler") as caught:
            list(executor.map_unordered(toys.toy_run, [make_plan().base.task(1)]))
    assert address in str(caught.value)


def test_without_the_extra_the_error_says_what_to_install(toys, make_plan, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InvalidValueError, match=r"pip install stadttakt\[dask\]"):
        list(DaskCluster("tcp://127.0.0.1:8786").map_unordered(toys.toy_run, []))


@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("address", ["nonsense", "tcp://host", "tcp://host:port"])
def test_an_address_without_a_port_is_refused_before_a_client_is_made(toys, make_plan, address):
    pytest.importorskip("distributed")
    with pytest.raises(InvalidValueError, match=f"{address}.*must be an address with a port"):
        list(DaskCluster(address).map_unordered(toys.toy_run, [make_plan().base.task(1)]))
