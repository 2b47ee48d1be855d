"""Nobody waits for ever under adaptive control: after the longest red a group gets a stage that serves it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from signal_plans.adaptive.sightings import Sightings
    from signal_plans.streams.model import StreamTown
    from signal_plans.town import Town

LONGEST_RED_S = 120
LONGEST_UNSEEN_RED_S = 300
"""Also where nobody was seen: the sensor may be blind."""


class StageGuard:
    """Counts how long every group (G) has not been green, and whether somebody has asked for it since.

    Groups that no lane of the streets obeys (pedestrians, cycles, buses on lanes of their own) are always asked for:
    nothing tells whether somebody waits there.  Where a button does, its group waits from the press on.
    """

    def __init__(self, town: Town, streams: StreamTown) -> None:
        self._town = town
        names = [(layout.junction_id, group) for layout in town.layouts for group in layout.groups]
        place = {name: i for i, name in enumerate(names)}
        lanes, groups, first = [], [], 0
        for junction in streams.junctions:
            for stream in junction.streams:
                lanes.append(first + stream.lane)
                groups.append(place[junction.id, stream.group])
            first += len(junction.lanes)
        self._lane, self._group = np.array(lanes, np.int64), np.array(groups, np.int64)
        self._lanes = first
        self._always = np.ones(len(place), np.bool_)
        self._always[self._group] = False
        self._on_request = np.array(
            [group.on_request for layout in town.layouts for group in layout.groups.values()], np.bool_
        )
        self._waited_s = np.zeros(len(place))
        """(G,) since somebody pressed the button; 0 where nobody did."""
        self._asked = self._always.copy()
        self._junction = np.repeat(np.arange(len(town.layouts)), np.diff(town.first_group))
        self.red_s = np.zeros(len(place), np.int64)
        """(G,) seconds since the last green, or since the beginning."""

    def watch(
        self,
        green: NDArray[np.bool_],
        seconds: int,
        sightings: Sightings | None,
        waited_s: NDArray[np.float64] | None = None,
    ) -> None:
        """Take note of the groups (G,) that are green, after so many seconds, and of the vehicles in sight.

        `waited_s` (G,) says since when somebody waits at a button, nan where nobody does; without it all may wait.
        """
        self._waited_s = self.red_s.astype(np.float64) if waited_s is None else np.nan_to_num(waited_s, nan=0.0)
        if sightings is not None:
            seen = np.zeros(self._lanes, np.bool_)
            seen[sightings.lane] = True
            self._asked[self._group[seen[self._lane]]] = True
        self.red_s = np.where(green, 0, self.red_s + seconds)
        self._asked[green] = self._always[green]

    def overdue(self, may_change: NDArray[np.bool_]) -> list[tuple[int, int, str]]:
        """Junctions of those that may change (J), the stage (from 0) each must go to, and the group that needs it.

        Of several groups the one that has waited longest; of several stages the one that serves most of them.
        """
        late = (self._asked & (self.red_s >= LONGEST_RED_S)) | (self.red_s >= LONGEST_UNSEEN_RED_S)
        late[self._on_request] = (np.minimum(self._waited_s, self.red_s) >= LONGEST_RED_S)[self._on_request]
        late &= may_change[self._junction]
        if not late.any():
            return []
        return [(int(j), *self._service(int(j), late)) for j in np.unique(self._junction[late])]

    def _service(self, j: int, late: NDArray[np.bool_]) -> tuple[int, str]:
        layout, first = self._town.layouts[j], int(self._town.first_group[j])
        names = list(layout.groups)
        waiting = [g for g in range(len(names)) if late[first + g]]
        longest = names[max(waiting, key=lambda g: (self.red_s[first + g], -g))]
        others = {names[g] for g in waiting}
        serving = [s for s, stage in enumerate(layout.stages) if longest in stage.groups]
        return max(serving, key=lambda s: (len(others & layout.stages[s].groups), -s)), longest
