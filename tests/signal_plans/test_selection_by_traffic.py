"""Rules by traffic: thresholds with hysteresis, a shortest time, and nothing where values are missing."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from signal_plans.mode import Mode, ModeKind
from signal_plans.selection_by_traffic import Quantity, RuleState, RuleValue, TrafficPicture, TrafficRule
from traffic_core.errors import InvalidValueError


def rule(**changes):
    given_ = {
        "id": "fair",
        "junctions": ("J",),
        "quantity": Quantity.FLOW_VEH_H,
        "sources": ("D1", "D2"),
        "on_at": 1_000.0,
        "off_at": 800.0,
        "dwell_s": 600,
        "mode": Mode(ModeKind.PROGRAMME, "P2"),
    }
    return TrafficRule(**(given_ | changes))


def follow(the_rule, values):
    """States after one value a minute."""
    state, found = RuleState(), []
    for minute, value in enumerate(values):
        state = state.after(the_rule, value, 60.0 * minute)
        found.append(state.applies)
    return found


def test_it_begins_at_the_upper_threshold_and_ends_at_the_lower_one():
    short = rule(dwell_s=0)
    assert follow(short, [900, 999, 1_000, 900, 801, 800, 999]) == [False, False, True, True, True, False, False]


def test_it_holds_for_its_shortest_time_and_rests_as_long():
    found = follow(rule(dwell_s=180), [1_000, 0, 0, 0, 1_000, 1_000, 1_000, 1_000])
    assert found == [True, True, True, False, False, False, True, True]


def test_without_values_it_does_not_apply_at_once():
    state = RuleState().after(rule(), 2_000.0, 0.0).after(rule(), math.nan, 60.0)
    assert (state.applies, state.is_known) == (False, False)
    assert RuleState().after(rule(), math.nan, 0.0).after(rule(), 2_000.0, 1.0).applies, "it had not applied before"


def test_flows_add_up_occupancies_are_averaged_and_the_highest_load_counts():
    picture = TrafficPicture(
        detector_row={"D1": 0, "D2": 1}, flow_veh_h=np.array([700.0, 500.0]), occupancy_share=np.array([0.5, 0.2])
    )
    load = np.array([0.4, 0.9, np.nan])
    rows = {"J": 0, "K": 1, "L": 2}

    def value(**changes):
        return picture.value(rule(**changes), rows, load)

    assert value() == 1_200.0
    share = {"quantity": Quantity.OCCUPANCY_SHARE, "on_at": 0.5, "off_at": 0.4}
    assert value(**share) == pytest.approx(0.35)
    highest = {"quantity": Quantity.LOAD, "on_at": 0.9, "off_at": 0.5}
    assert value(**highest, sources=("J", "K")) == 0.9
    assert math.isnan(value(**highest, sources=("J", "L")))
    assert math.isnan(value(sources=("D1", "D9")))


def test_the_detail_tells_rule_value_and_thresholds():
    assert RuleValue(rule(), 1_234.0).detail == "fair: flow_veh_h 1234 (on 1000, off 800)"


@given(st.lists(st.floats(0, 2_000) | st.just(math.nan), max_size=60), st.integers(0, 900))
def test_it_never_changes_sooner_than_its_dwell_unless_values_are_missing(values, dwell_s):
    the_rule, state, changed_s = rule(dwell_s=dwell_s), RuleState(), -math.inf
    for minute, value in enumerate(values):
        after = state.after(the_rule, value, 60.0 * minute)
        if after.applies != state.applies:
            assert math.isnan(value) or 60.0 * minute - changed_s >= dwell_s
            changed_s = 60.0 * minute
        if after.applies:
            assert value > the_rule.off_at or 60.0 * minute - changed_s < dwell_s
        state = after


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"off_at": 1_000.0}, r"traffic_rule\[fair\].off_at = 1000.0: must be below on_at"),
        ({"sources": ()}, "sources"),
        ({"on_at": math.nan}, "on_at = nan"),
        ({"quantity": Quantity.OCCUPANCY_SHARE}, "on_at = 1000.0: must be a number from 0 to 1"),
        ({"dwell_s": -1}, "dwell_s = -1"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(change, named):
    with pytest.raises(InvalidValueError, match=named):
        rule(**change)
