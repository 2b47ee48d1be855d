"""Timings of one junction as the search tries them, and what makes one possible."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from signal_plans.fixed_time.plan import FixedTimePlan
from signal_plans.streams.model import Right

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from signal_plans.streams.model import StagedJunction

PERMISSIVE_WORTH = 0.4
"""Rough worth of a second of permissive green, for the first guess of greens only."""
GUESSED_PARTS = 15


class Timing(NamedTuple):
    """A plan without its checks."""

    cycle_s: int
    offset_s: int
    order: tuple[int, ...]
    green_s: tuple[int, ...]

    def plan(self, junction_id: str) -> FixedTimePlan:
        """The same as a plan that other modules know."""
        return FixedTimePlan(
            junction_id=junction_id,
            cycle_s=self.cycle_s,
            offset_s=self.offset_s % self.cycle_s,
            order=self.order,
            green_s=self.green_s,
        )


@dataclass(frozen=True, slots=True)
class Stages:
    """What the stages of a junction give and need."""

    min_green_s: tuple[int, ...]
    max_green_s: tuple[int, ...]
    interstage_s: tuple[tuple[int, ...], ...]
    serves: tuple[int, ...]
    """Bits of the streams each stage gives green."""
    needed: int
    """Bits of the streams that a cycle has to serve."""
    worth: NDArray[np.float64]
    """(stages, streams) of a second of green"""
    need: NDArray[np.float64]
    """(streams,) share of time that the lane of a stream needs"""

    def lost_s(self, order: tuple[int, ...]) -> int:
        """Interstages of a cycle; 0 for a single stage."""
        if len(order) == 1:
            return 0
        return sum(self.interstage_s[a][b] for a, b in zip(order, (*order[1:], order[0]), strict=True))

    def covers(self, order: tuple[int, ...]) -> bool:
        """Whether every stream gets green that has to."""
        served = 0
        for stage in order:
            served |= self.serves[stage]
        return self.needed & ~served == 0

    def bounds_s(self, order: tuple[int, ...]) -> tuple[int, int]:
        """Shortest and longest cycle."""
        lost_s = self.lost_s(order)
        least_s = sum(self.min_green_s[stage] for stage in order)
        return least_s + lost_s, sum(self.max_green_s[stage] for stage in order) + lost_s

    def guess(self, order: tuple[int, ...], cycle_s: int) -> tuple[float, tuple[int, ...]] | None:
        """Greens that keep the highest degree of saturation low, and that degree; None where the cycle does not fit."""
        shortest_s, longest_s = self.bounds_s(order)
        if len(order) == 1:
            return 0.0, (cycle_s,)
        if not shortest_s <= cycle_s <= longest_s:
            return None
        worth = self.worth[list(order)]
        green_s = [self.min_green_s[stage] for stage in order]
        rest_s = cycle_s - shortest_s
        given = np.array(green_s, np.float64) @ worth
        load = worth @ self.need
        while rest_s > 0:
            worst = int(np.argmax(self.need / np.maximum(given, 1e-9)))
            room = [green < self.max_green_s[stage] for green, stage in zip(green_s, order, strict=True)]
            rank = [(room[k], worth[k, worst], load[k]) for k in range(len(order))]
            chosen = max(range(len(order)), key=rank.__getitem__)
            part_s = max(1, min(rest_s, (cycle_s - shortest_s) // GUESSED_PARTS))
            part_s = min(part_s, self.max_green_s[order[chosen]] - green_s[chosen])
            green_s[chosen] += part_s
            given = given + part_s * worth[chosen]
            rest_s -= part_s
        return float((self.need / np.maximum(given, 1e-9)).max()) * cycle_s, tuple(green_s)

    def scaled(self, timing: Timing, cycle_s: int) -> Timing | None:
        """The same shares of green in another cycle; None where it does not fit."""
        order = timing.order
        shortest_s, longest_s = self.bounds_s(order)
        if len(order) == 1:
            return timing._replace(cycle_s=cycle_s, green_s=(cycle_s,))
        if not shortest_s <= cycle_s <= longest_s:
            return None
        ratio = (cycle_s - self.lost_s(order)) / sum(timing.green_s)
        green_s = [
            min(self.max_green_s[stage], max(self.min_green_s[stage], round(green * ratio)))
            for stage, green in zip(order, timing.green_s, strict=True)
        ]
        missing_s = cycle_s - self.lost_s(order) - sum(green_s)
        while missing_s != 0:
            step_s = 1 if missing_s > 0 else -1
            for k in sorted(range(len(order)), key=lambda k: (-green_s[k], k)):
                low, high = self.min_green_s[order[k]], self.max_green_s[order[k]]
                if missing_s != 0 and low <= green_s[k] + step_s <= high:
                    green_s[k] += step_s
                    missing_s -= step_s
        return timing._replace(cycle_s=cycle_s, green_s=tuple(green_s))


def stages_of(junction: StagedJunction, need: NDArray[np.float64], flow: NDArray[np.float64], *, all_: bool) -> Stages:
    """Stages of a junction, from the time its lanes need and the flows, by stream; `all_`: idle streams count, too."""
    rights = np.array([[int(right) for right in stage.rights] for stage in junction.stages])
    rights = rights.reshape(len(junction.stages), len(junction.streams))
    worth = np.where(rights == Right.PROTECTED, 1.0, np.where(rights == Right.PERMISSIVE, PERMISSIVE_WORTH, 0.0))
    needed = sum(1 << s for s in range(len(junction.streams)) if all_ or flow[s] > 0.0)
    return Stages(
        min_green_s=tuple(stage.min_green_s for stage in junction.stages),
        max_green_s=tuple(stage.max_green_s for stage in junction.stages),
        interstage_s=junction.interstage_s,
        serves=tuple(sum(1 << s for s, right in enumerate(stage.rights) if right) for stage in junction.stages),
        needed=needed,
        worth=worth,
        need=need,
    )
