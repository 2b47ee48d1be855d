"""The classic instances, against their published optima; judged without bushes by `judged_gap`."""

from dataclasses import replace

import numpy as np
import pytest

from traffic_core.assignment.problem import TripClass
from traffic_core.assignment.solver import solve
from traffic_core.formats.tntp.reader import read_tntp_network, read_tntp_trips

from .conftest import imbalance, judged_gap

OPTIMA = {"SiouxFalls": 4_231_335.28710744, "Anaheim": 1_286_032.17109, "Barcelona": 1_265_654.92203}


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.parametrize("name", OPTIMA)
def test_a_gap_of_1e_12_meets_the_published_objective(name, shared_data):
    folder = shared_data / "tntp" / name
    network = read_tntp_network(folder / f"{name}_net.tntp")
    trips = TripClass(name="car", trips=read_tntp_trips(folder / f"{name}_trips.tntp", network.zone_ids))
    found = solve(network, [trips], gap=1e-12)
    assert found.converged
    assert found.objective == pytest.approx(OPTIMA[name], rel=1e-11)
    assert imbalance(network, trips, found.volume) < 1e-8
    assert abs(judged_gap(network, trips, found.volume)) <= 1.5e-12
    assert found.relative_gap <= 1e-12
    capacity = network.capacity.copy()
    capacity[int(np.argmax(np.where(network.b > 0, found.volume, 0.0)))] /= 2.0
    narrow = replace(network, capacity=capacity)
    warm = solve(narrow, [trips], gap=1e-10, start=found)
    cold = solve(narrow, [trips], gap=1e-10)
    assert warm.converged
    assert warm.objective == pytest.approx(cold.objective, rel=1e-9)
    assert warm.objective > found.objective
