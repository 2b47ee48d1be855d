"""Figures of links over an hour and over several: hand-calculated."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from traffic_core.assignment.results import LinkResults, period_results, slice_results, volume_capacity_ratio
from traffic_core.assignment.solver import solve
from traffic_core.errors import InvalidValueError

from .conftest import network_of, trips_of


def results(volume, time, *, capacity=(100.0, 100.0), cost=None, names=("car",)):
    table = np.atleast_2d(np.array(volume, dtype=np.float64))
    times = np.array(time, dtype=np.float64)
    total = table.sum(axis=0)
    return LinkResults(
        class_names=names,
        class_volume=table,
        capacity=np.array(capacity),
        volume_capacity_ratio=volume_capacity_ratio(total, np.array(capacity)),
        peak_slice=np.zeros(2, dtype=np.int64),
        peak_volume=total,
        free_flow_time=np.array([10.0, 20.0]),
        time=times,
        peak_time=times,
        cost=np.atleast_2d(times if cost is None else np.array(cost, dtype=np.float64)),
        length=np.array([500.0, 1_000.0]),
    )


def test_volume_over_capacity_is_unknown_without_capacity_and_zero_without_limit():
    ratio = volume_capacity_ratio(np.array([50.0, 50.0, 50.0]), np.array([100.0, 0.0, np.inf]))
    assert ratio == pytest.approx([0.5, np.nan, 0.0], nan_ok=True)


def test_an_assignment_gives_vehicles_load_and_times_of_the_links_asked_for():
    """4 cars and 3 lorries of 2 pce on one link: 10 pce, 7 vehicles; 5 (1 + 10 / 10) = 10."""
    network = network_of([(0, 1, 5.0, 10.0, 1.0, 1.0, 300.0), (1, 2, 1.0, 0.0, 0.0, 0.0, 50.0)], [0, 2])
    classes = [trips_of(2, {(0, 1): 4.0}), trips_of(2, {(0, 1): 3.0}, name="lorry", pce=2.0, distance_weight=0.1)]
    found = slice_results(solve(network, classes, gap=1e-9), np.array([1, 0]))
    assert found.class_names == ("car", "lorry")
    assert found.volume == pytest.approx([7.0, 7.0])
    assert found.class_volume[1] == pytest.approx([3.0, 3.0])
    assert found.volume_capacity_ratio == pytest.approx([np.nan, 1.0], nan_ok=True)
    assert found.time == pytest.approx([1.0, 10.0])
    assert found.cost[1] == pytest.approx([1.0 + 5.0, 10.0 + 30.0])
    assert found.vehicle_time == pytest.approx(7 * 1.0 + 7 * 10.0)
    assert found.vehicle_distance == pytest.approx(7 * 350.0)


def test_a_period_sums_volumes_and_means_times_over_the_vehicles():
    found = period_results([results([10.0, 0.0], [12.0, 20.0]), results([30.0, 0.0], [16.0, 22.0])])
    assert found.volume.tolist() == [40.0, 0.0]
    assert found.time == pytest.approx([(10 * 12 + 30 * 16) / 40, 21.0])
    assert found.vehicle_time == pytest.approx(10 * 12 + 30 * 16)
    assert found.vehicle_distance == pytest.approx(40 * 500)


def test_a_period_keeps_the_figures_of_the_busiest_slice():
    slices = [results([10.0, 50.0], [12.0, 20.0]), results([30.0, 40.0], [16.0, 22.0])]
    found = period_results(slices)
    assert found.peak_slice.tolist() == [1, 0]
    assert found.peak_volume.tolist() == [30.0, 50.0]
    assert found.volume_capacity_ratio.tolist() == [0.3, 0.5]
    assert found.peak_time.tolist() == [16.0, 20.0]


def test_unknown_load_stays_unknown_in_a_period():
    slices = [results([10.0, 50.0], [12.0, 20.0], capacity=(0.0, 100.0)) for _ in range(2)]
    assert np.isnan(period_results(slices).volume_capacity_ratio[0])


def test_the_infinite_cost_of_a_closed_link_does_not_spread():
    found = period_results([results([0.0, 10.0], [10.0, 20.0], cost=[np.inf, 25.0])] * 2)
    assert found.cost[0].tolist() == [np.inf, 25.0]


def test_slices_must_exist_and_have_the_same_classes():
    with pytest.raises(InvalidValueError, match="slices = 0: must be at least one"):
        period_results([])
    one = results([1.0, 2.0], [1.0, 2.0])
    with pytest.raises(InvalidValueError, match="class_names"):
        period_results([one, replace(one, class_names=("lorry",))])


@given(st.lists(st.tuples(st.floats(0, 1e4), st.floats(1, 1e3)), min_size=1, max_size=24))
def test_vehicle_time_of_a_period_is_the_sum_of_its_slices(hours):
    slices = [results([volume, 1.0], [time, 1.0]) for volume, time in hours]
    found = period_results(slices)
    assert found.vehicle_time == pytest.approx(sum(each.vehicle_time for each in slices), abs=1e-6)
    assert found.volume_capacity_ratio[0] == max(each.volume_capacity_ratio[0] for each in slices)
