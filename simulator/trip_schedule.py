"""The trips of all cells, drawn ahead for a block of time: Poisson processes whose random numbers are numbered.

Number k of a cell is a function of the seed, the cell's name and k alone (Philox4x32-10), so it is the same whatever
the length of the blocks, the other cells or the order of drawing.  Only the basic operations of IEEE 754 are used: the
same trips on every machine.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from traffic_core import require
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from simulator.day_clock import DayClock
    from simulator.parking_shares import ParkingShares
    from simulator.trip_demand import OdCell

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Words = NDArray[np.uint64]
    """Of 32 bits each."""

CAR, LORRY = 0, 1
HOURS = 24
HOUR_S = 3_600.0
QUARTER_S = 900.0
"""Rates change at its multiples only."""
MOST_AHEAD = 1_024
"""Trips of one cell drawn at once."""
LARGEST_SEED = 2**64 - 1
WORD = np.uint64(0xFFFF_FFFF)
HALF = np.uint64(32)
LN_2 = 0.693_147_180_559_945_3


# ---- random numbers -----------------------------------------------------------------------------------------------


def philox(counter: Sequence[Words], key: tuple[int, int]) -> tuple[Words, Words, Words, Words]:
    """Philox4x32-10: four random words for each counter of four words, (N,) each (Salmon et al. 2011, SC11).

    Counters that differ give independent numbers; `key` is two words of 32 bits.
    """
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        product0, product1 = np.uint64(0xD251_1F53) * c0, np.uint64(0xCD9E_8D57) * c2
        c0 = (product1 >> HALF) ^ c1 ^ np.uint64(k0)
        c2 = (product0 >> HALF) ^ c3 ^ np.uint64(k1)
        c1, c3 = product1 & WORD, product0 & WORD
        k0, k1 = (k0 + 0x9E37_79B9) & 0xFFFF_FFFF, (k1 + 0xBB67_AE85) & 0xFFFF_FFFF
    return c0, c1, c2, c3


def entity_hash(entity: str) -> int:
    """64 bits that stand for the named entity, the same on every machine."""
    return int.from_bytes(hashlib.blake2b(entity.encode(), digest_size=8).digest(), "little")


def uniforms(seed: int, entity: Words, number: Ints, pair: int) -> tuple[Floats, Floats]:
    """Two numbers of [0, 1) with 53 bits each, (N,), for number `number` of the entity with hash `entity`, (N,) each.

    `pair` tells several pairs of the same number apart; `seed` is from 0 to 2^64 - 1, `number` below 2^32.
    """
    counter = (number.astype(np.uint64), np.full(number.shape, pair, dtype=np.uint64), entity & WORD, entity >> HALF)
    w0, w1, w2, w3 = philox(counter, (seed & 0xFFFF_FFFF, seed >> 32))
    return _unit(w0, w1), _unit(w2, w3)


def _unit(high: Words, low: Words) -> Floats:
    bits = (high << np.uint64(21)) | (low >> np.uint64(11))
    return np.asarray(bits.astype(np.float64) * 2.0**-53)


def unit_exponential(uniform: Floats) -> Floats:
    """-ln(1 - u), (N,): numbers of the unit exponential distribution from uniform ones of [0, 1).

    ln m = 2 artanh((m - 1) / (m + 1)) as its series, for m from 1/sqrt(2) to sqrt(2): the logarithm of numpy depends
    on the processor.
    """
    mantissa, exponent = np.frexp(1.0 - uniform)
    small = mantissa < math.sqrt(0.5)
    mantissa = np.where(small, 2.0 * mantissa, mantissa)
    exponent = np.where(small, exponent - 1, exponent)
    root = (mantissa - 1.0) / (mantissa + 1.0)
    square = root * root
    series = np.full(root.shape, 1.0 / 23.0)
    for odd in range(21, 0, -2):
        series = series * square + 1.0 / odd
    return np.asarray(-(exponent * LN_2 + 2.0 * root * series))


# ---- trips --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class TripBlock:
    """Trips that begin in a block of time, (N,) each, ascending in `at_s`, then in `cell`, then in `number`."""

    at_s: Floats
    """Begin, seconds since 1970."""
    cell: Ints
    """Index of the cell."""
    number: Ints
    """Of the trip within its cell, from 0: with the cell it names the trip whatever the factors of the demand."""
    origin_node: Ints
    """Index of the node, as `destination_node`."""
    destination_node: Ints
    vehicle_class: Ints
    """`CAR` or `LORRY`."""
    parking: Floats
    """Uniform number of [0, 1), as those below, for: the facility the trip ends in."""
    follows: Floats
    """... whether the driver reads signs."""
    leaving: Floats
    """... whether a garage already makes the trip."""
    attention: Floats
    """... how soon the driver learns of the state of the roads."""

    def __len__(self) -> int:
        return len(self.at_s)


def joined(blocks: Sequence[TripBlock]) -> TripBlock:
    """One block of consecutive ones, at least one."""
    return TripBlock(
        **{f.name: np.concatenate([getattr(block, f.name) for block in blocks]) for f in fields(TripBlock)}
    )


class _Nodes(NamedTuple):
    """Nodes of cells in one array: those of a cell begin at `first`, (C,)."""

    first: Ints
    of_cell: Ints
    """How many, (C,)."""
    node: Ints

    def drawn(self, cell: Ints, uniform: Floats) -> Ints:
        """Node of each trip, (N,), in equal shares."""
        return self.node[self.first[cell] + (uniform * self.of_cell[cell]).astype(np.int64)]


class TripSource:
    """Draws the trips of all cells, block by block.  The processes begin with the first block.

    A trip is due when the expected number of its cell's trips reaches a sum of unit-exponential numbers (time change,
    Cinlar 1975), one for each trip however the rate changes: a larger volume of a cell brings its trips forward and
    adds some at the end, and leaves those of all other cells alone.
    """

    def __init__(self, cells: Sequence[OdCell], clock: DayClock, seed: int, node_index: Mapping[str, int]) -> None:
        """Take the cells; raises `InvalidValueError` for a seed out of range, a name twice or an unknown node."""
        if not 0 <= seed <= LARGEST_SEED:
            raise InvalidValueError("seed", seed, "must be a whole number from 0 to 2^64 - 1")
        names = [cell.name for cell in cells]
        if len(set(names)) != len(names):
            twice = next(name for at, name in enumerate(names) if name in names[:at])
            raise InvalidValueError("cell.name", twice, "must occur once")
        self._seed = seed
        self._clock = clock
        self._entity = np.array([entity_hash(f"cell {name}") for name in names], dtype=np.uint64)
        self._veh = np.array([cell.veh_24h for cell in cells], dtype=np.float64)
        self._hgv_share = np.array([cell.hgv_share for cell in cells], dtype=np.float64)
        self._origins = _nodes_of(cells, [cell.origins for cell in cells], node_index)
        self._destinations = _nodes_of(cells, [cell.destinations for cell in cells], node_index)
        windows = [cell.window_s or (0.0, math.inf) for cell in cells]
        self._window_s = np.array(windows, dtype=np.float64).reshape(-1, 2).T
        courses = dict.fromkeys(cell.shares for cell in cells if cell.window_s is None)
        row = {shares: index for index, shares in enumerate(courses)}
        self._course = np.array([row[c.shares] if c.window_s is None else -1 for c in cells], dtype=np.int64)
        self._shares = np.array(list(courses), dtype=np.float64).reshape(-1, 7, HOURS)
        self._grid_s = np.zeros(0)
        self._reached = np.zeros((len(courses), 0))
        self._ended_s = math.nan
        self._number = np.zeros(len(cells), dtype=np.int64)
        self._target = self._exponentials(np.arange(len(cells), dtype=np.int64), self._number)
        """Of the next trip of each cell, which has `_number`: it is due when so many were to be expected."""

    def block(self, from_s: float, until_s: float) -> TripBlock:
        """Trips that begin at `from_s` or later and before `until_s`.

        Raises `InvalidValueError` where the block does not begin with the end of the one before.
        """
        self._extend_grid(from_s, until_s)
        cell, number, at_s = self._due(until_s)
        order = np.lexsort((number, cell, at_s))
        cell, number, at_s = cell[order], number[order], at_s[order]
        entity = self._entity[cell]
        _, origin = uniforms(self._seed, entity, number, 0)
        destination, parking = uniforms(self._seed, entity, number, 1)
        follows, leaving = uniforms(self._seed, entity, number, 2)
        attention, vehicle = uniforms(self._seed, entity, number, 3)
        return TripBlock(
            at_s=at_s,
            cell=cell,
            number=number,
            origin_node=self._origins.drawn(cell, origin),
            destination_node=self._destinations.drawn(cell, destination),
            vehicle_class=np.where(vehicle < self._hgv_share[cell], LORRY, CAR).astype(np.int64),
            parking=parking,
            follows=follows,
            leaving=leaving,
            attention=attention,
        )

    def _exponentials(self, cell: Ints, number: Ints) -> Floats:
        return unit_exponential(uniforms(self._seed, self._entity[cell], number, 0)[0])

    def _due(self, until_s: float) -> tuple[Ints, Ints, Floats]:
        """Cell, number and begin of the trips before `until_s`, (N,) each; leaves each cell with its next trip.

        The sums run trip by trip, so that their rounding does not depend on how many are drawn at once.
        """
        every = np.arange(len(self._veh), dtype=np.int64)
        at_s = self._at_s(every, self._target)
        cell = every[at_s < until_s]
        found = [(cell, self._number[cell], at_s[cell])]
        while len(cell):
            ahead = self._ahead(cell, until_s)
            order = np.argsort(ahead, kind="stable")
            cell, ahead = cell[order], ahead[order]
            first = np.cumsum(ahead) - ahead
            of_cell = np.repeat(cell, ahead)
            place = np.arange(len(of_cell), dtype=np.int64) - np.repeat(first, ahead)
            number = self._number[of_cell] + 1 + place
            target = self._exponentials(of_cell, number)
            target[first] += self._target[cell]
            _add_up(target, ahead)
            at_s = self._at_s(of_cell, target)
            is_due = at_s < until_s
            found.append((of_cell[is_due], number[is_due], at_s[is_due]))
            due = np.add.reduceat(is_due, first, dtype=np.int64)
            last = first + np.minimum(due, ahead - 1)
            self._target[cell], self._number[cell] = target[last], number[last]
            cell = cell[due == ahead]
        cells, numbers, times_s = zip(*found, strict=True)
        return np.concatenate(cells), np.concatenate(numbers), np.concatenate(times_s)

    def _ahead(self, cell: Ints, until_s: float) -> Ints:
        """How many trips of each cell to draw at once, (N,): powers of two that mostly suffice."""
        reached = np.array([np.interp(until_s, self._grid_s, course) for course in self._reached] + [0.0])
        from_s, end_s = self._window_s[:, cell]
        in_window = np.clip((until_s - from_s) / (end_s - from_s), 0.0, 1.0)
        left = np.where(self._course[cell] < 0, in_window, reached[self._course[cell]])
        expected = np.maximum(self._veh[cell] * left - self._target[cell], 0.0)
        wanted = np.minimum(expected + 2.0 * np.sqrt(expected) + 1.0, MOST_AHEAD)
        return np.left_shift(1, np.ceil(np.log2(wanted)).astype(np.int64))

    def _extend_grid(self, from_s: float, until_s: float) -> None:
        """Expected trips per trip of a weekday since the start, by course, at the start and every quarter of an hour.

        The grid does not depend on the blocks, so neither do the times between its points.
        """
        if not (math.isfinite(from_s) and math.isfinite(until_s) and until_s >= from_s):
            raise InvalidValueError("until_s", until_s, f"must be a time from from_s = {from_s} on")
        if not len(self._grid_s):
            self._grid_s = np.array([from_s])
            self._reached = np.zeros((len(self._shares), 1))
        elif from_s != self._ended_s:
            raise InvalidValueError("from_s", from_s, f"must be the end of the block before, {self._ended_s}")
        self._ended_s = until_s
        grid_s, reached = [float(self._grid_s[-1])], [self._reached[:, -1]]
        while grid_s[-1] < until_s:
            weekday, hour, _ = self._clock.local(grid_s[-1])
            grid_s.append((grid_s[-1] // QUARTER_S + 1.0) * QUARTER_S)
            reached.append(reached[-1] + self._shares[:, weekday, hour] * ((grid_s[-1] - grid_s[-2]) / HOUR_S))
        self._grid_s = np.concatenate((self._grid_s[:-1], grid_s))
        self._reached = np.concatenate((self._reached[:, :-1], np.stack(reached, axis=1)), axis=1)

    def _at_s(self, cell: Ints, target: Floats) -> Floats:
        """When the expected number of trips of cells reaches targets, (N,) each; inf beyond the grid or the window."""
        done = target / self._veh[cell]
        course = self._course[cell]
        at_s = np.full(len(cell), np.inf)
        surge = np.flatnonzero(course < 0)
        from_s, end_s = self._window_s[:, cell[surge]]
        surge_s = np.maximum(from_s, self._grid_s[0]) + done[surge] * (end_s - from_s)
        at_s[surge] = np.where(surge_s < end_s, surge_s, np.inf)
        for row, reached in enumerate(self._reached):
            mine = np.flatnonzero((course == row) & (done < reached[-1]))
            before = np.searchsorted(reached, done[mine], side="right") - 1
            start_s, stop_s = self._grid_s[before], self._grid_s[before + 1]
            part = (done[mine] - reached[before]) / (reached[before + 1] - reached[before])
            at_s[mine] = np.minimum(start_s + part * (stop_s - start_s), stop_s)
        return at_s


def _add_up(target: Floats, ahead: Ints) -> None:
    """Turn the steps of each cell into sums, in place; cells with the same number of steps lie side by side."""
    counts, cells = np.unique(ahead, return_counts=True)
    start = 0
    for steps, many in zip(counts.tolist(), cells.tolist(), strict=True):
        part = target[start : start + steps * many].reshape(many, steps)
        np.add.accumulate(part, axis=1, out=part)
        start += steps * many


def _nodes_of(cells: Sequence[OdCell], nodes: Sequence[tuple[str, ...]], node_index: Mapping[str, int]) -> _Nodes:
    for cell, names in zip(cells, nodes, strict=True):
        for name in names:
            if name not in node_index:
                raise InvalidValueError(f"cell[{cell.name}].nodes", name, "must name a node of the network")
    count = np.array([len(names) for names in nodes], dtype=np.int64)
    node = np.array([node_index[name] for names in nodes for name in names], dtype=np.int64)
    return _Nodes(np.cumsum(count) - count, count, node)


# ---- parking ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ParkingTable:
    """Parking shares of the zones as arrays."""

    to_row: Ints
    """(C,) row of the cell's trips in `edge` and `facility`; -1 where none of them end in a facility."""
    edge: Floats
    """(Z, 24, F) ends of the facilities' slices of the unit interval, by zone and hour; inf beyond the last."""
    facility: Ints
    """(Z, 24, F + 1) index of each slice's facility; -1 beyond the last."""
    leaving: Floats
    """(C, 24) share of the cell's trips that garages already make, by hour."""


class ParkingDecisions(NamedTuple):
    """What becomes of trips, (N,) each."""

    facility: Ints
    """Index of the facility the trip ends in; -1 for none."""
    follower: NDArray[np.uint8]
    """1 for a driver to a facility who reads signs."""
    keep: NDArray[np.bool_]
    """False where a garage already makes the trip; it then has neither facility nor follower."""


def parking_table(cells: Sequence[OdCell], shares: ParkingShares, facilities: Sequence[str]) -> ParkingTable:
    """Table of the cells' shares; raises `InvalidValueError` for a zone or a facility that is missing."""
    index = {facility: at for at, facility in enumerate(facilities)}
    zones = list(dict.fromkeys(cell.to_zone for cell in cells if cell.to_inside and cell.may_park))
    for zone in [*zones, *(cell.from_zone for cell in cells if cell.from_inside and cell.may_have_parked)]:
        if zone not in shares.arriving or zone not in shares.leaving:
            raise InvalidValueError("shares", zone, "must hold every inside zone")
    width = max((len(of_hour) for zone in zones for of_hour in shares.arriving[zone]), default=0)
    edge = np.full((len(zones), HOURS, width), np.inf)
    facility = np.full((len(zones), HOURS, width + 1), -1, dtype=np.int64)
    for row, zone in enumerate(zones):
        for hour, of_hour in enumerate(shares.arriving[zone]):
            if not of_hour.keys() <= index.keys():
                raise InvalidValueError(f"shares.arriving[{zone}]", list(of_hour), "must name known facilities")
            edge[row, hour, : len(of_hour)] = np.cumsum(list(of_hour.values()))
            facility[row, hour, : len(of_hour)] = [index[name] for name in of_hour]
    row_of = {zone: row for row, zone in enumerate(zones)}
    to_row = [row_of[cell.to_zone] if cell.to_inside and cell.may_park else -1 for cell in cells]
    none = (0.0,) * HOURS
    leaving = [shares.leaving[c.from_zone] if c.from_inside and c.may_have_parked else none for c in cells]
    return ParkingTable(
        np.array(to_row, dtype=np.int64), edge, facility, np.array(leaving, dtype=np.float64).reshape(-1, HOURS)
    )


def decide(block: TripBlock, table: ParkingTable, hour: Ints, kappa: float) -> ParkingDecisions:
    """Where the trips of a block park: `hour` is the local hour of each, (N,), `kappa` the share who read signs."""
    require.between("kappa", kappa, 0.0, 1.0)
    keep = block.leaving >= table.leaving[block.cell, hour]
    facility = np.full(len(block), -1, dtype=np.int64)
    row = table.to_row[block.cell]
    parks = np.flatnonzero((row >= 0) & keep)
    place = (row[parks], hour[parks])
    passed = np.count_nonzero(block.parking[parks, None] >= table.edge[place], axis=1)
    facility[parks] = table.facility[(*place, passed)]
    return ParkingDecisions(facility, ((facility >= 0) & (block.follows < kappa)).astype(np.uint8), keep)
