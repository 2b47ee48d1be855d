"""The stopping rule: narrow enough, in the order of the seeds, or all seeds done."""

from __future__ import annotations

import pytest

from simulator.study.stopping import StoppingRule
from traffic_core.errors import InvalidValueError


def _figures(values):
    return {seed: {"mean_delay_s": value} for seed, value in enumerate(values, 1)}


BASE = _figures([100.0, 110.0, 90.0, 100.0])
# Differences 9, 11, 9, 11: deviation 2/sqrt(3), half width 3.182 · 2/sqrt(3)/2 = 1.837.
VARIANT = _figures([109.0, 121.0, 99.0, 111.0])


@pytest.mark.parametrize(
    ("floor", "share", "stops"), [(1.83, 0.0, False), (1.84, 0.0, True), (0.0, 0.0183, False), (0.0, 0.0184, True)]
)
def test_it_stops_where_the_half_width_is_below_the_larger_limit(floor, share, stops):
    rule = StoppingRule(n_min=2, n_max=9, floor=floor, share=share)
    assert rule.verdict(BASE, [VARIANT], [1, 2, 3, 4]) == ("narrow_enough" if stops else None)
    half_width, limit = rule.widths(BASE, VARIANT, [1, 2, 3, 4])
    assert half_width == pytest.approx(1.837, abs=1e-3)
    assert limit == pytest.approx(max(floor, 100.0 * share))


def test_every_variant_must_be_narrow():
    rule = StoppingRule(n_min=2, n_max=9, floor=2.0, share=0.0)
    wild = _figures([200.0, 0.0, 300.0, 7.0])
    assert rule.verdict(BASE, [VARIANT], [1, 2, 3, 4]) == "narrow_enough"
    assert rule.verdict(BASE, [VARIANT, wild], [1, 2, 3, 4]) is None


def test_it_looks_at_the_named_counts_only():
    rule = StoppingRule(n_min=5, n_max=12, look_every=3)
    assert [count for count in range(1, 13) if rule.looks_at(count)] == [5, 8, 11, 12]


def test_it_stops_at_the_last_seed_however_wide():
    rule = StoppingRule(n_min=2, n_max=4, floor=0.0, share=0.0)
    assert rule.verdict(BASE, [VARIANT], [1, 2, 3]) is None
    assert rule.verdict(BASE, [VARIANT], [1, 2, 3, 4]) == "all_seeds_done"


def test_without_variants_all_seeds_run():
    rule = StoppingRule(n_min=2, n_max=4, floor=1e9)
    assert rule.verdict(BASE, [], [1, 2, 3]) is None
    assert rule.verdict(BASE, [], [1, 2, 3, 4]) == "all_seeds_done"


def test_one_pair_is_never_narrow():
    rule = StoppingRule(n_min=1, n_max=4, floor=1e9)
    assert rule.verdict(BASE, [VARIANT], [1]) is None
    assert rule.verdict(BASE, [{2: VARIANT[2]}], [1, 2, 3]) is None
    assert rule.verdict(BASE, [{}], [1, 2, 3]) is None


def test_a_figure_that_runs_do_not_have_is_named():
    with pytest.raises(InvalidValueError, match=r"figure = 'delay': must be one of mean_delay_s"):
        StoppingRule(figure="delay", n_min=2).verdict(BASE, [VARIANT], [1, 2])


@pytest.mark.parametrize(
    ("field", "value"),
    [("n_min", 0), ("n_max", 4), ("look_every", 0), ("floor", -1.0), ("share", float("nan")), ("confidence", 2.0)],
)
def test_an_impossible_rule_is_refused(field, value):
    with pytest.raises(InvalidValueError, match=f"{field} = "):
        StoppingRule(**{field: value})
