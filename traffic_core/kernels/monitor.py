"""The second opinion on safety: watch the lamps of all junctions second by second.

Groups of all junctions lie in a row: junction j owns groups first_group[j] to first_group[j + 1] - 1, n of them, and
the n * n cells of its intergreen matrix from first_cell[j]: cell (clearing, entering) at first_cell[j] + clearing * n +
entering, -1 where the pair does not conflict.

What the monitor remembers of each group, all (G,):
shown : lamp of the last second, NOTHING before the first
shown_s : seconds it has been shown, LONG_AGO and more where its beginning was not seen
ended_s : seconds from the end of the last green to the last second, LONG_AGO and more where it was not seen
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from traffic_core.jit import bare_inner, bare_kernel, inner, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

RED = 0
RED_AMBER = 1
GREEN = 2
AMBER = 3
NOTHING = 255
LONG_AGO = 1_000_000

INTERGREEN = 1
MIN_GREEN = 2
SEQUENCE = 3


def _sequence_fault(new: int, old: int, age_s: int, min_green_s: int, amber_s: int, red_amber_s: int) -> int:
    """0 for a legal step from lamp `old`, shown for `age_s`, to lamp `new`; else the kind of fault."""
    seen = age_s < LONG_AGO
    if new == old:
        too_long = (new == AMBER and age_s >= amber_s) or (new == RED_AMBER and age_s >= red_amber_s)
        return SEQUENCE if seen and too_long else 0
    if old == RED:
        legal = new == RED_AMBER if red_amber_s > 0 else new == GREEN
    elif old == RED_AMBER:
        legal = new == GREEN and (age_s == red_amber_s or not seen)
    elif old == GREEN:
        legal = new == AMBER if amber_s > 0 else new == RED
        if legal and age_s < min_green_s:
            return MIN_GREEN
    else:
        legal = new == RED and (age_s == amber_s or not seen)
    return 0 if legal else SEQUENCE


_sequence_fault_inner = inner(_sequence_fault)


def _note(fault: NDArray[np.int64], second: int, kind: int, clearing: int, entering: int, missing_s: int) -> None:
    """Write the first fault of a junction; later ones are only counted."""
    if fault[0] == 0:
        fault[1] = second
        fault[2] = kind
        fault[3] = clearing
        fault[4] = entering
        fault[5] = missing_s
    fault[0] += 1


_note_inner = inner(_note)


def _judge(
    lamp: NDArray[np.uint8],
    shown: NDArray[np.uint8],
    shown_s: NDArray[np.int64],
    ended_s: NDArray[np.int64],
    first_group: NDArray[np.int64],
    first_cell: NDArray[np.int64],
    intergreen_s: NDArray[np.int64],
    min_green_s: NDArray[np.int64],
    amber_s: NDArray[np.int64],
    red_amber_s: NDArray[np.int64],
    second: int,
    fault: NDArray[np.int64],
) -> None:
    """Add the faults of one second; the memory is not changed."""
    for j in range(first_group.shape[0] - 1):
        first, end = first_group[j], first_group[j + 1]
        n = end - first
        for g in range(first, end):
            new, old = lamp[g], shown[g]
            if old != NOTHING:
                kind = _sequence_fault_inner(new, old, shown_s[g], min_green_s[g], amber_s[g], red_amber_s[g])
                if kind != 0:
                    missing_s = min_green_s[g] - shown_s[g] if kind == MIN_GREEN else 0
                    _note_inner(fault[j], second, kind, g, g, missing_s)
            if new != GREEN or old == GREEN:
                continue
            for c in range(first, end):
                needed_s = intergreen_s[first_cell[j] + (c - first) * n + g - first]
                if needed_s < 0:
                    continue
                if lamp[c] == GREEN:
                    _note_inner(fault[j], second, INTERGREEN, c, g, needed_s + 1)
                    continue
                cleared_s = 0 if shown[c] == GREEN else ended_s[c] + 1
                if cleared_s < needed_s and shown[c] != NOTHING:
                    _note_inner(fault[j], second, INTERGREEN, c, g, needed_s - cleared_s)


def _remember(
    lamp: NDArray[np.uint8], shown: NDArray[np.uint8], shown_s: NDArray[np.int64], ended_s: NDArray[np.int64]
) -> None:
    """Take one second into the memory, in place."""
    for g in range(lamp.shape[0]):
        if shown[g] == NOTHING:
            shown_s[g] = LONG_AGO
            ended_s[g] = LONG_AGO
        else:
            ended_s[g] = 0 if shown[g] == GREEN else ended_s[g] + 1
            shown_s[g] = shown_s[g] + 1 if lamp[g] == shown[g] else 1
        shown[g] = lamp[g]


_judge_inner = inner(_judge)
_remember_inner = inner(_remember)
_judge_bare = bare_inner(_judge)
_remember_bare = bare_inner(_remember)


def _judge_second(
    lamp: NDArray[np.uint8],
    shown: NDArray[np.uint8],
    shown_s: NDArray[np.int64],
    ended_s: NDArray[np.int64],
    first_group: NDArray[np.int64],
    first_cell: NDArray[np.int64],
    intergreen_s: NDArray[np.int64],
    min_green_s: NDArray[np.int64],
    amber_s: NDArray[np.int64],
    red_amber_s: NDArray[np.int64],
    fault: NDArray[np.int64],
) -> None:
    """Judge the lamps proposed for the next second without taking them over.

    lamp : (G,) proposed lamps, 0 red, 1 red-amber, 2 green, 3 amber
    min_green_s, amber_s, red_amber_s : (G,); amber and red-amber must last exactly as long, 0 means "has none"
    fault : (J, 6) out: count, second, kind (1 intergreen, 2 minimum green, 3 sequence), clearing and entering group
        (index among all groups, equal where one group is to blame alone), missing seconds; of the first fault
    """
    fault[:] = 0
    _judge_inner(
        lamp,
        shown,
        shown_s,
        ended_s,
        first_group,
        first_cell,
        intergreen_s,
        min_green_s,
        amber_s,
        red_amber_s,
        0,
        fault,
    )


def _remember_second(
    lamp: NDArray[np.uint8], shown: NDArray[np.uint8], shown_s: NDArray[np.int64], ended_s: NDArray[np.int64]
) -> None:
    """Take the lamps (G,) of the next second into the memory, in place."""
    _remember_inner(lamp, shown, shown_s, ended_s)


def _judge_sequence(
    lamps: NDArray[np.uint8],
    shown: NDArray[np.uint8],
    shown_s: NDArray[np.int64],
    ended_s: NDArray[np.int64],
    first_group: NDArray[np.int64],
    first_cell: NDArray[np.int64],
    intergreen_s: NDArray[np.int64],
    min_green_s: NDArray[np.int64],
    amber_s: NDArray[np.int64],
    red_amber_s: NDArray[np.int64],
    fault: NDArray[np.int64],
) -> None:
    """Judge a whole sequence of lamps (T, G); the memory goes along with it.  The rest as in `judge_second`."""
    fault[:] = 0
    for t in range(lamps.shape[0]):
        _judge_inner(
            lamps[t],
            shown,
            shown_s,
            ended_s,
            first_group,
            first_cell,
            intergreen_s,
            min_green_s,
            amber_s,
            red_amber_s,
            t,
            fault,
        )
        _remember_inner(lamps[t], shown, shown_s, ended_s)


def _judge_switches(
    old: NDArray[np.uint8],
    new: NDArray[np.uint8],
    memory: tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]],
    memory_at: tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]],
    first_group: NDArray[np.int64],
    first_cell: NDArray[np.int64],
    intergreen_s: NDArray[np.int64],
    min_green_s: NDArray[np.int64],
    amber_s: NDArray[np.int64],
    red_amber_s: NDArray[np.int64],
    fault: NDArray[np.int64],
    kind: NDArray[np.uint8],
) -> int:
    """Judge every switch between two programmes of one junction, each watched for two cycles on either side.

    old, new : (C, G), (C', G) one cycle of lamps each
    memory, memory_at : two sets of shown, shown_s and ended_s (G,) to work with
    first_group, first_cell : (2,) as there is one junction
    fault : (2, 6) to work with
    kind : (C, C') out: kind of the first fault when `old` is left at one second and `new` entered at the other, else 0
    Returns the seconds watched; after a fault no more are.
    """
    rules = (first_group, first_cell, intergreen_s, min_green_s, amber_s, red_amber_s)
    watched_s = 0
    for leave in range(old.shape[0]):
        memory_at[0][:] = NOTHING
        fault[0] = 0
        for t in range(2 * old.shape[0]):
            lamp = old[(leave + t) % old.shape[0]]
            _judge_bare(lamp, *memory_at, *rules, t, fault[:1])
            _remember_bare(lamp, *memory_at)
        watched_s += 2 * old.shape[0]
        for enter in range(new.shape[0]):
            for g in range(old.shape[1]):
                memory[0][g], memory[1][g], memory[2][g] = memory_at[0][g], memory_at[1][g], memory_at[2][g]
            fault[1] = 0
            fault[1, 0], fault[1, 2] = fault[0, 0], fault[0, 2]
            for t in range(2 * new.shape[0]):
                if fault[1, 0] != 0:
                    break
                lamp = new[(enter + t) % new.shape[0]]
                _judge_bare(lamp, *memory, *rules, t, fault[1:])
                _remember_bare(lamp, *memory)
                watched_s += 1
            kind[leave, enter] = fault[1, 2]
    return watched_s


def _first_entry(
    new: NDArray[np.uint8],
    first: int,
    count: int,
    memory_at: tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]],
    memory: tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]],
    first_group: NDArray[np.int64],
    first_cell: NDArray[np.int64],
    intergreen_s: NDArray[np.int64],
    min_green_s: NDArray[np.int64],
    amber_s: NDArray[np.int64],
    red_amber_s: NDArray[np.int64],
    fault: NDArray[np.int64],
) -> int:
    """First second of a programme that may come next, watched for two cycles; -1 where none may.

    new : (C, G) one cycle of lamps of one junction
    first, count : seconds tried, from `first` on, with wrap
    memory_at : shown, shown_s and ended_s (G,) of what was shown before, not changed; memory : the same to work with
    fault : (1, 6) to work with
    """
    rules = (first_group, first_cell, intergreen_s, min_green_s, amber_s, red_amber_s)
    for i in range(count):
        enter: int = (first + i) % new.shape[0]
        for g in range(new.shape[1]):
            memory[0][g], memory[1][g], memory[2][g] = memory_at[0][g], memory_at[1][g], memory_at[2][g]
        fault[0] = 0
        for t in range(2 * new.shape[0]):
            lamp = new[(enter + t) % new.shape[0]]
            _judge_bare(lamp, *memory, *rules, t, fault)
            if fault[0, 0] != 0:
                break
            _remember_bare(lamp, *memory)
        if fault[0, 0] == 0:
            return enter
    return -1


def _example_memory() -> tuple[Any, ...]:
    return np.full(2, NOTHING, np.uint8), np.zeros(2, np.int64), np.zeros(2, np.int64)


def _example_rules() -> tuple[Any, ...]:
    matrix_s = np.array([-1, 5, 5, -1])
    ones = np.ones(2, np.int64)
    return np.array([0, 2]), np.array([0, 4]), matrix_s, ones, ones, ones, np.zeros((1, 6), np.int64)


def _example_judge_second() -> tuple[Any, ...]:
    return (np.zeros(2, np.uint8), *_example_memory(), *_example_rules())


def _example_remember_second() -> tuple[Any, ...]:
    return (np.zeros(2, np.uint8), *_example_memory())


def _example_judge_sequence() -> tuple[Any, ...]:
    return (np.zeros((1, 2), np.uint8), *_example_memory(), *_example_rules())


def _example_judge_switches() -> tuple[Any, ...]:
    lamps = np.zeros((20, 2), np.uint8)
    rules = _example_rules()[:-1]
    fault, kind = np.zeros((2, 6), np.int64), np.zeros((20, 20), np.uint8)
    return lamps, lamps, _example_memory(), _example_memory(), *rules, fault, kind


def _example_first_entry() -> tuple[Any, ...]:
    return np.zeros((20, 2), np.uint8), 0, 1, _example_memory(), _example_memory(), *_example_rules()


judge_second = kernel(_example_judge_second)(_judge_second)
remember_second = kernel(_example_remember_second)(_remember_second)
judge_sequence = kernel(_example_judge_sequence)(_judge_sequence)
judge_switches = bare_kernel(_example_judge_switches)(_judge_switches)
first_entry = bare_kernel(_example_first_entry)(_first_entry)
