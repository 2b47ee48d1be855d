"""What induction loops tell by themselves: faults, arrivals, queues over them, and where their vehicles go.

N loops, L approach lanes, F pairs (advance loop, lane it may lead to), ordered by lane.  Row k of `loop_state` (K, N)
and `lane_state` (M, L) is the quantity of that name below.

Sources: Furness (1965), Traffic Engineering and Control 7, 458-460 (balancing of the pairs' flows); Liu, Wu, Ma, Hu
(2009), Transportation Research C 17, 412-427 (a queue beyond the loop ends where its occupancy breaks up).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from traffic_core.jit import inner, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Rows of `loop_state`.
OCCUPIED_S, FREE_S, JAMMED, FAULT, MISSED_VEH, RECOVERED, RISING_MINUTE, PASSED_VEH = range(8)
UNSEEN_VEH, ARRIVAL_VEH_S, USUAL_VEH_S, COUNTED_VEH, COUNTED_S, AGE_S, SUM_VEH, GOES_ON, CREPT = range(8, 17)
LOOP_ROWS = 17

# Rows of `lane_state`.
QUIET_S, LEAVING_VEH_S, GREEN_QUIET_S, LEFT_SUM_VEH, LANE_ARRIVAL_VEH_S, LANE_UNSEEN_VEH, LANE_AGE_S = range(7)
LANE_ROWS = 7

# Values of the row FAULT.
HEALTHY, STUCK_ON, STUCK_OFF, QUIET, CHATTER = range(5)

JAMMED_AFTER_S = 3.0
CLEAR_AFTER_S = 3.0
CREPT_S = 1.0  # full seconds on the loop: below some 3 m/s
GAP_CLEAR_AFTER_S = 30.0  # a queue that crept over the loop may stand with a gap between two vehicles there
TIGHT_SPACING_M = 5.0
FEWEST_MISSED_VEH = 6.0
FEWEST_GREEN_S = 20.0
MEMORY_S = 300.0
USUAL_MEMORY_S = 3600.0
PRIOR_S = 60.0
PRIOR_VEH = 10.0
QUIET_VEH = 20.0
QUIET_AFTER_S = 900.0
QUIET_GREEN_S = 120.0
CHATTER_PER_MINUTE = 50.0
RECOVERED_EDGES = 3.0
BALANCE_EVERY_S = 60
SWEEPS = 20
SMALLEST_SHARE = 0.05
LEAKAGE = 0.15  # smaller differences between what enters and what leaves are taken for miscounts


def _read(loop: int, rising: int, falling: int, occupied: bool, state: NDArray[np.float64]) -> None:
    """Seconds occupied and free, recovery and chatter of a loop."""
    still = rising == 0 and falling == 0
    if falling > 0:
        state[CREPT, loop] = 1.0 if state[OCCUPIED_S, loop] >= CREPT_S else 0.0
    state[OCCUPIED_S, loop] = state[OCCUPIED_S, loop] + 1.0 if occupied and still else 0.0
    state[FREE_S, loop] = state[FREE_S, loop] + 1.0 if not occupied and still else 0.0
    state[RISING_MINUTE, loop] += rising - state[RISING_MINUTE, loop] / 60.0
    if not still:
        state[MISSED_VEH, loop] = 0.0
    if state[FAULT, loop] != HEALTHY:
        state[RECOVERED, loop] += falling
        if state[RECOVERED, loop] >= RECOVERED_EDGES and state[RISING_MINUTE, loop] < 0.5 * CHATTER_PER_MINUTE:
            state[FAULT, loop] = HEALTHY
            state[COUNTED_VEH, loop] = state[COUNTED_S, loop] = 0.0
    if state[RISING_MINUTE, loop] > CHATTER_PER_MINUTE:
        state[FAULT, loop] = CHATTER
        state[RECOVERED, loop] = 0.0


def _condemn(loop: int, fault: int, state: NDArray[np.float64]) -> None:
    """Use the loop no more until it has counted again."""
    if state[FAULT, loop] == HEALTHY:
        state[FAULT, loop] = fault
        state[RECOVERED, loop] = 0.0
        state[JAMMED, loop] = state[UNSEEN_VEH, loop] = 0.0


def _follow_jam(loop: int, rising: int, room_veh: float, state: NDArray[np.float64]) -> None:
    """Queue over an advance loop, the unseen vehicles behind it, and mean arrivals counted while there is none."""
    state[PASSED_VEH, loop] += rising
    state[COUNTED_VEH, loop] += rising
    state[COUNTED_S, loop] += 1.0
    state[UNSEEN_VEH, loop] = max(0.0, state[UNSEEN_VEH, loop] - rising)
    if state[OCCUPIED_S, loop] >= JAMMED_AFTER_S:
        if state[JAMMED, loop] > 0.0 and state[PASSED_VEH, loop] >= 3.0:
            # Part of the queue has gone and its end was not seen: somebody is still behind.
            state[UNSEEN_VEH, loop] = max(state[UNSEEN_VEH, loop], 2.0)
        state[JAMMED, loop] = 1.0
        state[PASSED_VEH, loop] = 0.0
    elif state[FREE_S, loop] >= (GAP_CLEAR_AFTER_S if state[CREPT, loop] > 0.0 else CLEAR_AFTER_S):
        state[JAMMED, loop] = 0.0
        state[UNSEEN_VEH, loop] = 0.0
    if state[JAMMED, loop] > 0.0:
        state[UNSEEN_VEH, loop] = min(room_veh, state[UNSEEN_VEH, loop] + state[ARRIVAL_VEH_S, loop])
        return
    seconds, counted = state[COUNTED_S, loop], state[COUNTED_VEH, loop]
    state[AGE_S, loop] += seconds
    known_s = PRIOR_S + state[AGE_S, loop]
    state[ARRIVAL_VEH_S, loop] += (counted / seconds - state[ARRIVAL_VEH_S, loop]) * (
        1.0 - math.exp(-seconds / min(MEMORY_S, known_s))
    )
    state[USUAL_VEH_S, loop] += (counted / seconds - state[USUAL_VEH_S, loop]) * (
        1.0 - math.exp(-seconds / min(USUAL_MEMORY_S, known_s))
    )
    state[COUNTED_VEH, loop] = state[COUNTED_S, loop] = 0.0


_read_inner = inner(_read)
_condemn_inner = inner(_condemn)
_follow_jam_inner = inner(_follow_jam)


def _judge(
    lane: int,
    stop: int,
    rising: NDArray[np.int64],
    falling: NDArray[np.int64],
    occupied: NDArray[np.bool_],
    distance_m: NDArray[np.float64],
    pairs: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]],
    prior: NDArray[np.float64],
    share: NDArray[np.float64],
    loop_state: NDArray[np.float64],
    lane_state: NDArray[np.float64],
) -> None:
    """Stuck: the loops before or behind counted more vehicles than fit in between while this one saw no edge."""
    feed_first, pair_loop, lanes_of_loop = pairs
    first, end = feed_first[lane], feed_first[lane + 1]
    edges = 0 if stop < 0 else rising[stop] + falling[stop]
    inflow = 0.0
    far_m = 0.0
    usual = 1e-9
    for f in range(first, end):
        loop = pair_loop[f]
        inflow += rising[loop] * share[f] * loop_state[GOES_ON, loop]
        usual += loop_state[USUAL_VEH_S, loop] * share[f]
        edges += rising[loop] + falling[loop]
        far_m = max(far_m, distance_m[loop])
    if stop >= 0:
        if rising[stop] == 0 and falling[stop] == 0:
            loop_state[MISSED_VEH, stop] += inflow
        limit_veh = far_m / TIGHT_SPACING_M + FEWEST_MISSED_VEH
        if loop_state[MISSED_VEH, stop] > limit_veh and lane_state[GREEN_QUIET_S, lane] > FEWEST_GREEN_S:
            _condemn_inner(stop, STUCK_ON if occupied[stop] else STUCK_OFF, loop_state)
    for f in range(first, end):
        loop = pair_loop[f]
        if stop >= 0 and rising[loop] == 0 and falling[loop] == 0:
            loop_state[MISSED_VEH, loop] += falling[stop] * loop_state[USUAL_VEH_S, loop] * share[f] / usual
        if loop_state[MISSED_VEH, loop] > distance_m[loop] / TIGHT_SPACING_M + 2.0 * FEWEST_MISSED_VEH:
            _condemn_inner(loop, STUCK_ON if occupied[loop] else STUCK_OFF, loop_state)
    lane_state[QUIET_S, lane] = 0.0 if edges > 0 else lane_state[QUIET_S, lane] + 1.0
    quiet_s = lane_state[QUIET_S, lane]
    missing = quiet_s > QUIET_AFTER_S and quiet_s * lane_state[LEAVING_VEH_S, lane] > QUIET_VEH
    if missing and lane_state[GREEN_QUIET_S, lane] > QUIET_GREEN_S:
        for f in range(first, end):
            if prior[f] >= 1.0 and lanes_of_loop[pair_loop[f]] == 1:
                _condemn_inner(pair_loop[f], QUIET, loop_state)
        if stop >= 0:
            _condemn_inner(stop, QUIET, loop_state)


def _balance(
    feed_first: NDArray[np.int64],
    pair_loop: NDArray[np.int64],
    stop_loop: NDArray[np.int64],
    prior: NDArray[np.float64],
    loop_state: NDArray[np.float64],
    lane_state: NDArray[np.float64],
    share: NDArray[np.float64],
) -> None:
    """Shares of the advance loops' vehicles by lane, from what entered and what left: Furness balancing of `prior`.

    The shares of a loop add up to 1.  Where clearly less leaves than entered, vehicles leave on the way: GOES_ON is the
    part that does not.  Which of the vehicles these are shows at the stop line only, so each counts in full until then.
    """
    loops, lanes = loop_state.shape[1], lane_state.shape[1]
    total = np.zeros(loops)
    target = np.zeros(lanes)
    flow = prior.copy()
    for f in range(flow.shape[0]):
        total[pair_loop[f]] += prior[f]
    for lane in range(lanes):
        for f in range(feed_first[lane], feed_first[lane + 1]):
            flow[f] = prior[f] / total[pair_loop[f]]
            target[lane] += PRIOR_VEH * flow[f]
            flow[f] *= loop_state[SUM_VEH, pair_loop[f]] + PRIOR_VEH
        target[lane] += lane_state[LEFT_SUM_VEH, lane]
    for sweep in range(2 * SWEEPS):
        if sweep % 2 == 1:
            total[:] = 0.0
            for f in range(flow.shape[0]):
                total[pair_loop[f]] += flow[f]
            for f in range(flow.shape[0]):
                entered = loop_state[SUM_VEH, pair_loop[f]] + PRIOR_VEH
                ratio = entered / max(total[pair_loop[f]], 1e-9)
                # No more can go on than entered; less can.
                if ratio < 1.0 or (sweep == 2 * SWEEPS - 1 and ratio < 1.0 + LEAKAGE):
                    flow[f] *= ratio
            continue
        for lane in range(lanes):
            left = 0.0
            for f in range(feed_first[lane], feed_first[lane + 1]):
                left += flow[f]
            if left > 0.0 and stop_loop[lane] >= 0:
                for f in range(feed_first[lane], feed_first[lane + 1]):
                    flow[f] *= target[lane] / left
    kept = np.zeros(loops)
    loop_state[GOES_ON, :] = 0.0
    for f in range(flow.shape[0]):
        loop = pair_loop[f]
        share[f] = flow[f] / (loop_state[SUM_VEH, loop] + PRIOR_VEH)
        loop_state[GOES_ON, loop] += share[f]
        if share[f] < SMALLEST_SHARE:
            share[f] = 0.0
        kept[loop] += share[f]
    for f in range(flow.shape[0]):
        if kept[pair_loop[f]] > 0.0:
            share[f] /= kept[pair_loop[f]]


_judge_inner = inner(_judge)
_balance_inner = inner(_balance)


def _read_loops(
    now_s: int,
    rising: NDArray[np.int64],
    falling: NDArray[np.int64],
    occupied: NDArray[np.bool_],
    right: NDArray[np.int64],
    distance_m: NDArray[np.float64],
    room_veh: NDArray[np.float64],
    stop_loop: NDArray[np.int64],
    pairs: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]],
    prior: NDArray[np.float64],
    loop_state: NDArray[np.float64],
    lane_state: NDArray[np.float64],
    share: NDArray[np.float64],
) -> None:
    """Bring the states of all loops and lanes up to this second.

    now_s : shares are balanced at every full minute
    rising, falling : (N,) edges of each loop in the last second
    occupied : (N,) at its end
    right : (L,) best right of the lane's streams in the last second: 0 red, 1 permissive, 2 protected
    distance_m : (N,) of each loop from the stop line
    room_veh : (N,) vehicles that may stand behind each advance loop
    stop_loop : (L,) position of the lane's stop-line loop, -1 for none
    pairs : `feed_first` (L + 1,), `pair_loop` (F,): advance loops of lane l are
        `pair_loop[feed_first[l]:feed_first[l + 1]]`; and (N,) lanes each loop leads straight to
    prior : (F,) 1 where the loop leads straight to the lane, less where vehicles change to it
    loop_state : (17, N), lane_state : (7, L), share : (F,); changed
    """
    for loop in range(rising.shape[0]):
        _read_inner(loop, rising[loop], falling[loop], occupied[loop], loop_state)
    feed_first, pair_loop, lanes_of_loop = pairs
    for loop in range(rising.shape[0]):
        if loop_state[FAULT, loop] == HEALTHY and lanes_of_loop[loop] > 0:
            _follow_jam_inner(loop, rising[loop], room_veh[loop], loop_state)
    for lane in range(right.shape[0]):
        stop = stop_loop[lane]
        seen = stop >= 0 and (rising[stop] > 0 or falling[stop] > 0)
        lane_state[GREEN_QUIET_S, lane] = 0.0 if seen else lane_state[GREEN_QUIET_S, lane] + (right[lane] > 0)
        _judge_inner(lane, stop, rising, falling, occupied, distance_m, pairs, prior, share, loop_state, lane_state)
        healthy = stop >= 0 and loop_state[FAULT, stop] == HEALTHY
        arrival = 0.0
        unseen = 0.0
        for f in range(feed_first[lane], feed_first[lane + 1]):
            loop = pair_loop[f]
            arrival += loop_state[ARRIVAL_VEH_S, loop] * loop_state[GOES_ON, loop] * share[f]
            if prior[f] >= 1.0:
                unseen += loop_state[UNSEEN_VEH, loop] / lanes_of_loop[loop]
        if healthy:
            lane_state[LANE_AGE_S, lane] += 1.0
            memory_s = min(USUAL_MEMORY_S, PRIOR_S + lane_state[LANE_AGE_S, lane])
            lane_state[LEAVING_VEH_S, lane] += (falling[stop] - lane_state[LEAVING_VEH_S, lane]) / memory_s
        for f in range(feed_first[lane], feed_first[lane + 1]):
            healthy = healthy and loop_state[FAULT, pair_loop[f]] == HEALTHY
        if healthy:
            lane_state[LEFT_SUM_VEH, lane] += falling[stop] - lane_state[LEFT_SUM_VEH, lane] / USUAL_MEMORY_S
        lane_state[LANE_ARRIVAL_VEH_S, lane] = arrival
        lane_state[LANE_UNSEEN_VEH, lane] = unseen
        if feed_first[lane] == feed_first[lane + 1]:
            lane_state[LANE_ARRIVAL_VEH_S, lane] = lane_state[LEAVING_VEH_S, lane]
    # A pair of sums is kept only while all loops of the lanes concerned work.
    trusted = np.ones(rising.shape[0], np.bool_)
    for lane in range(right.shape[0]):
        stop = stop_loop[lane]
        sound = stop >= 0 and loop_state[FAULT, stop] == HEALTHY
        for f in range(feed_first[lane], feed_first[lane + 1]):
            sound = sound and loop_state[FAULT, pair_loop[f]] == HEALTHY
        if not sound:
            for f in range(feed_first[lane], feed_first[lane + 1]):
                trusted[pair_loop[f]] = False
    for loop in range(rising.shape[0]):
        if trusted[loop]:
            loop_state[SUM_VEH, loop] += rising[loop] - loop_state[SUM_VEH, loop] / USUAL_MEMORY_S
    if now_s % BALANCE_EVERY_S == 0:
        _balance_inner(feed_first, pair_loop, stop_loop, prior, loop_state, lane_state, share)


def _example_read_loops() -> tuple[Any, ...]:
    edges = np.zeros(1, np.int64)
    ones = np.ones(1)
    pairs = (np.array([0, 1]), edges, np.ones(1, np.int64))
    states = np.zeros((LOOP_ROWS, 1)), np.zeros((LANE_ROWS, 1))
    return 0, edges, edges, np.zeros(1, np.bool_), edges, ones, ones, edges, pairs, ones, *states, np.ones(1)


read_loops = kernel(_example_read_loops)(_read_loops)
