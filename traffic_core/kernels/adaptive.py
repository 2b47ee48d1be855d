"""Adaptive control: play plans of stages through a queue model and take the cheapest, all junctions in one call.

Lanes, streams, stages and exits of all junctions lie in a row; the streams of a lane stand one after another.  A lane
is a queue; its first place, the head, holds a probability for each stream, so that a lane whose first vehicle may not
go is blocked as far as that is likely.

A state of n numbers describes a junction with L lanes and K streams: vehicles queued (L), seconds of green not yet
used (L), the part of a vehicle of each stream at the head of its lane (K), vehicles of permissive streams that wait
within the junction (K), and where a vehicle among others has called, the vehicles of each lane up to and with it (L).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from traffic_core.adaptive_arrays import Search, smallest_search
from traffic_core.jit import bare_inner, bare_kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

LAYOUT = "3d69c69e"  # of the fields: see `adaptive_arrays.layout`
RED = 0
PERMISSIVE = 1
PROTECTED = 2
KEEP = -1
BLOCKING_COST = 3.0
"""Seconds for each second of green before a full exit, by which a vehicle may come to stand within the junction."""
RELAXED_S = 10
"""A plan that keeps its stage for longer is made anew every third second only, the junctions taking turns."""


def _gap_share(
    foes: NDArray[np.int64], rights: NDArray[np.uint8], lane: NDArray[np.int64], share: NDArray[np.float64],
    arrival_veh: NDArray[np.float64], t: int, gap_s: int, state: NDArray[np.float64],
) -> float:  # fmt: skip
    """Part of a second in which a permissive stream finds a gap in the streams `foes`."""
    heads = 2 * arrival_veh.shape[0]
    expected_veh = 0.0
    for i in range(foes.shape[0]):
        foe = foes[i]
        if rights[foe] == RED:
            continue
        coming_veh = max(0.0, state[lane[foe]] - 1.0)
        for u in range(1, gap_s + 1):
            coming_veh += arrival_veh[lane[foe], t + u]
        expected_veh += state[heads + foe] + coming_veh * share[foe]
        if expected_veh >= 1.0:
            return 0.0
    return 1.0 - expected_veh


def _called_waits(
    state: NDArray[np.float64], place: int, arrives: bool, before_veh: float, queue_veh: float, green: bool
) -> float:
    """Part of a second that a called vehicle waits; state[place] counts the vehicles up to and with it.

    Those that left in this second stood before it.  One that nobody saw waits for the green all the same.
    """
    if arrives:
        state[place] = max(1.0, before_veh)
    up_to_veh: float = max(0.0, state[place] - (before_veh - queue_veh))
    if green:
        up_to_veh = min(up_to_veh, queue_veh)
    state[place] = up_to_veh
    return min(1.0, up_to_veh)


def _let_wait(j: int, start: int, end: int, rights: NDArray[np.uint8], search: Search) -> tuple[int, float]:
    """Let lanes without any green wait from second `start` to `end` at once; return how many are left, and the cost, s.

    Those that are left, with green or a called vehicle, stand in `busy`.  A queue of N vehicles at the beginning waits
    N seconds in each second, whoever arrives in second u waits `end` - u seconds.
    """
    streets, picture, scratch, state = search.streets, search.picture, search.scratch, search.scratch.state
    first_lane, lanes = streets.first_lane[j], streets.first_lane[j + 1] - streets.first_lane[j]
    origin = streets.first_stream[first_lane]
    busy, cost_s = 0, 0.0
    for i in range(lanes):
        lane = first_lane + i
        first, last = streets.first_stream[lane], streets.first_stream[lane + 1]
        plays = picture.call_weight[lane] > 0.0
        for k in range(first, last):
            plays = plays or rights[k - origin] != RED
        if plays:
            scratch.busy[busy] = i
            busy += 1
            continue
        come_veh = scratch.arrived_veh[i, end] - scratch.arrived_veh[i, start]
        come_veh_s = scratch.arrived_veh_s[i, end] - scratch.arrived_veh_s[i, start]
        stopping_veh = scratch.moved_veh[i, end] - scratch.moved_veh[i, start]
        waited_s = (end - start) * state[i] + end * come_veh - come_veh_s
        cost_s += picture.weight[lane] * (waited_s + search.model.stop_cost_s * stopping_veh)
        state[i] += come_veh
        state[lanes + i] = streets.headway_s[first] - search.model.start_loss_s
        missing_veh = min(state[i], 1.0)
        for k in range(first, last):
            missing_veh -= state[2 * lanes + k - origin]
        for k in range(first, last):
            state[2 * lanes + k - origin] += max(0.0, missing_veh) * picture.share[k]
        for t in range(start, end if picture.red_cost_s.shape[0] > 0 else start):
            cost_s += picture.red_cost_s[lane, t]
    return busy, cost_s


def _play(
    j: int, start: int, end: int, rights: NDArray[np.uint8], search: Search, cost_s: float, bound_s: float,
    trace: NDArray[np.float64], trace_cost_s: NDArray[np.float64],
) -> float:  # fmt: skip
    """Play junction `j` from second `start` to `end` with the same rights, on the state in place; return the cost, s.

    The cost counts on from `cost_s`; playing stops where it exceeds `bound_s`.  Where `trace` has rows, state and cost
    before each second are kept in it, an infinite cost where playing had stopped.
    """
    if end <= start:
        return cost_s
    streets, picture, model, state = search.streets, search.picture, search.model, search.scratch.state
    first_lane, end_lane = streets.first_lane[j], streets.first_lane[j + 1]
    origin, end_stream = streets.first_stream[first_lane], streets.first_stream[end_lane]
    lanes = end_lane - first_lane
    heads, pockets, marks = 2 * lanes, 2 * lanes + end_stream - origin, 2 * (lanes + end_stream - origin)
    called = picture.called[j]
    size = marks + lanes if called else marks
    has_red_cost = picture.red_cost_s.shape[0] > 0
    share = picture.share[origin:end_stream]
    lane_of = streets.lane[origin:end_stream]
    arrival_veh = picture.arrival_veh[first_lane:end_lane]
    is_traced, busy, count = trace.shape[0] > 0, search.scratch.busy, lanes
    for i in range(lanes):
        busy[i] = i
    if not is_traced:
        count, waited_s = _let_wait_inner(j, start, end, rights, search)
        cost_s += waited_s
    for t in range(start, end):
        if cost_s > bound_s:
            for u in range(t, end if is_traced else t):
                trace_cost_s[u] = np.inf
            return np.inf
        if is_traced:
            trace_cost_s[t] = cost_s
            for i in range(size):
                trace[t, i] = state[i]
        for n in range(count):
            i = busy[n]
            lane = first_lane + i
            a, b = streets.first_stream[lane] - origin, streets.first_stream[lane + 1] - origin
            queue_veh = state[i] + arrival_veh[i, t]
            before_veh = queue_veh
            missing_veh = min(queue_veh, 1.0)
            inside_veh, risk_veh, green = 0.0, 0.0, False
            for k in range(a, b):
                missing_veh -= state[heads + k]
                green = green or rights[k] != RED
            if missing_veh > 0.0:
                for k in range(a, b):
                    state[heads + k] += missing_veh * share[k]
            if green:
                budget_s = state[lanes + i] + 1.0
                used_s = 0.0
                for k in range(a, b):
                    stream = origin + k
                    if rights[k] == RED:
                        continue
                    if t < picture.blocked_s[streets.exit[stream]]:
                        risk_veh += state[heads + k]
                        continue
                    going_veh = state[heads + k] * min(1.0, max(0.0, budget_s) / streets.headway_s[stream])
                    if rights[k] == PERMISSIVE:
                        pocket_veh = state[pockets + k]
                        if going_veh + pocket_veh <= 0.0:
                            continue
                        foes = streets.foe[streets.first_foe[stream] : streets.first_foe[stream + 1]]
                        gap = _gap_share_inner(foes, rights, lane_of, share, arrival_veh, t, model.gap_s, state)
                        cleared_veh = min(pocket_veh, gap / streets.headway_s[stream])
                        through_veh = going_veh * gap if pocket_veh <= 0.0 else 0.0
                        room_veh = max(0.0, model.pocket_veh - pocket_veh + cleared_veh)
                        into_veh = min(going_veh - through_veh, room_veh)
                        state[pockets + k] = pocket_veh - cleared_veh + into_veh
                        inside_veh += state[pockets + k]
                        going_veh = through_veh + into_veh
                    state[heads + k] -= going_veh
                    queue_veh -= going_veh
                    used_s += going_veh * streets.headway_s[stream]
                state[lanes + i] = min(budget_s - used_s, streets.headway_s[origin + a])
            else:
                state[lanes + i] = streets.headway_s[origin + a] - model.start_loss_s
                if has_red_cost:
                    cost_s += picture.red_cost_s[lane, t]
            queue_veh = max(0.0, queue_veh)
            state[i] = queue_veh
            stopping_veh = min(queue_veh, picture.moving_veh[lane, t])
            cost_s += picture.weight[lane] * (queue_veh + inside_veh + model.stop_cost_s * stopping_veh)
            cost_s += BLOCKING_COST * risk_veh
            if called and picture.call_weight[lane] > 0.0 and t >= picture.call_s[lane]:
                arrives = t == picture.call_s[lane]
                wait = _called_waits_inner(state, marks + i, arrives, before_veh, queue_veh, green)
                cost_s += picture.call_weight[lane] * wait
    return np.inf if cost_s > bound_s else cost_s


def _change(
    j: int, t: int, ending: int, starting: int, search: Search, cost_s: float, bound_s: float
) -> tuple[int, float]:
    """Play the change from one stage to another from second `t` on; return its end and the cost so far."""
    streets, scratch = search.streets, search.scratch
    first_lane, end_lane = streets.first_lane[j], streets.first_lane[j + 1]
    streams = streets.first_stream[end_lane] - streets.first_stream[first_lane]
    stages = streets.first_stage[j + 1] - streets.first_stage[j]
    old = streets.first_right[j] + ending * streams
    new = streets.first_right[j] + starting * streams
    rights, none = scratch.rights, scratch.second[:0]
    pockets = 2 * (end_lane - first_lane) + streams
    pause_s = streets.interstage_s[streets.first_pair[j] + ending * stages + starting]
    amber_end = min(streets.horizon_s[j], t + min(pause_s, search.model.amber_used_s))
    end = min(streets.horizon_s[j], t + pause_s)
    for k in range(streams):
        rights[k] = streets.right[old + k]
    cost_s = _play_inner(j, t, amber_end, rights, search, cost_s, bound_s, none, scratch.second_cost_s)
    for k in range(streams):
        rights[k] = min(streets.right[old + k], streets.right[new + k])
        if streets.right[new + k] != PERMISSIVE:
            scratch.state[pockets + k] = 0.0
    cost_s = _play_inner(j, amber_end, end, rights, search, cost_s, bound_s, none, scratch.second_cost_s)
    return end, cost_s


def _left_cost(j: int, stage: int, search: Search) -> float:
    """Cost of the vehicles that still stand at the horizon, s."""
    streets, picture, state = search.streets, search.picture, search.scratch.state
    first_lane, end_lane = streets.first_lane[j], streets.first_lane[j + 1]
    origin = streets.first_stream[first_lane]
    streams = streets.first_stream[end_lane] - origin
    row, marks = streets.first_right[j] + stage * streams, 2 * (end_lane - first_lane + streams)
    cost_s = 0.0
    for lane in range(first_lane, end_lane):
        green = False
        for k in range(streets.first_stream[lane], streets.first_stream[lane + 1]):
            green = green or streets.right[row + k - origin] != RED
        queue_veh = state[lane - first_lane]
        wait_s, headway_s = 0.0 if green else search.model.left_cost_s, streets.headway_s[streets.first_stream[lane]]
        cost_s += picture.weight[lane] * queue_veh * (wait_s + 0.5 * headway_s * queue_veh)
        if picture.called[j] and picture.call_weight[lane] > 0.0 and picture.call_s[lane] < streets.horizon_s[j]:
            up_to_veh = state[marks + lane - first_lane]
            cost_s += picture.call_weight[lane] * min(1.0, up_to_veh) * (wait_s + headway_s * up_to_veh)
    return cost_s


def _least_cost(j: int, search: Search, state: NDArray[np.float64]) -> float:
    """Cost of the vehicles that stand, if every lane had green from now on, s: a bound for all that can follow.

    The sum of N - m / h over the seconds m = 1, 2, … until the queue N is gone is at least N (h N - 1) / 2; one vehicle
    less stands for the green that a lane may have saved up.
    """
    streets, first_lane = search.streets, search.streets.first_lane[j]
    cost_s = 0.0
    for i in range(streets.first_lane[j + 1] - first_lane):
        headway_s = streets.headway_s[streets.first_stream[first_lane + i]]
        rest_veh = max(0.0, state[i] - 1.0)
        cost_s += search.picture.weight[first_lane + i] * 0.5 * rest_veh * max(0.0, headway_s * rest_veh - 1.0)
    return cost_s


def _begin(j: int, rights: NDArray[np.uint8], search: Search) -> None:
    """Set the state to what stands at the stop lines now, and sum up what comes."""
    streets, scratch, state = search.streets, search.scratch, search.scratch.state
    first_lane, end_lane = streets.first_lane[j], streets.first_lane[j + 1]
    origin, lanes = streets.first_stream[first_lane], end_lane - first_lane
    streams = streets.first_stream[end_lane] - origin
    for i in range(lanes):
        first = streets.first_stream[first_lane + i]
        green = False
        for k in range(first, streets.first_stream[first_lane + i + 1]):
            here_veh = min(1.0, search.picture.arrival_veh[first_lane + i, 0])
            state[2 * lanes + k - origin] = here_veh * search.picture.head[k]
            state[2 * lanes + streams + k - origin] = 0.0
            green = green or rights[k - origin] != RED
        state[i] = 0.0
        state[lanes + i] = streets.headway_s[first] - (0.0 if green else search.model.start_loss_s)
        if search.picture.called[j]:
            state[2 * (lanes + streams) + i] = 0.0
        scratch.arrived_veh[i, 0] = scratch.arrived_veh_s[i, 0] = scratch.moved_veh[i, 0] = 0.0
        for t in range(streets.horizon_s[j]):
            come_veh = search.picture.arrival_veh[first_lane + i, t]
            scratch.arrived_veh[i, t + 1] = scratch.arrived_veh[i, t] + come_veh
            scratch.arrived_veh_s[i, t + 1] = scratch.arrived_veh_s[i, t] + come_veh * t
            scratch.moved_veh[i, t + 1] = scratch.moved_veh[i, t] + search.picture.moving_veh[first_lane + i, t]


def _search(j: int, running: int, elapsed_s: int, search: Search, plan: NDArray[np.int64]) -> None:
    """Write the cheapest plan (4,) of a junction."""
    streets, model, scratch = search.streets, search.model, search.scratch
    horizon, choices = streets.horizon_s[j], model.second_s.shape[0]
    first_stage, end_stage = streets.first_stage[j], streets.first_stage[j + 1]
    first_lane, end_lane = streets.first_lane[j], streets.first_lane[j + 1]
    streams = streets.first_stream[end_lane] - streets.first_stream[first_lane]
    size = 2 * (end_lane - first_lane + streams) + (end_lane - first_lane if search.picture.called[j] else 0)
    rights_of = streets.first_right[j]
    state, none, second_cost_s = scratch.state, scratch.first[:0], scratch.second_cost_s
    row = streets.right[rights_of + running * streams : rights_of + (running + 1) * streams]
    _begin_inner(j, row, search)
    longest_s = streets.max_green_s[first_stage + running] - elapsed_s
    best_s = np.inf
    kept_s = _play_inner(j, 0, horizon, row, search, 0.0, np.inf, scratch.first, scratch.first_cost_s)
    plan[0], plan[1], plan[2], plan[3] = horizon, KEEP, horizon, KEEP
    if longest_s >= horizon:
        best_s = kept_s + _left_cost_inner(j, running, search)
    for c in range(model.keep_s.shape[0]):
        keep_s = model.keep_s[c]
        if keep_s > max(0, longest_s) or keep_s >= horizon or scratch.first_cost_s[keep_s] >= best_s:
            break
        if scratch.first_cost_s[keep_s] + _least_cost_inner(j, search, scratch.first[keep_s]) >= best_s:
            continue
        for second in range(end_stage - first_stage):
            if second == running or not search.picture.may_begin[first_stage + second]:
                continue
            for i in range(size):
                state[i] = scratch.first[keep_s, i]
            t, cost_s = _change_inner(j, keep_s, running, second, search, scratch.first_cost_s[keep_s], best_s)
            row2 = streets.right[rights_of + second * streams : rights_of + (second + 1) * streams]
            at, earliest = t, t + streets.min_green_s[first_stage + second]
            for d in range(choices + 1):  # up to each second in which it may end, then to the horizon
                leave = min(horizon, earliest + model.second_s[d]) if d < choices else horizon
                cost_s = _play_inner(j, at, leave, row2, search, cost_s, best_s, none, second_cost_s)
                second_cost_s[leave] = cost_s
                for i in range(size if cost_s < best_s else 0):
                    scratch.second[leave, i] = state[i]
                at = leave
            total_s = cost_s + _left_cost_inner(j, second, search)
            if total_s < best_s:
                best_s = total_s
                plan[0], plan[1], plan[2], plan[3] = keep_s, second, horizon, KEEP
            for d in range(choices):
                leave = earliest + model.second_s[d]
                if leave >= horizon or second_cost_s[leave] >= best_s:
                    break
                if second_cost_s[leave] + _least_cost_inner(j, search, scratch.second[leave]) >= best_s:
                    continue
                for third in range(end_stage - first_stage):
                    if third == second or not search.picture.may_begin[first_stage + third]:
                        continue
                    for i in range(size):
                        state[i] = scratch.second[leave, i]
                    t3, cost_s = _change_inner(j, leave, second, third, search, second_cost_s[leave], best_s)
                    row3 = streets.right[rights_of + third * streams : rights_of + (third + 1) * streams]
                    total_s = _play_inner(j, t3, horizon, row3, search, cost_s, best_s, none, second_cost_s)
                    if total_s < best_s:
                        total_s += _left_cost_inner(j, third, search)
                        if total_s < best_s:
                            best_s = total_s
                            plan[0], plan[1], plan[2], plan[3] = keep_s, second, leave, third


_gap_share_inner = bare_inner(_gap_share)
_called_waits_inner = bare_inner(_called_waits)
_let_wait_inner = bare_inner(_let_wait)
_play_inner = bare_inner(_play)
_change_inner = bare_inner(_change)
_left_cost_inner = bare_inner(_left_cost)
_least_cost_inner = bare_inner(_least_cost)
_begin_inner = bare_inner(_begin)
_search_inner = bare_inner(_search)


def _choose(
    ready: NDArray[np.bool_], stage: NDArray[np.int64], elapsed_s: NDArray[np.int64], turn: int, search: Search,
    wish: NDArray[np.int64], plan: NDArray[np.int64],
) -> None:  # fmt: skip
    """Choose for every junction whether its stage goes on or another begins.

    ready : (J,) whether the running stage may end now; the others keep theirs
    stage, elapsed_s : (J,) running stage, counted within its junction, and its age
    turn : number of the second; decides whose plan is made anew where there is no hurry
    wish : (J,) out: the stage to change to now, or KEEP
    plan : (J, 4) in place: how long the running stage goes on (s), the stage after it, the second in which that ends,
        and the third stage; KEEP where there is none
    """
    streets = search.streets
    for j in range(ready.shape[0]):
        wish[j] = KEEP
        if not ready[j] or streets.first_stage[j + 1] - streets.first_stage[j] < 2:
            plan[j, 0] = 0
            continue
        if plan[j, 0] > RELAXED_S and (turn + j) % 3 != 0:
            plan[j, 0] -= 1
            plan[j, 2] -= 1
            continue
        _search_inner(j, stage[j], elapsed_s[j], search, plan[j])
        if plan[j, 0] == 0:
            wish[j] = plan[j, 1]


def _example_choose() -> tuple[Any, ...]:
    whole = np.zeros(1, np.int64)
    return np.zeros(1, np.bool_), whole, whole, 0, smallest_search(), whole.copy(), np.zeros((1, 4), np.int64)


choose = bare_kernel(_example_choose)(_choose)
