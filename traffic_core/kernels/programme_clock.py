"""What every lamp of the town shows in a second: a pure function of time, one call for all junctions.

Groups and stages of all junctions lie in a row (`first_group`, `first_stage`).  A group has W windows of green, those
of length 0 do not count.  Lamps: 0 red, 1 red-amber, 2 green, 3 amber.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from traffic_core.jit import inner, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

RED = 0
RED_AMBER = 1
GREEN = 2
AMBER = 3


def _lamp_at(
    second: int,
    cycle_s: int,
    start_s: NDArray[np.int64],
    length_s: NDArray[np.int64],
    amber_s: int,
    red_amber_s: int,
) -> int:
    """Lamp of one group in a second of the cycle; `start_s`, `length_s` (W,) are its windows."""
    lamp = RED
    for w in range(start_s.shape[0]):
        if length_s[w] == 0:
            continue
        since_start_s = (second - start_s[w]) % cycle_s
        if since_start_s < length_s[w]:
            return GREEN
        if since_start_s >= cycle_s - red_amber_s:
            lamp = RED_AMBER
        elif since_start_s < length_s[w] + amber_s and lamp == RED:
            lamp = AMBER
    return lamp


_lamp_at_inner = inner(_lamp_at)


def _stage_at(
    lamp: NDArray[np.uint8],
    first_stage: int,
    end_stage: int,
    first_member: NDArray[np.int64],
    member: NDArray[np.int64],
    last: int,
) -> int:
    """Stage whose groups are all green, the one with most groups; the last one while no stage is."""
    stage, size = last, 0
    for s in range(first_stage, end_stage):
        all_green = True
        for m in range(first_member[s], first_member[s + 1]):
            if lamp[member[m]] != GREEN:
                all_green = False
                break
        if all_green and first_member[s + 1] - first_member[s] > size:
            stage, size = s, first_member[s + 1] - first_member[s]
    return stage


_stage_at_inner = inner(_stage_at)


def _clock(
    now_s: int,
    cycle_s: NDArray[np.int64],
    offset_s: NDArray[np.int64],
    first_group: NDArray[np.int64],
    window_start_s: NDArray[np.int64],
    window_length_s: NDArray[np.int64],
    amber_s: NDArray[np.int64],
    red_amber_s: NDArray[np.int64],
    second: NDArray[np.int64],
    lamp: NDArray[np.uint8],
) -> None:
    """Second of the cycle and lamps of all junctions at `now_s`.

    now_s : whole seconds since 1970-01-01 00:00 UTC
    cycle_s, offset_s : (J,) second of the cycle is (now - offset) mod cycle
    first_group : (J + 1,)
    window_start_s, window_length_s : (G, W)
    amber_s, red_amber_s : (G,)
    second : (J,) out
    lamp : (G,) out
    """
    for j in range(cycle_s.shape[0]):
        second[j] = (now_s - offset_s[j]) % cycle_s[j]
        for g in range(first_group[j], first_group[j + 1]):
            lamp[g] = _lamp_at_inner(
                second[j], cycle_s[j], window_start_s[g], window_length_s[g], amber_s[g], red_amber_s[g]
            )


def _follow_stages(
    now_s: int,
    lamp: NDArray[np.uint8],
    first_stage: NDArray[np.int64],
    first_member: NDArray[np.int64],
    member: NDArray[np.int64],
    stage: NDArray[np.int64],
    since_s: NDArray[np.int64],
) -> None:
    """Keep track of the running stage of each junction, in place.

    lamp : (G,)
    first_stage : (J + 1,); first_member : (S + 1,); member : (M,) groups of the stages in a row
    stage : (J,) running stage, index among all stages; -1 before the first one was seen
    since_s : (J,) `now_s` of the second it began
    """
    for j in range(stage.shape[0]):
        found = _stage_at_inner(lamp, first_stage[j], first_stage[j + 1], first_member, member, stage[j])
        if found != stage[j]:
            stage[j] = found
            since_s[j] = now_s


def _lamp_cycles(
    cycle_s: int,
    window_start_s: NDArray[np.int64],
    window_length_s: NDArray[np.int64],
    amber_s: NDArray[np.int64],
    red_amber_s: NDArray[np.int64],
    from_second: int,
    lamps: NDArray[np.uint8],
) -> None:
    """Lamps (T, G), out, of one programme from a second of its cycle onwards."""
    for t in range(lamps.shape[0]):
        for g in range(lamps.shape[1]):
            lamps[t, g] = _lamp_at_inner(
                (from_second + t) % cycle_s, cycle_s, window_start_s[g], window_length_s[g], amber_s[g], red_amber_s[g]
            )


def _example_clock() -> tuple[Any, ...]:
    one, windows = np.ones(1, np.int64), np.zeros((1, 4), np.int64)
    return 0, np.array([60]), np.array([0]), np.array([0, 1]), windows, windows, one, one, one, np.zeros(1, np.uint8)


def _example_follow_stages() -> tuple[Any, ...]:
    pointer = np.array([0, 1])
    return 0, np.zeros(1, np.uint8), pointer, pointer, np.array([0]), np.array([-1]), np.array([0])


def _example_lamp_cycles() -> tuple[Any, ...]:
    one, windows = np.ones(1, np.int64), np.zeros((1, 4), np.int64)
    return 60, windows, windows, one, one, 0, np.zeros((1, 1), np.uint8)


clock = kernel(_example_clock)(_clock)
follow_stages = kernel(_example_follow_stages)(_follow_stages)
lamp_cycles = kernel(_example_lamp_cycles)(_lamp_cycles)
