"""Steps of all bushes together: taken where shifts one by one creep, harmless everywhere."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traffic_core.assignment import solver
from traffic_core.assignment.bushes import plant
from traffic_core.assignment.flows import Flows
from traffic_core.assignment.joint import JointSteps
from traffic_core.assignment.layout import Layout
from traffic_core.kernels.planning.bush_shift import link_costs

from .conftest import imbalance, judged_gap, network_of, trips_of


def _overloaded(seed, side=5):
    """A grid on which everybody wants everywhere, at several times its capacity."""
    rng = np.random.default_rng(seed)
    links = []
    for x in range(side):
        for y in range(side):
            for i, j in ((x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)):
                if 0 <= i < side and 0 <= j < side:
                    ends = (x * side + y, i * side + j)
                    links.append((*ends, float(rng.uniform(1, 3)), float(rng.uniform(5, 15)), 0.15, 4.0))
    zones = list(range(0, side * side, 2))
    pairs = {(o, d): float(rng.exponential(3.0)) for o in range(len(zones)) for d in range(len(zones)) if o != d}
    return network_of(links, zones), trips_of(len(zones), pairs)


def _begun(network, trips):
    layout = Layout.of(network, [trips])
    cost, slope, volume = np.empty_like(layout.fixed), np.empty(layout.links), np.zeros(layout.links)
    link_costs(volume, layout.curve, layout.whole_power, layout.fixed, cost, slope)
    flows = Flows(
        layout=layout,
        bushes=plant(layout, cost, None),
        volume=volume,
        class_volume=np.zeros_like(cost),
        cost=cost,
        slope=slope,
    )
    flows.load()
    for _ in range(3):
        flows.bushes.exchange(layout, flows.cost)
        flows.sweep(2, 0.0)
        flows.load()
    return flows


@settings(max_examples=10)
@given(seed=st.integers(0, 2**32 - 1))
def test_a_joint_step_lowers_the_objective_or_changes_nothing(seed):
    network, trips = _overloaded(seed)
    flows = _begun(network, trips)
    before, volume = flows.layout.objective(flows.class_volume), flows.volume.copy()
    taken = JointSteps().take(flows)
    after = flows.layout.objective(flows.class_volume)
    if taken:
        assert after < before
    else:
        assert flows.volume == pytest.approx(volume, rel=1e-12)
    assert imbalance(network, trips, flows.volume[flows.layout.place_of_link]) < 1e-9
    assert all(
        (flows.bushes.flow[b, : flows.bushes.first[b, held]] >= 0.0).all() for b, held in enumerate(flows.bushes.nodes)
    )


def test_an_overloaded_grid_converges_with_joint_steps(monkeypatch):
    taken = []
    take = JointSteps.take
    monkeypatch.setattr(JointSteps, "take", lambda self, flows: taken.append(take(self, flows)) or taken[-1])
    monkeypatch.setattr(solver, "CREEP_RATIO", 0.0)
    network, trips = _overloaded(3)
    found = solver.solve(network, [trips], gap=1e-11, max_iterations=100)
    assert found.converged
    assert any(taken)
    assert (found.volume / network.capacity).max() > 3.0
    assert judged_gap(network, trips, found.volume) == pytest.approx(found.relative_gap, abs=1e-12)
    assert imbalance(network, trips, found.volume) < 1e-9
