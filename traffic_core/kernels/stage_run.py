"""From a set of groups that are wished green to the lamps of the next second, all junctions in one call.

Groups of all junctions lie in a row (`first_group`); lamps and ages are those that the monitor remembers: `shown` the
lamps of the last second, 255 before the first one, `shown_s` for how many seconds, `ended_s` seconds from the end of
the last green to the last second.
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
NOTHING = 255
LONG_AGO = 1_000_000


def _go_on(shown: int, shown_s: int, wanted: int, min_green_s: int, amber_s: int, red_amber_s: int) -> int:
    """What follows a lamp by itself; everything but the way out of red."""
    if shown == GREEN and wanted == 0 and shown_s >= min_green_s:
        return AMBER if amber_s > 0 else RED
    if shown == AMBER and shown_s >= amber_s:
        return RED
    if shown == RED_AMBER and shown_s >= red_amber_s:
        return GREEN
    return RED if shown == NOTHING else shown


_go_on_inner = inner(_go_on)


def _may_begin(
    g: int,
    first: int,
    end: int,
    lamp: NDArray[np.uint8],
    shown: NDArray[np.uint8],
    ended_s: NDArray[np.int64],
    first_cell: int,
    intergreen_s: NDArray[np.int64],
    red_amber_s: int,
) -> bool:
    """Whether no conflicting group stands in the way of a green that begins after red-amber."""
    for c in range(first, end):
        needed_s = intergreen_s[first_cell + (c - first) * (end - first) + g - first]
        if needed_s < 0:
            continue
        if lamp[c] == GREEN or lamp[c] == RED_AMBER:
            return False
        cleared_s = red_amber_s if shown[c] == GREEN else red_amber_s + ended_s[c] + 1
        if cleared_s < needed_s and shown[c] != NOTHING:
            return False
    return True


_may_begin_inner = inner(_may_begin)


def _run(
    j: int,
    wanted: NDArray[np.uint8],
    shown: NDArray[np.uint8],
    shown_s: NDArray[np.int64],
    ended_s: NDArray[np.int64],
    first_group: NDArray[np.int64],
    first_cell: NDArray[np.int64],
    intergreen_s: NDArray[np.int64],
    min_green_s: NDArray[np.int64],
    amber_s: NDArray[np.int64],
    red_amber_s: NDArray[np.int64],
    lamp: NDArray[np.uint8],
) -> None:
    """Lamps of junction `j` in the next second."""
    first, end = first_group[j], first_group[j + 1]
    for g in range(first, end):
        lamp[g] = _go_on_inner(shown[g], shown_s[g], wanted[g], min_green_s[g], amber_s[g], red_amber_s[g])
    for g in range(first, end):
        if wanted[g] == 0 or shown[g] != RED:
            continue
        if _may_begin_inner(g, first, end, lamp, shown, ended_s, first_cell[j], intergreen_s, red_amber_s[g]):
            lamp[g] = RED_AMBER if red_amber_s[g] > 0 else GREEN


_run_inner = inner(_run)


def _run_stages(
    controlled: NDArray[np.bool_],
    wanted: NDArray[np.uint8],
    shown: NDArray[np.uint8],
    shown_s: NDArray[np.int64],
    ended_s: NDArray[np.int64],
    first_group: NDArray[np.int64],
    first_cell: NDArray[np.int64],
    intergreen_s: NDArray[np.int64],
    min_green_s: NDArray[np.int64],
    amber_s: NDArray[np.int64],
    red_amber_s: NDArray[np.int64],
    lamp: NDArray[np.uint8],
) -> None:
    """Lamps of the next second, where groups are wished instead of a programme; the memory is not changed.

    A green that is not wanted ends once its minimum is over.  A wanted group begins after a second of red, as soon as
    no conflicting group is green or about to be and the intergreens will be over when its green begins.

    controlled : (J,) junctions to which that applies; the lamps of the others stay
    wanted : (G,) 1 for groups that are to be green; no two of a junction conflict
    lamp : (G,) out
    The rest as in `traffic_core.kernels.monitor.judge_second`.
    """
    for j in range(controlled.shape[0]):
        if controlled[j]:
            _run_inner(
                j, wanted, shown, shown_s, ended_s, first_group, first_cell, intergreen_s, min_green_s, amber_s,
                red_amber_s, lamp,
            )  # fmt: skip


def _foresee_stages(
    wanted: NDArray[np.uint8],
    shown: NDArray[np.uint8],
    shown_s: NDArray[np.int64],
    ended_s: NDArray[np.int64],
    first_group: NDArray[np.int64],
    first_cell: NDArray[np.int64],
    intergreen_s: NDArray[np.int64],
    min_green_s: NDArray[np.int64],
    amber_s: NDArray[np.int64],
    red_amber_s: NDArray[np.int64],
    lamps: NDArray[np.uint8],
) -> None:
    """Lamps (T, G), out, of the next T seconds if the same groups stay wanted; the memory goes along with them."""
    for t in range(lamps.shape[0]):
        for j in range(first_group.shape[0] - 1):
            _run_inner(
                j, wanted, shown, shown_s, ended_s, first_group, first_cell, intergreen_s, min_green_s, amber_s,
                red_amber_s, lamps[t],
            )  # fmt: skip
        for g in range(lamps.shape[1]):
            if shown[g] == NOTHING:
                shown_s[g] = LONG_AGO
                ended_s[g] = LONG_AGO
            else:
                ended_s[g] = 0 if shown[g] == GREEN else ended_s[g] + 1
                shown_s[g] = shown_s[g] + 1 if lamps[t, g] == shown[g] else 1
            shown[g] = lamps[t, g]


def _follow_wishes(
    now_s: int,
    controlled: NDArray[np.bool_],
    stage: NDArray[np.int64],
    first_member: NDArray[np.int64],
    member: NDArray[np.int64],
    shown: NDArray[np.uint8],
    shown_s: NDArray[np.int64],
    min_green_s: NDArray[np.int64],
    since_s: NDArray[np.int64],
    green: NDArray[np.bool_],
    ready: NDArray[np.bool_],
) -> None:
    """Whether the stages run, after the second `now_s` was remembered.

    controlled : (J,) junctions whose `since_s` is kept here
    stage : (J,) wished or running one, index among all stages
    first_member : (S + 1,); member : (M,) groups of the stages in a row
    since_s : (J,) in and out, `now_s` of the second in which the stage began to run
    green : (J,) in and out, whether all groups of the stage are green
    ready : (J,) out, whether all of them have their minimum too
    """
    for j in range(controlled.shape[0]):
        runs, may_end = True, True
        for m in range(first_member[stage[j]], first_member[stage[j] + 1]):
            g = member[m]
            runs = runs and shown[g] == GREEN
            may_end = may_end and shown_s[g] >= min_green_s[g]
        if controlled[j] and runs and not green[j]:
            since_s[j] = now_s
        green[j] = runs
        ready[j] = runs and may_end


def _example_memory() -> tuple[Any, ...]:
    return np.full(2, NOTHING, np.uint8), np.zeros(2, np.int64), np.zeros(2, np.int64)


def _example_rules() -> tuple[Any, ...]:
    ones = np.ones(2, np.int64)
    return np.array([0, 2]), np.array([0, 4]), np.array([-1, 5, 5, -1]), ones, ones, ones


def _example_run_stages() -> tuple[Any, ...]:
    lamp = np.zeros(2, np.uint8)
    return np.ones(1, np.bool_), np.array([1, 0], np.uint8), *_example_memory(), *_example_rules(), lamp


def _example_foresee_stages() -> tuple[Any, ...]:
    return np.array([1, 0], np.uint8), *_example_memory(), *_example_rules(), np.zeros((1, 2), np.uint8)


def _example_follow_wishes() -> tuple[Any, ...]:
    one, flag = np.zeros(1, np.int64), np.ones(1, np.bool_)
    shown, shown_s, _ = _example_memory()
    return 0, flag, one, np.array([0, 1]), one, shown, shown_s, np.ones(2, np.int64), one, flag.copy(), flag.copy()


run_stages = kernel(_example_run_stages)(_run_stages)
foresee_stages = kernel(_example_foresee_stages)(_foresee_stages)
follow_wishes = kernel(_example_follow_wishes)(_follow_wishes)
