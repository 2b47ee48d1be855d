"""Goodness of fit: hand calculations and what holds for any flows."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from traffic_core.calibration.fit import CountFit, FitReport, FitSummary, allowed_difference_veh_h, geh
from traffic_core.errors import InvalidValueError

FLOWS = st.floats(0.0, 20_000.0)


def fit(counted_veh_h: float, modelled_veh_h: float, *, count_id: str = "C1", held_out: bool = False) -> CountFit:
    return CountFit(
        count_id=count_id,
        link_id="L1",
        hour_label="07-08",
        counted_veh_h=counted_veh_h,
        modelled_veh_h=modelled_veh_h,
        held_out=held_out,
    )


@pytest.mark.parametrize(
    ("modelled_veh_h", "counted_veh_h", "expected"),
    [
        (0.0, 0.0, 0.0),
        (5e-324, 0.0, 0.0),  # the smallest number: its half is 0
        (100.0, 0.0, math.sqrt(200.0)),  # sqrt(2 · 100² / 100)
        (1_200.0, 1_000.0, math.sqrt(80_000.0 / 2_200.0)),  # 6.03
        (450.0, 350.0, 5.0),  # sqrt(2 · 100² / 800)
    ],
)
def test_geh_matches_hand_calculation(modelled_veh_h: float, counted_veh_h: float, expected: float):
    assert geh(modelled_veh_h, counted_veh_h) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("counted_veh_h", "modelled_veh_h", "inside"),
    [
        (699.0, 799.0, True),
        (699.0, 799.5, False),
        (699.0, 598.5, False),
        (700.0, 805.0, True),
        (700.0, 805.5, False),
        (2_700.0, 3_105.0, True),
        (2_700.0, 2_294.0, False),
        (2_701.0, 3_101.0, True),
        (2_701.0, 3_102.0, False),
        (0.0, 100.0, True),
    ],
)
def test_flow_bands_change_at_700_and_2700(counted_veh_h: float, modelled_veh_h: float, inside: bool):
    assert fit(counted_veh_h, modelled_veh_h).in_band is inside


def test_a_geh_of_exactly_five_is_not_below_five():
    made = FitSummary.of([fit(350.0, 450.0), fit(350.0, 449.0)])
    assert made.geh_below_5_share == 0.5


def test_a_summary_matches_hand_calculation():
    fits = [fit(100.0, 130.0), fit(1_000.0, 800.0), fit(400.0, 400.0), fit(500.0, 540.0)]
    made = FitSummary.of(fits)
    gehs = [math.sqrt(1_800.0 / 230.0), math.sqrt(80_000.0 / 1_800.0), 0.0, math.sqrt(3_200.0 / 1_040.0)]
    assert made.n == 4
    assert made.geh_below_5_share == 0.75
    assert made.in_band_share == 0.75
    assert made.mean_geh == pytest.approx(sum(gehs) / 4)
    # mean square = (900 + 40000 + 0 + 1600) / 4 = 10625, mean count = 500
    assert made.rmse_percent == pytest.approx(100.0 * math.sqrt(10_625.0) / 500.0)
    assert made.modelled_to_counted_ratio == pytest.approx(1_870.0 / 2_000.0)
    assert made.worst is fits[1]


def test_the_first_of_equally_bad_counts_is_the_worst():
    assert FitSummary.of([fit(1.0, 1.0, count_id="A"), fit(2.0, 2.0, count_id="B")]).worst.count_id == "A"


def test_a_relative_error_over_counts_of_zero_is_unknown():
    made = FitSummary.of([fit(0.0, 50.0)])
    assert made.rmse_percent is None
    assert made.modelled_to_counted_ratio is None


def test_no_counts_have_no_summary():
    with pytest.raises(InvalidValueError, match="fits = 0: must be at least one"):
        FitSummary.of([])


def test_held_out_counts_are_reported_apart():
    fits = [fit(100.0, 100.0), fit(100.0, 900.0, held_out=True), fit(200.0, 200.0)]
    made = FitReport.of(iter(fits))
    assert made.fits == tuple(fits)
    assert made.used is not None
    assert made.held_out is not None
    assert (made.used.n, made.used.geh_below_5_share) == (2, 1.0)
    assert (made.held_out.n, made.held_out.geh_below_5_share) == (1, 0.0)


def test_a_report_says_so_when_nothing_was_held_out():
    assert FitReport.of([fit(1.0, 1.0)]).held_out is None
    assert FitReport.of([]).used is None


@pytest.mark.parametrize("flow_veh_h", [-1.0, float("nan"), float("inf")])
def test_an_impossible_flow_is_refused(flow_veh_h: float):
    with pytest.raises(InvalidValueError, match=r"fit\[C1,07-08\].modelled_veh_h = .*at least 0"):
        fit(1.0, flow_veh_h)
    with pytest.raises(InvalidValueError, match=r"fit\[C1,07-08\].counted_veh_h"):
        fit(flow_veh_h, 1.0)


@given(FLOWS, FLOWS)
def test_geh_is_symmetric_and_zero_only_for_equal_flows(a: float, b: float):
    assert geh(a, b) == geh(b, a) >= 0.0
    if abs(a - b) > 1e-6:
        assert geh(a, b) > 0.0
    assert geh(a, a) == 0.0


@given(FLOWS, st.floats(0.0, 5_000.0), st.floats(0.0, 5_000.0))
def test_geh_grows_with_the_distance_from_the_count(counted_veh_h: float, near_veh_h: float, more_veh_h: float):
    assume(counted_veh_h + near_veh_h > 0.0)
    near = geh(counted_veh_h + near_veh_h, counted_veh_h)
    far = geh(counted_veh_h + near_veh_h + more_veh_h, counted_veh_h)
    assert far >= near - 1e-9


@given(st.lists(st.tuples(FLOWS, FLOWS), min_size=1, max_size=20))
def test_a_summary_stays_within_its_parts(pairs: list[tuple[float, float]]):
    fits = [fit(counted, modelled) for counted, modelled in pairs]
    made = FitSummary.of(fits)
    assert 0.0 <= made.geh_below_5_share <= 1.0
    assert 0.0 <= made.in_band_share <= 1.0
    assert made.mean_geh <= made.worst.geh + 1e-9
    assert all(each.geh <= made.worst.geh for each in fits)


@given(FLOWS)
def test_a_perfect_model_is_in_every_band(flow_veh_h: float):
    made = fit(flow_veh_h, flow_veh_h)
    assert made.in_band
    assert made.geh == 0.0
    assert allowed_difference_veh_h(flow_veh_h) >= min(100.0, 0.15 * flow_veh_h)
