"""How a trained model does on a part of the history that it has not seen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from parking.forecast import sign_policy
from parking.forecast.adaption import INTERVAL, adapted
from parking.forecast.features import DELTA, FREE
from parking.forecast.model import HALF_PLACE, probability_above

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from parking.forecast.calendar import Calendar
    from parking.forecast.history import History
    from parking.forecast.model import ForecastModel
    from parking.forecast.sign_policy import SignCounts
    from parking.forecast.thresholds import SignThresholds

    Floats = NDArray[np.float64]

DAY_STEPS = 288
VALIDATION_SHARE = 0.2
PERSISTENCE, PROFILE, MODEL, IN_90, IN_50, COUNT = range(6)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Judged:
    """Figures of all facilities over one part of a history."""

    sums: Floats
    """(6, F, H) sums of |error| of the three, outcomes within the central 90 % and 50 %, and forecasts judged."""
    p_free: Floats
    """(T, F) probability of a place 10 min later, NaN where nothing was expected."""

    def means(self, facilities: list[int] | None = None) -> Floats:
        """(6, H) mean errors as shares of the capacity, coverages, and the count; NaN without forecasts."""
        total = self.sums.sum(axis=1) if facilities is None else self.sums[:, facilities].sum(axis=1)
        count = total[COUNT]
        means = np.where(count > 0, total / np.maximum(count, 1), np.nan)
        means[COUNT] = count
        return means


def validation_begin(steps: int) -> int:
    """First step of the part of the training data on which choices are made."""
    return int(steps * (1.0 - VALIDATION_SHARE))


def split(history: History, at: int) -> tuple[History, History]:
    """The history before and from a step on."""
    later = replace(history, free_share=history.free_share[at:], first_step=history.first_step + at)
    return replace(history, free_share=history.free_share[:at]), later


def judge(
    model: ForecastModel, history: History, calendar: Calendar, *, only_signs: bool = False, forgets: bool = False
) -> Judged:
    """Let the model follow a history that begins where its training ended; it learns on, as in service.

    Every step is judged: numbers that are told every quarter of an hour change at some minutes more than at others.
    only_signs : leave out all leads but that of the signs
    forgets : the last eight days are forgotten every 288 steps, as by a restart whose store is empty
    """
    watch = model.watch.copy()
    leads = model.lead_steps
    sign_lead = model.leads.index(sign_policy.LEAD_STEPS)
    facilities = len(model.facility_ids)
    sums = np.zeros((COUNT + 1, facilities, leads.size))
    p_free = np.full(history.free_share.shape, np.nan)
    stretch = np.ones((facilities, leads.size))
    limit = HALF_PLACE / model.capacity_veh
    for begin in range(0, history.steps, DAY_STEPS):
        day = history.free_share[begin : begin + DAY_STEPS]
        beyond = history.free_share[begin : begin + DAY_STEPS + int(leads[-1])]
        wanted = np.ones(day.shape[0], np.bool_)
        if forgets:
            watch.ring[:] = np.nan
        features, usable = watch.advance(day, calendar, model.half_life_weeks, leads, wanted)
        scored, missed = np.zeros(stretch.shape, np.int64), np.zeros(stretch.shape, np.int64)
        for h in [sign_lead] if only_signs else range(leads.size):
            step, facility = np.nonzero(usable[:, :, h])
            rows = features[step, facility, h]
            quantiles = model.quantiles(rows, h, stretch)
            if h == sign_lead:
                p_free[begin + step, facility] = probability_above(quantiles, model.levels, limit[facility])
            due = step + int(leads[h])
            came = _outcome(beyond, due, facility)
            good = np.isfinite(came)
            of = facility[good]
            figures = _figures(rows[good], quantiles[good], came[good], model.levels)
            for number, figure in enumerate(figures):
                sums[number, :, h] += np.bincount(of, figure, minlength=facilities)
            # an outcome after midnight is not known when the widths of the new day are set
            known = due[good] < day.shape[0]
            scored[:, h] = np.bincount(of[known], minlength=facilities)
            missed[:, h] = np.bincount(of[known], 1.0 - figures[IN_90, known], minlength=facilities)
        stretch = adapted(stretch, missed, scored)
    return Judged(sums=sums, p_free=p_free)


def _outcome(free_share: Floats, due: NDArray[np.int64], facility: NDArray[np.int64]) -> Floats:
    """(N,) free share at (N,) steps, NaN where it is not known."""
    came = np.full(due.size, np.nan)
    within = due < free_share.shape[0]
    came[within] = free_share[due[within], facility[within]]
    return came


def _figures(rows: Floats, quantiles: Floats, came: Floats, levels: tuple[float, ...]) -> Floats:
    """(6, N) sizes of the errors of persistence, profile and model, whether within 90 % and 50 %, and ones."""
    figures = np.ones((COUNT + 1, came.size))
    figures[PERSISTENCE] = np.abs(rows[:, FREE] - came)
    figures[PROFILE] = np.abs(np.clip(rows[:, FREE] + rows[:, DELTA], 0.0, 1.0) - came)
    figures[MODEL] = np.abs(quantiles[:, levels.index(0.5)] - came)
    for number, (low, high) in ((IN_90, INTERVAL), (IN_50, (0.25, 0.75))):
        figures[number] = (quantiles[:, levels.index(low)] <= came) & (came <= quantiles[:, levels.index(high)])
    return figures


def learn_persistence_thresholds(model: ForecastModel, training: History) -> SignThresholds:
    """Thresholds that suit persistence, chosen as those of the model are: on the last part of the training data."""
    free_share = training.free_share[validation_begin(training.steps) :]
    known = []
    for f in np.flatnonzero(model.fills_up):
        capacity = float(model.capacity_veh[f])
        known.append((sign_policy.persistence_p_free(free_share[:, f], capacity), free_share[:, f], capacity))
    return sign_policy.learn_thresholds(known)


def sign_counts(
    model: ForecastModel, judged: Judged, history: History, persistence_thresholds: SignThresholds
) -> dict[str, dict[str, SignCounts]]:
    """By facility and rule: what drivers met."""
    found: dict[str, dict[str, SignCounts]] = {}
    for place, key in enumerate(model.facility_ids):
        capacity, free = float(model.capacity_veh[place]), history.free_share[:, place]
        found[key] = sign_policy.baselines(free, capacity)
        unlearned = sign_policy.persistence_p_free(free, capacity)
        found[key]["persistence"] = sign_policy.learned(unlearned, free, capacity, persistence_thresholds)
        found[key]["learned"] = sign_policy.learned(judged.p_free[:, place], free, capacity, model.thresholds)
    return found
