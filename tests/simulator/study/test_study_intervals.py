"""Intervals and p values against printed tables and sums done by hand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.study.intervals import compare, compare_all, estimate, holm
from traffic_core.errors import InvalidValueError


@pytest.mark.parametrize(("runs", "quantile"), [(2, 12.706), (3, 4.303), (5, 2.776), (11, 2.228), (31, 2.042)])
def test_the_half_width_is_the_tabled_quantile_of_student_s_t_times_the_standard_error(runs, quantile):
    # Values 0, 2, 0, 2, ... of even count have variance n/(n-1) around 1; an odd count is completed by a 1.
    values = [1.0] * (runs % 2) + [0.0, 2.0] * (runs // 2)
    deviation = math.sqrt((runs - runs % 2) / (runs - 1))
    found = estimate("mean_delay_s", values)
    assert found.mean == pytest.approx(1.0)
    assert found.interval.half_width == pytest.approx(quantile * deviation / math.sqrt(runs), rel=3e-4)


def test_another_confidence_has_another_quantile():
    # t(0.995; 4) = 4.604, standard deviation of 1 ... 5 is sqrt(2.5), standard error sqrt(0.5).
    found = estimate("mean_delay_s", [1.0, 2.0, 3.0, 4.0, 5.0], confidence=0.99)
    assert found.interval.low == pytest.approx(3.0 - 4.604 * math.sqrt(0.5), abs=1e-3)
    assert found.interval.high == pytest.approx(3.0 + 4.604 * math.sqrt(0.5), abs=1e-3)


def test_pairs_are_compared_by_their_differences():
    # Differences 1, 2, 3: mean 2, deviation 1, standard error 1/sqrt(3), t = 3.464, half width 4.303/sqrt(3) = 2.484.
    found = compare("mean_delay_s", [(10.0, 11.0), (20.0, 22.0), (30.0, 33.0)])
    assert (found.pairs, found.base_mean, found.variant_mean, found.difference) == (3, 20.0, 22.0, 2.0)
    assert found.relative == pytest.approx(0.1)
    assert found.interval.low == pytest.approx(2.0 - 2.484, abs=1e-3)
    assert found.interval.high == pytest.approx(2.0 + 2.484, abs=1e-3)
    # With two degrees of freedom p = 1 - t / sqrt(2 + t²) = 1 - 3.4641 / sqrt(14).
    assert found.p_value == pytest.approx(1.0 - math.sqrt(12.0 / 14.0))
    assert not found.excludes_zero


def test_pairs_see_what_separate_runs_do_not():
    pairs = [(10.0, 11.0), (50.0, 51.2), (90.0, 90.9), (30.0, 31.0)]
    assert compare("f", pairs).excludes_zero
    base, variant = (estimate("f", [pair[side] for pair in pairs]) for side in (0, 1))
    assert base.interval.high > variant.interval.low


def test_an_undefined_figure_leaves_its_pair_out_and_is_counted():
    found = compare("parking_search_s", [(1.0, 2.0), (None, 3.0), (4.0, None), (5.0, 7.0), (None, None)])
    assert (found.pairs, found.undefined, found.difference) == (2, 3, 1.5)
    alone = estimate("parking_search_s", [None, 4.0, None])
    assert (alone.runs, alone.undefined, alone.mean, alone.interval) == (1, 2, 4.0, None)


def test_one_pair_has_no_interval_and_no_pair_not_even_a_difference():
    one = compare("f", [(2.0, 3.0)])
    assert (one.difference, one.interval, one.p_value, one.excludes_zero) == (1.0, None, None, False)
    none = compare("f", [(None, 3.0)])
    assert (none.difference, none.base_mean, none.relative, none.unchanged) == (None, None, None, False)
    assert estimate("f", []).mean is None


def test_equal_pairs_are_unchanged_and_rounding_is_no_change():
    same = compare("f", [(1.0, 1.0), (2.0, 2.0)])
    assert (same.unchanged, same.p_value, same.excludes_zero) == (True, 1.0, False)
    rounded = compare("f", [(0.3, 0.1 + 0.2), (0.6, 0.3 + 0.1 + 0.2), (0.3, 0.1 + 0.2)])
    assert (rounded.unchanged, rounded.difference) == (True, 0.0)


def test_the_same_change_in_every_pair_is_certain():
    found = compare("f", [(1.0, 3.0), (2.0, 4.0)])
    assert (found.p_value, found.excludes_zero, found.interval.half_width) == (0.0, True, 0.0)


def test_a_base_of_zero_has_no_relative_change():
    assert compare("f", [(0.0, 1.0), (0.0, 2.0)]).relative is None


def test_holm_holds_the_smallest_against_the_strictest_limit():
    # Limits 0.05/4 = 0.0125, 0.05/3 = 0.0167, 0.025, 0.05: the third smallest fails, and with it the last.
    assert holm({"a": 0.01, "b": 0.04, "c": 0.03, "d": 0.005}) == {"a", "d"}
    assert holm({"a": 0.02, "b": 0.03, "c": None}) == {"a", "b"}
    assert holm({"a": 0.03, "b": 0.04}) == set()
    assert holm({}) == set()


def test_what_is_significant_alone_may_not_be_among_many():
    base = {seed: {"hit": 10.0 * seed, **{f"noise{at}": 0.0 for at in range(20)}} for seed in (1, 2, 3)}
    variant = {
        seed: {"hit": 10.0 * seed + (0.9, 1.0, 1.3)[seed - 1], **{f"noise{at}": (-1.0) ** seed for at in range(20)}}
        for seed in (1, 2, 3)
    }
    found = compare_all(base, variant)
    assert found["hit"].excludes_zero
    assert not found["hit"].significant
    alone = compare_all(
        {seed: {"hit": runs["hit"]} for seed, runs in base.items()},
        {seed: {"hit": runs["hit"]} for seed, runs in variant.items()},
    )
    assert alone["hit"].significant
    named_beforehand = compare_all(base, variant, main="hit")
    assert named_beforehand["hit"].significant
    assert not any(one.significant for name, one in named_beforehand.items() if name != "hit")


def test_only_seeds_of_both_sides_are_compared():
    found = compare_all({1: {"f": 1.0}, 2: {"f": 5.0}, 4: {"f": 2.0}}, {4: {"f": 4.0}, 1: {"f": 2.0}, 3: {"f": 9.0}})
    assert (found["f"].pairs, found["f"].difference) == (2, 1.5)
    assert compare_all({1: {"f": 1.0}}, {2: {"f": 1.0}}) == {}


def test_runs_with_other_figures_are_refused():
    with pytest.raises(InvalidValueError, match=r"figures\[seed 2\].*\['g'\].*must be \['f'\]"):
        compare_all({1: {"f": 1.0}, 2: {"f": 1.0}}, {1: {"f": 1.0}, 2: {"g": 1.0}})


def test_an_impossible_confidence_is_refused():
    with pytest.raises(InvalidValueError, match=r"confidence = 1\.0"):
        estimate("f", [1.0, 2.0], confidence=1.0)


@given(st.lists(st.tuples(st.floats(0, 1e6), st.floats(0, 1e6)), min_size=2, max_size=30))
def test_the_interval_excludes_zero_exactly_where_p_is_below_its_level(pairs):
    found = compare("f", pairs)
    assert found.interval.low <= found.difference <= found.interval.high
    assert 0.0 <= found.p_value <= 1.0
    if abs(found.p_value - 0.05) > 1e-6:
        assert found.excludes_zero == (found.p_value < 0.05)


@given(st.lists(st.tuples(st.floats(0, 1e6), st.floats(0, 1e6)), min_size=2, max_size=30))
def test_the_other_way_round_the_difference_changes_its_sign_only(pairs):
    there, back = compare("f", pairs), compare("f", [(variant, base) for base, variant in pairs])
    assert there.difference == pytest.approx(-back.difference)
    assert there.interval.half_width == pytest.approx(back.interval.half_width)
    assert there.p_value == pytest.approx(back.p_value)
