"""Offsets and speeds of the widest green bands in both directions, by a mixed-integer linear programme.

Sources: Little (1966), Operations Research 14; Little, Kelson, Gartner (1981), Transportation Research Record 795
(MAXBAND: one band for each direction, speeds within bounds); Gartner et al. (1991), Transportation Research B 25
(MULTIBAND: a band of its own for each section).  The loop integers of those papers are the whole cycles here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from signal_plans.coordination.bands import Band, bands
from signal_plans.coordination.linear_rows import Rows, Variables
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from signal_plans.coordination.arterial import Arterial, CoordinatedGreen, SectionWay

SLOWNESS = 0.001
"""Cost of a second of travel time off the wanted one."""
MOST_NODES = 20_000
MOST_NODES_OF_SECTIONS = 1_000
"""Of the search tree; a count, not a time, so that the result does not depend on the machine.  Bands for each section
make a tree too large to be searched to its end on a long street; the best found so far is taken then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GreenWave:
    """Offsets (whole seconds) of the signals, travel times of the sections, and the bands they leave."""

    cycle_s: int
    offsets_s: tuple[int, ...]
    outbound_s: tuple[float, ...]
    inbound_s: tuple[float, ...]
    outbound: Band
    inbound: Band

    @property
    def shares(self) -> tuple[float, float]:
        """Outbound and inbound band as shares of the cycle."""
        return self.outbound.width_s / self.cycle_s, self.inbound.width_s / self.cycle_s


def green_wave(arterial: Arterial, *, section_bands: bool = False) -> GreenWave:
    """Find the offsets with the widest bands; the first signal has offset 0.

    With `section_bands` each section has a band of its own about a common centre line; streets too long for one band
    get better offsets that way.  The bands told are always those through the whole street.

    Raises `InvalidValueError` where the search finds nothing within its limit.
    """
    from scipy.optimize import LinearConstraint, milp  # noqa: PLC0415  planning only: the live service never needs it

    problem = _Problem(arterial, section_bands=section_bands)
    columns = problem.columns
    found = milp(
        -problem.rows.objective(len(columns)),
        integrality=columns.integrality,
        bounds=(columns.low, columns.high),
        constraints=LinearConstraint(*problem.rows.matrix(len(columns))),
        options={"node_limit": MOST_NODES_OF_SECTIONS if section_bands else MOST_NODES, "mip_rel_gap": 1e-6},
    )
    if found.x is None:
        raise InvalidValueError("arterial", arterial.cycle_s, f"must have a solution: {found.message}")
    return problem.read(np.asarray(found.x, np.float64))


class _Problem:
    """Variables and rows; times in seconds, centre lines run through the middle of the bands."""

    def __init__(self, arterial: Arterial, *, section_bands: bool) -> None:
        self.arterial = arterial
        self.columns = Variables()
        self.rows = Rows()
        size, cycle_s = len(arterial.signals), arterial.cycle_s
        span_s = sum(way.length_m / way.speed.slowest_m_s for way in (*arterial.outbound, *arterial.inbound))
        far_s = span_s + 3.0 * cycle_s
        most_cycles = math.ceil(far_s / cycle_s) + 2
        self.offset = [
            self.columns.add(-far_s * (i > 0), far_s * (i > 0), whole=True) for i in range(size)
        ]  # the first is the origin
        cycles = [self.columns.add(-most_cycles * (i > 0), most_cycles * (i > 0), whole=True) for i in range(size)]
        self.far_s = far_s
        weights = np.array([arterial.outbound_weight, arterial.inbound_weight])
        weights = weights / weights.sum()
        outbound = [signal.outbound for signal in arterial.signals]
        inbound = [signal.inbound for signal in arterial.signals]
        self.outbound_s = self._direction(arterial.outbound, outbound, None, float(weights[0]), section_bands)
        self.inbound_s = self._direction(arterial.inbound, inbound, cycles, float(weights[1]), section_bands)
        if weights.min() > 0.0:
            narrower = self.columns.add(0.0, cycle_s / float(weights.min()))
            for (total, parts), weight in zip(self._totals, weights.tolist(), strict=True):
                self.rows.at_most({narrower: 1.0} | dict.fromkeys(total, -1.0 / (parts * weight)), 0.0)
            self.rows.reward(narrower, arterial.balance)

    def _direction(
        self,
        ways: Sequence[SectionWay],
        greens: Sequence[CoordinatedGreen],
        cycles: list[int] | None,
        weight: float,
        section_bands: bool,
    ) -> list[int]:
        """Rows of one direction; `cycles` are the whole cycles of inbound.  Returns its travel time columns."""
        cycle_s = float(self.arterial.cycle_s)
        centre = [self.columns.add(-2.0 * self.far_s, 2.0 * self.far_s) for _ in greens]
        parts = len(ways) if section_bands else 1
        width = [self.columns.add(0.0, cycle_s) for _ in range(parts)]
        for band in width:
            self.rows.reward(band, weight / parts)
            has = self.columns.add(0.0, 1.0, whole=True)
            self.rows.at_most({band: 1.0, has: -cycle_s}, 0.0)
            part = width.index(band)
            touched = (part, part + 1) if section_bands else range(len(greens))
            for i in touched:
                shift = {self.offset[i]: 1.0} | ({cycles[i]: cycle_s} if cycles is not None else {})
                start_s, end_s = greens[i].start_s, greens[i].start_s + greens[i].length_s
                back = {column: -factor for column, factor in shift.items()}
                # where there is no band (has = 0) its line may cross reds: a cycle of freedom is all it can need
                self.rows.at_most(shift | {centre[i]: -1.0, band: 0.5, has: cycle_s}, cycle_s - start_s)
                self.rows.at_most(back | {centre[i]: 1.0, band: 0.5, has: cycle_s}, cycle_s + end_s)
        self._totals = [*getattr(self, "_totals", []), (width, parts)]
        forward = 1.0 if cycles is None else -1.0
        return self._travel_times(ways, centre, forward)

    def _travel_times(self, ways: Sequence[SectionWay], centre: list[int], forward: float) -> list[int]:
        times: list[int] = []
        for i, way in enumerate(ways):
            time = self.columns.add(way.length_m / way.speed.fastest_m_s, way.length_m / way.speed.slowest_m_s)
            self.rows.equal({centre[i + 1]: forward, centre[i]: -forward, time: -1.0}, 0.0)
            wanted_s = way.length_m / way.speed.wanted_m_s
            off = self.columns.add(0.0, self.far_s)
            self.rows.at_most({time: 1.0, off: -1.0}, wanted_s)
            self.rows.at_most({time: -1.0, off: -1.0}, -wanted_s)
            self.rows.reward(off, -SLOWNESS)
            if i > 0:
                self._bound_change(ways[i - 1], way, times[-1], time)
            times.append(time)
        return times

    def _bound_change(self, before: SectionWay, after: SectionWay, time_before: int, time_after: int) -> None:
        """Seconds per metre change by no more than the bound of the speeds allows at the highest speeds."""
        wanted = 1.0 / after.speed.wanted_m_s - 1.0 / before.speed.wanted_m_s
        most = self.arterial.largest_change_m_s / (before.speed.fastest_m_s * after.speed.fastest_m_s)
        change = {time_after: 1.0 / after.length_m, time_before: -1.0 / before.length_m}
        self.rows.at_most(change, wanted + most)
        self.rows.at_most({column: -factor for column, factor in change.items()}, most - wanted)

    def read(self, x: np.ndarray[tuple[int], np.dtype[np.float64]]) -> GreenWave:
        """The solution with offsets in [0, cycle) and the bands as they really are."""
        arterial = self.arterial
        offsets_s = tuple(round(float(x[column])) % arterial.cycle_s for column in self.offset)
        outbound_s = tuple(float(x[column]) for column in self.outbound_s)
        inbound_s = tuple(float(x[column]) for column in self.inbound_s)
        outbound, inbound = bands(arterial, offsets_s, outbound_s, inbound_s)
        return GreenWave(
            cycle_s=arterial.cycle_s,
            offsets_s=offsets_s,
            outbound_s=outbound_s,
            inbound_s=inbound_s,
            outbound=outbound,
            inbound=inbound,
        )
