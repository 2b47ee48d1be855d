"""A linear programme written row by row."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray


class Variables:
    """Columns with bounds; some hold whole numbers."""

    def __init__(self) -> None:
        self.low: list[float] = []
        self.high: list[float] = []
        self.integrality: list[int] = []

    def __len__(self) -> int:
        return len(self.low)

    def add(self, low: float, high: float, *, whole: bool = False) -> int:
        """Add a column and return its place."""
        self.low.append(low)
        self.high.append(high)
        self.integrality.append(int(whole))
        return len(self.low) - 1


class Rows:
    """Constraints and rewards, each as factors by column."""

    def __init__(self) -> None:
        self._rows: list[Mapping[int, float]] = []
        self._low: list[float] = []
        self._high: list[float] = []
        self._reward: dict[int, float] = {}

    def at_most(self, factors: Mapping[int, float], limit: float) -> None:
        """Sum of factor times variable is at most `limit`."""
        self._add(factors, -math.inf, limit)

    def equal(self, factors: Mapping[int, float], value: float) -> None:
        """Sum of factor times variable is `value`."""
        self._add(factors, value, value)

    def reward(self, column: int, value: float) -> None:
        """What one unit of a variable is worth."""
        self._reward[column] = self._reward.get(column, 0.0) + value

    def objective(self, columns: int) -> NDArray[np.float64]:
        """Rewards (columns,)."""
        worth = np.zeros(columns)
        for column, value in self._reward.items():
            worth[column] = value
        return worth

    def matrix(self, columns: int) -> tuple[Any, NDArray[np.float64], NDArray[np.float64]]:
        """Sparse matrix (rows, columns) with lower and upper limits (rows,)."""
        from scipy.sparse import csr_array  # noqa: PLC0415  planning only: the live service never needs it

        data = [factor for row in self._rows for factor in row.values()]
        places = [column for row in self._rows for column in row]
        starts = np.cumsum([0, *(len(row) for row in self._rows)])
        shape = (len(self._rows), columns)
        return csr_array((data, places, starts), shape=shape), np.array(self._low), np.array(self._high)

    def _add(self, factors: Mapping[int, float], low: float, high: float) -> None:
        self._rows.append(factors)
        self._low.append(low)
        self._high.append(high)
