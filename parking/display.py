"""What every facility and every district row shows: permitted by the data, steadied by the kernel, with its reason."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from parking.arrival import arrival_probabilities
from parking.display_rows import OF_CODE, KeptBack, LineState, RowState, facility_row, failed_row, group_row
from parking.ladder import NO_FORCES
from parking.override import p_more_than
from parking.sign import Display
from traffic_core.errors import InvalidValueError
from traffic_core.kernels import sign_state as kernels

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from parking.facility import Facility
    from parking.forecast.forecasts import Forecasts
    from parking.ladder import Forces
    from parking.model import ParkingModel
    from parking.occupancy import PlacesEstimate
    from parking.settings import DisplaySettings
    from parking.sign import RowContent

CODE = {display: code for code, display in enumerate(OF_CODE)}
FORCED = {
    Display.CLOSED: kernels.IS_CLOSED,
    Display.FULL: kernels.IS_FULL,
    Display.NEUTRAL: kernels.MAY_NOTHING,
}

_Key = tuple[str, ...]


class _Lines:
    """Display state of M rows, as the arrays that the kernel moves on."""

    def __init__(self, size: int, reserve_veh: Sequence[int], release_veh: Sequence[int]) -> None:
        self.reserve_veh = np.array(reserve_veh, np.int64)
        self.release_veh = np.array(release_veh, np.int64)
        self.permitted = np.zeros(size, np.int64)
        self.free_veh = np.full(size, -1, np.int64)
        self.p_free = np.full(size, math.nan)
        self.p_arrival = np.full(size, math.nan)
        self.display = np.full(size, kernels.NEUTRAL, np.int64)
        self.since_s = np.full(size, -math.inf)
        self.shown_veh = np.full(size, -1, np.int64)
        self.cause = np.zeros(size, np.int64)

    def step(self, now_s: float, settings: DisplaySettings) -> None:
        kernels.sign_state(
            float(now_s),
            float(settings.dwell_s),
            int(settings.step_veh),
            int(settings.dead_band_veh),
            float(settings.full_share),
            float(settings.free_share),
            float(settings.thresholds.full_below_share),
            float(settings.thresholds.free_above_share),
            self.permitted,
            self.free_veh,
            self.p_free,
            self.p_arrival,
            self.reserve_veh,
            self.release_veh,
            self.display,
            self.since_s,
            self.shown_veh,
            self.cause,
        )

    def told(self) -> list[LineState]:
        """Every line after the step."""
        p_free = np.where(np.isnan(self.p_arrival), self.p_free, self.p_arrival)
        columns = (self.display.tolist(), self.cause.tolist(), self.shown_veh.tolist(), p_free.tolist())
        return [
            LineState(display=OF_CODE[display], cause=cause, shown_veh=shown_veh, p_free=p)
            for display, cause, shown_veh, p in zip(*columns, strict=True)
        ]

    def restore(self, index: int, row: RowContent, since_s: float) -> None:
        self.display[index] = CODE[row.display]
        self.since_s[index] = -math.inf if row.display is Display.NEUTRAL else since_s
        self.shown_veh[index] = -1 if row.free_veh is None else row.free_veh


class DisplayBoard:
    """Display state of every facility and of every set of facilities that shares a row.

    Rows that stand for the same facilities always show the same, wherever they stand.

    lead_s : (F,) time to the arrival at each facility, s; `settings.lead_s` where not told
    """

    def __init__(
        self,
        model: ParkingModel,
        settings: DisplaySettings,
        hold_s: float,
        lead_s: NDArray[np.float64] | None = None,
    ) -> None:
        self._settings = settings
        self._hold_s = hold_s
        self._facilities = tuple(model.facilities.values())
        index = {facility.id: place for place, facility in enumerate(self._facilities)}
        rows = (row.facility_ids for sign in model.signs.values() for row in sign.rows)
        self._groups: tuple[_Key, ...] = tuple(dict.fromkeys(ids for ids in rows if len(ids) > 1))
        self._place = {(key,): place for key, place in index.items()}
        self._group_place = {ids: place for place, ids in enumerate(self._groups)}
        self._first_member = np.cumsum([0, *(len(ids) for ids in self._groups)], dtype=np.int64)
        self._member = np.array([index[key] for ids in self._groups for key in ids], np.int64)
        self._ids = tuple(index)
        self.lead_s = np.full(len(index), settings.lead_s) if lead_s is None else lead_s
        reserve_veh = [facility.reserve_veh for facility in self._facilities]
        self._margin_veh = np.array([_margin_veh(facility, settings) for facility in self._facilities], np.int64)
        self._usual_reserve_veh = np.array(reserve_veh, np.int64)
        self._single = _Lines(len(reserve_veh), reserve_veh, (self._usual_reserve_veh + self._margin_veh).tolist())
        none = [0] * len(self._groups)
        self._sums = _Lines(len(none), none, none)
        self.failures: list[str] = []
        """Rows that could not be made in the last step and why; they are neutral."""

    def step(
        self,
        now_s: float,
        estimates: Mapping[str, PlacesEstimate],
        forecasts: Forecasts | None = None,
        forces: Forces = NO_FORCES,
    ) -> dict[_Key, RowState]:
        """Move every display on; return what rows show by the facilities they stand for, single facilities first."""
        self.failures = []
        ordered = [estimates[key] for key in self._ids]
        single, sums = self._single, self._sums
        self._set_reserves(forces)
        until_s = now_s + self._hold_s
        single.permitted[:] = [_permitted(estimate, until_s) for estimate in ordered]
        single.free_veh[:] = [-1 if estimate.held_veh is None else estimate.held_veh for estimate in ordered]
        single.p_free[:] = [math.nan if estimate.p_free is None else estimate.p_free for estimate in ordered]
        single.p_arrival[:] = arrival_probabilities(forecasts, now_s, self._ids, self.lead_s, single.reserve_veh)
        for key in forces.reserves:
            place = self._place[key,]
            p_free = p_more_than(int(single.reserve_veh[place]), ordered[place])
            single.p_free[place] = math.nan if p_free is None else p_free
        for key, force in forces.shows.items():
            if force.show is not None:
                single.permitted[self._place[key,]] = FORCED[force.show]
        single.step(now_s, self._settings)
        kernels.sum_rows(
            self._first_member,
            self._member,
            single.permitted,
            single.free_veh,
            single.display,
            sums.permitted,
            sums.free_veh,
            sums.p_free,
        )
        sums.step(now_s, self._settings)
        singles, totals = single.told(), sums.told()
        states: dict[_Key, RowState] = {}
        for m, estimate in enumerate(ordered):
            states[estimate.facility_id,] = self._facility_row(singles[m], estimate, forces)
        for m, ids in enumerate(self._groups):
            states[ids] = self._group_row(totals[m], ids, [(estimates[key], states[key,]) for key in ids])
        return states

    def _facility_row(self, line: LineState, estimate: PlacesEstimate, forces: Forces) -> RowState:
        key = estimate.facility_id
        reserve = forces.reserves.get(key)
        kept = None
        if reserve is not None:
            usual_veh = int(self._usual_reserve_veh[self._place[key,]])
            kept = KeptBack(force=reserve, reserve_veh=self.reserve_veh(key), usual_veh=usual_veh)
        try:
            return facility_row(line, estimate, forces.shows.get(key), kept)
        except InvalidValueError as error:
            self.failures.append(f"{key}: {error}")
            return failed_row(estimate)

    def _group_row(self, line: LineState, ids: _Key, states: list[tuple[PlacesEstimate, RowState]]) -> RowState:
        try:
            return group_row(line, states)
        except InvalidValueError as error:
            self.failures.append(f"{';'.join(ids)}: {error}")
            return failed_row()

    def p_arrival(self, facility_id: str) -> float | None:
        """Probability of a free place on arrival as last computed from a forecast; None without one."""
        p_arrival = float(self._single.p_arrival[self._place[facility_id,]])
        return None if math.isnan(p_arrival) else p_arrival

    def reserve_veh(self, facility_id: str) -> int:
        """Places kept back in the last step."""
        return int(self._single.reserve_veh[self._place[facility_id,]])

    def _set_reserves(self, forces: Forces) -> None:
        self._single.reserve_veh[:] = self._usual_reserve_veh
        for key in forces.reserves:
            place = self._place[key,]
            self._single.reserve_veh[place] = forces.reserve_veh(key, int(self._usual_reserve_veh[place]))
        self._single.release_veh[:] = self._single.reserve_veh + self._margin_veh

    def restore(self, facility_ids: _Key, row: RowContent, since_s: float) -> None:
        """Take over what a row last showed, so that hysteresis, dwell and rounding go on after a restart."""
        if facility_ids in self._place:
            self._single.restore(self._place[facility_ids], row, since_s)
        elif facility_ids in self._group_place:
            self._sums.restore(self._group_place[facility_ids], row, since_s)


def _margin_veh(facility: Facility, settings: DisplaySettings) -> int:
    return max(settings.margin_veh, math.ceil(settings.margin_share * (facility.capacity_veh or 0)))


def _permitted(estimate: PlacesEstimate, until_s: float) -> int:
    if estimate.is_open is False:
        return kernels.IS_CLOSED
    if estimate.number_until_s is not None and estimate.number_until_s >= until_s:
        return kernels.MAY_NUMBER
    if estimate.word_until_s is not None and estimate.word_until_s >= until_s:
        return kernels.MAY_WORD
    return kernels.MAY_NOTHING_YET if estimate.measured_at_s is None else kernels.MAY_NOTHING
