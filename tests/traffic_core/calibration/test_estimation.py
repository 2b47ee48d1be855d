"""The fixed point of estimate and assignment, on assignments that can be calculated by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from traffic_core.calibration.estimation import Limits, Loaded, SoftSums, estimate, modelled, share_rows
from traffic_core.calibration.observations import Observation
from traffic_core.errors import InvalidValueError

FLAT_DAY = np.full(24, 1.0 / 24.0)


def day_of(link_id: str, veh: float) -> Observation:
    return Observation(count_id=f"C-{link_id}", link_id=link_id, hour=None, veh=veh)


def hour_of(link_id: str, hour: int, veh: float) -> Observation:
    return Observation(count_id=f"C-{link_id}", link_id=link_id, hour=hour, veh=veh)


def loaded(share: np.ndarray, pair_veh: np.ndarray, profile: np.ndarray = FLAT_DAY) -> Loaded:
    """All hours alike but for the profile; `share` is links by pairs."""
    hourly = tuple(sparse.csr_array(part * share) for part in profile)
    return Loaded(hourly_share=hourly, hourly_veh=np.array([each @ pair_veh for each in hourly]))


class FixedWays:
    """An assignment without congestion."""

    def __init__(self, share: list[list[float]], profile: np.ndarray = FLAT_DAY) -> None:
        self.share, self.profile, self.calls = np.array(share), profile, 0

    def __call__(self, pair_veh: np.ndarray, /) -> Loaded:
        self.calls += 1
        return loaded(self.share, pair_veh, self.profile)


class TwoWays:
    """One pair, two ways with travel times 10 + v1 / 100 and 15 + v2 / 100: equal from 500 vehicles on.

    Equilibrium by hand: v1 = (q + 500) / 2 where q is above 500, otherwise all on the first.
    """

    def __call__(self, pair_veh: np.ndarray, /) -> Loaded:
        q = float(pair_veh[0])
        first = (q + 500.0) / 2.0 if q > 500.0 else q
        return loaded(np.array([[first / q], [1.0 - first / q]]), pair_veh)


def test_rows_are_the_day_or_the_hour_of_the_link():
    profile = np.zeros(24)
    profile[7], profile[16] = 0.25, 0.75
    state = loaded(np.array([[1.0, 0.5], [0.0, 1.0]]), np.array([100.0, 40.0]), profile)
    seen = [day_of("A", 0.0), hour_of("B", 16, 0.0), hour_of("A", 7, 0.0), hour_of("A", 3, 0.0)]
    rows = {"A": 0, "B": 1}
    wanted = np.array([[1.0, 0.5], [0.0, 0.75], [0.25, 0.125], [0.0, 0.0]])
    assert share_rows(state, seen, rows).toarray() == pytest.approx(wanted)
    assert modelled(state, seen, rows) == pytest.approx([120.0, 30.0, 30.0, 0.0])


def test_without_congestion_the_first_estimate_is_the_last():
    ways = FixedWays([[1.0, 1.0]])
    found = estimate(ways, np.array([300.0, 100.0]), [day_of("A", 800.0)], {"A": 0})
    assert (found.iterations, found.converged, ways.calls) == (1, True, 2)
    assert found.after.hourly_veh.sum() == pytest.approx(800.0, rel=0.02)
    assert found.pair_veh[0] / found.pair_veh[1] == pytest.approx(3.0), "pairs that are seen alike change alike"


def test_with_congestion_shares_and_trips_settle_together():
    """700 vehicles are counted on the first way: 900 trips."""
    seen = [day_of("A", 700.0)]
    limits = Limits(prior_error_share=50.0, fixed_point_geh=0.01)
    found = estimate(TwoWays(), np.array([600.0]), seen, {"A": 0, "B": 1}, limits=limits)
    assert found.converged
    assert found.pair_veh[0] == pytest.approx(900.0, rel=0.01)
    assert found.before.hourly_veh.sum(axis=0) == pytest.approx([550.0, 50.0])


def test_a_fixed_point_that_is_not_reached_is_said():
    limits = Limits(fixed_point_geh=1e-9, max_iterations=2)
    found = estimate(TwoWays(), np.array([600.0]), [day_of("A", 700.0)], {"A": 0, "B": 1}, limits=limits)
    assert not found.converged
    assert found.foreseen_geh > 1e-9


def test_the_estimate_stays_within_its_bounds_and_says_which_pairs_hold_it_back():
    found = estimate(FixedWays([[1.0, 0.0]]), np.array([100.0, 50.0]), [day_of("A", 9_000.0)], {"A": 0})
    assert found.pair_veh.tolist() == [500.0, 50.0]
    assert found.at_bound.tolist() == [True, False]


def test_hours_count_as_such():
    """A tenth of the day's trips drive from 7 to 8; 60 of them were counted."""
    profile = np.full(24, 0.9 / 23.0)
    profile[7] = 0.1
    ways = FixedWays([[1.0]], profile)
    found = estimate(ways, np.array([500.0]), [hour_of("A", 7, 60.0)], {"A": 0}, limits=Limits(prior_error_share=50.0))
    assert found.pair_veh[0] == pytest.approx(600.0, rel=0.01)


def test_a_wish_for_a_sum_is_met_as_far_as_it_is_sure():
    """The counts see the first pair only; the second is wished to be as large."""
    wish = SoftSums(weight=sparse.csr_array([[1.0, -1.0]]), wanted=np.zeros(1), variance=np.array([1e-6]))
    found = estimate(FixedWays([[1.0, 0.0]]), np.array([100.0, 50.0]), [day_of("A", 200.0)], {"A": 0}, wishes=wish)
    assert found.pair_veh[0] == pytest.approx(found.pair_veh[1], rel=1e-4)


def test_tied_pairs_change_by_one_factor():
    """The count sees the first of them alone; 150 instead of 100 means half as many again on both."""
    free = Limits(prior_error_share=50.0)
    tied = np.array([0, 1, 0])
    prior = np.array([100.0, 70.0, 40.0])
    found = estimate(FixedWays([[1.0, 0.0, 0.0]]), prior, [day_of("A", 150.0)], {"A": 0}, limits=free, tied=tied)
    assert found.pair_veh == pytest.approx([150.0, 70.0, 60.0], rel=0.01)
    held = estimate(FixedWays([[1.0, 0.0, 0.0]]), prior, [day_of("A", 9_000.0)], {"A": 0}, tied=tied)
    assert held.at_bound.tolist() == [True, False, True]
    assert held.pair_veh.tolist() == [500.0, 70.0, 200.0]


@given(st.lists(st.floats(1.0, 3_000.0), min_size=3, max_size=3), st.floats(0.1, 0.9), st.floats(1.5, 9.0))
def test_the_estimate_is_closer_to_the_counts_than_the_prior_and_within_bounds(counts, low, high):
    share = [[1.0, 1.0, 0.0, 0.0], [0.0, 0.5, 1.0, 0.0], [0.0, 0.0, 0.5, 1.0]]
    prior = np.array([400.0, 100.0, 50.0, 800.0])
    seen = [day_of(link, veh) for link, veh in zip("ABC", counts, strict=True)]
    limits = Limits(low=low, high=high)
    found = estimate(FixedWays(share), prior, seen, {"A": 0, "B": 1, "C": 2}, limits=limits)
    assert (found.pair_veh >= low * prior).all()
    assert (found.pair_veh <= high * prior).all()

    def missed(state: Loaded) -> float:
        variance = np.array([each.variance for each in seen])
        return float(((modelled(state, seen, {"A": 0, "B": 1, "C": 2}) - counts) ** 2 / variance).sum())

    assert missed(found.after) <= missed(found.before) + 1e-6


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"low": -0.1}, "low"),
        ({"low": 1.1}, "low"),
        ({"high": 0.9}, "high"),
        ({"prior_error_share": 0.0}, "prior error"),
    ],
)
def test_limits_that_make_no_sense_are_named(values: dict[str, float], field: str):
    with pytest.raises(InvalidValueError, match=field):
        Limits(**values)
