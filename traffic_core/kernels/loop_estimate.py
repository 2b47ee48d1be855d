"""Vehicles on approach lanes, reckoned each second from stop-line and advance loops; all lanes of a town in one call.

A lane holds up to P vehicles in the order of their distance; `vehicles` (4, L, P): distance of the front from the stop
line, m; speed, m/s; weight, in (0, 1]; tag, the same for the parts of one vehicle on several lanes, -1 for none.
They enter by the rising edges of advance loops, move by Newell's car-following rule and leave by the falling edges of
the stop-line loop.

Source of the movement: Newell (2002), Transportation Research B 36, 195-205.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from traffic_core.jit import inner, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    _Integers = NDArray[np.int64]
    _Pairs = tuple[_Integers, _Integers, _Integers, _Integers, _Integers]

DISTANCE_M, SPEED_M_S, WEIGHT_VEH, TAG = range(4)

# Rows of `lane_state`.
GREEN_S, SILENT_S, HEAD_WAIT_S, VARIANCE, SINCE_OUT_S, DUE_VEH, QUEUE_VEH = range(7)
LANE_ROWS = 7

NO_TAG = -1.0
ACCELERATION_M_S2 = 2.0
CAR_LENGTH_M = 4.5
LOOSE_SPACING_M = 8.0  # standing vehicles hardly need more: with fewer on a full stretch some were missed
STANDING_M_S = 2.0
FULL_AFTER_S = 4.0
PHANTOM_AFTER_S = 4.0
REACH_OUT_M = 30.0  # a vehicle reckoned farther away is not the one that has just left
BLIND_FROM_M = 40.0  # where vehicles of lanes without an advance loop are put
MODEL_HEADWAY_S = 2.0
PERMISSIVE_HEADWAY_S = 4.0
NOWHERE = 0.2  # odds that a vehicle counted, but not found where it was reckoned, is on no other lane either
DRIFT = 0.05  # variance by each count, veh^2


def _insert(
    vehicles: NDArray[np.float64],
    count: NDArray[np.int64],
    lane: int,
    place: tuple[float, float],
    weight_veh: float,
    tag: float,
) -> None:
    """Put a vehicle at (distance, speed) into the lane's order; a full lane takes no more."""
    n = count[lane]
    if weight_veh <= 0.0 or n == vehicles.shape[2]:
        return
    k = n
    while k > 0 and vehicles[DISTANCE_M, lane, k - 1] > place[0]:
        vehicles[:, lane, k] = vehicles[:, lane, k - 1]
        k -= 1
    vehicles[DISTANCE_M, lane, k] = place[0]
    vehicles[SPEED_M_S, lane, k] = place[1]
    vehicles[WEIGHT_VEH, lane, k] = weight_veh
    vehicles[TAG, lane, k] = tag
    count[lane] = n + 1


def _drop(vehicles: NDArray[np.float64], count: NDArray[np.int64], lane: int, first: int) -> None:
    """Remove one vehicle of the lane."""
    for k in range(first, count[lane] - 1):
        vehicles[:, lane, k] = vehicles[:, lane, k + 1]
    count[lane] -= 1


_insert_inner = inner(_insert)
_drop_inner = inner(_drop)


def _settle(
    lane: int, k: int, left: bool, pairs: _Pairs, vehicles: NDArray[np.float64], count: NDArray[np.int64]
) -> None:
    """Vehicle k has left by this lane, or is not on it: remove it, and its parts on other lanes go or grow.

    They grow by Bayes' rule: P(other lane | not this lane) = P(other lane) / (1 + P(miscounted) - P(this lane)).
    """
    tag = vehicles[TAG, lane, k]
    weight = vehicles[WEIGHT_VEH, lane, k]
    _drop_inner(vehicles, count, lane, k)
    if tag < 0.0:
        return
    _, _, serve_first, serve_pair, pair_lane = pairs
    loop = int(tag) % (serve_first.shape[0] - 1)
    for s in range(serve_first[loop], serve_first[loop + 1]):
        other = pair_lane[serve_pair[s]]
        if other == lane:
            continue
        for i in range(count[other]):
            if vehicles[TAG, other, i] != tag:
                continue
            if left:
                _drop_inner(vehicles, count, other, i)
            else:
                vehicles[WEIGHT_VEH, other, i] /= max(vehicles[WEIGHT_VEH, other, i], 1.0 + NOWHERE - weight)
            break


_settle_inner = inner(_settle)


def _depart(lane: int, within_m: float, pairs: _Pairs, vehicles: NDArray[np.float64], count: NDArray[np.int64]) -> None:
    """One vehicle has left the lane: the likeliest one; those before it were on other lanes."""
    best = -1
    best_chance = 0.0
    none_before = 1.0
    for k in range(count[lane]):
        if vehicles[DISTANCE_M, lane, k] > within_m:
            break
        weight = vehicles[WEIGHT_VEH, lane, k]
        if none_before * weight > best_chance:
            best, best_chance = k, none_before * weight
        none_before *= 1.0 - weight
    if best < 0:
        return
    _settle_inner(lane, best, True, pairs, vehicles, count)
    for k in range(best - 1, -1, -1):
        _settle_inner(lane, k, False, pairs, vehicles, count)


def _move(
    vehicles: NDArray[np.float64], count: NDArray[np.int64], lane: int, free_m_s: float, spacing_m: float
) -> None:
    """Advance the lane's vehicles by one second; the first stops at the stop line until its loop has counted it."""
    limit_m = 0.0
    for k in range(count[lane]):
        before_m = vehicles[DISTANCE_M, lane, k]
        speed = min(free_m_s, vehicles[SPEED_M_S, lane, k] + ACCELERATION_M_S2)
        after_m = min(before_m, max(before_m - speed, limit_m))
        vehicles[DISTANCE_M, lane, k] = after_m
        vehicles[SPEED_M_S, lane, k] = before_m - after_m
        limit_m = before_m + spacing_m * vehicles[WEIGHT_VEH, lane, k]


def _weight_within(vehicles: NDArray[np.float64], count: NDArray[np.int64], lane: int, within_m: float) -> float:
    """Vehicles of the lane up to this distance."""
    total = 0.0
    for k in range(count[lane]):
        if vehicles[DISTANCE_M, lane, k] > within_m:
            break
        total += vehicles[WEIGHT_VEH, lane, k]
    return total


_depart_inner = inner(_depart)
_move_inner = inner(_move)
_weight_within_inner = inner(_weight_within)


def _thin(lane: int, far_m: float, vehicles: NDArray[np.float64], count: NDArray[np.int64]) -> None:
    """Drop the least certain vehicles that cannot all be in front of a loop."""
    while _weight_within_inner(vehicles, count, lane, far_m) > far_m / CAR_LENGTH_M + 1.0:
        least = 0
        for k in range(count[lane]):
            lighter = vehicles[WEIGHT_VEH, lane, k] < vehicles[WEIGHT_VEH, lane, least]
            if lighter and vehicles[DISTANCE_M, lane, k] <= far_m:
                least = k
        _drop_inner(vehicles, count, lane, least)


_thin_inner = inner(_thin)


def _let_in(
    lane: int,
    free_m_s: float,
    loops: tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.float64]],
    sound: NDArray[np.bool_],
    loop_state: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]],
    leaving_veh_s: float,
    pairs: _Pairs,
    sole: NDArray[np.bool_],
    share: NDArray[np.float64],
    passed: NDArray[np.int64],
    vehicles: NDArray[np.float64],
    count: NDArray[np.int64],
    lane_state: NDArray[np.float64],
) -> None:
    """Vehicles that came over the advance loops of the lane; where these are blind, vehicles at the usual rate."""
    rising, occupied, distance_m = loops
    occupied_s, jammed, usual_veh_s = loop_state
    first, end = pairs[0][lane], pairs[0][lane + 1]
    due_veh = leaving_veh_s if first == end else 0.0
    due_from_m = BLIND_FROM_M
    for f in range(first, end):
        loop = pairs[1][f]
        far_m = distance_m[loop]
        if not sound[loop]:
            due_veh += usual_veh_s[loop] * share[f]
            due_from_m = far_m
            continue
        for r in range(rising[loop]):
            on_it = occupied[loop] and r == rising[loop] - 1
            place_m = far_m - min(far_m, 2.0 if on_it else 0.5 * free_m_s)
            speed = 0.5 * free_m_s if jammed[loop] > 0.0 else free_m_s
            tag = float(loop + rising.shape[0] * (passed[loop] + r))
            _insert_inner(vehicles, count, lane, (place_m, speed), min(1.0, share[f]), tag)
            lane_state[VARIANCE, lane] += DRIFT
        _thin_inner(lane, far_m, vehicles, count)
        if occupied_s[loop] < 1.0:
            continue
        # The vehicle still standing on the loop is not farther on.
        tag = float(loop + rising.shape[0] * (passed[loop] - 1))
        held_m = max(0.0, far_m - CAR_LENGTH_M)
        for k in range(count[lane]):
            if vehicles[TAG, lane, k] == tag and vehicles[DISTANCE_M, lane, k] < held_m:
                weight = vehicles[WEIGHT_VEH, lane, k]
                speed = min(STANDING_M_S, vehicles[SPEED_M_S, lane, k])
                _drop_inner(vehicles, count, lane, k)
                _insert_inner(vehicles, count, lane, (held_m, speed), weight, tag)
                break
        if not sole[f]:
            continue
        missing = far_m / LOOSE_SPACING_M - _weight_within_inner(vehicles, count, lane, far_m + 1.0)
        if occupied_s[loop] >= FULL_AFTER_S and missing > 0.5:
            _insert_inner(vehicles, count, lane, (0.5 * far_m, 0.0), min(1.0, missing), NO_TAG)
        if occupied_s[loop] >= FULL_AFTER_S:
            lane_state[HEAD_WAIT_S, lane] = 0.0  # whatever the stop line tells, there is a queue
    lane_state[DUE_VEH, lane] += due_veh
    if lane_state[DUE_VEH, lane] >= 0.5:
        _insert_inner(vehicles, count, lane, (due_from_m, free_m_s), 0.5, NO_TAG)
        lane_state[DUE_VEH, lane] -= 0.5
        lane_state[VARIANCE, lane] += 0.5


def _let_out(
    lane: int,
    right: int,
    edges: tuple[int, bool, bool],
    pairs: _Pairs,
    vehicles: NDArray[np.float64],
    count: NDArray[np.int64],
    lane_state: NDArray[np.float64],
) -> None:
    """Vehicles that left over the stop line; those that should have and did not come are not there."""
    falling, occupied, sees = edges
    lane_state[GREEN_S, lane] = lane_state[GREEN_S, lane] + 1.0 if right > 0 else 0.0
    lane_state[SINCE_OUT_S, lane] += 1.0
    at_line = count[lane] > 0 and vehicles[DISTANCE_M, lane, 0] <= 1.0
    if not sees:
        lane_state[SILENT_S, lane] = 0.0
        headway_s = MODEL_HEADWAY_S if right > 1 else PERMISSIVE_HEADWAY_S
        ready = lane_state[SINCE_OUT_S, lane] >= headway_s and lane_state[GREEN_S, lane] >= MODEL_HEADWAY_S
        if right > 0 and at_line and ready:
            _depart_inner(lane, REACH_OUT_M, pairs, vehicles, count)
            lane_state[SINCE_OUT_S, lane] = 0.0
        return
    if falling > 0 or occupied:
        lane_state[SILENT_S, lane] = lane_state[HEAD_WAIT_S, lane] = 0.0
    else:
        lane_state[SILENT_S, lane] += 1.0
        lane_state[HEAD_WAIT_S, lane] = lane_state[HEAD_WAIT_S, lane] + 1.0 if right > 0 and at_line else 0.0
    if falling > 0:
        lane_state[SINCE_OUT_S, lane] = 0.0
        lane_state[VARIANCE, lane] += DRIFT * falling
        for _ in range(falling):
            _depart_inner(lane, REACH_OUT_M, pairs, vehicles, count)
    if lane_state[HEAD_WAIT_S, lane] >= PHANTOM_AFTER_S and lane_state[GREEN_S, lane] > PHANTOM_AFTER_S:
        while count[lane] > 0 and vehicles[SPEED_M_S, lane, 0] < STANDING_M_S:
            _settle_inner(lane, 0, False, pairs, vehicles, count)
        lane_state[VARIANCE, lane] = 0.0
    if right > 0 and count[lane] == 0 and min(lane_state[SILENT_S, lane], lane_state[GREEN_S, lane]) > PHANTOM_AFTER_S:
        lane_state[VARIANCE, lane] = 0.0
    if occupied and (count[lane] == 0 or vehicles[DISTANCE_M, lane, 0] > REACH_OUT_M):
        _insert_inner(vehicles, count, lane, (0.0, 0.0), 1.0, NO_TAG)


_let_in_inner = inner(_let_in)
_let_out_inner = inner(_let_out)


def _follow_vehicles(
    rising: NDArray[np.int64],
    falling: NDArray[np.int64],
    occupied: NDArray[np.bool_],
    sound: NDArray[np.bool_],
    right: NDArray[np.int64],
    distance_m: NDArray[np.float64],
    stop_loop: NDArray[np.int64],
    pairs: _Pairs,
    sole: NDArray[np.bool_],
    share: NDArray[np.float64],
    loop_state: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]],
    leaving_veh_s: NDArray[np.float64],
    free_m_s: NDArray[np.float64],
    spacing_m: float,
    vehicles: NDArray[np.float64],
    count: NDArray[np.int64],
    lane_state: NDArray[np.float64],
    passed: NDArray[np.int64],
) -> None:
    """Move, let in and let out the vehicles of L lanes by one second; N loops, F pairs (advance loop, lane).

    rising, falling, occupied : (N,) edges of each loop in the last second; whether a vehicle is on it at the end
    sound : (N,) loops without fault
    right : (L,) best right of the lane's streams in the last second: 0 red, 1 permissive, 2 protected
    distance_m : (N,) of each loop from the stop line
    stop_loop : (L,) position of the lane's stop-line loop, -1 for none
    pairs : `feed_first` (L + 1,), `pair_loop` (F,): pairs of lane l and their loops; `serve_first` (N + 1,),
        `serve_pair` (F,): pairs of loop i; `pair_lane` (F,)
    sole : (F,) pairs whose loop leads straight to this lane only
    share : (F,) of the loop's vehicles that go to the lane
    loop_state : (N,) each: seconds occupied without an edge, whether a queue stands over the loop, usual veh/s
    leaving_veh_s : (L,) usual flow over the stop line
    free_m_s : (L,) speed of free vehicles
    spacing_m : between the fronts of standing vehicles
    vehicles : (4, L, P), count : (L,), lane_state : (7, L); changed
    passed : (N,) vehicles so far, changed
    """
    for lane in range(count.shape[0]):
        _move_inner(vehicles, count, lane, free_m_s[lane], spacing_m)
    for lane in range(count.shape[0]):
        _let_in_inner(
            lane, free_m_s[lane], (rising, occupied, distance_m), sound, loop_state, leaving_veh_s[lane], pairs, sole,
            share, passed, vehicles, count, lane_state,
        )  # fmt: skip
    passed += rising
    for lane in range(count.shape[0]):
        stop = stop_loop[lane]
        sees = stop >= 0 and sound[stop]
        edges = (falling[stop], occupied[stop], True) if sees else (0, False, False)
        _let_out_inner(lane, right[lane], edges, pairs, vehicles, count, lane_state)


def _list_vehicles(
    vehicles: NDArray[np.float64],
    count: NDArray[np.int64],
    unseen_veh: NDArray[np.float64],
    unseen_from_m: NDArray[np.float64],
    spacing_m: float,
    lane_state: NDArray[np.float64],
    lane: NDArray[np.int64],
    out: NDArray[np.float64],
) -> int:
    """Write all vehicles, the unseen ones behind the advance loops, and the lanes' queues; return how many.

    vehicles : (4, L, P), count : (L,)
    unseen_veh : (L,) vehicles that stand behind the advance loops, from `unseen_from_m` (L,)
    lane_state : (7, L) its row QUEUE_VEH is written: vehicles that stand or creep
    lane : (V,), out : (3, V) written: distance, speed, weight
    """
    total = 0
    for i in range(count.shape[0]):
        queue_veh = unseen_veh[i]
        last_m = unseen_from_m[i]
        for k in range(count[i]):
            if vehicles[SPEED_M_S, i, k] < STANDING_M_S:
                queue_veh += vehicles[WEIGHT_VEH, i, k]
            last_m = max(last_m, vehicles[DISTANCE_M, i, k])
            if total < lane.shape[0]:
                lane[total] = i
                out[:, total] = vehicles[:TAG, i, k]
                total += 1
        lane_state[QUEUE_VEH, i] = queue_veh
        left = unseen_veh[i]
        while left > 0.05 and total < lane.shape[0]:
            last_m += spacing_m
            lane[total] = i
            out[DISTANCE_M, total] = last_m
            out[SPEED_M_S, total] = 0.0
            out[WEIGHT_VEH, total] = min(1.0, left)
            left -= 1.0
            total += 1
    return total


def _example_follow_vehicles() -> tuple[Any, ...]:
    edges, yes, ones = np.zeros(1, np.int64), np.ones(1, np.bool_), np.ones(1)
    pairs = (np.array([0, 1]), edges, np.array([0, 1]), edges, edges)
    memory = np.zeros((LANE_ROWS, 1)), edges.copy()
    static = ones, edges, pairs, yes, ones, (ones, ones, ones), ones, ones, 6.5
    return edges, edges, yes, yes, edges, *static, np.zeros((4, 1, 8)), edges.copy(), *memory


def _example_list_vehicles() -> tuple[Any, ...]:
    ones = np.ones(1)
    room = np.zeros(8, np.int64), np.zeros((3, 8))
    return np.zeros((4, 1, 8)), np.zeros(1, np.int64), ones, ones, 6.5, np.zeros((LANE_ROWS, 1)), *room


follow_vehicles = kernel(_example_follow_vehicles)(_follow_vehicles)
list_vehicles = kernel(_example_list_vehicles)(_list_vehicles)
