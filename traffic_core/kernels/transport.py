"""The transportation problem, exactly: who is sent where at the least total cost."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from traffic_core.jit import inner, kernel

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

UNLIMITED = -1
"""As the supply of the last column: as much as is asked for."""


def _join(cost: FloatArray, move_s: FloatArray, mover: IntArray, i: int, j: int) -> None:
    """Take note that row i now has flow in column j, and could be moved from it to others."""
    for k in range(cost.shape[1]):
        change_s = cost[i, k] - cost[i, j]
        if change_s < move_s[j, k] or (change_s == move_s[j, k] and i < mover[j, k]):
            move_s[j, k] = change_s
            mover[j, k] = i


join = inner(_join)


def _find_movers(cost: FloatArray, flow: IntArray, move_s: FloatArray, mover: IntArray, j: int) -> None:
    """Find for column j which row is moved most cheaply from it to each column (inf, -1: none is there)."""
    move_s[j, :] = np.inf
    mover[j, :] = -1
    for i in range(cost.shape[0]):
        if flow[i, j] > 0:
            join(cost, move_s, mover, i, j)


find_movers = inner(_find_movers)


def _nearest_place(
    label_s: FloatArray, before: IntArray, settled: IntArray, room: IntArray, price: FloatArray, move_s: FloatArray
) -> int:
    """Dijkstra over the columns in reduced costs, until the first one with room is settled; -1 where none has."""
    columns = label_s.size
    nearest = 0
    for k in range(1, columns):
        if label_s[k] < label_s[nearest]:
            nearest = k
    while nearest >= 0:
        settled[nearest] = 1
        if room[nearest] > 0:
            return nearest
        base_s = label_s[nearest]
        base_price = price[nearest]
        last, nearest = nearest, -1
        for k in range(columns):
            if settled[k] == 0:
                reached_s = base_s + max(0.0, move_s[last, k] + price[k] - base_price)
                if reached_s < label_s[k]:
                    label_s[k] = reached_s
                    before[k] = last
                if nearest < 0 or label_s[k] < label_s[nearest]:
                    nearest = k
    return -1


nearest_place = inner(_nearest_place)


def _transport_example() -> tuple[Any, ...]:
    return np.ones((1, 2)), np.ones(1, np.int64), np.array([1, UNLIMITED], np.int64)


def _transport(cost: FloatArray, demand: IntArray, supply: IntArray) -> tuple[IntArray, FloatArray]:
    """Send the demand of all rows to columns with supply at the least total cost.

    cost : (I, J) finite cost of one unit from row i in column j
    demand : (I,) units of each row, not negative
    supply : (J,) units each column takes, not negative; the last may be `UNLIMITED`
    Returns flow (I, J) and price (J,).  Each row's flows sum to its demand unless all supply is used up; then the rows
    last in order are left short.  The price is the value of one more unit of supply: with u_i the least
    `cost[i, j] + price[j]` of row i, flow is positive only where that least is reached, and a price only where a
    column is full, which proves the optimum.

    Successive shortest paths with potentials on the graph of the columns alone, where j leads to k at the cost of
    moving the row that is cheapest to move.  Ties go to the lowest index.
    Source: Ahuja, Magnanti, Orlin (1993), Network Flows, sections 9.7 and 12.4.
    """
    rows, columns = cost.shape
    flow = np.zeros((rows, columns), np.int64)
    price = np.zeros(columns)
    room = supply.copy()
    if room[columns - 1] < 0:
        room[columns - 1] = demand.sum()
    move_s = np.full((columns, columns), np.inf)
    mover = np.full((columns, columns), -1, np.int64)
    label_s = np.empty(columns)
    before = np.empty(columns, np.int64)
    settled = np.empty(columns, np.int64)

    for i in range(rows):
        left = demand[i]
        while left > 0:
            for j in range(columns):
                label_s[j] = cost[i, j] + price[j]
                before[j] = -1
                settled[j] = 0
            end = nearest_place(label_s, before, settled, room, price, move_s)
            if end < 0:
                break
            for j in range(columns):
                if settled[j]:
                    price[j] += label_s[end] - label_s[j]

            amount = min(left, room[end])
            k = end
            while before[k] >= 0:
                amount = min(amount, flow[mover[before[k], k], before[k]])
                k = before[k]
            room[end] -= amount
            left -= amount
            k = end
            while before[k] >= 0:
                j = before[k]
                moved = mover[j, k]
                flow[moved, j] -= amount
                flow[moved, k] += amount
                join(cost, move_s, mover, moved, k)
                if flow[moved, j] == 0:
                    find_movers(cost, flow, move_s, mover, j)
                k = j
            flow[i, k] += amount
            join(cost, move_s, mover, i, k)
    return flow, price


transport = kernel(_transport_example)(_transport)
