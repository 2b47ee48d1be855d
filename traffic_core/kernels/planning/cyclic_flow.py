"""Queues and platoons at fixed-time signals, second by second, until a period repeats itself.

Expected values: a lane is a first-in-first-out queue; its first vehicle belongs to a stream with a probability (`head`)
and blocks the lane where it may not go; vehicles that give way may wait inside the junction (`pocket`).
Sources: Robertson (1969), RRL Report LR 253 (platoon dispersion); Tanner (1962), Biometrika 49 (gaps in streams with a
shortest headway); HCM 2000, eq. 16-12 (random and overflow delay); docs/models/signals.md.
Streams of lane l: first_stream[l] to first_stream[l + 1] - 1; lanes, stages, feeds and fed lanes likewise.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from traffic_core.jit import bare_inner, bare_kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

RED, PERMISSIVE, PROTECTED = 0, 1, 2
START_LOSS, AMBER_USED, CRITICAL_GAP, FOLLOW_UP, POCKET, ANALYSIS_H, TOLERANCE = range(7)
"""Places in `Flows.law`: s, s, s, s, veh, h, veh by which a queue may change from period to period."""
STOP_S, MOST_SATURATION, SATURATION_S, SPILLBACK = range(7, 11)
"""Places in `Flows.law` of the weights of a stop, of overload above a degree of saturation, and of full lanes."""
NEARLY_FULL = 0.8
WAIT, STOPPED, GONE = range(3)
"""Columns of `stream_sum`: veh s in the queue, vehicles that stopped, vehicles that left, in one period."""
CAPACITY, OVERFLOW_S, LONGEST, LEAST, ABOVE_ROOM, GROWTH = range(6)
"""Columns of `lane_sum`: veh/h, s, veh, veh, veh s above the room, veh more at the end of the period than before."""
FULL = 1e-9


class Flows(NamedTuple):
    """J junctions, L lanes, S streams, A stages, K feeds, E exits, P seconds of the longest period."""

    first_lane: NDArray[np.int64]
    first_stream: NDArray[np.int64]
    first_stage: NDArray[np.int64]
    first_right: NDArray[np.int64]
    """(J + 1,) right of stage a, stream s of the junction at first_right[j] + a * streams + s"""
    right: NDArray[np.int64]
    first_interstage: NDArray[np.int64]
    """(J + 1,) time from stage a to b at first_interstage[j] + a * stages + b"""
    interstage_s: NDArray[np.int64]
    amber_s: NDArray[np.int64]
    lane_flow_veh_s: NDArray[np.float64]
    outside_veh_s: NDArray[np.float64]
    """(L,) what does not come from a junction of the town"""
    room_veh: NDArray[np.float64]
    share: NDArray[np.float64]
    headway_s: NDArray[np.float64]
    exit: NDArray[np.int64]
    first_foe: NDArray[np.int64]
    foe: NDArray[np.int64]
    first_feed: NDArray[np.int64]
    """(L + 1,) feeds into a lane"""
    feed_exit: NDArray[np.int64]
    feed_share: NDArray[np.float64]
    feed_delay_s: NDArray[np.int64]
    feed_smoothing: NDArray[np.float64]
    first_fed: NDArray[np.int64]
    """(E + 1,) lanes an exit leads to"""
    fed_lane: NDArray[np.int64]
    fed_room_veh: NDArray[np.float64]
    law: NDArray[np.float64]
    members: NDArray[np.int64]
    """(M,) junctions to play; exits of others keep their `outflow_veh_s`"""
    lanes: NDArray[np.int64]
    exits: NDArray[np.int64]
    """their lanes and exits"""
    cycle_s: NDArray[np.int64]
    offset_s: NDArray[np.int64]
    stage_count: NDArray[np.int64]
    order: NDArray[np.int64]
    """(J, most stages) stage of the junction at each position"""
    green_s: NDArray[np.int64]
    head: NDArray[np.float64]
    pocket: NDArray[np.float64]
    behind_veh: NDArray[np.float64]
    right_at: NDArray[np.uint8]
    ease: NDArray[np.float64]
    """(S, P) share of a second that the signal leaves"""
    usable: NDArray[np.float64]
    """(S, P) of it, what vehicles that clear the junction leave"""
    gap_veh_s: NDArray[np.float64]
    """(S, P) vehicles a second that find a gap"""
    busy: NDArray[np.float64]
    gone_veh: NDArray[np.float64]
    arriving_veh: NDArray[np.float64]
    before_veh: NDArray[np.float64]
    feed_veh: NDArray[np.float64]
    outflow_veh_s: NDArray[np.float64]
    """(E, P)"""
    stream_sum: NDArray[np.float64]
    lane_sum: NDArray[np.float64]


@bare_inner
def show(j: int, period_s: int, t: Flows) -> None:
    """Write what the streams of a junction may do in each second, and how much of the second is used."""
    lane_a, lane_b = t.first_lane[j], t.first_lane[j + 1]
    first, end = t.first_stream[lane_a], t.first_stream[lane_b]
    stages, streams = t.first_stage[j + 1] - t.first_stage[j], end - first
    count, second = t.stage_count[j], 0
    amber_s = min(float(t.amber_s[j]), t.law[AMBER_USED])
    for k in range(count):
        a, b = t.order[j, k], t.order[j, (k + 1) % count]
        green_s = t.green_s[j, k]
        until = second + green_s + t.interstage_s[t.first_interstage[j] + a * stages + b]
        for s in range(first, end):
            now = t.right[t.first_right[j] + a * streams + s - first]
            then = t.right[t.first_right[j] + b * streams + s - first]
            for i in range(second, until):
                right, ease = now, 1.0
                if i >= second + green_s:
                    if then != RED:
                        right = min(now, then)
                    else:
                        ease = min(1.0, amber_s - (i - second - green_s))
                        if ease <= 0.0:
                            right = RED
                at = (i + t.offset_s[j]) % t.cycle_s[j]
                while at < period_s:
                    t.right_at[s, at] = right
                    t.ease[s, at] = ease
                    at += t.cycle_s[j]
        second = until
    for s in range(first, end):
        age = -1
        for i in range(2 * period_s):
            at = i % period_s
            if t.right_at[s, at] == RED:
                age = 0
            elif age >= 0:
                if i >= period_s:
                    t.ease[s, at] *= min(1.0, max(0.0, age + 1.0 - t.law[START_LOSS]))
                age += 1


@bare_inner
def arrive(lane: int, at: int, period_s: int, t: Flows) -> None:
    """Vehicles that reach a lane in one second; platoons upstream are dispersed on the way."""
    t.arriving_veh[lane] = t.outside_veh_s[lane]
    for k in range(t.first_feed[lane], t.first_feed[lane + 1]):
        sent = t.outflow_veh_s[t.feed_exit[k], (at - t.feed_delay_s[k]) % period_s]
        t.feed_veh[k] += t.feed_smoothing[k] * (t.feed_share[k] * sent - t.feed_veh[k])
        t.arriving_veh[lane] += t.feed_veh[k]


@bare_inner
def occupy(lane: int, at: int, t: Flows) -> None:
    """Share of the second in which each stream of a lane passes the conflict area, as others see it."""
    first, end = t.first_stream[lane], t.first_stream[lane + 1]
    at_head = 0.0
    for s in range(first, end):
        at_head += t.head[s]
    entering = min(1.0 - at_head, t.behind_veh[lane]) + t.arriving_veh[lane]
    whole = at_head + entering
    for s in range(first, end):
        t.busy[s] = 0.0
        if t.right_at[s, at] == PROTECTED:
            ready = t.head[s] + t.share[s] * entering
            t.busy[s] = min(1.0, ready * min(t.headway_s[s], 1.0 / max(whole, FULL)))
        elif t.right_at[s, at] == PERMISSIVE:
            t.busy[s] = min(1.0, t.gone_veh[s] * t.headway_s[s])


@bare_inner
def find_gap(s: int, t: Flows) -> float:
    """Vehicles a second that cross the streams they yield to; 0 while those discharge a queue."""
    flow_veh_s, free, exponent = 0.0, 1.0, 0.0
    for k in range(t.first_foe[s], t.first_foe[s + 1]):
        other = t.foe[k]
        flow = t.busy[other] / t.headway_s[other]
        flow_veh_s += flow
        free *= 1.0 - t.busy[other]
        exponent += flow * max(0.0, t.law[CRITICAL_GAP] - t.headway_s[other])
    if flow_veh_s < FULL:
        return float(1.0 / t.law[FOLLOW_UP])
    return flow_veh_s * free * math.exp(-exponent) / (1.0 - math.exp(-flow_veh_s * t.law[FOLLOW_UP]))


@bare_inner
def hinder(j: int, at: int, t: Flows) -> None:
    """Write the gaps of a junction's streams, and what those who clear it after their green leave to whom they meet."""
    first, end = t.first_stream[t.first_lane[j]], t.first_stream[t.first_lane[j + 1]]
    clearing = False
    for s in range(first, end):
        t.usable[s, at] = t.ease[s, at]
        if t.right_at[s, at] == PERMISSIVE:
            t.gap_veh_s[s, at] = find_gap(s, t)
        clearing = clearing or (t.right_at[s, at] == RED and t.pocket[s] > FULL)
    for s in range(first, end if clearing else first):
        for k in range(t.first_foe[s], t.first_foe[s + 1]):
            other = t.foe[k]
            if t.right_at[other, at] == RED:
                t.usable[s, at] = min(t.usable[s, at], max(0.0, 1.0 - t.pocket[other]))
            if t.right_at[s, at] == RED:
                t.usable[other, at] = min(t.usable[other, at], max(0.0, 1.0 - t.pocket[s]))


@bare_inner
def exit_free(s: int, t: Flows) -> float:
    """0 where a lane behind the exit is full, 1 where a vehicle more finds room."""
    free = 1.0
    if t.exit[s] >= 0:
        for k in range(t.first_fed[t.exit[s]], t.first_fed[t.exit[s] + 1]):
            free = min(free, max(0.0, t.fed_room_veh[k] - t.before_veh[t.fed_lane[k]]))
    return free


@bare_inner
def serve(lane: int, at: int, arriving_veh: float, behind_veh: float, free: bool, t: Flows) -> float:
    """Let the vehicles of a lane go for one second and fill up its head; return who then stands behind it.

    `free`: exits have room.  Writes `gone_veh`; the rates are kept in `gap_veh_s` of streams that need none, too.
    """
    first, end = t.first_stream[lane], t.first_stream[lane + 1]
    whole, blocked = 0.0, 0.0
    for s in range(first, end):
        right, ease, rate = t.right_at[s, at], t.usable[s, at], 0.0
        if right == RED:
            t.gone_veh[s] = min(t.pocket[s], 1.0 / t.law[FOLLOW_UP])
        elif right == PROTECTED:
            rate = ease / t.headway_s[s]
            t.gone_veh[s] = min(t.pocket[s], rate)
        else:
            t.gone_veh[s] = min(t.pocket[s], t.gap_veh_s[s, at])
            rate = t.gap_veh_s[s, at] - t.gone_veh[s]
            if t.law[POCKET] > 0.0:
                rate += max(0.0, 1.0 - (t.pocket[s] - t.gone_veh[s]) / t.law[POCKET]) / t.headway_s[s]
            rate = min(rate, 1.0 / t.headway_s[s]) * ease
        t.pocket[s] -= t.gone_veh[s]
        if free:
            rate *= exit_free(s, t)
        t.busy[s] = rate
        whole += t.head[s]
        blocked += t.head[s] * (1.0 - min(1.0, rate * t.headway_s[s]))
    blocked_share = blocked / whole if whole > FULL else 0.0
    taken = min(1.0 - whole, behind_veh * (1.0 - blocked_share))
    behind_veh -= taken
    entering = min(max(0.0, 1.0 - whole - taken), arriving_veh * (1.0 - blocked))
    behind_veh += arriving_veh - entering
    whole += taken + entering
    left = 0.0
    for s in range(first, end):
        t.head[s] += t.share[s] * (taken + entering)
        if t.head[s] > 0.0 and t.busy[s] > 0.0:
            moved = t.head[s] * min(1.0, t.busy[s] / whole)
            t.head[s] -= moved
            left += moved
            if t.right_at[s, at] == PERMISSIVE:
                direct = min(moved, max(0.0, t.gap_veh_s[s, at] - t.gone_veh[s]))
                t.pocket[s] += moved - direct
                t.gone_veh[s] += direct
            else:
                t.gone_veh[s] += moved
    refill = left * min(1.0, behind_veh / whole) if whole > FULL else 0.0
    for s in range(first, end):
        t.head[s] += t.share[s] * refill
    return behind_veh - refill


@bare_inner
def note(lane: int, t: Flows) -> None:
    """Add one second of a lane to the sums."""
    queued_veh = 0.0
    for s in range(t.first_stream[lane], t.first_stream[lane + 1]):
        here = t.head[s] + t.pocket[s] + t.share[s] * t.behind_veh[lane]
        queued_veh += here
        t.stream_sum[s, WAIT] += here
        t.stream_sum[s, STOPPED] += min(here, t.share[s] * t.arriving_veh[lane])
        t.stream_sum[s, GONE] += t.gone_veh[s]
    t.before_veh[lane] = queued_veh
    t.lane_sum[lane, LONGEST] = max(t.lane_sum[lane, LONGEST], queued_veh)
    t.lane_sum[lane, LEAST] = min(t.lane_sum[lane, LEAST], queued_veh)
    t.lane_sum[lane, ABOVE_ROOM] += max(0.0, queued_veh - NEARLY_FULL * t.room_veh[lane])


@bare_inner
def play_second(at: int, period_s: int, t: Flows) -> None:
    """One second of all members."""
    for lane in t.lanes:
        arrive(lane, at, period_s, t)
        occupy(lane, at, t)
    for j in t.members:
        hinder(j, at, t)
    for e in t.exits:
        t.outflow_veh_s[e, at] = 0.0
    for lane in t.lanes:
        t.behind_veh[lane] = serve(lane, at, t.arriving_veh[lane], t.behind_veh[lane], True, t)
        note(lane, t)
        for s in range(t.first_stream[lane], t.first_stream[lane + 1]):
            if t.exit[s] >= 0:
                t.outflow_veh_s[t.exit[s], at] += t.gone_veh[s]


@bare_inner
def play_period(period_s: int, t: Flows) -> float:
    """One period of all members; return the largest change of a lane's queue from its start to its end, veh."""
    for lane in t.lanes:
        t.lane_sum[lane, :] = 0.0
        t.lane_sum[lane, LEAST], t.lane_sum[lane, GROWTH] = math.inf, -t.before_veh[lane]
        for s in range(t.first_stream[lane], t.first_stream[lane + 1]):
            t.stream_sum[s, :] = 0.0
    for at in range(period_s):
        play_second(at, period_s, t)
    change_veh = 0.0
    for lane in t.lanes:
        t.lane_sum[lane, GROWTH] += t.before_veh[lane]
        change_veh = max(change_veh, abs(t.lane_sum[lane, GROWTH]))
    return change_veh


@bare_inner
def measure_capacity(lane: int, period_s: int, t: Flows) -> None:
    """Vehicles an hour that leave a lane with an endless queue, and the delay by chance and overload (HCM d2)."""
    first, end = t.first_stream[lane], t.first_stream[lane + 1]
    for s in range(first, end):
        t.head[s], t.pocket[s] = t.share[s], 0.0
    gone = 0.0
    for i in range(2 * period_s):
        serve(lane, i % period_s, 0.0, 1e6, False, t)
        if i >= period_s:
            for s in range(first, end):
                gone += t.gone_veh[s]
    capacity_veh_h = max(1.0, gone * 3600.0 / period_s)
    excess = t.lane_flow_veh_s[lane] * 3600.0 / capacity_veh_h - 1.0
    random = 4.0 * (excess + 1.0) / (capacity_veh_h * t.law[ANALYSIS_H])
    t.lane_sum[lane, CAPACITY] = capacity_veh_h
    t.lane_sum[lane, OVERFLOW_S] = 900.0 * t.law[ANALYSIS_H] * (excess + math.sqrt(excess * excess + random))


@bare_inner
def clear(period_s: int, t: Flows) -> None:
    """Empty the members' lanes and let their exits send evenly, to begin with."""
    for j in t.members:
        show(j, period_s, t)
    for e in t.exits:
        t.outflow_veh_s[e, :period_s] = 0.0
    for lane in t.lanes:
        t.behind_veh[lane], t.before_veh[lane] = 0.0, 0.0
        for s in range(t.first_stream[lane], t.first_stream[lane + 1]):
            t.head[s], t.pocket[s], t.gone_veh[s] = 0.0, 0.0, 0.0
            if t.exit[s] >= 0:
                for at in range(period_s):
                    t.outflow_veh_s[t.exit[s], at] += t.share[s] * t.lane_flow_veh_s[lane]
    for lane in t.lanes:
        for k in range(t.first_feed[lane], t.first_feed[lane + 1]):
            t.feed_veh[k] = 0.0
            for at in range(period_s):
                t.feed_veh[k] += t.feed_share[k] * t.outflow_veh_s[t.feed_exit[k], at] / period_s


@bare_inner
def lane_cost_veh(lane: int, period_s: int, t: Flows) -> float:
    """Vehicles of a lane that wait on average, with the weights of stops, overload and a full lane.

    Where the queue still grows, the shortest one is left out: overload is in OVERFLOW_S.
    """
    cost, flow = t.law[SPILLBACK] * t.lane_sum[lane, ABOVE_ROOM], t.lane_flow_veh_s[lane]
    for s in range(t.first_stream[lane], t.first_stream[lane + 1]):
        cost += t.stream_sum[s, WAIT] + t.law[STOP_S] * t.stream_sum[s, STOPPED]
    if t.lane_sum[lane, GROWTH] > t.law[TOLERANCE]:
        cost -= period_s * t.lane_sum[lane, LEAST]
    above = max(0.0, 3600.0 * flow / t.lane_sum[lane, CAPACITY] - t.law[MOST_SATURATION])
    return float(cost / period_s + flow * (t.lane_sum[lane, OVERFLOW_S] + t.law[SATURATION_S] * above))


def _play(period_s: int, most_periods: int, t: Flows) -> float:
    """Play the members' plans until the period repeats itself, at least twice; fill `stream_sum` and `lane_sum`.

    Exits of other junctions send what `outflow_veh_s` holds.  Returns what the members cost, see `lane_cost_veh`.
    """
    clear(period_s, t)
    for played in range(most_periods):
        if play_period(period_s, t) < t.law[TOLERANCE] and played > 0:
            break
    cost_veh = 0.0
    for lane in t.lanes:
        if t.lane_flow_veh_s[lane] > 0.0:
            measure_capacity(lane, period_s, t)
            cost_veh += lane_cost_veh(lane, period_s, t)
    return cost_veh


def _example() -> tuple[Any, ...]:
    two = ("order", "green_s", "right_at", "ease", "usable", "gap_veh_s", "outflow_veh_s", "stream_sum", "lane_sum")
    arrays: dict[str, Any] = {}
    for field, kind in Flows.__annotations__.items():
        dtype = np.uint8 if "uint8" in str(kind) else np.int64 if "int64" in str(kind) else np.float64
        shape = (1, 1) if field in two else 0 if field in {"members", "lanes", "exits"} else SPILLBACK + 1
        arrays[field] = np.zeros(shape, dtype)
    return 1, 2, Flows(**arrays)


play = bare_kernel(_example)(_play)
