"""Whole studies of toy runs."""

from __future__ import annotations

import errno
import math
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from simulator.study import whole_files
from simulator.study.executor import InProcess
from simulator.study.local_processes import LocalProcesses
from simulator.study.plan import ScenarioPlan, StudyPlan
from simulator.study.stopping import StoppingRule
from simulator.study.store import ResultStore
from simulator.study.study import run_study
from simulator.study.study_result import study_json, write_study
from traffic_core.errors import FileError, InvalidValueError


@pytest.fixture
def study(tmp_path):
    def run(plan, run_task, rule, executor=None, folder="out", **options):
        with ResultStore(tmp_path / folder, plan.fingerprints()) as store:
            return run_study(plan, run_task, executor or InProcess(), store, rule, **options)

    return run


class _Backwards:
    """Gives the outcomes of the tasks in the wrong order, as many workers may."""

    def map_unordered(self, function, tasks):
        yield from reversed(list(InProcess().map_unordered(function, tasks)))


def test_base_and_variants_run_with_the_same_seeds(toys, make_plan, study, three_seeds):
    result = study(make_plan("plus-5", "plus-0", first_seed=4), toys.toy_run, three_seeds)
    assert result.scenario_ids == ("base", "plus-5", "plus-0")
    assert (result.seeds, result.mean_seeds, result.failed) == ((4, 5, 6), (4, 5, 6), ())
    assert result.stopped_because == "narrow_enough"
    found = result.comparisons["plus-5"]["mean_delay_s"]
    assert found.pairs == 3
    assert found.difference == pytest.approx(5.0, abs=2.0)
    assert result.comparisons["plus-5"]["trips_done"].unchanged
    assert result.comparisons["plus-5"]["parking_search_s"].undefined == 3
    assert result.estimates["base"]["mean_delay_s"].runs == 3
    means = result.mean_tables["base"]["link"]
    np.testing.assert_array_equal(means["entered_veh"], [5.0, 10.0])
    assert means["mean_delay_s"][1] == 1.0


def test_the_pairs_cancel_what_seeds_share(toys, make_plan, study):
    result = study(make_plan("plus-5"), toys.toy_run, StoppingRule(n_min=8, n_max=8))
    paired = result.comparisons["plus-5"]["mean_delay_s"].interval.half_width
    alone = result.estimates["base"]["mean_delay_s"].interval.half_width
    assert paired < alone / 3


def test_the_result_is_the_same_with_any_number_of_workers(toys, make_plan, study):
    rule = StoppingRule(n_min=3, n_max=12, floor=0.6, share=0.0)
    plan = make_plan("plus-5")
    results = [
        study(plan, toys.toy_run, rule, executor, folder)
        for executor, folder in ((InProcess(), "one"), (LocalProcesses(2), "two"), (_Backwards(), "three"))
    ]
    assert 3 < len(results[0].seeds) < 12
    assert len({study_json(result) for result in results}) == 1
    for result in results[1:]:
        table = result.mean_tables["plus-5"]["link"]
        np.testing.assert_array_equal(table["mean_delay_s"], results[0].mean_tables["plus-5"]["link"]["mean_delay_s"])


def test_a_study_that_is_done_is_not_done_again(toys, make_plan, study, three_seeds):
    plan = make_plan("plus-5")
    first = study(plan, toys.toy_run, three_seeds)
    seen = []
    second = study(plan, toys.raises_at_seed_2, three_seeds, on_progress=seen.append)
    assert study_json(second) == study_json(first)
    assert (seen[-1].done, seen[-1].found, seen[-1].failed) == (6, 6, 0)


def test_a_study_goes_on_with_more_seeds(toys, make_plan, study, tmp_path, three_seeds):
    plan = make_plan("plus-5")
    study(plan, toys.toy_run, three_seeds)
    longer = StoppingRule(n_min=5, n_max=5)
    result = study(plan, toys.notes_its_process, longer)
    assert sorted(path.name for path in tmp_path.glob("begun-base-*")) == ["begun-base-4", "begun-base-5"]
    assert study_json(result) == study_json(study(plan, toys.toy_run, longer, folder="other"))


def test_found_runs_beyond_the_stop_do_not_count(toys, make_plan, study):
    plan = make_plan("plus-5")
    study(plan, toys.toy_run, StoppingRule(n_min=6, n_max=6))
    early = StoppingRule(n_min=3, n_max=9, floor=1e3)
    assert study(plan, toys.toy_run, early).seeds == (1, 2, 3)


def test_a_failed_run_is_named_and_its_pair_left_out(toys, make_plan, study, three_seeds):
    result = study(make_plan("plus-5"), toys.raises_in_the_variant, three_seeds)
    (failed,) = result.failed
    assert (failed.scenario_id, failed.seed, failed.reason) == ("plus-5", 2, "StubbornError: cannot be pickled")
    assert (result.seeds, result.mean_seeds) == ((1, 2, 3), (1, 3))
    assert result.comparisons["plus-5"]["mean_delay_s"].pairs == 2
    assert result.estimates["base"]["mean_delay_s"].runs == 3
    np.testing.assert_array_equal(result.mean_tables["base"]["link"]["entered_veh"], [2.0, 4.0])


def test_a_failed_run_is_tried_again_when_the_study_is_started_again(toys, make_plan, study, three_seeds):
    plan = make_plan("plus-5")
    study(plan, toys.raises_in_the_variant, three_seeds)
    assert study(plan, toys.toy_run, three_seeds).failed == ()


def test_a_scenario_of_which_no_run_succeeds_ends_the_study(toys, make_plan, study):
    with pytest.raises(InvalidValueError, match=r"run\[base, 2\] = 'ValueError: seed 2 is unlucky'.*no run.*1 failed"):
        study(make_plan("plus-5", first_seed=2), toys.raises_at_seed_2, StoppingRule(n_min=1, n_max=9))


def test_progress_tells_how_far_and_how_wide(toys, make_plan, study):
    seen = []
    study(make_plan("plus-5"), toys.raises_in_the_variant, StoppingRule(n_min=4, n_max=4), on_progress=seen.append)
    assert [one.done + one.failed for one in seen] == list(range(1, 9))
    assert [one.seeds_ended for one in seen] == [0, 1, 1, 2, 2, 3, 3, 4]
    assert {one.at_most for one in seen} == {8}
    assert seen[3].newest_failure.reason == "StubbornError: cannot be pickled"
    assert seen[2].widths["plus-5"][0] is None
    half_width, limit = seen[-1].widths["plus-5"]
    assert math.isfinite(half_width)
    assert limit > 0


def _another_seed(task):
    return __import__("toy_study_runs").toy_run(
        ScenarioPlan(id=task.scenario_id, fingerprint=task.fingerprint).task(task.seed + 1)
    )


def test_a_result_of_another_run_is_refused(toys, make_plan, study, three_seeds):
    with pytest.raises(InvalidValueError, match=r"run\[base, 2\].*must be that of run\[base, 1\]"):
        study(make_plan(), _another_seed, three_seeds)


def test_a_full_disk_ends_the_study_and_keeps_what_is_done(toys, make_plan, study, tmp_path, three_seeds, monkeypatch):
    plan = make_plan("plus-5")
    whole = Path.write_bytes

    def full_from_seed_2(path, content):
        if "seed-0002" in path.name:
            raise OSError(errno.ENOSPC, "No space left on device")
        return whole(path, content)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", full_from_seed_2)
        with pytest.raises(FileError, match=r"seed-0002.*No space left on device"):
            study(plan, toys.toy_run, three_seeds)
    seen = []
    result = study(plan, toys.toy_run, three_seeds, on_progress=seen.append)
    assert seen[-1].found == 2
    assert len(result.seeds) == 3


@pytest.fixture
def tiny_disk(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("a disk to fill needs root and mount")
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32k", "tmpfs", disk], check=False, capture_output=True)
    if made.returncode:
        pytest.skip("a disk to fill cannot be mounted here")
    yield disk
    subprocess.run(["umount", disk], check=True)


def test_a_disk_that_really_fills_is_named(toys, make_plan, tiny_disk, assert_same_result):
    plan = make_plan("plus-5")
    with ResultStore(tiny_disk, plan.fingerprints()) as store:
        with pytest.raises(FileError, match="No space left on device") as caught:
            run_study(plan, toys.toy_run, InProcess(), store, StoppingRule(n_min=50, n_max=50))
        assert str(tiny_disk) in str(caught.value)
        done = store.done("base")
        assert done
        for seed in done:
            assert_same_result(store.read("base", seed), toys.toy_run(plan.base.task(seed)))
    assert list(tiny_disk.rglob(f"*{whole_files.PART}")) == []


def test_the_files_of_a_study_are_the_same_bytes_again(toys, make_plan, study, tmp_path, three_seeds):
    plan = make_plan("plus-5")
    for folder in ("one", "two"):
        path = write_study(tmp_path / folder, study(plan, toys.toy_run, three_seeds, folder=folder))
        assert path == tmp_path / folder / "study.json"
    names = [sorted(path.relative_to(tmp_path / at) for path in (tmp_path / at).rglob("*.*")) for at in ("one", "two")]
    assert names[0] == names[1]
    assert Path("plus-5/mean.link.parquet") in names[0]
    for name in names[0]:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_a_run_that_vanishes_meanwhile_is_named(toys, make_plan, tmp_path, three_seeds):
    plan = make_plan()
    with ResultStore(tmp_path / "out", plan.fingerprints()) as store:

        def vandal(progress):
            if progress.done == 3:
                (tmp_path / "out" / "base" / "seed-0001.json").unlink()

        with pytest.raises(FileError, match=r"seed-0001\.json.*start again"):
            run_study(plan, toys.toy_run, InProcess(), store, three_seeds, on_progress=vandal)


@pytest.mark.parametrize("id_", ["", "a/b", "..", ".hidden", "a b", "x" * 101, "a\\b"])
def test_an_id_that_cannot_be_a_folder_is_refused(id_):
    with pytest.raises(InvalidValueError, match=r"scenario\.id"):
        ScenarioPlan(id=id_, fingerprint="f")


def test_two_scenarios_of_one_folder_are_refused():
    one, other = (ScenarioPlan(id=id_, fingerprint="f") for id_ in ("Closed", "closed"))
    with pytest.raises(InvalidValueError, match=r"scenario\.id = 'closed': must differ"):
        StudyPlan(base=one, variants=(other,))


def test_a_negative_first_seed_is_refused():
    with pytest.raises(InvalidValueError, match="first_seed = -1"):
        StudyPlan(base=ScenarioPlan(id="base", fingerprint="f"), variants=(), first_seed=-1)
