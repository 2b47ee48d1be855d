"""Training: choose the memory of the profile, grow trees, keep per facility what wins, measure how far it strays.

The history is parted in time.  Trees of the middle are grown on its first part; the rest, which they have not seen,
tells which variant a facility gets and how large errors are: the trees of the spread are grown on its even weeks and
error quantiles taken on its odd weeks.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from parking.forecast.boosting import Growth, grow
from parking.forecast.calendar import STEP_S
from parking.forecast.calibration import error_quantiles
from parking.forecast.evaluation import judge, split, validation_begin
from parking.forecast.features import DELTA, FACILITY, FREE, Watch
from parking.forecast.model import LEADS, LEVELS, ForecastModel, Variant, middles, spreads
from parking.forecast.odds import ODDS_GROWTH, learn_odds
from parking.forecast.sign_policy import fills_up, learn_thresholds
from parking.forecast.thresholds import SignThresholds
from parking.forecast.walk import every, walk
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from parking.forecast.calendar import Calendar
    from parking.forecast.history import History
    from parking.forecast.trees import Trees

    Floats = NDArray[np.float64]

HALF_LIVES_WEEKS = (3.0, 6.0, 12.0, 24.0)
WARM_UP_STEPS = 4 * 2_016
"""Before it the profile is too young to learn from."""
SHORTEST_STEPS = 12 * 2_016
LEAST_KNOWN_STEPS = 28 * 288
"""A facility with fewer known steps gets no model."""
FIT_ROWS = 130_000
VALIDATION_ROWS = 90_000
MIDDLE_GROWTH = Growth()
SPREAD_GROWTH = Growth(trees=60, depth=4)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingSettings:
    """What a model is trained for."""

    timezone: str
    holidays: str
    growth: Growth = MIDDLE_GROWTH
    spread_growth: Growth = SPREAD_GROWTH
    odds_growth: Growth = ODDS_GROWTH
    fit_rows: int = FIT_ROWS
    validation_rows: int = VALIDATION_ROWS


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Examples:
    """Rows of one lead, in time order."""

    rows: NDArray[np.float32]
    """(N, K)"""
    outcome: Floats
    """(N,) free share that came."""
    week: NDArray[np.int64]
    """(N,) number of the week."""

    @property
    def facility(self) -> NDArray[np.int64]:
        """(N,) number of the facility."""
        return self.rows[:, FACILITY].astype(np.int64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trained:
    """A model and how its variants did on the validation part."""

    model: ForecastModel
    error_share: Floats
    """(3, F, H) mean absolute error by `Variant`, NaN where there were no examples."""
    rows: tuple[int, int]
    """Examples per lead that trees were grown on and that they were judged on, at most."""


def usable_facilities(history: History, steps: int) -> list[int]:
    """Facilities with enough known steps within the first `steps` to train on."""
    known = np.isfinite(history.free_share[:steps]).sum(axis=0)
    return [int(place) for place in np.flatnonzero(known >= LEAST_KNOWN_STEPS)]


def train(history: History, calendar: Calendar, settings: TrainingSettings) -> Trained:
    """Train on a whole history.

    Raises
    ------
    InvalidValueError
        If it is shorter than `SHORTEST_STEPS` or has no facility.
    """
    if history.steps < SHORTEST_STEPS or not history.facility_ids:
        limit = f"must be at least {SHORTEST_STEPS // 2_016} weeks long and have a facility"
        raise InvalidValueError("history", f"{history.steps // 2_016} weeks", limit)
    half_life_weeks = _half_life_weeks(history, calendar)
    earlier, later = split(history, validation_begin(history.steps))
    full = [fills_up(*of) for of in zip(earlier.free_share.T, history.capacity_veh, strict=True)]
    fills = np.array(full, np.bool_)
    odds, watch_then = learn_odds(earlier, calendar, half_life_weeks, fills, WARM_UP_STEPS, settings.odds_growth)
    fit, validation, watch = _examples(history, calendar, half_life_weeks, settings)
    facilities, leads = len(history.facility_ids), len(LEADS)
    middle, spread = [], []
    variant = np.zeros((facilities, leads), np.int64)
    errors = np.full((len(Variant), facilities, leads), np.nan)
    quantiles = []
    for h in range(leads):
        middle.append(_grow_middle(fit[h], settings.growth))
        expected = middles(validation[h].rows.astype(np.float64), middle[h])
        errors[:, :, h] = _mean_errors(expected, validation[h], facilities)
        variant[:, h] = _winners(errors[:, :, h])
        chosen = expected[variant[validation[h].facility, h], np.arange(validation[h].outcome.size)]
        found = _spread_and_quantiles(validation[h], chosen, facilities, settings.spread_growth)
        spread.append(found[0])
        quantiles.append(found[1])
    model = ForecastModel(
        facility_ids=history.facility_ids,
        capacity_veh=history.capacity_veh.astype(np.int64),
        leads=LEADS,
        levels=LEVELS,
        half_life_weeks=half_life_weeks,
        timezone=settings.timezone,
        holidays=settings.holidays,
        middle=tuple(middle),
        spread=tuple(spread),
        variant=variant,
        error_quantiles=np.stack(quantiles, axis=1),
        odds=odds,
        fills_up=fills,
        thresholds=SignThresholds(),
        watch=watch,
        trained_to_s=float(STEP_S * (history.first_step + history.steps)),
    )
    judged = judge(replace(model, watch=watch_then), later, calendar, only_signs=True)
    known = [(judged.p_free[:, f], later.free_share[:, f], float(model.capacity_veh[f])) for f in np.flatnonzero(fills)]
    model = replace(model, thresholds=learn_thresholds(known))
    most = max(of.outcome.size for of in fit), max(of.outcome.size for of in validation)
    return Trained(model=model, error_share=errors, rows=most)


def _half_life_weeks(history: History, calendar: Calendar) -> float:
    """Memory of the profile with which its delta errs least before the validation part, over all leads."""
    end = validation_begin(history.steps)
    leads = np.array(LEADS, np.int64)
    wanted = every(history.steps, WARM_UP_STEPS, 35)
    wanted[end:] = False
    errors = []
    for half_life_weeks in HALF_LIVES_WEEKS:
        total, count = np.zeros(leads.size), np.zeros(leads.size)
        watch = Watch.fresh(len(history.facility_ids), history.first_step)
        for seen in walk(history, watch, calendar, half_life_weeks, leads, wanted):
            expected = np.clip(seen.features[..., FREE] + seen.features[..., DELTA], 0.0, 1.0)
            known = seen.usable & np.isfinite(seen.outcome)
            total += np.where(known, np.abs(expected - seen.outcome), 0.0).sum(axis=(0, 1))
            count += known.sum(axis=(0, 1))
            if seen.step.size and seen.step[-1] + 35 >= end:
                break
        errors.append(total / np.maximum(count, 1))
    relative = np.array(errors) / np.maximum(np.array(errors)[0], 1e-9)
    return HALF_LIVES_WEEKS[int(np.argmin(relative.sum(axis=1)))]


def _examples(
    history: History, calendar: Calendar, half_life_weeks: float, settings: TrainingSettings
) -> tuple[list[Examples], list[Examples], Watch]:
    """Examples by lead for growing and for judging, and the watch as it stands at the end."""
    begin = validation_begin(history.steps)
    leads = np.array(LEADS, np.int64)
    known = np.isfinite(history.free_share).sum(axis=1)
    fit_stride = _stride(int(known[WARM_UP_STEPS:begin].sum()), settings.fit_rows)
    validation_stride = _stride(int(known[begin:].sum()), settings.validation_rows)
    wanted = every(history.steps, WARM_UP_STEPS, fit_stride)
    wanted[begin - LEADS[-1] :] = False
    wanted |= every(history.steps, begin, validation_stride)
    parts: tuple[list[list[Examples]], list[list[Examples]]] = ([], [])
    watch = Watch.fresh(len(history.facility_ids), history.first_step)
    for seen in walk(history, watch, calendar, half_life_weeks, leads, wanted):
        for part, mask in zip(parts, (seen.step < begin, seen.step >= begin), strict=True):
            if not mask.any():
                continue
            step = np.broadcast_to(seen.step[mask][:, None], seen.usable[mask].shape[:2])
            part.append([])
            for h in range(leads.size):
                good = seen.usable[mask][:, :, h] & np.isfinite(seen.outcome[mask][:, :, h])
                part[-1].append(
                    Examples(
                        rows=seen.features[mask][:, :, h][good].astype(np.float32),
                        outcome=seen.outcome[mask][:, :, h][good],
                        week=step[good] // 2_016,
                    )
                )
    fit, validation = ([_joined([of[h] for of in part]) for h in range(leads.size)] for part in parts)
    if min(of.outcome.size for of in [*fit, *validation]) == 0:
        raise InvalidValueError("history", "no examples", "must have known numbers at both its beginning and its end")
    return fit, validation, watch


def _joined(parts: list[Examples]) -> Examples:
    return Examples(
        rows=np.concatenate([part.rows for part in parts]),
        outcome=np.concatenate([part.outcome for part in parts]),
        week=np.concatenate([part.week for part in parts]),
    )


def _stride(rows: int, wanted_rows: int) -> int:
    """Odd, and no divisor of an hour: all minutes of the hour take their turn."""
    stride = max(1, rows // wanted_rows)
    while stride > 1 and (stride % 2 == 0 or stride % 3 == 0):
        stride += 1
    return stride


def _grow_middle(examples: Examples, growth: Growth) -> Trees:
    profile = np.clip(examples.rows[:, FREE].astype(np.float64) + examples.rows[:, DELTA], 0.0, 1.0)
    return grow(examples.rows, examples.outcome - profile, growth)


def _mean_errors(expected: Floats, examples: Examples, facilities: int) -> Floats:
    """(3, F) mean absolute error by variant and facility."""
    size = np.abs(expected - examples.outcome)
    count = np.bincount(examples.facility, minlength=facilities)
    total = np.stack([np.bincount(examples.facility, of, minlength=facilities) for of in size])
    means: Floats = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    return means


def _winners(errors: Floats) -> NDArray[np.int64]:
    """(F,) variant with the least error; the profile where nothing was measured."""
    unknown = np.isnan(errors).any(axis=0)
    best = np.argmin(np.where(np.isnan(errors), np.inf, errors), axis=0)
    return np.where(unknown, int(Variant.PROFILE), best).astype(np.int64)


def _spread_and_quantiles(examples: Examples, middle: Floats, facilities: int, growth: Growth) -> tuple[Trees, Floats]:
    """Trees of the usual size of the error, and (F, CLASSES, Q) quantiles of the error in units of it."""
    error = examples.outcome - middle
    even = examples.week % 2 == 0
    if even.all() or not even.any():
        even = np.arange(error.size) % 2 == 0
    spread = grow(examples.rows[even], np.abs(error[even]), growth)
    rest = ~even
    scaled = error[rest] / spreads(examples.rows[rest].astype(np.float64), spread)
    return spread, error_quantiles(scaled, middle[rest], examples.facility[rest], facilities, LEVELS)
