"""Flows on the bushes, and the link volumes and costs that belong to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from traffic_core.kernels.planning.bush_shift import equilibrate, link_costs

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from traffic_core.assignment.bushes import Bushes
    from traffic_core.assignment.layout import Layout


@dataclass(slots=True, kw_only=True, eq=False)
class Flows:
    """One iterate, in the order of links of the layout; all volumes are passenger-car equivalents."""

    layout: Layout
    bushes: Bushes
    volume: NDArray[np.float64]
    """(L,)"""
    class_volume: NDArray[np.float64]
    """(M, L) as of the last `load`."""
    cost: NDArray[np.float64]
    """(M, L) at `volume`; inf where a class must not drive."""
    slope: NDArray[np.float64]
    """(L,) derivative of the travel time by the volume."""

    def load(self) -> None:
        """Put the demand on the bushes in the proportions of their flows."""
        self.bushes.load(self.layout, self.class_volume)
        self.class_volume.sum(axis=0, out=self.volume)
        link_costs(self.volume, self.layout.curve, self.layout.whole_power, self.layout.fixed, self.cost, self.slope)

    def gap(self) -> float:
        """Relative gap of the flows at their costs; right after `load`."""
        excess, total = self.bushes.measure(self.layout, self.cost)
        return max(excess, 0.0) / total if total > 0.0 else 0.0

    def sweep(self, sweeps: int, even_ratio: float) -> None:
        """Even out used paths bush by bush, in so many sweeps at most."""
        equilibrate(
            self.bushes.bush_class,
            self.bushes.nodes,
            self.bushes.first,
            self.bushes.link,
            self.bushes.tail,
            self.bushes.flow,
            self.volume,
            self.layout.curve,
            self.layout.whole_power,
            self.layout.fixed,
            self.cost,
            self.slope,
            sweeps,
            even_ratio,
        )
