"""What every facility and every district row shows: permitted by the data, steadied by the kernel, with its reason."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from parking import content
from parking.sign import Display, RowContent
from traffic_core.kernels import sign_state as kernels
from traffic_core.readings import Quality

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from parking.facility import Facility
    from parking.model import ParkingModel
    from parking.occupancy import PlacesEstimate
    from parking.settings import DisplaySettings

OF_CODE = (Display.NEUTRAL, Display.FREE, Display.NUMBER, Display.FULL, Display.CLOSED)
CODE = {display: code for code, display in enumerate(OF_CODE)}
INVITING = frozenset({Display.FREE, Display.NUMBER})
GROUP_REASONS = {Display.CLOSED: content.CLOSED, Display.FULL: content.FULL, Display.NUMBER: content.SUM}
WORST_LAST = (Quality.MEASURED, Quality.REPAIRED, Quality.HELD, Quality.UNKNOWN)

_Key = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowState:
    """What a row shows, and until when its data permit that; None where no data are needed (neutral, closed)."""

    content: RowContent
    until_s: float | None


class _Lines:
    """Display state of M rows, as the arrays that the kernel moves on."""

    def __init__(self, size: int, reserve_veh: Sequence[int], release_veh: Sequence[int]) -> None:
        self.reserve_veh = np.array(reserve_veh, np.int64)
        self.release_veh = np.array(release_veh, np.int64)
        self.permitted = np.zeros(size, np.int64)
        self.free_veh = np.full(size, -1, np.int64)
        self.p_free = np.full(size, math.nan)
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
            self.permitted,
            self.free_veh,
            self.p_free,
            self.reserve_veh,
            self.release_veh,
            self.display,
            self.since_s,
            self.shown_veh,
            self.cause,
        )

    def restore(self, index: int, row: RowContent, since_s: float) -> None:
        self.display[index] = CODE[row.display]
        self.since_s[index] = -math.inf if row.display is Display.NEUTRAL else since_s
        self.shown_veh[index] = -1 if row.free_veh is None else row.free_veh


class DisplayBoard:
    """Display state of every facility and of every set of facilities that shares a row.

    Rows that stand for the same facilities always show the same, wherever they stand.
    """

    def __init__(self, model: ParkingModel, settings: DisplaySettings, hold_s: float) -> None:
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
        reserve_veh = [facility.reserve_veh for facility in self._facilities]
        release_veh = [_release_veh(facility, settings) for facility in self._facilities]
        self._single = _Lines(len(reserve_veh), reserve_veh, release_veh)
        none = [0] * len(self._groups)
        self._sums = _Lines(len(none), none, none)

    def step(self, now_s: float, estimates: Mapping[str, PlacesEstimate]) -> dict[_Key, RowState]:
        """Move every display on; return what rows show by the facilities they stand for, single facilities first."""
        ordered = [estimates[facility.id] for facility in self._facilities]
        single, sums = self._single, self._sums
        for place, estimate in enumerate(ordered):
            single.permitted[place] = _permitted(estimate, now_s + self._hold_s)
            single.free_veh[place] = -1 if estimate.held_veh is None else estimate.held_veh
            single.p_free[place] = math.nan if estimate.p_free is None else estimate.p_free
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
        states: dict[_Key, RowState] = {}
        for m, estimate in enumerate(ordered):
            states[estimate.facility_id,] = _facility_row(single, m, estimate)
        for m, ids in enumerate(self._groups):
            members = [(estimates[key], states[key,].content.display) for key in ids]
            states[ids] = _group_row(sums, m, members)
        return states

    def restore(self, facility_ids: _Key, row: RowContent, since_s: float) -> None:
        """Take over what a row last showed, so that hysteresis, dwell and rounding go on after a restart."""
        if facility_ids in self._place:
            self._single.restore(self._place[facility_ids], row, since_s)
        elif facility_ids in self._group_place:
            self._sums.restore(self._group_place[facility_ids], row, since_s)


def _release_veh(facility: Facility, settings: DisplaySettings) -> int:
    margin_veh = math.ceil(settings.margin_share * (facility.capacity_veh or 0))
    return facility.reserve_veh + max(settings.margin_veh, margin_veh)


def _permitted(estimate: PlacesEstimate, until_s: float) -> int:
    if estimate.is_open is False:
        return kernels.IS_CLOSED
    if estimate.number_until_s is not None and estimate.number_until_s >= until_s:
        return kernels.MAY_NUMBER
    if estimate.word_until_s is not None and estimate.word_until_s >= until_s:
        return kernels.MAY_WORD
    return kernels.MAY_NOTHING_YET if estimate.measured_at_s is None else kernels.MAY_NOTHING


def _facility_row(lines: _Lines, m: int, estimate: PlacesEstimate) -> RowState:
    display = OF_CODE[lines.display[m]]
    known = display is not Display.NEUTRAL or int(lines.cause[m]) == kernels.BY_DWELL
    return RowState(
        content=RowContent(
            display=display,
            free_veh=int(lines.shown_veh[m]) if display is Display.NUMBER else None,
            quality=estimate.quality if known else Quality.UNKNOWN,
            age_s=estimate.age_s,
            reason=_facility_reason(display, int(lines.cause[m]), estimate),
        ),
        until_s=_until_s(display, [estimate]),
    )


def _facility_reason(display: Display, cause: int, estimate: PlacesEstimate) -> str:
    if cause != kernels.AS_DATA_SAY:
        return content.DWELL if cause == kernels.BY_DWELL else content.HYSTERESIS
    if display is Display.CLOSED:
        return content.CLOSED
    if display is Display.FULL:
        return content.RESERVE if estimate.held_veh else content.FULL
    if display is Display.NUMBER:
        return estimate.reason
    if display is Display.FREE:
        return content.HELD if estimate.capacity_veh is not None else content.UNKNOWN_CAPACITY
    return content.UNCLEAR if estimate.held_veh is not None else estimate.reason


def _group_row(lines: _Lines, m: int, members: list[tuple[PlacesEstimate, Display]]) -> RowState:
    display = OF_CODE[lines.display[m]]
    used = [estimate for estimate, shown in members if shown in INVITING or shown is Display.FULL]
    if display is Display.CLOSED:
        used = [estimate for estimate, _ in members]
    if display is Display.NEUTRAL:
        used = []
    ages_s = [estimate.age_s for estimate in used if estimate.age_s is not None]
    return RowState(
        content=RowContent(
            display=display,
            free_veh=int(lines.shown_veh[m]) if display is Display.NUMBER else None,
            quality=max((estimate.quality for estimate in used), key=WORST_LAST.index, default=Quality.UNKNOWN),
            age_s=max(ages_s, default=None),
            reason=_group_reason(display, int(lines.cause[m]), members),
        ),
        until_s=_until_s(display, used),
    )


def _group_reason(display: Display, cause: int, members: list[tuple[PlacesEstimate, Display]]) -> str:
    if cause == kernels.BY_DWELL:
        return content.DWELL
    if display in GROUP_REASONS:
        return GROUP_REASONS[display]
    unknown = [estimate for estimate, shown in members if shown is Display.NEUTRAL]
    if display is Display.FREE:
        if unknown:
            return content.PARTIAL
        return content.HELD if all(e.capacity_veh is not None for e, _ in members) else content.UNKNOWN_CAPACITY
    reasons = {content.UNCLEAR if e.held_veh is not None else e.reason for e in unknown}
    return reasons.pop() if len(unknown) == len(members) and len(reasons) == 1 else content.PARTIAL


def _until_s(display: Display, used: list[PlacesEstimate]) -> float | None:
    if display in {Display.NEUTRAL, Display.CLOSED}:
        return None
    limits_s = (e.number_until_s if display is Display.NUMBER else e.word_until_s for e in used)
    return min((limit_s for limit_s in limits_s if limit_s is not None), default=None)
