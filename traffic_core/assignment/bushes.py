"""The bushes of an assignment: one for each origin of each class that has trips."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from traffic_core.errors import InvalidValueError
from traffic_core.kernels.planning import bush_exchange, bush_gap, bush_grow

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from traffic_core.assignment.layout import Layout


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bushes:
    """Rows are bushes; the form of a row is described in `traffic_core.kernels.planning.bush_grow`."""

    row: NDArray[np.int64]
    """(B,) class times zones plus zone: row of the demand."""
    origin: NDArray[np.int64]
    bush_class: NDArray[np.int64]
    nodes: NDArray[np.int64]
    order: NDArray[np.int32]
    first: NDArray[np.int32]
    link: NDArray[np.int32]
    tail: NDArray[np.int32]
    flow: NDArray[np.float64]

    @staticmethod
    def empty(layout: Layout) -> Bushes:
        """Rows for all origins with trips, without nodes."""
        zones = layout.zone_node.size
        row = np.flatnonzero(layout.demand.sum(axis=1) > 0.0).astype(np.int64)
        size = row.size
        return Bushes(
            row=row,
            origin=np.ascontiguousarray(layout.zone_node[row % zones]) if size else np.zeros(0, dtype=np.int64),
            bush_class=row // max(zones, 1),
            nodes=np.zeros(size, dtype=np.int64),
            order=np.empty((size, layout.nodes), dtype=np.int32),
            first=np.empty((size, layout.nodes + 1), dtype=np.int32),
            link=np.empty((size, layout.links), dtype=np.int32),
            tail=np.empty((size, layout.links), dtype=np.int32),
            flow=np.empty((size, layout.links)),
        )

    def load(self, layout: Layout, out_volume: NDArray[np.float64]) -> None:
        """Put the demand on the bushes in the proportions of their flows; (M, L) volumes of the classes go out."""
        bush_grow.load(
            self.bush_class,
            self.order,
            self.first,
            self.link,
            self.tail,
            self.flow,
            self.nodes,
            layout.zone_node,
            self.row,
            layout.demand,
            out_volume,
            np.zeros(layout.nodes),
        )

    def measure(self, layout: Layout, cost: NDArray[np.float64]) -> tuple[float, float]:
        """Cost of all flows above the shortest paths, and cost of all flows."""
        return bush_gap.measure(
            self.origin,
            self.bush_class,
            layout.first_out,
            layout.to_node,
            layout.passable,
            cost,
            self.order,
            self.first,
            self.link,
            self.tail,
            self.flow,
            self.nodes,
        )

    def exchange(self, layout: Layout, cost: NDArray[np.float64]) -> None:
        """Drop unused links and take in those that can shorten a path."""
        bush_exchange.exchange(
            self.origin,
            self.bush_class,
            layout.first_out,
            layout.from_node,
            layout.to_node,
            layout.first_in,
            layout.in_link,
            layout.passable,
            cost,
            self.order,
            self.first,
            self.link,
            self.tail,
            self.flow,
            self.nodes,
        )

    def grow(self, layout: Layout, cost: NDArray[np.float64]) -> None:
        """Let the nodes that a bush does not hold yet join by their shortest path."""
        bush_grow.grow(
            self.origin,
            self.bush_class,
            layout.first_out,
            layout.to_node,
            layout.passable,
            cost,
            self.order,
            self.first,
            self.link,
            self.tail,
            self.flow,
            self.nodes,
        )


def plant(layout: Layout, cost: NDArray[np.float64], known: Bushes | None) -> Bushes:
    """Bushes that reach every zone with demand: trees of shortest paths, or `known` ones without their closed links.

    Raises
    ------
    InvalidValueError
        For demand between two zones without a way; names the pair.
    """
    bushes = Bushes.empty(layout)
    if known is not None:
        _take_over(layout, bushes, known)
    bushes.grow(layout, cost)
    _require_ways(layout, bushes)
    return bushes


def _take_over(layout: Layout, bushes: Bushes, known: Bushes) -> None:
    """Take over the rows of origins that had trips before, without closed links and what only these reached."""
    before = {int(row): b for b, row in enumerate(known.row)}
    heir_of = np.array([before.get(int(row), -1) for row in bushes.row], dtype=np.int64)
    bush_grow.inherit(
        heir_of,
        bushes.bush_class,
        layout.fixed,
        known.order,
        known.first,
        known.link,
        known.tail,
        known.flow,
        known.nodes,
        bushes.order,
        bushes.first,
        bushes.link,
        bushes.tail,
        bushes.flow,
        bushes.nodes,
    )


def _require_ways(layout: Layout, bushes: Bushes) -> None:
    zones = layout.zone_node.size
    reached = np.zeros(layout.nodes, dtype=np.bool_)
    for b, row in enumerate(bushes.row):
        held = bushes.order[b, : bushes.nodes[b]]
        reached[held] = True
        missed = (layout.demand[row] > 0.0) & ~reached[layout.zone_node]
        reached[held] = False
        if missed.any():
            zone = int(np.argmax(missed))
            start, end = layout.zone_ids[row % zones], layout.zone_ids[zone]
            name = layout.class_names[int(bushes.bush_class[b])]
            where = f"class[{name}].trips[{start}, {end}]"
            raise InvalidValueError(where, float(layout.demand[row, zone]), f"no way leads from {start} to {end}")
