"""The command-line tools of the benchmarks run and print what they promise."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
LINE = re.compile(
    r"stadttakt (?P<workload>\w+) scale=(?P<scale>\S+) step=(?P<step>\S+) clock=cpu warm=\S+s build=\S+s run=\S+s "
    r"\| veh=(?P<veh>\d+) done=(?P<done>\d+) TTT=\S+ veh\.s avg_tt=(?P<mean_s>\d+)s "
    r"\| trips/s=\d+ rtf=\d+ rss=(?P<memory_mb>\d+)MB\n"
)


def load(name):
    spec = importlib.util.spec_from_file_location(name, BENCHMARKS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(name="bar")
def bar_fixture():
    return load("dyn_bar")


@pytest.fixture(name="sumo")
def sumo_fixture():
    return load("peer_sumo")


def printed(bar, capsys, *words):
    bar.main(list(words))
    found = LINE.fullmatch(capsys.readouterr().out)
    assert found
    return found.groupdict()


@pytest.mark.slow
def test_the_grid_prints_one_line_and_all_vehicles_arrive(bar, capsys):
    line = printed(bar, capsys, "grid11", "--scale", "0.02", "--step", "5", "--repeat", "2")
    assert (line["workload"], line["scale"], line["step"]) == ("grid11", "0.02", "5")
    assert line["veh"] == line["done"] == str(round(0.02 * 0.035 * 3_600 * 484))
    free_s = 1_000 / 20 * np.mean([10 + abs(p - q) for p in range(11) for q in range(11)])
    assert float(line["mean_s"]) == pytest.approx(free_s, rel=0.03)
    assert int(line["memory_mb"]) > 0


@pytest.mark.slow
@pytest.mark.shared
def test_sioux_falls_prints_one_line(bar, capsys, shared_data):
    line = printed(bar, capsys, "siouxfalls", "--scale", "0.02", "--step", "5")
    assert line["workload"] == "siouxfalls"
    assert line["veh"] == line["done"] == str(round(0.02 * 36_060))


def test_the_same_seed_gives_the_same_trips_and_another_one_others(bar):
    workload = bar.grid(side=3)
    one, again, other = (bar.simulate(workload, scale=0.1, step_s=5.0, seed=seed).trips for seed in (1, 1, 2))
    assert one.end_s.tobytes() == again.end_s.tobytes()
    assert one.end_s.tobytes() != other.end_s.tobytes()


def test_a_period_of_routes_that_does_not_divide_the_horizon_ends_with_it(bar, monkeypatch):
    monkeypatch.setattr(bar, "HORIZON_S", 500.0)
    run = bar.simulate(bar.grid(side=3), scale=0.1, step_s=5.0, reroute_s=400.0)
    assert 0 < run.trip_s.size < run.trips.at_s.size
    assert np.nanmax(run.trips.end_s) <= 500.0


def test_what_rounding_takes_from_one_pair_it_gives_to_the_next(bar):
    workload = bar.grid(side=3)._replace(veh=np.array([0.4, 0.4, 0.4, 3.0, 0.3]))
    assert bar.vehicles(workload, 1.0).tolist() == [0, 1, 0, 3, 1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["grid12"], "invalid choice: 'grid12'"),
        (["grid11", "--scale", "0"], "--scale, --step, --reroute and --repeat must be greater than 0"),
        (["grid11", "--step", "-1"], "must be greater than 0"),
        (["grid11", "--reroute", "nan"], "must be greater than 0"),
        (["grid11", "--repeat", "many"], "invalid int value: 'many'"),
    ],
)
def test_wrong_words_are_refused_with_a_reason(bar, capsys, words, said):
    with pytest.raises(SystemExit) as stop:
        bar.main(words)
    assert stop.value.code == 2
    assert said in capsys.readouterr().err


def test_missing_classic_files_are_named(bar, capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(bar, "CLASSIC", tmp_path / "SiouxFalls")
    with pytest.raises(SystemExit) as stop:
        bar.main(["siouxfalls"])
    assert stop.value.code == 2
    assert str(tmp_path / "SiouxFalls") in capsys.readouterr().err


def test_a_peer_is_given_the_streets_and_every_vehicle(bar, sumo, tmp_path):
    workload = bar.grid(side=3)
    bar.write_instance(tmp_path / "instance.npz", workload, 0.5)
    given = np.load(tmp_path / "instance.npz")
    sumo.refuse_what_sumo_lacks(given)
    nodes, edges, flows = (
        ET.fromstring(text(given))  # noqa: S314  own text
        for text in (sumo.nodes_xml, sumo.edges_xml, sumo.flows_xml)
    )
    assert [node.get("id") for node in nodes] == [str(node) for node in range(9)]
    assert [(edge.get("from"), edge.get("to"), float(edge.get("length"))) for edge in edges] == [
        (str(a), str(b), 1_000.0) for a, b in zip(workload.links.from_node, workload.links.to_node, strict=True)
    ]
    assert sum(int(flow.get("number")) for flow in flows.iter("flow")) == 36 * 63
    assert {float(flow.get("end")) for flow in flows.iter("flow")} == {3_600.0}


def test_sumo_is_not_asked_for_what_it_lacks(bar, sumo, tmp_path):
    workload = bar.grid(side=3)
    for name, links in (
        ("exit", replace(workload.links, exit_veh_s=np.full(24, 0.3))),
        ("jam", replace(workload.links, jam_veh_m=np.full(24, 0.4))),
    ):
        bar.write_instance(tmp_path / f"{name}.npz", workload._replace(links=links), 1.0)
        with pytest.raises(SystemExit, match="capacity at the end" if name == "exit" else "jam density"):
            sumo.refuse_what_sumo_lacks(np.load(tmp_path / f"{name}.npz"))


def test_a_peer_says_which_package_it_lacks():
    answer = subprocess.run(
        [sys.executable, str(BENCHMARKS / "peer_uxsim.py"), "none.npz", "1"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode != 0
    assert "uxsim" in answer.stderr
