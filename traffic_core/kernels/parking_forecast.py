"""What a forecast of free places looks at, step by step, and the trees that read it; all car parks in one call.

Free places are shares of the capacity, NaN where not known.  Time runs in steps of 5 min.  A week has 2,016 places: day
class (0 Monday to 5 Saturday, 6 Sunday and holidays) times 288 plus the step of the local day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from traffic_core.jit import inner, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    _Floats = NDArray[np.float64]
    _Integers = NDArray[np.int64]

DAY, WEEK = 288, 2016
DAY_KINDS = 3
"""Monday to Friday, Saturday, Sunday and holidays."""
BEHIND, AHEAD = 24, 48
"""Steps that `places` reaches back before the first step, and on beyond the last."""
RING = 2_304
"""Eight days are remembered."""
FEATURES = 22
BLOCK = 128
"""Rows that one tree reads before the next does: both stay in the nearest cache."""


def _profile_at(profile: _Floats, facility: int, place: int) -> float:
    """Mean of a place of the week and its two neighbours of the same day; NaN where none is known."""
    day = place // DAY
    total = 0.0
    known = 0
    for offset in (-1, 0, 1):
        value = profile[facility, day * DAY + (place % DAY + offset) % DAY]
        if not np.isnan(value):
            total += value
            known += 1
    return total / known if known > 0 else np.nan


profile_at = inner(_profile_at)


def _day_kind_place(place: int) -> int:
    return max(place // DAY - 4, 0) * DAY + place % DAY


day_kind_place = inner(_day_kind_place)


def _strayed(
    value: float,
    before: float,
    profile: _Floats,
    facility: int,
    place: int,
    place_before: int,
) -> float:
    """Change since an earlier step beyond that of the profile; 0 where one of them is not known."""
    strayed = value - before - (profile_at(profile, facility, place) - profile_at(profile, facility, place_before))
    return 0.0 if np.isnan(strayed) else strayed


strayed_since = inner(_strayed)


def _or_zero(value: float) -> float:
    return 0.0 if np.isnan(value) else value


or_zero = inner(_or_zero)


def _learn(
    values: _Floats, place: int, share: float, profile: _Floats, seen: _Integers, day_share: float, by_day: _Floats
) -> None:
    """Draw both profiles towards the values of a step; a plain mean while fewer than 1 / share weeks were seen."""
    kind = day_kind_place(place)
    for f in range(values.size):
        if np.isnan(values[f]):
            continue
        weight = max(share, 1.0 / (seen[f, place] + 1.0))
        seen[f, place] += 1
        if np.isnan(profile[f, place]):
            profile[f, place] = values[f]
        profile[f, place] += weight * (values[f] - profile[f, place])
        if np.isnan(by_day[f, kind]):
            by_day[f, kind] = values[f]
        by_day[f, kind] += day_share * (values[f] - by_day[f, kind])


learn_step = inner(_learn)


def _advance_example() -> tuple[Any, ...]:
    values, places = np.zeros((1, 1)), np.zeros(1 + BEHIND + AHEAD, np.int64)
    profiles = (np.zeros((1, WEEK)), np.zeros((1, WEEK), np.int64), np.zeros((1, DAY_KINDS * DAY)))
    out = np.zeros((1, 1, 1, FEATURES)), np.zeros((1, 1, 1), np.bool_)
    return values, places, 0, True, np.ones(1, np.bool_), np.ones(1, np.int64), 0.1, 0.1, *profiles, _ring(), *out


def _ring() -> _Floats:
    return np.full((1, RING), np.nan)


def _advance(
    values: _Floats,
    places: _Integers,
    first: int,
    learns: bool,
    wanted: NDArray[np.bool_],
    leads: _Integers,
    share: float,
    day_share: float,
    profile: _Floats,
    seen: _Integers,
    by_day: _Floats,
    ring: _Floats,
    features: _Floats,
    usable: NDArray[np.bool_],
) -> None:
    """Look at the steps one after another, and learn from each after it was looked at.

    values : (T, F) free share, NaN where not known
    places : (BEHIND + T + AHEAD,) place of the week; that of step t stands at BEHIND + t
    first : number of the first step, which tells its place in the ring
    learns : whether profiles and ring take the values over
    wanted : (T,) steps whose features are wanted, W of them
    leads : (H,) steps ahead, at most AHEAD // 2
    share, day_share : weight of a new value in the profiles of the week and of the kind of day
    profile, seen : (F, WEEK) profile, NaN where nothing is known, and how often it learned; updated in place
    by_day : (F, DAY_KINDS * DAY) profile of the kind of day, updated in place
    ring : (F, RING) last values by step number, updated in place
    features : (W, F, H, FEATURES) out, in the order of `parking.forecast.features.NAMES`
    usable : (W, F, H) out, whether value and profile were known; features of others are not touched
    """
    facilities = values.shape[1]
    deviation, drift = np.zeros(facilities), np.zeros(facilities)
    row = 0
    for t in range(values.shape[0]):
        number = first + t
        now = places[BEHIND + t]
        if learns:
            for f in range(facilities):
                ring[f, number % RING] = values[t, f]
        if wanted[t]:
            for f in range(facilities):
                deviation[f] = values[t, f] - profile_at(profile, f, now)
                hour_ago = profile_at(profile, f, places[BEHIND + t - 12])
                drift[f] = deviation[f] - (ring[f, (number - 12) % RING] - hour_ago)
            for f in range(facilities):
                x = values[t, f]
                p = profile_at(profile, f, now)
                if np.isnan(x) or np.isnan(p):
                    usable[row, f, :] = False
                    continue
                away, moved = 0.0, 0.0
                away_of, moved_of = 0, 0
                for other in range(facilities):
                    if other != f and not np.isnan(deviation[other]):
                        away += deviation[other]
                        away_of += 1
                    if other != f and not np.isnan(drift[other]):
                        moved += drift[other]
                        moved_of += 1
                d = by_day[f, day_kind_place(now)]
                yesterday, last_week = ring[f, (number - DAY) % RING], ring[f, (number - WEEK) % RING]
                for h in range(leads.size):
                    lead = leads[h]
                    ahead = profile_at(profile, f, places[BEHIND + t + lead])
                    usable[row, f, h] = not np.isnan(ahead)
                    if np.isnan(ahead):
                        continue
                    delta = ahead - p
                    z = features[row, f, h]
                    z[0] = x
                    z[1] = x - p
                    z[2] = delta
                    day_delta = by_day[f, day_kind_place(places[BEHIND + t + lead])] - d
                    z[3] = delta if np.isnan(day_delta) else day_delta
                    z[4] = x + delta
                    for i, lag in enumerate((1, 3, 6, 12, 24)):
                        past = ring[f, (number - lag) % RING]
                        z[5 + i] = strayed_since(x, past, profile, f, now, places[BEHIND + t - lag])
                    z[10] = or_zero(x - ring[f, (number - 3) % RING])
                    z[11] = or_zero(ring[f, (number - DAY + lead) % RING] - yesterday - delta)
                    z[12] = or_zero(yesterday - p)
                    z[13] = or_zero(ring[f, (number - WEEK + lead) % RING] - last_week - delta)
                    z[14] = or_zero(last_week - p)
                    z[15] = now % DAY
                    z[16] = now // DAY
                    z[17] = f
                    z[18] = moved / moved_of if moved_of > 0 else 0.0
                    z[19] = away / away_of if away_of > 0 else 0.0
                    z[20] = or_zero(profile_at(profile, f, places[BEHIND + t + 2 * lead]) - ahead - delta)
                    z[21] = or_zero(x - d)
            row += 1
        if learns:
            learn_step(values[t], now, share, profile, seen, day_share, by_day)


advance = kernel(_advance_example)(_advance)


def _read_trees_example() -> tuple[Any, ...]:
    return np.zeros((1, 2)), np.zeros((1, 1), np.uint8), np.zeros((1, 1)), np.zeros((1, 2)), np.zeros(1)


def _read_trees(rows: _Floats, feature: NDArray[np.uint8], threshold: _Floats, leaf: _Floats, total: _Floats) -> None:
    """Sum of what complete binary trees say of each row.

    rows : (N, K) features
    feature, threshold : (M, 2^D - 1) by tree and node; beyond the threshold the way goes to the right
    leaf : (M, 2^D) what a tree says
    total : (N,) out
    """
    trees, nodes = feature.shape
    total[:] = 0.0
    for begin in range(0, rows.shape[0], BLOCK):
        end = min(begin + BLOCK, rows.shape[0])
        for m in range(trees):
            for n in range(begin, end):
                node = 0
                while node < nodes:
                    node = 2 * node + (2 if rows[n, feature[m, node]] > threshold[m, node] else 1)
                total[n] += leaf[m, node - nodes]


read_trees = kernel(_read_trees_example)(_read_trees)
