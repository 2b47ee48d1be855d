"""Who has waited for the longest red gets a stage, the longest first."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from signal_plans.adaptive.sightings import Sightings
from signal_plans.stage_guard import LONGEST_RED_S, LONGEST_UNSEEN_RED_S, StageGuard
from signal_plans.streams.from_layout import stream_town
from signal_plans.town import town_of

N, E, S, W, FN, FE = range(6)
FREE = np.array([True])


@pytest.fixture(name="guard")
def guard_fixture(build):
    network, layout = build.network(["J"]), build.crossing("J")
    streams = stream_town(network, [layout])
    guard = StageGuard(town_of([layout]), streams)
    lane_of = {stream.group: stream.lane for stream in streams.junctions[0].streams}
    return guard, lane_of


def green(*groups):
    lit = np.zeros(6, np.bool_)
    lit[list(groups)] = True
    return lit


def seen(lane):
    return Sightings(np.array([lane]), np.array([20.0]), np.array([3.0]), np.ones(1))


def test_pedestrians_are_served_after_the_longest_red_without_being_seen(guard):
    guard, _ = guard
    guard.watch(green(N, S, FE), LONGEST_RED_S - 1, None)
    assert guard.overdue(FREE) == []
    guard.watch(green(N, S, FE), 1, None)
    assert guard.overdue(FREE) == [(0, 1, "FN")]
    assert guard.overdue(~FREE) == []


def test_vehicles_are_served_where_one_was_seen_since_their_last_green(guard):
    guard, lane_of = guard
    guard.watch(green(E, W, FN), 1, seen(lane_of["N"]))
    guard.watch(green(E, W, FN, FE), LONGEST_RED_S, None)
    assert guard.overdue(FREE) == [(0, 0, "N")]
    guard.watch(green(N, S, FE), 1, None)
    guard.watch(green(FN, FE), 2 * LONGEST_RED_S, None)
    assert guard.overdue(FREE) == [], "nobody has come since"


def test_of_several_who_wait_the_longest_is_first_and_then_the_earlier_in_the_layout(guard):
    guard, lane_of = guard
    guard.watch(green(FE), 10, seen(lane_of["W"]))
    guard.watch(green(), LONGEST_RED_S, None)
    assert guard.overdue(FREE) == [(0, 1, "W")]
    guard.watch(green(W, FN), 1, None)
    assert guard.overdue(FREE) == [(0, 0, "FE")]


def test_vehicles_are_served_now_and_then_where_nobody_is_ever_seen(guard):
    guard, _ = guard
    for _ in range(LONGEST_UNSEEN_RED_S):
        guard.watch(green(N, S, FN, FE), 1, None)
    assert guard.overdue(FREE) == [(0, 1, "E")]


@pytest.fixture(name="on_request")
def on_request_fixture(build):
    """A guard of a crossing where FN has a button."""
    network, layout = build.network(["J"]), build.crossing("J")
    groups = {name: replace(group, on_request=name == "FN") for name, group in layout.groups.items()}
    layout = replace(layout, groups=groups)
    return StageGuard(town_of([layout]), stream_town(network, [layout]))


def waiting(waited_s):
    waited = np.full(6, np.nan)
    waited[FN] = waited_s
    return waited


def test_a_group_with_a_button_is_served_after_the_longest_wait_from_the_press_on(on_request):
    on_request.watch(green(N, S, FE), 2 * LONGEST_UNSEEN_RED_S, None, np.full(6, np.nan))
    assert ("FN", 0) not in [(group, 0) for _, _, group in on_request.overdue(FREE)]
    on_request.watch(green(N, S, FE, E, W), 1, None, waiting(LONGEST_RED_S - 1.0))
    assert on_request.overdue(FREE) == []
    on_request.watch(green(N, S, FE, E, W), 1, None, waiting(float(LONGEST_RED_S)))
    assert on_request.overdue(FREE) == [(0, 1, "FN")]


def test_where_nothing_is_known_of_buttons_they_count_as_pressed(on_request):
    on_request.watch(green(N, S, FE, E, W), LONGEST_RED_S, None)
    on_request.watch(green(N, S, FE, E, W), 1, None)
    assert on_request.overdue(FREE) == [(0, 1, "FN")]
