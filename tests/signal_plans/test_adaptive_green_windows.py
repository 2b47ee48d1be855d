"""Coordination as a wish: seconds in which a programme shows its main stage, and what red costs in them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from signal_plans.adaptive.green_windows import GreenWindows, window_of
from signal_plans.programme import COMPUTED_ID
from signal_plans.streams.from_layout import stream_town
from signal_plans.timing import programme_from_stages


@pytest.fixture(name="case")
def case_fixture(build):
    """N and S are green for 30 s, E and W for 14 s, of a cycle of 60 s."""
    network, layout = build.network(["J"]), build.crossing("J")
    return stream_town(network, [layout]), programme_from_stages(layout, (30, 14), "wave", 0)


def lanes(town, *groups):
    junction = town.junctions[0]
    return sorted({stream.lane for stream in junction.streams if stream.group in groups})


def test_the_window_is_the_green_of_the_main_stage_on_its_lanes(case):
    town, programme = case
    window = window_of(town.junctions[0], programme)
    start = next(window_.start_s for window_ in programme.greens["N"])
    expected = np.zeros(programme.cycle_s, np.bool_)
    expected[(start + np.arange(programme.greens["N"][0].length_s)) % programme.cycle_s] = True
    for lane in lanes(town, "N", "S"):
        assert window[lane].tolist() == expected.tolist()
    assert not window[lanes(town, "E", "W")].any()


def test_a_programme_from_counts_has_no_window(case):
    town, programme = case
    assert not window_of(town.junctions[0], replace(programme, id=COMPUTED_ID)).any()


def test_costs_follow_the_cycle_and_its_offset(case):
    town, programme = case
    lane = lanes(town, "N")[0]
    window = window_of(town.junctions[0], programme)[lane]
    windows = GreenWindows(town, 2.5, 20)
    now_s = 1_795_246_200
    for offset_s in (0, 17, 17):
        moved = replace(programme, offset_s=offset_s)
        first = (now_s + 1 - offset_s) % programme.cycle_s
        cost_s = windows.red_cost_s(now_s, [moved])
        assert cost_s.shape == (len(town.junctions[0].lanes), 20)
        assert cost_s[lane].tolist() == [2.5 * window[(first + t) % programme.cycle_s] for t in range(20)]
