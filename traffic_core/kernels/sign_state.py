"""What the variable rows of all signs show: hysteresis, minimum dwell, rounding with a dead band, sums."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from traffic_core.jit import kernel

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

NEUTRAL, FREE, NUMBER, FULL, CLOSED = 0, 1, 2, 3, 4
"""Display codes."""
MAY_NOTHING_YET, MAY_NOTHING, MAY_WORD, MAY_NUMBER, IS_CLOSED, IS_FULL = 0, 1, 2, 3, 4, 5
"""What the data permit.  `MAY_NOTHING_YET`: nothing was ever heard, so that the first content need not wait.
`IS_FULL`: said to be full, whatever is counted."""
LARGEST_NUMBER_VEH = 99_999
"""Largest number a row can show."""
AS_DATA_SAY, BY_HYSTERESIS, BY_DWELL, BY_FORECAST = 0, 1, 2, 3
"""Causes."""


def _sign_state_example() -> tuple[Any, ...]:
    ints, floats = np.zeros(1, np.int64), np.zeros(1)
    limits = (0.0, 180.0, 5, 4, 0.05, 0.95, 0.5, 0.7)
    return (*limits, ints, ints, floats, floats, ints, ints, ints.copy(), floats.copy(), ints.copy(), ints)


def _sign_state(
    now_s: float,
    dwell_s: float,
    step_veh: int,
    dead_band_veh: int,
    full_share: float,
    free_share: float,
    full_below_share: float,
    free_above_share: float,
    permitted: IntArray,
    free_veh: IntArray,
    p_free: FloatArray,
    p_arrival: FloatArray,
    reserve_veh: IntArray,
    release_veh: IntArray,
    display: IntArray,
    since_s: FloatArray,
    shown_veh: IntArray,
    cause: IntArray,
) -> None:
    """Move every display on by one step.

    Full is shown at once where the free places are within the reserve or `p_free` is at most `full_share`; it is left
    only at `release_veh` free places.  Neutral and closed are shown at once.  Whatever invites more than before (a
    word or number after full, closed or neutral; a number after a word) waits until the display is `dwell_s` old.

    Where the probability at arrival is known, it decides about fresh data instead of `release_veh`: full is shown
    up to `full_below_share` and left at `free_above_share`.  A word from older data must be clear by both: free where
    the lower of both probabilities is at least `free_share`, full where one of them is at most `full_share`.  What is
    full now stays full, whatever is expected.

    A number below 10 is exact.  Others are rounded down to a multiple of `step_veh`; the number shown stays while it
    is no more than what is free and less than `step_veh + dead_band_veh` below it.  More than `LARGEST_NUMBER_VEH` is
    the word free.

    permitted : (M,) what the data of a row permit, `MAY_NOTHING_YET` to `IS_CLOSED`
    free_veh : (M,) free places; used with `MAY_NUMBER`, and with `MAY_WORD` where not negative (negative: not known)
    p_free : (M,) probability that more than the reserve is free; used with `MAY_WORD`
    p_arrival : (M,) the same at the moment of arrival by the forecast; NaN: not known
    reserve_veh, release_veh : (M,) places at which full begins, and at which it ends
    display : (M,) display codes, updated in place
    since_s : (M,) since when a row shows its display, updated in place; -inf: it need not dwell
    shown_veh : (M,) number shown, updated in place; -1 for every display but `NUMBER`
    cause : (M,) out, why the display is not simply what the data say
    """
    for m in range(permitted.size):
        cause[m] = AS_DATA_SAY
        before = display[m]
        foreseen = not np.isnan(p_arrival[m])
        if permitted[m] == IS_CLOSED:
            wanted = CLOSED
        elif permitted[m] == IS_FULL:
            wanted = FULL
        elif permitted[m] == MAY_NUMBER:
            wanted = FULL if free_veh[m] <= reserve_veh[m] else NUMBER
        elif permitted[m] == MAY_WORD and p_free[m] <= full_share:
            wanted = FULL
        elif permitted[m] == MAY_WORD and foreseen and p_arrival[m] <= full_share:
            wanted = FULL
            cause[m] = BY_FORECAST
        elif permitted[m] == MAY_WORD and p_free[m] >= free_share and not (foreseen and p_arrival[m] < free_share):
            wanted = FREE
        else:
            wanted = NEUTRAL

        if wanted == NUMBER and foreseen:
            if p_arrival[m] <= full_below_share:
                wanted = FULL
                cause[m] = BY_FORECAST
            elif before == FULL and p_arrival[m] < free_above_share:
                wanted = FULL
                cause[m] = BY_HYSTERESIS
        elif wanted in (FREE, NUMBER) and before == FULL and 0 <= free_veh[m] < release_veh[m]:
            wanted = FULL
            cause[m] = BY_HYSTERESIS
        if wanted == NUMBER and free_veh[m] > LARGEST_NUMBER_VEH:
            wanted = FREE
        invites = wanted in (FREE, NUMBER)
        since_s[m] = min(since_s[m], now_s)
        more = invites and (before in (NEUTRAL, FULL, CLOSED) or (wanted == NUMBER and before == FREE))
        if more and now_s - since_s[m] < dwell_s:
            wanted = before
            cause[m] = BY_DWELL

        if wanted != before:
            since_s[m] = now_s
        if wanted == NEUTRAL and permitted[m] == MAY_NOTHING_YET:
            since_s[m] = -np.inf
        display[m] = wanted
        if wanted != NUMBER:
            shown_veh[m] = -1
        elif free_veh[m] < 10:
            shown_veh[m] = free_veh[m]
        else:
            above_veh = free_veh[m] - shown_veh[m]
            if shown_veh[m] < 10 or above_veh < 0 or above_veh >= step_veh + dead_band_veh:
                shown_veh[m] = free_veh[m] // step_veh * step_veh


sign_state = kernel(_sign_state_example)(_sign_state)


def _sum_rows_example() -> tuple[Any, ...]:
    ints = np.zeros(1, np.int64)
    first = np.array([0, 1], np.int64)
    return first, ints, ints, ints, ints, ints.copy(), ints.copy(), np.zeros(1)


def _sum_rows(
    first_member: IntArray,
    member: IntArray,
    permitted: IntArray,
    free_veh: IntArray,
    display: IntArray,
    group_permitted: IntArray,
    group_free_veh: IntArray,
    group_p_free: FloatArray,
) -> None:
    """What the data permit for rows that stand for several facilities, from what those show themselves.

    A facility that shows full or closed adds nothing.  The sum may be shown as a number only where every facility may
    show one or is closed.  With some unknown the sum of the others is a lower bound: it proves "free", never a number
    and never "full".  All closed is closed; all full is full.

    first_member : (G + 1,) group g has the members first_member[g] to first_member[g + 1] - 1
    member : (N,) index of a facility
    permitted, free_veh, display : (F,) of the facilities, displays already moved on
    group_permitted, group_free_veh, group_p_free : (G,) out, input for `sign_state` with reserve 0
    """
    for g in range(group_permitted.size):
        total_veh = 0
        inviting, full, closed, unheard, countable = 0, 0, 0, 0, 0
        size = first_member[g + 1] - first_member[g]
        for n in range(first_member[g], first_member[g + 1]):
            f = member[n]
            if display[f] in (FREE, NUMBER):
                inviting += 1
                total_veh += max(free_veh[f], 0)
            full += display[f] == FULL
            closed += display[f] == CLOSED
            unheard += permitted[f] == MAY_NOTHING_YET
            countable += display[f] == CLOSED or permitted[f] == IS_FULL
            countable += permitted[f] == MAY_NUMBER and display[f] in (NUMBER, FULL)
        group_free_veh[g] = total_veh
        group_p_free[g] = 1.0 if inviting > 0 else 0.0
        if closed == size:
            group_permitted[g] = IS_CLOSED
        elif inviting > 0 and countable == size:
            group_permitted[g] = MAY_NUMBER
        elif inviting > 0 or full + closed == size:
            group_permitted[g] = MAY_WORD
        elif unheard + closed == size:
            group_permitted[g] = MAY_NOTHING_YET
        else:
            group_permitted[g] = MAY_NOTHING


sum_rows = kernel(_sum_rows_example)(_sum_rows)
