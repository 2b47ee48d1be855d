"""Cases: what they change, how they travel, and what a run of each says."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.benefit.cases import Case, case_of, case_without, first_cases, staged_of
from simulator.benefit.figures import MAIN
from simulator.benefit.running import result_of_case
from simulator.benefit.study import idle_signs, turned_per_run
from simulator.run import play
from simulator.staged import Devices
from simulator.trip_book import NOWHERE
from traffic_core.errors import InvalidValueError


def results(staged, *cases, seed=5):
    return {case.id: result_of_case(staged_of(staged, case), case.id, seed, "f") for case in cases}


def test_a_case_travels_as_options():
    for case in (*first_cases(0.5, None), case_without("S 1", 0.2, (480, 780))):
        assert case_of(case.id, case.options) == case


def test_a_case_darkens_its_signs(crowded):
    staged = crowded()
    everything, nothing = first_cases(1.0, None)
    assert staged_of(staged, everything).dark_signs == ()
    assert staged_of(staged, nothing).dark_signs == ("S1", "S2")
    assert staged_of(staged, case_without("S2", 1.0, None)).dark_signs == ("S2",)
    with pytest.raises(InvalidValueError, match=r"S9.*must name a sign of the model"):
        staged_of(staged, Case(id="x", kappa=1.0, dark=("S9",)))


@pytest.mark.slow
def test_signs_redirect_followers_and_dark_ones_do_not(crowded):
    everything, nothing = first_cases(1.0, None)
    found = results(crowded(), everything, nothing)
    assert found["all"].figures["turned_by_sign_veh"] > 0
    assert found["none"].figures["turned_by_sign_veh"] == 0
    assert found["none"].figures["found_full_veh"] > found["all"].figures["found_full_veh"] > 0
    assert found["all"].figures["parkers"] == found["none"].figures["parkers"] > 50, "the same drivers"
    assert turned_per_run([found["all"]]) == {"S1": found["all"].figures["turned_by_sign_veh"], "S2": 0.0}


@pytest.mark.slow
def test_a_sign_that_nobody_reads_is_worth_exactly_nothing(crowded):
    everything, _ = first_cases(1.0, None)
    found = results(crowded(), everything, case_without("S2", 1.0, None), case_without("S1", 1.0, None))
    assert idle_signs(found["all"]) == {"S2"}
    assert found["without_S2"].figures == found["all"].figures
    assert found["without_S1"].figures != found["all"].figures


@pytest.mark.slow
def test_where_nobody_obeys_all_signs_are_worth_exactly_nothing(crowded):
    everything, nothing = first_cases(0.0, None)
    found = results(crowded(kappa=0.0), everything, nothing)
    assert found["all"].figures == found["none"].figures
    assert idle_signs(found["all"]) == {"S1", "S2"}


@pytest.mark.slow
def test_ways_and_walks_are_those_of_the_town(crowded):
    """W and N are 1,100 m from both car parks by street, which are 500 m from X each, and √2 × 500 m apart on foot."""
    played = play(crowded(), seed=5)
    parkers = played.simulation.book.parkers()
    done = np.isfinite(parkers.end_s) & (parkers.parked_at != NOWHERE)
    as_wanted = done & (parkers.parked_at == parkers.wanted) & (parkers.free_s > 0.0)
    assert as_wanted.sum() > 50
    assert parkers.driven_m[as_wanted] == pytest.approx(1_100.0, rel=1e-6)
    assert (parkers.walk_m[as_wanted] == 0.0).all()
    elsewhere = done & (parkers.parked_at != parkers.wanted)
    assert elsewhere.any()
    assert parkers.walk_m[elsewhere] == pytest.approx(2.0 * 500.0 * 2.0**0.5, rel=1e-4)
    assert np.isnan(parkers.driven_m[~np.isfinite(parkers.end_s)]).all()


@pytest.mark.slow
def test_the_time_on_foot_comes_on_top_of_that_in_the_car(crowded):
    everything, _ = first_cases(1.0, None)
    found = results(crowded(), everything)["all"].figures
    assert found["walk_km"] > 0.0
    assert found[MAIN] == pytest.approx(found["parker_h"] + found["walk_km"] / 1.2 / 3.6)
    assert found["parker_h"] > found["parker_lost_h"] > 0.0


@pytest.mark.slow
def test_a_run_is_the_same_again_where_counters_miss_cars_and_guidance_forecasts(crowded):
    everything, _ = first_cases(1.0, None)
    missing = Devices(counter_miss_share=0.1)
    first, second = (results(crowded(devices=missing), everything)["all"] for _ in range(2))
    assert first.figures == second.figures
    assert first.figures != results(crowded(), everything)["all"].figures
