"""The transportation problem, exactly: who is sent where at the least total cost."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from traffic_core.jit import bare_inner, inner, kernel

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

UNLIMITED = -1
"""As the supply of the last column: as much as is asked for."""

# Every loop over all columns is a function of its own without a branch: only so do they become vector instructions,
# and they are nearly all of the time.  They make no array, so that they can be put into their callers.


def _begin(cost: FloatArray, price: FloatArray, label_s: FloatArray, before: IntArray, i: int) -> None:
    """Labels of all columns as row i sees them."""
    for k in range(cost.shape[1]):
        label_s[k] = cost[i, k] + price[k]
        before[k] = -1


begin = bare_inner(_begin)


def _nearest(order: IntArray, full: IntArray) -> int:
    """Column of the least label; of equals one with room, then the lowest.

    `order` are the bits of the labels, which rank as the labels do since none is negative; `full` is 0 for a column
    with room, the number of columns for one without.
    """
    columns = order.size
    least = order[0]
    for k in range(columns):
        least = min(least, order[k])
    found = 2 * columns
    for k in range(columns):
        found = min(found, full[k] + k if order[k] == least else 2 * columns)
    return found if found < columns else found - columns


nearest = bare_inner(_nearest)


def _relax(
    base_s: float, move_s: FloatArray, open_price: FloatArray, label_s: FloatArray, before: IntArray, j: int
) -> None:
    """Reach columns by way of j; those settled have an infinite `open_price`."""
    for k in range(label_s.size):
        reached_s = base_s + move_s[j, k] + open_price[k]
        nearer = reached_s < label_s[k]
        label_s[k] = reached_s if nearer else label_s[k]
        before[k] = j if nearer else before[k]


relax = bare_inner(_relax)


def _join(cost: FloatArray, move_s: FloatArray, i: int, j: int) -> None:
    """Take note that row i has flow in column j, and could be moved from it to others."""
    own = cost[i, j]
    for k in range(cost.shape[1]):
        change_s = cost[i, k] - own
        move_s[j, k] = min(move_s[j, k], change_s)


join = bare_inner(_join)


def _gather(cost: FloatArray, move_s: FloatArray, stale: IntArray, head: IntArray, after: IntArray, j: int) -> None:
    """See to it that `move_s[j]` is the least cost of moving a row that has flow in column j; inf where none has."""
    if stale[j] == 0:
        return
    stale[j] = 0
    for k in range(cost.shape[1]):
        move_s[j, k] = np.inf
    i = head[j]
    while i >= 0:
        join(cost, move_s, i, j)
        i = after[j, i]


gather = inner(_gather)


def _cheapest_mover(cost: FloatArray, head: IntArray, after: IntArray, j: int, k: int) -> int:
    """The row that is moved most cheaply from column j to k; of equals the lowest."""
    found = -1
    least_s = np.inf
    i = head[j]
    while i >= 0:
        change_s = cost[i, k] - cost[i, j]
        if change_s < least_s or (change_s == least_s and i < found):
            found = i
            least_s = change_s
        i = after[j, i]
    return found


cheapest_mover = bare_inner(_cheapest_mover)


def _leave(head: IntArray, after: IntArray, i: int, j: int) -> None:
    """Take row i from the list of those that have flow in column j."""
    if head[j] == i:
        head[j] = after[j, i]
        return
    last = head[j]
    while after[j, last] != i:
        last = after[j, last]
    after[j, last] = after[j, i]


leave = bare_inner(_leave)


def _transport_example() -> tuple[Any, ...]:
    return np.ones((1, 2)), np.ones(1, np.int64), np.array([1, UNLIMITED], np.int64)


def _transport(cost: FloatArray, demand: IntArray, supply: IntArray) -> tuple[IntArray, FloatArray]:
    """Send the demand of all rows to columns with supply at the least total cost.

    cost : (I, J) cost of one unit from row i in column j, finite and at least 0
    demand : (I,) units of each row, not negative
    supply : (J,) units each column takes, not negative; the last may be `UNLIMITED`
    Returns flow (I, J) and price (J,).  Each row's flows sum to its demand unless all supply is used up; then the rows
    last in order are left short.  The prices prove it: with u_i the least `cost[i, j] + price[j]` of row i, flow
    is positive only where that least is reached, and a price only where a column is full.  No unit more of supply can
    save more than its price; `least_prices` are exactly what it saves.

    Successive shortest paths with potentials on the graph of the columns alone, where j leads to k at the cost of
    moving the row that is cheapest to move.  Rows take their turns in order; a search goes on from one column with room
    to the next until the row is sent or a move it rests on is used up.  Ties go to columns with room, then the
    lowest index.
    Source: Ahuja, Magnanti, Orlin (1993), Network Flows, sections 9.7 and 12.4.
    """
    rows, columns = cost.shape
    flow = np.zeros((rows, columns), np.int64)
    price = np.zeros(columns)
    room = supply.copy()
    if room[columns - 1] < 0:
        room[columns - 1] = demand.sum()
    unused = room.sum()
    width = (columns + 15) // 16 * 16
    full = np.zeros(width, np.int64)
    for k in range(columns):
        full[k] = 0 if room[k] > 0 else width
    move_s = np.full((columns, width), np.inf)
    stale = np.ones(columns, np.int64)
    head = np.full(columns, -1, np.int64)  # the rows with flow in a column, as a list
    after = np.empty((columns, rows), np.int64)
    label_s = np.full(width, np.inf)
    order = label_s.view(np.int64)
    open_price = np.full(width, np.inf)
    before = np.empty(width, np.int64)
    settled = np.empty(columns, np.int64)
    settled_s = np.empty(columns)
    mover = np.empty(columns, np.int64)

    for i in range(rows):
        left = min(demand[i], unused)
        unused -= left
        while left > 0:
            begin(cost, price, label_s, before, i)
            end = nearest(order, full)
            if room[end] < left:  # others must give way
                open_price[:columns] = price
            count = 0
            emptied = False
            while left > 0 and not emptied:
                while room[end] == 0:
                    settled[count] = end
                    settled_s[count] = label_s[end]
                    count += 1
                    gather(cost, move_s, stale, head, after, end)
                    base_s = label_s[end] - price[end]
                    label_s[end] = np.inf
                    open_price[end] = np.inf
                    relax(base_s, move_s, open_price, label_s, before, end)
                    end = nearest(order, full)

                amount = min(left, room[end])
                k = end
                while before[k] >= 0:
                    j = before[k]
                    mover[k] = cheapest_mover(cost, head, after, j, k)
                    amount = min(amount, flow[mover[k], j])
                    k = j
                mover[k] = i
                left -= amount
                room[end] -= amount
                if room[end] == 0:
                    full[end] = width
                k = end
                while k >= 0:
                    moved = mover[k]
                    if flow[moved, k] == 0:
                        after[k, moved] = head[k]
                        head[k] = moved
                        if stale[k] == 0:
                            join(cost, move_s, moved, k)
                    flow[moved, k] += amount
                    j = before[k]
                    if j >= 0:
                        flow[moved, j] -= amount
                        if flow[moved, j] == 0:
                            leave(head, after, moved, j)
                            stale[j] = 1
                            emptied = True
                    k = j
            for n in range(count):
                price[settled[n]] += label_s[end] - settled_s[n]
    return flow, price


transport = kernel(_transport_example)(_transport)


def _least_prices_example() -> tuple[Any, ...]:
    return np.ones((1, 2)), np.ones((1, 2), np.int64), np.zeros(2)


def _least_prices(cost: FloatArray, flow: IntArray, price: FloatArray) -> FloatArray:
    """The least prices (J,) that prove an optimum: each is exactly what one more unit of supply saves.

    cost, flow : (I, J) as for and of `transport`
    price : (J,) as of `transport`
    One more unit in column j draws a row from k, whose place draws another, and so on.  The dearest such chain is the
    shortest in reduced costs; the labels are what it falls short of the price given.
    """
    rows, columns = cost.shape
    saved_s = np.zeros(columns)
    if not price.any():
        return saved_s
    move_s = np.full((columns, columns), np.inf)
    for i in range(rows):
        for j in range(columns):
            if flow[i, j] > 0:
                join(cost, move_s, i, j)
    label_s = price.copy()
    order = label_s.view(np.int64)
    open_price = price.copy()
    before = np.full(columns, -1, np.int64)
    none_full = np.zeros(columns, np.int64)
    for _ in range(columns):
        j = nearest(order, none_full)
        if before[j] >= 0:
            saved_s[j] = max(0.0, saved_s[before[j]] - move_s[before[j], j])
        base_s = label_s[j] - price[j]
        label_s[j] = np.inf
        open_price[j] = np.inf
        relax(base_s, move_s, open_price, label_s, before, j)
    return saved_s


least_prices = kernel(_least_prices_example)(_least_prices)
