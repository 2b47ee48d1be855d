"""User-equilibrium assignment by Algorithm B: deterministic, single-threaded, to any gap that rounding allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from traffic_core import require
from traffic_core.assignment.bushes import Bushes, plant
from traffic_core.assignment.flows import Flows
from traffic_core.assignment.joint import JointSteps
from traffic_core.assignment.layout import Layout
from traffic_core.errors import InvalidValueError
from traffic_core.kernels.planning.bush_shift import link_costs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from traffic_core.assignment.problem import AssignmentNetwork, TripClass

FIRST_SWEEPS = 3
REST_RATIO = 0.1
SWEEPS = 16
"""Sweeps over all bushes between two exchanges of links."""
CREEP_FROM = 4
CREEP_RATIO = 0.5
"""Where two exchanges have not brought the gap down to this part, all bushes are changed together."""
JOINT_ROUNDS, JOINT_SWEEPS, JOINT_REST_RATIO = 6, 4, 0.01


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Assignment:
    """Flows in equilibrium: nobody finds a way cheaper by more than the gap."""

    network: AssignmentNetwork
    classes: tuple[TripClass, ...]
    volume: NDArray[np.float64]
    """(L,) passenger-car equivalents of all classes."""
    class_volume: NDArray[np.float64]
    """(M, L) vehicles of each class."""
    time: NDArray[np.float64]
    """(L,) travel time at `volume`."""
    cost: NDArray[np.float64]
    """(M, L) generalised cost; inf where a class must not drive."""
    objective: float
    """Sum of the integrals of time by volume, plus toll and distance costs (Beckmann, McGuire, Winsten 1956)."""
    relative_gap: float
    """Cost of all trips above their shortest paths, over the cost of all trips; costs and flows of the same iterate."""
    gap_history: tuple[float, ...]
    converged: bool
    layout: Layout
    bushes: Bushes

    @property
    def iterations(self) -> int:
        """How often the bushes exchanged links."""
        return len(self.gap_history) - 1


def solve(
    network: AssignmentNetwork,
    classes: Sequence[TripClass],
    *,
    gap: float = 1e-6,
    max_iterations: int = 500,
    start: Assignment | None = None,
) -> Assignment:
    """Assign all classes to equilibrium.

    `start` is an equilibrium of a similar problem with the same nodes, links and zones (a changed capacity, a closed
    link, other trips): its paths are kept where they still exist.

    Raises
    ------
    InvalidValueError
        For a wrong argument, and for demand between two zones without a way; the message names the pair.
    """
    require.positive("gap", gap)
    require.between("max_iterations", max_iterations, 1, 1_000_000)
    if not classes:
        raise InvalidValueError("classes", 0, "must hold at least one class")
    if start is not None:
        _require_same_shape(start.network, network)
    flows = _begin(Layout.of(network, classes), start)
    joint = JointSteps()
    history: list[float] = []
    while True:
        flows.load()
        history.append(flows.gap())
        if history[-1] <= gap or len(history) > max_iterations:
            break
        flows.bushes.exchange(flows.layout, flows.cost)
        if len(history) >= CREEP_FROM and history[-1] > CREEP_RATIO * history[-3]:
            for _ in range(JOINT_ROUNDS):
                flows.sweep(JOINT_SWEEPS, JOINT_REST_RATIO * history[-1])
                joint.take(flows)
        else:
            flows.sweep(FIRST_SWEEPS if len(history) < 3 else SWEEPS, REST_RATIO * history[-1])
    return _result(network, tuple(classes), flows, history, gap)


def _begin(layout: Layout, start: Assignment | None) -> Flows:
    """Shortest paths at no volume, or the bushes of `start`."""
    volume = np.zeros(layout.links) if start is None else np.ascontiguousarray(start.volume[layout.sorted_links])
    cost, slope = np.empty_like(layout.fixed), np.empty(layout.links)
    link_costs(volume, layout.curve, layout.whole_power, layout.fixed, cost, slope)
    bushes = plant(layout, cost, None if start is None else start.bushes)
    return Flows(layout=layout, bushes=bushes, volume=volume, class_volume=np.zeros_like(cost), cost=cost, slope=slope)


def _require_same_shape(before: AssignmentNetwork, network: AssignmentNetwork) -> None:
    for name in ("from_node", "to_node", "zone_node", "passable"):
        if not np.array_equal(getattr(before, name), getattr(network, name)):
            size = len(getattr(before, name))
            raise InvalidValueError(f"start.network.{name}", size, "must be the same as in the network to assign")


def _result(
    network: AssignmentNetwork, classes: tuple[TripClass, ...], flows: Flows, history: list[float], gap: float
) -> Assignment:
    """Bring everything back to the order of links of the network."""
    layout = flows.layout
    back = layout.place_of_link
    pce = np.array([trips.pce for trips in classes])
    return Assignment(
        network=network,
        classes=classes,
        volume=flows.volume[back],
        class_volume=np.ascontiguousarray(flows.class_volume[:, back] / pce[:, None]),
        time=layout.time(flows.volume)[back],
        cost=np.ascontiguousarray(flows.cost[:, back]),
        objective=layout.objective(flows.class_volume),
        relative_gap=history[-1],
        gap_history=tuple(history),
        converged=bool(history[-1] <= gap),
        layout=layout,
        bushes=flows.bushes,
    )
