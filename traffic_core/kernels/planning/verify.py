"""Watch programmes and all switches between two of them second by second, without writing the sequences down.

A programme is one cycle of lamps (C, G), painted from its windows by `paint_cycle`; what is shown after a switch is
read from it as time goes.  The rules are those of `traffic_core.kernels.monitor`, written anew: here a group remembers
at which second something began, there how long it lasts.  The two must agree.

A verdict is (kind, second, clearing group, entering group, missing seconds) of the first breach; kind 0 is "none".
Seconds count from the switch; where one group is to blame alone, it stands for both.
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
NEVER = -1_000_000_000
"""Second of something that was not seen."""

SAFE = 0
INTERGREEN = 1
MIN_GREEN = 2
SEQUENCE = 3
NEVER_GREEN = 4
VERDICT_COLUMNS = 5


def _paint_cycle(
    start_s: NDArray[np.int64],
    length_s: NDArray[np.int64],
    amber_s: NDArray[np.int64],
    red_amber_s: NDArray[np.int64],
    lamps: NDArray[np.uint8],
) -> None:
    """Paint one cycle of lamps (C, G), out, from windows (G, W); those of length 0 do not count.

    Green is painted over red-amber, red-amber over amber, amber over red.
    """
    cycle_s = lamps.shape[0]
    lamps[:] = RED
    for layer in (AMBER, RED_AMBER, GREEN):
        for g in range(start_s.shape[0]):
            for w in range(start_s.shape[1]):
                if length_s[g, w] == 0:
                    continue
                first, end = start_s[g, w], start_s[g, w] + length_s[g, w]
                if layer == AMBER:
                    first, end = end, min(end + amber_s[g], first + cycle_s)
                elif layer == RED_AMBER:
                    first, end = max(first - red_amber_s[g], end - cycle_s), first
                for second in range(first, end):
                    lamps[second % cycle_s, g] = layer


def _step_fault(new: int, old: int, age_s: int, min_green_s: int, amber_s: int, red_amber_s: int) -> int:
    """Kind of breach when lamp `old`, shown for `age_s`, gives way to the other lamp `new`; the age may be unknown."""
    known = age_s < -NEVER // 2
    if old == GREEN:
        if new != (AMBER if amber_s > 0 else RED):
            return SEQUENCE
        return MIN_GREEN if age_s < min_green_s else SAFE
    if old == AMBER:
        return SAFE if new == RED and (age_s == amber_s or not known) else SEQUENCE
    if old == RED_AMBER:
        return SAFE if new == GREEN and (age_s == red_amber_s or not known) else SEQUENCE
    return SAFE if new == (RED_AMBER if red_amber_s > 0 else GREEN) else SEQUENCE


_step_fault_inner = inner(_step_fault)


def _note(verdict: NDArray[np.int64], kind: int, second: int, clearing: int, entering: int, missing_s: int) -> None:
    """Write the first breach only."""
    if verdict[0] == SAFE:
        verdict[0] = kind
        verdict[1] = second
        verdict[2] = clearing
        verdict[3] = entering
        verdict[4] = missing_s


_note_inner = inner(_note)


def _run(
    lamps: NDArray[np.uint8],
    from_second: int,
    first_t: int,
    end_t: int,
    shown: NDArray[np.uint8],
    began_t: NDArray[np.int64],
    ended_t: NDArray[np.int64],
    intergreen_s: NDArray[np.int64],
    min_green_s: NDArray[np.int64],
    amber_s: NDArray[np.int64],
    red_amber_s: NDArray[np.int64],
    longest_red_s: int,
    verdict: NDArray[np.int64],
) -> int:
    """Watch from `first_t` to before `end_t` or the first breach, `from_second` being the programme's at `first_t`.

    lamps : (C, G)
    shown, began_t, ended_t : (G,) in place: last lamp, when it began, when green last ended
    Returns the longest time without green that ended meanwhile, at least `longest_red_s`.
    """
    cycle_s, groups = lamps.shape
    second = from_second
    for t in range(first_t, end_t):
        starts = False
        for g in range(groups):
            new, old = lamps[second, g], shown[g]
            if new == old:
                age_s = t - began_t[g] if began_t[g] != NEVER else 0
                if (new == AMBER and age_s >= amber_s[g]) or (new == RED_AMBER and age_s >= red_amber_s[g]):
                    _note_inner(verdict, SEQUENCE, t, g, g, 0)
                continue
            if old == NOTHING:
                shown[g], began_t[g] = new, NEVER
                starts = starts or new == GREEN
                continue
            age_s = t - began_t[g]
            kind = _step_fault_inner(new, old, age_s, min_green_s[g], amber_s[g], red_amber_s[g])
            if kind != SAFE:
                _note_inner(verdict, kind, t, g, g, min_green_s[g] - age_s if kind == MIN_GREEN else 0)
            if old == GREEN:
                ended_t[g] = t
            if new == GREEN:
                starts = True
                if ended_t[g] != NEVER:
                    longest_red_s = max(longest_red_s, t - ended_t[g])
            shown[g], began_t[g] = new, t
        if starts:
            for g in range(groups):
                if shown[g] != GREEN or (began_t[g] != t and (began_t[g] != NEVER or t != first_t)):
                    continue
                for c in range(groups):
                    needed_s = intergreen_s[c, g]
                    if needed_s < 0:
                        continue
                    if shown[c] == GREEN:
                        _note_inner(verdict, INTERGREEN, t, c, g, needed_s + 1)
                    elif t - ended_t[c] < needed_s:
                        _note_inner(verdict, INTERGREEN, t, c, g, needed_s - (t - ended_t[c]))
        if verdict[0] != SAFE:
            return longest_red_s
        second += 1
        if second == cycle_s:
            second = 0
    return longest_red_s


_run_inner = inner(_run)


def _watch(
    lamps: NDArray[np.uint8],
    from_second: int,
    seconds: int,
    intergreen_s: NDArray[np.int64],
    min_green_s: NDArray[np.int64],
    amber_s: NDArray[np.int64],
    red_amber_s: NDArray[np.int64],
    verdict: NDArray[np.int64],
) -> tuple[int, int]:
    """Watch one programme from a second of its cycle on, with lamps of unknown age at first, as after a restart.

    lamps : (C, G) one cycle
    intergreen_s : (G, G) from clearing to entering group, -1 where the pair does not conflict
    min_green_s, amber_s, red_amber_s : (G,)
    verdict : (5,) out; a group that was never green is a breach of its own kind
    Returns the longest time without green, s, and the seconds watched.
    """
    groups = lamps.shape[1]
    shown = np.full(groups, NOTHING, np.uint8)
    began_t = np.full(groups, NEVER, np.int64)
    ended_t = np.full(groups, NEVER, np.int64)
    verdict[:] = SAFE
    longest_red_s = _run_inner(
        lamps,
        from_second,
        0,
        seconds,
        shown,
        began_t,
        ended_t,
        intergreen_s,
        min_green_s,
        amber_s,
        red_amber_s,
        0,
        verdict,
    )
    if verdict[0] != SAFE:
        return longest_red_s, verdict[1] + 1
    for g in range(groups):
        if shown[g] != GREEN and ended_t[g] == NEVER:
            _note_inner(verdict, NEVER_GREEN, seconds, g, g, 0)
    return longest_red_s, seconds


def _scan_switches(
    old: NDArray[np.uint8],
    new: NDArray[np.uint8],
    after_s: int,
    intergreen_s: NDArray[np.int64],
    min_green_s: NDArray[np.int64],
    amber_s: NDArray[np.int64],
    red_amber_s: NDArray[np.int64],
    kind: NDArray[np.uint8],
    longest_red_s: NDArray[np.int64],
) -> int:
    """Judge every switch between two programmes of a junction: leave `old` at any second, enter `new` at any.

    old, new : (C, G), (C', G) one cycle of lamps each
    after_s : seconds watched after each switch; before it, two cycles of `old` are
    intergreen_s, min_green_s, amber_s, red_amber_s : as in `watch`
    kind : (C, C') out: kind of the first breach at or after the switch from the second [leave] to [enter], 0 if safe
    longest_red_s : (C, C') out: longest time without green that ended after the switch and before a breach
    Returns the seconds watched.
    """
    groups = old.shape[1]
    shown, shown_at = np.empty(groups, np.uint8), np.empty(groups, np.uint8)
    began_t, began_at = np.empty(groups, np.int64), np.empty(groups, np.int64)
    ended_t, ended_at = np.empty(groups, np.int64), np.empty(groups, np.int64)
    verdict = np.empty(VERDICT_COLUMNS, np.int64)
    before_s = 2 * old.shape[0]
    watched_s = 0
    for leave in range(old.shape[0]):
        shown_at[:], began_at[:], ended_at[:] = NOTHING, NEVER, NEVER
        verdict[:] = SAFE
        _run_inner(
            old,
            leave,
            -before_s,
            0,
            shown_at,
            began_at,
            ended_at,
            intergreen_s,
            min_green_s,
            amber_s,
            red_amber_s,
            0,
            verdict,
        )
        watched_s += before_s
        unsafe_before = verdict[0]
        for enter in range(new.shape[0]):
            shown[:], began_t[:], ended_t[:] = shown_at, began_at, ended_at
            verdict[:] = SAFE
            verdict[0] = unsafe_before
            longest_red_s[leave, enter] = _run_inner(
                new,
                enter,
                0,
                after_s,
                shown,
                began_t,
                ended_t,
                intergreen_s,
                min_green_s,
                amber_s,
                red_amber_s,
                0,
                verdict,
            )
            kind[leave, enter] = verdict[0]
            watched_s += after_s if verdict[0] == SAFE else verdict[1] + 1
    return watched_s


def _judge_switch(
    old: NDArray[np.uint8],
    leave: int,
    new: NDArray[np.uint8],
    enter: int,
    intergreen_s: NDArray[np.int64],
    min_green_s: NDArray[np.int64],
    amber_s: NDArray[np.int64],
    red_amber_s: NDArray[np.int64],
    verdict: NDArray[np.int64],
) -> None:
    """Verdict (5,), out, on one switch, watched for two cycles on either side; the rest as in `scan_switches`."""
    groups = old.shape[1]
    shown = np.full(groups, NOTHING, np.uint8)
    began_t = np.full(groups, NEVER, np.int64)
    ended_t = np.full(groups, NEVER, np.int64)
    verdict[:] = SAFE
    before_s = 2 * old.shape[0]
    for lamps, second, first_t, end_t in ((old, leave, -before_s, 0), (new, enter, 0, 2 * new.shape[0])):
        if verdict[0] == SAFE:
            _run_inner(
                lamps,
                second,
                first_t,
                end_t,
                shown,
                began_t,
                ended_t,
                intergreen_s,
                min_green_s,
                amber_s,
                red_amber_s,
                0,
                verdict,
            )


def _example_rules() -> tuple[Any, ...]:
    ones = np.ones(2, np.int64)
    return np.array([[-1, 5], [5, -1]]), ones, ones, ones


def _example_lamps() -> Any:
    return np.zeros((20, 2), np.uint8)


def _example_paint_cycle() -> tuple[Any, ...]:
    windows, ones = np.zeros((2, 1), np.int64), np.ones(2, np.int64)
    return windows, windows, ones, ones, _example_lamps()


def _example_watch() -> tuple[Any, ...]:
    return (_example_lamps(), 0, 1, *_example_rules(), np.zeros(VERDICT_COLUMNS, np.int64))


def _example_scan_switches() -> tuple[Any, ...]:
    lamps = _example_lamps()
    return lamps, lamps, 1, *_example_rules(), np.zeros((20, 20), np.uint8), np.zeros((20, 20), np.int64)


def _example_judge_switch() -> tuple[Any, ...]:
    return (_example_lamps(), 0, _example_lamps(), 0, *_example_rules(), np.zeros(VERDICT_COLUMNS, np.int64))


paint_cycle = kernel(_example_paint_cycle)(_paint_cycle)
watch = kernel(_example_watch)(_watch)
scan_switches = kernel(_example_scan_switches)(_scan_switches)
judge_switch = kernel(_example_judge_switch)(_judge_switch)
