"""Rows in words: what a display, the data behind it and its cause make of a row, with the reason."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from parking import content
from parking.persistence import CLEAR_SHARE
from parking.sign import LARGEST_NUMBER_VEH, Display, RowContent, Rung
from traffic_core.kernels import sign_state as kernels
from traffic_core.readings import Quality

if TYPE_CHECKING:
    from parking.occupancy import PlacesEstimate
    from parking.override import Force

OF_CODE = (Display.NEUTRAL, Display.FREE, Display.NUMBER, Display.FULL, Display.CLOSED)
INVITING = frozenset({Display.FREE, Display.NUMBER})
GROUP_REASONS = {Display.CLOSED: content.CLOSED, Display.FULL: content.FULL, Display.NUMBER: content.SUM}
CAUSE_REASONS = {
    kernels.BY_HYSTERESIS: content.HYSTERESIS,
    kernels.BY_DWELL: content.DWELL,
    kernels.BY_FORECAST: content.EXPECTED_FULL,
}
RUNG_REASONS = {Rung.OPERATOR: content.OPERATOR, Rung.EVENT: content.EVENT}
RUNGS = tuple(Rung)
WORST_LAST = (Quality.MEASURED, Quality.REPAIRED, Quality.HELD, Quality.UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowState:
    """What a row shows, and until when its data permit that; None where no data are needed (neutral, closed)."""

    content: RowContent
    until_s: float | None
    by: str = ""
    """Name of the key or the event that decided; empty where the data did."""
    is_forced: bool = False
    """Whether it shows what was asked for, whatever the data say."""
    visible: tuple[object, ...] = field(init=False, repr=False, compare=False)
    """What makes a content another one: all but age and probability."""

    def __post_init__(self) -> None:
        row = self.content
        visible = (row.display, row.free_veh, row.quality, row.reason, row.rung, self.by)
        object.__setattr__(self, "visible", visible)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineState:
    """One line of the kernel after a step."""

    display: Display
    cause: int
    shown_veh: int
    p_free: float
    """Probability that more than the reserve is free, on arrival where a forecast tells; NaN where not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptBack:
    """A reserve that an operator or an event has set."""

    force: Force
    reserve_veh: int
    usual_veh: int

    def decides(self, line: LineState, estimate: PlacesEstimate) -> bool:
        """Whether the row would show something else with the usual reserve.

        A greater one is taken to be what makes a row full, or leaves it neutral, although more than the usual reserve
        is free.
        """
        if estimate.held_veh is None or line.cause == kernels.BY_DWELL:
            return False
        if line.display is Display.FULL:
            return self.usual_veh < estimate.held_veh and self.reserve_veh > self.usual_veh
        if line.display is Display.NEUTRAL:
            usually_free = estimate.word_until_s is not None and (estimate.p_free or 0.0) >= CLEAR_SHARE
            return usually_free and self.reserve_veh > self.usual_veh
        return line.display in INVITING and estimate.held_veh <= self.usual_veh


def facility_row(
    line: LineState, estimate: PlacesEstimate, force: Force | None = None, kept: KeptBack | None = None
) -> RowState:
    """What a facility shows alone."""
    display = line.display
    if force is not None and force.show is display:
        return forced_row(force, [])
    known = display is not Display.NEUTRAL or line.cause == kernels.BY_DWELL
    reason = _facility_reason(display, line.cause, estimate)
    decider = kept.force if kept is not None and kept.decides(line, estimate) else None
    if decider is not None and display not in INVITING:
        reason = RUNG_REASONS[decider.rung]
    return RowState(
        content=RowContent(
            display=display,
            free_veh=line.shown_veh if display is Display.NUMBER else None,
            quality=estimate.quality if known else Quality.UNKNOWN,
            age_s=estimate.age_s,
            reason=reason,
            p_free=None if math.isnan(line.p_free) or display is Display.NEUTRAL else line.p_free,
            rung=Rung.AUTOMATIC if decider is None else decider.rung,
        ),
        until_s=_until_s(display, [estimate]),
        by="" if decider is None else decider.by,
    )


def failed_row(estimate: PlacesEstimate | None = None) -> RowState:
    """A row that could not be made: it says nothing, and the others go on."""
    row = RowContent(
        display=Display.NEUTRAL,
        free_veh=None,
        quality=Quality.UNKNOWN,
        age_s=None if estimate is None else estimate.age_s,
        reason=content.FAULTY,
    )
    return RowState(content=row, until_s=None)


def forced_row(force: Force, used: list[PlacesEstimate]) -> RowState:
    """A row as an operator or an event wants it; `used` are the facilities known to be free, where it says "free"."""
    display = force.show or Display.NEUTRAL
    ages_s = [estimate.age_s for estimate in used if estimate.age_s is not None]
    return RowState(
        content=RowContent(
            display=display,
            free_veh=None,
            quality=max((estimate.quality for estimate in used), key=WORST_LAST.index, default=Quality.UNKNOWN),
            age_s=max(ages_s, default=None),
            reason=RUNG_REASONS[force.rung],
            rung=force.rung,
        ),
        until_s=_until_s(display, used),
        by=force.by,
        is_forced=True,
    )


def _facility_reason(display: Display, cause: int, estimate: PlacesEstimate) -> str:
    if cause != kernels.AS_DATA_SAY:
        return CAUSE_REASONS[cause]
    if display is Display.CLOSED:
        return content.CLOSED
    if display is Display.FULL:
        return content.RESERVE if estimate.held_veh else content.FULL
    if display is Display.NUMBER:
        return estimate.reason
    if display is Display.FREE:
        return _why_free(estimate)
    return content.UNCLEAR if estimate.held_veh is not None else estimate.reason


def _why_free(estimate: PlacesEstimate) -> str:
    if estimate.reason == content.COUNTED or (estimate.held_veh or 0) > LARGEST_NUMBER_VEH:
        return estimate.reason
    return content.HELD if estimate.capacity_veh is not None else content.UNKNOWN_CAPACITY


def group_row(line: LineState, states: list[tuple[PlacesEstimate, RowState]]) -> RowState:
    """What a row for several facilities shows; each comes with what it shows alone."""
    display = line.display
    decided = [state for _, state in states if state.content.rung is not Rung.AUTOMATIC]
    top = min(decided, key=lambda state: RUNGS.index(state.content.rung), default=None)
    if top is not None and all(state.is_forced and state.content.display is display for _, state in states):
        return top
    by_data = [(estimate, state.content.display) for estimate, state in states if not state.is_forced]
    used = [estimate for estimate, shown in by_data if shown in INVITING or shown is Display.FULL]
    if display is Display.CLOSED:
        used = [estimate for estimate, _ in by_data]
    if display is Display.NEUTRAL:
        used = []
    ages_s = [estimate.age_s for estimate in used if estimate.age_s is not None]
    return RowState(
        content=RowContent(
            display=display,
            free_veh=line.shown_veh if display is Display.NUMBER else None,
            quality=max((estimate.quality for estimate in used), key=WORST_LAST.index, default=Quality.UNKNOWN),
            age_s=max(ages_s, default=None),
            reason=_group_reason(display, line.cause, states, top),
            rung=Rung.AUTOMATIC if top is None else top.content.rung,
        ),
        until_s=_until_s(display, used),
        by="" if top is None else top.by,
    )


def _group_reason(
    display: Display, cause: int, states: list[tuple[PlacesEstimate, RowState]], top: RowState | None
) -> str:
    if cause == kernels.BY_DWELL:
        return content.DWELL
    if display is Display.FULL and any(state.content.reason == content.EXPECTED_FULL for _, state in states):
        return content.EXPECTED_FULL
    if top is not None and display not in INVITING:
        return RUNG_REASONS[top.content.rung]
    if display in GROUP_REASONS:
        return GROUP_REASONS[display]
    return _why_sum_free(states) if display is Display.FREE else _why_sum_neutral(states)


def _why_sum_free(states: list[tuple[PlacesEstimate, RowState]]) -> str:
    if any(state.content.display is Display.NEUTRAL for _, state in states):
        return content.PARTIAL
    if sum(e.held_veh or 0 for e, state in states if state.content.display in INVITING) > LARGEST_NUMBER_VEH:
        return content.SUM
    return content.HELD if all(e.capacity_veh is not None for e, _ in states) else content.UNKNOWN_CAPACITY


def _why_sum_neutral(states: list[tuple[PlacesEstimate, RowState]]) -> str:
    unknown = [estimate for estimate, state in states if state.content.display is Display.NEUTRAL]
    reasons = {content.UNCLEAR if e.held_veh is not None else e.reason for e in unknown}
    return reasons.pop() if len(unknown) == len(states) and len(reasons) == 1 else content.PARTIAL


def _until_s(display: Display, used: list[PlacesEstimate]) -> float | None:
    if display in {Display.NEUTRAL, Display.CLOSED}:
        return None
    limits_s = (e.number_until_s if display is Display.NUMBER else e.word_until_s for e in used)
    return min((limit_s for limit_s in limits_s if limit_s is not None), default=None)
