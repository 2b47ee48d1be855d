"""Bounded generalised least squares: hand-calculated examples and a comparison with an independent solver."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import sparse
from scipy.optimize import lsq_linear

from traffic_core.calibration.least_squares import bounded_least_squares
from traffic_core.errors import InvalidValueError


def solved(share, observed, prior, *, observed_variance=None, prior_variance=None, low=None, high=None):
    observed, prior = np.array(observed, dtype=float), np.array(prior, dtype=float)
    return bounded_least_squares(
        sparse.csr_array(np.atleast_2d(np.array(share, dtype=float))),
        observed,
        np.ones_like(observed) if observed_variance is None else np.array(observed_variance, dtype=float),
        prior,
        np.ones_like(prior) if prior_variance is None else np.array(prior_variance, dtype=float),
        np.full_like(prior, -1e9) if low is None else np.array(low, dtype=float),
        np.full_like(prior, 1e9) if high is None else np.array(high, dtype=float),
    )


def test_one_count_of_one_pair_ends_halfway_when_both_are_equally_sure():
    """(80 - q)² + (q - 100)² is least at 90."""
    assert solved([1.0], [80.0], [100.0]).values == pytest.approx([90.0])


def test_a_surer_count_pulls_more():
    """(80 - q)² / 1 + (q - 100)² / 3: the derivative (q - 80) + (q - 100) / 3 is 0 at 85."""
    assert solved([1.0], [80.0], [100.0], prior_variance=[3.0]).values == pytest.approx([85.0])


def test_a_count_moves_the_pairs_it_sees_in_proportion_to_share_and_variance():
    """Hand calculation: change = V A' (A V A' + S)⁻¹ (c - A q0) = (4, 1) · 10 / (4 + 1 + 5) = (4, 1)."""
    values = solved([1.0, 1.0], [40.0], [20.0, 10.0], observed_variance=[5.0], prior_variance=[4.0, 1.0]).values
    assert values == pytest.approx([24.0, 11.0])


def test_what_one_pair_may_not_take_goes_to_the_other():
    """The first is held at 22; (40 - 22 - q)² / 5 + (q - 10)² is least at q = 10 + 8 / 6."""
    estimate = solved(
        [1.0, 1.0], [40.0], [20.0, 10.0], observed_variance=[5.0], prior_variance=[4.0, 1.0], high=[22.0, 90.0]
    )
    assert estimate.values == pytest.approx([22.0, 10.0 + 8.0 / 6.0])
    assert estimate.at_bound.tolist() == [True, False]


def test_a_pair_without_variance_or_without_a_count_keeps_its_prior():
    values = solved([[1.0, 1.0, 0.0]], [50.0], [20.0, 10.0, 7.0], prior_variance=[0.0, 1.0, 1.0]).values
    assert values[0] == 20.0
    assert values[1] > 10.0
    assert values[2] == 7.0


def test_a_count_that_no_pair_reaches_changes_nothing():
    assert solved([0.0, 0.0], [500.0], [20.0, 10.0]).values.tolist() == [20.0, 10.0]


@given(st.data())
def test_the_minimum_is_that_of_an_independent_solver(data):
    counts, pairs = data.draw(st.integers(1, 6)), data.draw(st.integers(1, 12))
    share = data.draw(hnp.arrays(float, (counts, pairs), elements=st.sampled_from([0.0, 0.25, 0.5, 1.0])))
    prior = data.draw(hnp.arrays(float, pairs, elements=st.floats(1.0, 1e3)))
    observed = data.draw(hnp.arrays(float, counts, elements=st.floats(0.0, 5e3)))
    variance = data.draw(hnp.arrays(float, counts, elements=st.floats(0.5, 1e3)))
    found = solved(
        share,
        observed,
        prior,
        observed_variance=variance,
        prior_variance=10.0 * prior,
        low=0.2 * prior,
        high=5.0 * prior,
    ).values
    matrix = np.vstack([share / np.sqrt(variance)[:, None], np.diag(1.0 / np.sqrt(10.0 * prior))])
    wanted = np.concatenate([observed / np.sqrt(variance), np.sqrt(prior / 10.0)])
    other = lsq_linear(matrix, wanted, bounds=(0.2 * prior, 5.0 * prior), method="bvls", tol=1e-12)
    height = 0.5 * np.sum((matrix @ found - wanted) ** 2)
    assert height <= other.cost * (1.0 + 1e-9) + 1e-9
    assert (found >= 0.2 * prior).all()
    assert (found <= 5.0 * prior).all()


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"observed": [float("nan")]}, "observed[0]"),
        ({"observed_variance": [0.0]}, "observed_variance[0]"),
        ({"prior_variance": [1.0, -1.0]}, "prior_variance[1]"),
        ({"low": [0.0, 11.0]}, "prior[1]"),
        ({"share": [1.0]}, "share"),
        ({"share": [1.0, float("inf")]}, "share"),
    ],
)
def test_bad_numbers_are_named(change, part):
    given_ = {"share": [1.0, 1.0], "observed": [40.0], "prior": [20.0, 10.0]} | change
    with pytest.raises(InvalidValueError) as caught:
        solved(given_.pop("share"), given_.pop("observed"), given_.pop("prior"), **given_)
    assert part in str(caught.value)
