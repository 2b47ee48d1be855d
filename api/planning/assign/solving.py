"""The solve itself, with its CPU time: of each slice of a case, and again with closed links."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from traffic_core.assignment.results import LinkResults, slice_results
from traffic_core.assignment.solver import solve

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from api.planning.assign.case import Slice
    from traffic_core.assignment.problem import TripClass
    from traffic_core.assignment.solver import Assignment


@dataclass(slots=True, kw_only=True)
class Solution:
    """Figures over all slices of a case."""

    objective: float = 0.0
    relative_gap: float = 0.0
    """The largest of the slices."""
    iterations: int = 0
    cpu_s: float = 0.0
    """CPU time of the process in the solves alone."""
    converged: bool = True
    trips: float = 0.0
    """Vehicles between different zones."""
    results: list[LinkResults] = field(default_factory=list)
    """Of each slice."""

    def add(self, assignment: Assignment, cpu_s: float, rows: NDArray[np.int64]) -> None:
        """Count the assignment of one more slice."""
        self.objective += float(assignment.objective)
        self.relative_gap = max(self.relative_gap, float(assignment.relative_gap))
        self.iterations += assignment.iterations
        self.cpu_s += cpu_s
        self.converged = self.converged and bool(assignment.converged)
        self.trips += sum(float(each.trips.sum() - each.trips.trace()) for each in assignment.classes)
        self.results.append(slice_results(assignment, rows))


@dataclass(slots=True, kw_only=True)
class ClosedSolution:
    """The network with closed links: found from the flows before (warm) and from nothing (cold)."""

    links: tuple[str, ...]
    warm: Solution = field(default_factory=Solution)
    cold: Solution = field(default_factory=Solution)

    @property
    def share(self) -> float:
        """CPU time of the warm start over that of the cold one."""
        return self.warm.cpu_s / self.cold.cpu_s if self.cold.cpu_s > 0.0 else 0.0


def timed_solve(
    piece: Slice, classes: Sequence[TripClass], *, gap: float, max_iterations: int, start: Assignment | None = None
) -> tuple[Assignment, float]:
    """Assignment and CPU time of one slice, s."""
    began_s = time.process_time()
    assignment = solve(piece.network, classes, gap=gap, max_iterations=max_iterations, start=start)
    return assignment, time.process_time() - began_s


def closed_classes(piece: Slice, places: Collection[int]) -> tuple[TripClass, ...]:
    """Classes of a slice that must not drive the links at `places` among the links of the case."""
    shut = np.zeros(len(piece.network.link_ids), dtype=np.uint8)
    shut[piece.rows[list(places)]] = 1
    return tuple(
        replace(each, closed=shut if each.closed is None else np.maximum(each.closed, shut)) for each in piece.classes
    )
