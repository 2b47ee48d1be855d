"""Demand is rounded without losing small streams, and shared out among districts and vehicle classes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parking.assignment import guidance_cells
from parking.demand import ParkingDemand, rounded
from parking.visitors import Visitors
from traffic_core.errors import InvalidValueError


class SameFlow:
    """Stands in for the flows of detectors: 3,600 veh/h on every link."""

    def of(self, links):
        return np.full(len(links), 3_600.0), np.ones(len(links), np.bool_)


@pytest.fixture
def model(town):
    facilities = [town.facility("A"), town.facility("B", district="Nord")]
    return town.model(facilities, [town.sign("S", "A", "B")])


def test_those_who_follow_are_shared_among_districts_and_classes(model):
    visitors = Visitors(class_share={"car": 0.8, "van": 0.2})
    cells = guidance_cells(model, visitors)
    # 3,600 veh/h × 5 min × 15 % who park × 20 % who follow = 9; half to each district, of those 80 and 20 %
    found = ParkingDemand(model, cells, visitors=visitors).of(SameFlow())
    assert [(cell.district, cell.vehicle_class) for cell in cells] == [
        ("Mitte", "car"),
        ("Mitte", "van"),
        ("Nord", "car"),
        ("Nord", "van"),
    ]
    assert found.tolist() == [4, 1, 3, 1]


@pytest.mark.parametrize(("share", "drivers"), [(0.2, 9), (0.5, 22), (1.0, 45), (0.0, 0)])
def test_demand_grows_with_those_who_follow(model, share, drivers):
    assert ParkingDemand(model, guidance_cells(model), share).of(SameFlow()).sum() == drivers


def test_an_impossible_share_is_refused(model):
    with pytest.raises(InvalidValueError, match="following_share"):
        ParkingDemand(model, guidance_cells(model), 1.1)


def test_sixteen_small_streams_are_six_drivers_together():
    exact = np.full(16, 0.366)
    assert rounded(exact).sum() == 6


@given(st.lists(st.floats(0.0, 500.0), max_size=40))
def test_the_sum_is_kept_and_nobody_is_off_by_a_whole_driver(exact):
    whole = rounded(np.array(exact))
    assert whole.sum() == round(float(np.sum(exact)))
    assert all(abs(r - e) < 1.0 + 1e-9 for r, e in zip(whole, exact, strict=True))
