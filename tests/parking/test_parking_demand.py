"""Demand is rounded without losing small streams."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from parking.demand import rounded


def test_sixteen_small_streams_are_six_drivers_together():
    exact = np.full(16, 0.366)
    assert rounded(exact).sum() == 6


@given(st.lists(st.floats(0.0, 500.0), max_size=40))
def test_the_sum_is_kept_and_nobody_is_off_by_a_whole_driver(exact):
    whole = rounded(np.array(exact))
    assert whole.sum() == round(float(np.sum(exact)))
    assert all(abs(r - e) < 1.0 + 1e-9 for r, e in zip(whole, exact, strict=True))
