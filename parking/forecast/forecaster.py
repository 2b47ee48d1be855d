"""The forecast of the live service: a model where one was trained, the typical day or the last number elsewhere."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from parking.forecast.adaption import INTERVAL, adapted
from parking.forecast.calendar import STEP_S
from parking.forecast.forecasts import Forecasts
from parking.forecast.model import LEADS, LEVELS
from parking.forecast.spread import spread_veh, typical_change_veh, widened
from parking.occupancy import WORD_LIMIT_S
from parking.persistence import sigma_veh
from traffic_core.kernels.parking_forecast import DAY, RING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from parking.forecast.calendar import Calendar
    from parking.forecast.model import ForecastModel
    from parking.model import ParkingModel
    from parking.occupancy import PlacesEstimate

    Floats = NDArray[np.float64]
    _Basis = tuple[int, tuple[tuple[int | None, int | None] | None, ...]]

MODEL, PROFILE, PERSISTENCE, NONE = "model", "profile", "persistence", "none"
WORKDAYS = 5
TOLD_AGAIN_S = 30.0
_PENDING = max(LEADS) + 1
CLOCK_BACK_STEPS = 12
"""A clock that is put back by no more than an hour costs no memory: the model waits until time is where it was."""


class Forecaster:
    """Follows the estimates of every cycle and says what is to be expected.

    A number enters the memory of the model once every 5 min.  Nothing is said of a facility that is closed, has no
    known capacity, or whose last number is over its limit.  While no number changes a forecast is told again for up to
    `TOLD_AGAIN_S`; it counts from when it was made.
    """

    def __init__(self, facilities: ParkingModel, calendar: Calendar, model: ForecastModel | None = None) -> None:
        self._ids = tuple(facilities.facilities)
        self._uses = facilities.uses
        self._calendar = calendar
        self._follower = None if model is None else _Follower(model, calendar)
        self._last: tuple[_Basis, Forecasts] | None = None

    def forecasts(self, now_s: float, estimates: Mapping[str, PlacesEstimate]) -> Forecasts:
        """Quantiles of the free places of all facilities 5 to 120 min from `now_s` on, or from shortly before."""
        basis = _basis(self._ids, estimates, now_s)
        if self._last is not None:
            last_basis, last = self._last
            if basis == last_basis and 0.0 <= now_s - last.made_at_s <= TOLD_AGAIN_S:
                return last
        made = self._made(now_s, estimates)
        self._last = basis, made
        return made

    def remember(self, first_step: int, free_share: Mapping[str, Floats]) -> None:
        """Take over what was told before a restart: free share (T,) by facility from a step on, NaN where not known.

        The last eight days are remembered; the profiles learn what came after the training.
        """
        if self._follower is not None:
            self._follower.remember(first_step, free_share)

    @property
    def remembered_ids(self) -> tuple[str, ...]:
        """Facilities whose last days the model looks at; none without a model."""
        return () if self._follower is None else tuple(key for key in self._follower.ids if key in self._uses)

    def _made(self, now_s: float, estimates: Mapping[str, PlacesEstimate]) -> Forecasts:
        lead_s: tuple[float, ...] = tuple(float(STEP_S * lead) for lead in LEADS)
        levels: tuple[float, ...] = LEVELS
        if self._follower is not None:
            lead_s, levels = self._follower.lead_s, self._follower.levels
        free_veh = np.full((len(self._ids), len(lead_s), len(levels)), math.nan)
        sources = [NONE] * len(self._ids)
        modelled = {} if self._follower is None else self._follower.quantiles(now_s, estimates)
        place, second_s = _local(self._calendar, now_s)
        for number, key in enumerate(self._ids):
            estimate = estimates.get(key)
            if estimate is None or not _tells(estimate):
                continue
            held_veh, capacity_veh = float(estimate.held_veh or 0), float(estimate.capacity_veh or 0)
            age_s = max(0.0, estimate.age_s or 0.0)
            count_sigma_veh = _count_sigma_veh(estimate, age_s, capacity_veh)
            if key in modelled:
                told_veh = modelled[key] * capacity_veh
                if count_sigma_veh > 0.0:
                    told_veh = np.clip(widened(told_veh, levels, count_sigma_veh), 0.0, capacity_veh)
                free_veh[number], sources[number] = told_veh, MODEL
                continue
            change = None
            if place // DAY < WORKDAYS:
                change = typical_change_veh(self._uses[key], capacity_veh, second_s, lead_s)
            sources[number] = PERSISTENCE if change is None else PROFILE
            middle = [min(max(held_veh + by, 0.0), capacity_veh) for by in change or [0.0] * len(lead_s)]
            free_veh[number] = spread_veh(middle, capacity_veh, age_s, lead_s, levels, count_sigma_veh)
        return Forecasts(
            made_at_s=now_s,
            facility_ids=self._ids,
            lead_s=lead_s,
            levels=levels,
            free_veh=free_veh,
            sources=tuple(sources),
        )


class _Follower:
    """A model that follows the estimates step by step, and how well its intervals hold."""

    def __init__(self, model: ForecastModel, calendar: Calendar) -> None:
        self.lead_s = tuple(float(STEP_S * lead) for lead in model.leads)
        self.levels = model.levels
        self._model = model
        self._calendar = calendar
        self._watch = model.watch.copy()
        shape = (len(model.facility_ids), len(model.leads))
        self._stretch = np.ones(shape)
        self._scored, self._missed = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        self._pending = np.full((_PENDING, 2, *shape), math.nan)
        """By due step: lower and upper end of the interval that was told."""
        self._bounds = [model.levels.index(level) for level in INTERVAL]
        self._share = np.full(len(model.facility_ids), math.nan)
        self._capacity_veh = model.capacity_veh.astype(np.float64)
        self._told = np.full((*shape, len(model.levels)), math.nan)
        """What was told last, in the step that was taken in last, for these shares and capacities."""

    @property
    def ids(self) -> tuple[str, ...]:
        """Facilities of the model."""
        return self._model.facility_ids

    def remember(self, first_step: int, free_share: Mapping[str, Floats]) -> None:
        """Fill the memory; what the training knew already is not learned again."""
        steps = max((of.size for of in free_share.values()), default=0)
        values = np.full((steps, len(self.ids)), math.nan)
        for f, key in enumerate(self.ids):
            if key in free_share:
                values[: free_share[key].size, f] = free_share[key]
        watch = self._watch
        if first_step > watch.next_step:
            watch.ring[:] = math.nan
        new = min(max(0, watch.next_step - first_step), steps)
        watch.ring[:, np.arange(first_step, first_step + new) % RING] = values[:new].T
        if new < steps:
            watch.next_step = first_step + new
            watch.advance(values[new:], self._calendar, self._model.half_life_weeks, self._model.lead_steps)

    def quantiles(self, now_s: float, estimates: Mapping[str, PlacesEstimate]) -> dict[str, Floats]:
        """(H, Q) quantiles of the free share, for the facilities of which the model can say something.

        Within a step of 5 min only those are reckoned anew whose number has changed.
        """
        model = self._model
        ids = model.facility_ids
        share = np.full(len(ids), math.nan)
        capacity_veh = self._capacity_veh.copy()
        for f, key in enumerate(ids):
            estimate = estimates.get(key)
            if estimate is not None and _tells(estimate):
                capacity_veh[f] = estimate.capacity_veh or 1
                share[f] = min(1.0, (estimate.held_veh or 0) / capacity_veh[f])
        step = math.floor(now_s / STEP_S)
        is_new = self._move_on(step, share)
        same = (share == self._share) | (np.isnan(share) & np.isnan(self._share))
        changed = np.ones(len(ids), np.bool_) if is_new else ~same | (capacity_veh != self._capacity_veh)
        self._share, self._capacity_veh = share, capacity_veh
        if changed.any():
            self._reckon(changed)
        told = self._told
        if is_new:
            for h, lead in enumerate(model.leads):
                self._pending[(step + lead) % _PENDING, :, :, h] = told[:, h, self._bounds].T
        whole = ~np.isnan(told).any(axis=(1, 2))
        return {key: _aged(told[f], self.lead_s, estimates[key].age_s or 0.0) for f, key in enumerate(ids) if whole[f]}

    def _reckon(self, changed: NDArray[np.bool_]) -> None:
        """Forecasts of the facilities (F,) that have changed."""
        model = self._model
        features, usable = self._watch.look(self._share, self._calendar, model.lead_steps)
        self._told[changed] = math.nan
        for h in range(len(model.leads)):
            known = np.flatnonzero(usable[0, :, h] & changed)
            if known.size:
                rows = features[0, known, h]
                self._told[known, h] = model.quantiles(rows, h, self._stretch, self._capacity_veh)

    def _move_on(self, step: int, share: Floats) -> bool:
        """Take the values over if the step is new; steps that were missed stay unknown."""
        watch = self._watch
        if 1 <= watch.next_step - step <= 1 + CLOCK_BACK_STEPS:
            return False
        missed = step - watch.next_step
        if not 0 <= missed < RING:
            watch.ring[:] = math.nan
            self._pending[:] = math.nan
            watch.next_step = step
            missed = 0
        values = np.full((missed + 1, share.size), math.nan)
        values[-1] = share
        for past in range(step - missed, step):
            self._pending[past % _PENDING] = math.nan
        watch.advance(values, self._calendar, self._model.half_life_weeks, self._model.lead_steps)
        self._score(step, share)
        return True

    def _score(self, step: int, share: Floats) -> None:
        low, high = self._pending[step % _PENDING]
        known = np.isfinite(low) & np.isfinite(share)[:, None]
        self._scored += known
        self._missed += known & ((share[:, None] < low) | (share[:, None] > high))
        self._pending[step % _PENDING] = math.nan
        if step % DAY == 0:
            self._stretch = adapted(self._stretch, self._missed, self._scored)
            self._scored[:], self._missed[:] = 0, 0


def _basis(ids: tuple[str, ...], estimates: Mapping[str, PlacesEstimate], now_s: float) -> _Basis:
    """What a forecast rests on: the step of 5 min, and number and capacity of every facility that tells one."""
    told = (estimates.get(key) for key in ids)
    numbers = tuple(None if of is None or not _tells(of) else (of.held_veh, of.capacity_veh) for of in told)
    return math.floor(now_s / STEP_S), numbers


def _tells(estimate: PlacesEstimate) -> bool:
    """Whether there is a number to go on from."""
    return (
        estimate.is_open is not False
        and estimate.held_veh is not None
        and bool(estimate.capacity_veh)
        and (estimate.age_s or 0.0) <= WORD_LIMIT_S
    )


def _count_sigma_veh(estimate: PlacesEstimate, age_s: float, capacity_veh: float) -> float:
    """Standard deviation of the count itself: that of the estimate without what came since it was measured."""
    since_veh = sigma_veh(age_s, capacity_veh)
    return math.sqrt(max(0.0, (estimate.sigma_veh or 0.0) ** 2 - since_veh**2))


def _aged(quantiles: Floats, lead_s: tuple[float, ...], age_s: float) -> Floats:
    """(H, Q) quantiles of a number that is older than one step: those of as much more time ahead."""
    late_s = max(0.0, age_s - STEP_S)
    if late_s <= 0.0:
        return quantiles
    at_s = np.array(lead_s) + late_s
    leads_s = np.array(lead_s)
    if leads_s.size == 1:
        return quantiles
    at_s = np.minimum(leads_s + late_s, leads_s[-1])
    later = np.clip(np.searchsorted(leads_s, at_s), 1, leads_s.size - 1)
    share = (at_s - leads_s[later - 1]) / (leads_s[later] - leads_s[later - 1])
    aged: Floats = quantiles[later - 1] + share[:, None] * (quantiles[later] - quantiles[later - 1])
    return aged


def _local(calendar: Calendar, now_s: float) -> tuple[int, float]:
    """Place of the week and second of the local day."""
    step = math.floor(now_s / STEP_S)
    place = int(calendar.places(step, 1)[0])
    return place, (place % DAY) * float(STEP_S) + now_s - step * STEP_S
