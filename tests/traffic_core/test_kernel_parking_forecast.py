"""Features and trees of the parking forecast, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from parking.forecast.features import NAMES
from traffic_core.kernels import parking_forecast as kernels

STEPS = 60


def at(name):
    return NAMES.index(name)


def run(values, *, profile=None, ring=None, leads=(3,), first=0, share=0.1, seen=0):
    """Look at the last of (T, F) values, whose steps begin a Monday at midnight."""
    values = np.array(values, float)
    steps, facilities = values.shape
    places = (np.arange(-kernels.BEHIND, steps + kernels.AHEAD) % kernels.WEEK).astype(np.int64)
    wanted = np.zeros(steps, np.bool_)
    wanted[-1] = True
    state = {
        "profile": np.full((facilities, kernels.WEEK), np.nan) if profile is None else profile,
        "seen": np.full((facilities, kernels.WEEK), seen, np.int64),
        "by_day": np.full((facilities, kernels.DAY_KINDS * kernels.DAY), np.nan),
        "ring": np.full((facilities, kernels.RING), np.nan) if ring is None else ring,
    }
    features = np.zeros((1, facilities, len(leads), kernels.FEATURES))
    usable = np.zeros((1, facilities, len(leads)), np.bool_)
    steps_ahead = np.array(leads, np.int64)
    kernels.advance(values, places, first, True, wanted, steps_ahead, share, 0.5, *state.values(), features, usable)
    return features, usable, state


def flat_profile(level=0.5):
    return np.full((1, kernels.WEEK), level)


def test_features_have_names():
    assert len(NAMES) == kernels.FEATURES


def test_the_first_value_is_taken_over_and_later_ones_draw_the_profile():
    state = run([[0.4]])[2]
    assert state["profile"][0, 0] == 0.4
    seen_often = flat_profile()
    features, usable, state = run([[0.7]], profile=seen_often, share=1.0)
    assert usable.all()
    assert features[0, 0, 0, at("deviation")] == pytest.approx(0.2)
    assert seen_often[0, 0] == pytest.approx(0.7)  # seen for the first time: taken over in full


def test_a_young_profile_is_the_plain_mean():
    profile, seen = np.full((1, kernels.WEEK), np.nan), []
    state = None
    for value in (0.2, 0.4, 0.9):
        if state is None:
            state = run([[value]], profile=profile)[2]
        else:
            places = (np.arange(-kernels.BEHIND, 1 + kernels.AHEAD) % kernels.WEEK).astype(np.int64)
            none = np.zeros((0, 1, 1, kernels.FEATURES)), np.zeros((0, 1, 1), np.bool_)
            kernels.advance(
                np.array([[value]]), places, 0, True, np.zeros(1, np.bool_), np.ones(1, np.int64), 0.1, 0.5,
                *state.values(), *none,
            )  # fmt: skip
        seen.append(state["profile"][0, 0])
    assert seen == pytest.approx([0.2, 0.3, 0.5])
    assert state["seen"][0, 0] == 3
    assert state["by_day"][0, 0] == pytest.approx(0.6)  # 0.2, then half-way to 0.4, then half-way to 0.9


def test_the_profile_delta_is_the_difference_of_means_over_three_places():
    profile = flat_profile()
    profile[0, 2:5] = 0.2
    features, _, _ = run([[0.6]], profile=profile)
    assert features[0, 0, 0, at("profile_delta")] == pytest.approx(-0.3)
    assert features[0, 0, 0, at("profile_forecast")] == pytest.approx(0.3)
    assert features[0, 0, 0, at("free")] == 0.6


def test_what_strayed_is_the_change_beyond_that_of_the_profile():
    values = np.full((STEPS, 1), 0.5)
    values[-4:-1] = 0.6
    values[-1] = 0.65
    features, _, _ = run(values, profile=flat_profile(), share=0.0, seen=10**12)
    z = features[0, 0, 0]
    assert z[at("strayed_5_min")] == pytest.approx(0.05, abs=1e-9)
    assert z[at("strayed_15_min")] == pytest.approx(0.05)
    assert z[at("strayed_60_min")] == pytest.approx(0.15, abs=1e-9)
    assert z[at("change_15_min")] == pytest.approx(0.05, abs=1e-9)


def test_the_others_are_those_beside_the_facility():
    profile = np.full((3, kernels.WEEK), 0.5)
    features, _, _ = run([[0.5, 0.7, 0.6]], profile=profile)
    assert features[0, :, 0, at("others_deviation")] == pytest.approx([0.15, 0.05, 0.1])
    assert features[0, :, 0, at("facility")].tolist() == [0, 1, 2]


def test_yesterday_and_last_week_are_remembered():
    ring = np.full((1, kernels.RING), np.nan)
    first = 5 * kernels.RING
    ring[0, (first - 288) % kernels.RING], ring[0, (first - 288 + 3) % kernels.RING] = 0.8, 0.6
    ring[0, (first - 2_016) % kernels.RING], ring[0, (first - 2_016 + 3) % kernels.RING] = 0.4, 0.45
    z = run([[0.5]], profile=flat_profile(), ring=ring, first=first)[0][0, 0, 0]
    assert z[at("yesterday_delta")] == pytest.approx(-0.2)
    assert z[at("yesterday_deviation")] == pytest.approx(0.3)
    assert z[at("last_week_delta")] == pytest.approx(0.05)
    assert z[at("last_week_deviation")] == pytest.approx(-0.1)


def test_what_is_not_remembered_is_as_the_profile_says():
    z = run([[0.5]], profile=flat_profile())[0][0, 0, 0]
    assert (
        z[[at("yesterday_delta"), at("last_week_delta"), at("strayed_60_min"), at("others_strayed")]].tolist()
        == [0.0] * 4
    )


def test_without_a_value_or_a_profile_nothing_is_usable():
    assert not run([[np.nan]], profile=flat_profile())[1].any()
    assert not run([[0.5]])[1].any()
    only_now = np.full((1, kernels.WEEK), np.nan)
    only_now[0, 0] = 0.5
    assert run([[0.5]], profile=only_now, leads=(1, 24))[1].tolist() == [[[True, False]]]


def test_trees_go_right_beyond_the_threshold_and_add_up():
    feature = np.zeros((2, 3), np.uint8)
    feature[:, 1:] = 1
    threshold = np.array([[0.5, 0.1, 0.2], [np.inf, 0.1, 0.2]])
    leaf = np.array([[1.0, 2.0, 3.0, 4.0], [10.0, 20.0, 30.0, 40.0]])
    rows = np.array([[0.5, 0.1], [0.6, 0.15], [0.6, 0.3]])
    total = np.zeros(3)
    kernels.read_trees(rows, feature, threshold, leaf, total)
    assert total.tolist() == [11.0, 23.0, 24.0]


def test_rows_of_several_blocks_are_read_as_one_by_one():
    chance = np.random.default_rng(3)
    trees, nodes = 5, 7
    feature = chance.integers(0, 2, (trees, nodes)).astype(np.uint8)
    threshold, leaf = chance.normal(size=(trees, nodes)), chance.normal(size=(trees, nodes + 1))
    rows = chance.normal(size=(2 * kernels.BLOCK + 3, 2))
    together, alone = np.ones(rows.shape[0]), np.ones(rows.shape[0])
    kernels.read_trees(rows, feature, threshold, leaf, together)
    for n in range(rows.shape[0]):
        kernels.read_trees(rows[n : n + 1], feature, threshold, leaf, alone[n : n + 1])
    assert np.array_equal(together, alone)
