"""Queues and arrivals of all approach lanes from induction loops alone, second by second."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from signal_plans.adaptive.sightings import Sightings
from signal_plans.loops.loop import Loop, wire
from traffic_core.kernels import loop_counts, loop_estimate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from signal_plans.streams.model import StreamTown

__all__ = ["Loop", "LoopEstimator", "LoopFault"]

SPACING_M = 6.5
"""Between the fronts of standing cars."""
ROOM_VEH = 64
"""Vehicles kept for each lane."""
LEAST_ROOM_VEH = 10.0
"""That may stand behind an advance loop, where the lane given ends before it or soon after."""
FIRST_GUESS_VEH_S = 0.05
_KINDS = {
    loop_counts.STUCK_ON: "stuck on",
    loop_counts.STUCK_OFF: "stuck off",
    loop_counts.QUIET: "quiet",
    loop_counts.CHATTER: "chatters",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopFault:
    """A loop whose readings are not used until it has counted plausibly again."""

    loop: str
    kind: str
    """stuck on, stuck off, quiet (the usual traffic is missing at all loops of its lane), chatters"""


class LoopEstimator:
    """Follows the vehicles of each lane from loop to loop and corrects the count wherever a loop allows it."""

    def __init__(self, town: StreamTown, loops: Sequence[Loop]) -> None:
        """Raise `InvalidValueError` for a loop on a lane the town does not have or two stop-line loops on a lane."""
        free_m_s = [lane.speed_m_s for junction in town.junctions for lane in junction.lanes]
        lanes = len(free_m_s)
        self._loops = tuple(loops)
        self._free_m_s = np.array(free_m_s, np.float64)
        self._wiring = wire(self._loops, lanes)
        self._distance_m = np.array([loop.distance_m for loop in self._loops], np.float64)
        self._unseen_from_m = np.zeros(lanes)
        own = self._wiring.prior >= 1.0
        np.maximum.at(self._unseen_from_m, self._wiring.pair_lane[own], self._distance_m[self._wiring.pair_loop[own]])
        length_m = np.array([lane.length_m for junction in town.junctions for lane in junction.lanes])
        self._room_veh = np.array(
            [
                max(LEAST_ROOM_VEH, (max(length_m[list(loop.lanes)]) - loop.distance_m) / SPACING_M)
                for loop in self._loops
            ]
        )
        self._passed = np.zeros(len(self._loops), np.int64)
        self._loop_state = np.zeros((loop_counts.LOOP_ROWS, len(self._loops)))
        self._count_state = np.zeros((loop_counts.LANE_ROWS, lanes))
        self._lane_state = np.zeros((loop_estimate.LANE_ROWS, lanes))
        self._loop_state[[loop_counts.ARRIVAL_VEH_S, loop_counts.USUAL_VEH_S]] = FIRST_GUESS_VEH_S
        self._loop_state[loop_counts.GOES_ON] = 1.0
        self._count_state[loop_counts.LEAVING_VEH_S] = FIRST_GUESS_VEH_S
        total = np.bincount(self._wiring.pair_loop, self._wiring.prior, minlength=len(self._loops))
        self._share = self._wiring.prior / total[self._wiring.pair_loop] if self._loops else np.zeros(0)
        self._vehicles = np.zeros((4, lanes, ROOM_VEH))
        self._count = np.zeros(lanes, np.int64)
        self._lane = np.zeros(2 * ROOM_VEH * lanes, np.int64)
        self._out = np.zeros((3, 2 * ROOM_VEH * lanes))

    def step(
        self,
        now_s: int,
        rising: NDArray[np.int64],
        falling: NDArray[np.int64],
        occupied: NDArray[np.bool_],
        lane_right: NDArray[np.int64],
    ) -> Sightings:
        """Take in one second and return the vehicles reckoned to be in front of the stop lines.

        rising, falling : (N,) edges of each loop, in the order given, in the last second
        occupied : (N,) whether a vehicle is on the loop at its end
        lane_right : (L,) the best right (`Right`) that any stream of the lane had in this second, amber is red
        """
        wiring, state = self._wiring, self._loop_state
        loop_counts.read_loops(
            now_s, rising, falling, occupied, lane_right, self._distance_m, self._room_veh, wiring.stop_loop,
            (wiring.feed_first, wiring.pair_loop, wiring.lanes_of_loop), wiring.prior,
            state, self._count_state, self._share,
        )  # fmt: skip
        loop_estimate.follow_vehicles(
            rising, falling, occupied, state[loop_counts.FAULT] == loop_counts.HEALTHY, lane_right, self._distance_m,
            wiring.stop_loop,
            (wiring.feed_first, wiring.pair_loop, wiring.serve_first, wiring.serve_pair, wiring.pair_lane),
            wiring.sole, self._share,
            (state[loop_counts.OCCUPIED_S], state[loop_counts.JAMMED], state[loop_counts.USUAL_VEH_S]),
            self._count_state[loop_counts.LEAVING_VEH_S], self._free_m_s, SPACING_M,
            self._vehicles, self._count, self._lane_state, self._passed,
        )  # fmt: skip
        n = loop_estimate.list_vehicles(
            self._vehicles, self._count, self._count_state[loop_counts.LANE_UNSEEN_VEH], self._unseen_from_m,
            SPACING_M, self._lane_state, self._lane, self._out,
        )  # fmt: skip
        distance_m, speed_m_s, weight_veh = (self._out[row, :n].copy() for row in range(3))
        return Sightings(self._lane[:n].copy(), distance_m, speed_m_s, weight_veh)

    @property
    def queue_veh(self) -> NDArray[np.float64]:
        """(L,) vehicles that stand or creep, with the unseen part of a queue beyond the advance loop."""
        return np.array(self._lane_state[loop_estimate.QUEUE_VEH], np.float64)

    @property
    def confidence(self) -> NDArray[np.float64]:
        """(L,) 1 / (1 + standard deviation of the lane's vehicles): 1 is certain, 0.5 is plus or minus one vehicle."""
        variance = self._lane_state[loop_estimate.VARIANCE] + self._count_state[loop_counts.LANE_UNSEEN_VEH]
        return np.asarray(1.0 / (1.0 + np.sqrt(variance)), np.float64)

    @property
    def arrival_veh_s(self) -> NDArray[np.float64]:
        """(L,) mean flow towards the advance loops, for what is beyond them."""
        return np.array(self._count_state[loop_counts.LANE_ARRIVAL_VEH_S], np.float64)

    @property
    def share(self) -> NDArray[np.float64]:
        """(F,) of each advance loop's vehicles by lane, in the order of `wire`."""
        return self._share.copy()

    @property
    def faults(self) -> tuple[LoopFault, ...]:
        """Loops out of use, in their order."""
        kinds = self._loop_state[loop_counts.FAULT].astype(int)
        return tuple(
            LoopFault(loop=loop.id, kind=_KINDS[kind])
            for loop, kind in zip(self._loops, kinds.tolist(), strict=True)
            if kind != loop_counts.HEALTHY
        )
