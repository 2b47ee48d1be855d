"""Turning flows that the demand model sends over a town's junctions in an hour.

The assignment knows links; at each node, turning flows follow from the flows of the links that end and begin there by
Furness' method, beginning with the shares of directions that the signals assume.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from api.errors import ConfigError
from signal_plans.approach_supply import signal_approaches
from signal_plans.approaches import MOVEMENT_WEIGHT
from traffic_core.assignment.solver import solve
from traffic_core.assignment.town import town_problem
from traffic_core.demand import DayType
from traffic_core.demand_files import read_demand

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from api.town import Town
    from traffic_core.network import Network

GAP = 1e-4
MOST_ITERATIONS = 200
ROUNDS = 200
SMALL = 1e-9


def assigned_turn_flows(folder: Path, town: Town, hours: Sequence[int]) -> dict[str, float]:
    """Flow of each turn, veh/h, the mean over some hours of a weekday.

    Raises `ConfigError` where the model has no demand; `FileError` where it cannot be read.
    """
    if not (folder / "demand.csv").is_file():
        raise ConfigError("--counts", None, f"must be given: {folder.name} holds no demand that flows could come from")
    demand = read_demand(folder, town.network)
    if not any(cell.veh_24h > 0.0 for cell in demand.cells):
        raise ConfigError("--counts", None, f"must be given: the demand of {folder.name} is empty")
    approaches = signal_approaches(town.network, town.junctions)
    total = np.zeros(len(town.network.links))
    for hour in hours:
        problem = town_problem(town.network, demand, day_type=DayType.WEEKDAY, hour=hour, approaches=approaches)
        found = solve(problem.assignment_network, problem.classes, gap=GAP, max_iterations=MOST_ITERATIONS)
        total += found.class_volume[:, problem.street_links].sum(axis=0)
    return turn_flows(town.network, dict(zip(town.network.links, (total / len(hours)).tolist(), strict=True)))


def turn_flows(network: Network, link_flow_veh_h: Mapping[str, float]) -> dict[str, float]:
    """Flow of each turn from flows of all links."""
    at_node: dict[str, list[str]] = {}
    for turn in network.turns.values():
        at_node.setdefault(turn.node_id, []).append(turn.id)
    found: dict[str, float] = {}
    for turns in at_node.values():
        arriving = list(dict.fromkeys(network.turns[turn].from_link for turn in turns))
        leaving = list(dict.fromkeys(network.turns[turn].to_link for turn in turns))
        weight = np.zeros((len(arriving), len(leaving)))
        cells = []
        for turn_id in turns:
            turn = network.turns[turn_id]
            cells.append((arriving.index(turn.from_link), leaving.index(turn.to_link)))
            weight[cells[-1]] += MOVEMENT_WEIGHT[turn.movement] or SMALL
        inflow, outflow = (np.array([link_flow_veh_h[link] for link in links]) for links in (arriving, leaving))
        flow = furness(weight, inflow, outflow)
        found.update((turn_id, float(flow[cell])) for turn_id, cell in zip(turns, cells, strict=True))
    return found


def furness(
    weight: NDArray[np.float64], inflow: NDArray[np.float64], outflow: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Table (A, L) with the row sums `inflow` (A,) and column sums as close to `outflow` (L,) as the rows allow.

    Rows and columns of `weight` are scaled in turn; the rows, scaled last, are met exactly.
    """
    flow = weight.copy()
    for _ in range(ROUNDS):
        flow *= outflow / np.maximum(flow.sum(axis=0), SMALL)
        rows = flow.sum(axis=1, keepdims=True)
        flow = np.where(rows > SMALL, flow, weight)  # a row whose exits all carry nothing parts by weight
        flow *= (inflow / np.maximum(flow.sum(axis=1), SMALL))[:, np.newaxis]
    return flow
