"""Trip tables with given margins: iterative proportional fitting in two and three dimensions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from numpy.typing import NDArray

MARGIN_TOLERANCE = 1e-9
"""Relative difference at which two sums of margins are taken for equal, and at which the balance is done."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Balanced:
    """A table that meets its margins, and how it got there."""

    trips: NDArray[np.float64]
    """(O, D) trips from row to column."""
    iterations: int
    margin_error: float
    """Largest |sum - wanted| / total over all rows, columns and blocks."""


def balance(
    seed: NDArray[np.float64],
    rows: NDArray[np.float64],
    columns: NDArray[np.float64],
    *,
    blocks: tuple[NDArray[np.int64], NDArray[np.float64]] | None = None,
    tolerance: float = MARGIN_TOLERANCE,
    max_iterations: int = 5_000,
) -> Balanced:
    """Scale rows and columns of a seed in turn until both margins are met: t[i, j] = a[i] b[j] seed[i, j].

    The result keeps all cross ratios of the seed and is the only such table; a zero of the seed stays zero.
    `blocks` adds a third margin: (O, D) the number, from 0 to B - 1, of each cell's block and (B,) the wanted totals.

    Sources: Furness (1965), Time function iteration, Traffic Engineering and Control 7, 458-460; with blocks: Evans and
    Kirby (1974), A three-dimensional Furness procedure for calibrating gravity models, Transportation Research 8.

    Raises
    ------
    InvalidValueError
        Where a number is negative or not finite, shapes do not fit, the margins have different sums, a row, column or
        block with trips has no cell to put them in, or the margins contradict each other.
    """
    _require_table(seed, rows, columns, blocks)
    table = seed.astype(np.float64)
    total = float(rows.sum())
    if total <= 0.0:
        return Balanced(trips=np.zeros_like(table), iterations=0, margin_error=0.0)
    error = np.inf
    for iteration in range(1, max_iterations + 1):
        table *= _factors(rows, table.sum(axis=1), "rows")[:, None]
        table *= _factors(columns, table.sum(axis=0), "columns")[None, :]
        if blocks is not None:
            of_cell, wanted = blocks
            table *= _factors(wanted, _block_sums(table, of_cell, wanted.size), "blocks")[of_cell]
        error = _margin_error(table, rows, columns, blocks) / total
        if error <= tolerance:
            return Balanced(trips=table, iterations=iteration, margin_error=error)
    limit = f"must come to {tolerance:g} of the total in {max_iterations} steps: the margins contradict each other"
    raise InvalidValueError("margins", error, limit)


def scaled_to_shares(
    trips: NDArray[np.float64], block_of: NDArray[np.int64], shares: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The table with each block scaled so that the blocks have these shares of an unchanged total.

    `block_of` (O, D) names the block of each cell, -1 for a cell that no share speaks of and that stays as it is.
    Row and column sums change with the blocks; `balance` with blocks holds all three.

    Raises
    ------
    InvalidValueError
        Where the shares do not sum to 1 or a block with a share has no trips.
    """
    if abs(float(shares.sum()) - 1.0) > 1e-6 or not (np.isfinite(shares) & (shares >= 0.0)).all():
        raise InvalidValueError("shares", shares.tolist(), "must be numbers of at least 0 that sum to 1")
    inside = block_of >= 0
    total = float(trips[inside].sum())
    known = np.where(inside, block_of, 0)
    sums = _block_sums(np.where(inside, trips, 0.0), known, shares.size)
    factors = _factors(shares * total, sums, "blocks")
    return np.where(inside, trips * factors[known], trips)


def _factors(wanted: NDArray[np.float64], sums: NDArray[np.float64], name: str) -> NDArray[np.float64]:
    stuck = (sums <= 0.0) & (wanted > 0.0)
    if stuck.any():
        at = int(np.argmax(stuck))
        raise InvalidValueError(f"{name}[{at}]", float(wanted[at]), "must have a cell of the seed above 0 to lie in")
    return np.divide(wanted, sums, out=np.zeros_like(wanted), where=sums > 0.0)


def _block_sums(table: NDArray[np.float64], of_cell: NDArray[np.int64], n: int) -> NDArray[np.float64]:
    sums: NDArray[np.float64] = np.zeros(n)
    np.add.at(sums, of_cell.ravel(), table.ravel())
    return sums


def _margin_error(
    table: NDArray[np.float64],
    rows: NDArray[np.float64],
    columns: NDArray[np.float64],
    blocks: tuple[NDArray[np.int64], NDArray[np.float64]] | None,
) -> float:
    errors = [np.abs(table.sum(axis=1) - rows).max(), np.abs(table.sum(axis=0) - columns).max()]
    if blocks is not None:
        errors.append(np.abs(_block_sums(table, blocks[0], blocks[1].size) - blocks[1]).max())
    return float(max(errors))


def _require_table(
    seed: NDArray[np.float64],
    rows: NDArray[np.float64],
    columns: NDArray[np.float64],
    blocks: tuple[NDArray[np.int64], NDArray[np.float64]] | None,
) -> None:
    margins = [("rows", rows), ("columns", columns)]
    if seed.shape != (rows.size, columns.size):
        raise InvalidValueError("seed", seed.shape, f"must have the shape ({rows.size}, {columns.size}) of its margins")
    if blocks is not None:
        margins.append(("blocks", blocks[1]))
        if blocks[0].shape != seed.shape or blocks[0].min() < 0 or blocks[0].max() >= blocks[1].size:
            raise InvalidValueError("blocks", blocks[0].shape, "must name a block for each cell of the seed")
    for name, values in (("seed", seed), *margins):
        good = np.isfinite(values) & (values >= 0.0)
        if not good.all():
            at = tuple(int(place) for place in np.argwhere(~good)[0])
            raise InvalidValueError(f"{name}{list(at)}", float(values[at]), "must be a finite number of at least 0")
    total = float(rows.sum())
    for name, values in margins:
        if abs(float(values.sum()) - total) > MARGIN_TOLERANCE * max(total, 1.0):
            raise InvalidValueError(f"sum of {name}", float(values.sum()), f"must be {total:g} like the rows")
