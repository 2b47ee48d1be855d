"""`stadttakt whatif`."""

from __future__ import annotations

import errno
import importlib.util
import json
import socket

import pytest

from api.whatif import studying
from api.whatif.progress import state_of, study_progress
from simulator.study import store
from simulator.study.dask_cluster import DaskCluster
from simulator.study.study import Progress
from simulator.study.study_result import FailedRun
from simulator.study.whole_files import cannot_write

PAIR = ("whatif", "morning.yaml", "blocked.yaml", "--out", "out")


def test_a_study_compares_pairs_of_the_same_seeds_and_writes_a_report(toy, scenarios, stadttakt):
    said = stadttakt(*PAIR, "--seeds", 3, "--first-seed", 5, "--narrow", 0, "--narrow-share", 0)
    assert said.code == 0, said.err
    assert toy.runs == [(id_, seed) for seed in (5, 6, 7) for id_ in ("morning", "blocked")]
    # Toy delays differ by 5 s + 0.1 s times the seed: 5.6 s in the mean of the seeds 5, 6 and 7.
    assert "The mean delay per trip rises by 5.60 s (95 % interval 5.35 to 5.85 s, " in said.out
    assert "Each variant ran with the same 3 seeds (5–7)" in said.out
    assert "6 runs, 0 of them failed" in said.err
    folder = scenarios / "out"
    assert (folder / "blocked" / "mean.link.parquet").is_file()
    assert json.loads((folder / "study.json").read_text(encoding="utf-8"))["base_id"] == "morning"
    page = (folder / "report.html").read_text(encoding="utf-8")
    for part in (
        "Ein Fahrstreifen gesperrt – verglichen mit: Morgen",
        "One lane blocked – compared with: Morning",
        "(L134): 1 lane blocked from 07:10 to 07:30, 50 m behind the start.",
        "Der mittlere Zeitverlust je Fahrt steigt um 5,60 s",
        "stadttakt whatif morning.yaml blocked.yaml --seeds 3 --first-seed 5 ",
        "synthetic on real anchors",
        "OpenStreetMap contributors",
    ):
        assert part in page, part


def test_measures_of_the_base_are_told_once(toy, scenarios, stadttakt):
    more = "extends: blocked.yaml\nid: more\ntitle_de: M\ntitle_en: M\nmeasures: [{measure: kappa, share: 0.4}]\n"
    (scenarios / "more.yaml").write_text(more, encoding="utf-8")
    assert stadttakt("whatif", "blocked.yaml", "more.yaml", "--out", "out", "--seeds", 1).code == 0
    page = (scenarios / "out" / "report.html").read_text(encoding="utf-8")
    assert page.count("1 lane blocked from 07:10 to 07:30") == 1
    assert page.index("All measures of the base.") < page.index("40 % of the drivers to car parks read the signs.")


def test_a_study_stops_once_the_interval_is_narrow_and_prints_its_json(toy, scenarios, stadttakt):
    said = stadttakt(*PAIR, "--seeds", 9, "--min-seeds", 2, "--narrow", 5, "--json")
    assert said.code == 0
    assert said.out == (scenarios / "out" / "study.json").read_text(encoding="utf-8")
    assert json.loads(said.out)["stopped_because"] == "narrow_enough"
    assert len(toy.runs) == 4


def test_the_same_command_goes_on_and_gives_the_same_bytes(toy, scenarios, stadttakt):
    whole = stadttakt(*PAIR[:3], "--out", "whole", "--seeds", 3)
    toy.runs.clear()
    toy.fails_at, toy.raises = ("blocked", 2), KeyboardInterrupt
    stopped = stadttakt(*PAIR, "--seeds", 3)
    assert stopped.code == 130
    assert stopped.out == ""
    assert "stopped; 3 runs kept in out; start the same command again to go on" in stopped.err
    toy.fails_at = None
    done = stadttakt(*PAIR, "--seeds", 3)
    assert done.code == whole.code == 0
    assert len(toy.runs) == 6  # none of them twice
    for name in ("study.json", "blocked/seed-0002.json", "blocked/mean.link.parquet"):
        assert (scenarios / "out" / name).read_bytes() == (scenarios / "whole" / name).read_bytes()


def test_without_workers_everything_runs_in_this_process(toy, scenarios, stadttakt, monkeypatch):
    monkeypatch.setattr(studying, "LocalProcesses", None)
    said = stadttakt(*PAIR, "--seeds", 1, "--workers", 0)
    assert said.code == 0, said.err
    assert len(toy.runs) == 2


def test_failed_runs_are_named_and_the_others_compared(toy, scenarios, stadttakt):
    toy.fails_at = ("blocked", 2)
    said = stadttakt(*PAIR, "--seeds", 3)
    assert said.code == 1
    assert "failed: blocked, seed 2: ValueError: the toy broke\n" in said.err
    assert "6 runs, 1 of them failed" in said.err
    assert "2 pairs" in said.out or "rises by" in said.out
    assert "the toy broke" in (scenarios / "out" / "report.html").read_text(encoding="utf-8")


def test_a_scenario_of_which_no_run_succeeds_ends_the_study(toy, scenarios, stadttakt):
    toy.fails_at = ("blocked", 1)
    said = stadttakt(*PAIR, "--seeds", 1)
    assert said.code == 1
    assert "no run of this scenario succeeded" in said.err
    assert said.err.endswith("stadttakt: 1 run kept in out\n")


def test_a_full_disk_is_one_clear_line_and_keeps_what_is_done(toy, scenarios, stadttakt, monkeypatch):
    write, left = store.write_result, [3]

    def full_after_three(folder, result):
        left[0] -= 1
        if left[0] < 0:
            raise cannot_write(folder, OSError(errno.ENOSPC, "No space left on device"))
        return write(folder, result)

    monkeypatch.setattr(store, "write_result", full_after_three)
    said = stadttakt(*PAIR, "--seeds", 3)
    assert said.code == 1
    assert "No space left on device" in said.err
    assert said.err.endswith("stadttakt: 3 runs kept in out\n")
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (("nowhere", "blocked.yaml"), ("scenario = 'nowhere'", "must be a scenario file that exists")),
        (("morning.yaml", "later.yaml"), ("scenario[later].period", "07:00 to 09:00", "scenario morning")),
        (("morning.yaml", "morning.yaml"), ("scenario.id = 'morning'", "must differ")),
        (("morning.yaml", "blocked.yaml", "--main-figure", "x"), ("--main-figure = 'x'", "mean_delay_s, ")),
        (("morning.yaml", "blocked.yaml", "--seeds", "0"), ("--seeds",)),
        (("morning.yaml", "blocked.yaml", "--first-seed", "a"), ("--first-seed", "integer")),
        (("morning.yaml", "blocked.yaml", "--first-seed", str(2**64 - 2)), ("--first-seed = ", "below 2^64")),
        (("morning.yaml", "blocked.yaml", "--dask", "tcp://h:1", "--workers", "2"), ("--workers = 2", "--dask")),
        (("morning.yaml", "blocked.yaml", "--out", "morning.yaml"), ("morning.yaml",)),
        (("morning.yaml",), ("VARIANT",)),
    ],
)
def test_what_cannot_be_used_is_named_before_anything_runs(toy, scenarios, stadttakt, words, parts):
    later = "extends: morning.yaml\nid: later\ntitle_de: L\ntitle_en: L\nuntil: 09:00\n"
    (scenarios / "later.yaml").write_text(later, encoding="utf-8")
    out = () if "--out" in words else ("--out", "out")
    said = stadttakt("whatif", *words, *out)
    assert said.code == 2
    assert all(part in said.err for part in parts), said.err
    assert toy.runs == []


def test_runs_of_another_scenario_in_the_folder_are_not_mixed(toy, scenarios, stadttakt):
    assert stadttakt(*PAIR, "--seeds", 1).code == 0
    changed = (scenarios / "blocked.yaml").read_text(encoding="utf-8").replace("07:30", "07:35")
    (scenarios / "blocked.yaml").write_text(changed, encoding="utf-8")
    said = stadttakt(*PAIR, "--seeds", 1)
    assert said.code == 2
    assert "--fresh" in said.err
    assert stadttakt(*PAIR, "--seeds", 1, "--fresh").code == 0
    assert toy.runs == [("morning", 1), ("blocked", 1)] * 2


@pytest.mark.skipif(importlib.util.find_spec("distributed") is None, reason="the extra `dask` is not installed")
def test_a_cluster_that_does_not_answer_is_named(toy, scenarios, stadttakt, monkeypatch):
    monkeypatch.setattr(studying, "DaskCluster", lambda address: DaskCluster(address, timeout_s=0.3))
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))  # bound but not listening
        address = f"tcp://127.0.0.1:{bound.getsockname()[1]}"
        said = stadttakt(*PAIR, "--dask", address)
    assert said.code == 2
    assert f"dask = '{address}': must be the address of a running Dask scheduler" in said.err


def test_the_state_of_a_study_names_failures_and_half_widths(monkeypatch, capsys):
    failed = FailedRun(scenario_id="blocked", seed=2, reason="killed")
    progress = Progress(
        done=3,
        found=0,
        failed=1,
        at_most=8,
        seeds_ended=2,
        widths={"blocked": (2.345, 1.5), "new": (None, None)},
        newest_failure=failed,
    )
    assert state_of(progress) == "1 failed, blocked ±2.35 (stops at 1.5)"
    with study_progress(8) as show:
        show(progress)
    assert capsys.readouterr().err == "failed: blocked, seed 2: killed\n"
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    with study_progress(8) as show:
        show(progress)
    said = capsys.readouterr().err
    assert "failed: blocked, seed 2: killed" in said
    assert "runs 4/8" in said


@pytest.mark.slow
def test_the_commands_run_the_real_simulator(here, scenarios, stadttakt):
    """Half an hour of the shipped town, twice with the same bytes, then a study of two seeds."""
    short = (scenarios / "morning.yaml").read_text(encoding="utf-8").replace("08:00", "07:30") + "warm_up_min: 1\n"
    (scenarios / "morning.yaml").write_text(short, encoding="utf-8")
    first, second = (stadttakt("simulate", "blocked.yaml", "--json") for _ in range(2))
    assert first.code == 0, first.err
    assert first.out == second.out
    assert json.loads(first.out)["figures"]["trips_done"] > 100
    said = stadttakt(*PAIR, "--seeds", 2)
    assert said.code == 0, said.err
    assert "report: out/report.html" in said.out
    assert (scenarios / "out" / "report.html").stat().st_size > 100_000
