"""One run from a staged scenario to its result."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulator.results.run_result import FIGURES
from simulator.run import run_staged
from simulator.study.result_files import write_result


@pytest.fixture(name="small")
def small_fixture(town):
    return town(centre=True, duration_s=1_800.0, warm_up_s=300.0).staged


def run(staged, seed=3, **options):
    return run_staged(staged, seed=seed, fingerprint="f", **options)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_bytes_and_another_other_ones(small, tmp_path):
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        write_result(folder, run(small))
    one, two = ({path.relative_to(f): path.read_bytes() for path in f.rglob("*.*")} for f in folders)
    assert len(one) > 4
    assert one == two
    assert run(small, seed=4).figures != run(small).figures


@pytest.mark.slow
def test_a_checked_run_says_the_same_as_an_unchecked_one(small):
    checked, plain = run(small, checked=True), run(small)
    assert checked.figures == plain.figures


def test_all_figures_are_there_and_agree_with_the_tables(small):
    result = run(small)
    assert list(result.figures) == [figure.name for figure in FIGURES]
    assert result.figures["trips_done"] > 300
    assert result.figures["lost_trips"] == 0
    assert 0.0 < result.figures["mean_delay_s"] < result.figures["mean_trip_s"]
    link, purpose = result.tables["link"], result.tables["purpose"]
    assert int(purpose["trips_done"].sum()) == result.figures["trips_done"]
    assert set(link["interval_start_s"].tolist()) == {int(small.start_s), int(small.start_s) + 900}
    assert len(link["link_id"]) == 2 * len(small.model.network.links)


def test_a_run_needs_no_warm_up_and_tells_the_time(small):
    heard = []
    result = run(replace(small, warm_up_s=0.0, duration_s=900.0), on_time=heard.append)
    assert result.figures["trips_done"] > 100
    assert heard == [small.start_s + 60.0 * minute for minute in range(15)]


@pytest.mark.slow
def test_without_the_centre_nobody_is_turned_by_a_sign(town, parking_with):
    """The car park at P is nearly always full; with the centre its row says so."""
    crowded = {"parking": parking_with(capacity_veh=6, share=0.95), "kappa": 1.0, "demand_factor": 2.0}
    staged = town(centre=True, duration_s=3_600.0, warm_up_s=900.0, **crowded).staged
    assert run(staged).figures["turned_by_sign_veh"] > 0
    assert run(replace(staged, centre=False)).figures["turned_by_sign_veh"] == 0
