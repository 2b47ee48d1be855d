"""Tables of the runs of a scenario, averaged over the seeds: what curves and maps show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.results.run_result import Column, RunResult, Table

KEYS = frozenset({"interval_start_s"})
"""Columns of numbers that say which row it is; columns of text always do."""


class MeanTables:
    """Takes runs one after the other, so that no two are in memory, and always in the same order."""

    def __init__(self) -> None:
        self._keys: dict[str, dict[str, Column]] = {}
        self._columns: dict[str, list[str]] = {}
        self._sums: dict[str, dict[str, NDArray[np.float64]]] = {}
        self._counts: dict[str, dict[str, NDArray[np.int64]]] = {}

    def add(self, result: RunResult) -> None:
        """Count a run in.

        Raises
        ------
        InvalidValueError
            Where its tables have other names, columns or rows than those before.
        """
        where = f"run[{result.scenario_id}, {result.seed}].tables"
        if not self._columns:
            self._begin(result)
        elif sorted(result.tables) != sorted(self._columns):
            raise InvalidValueError(where, sorted(result.tables), f"must be {sorted(self._columns)} as in other runs")
        for name, table in result.tables.items():
            self._check(f"{where}[{name}]", name, table)
            for column, total in self._sums[name].items():
                values = np.asarray(table[column], np.float64)
                defined = ~np.isnan(values)
                total[defined] += values[defined]
                self._counts[name][column] += defined

    def means(self) -> dict[str, dict[str, Column]]:
        """Tables by name, sorted: keys as they are, of each number the mean over the runs in which it is not NaN."""
        return {name: {at: self._mean(name, at) for at in columns} for name, columns in sorted(self._columns.items())}

    def _mean(self, name: str, column: str) -> Column:
        if column in self._keys[name]:
            return self._keys[name][column]
        counts = self._counts[name][column]
        mean = np.full(len(counts), np.nan)
        np.divide(self._sums[name][column], counts, out=mean, where=counts > 0)
        return mean

    def _begin(self, result: RunResult) -> None:
        for name, table in result.tables.items():
            keys = {at: column for at, column in table.items() if at in KEYS or isinstance(column, tuple)}
            self._keys[name] = keys
            self._columns[name] = list(table)
            self._sums[name] = {at: np.zeros(len(table[at])) for at in table if at not in keys}
            self._counts[name] = {at: np.zeros(len(table[at]), np.int64) for at in table if at not in keys}

    def _check(self, where: str, name: str, table: Table) -> None:
        if list(table) != self._columns[name]:
            raise InvalidValueError(where, list(table), f"must have the columns {self._columns[name]} as in other runs")
        for at, key in self._keys[name].items():
            if len(key) != len(table[at]) or not np.array_equal(np.asarray(key), np.asarray(table[at])):
                raise InvalidValueError(
                    f"{where}.{at}", len(table[at]), f"must be the same {len(key)} as in other runs"
                )
        rows = {len(column) for column in table.values()}
        for total in self._sums[name].values():
            if rows != {len(total)}:
                raise InvalidValueError(where, sorted(rows), f"must have {len(total)} rows as in other runs")
