"""Boosted trees as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from traffic_core.errors import InvalidValueError
from traffic_core.kernels.parking_forecast import FEATURES, read_trees

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trees:
    """M complete binary trees of depth D, whose sayings add up."""

    feature: NDArray[np.uint8]
    """(M, 2^D - 1) feature that a node looks at."""
    threshold: NDArray[np.float64]
    """(M, 2^D - 1) beyond it the way goes to the right; infinite: never."""
    leaf: NDArray[np.float64]
    """(M, 2^D) what is said."""

    def __post_init__(self) -> None:
        trees, nodes = self.feature.shape if self.feature.ndim == 2 else (-1, -1)
        if self.threshold.shape != (trees, nodes) or self.leaf.shape != (trees, nodes + 1):
            raise InvalidValueError("trees.shape", self.leaf.shape, f"must fit {self.feature.shape} nodes")
        if (nodes + 1) & nodes:
            raise InvalidValueError("trees.nodes", nodes, "must be one less than a power of two")
        if self.feature.size and int(self.feature.max()) >= FEATURES:
            raise InvalidValueError("trees.feature", int(self.feature.max()), f"must be below {FEATURES}")
        if not np.isfinite(self.leaf).all() or np.isnan(self.threshold).any():
            raise InvalidValueError("trees.leaf", "nan", "must be finite")

    def read(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """(N,) sum over all trees for (N, K) features."""
        total = np.zeros(rows.shape[0])
        read_trees(np.ascontiguousarray(rows, np.float64), self.feature, self.threshold, self.leaf, total)
        return total
