"""Coordination as a wish of the look-ahead: what it costs not to show a green wave's green.

While adaptive control works, the programme that the day plan asks for is played beside it.  Where that is a supplied
one, its main stage is the coordinated green: each second in which the programme shows it and a plan does not costs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from signal_plans.programme import COMPUTED_ID, groups_by_second

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from signal_plans.programme import SignalProgramme
    from signal_plans.streams.model import StagedJunction, StreamTown


class GreenWindows:
    """Costs of red seconds for the lanes of a town."""

    def __init__(self, town: StreamTown, weight: float, horizon_s: int) -> None:
        """`weight`: seconds that a red second of a lane costs within the window."""
        self._junctions = town.junctions
        self._weight = weight
        self._ahead_s = np.arange(horizon_s)
        self._windows: list[tuple[SignalProgramme, NDArray[np.bool_]] | None] = [None] * len(town.junctions)

    def red_cost_s(self, now_s: int, programmes: Sequence[SignalProgramme]) -> NDArray[np.float64]:
        """(L, T) cost of a red second of each lane in the seconds after `now_s`, by the programmes beside."""
        rows = []
        for j, (junction, programme) in enumerate(zip(self._junctions, programmes, strict=True)):
            kept = self._windows[j]
            if kept is None or kept[0] is not programme:
                kept = self._windows[j] = (programme, window_of(junction, programme))
            seconds = (programme.second_at(now_s + 1) + self._ahead_s) % programme.cycle_s
            rows.append(self._weight * kept[1][:, seconds])
        return np.concatenate(rows)


def window_of(junction: StagedJunction, programme: SignalProgramme) -> NDArray[np.bool_]:
    """(lanes, cycle) seconds in which a programme shows its main stage; none of a programme computed from counts.

    The main stage is the one that is shown longest, the first of several.
    """
    window = np.zeros((len(junction.lanes), programme.cycle_s), np.bool_)
    if programme.id == COMPUTED_ID:
        return window
    shown = groups_by_second(programme.greens, programme.cycle_s)
    stages = programme.layout.stages
    longest_s = [sum(1 for groups in shown if stage.groups <= groups) for stage in stages]
    main = stages[longest_s.index(max(longest_s))].groups
    for stream in junction.streams:
        if stream.group in main:
            window[stream.lane] |= [stream.group in groups for groups in shown]
    return window
