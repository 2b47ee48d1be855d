"""What is last known of a car park, and what may be said of it at one moment."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from parking import content
from parking.persistence import clear_until_age_s, probability_more_than, sigma_veh
from traffic_core.plausible_level import capacity_in_force_veh
from traffic_core.readings import Quality

if TYPE_CHECKING:
    from parking.facility import Facility
    from parking.quality.faults import FacilityFault
    from traffic_core.quality_outcome import Reason

FRESH_INTERVALS = 2.0
FRESH_AT_LEAST_S = 60.0
NUMBER_LIMIT_S = 600.0
WORD_LIMIT_S = 1_800.0
CLOCK_TOLERANCE_S = 5.0
"""How far a value may lie ahead of the clock; beyond, the clock has jumped and no age can be told."""


class LevelSource(StrEnum):
    """What the last known level rests on."""

    TOLD = "told"
    COUNTED = "counted"
    BAYS = "bays"


@dataclass(frozen=True, slots=True, kw_only=True)
class LastKnown:
    """What a facility last told."""

    free_veh: int | None = None
    reported_veh: int | None = None
    """Capacity as last reported, where that is believed."""
    quality: Quality = Quality.UNKNOWN
    as_of_s: float | None = None
    """Earlier of measurement and receipt of `free_veh`."""
    is_open: bool | None = None
    heard_at_s: float | None = None
    """Earlier of measurement and receipt of the last report of any content."""
    measured_at_s: float | None = None
    """Measurement of the last report of any content; reports count in this order."""
    trend_veh_h: float | None = None
    rejected_at_s: float | None = None
    refused: Reason | None = None
    contradicted: bool = False
    source: LevelSource = LevelSource.TOLD
    sigma_veh: float = 0.0
    """Standard deviation of `free_veh` at `as_of_s`; 0 where it was told."""
    may_number: bool = True
    may_word: bool = True
    drift_veh: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """What refused reports have made of the last known value."""

    contradicted: bool
    """Whether nothing is said until free places are told anew; otherwise the count has become too uncertain."""
    rejected_at_s: float | None
    refused: Reason | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacesEstimate:
    """What can be said about a facility at one moment.  None means "not known", never zero."""

    facility_id: str
    free_veh: int | None
    """Last known number of free places; None once it is over 10 min old or where the capacity is unknown."""
    held_veh: int | None
    """The same number for computing with, up to 30 min; never to be shown."""
    capacity_veh: int | None
    quality: Quality
    measured_at_s: float | None
    age_s: float | None
    trend_veh_h: float | None
    is_open: bool | None
    p_free: float | None
    """Probability that more than the reserve is free."""
    number_until_s: float | None
    """Until when the number may be shown; None where it may not."""
    word_until_s: float | None
    """Until when "free" or "full" may be shown; None where neither may."""
    reason: str
    """A word of `parking.content.REASONS`."""
    sigma_veh: float | None = None
    """Standard deviation of the free places now; None where nothing is known of them."""
    drift_veh: float | None = None
    """By how many vehicles the last recount lay above what was counted; None where nothing is counted."""
    fault: FacilityFault | None = None
    """Why its data are not believed."""
    refused: Reason | None = None
    """Why a report of the last 30 min was refused; None where none was."""


def estimate_of(facility: Facility, known: LastKnown, fault: FacilityFault | None, now_s: float) -> PlacesEstimate:
    """Estimate of one facility at `now_s`, by the rules that `parking.occupancy` states."""
    age_s = None if known.as_of_s is None else now_s - known.as_of_s
    nothing = PlacesEstimate(
        facility_id=facility.id,
        free_veh=None,
        held_veh=None,
        capacity_veh=capacity_in_force_veh(facility.capacity_veh, known.reported_veh),
        quality=Quality.UNKNOWN,
        measured_at_s=known.as_of_s,
        age_s=None if age_s is None else max(0.0, age_s),
        trend_veh_h=None,
        is_open=None,
        p_free=None,
        number_until_s=None,
        word_until_s=None,
        reason=_reason_for_nothing(known, age_s, now_s),
        drift_veh=known.drift_veh,
        fault=fault,
        refused=known.refused if _refused_lately(known, now_s) else None,
    )
    if known.is_open is False:
        return _closed(nothing, facility, known, now_s)
    if known.free_veh is None or known.as_of_s is None or age_s is None:
        return nothing
    if age_s < -CLOCK_TOLERANCE_S or age_s > WORD_LIMIT_S:
        return nothing
    doubt = _doubt(known, fault)
    return _open(nothing, facility, known, max(0.0, age_s)) if doubt is None else replace(nothing, reason=doubt)


def _doubt(known: LastKnown, fault: FacilityFault | None) -> str | None:
    """Why a value that is young enough is not used, None where it is."""
    if fault is not None:
        return content.FAULTY
    if known.contradicted:
        return content.CONTRADICTED
    return None if known.may_word else content.UNCERTAIN


def _refused_lately(known: LastKnown, now_s: float) -> bool:
    return known.rejected_at_s is not None and 0 <= now_s - known.rejected_at_s <= WORD_LIMIT_S


def _reason_for_nothing(known: LastKnown, age_s: float | None, now_s: float) -> str:
    if _refused_lately(known, now_s):
        return content.FEED_REJECTED
    if known.heard_at_s is None:
        return content.NEVER_REPORTED
    if age_s is None:
        return content.NO_VALUE
    return content.AHEAD_OF_CLOCK if age_s < -CLOCK_TOLERANCE_S else content.STALE


def _closed(nothing: PlacesEstimate, facility: Facility, known: LastKnown, now_s: float) -> PlacesEstimate:
    heard_age_s = 0.0 if known.heard_at_s is None else max(0.0, now_s - known.heard_at_s)
    fresh = heard_age_s <= _fresh_s(facility)
    return replace(
        nothing,
        quality=Quality.MEASURED if fresh else Quality.HELD,
        measured_at_s=known.heard_at_s,
        age_s=heard_age_s,
        is_open=False,
        reason=content.CLOSED,
    )


def _open(nothing: PlacesEstimate, facility: Facility, known: LastKnown, age_s: float) -> PlacesEstimate:
    free_veh, as_of_s, capacity_veh = known.free_veh or 0, known.as_of_s or 0.0, nothing.capacity_veh
    fresh_s = _fresh_s(facility)
    fresh = age_s <= fresh_s
    may_number = capacity_veh is not None and known.may_number
    estimate = replace(
        nothing,
        free_veh=free_veh if may_number and age_s <= NUMBER_LIMIT_S else None,
        held_veh=free_veh,
        quality=known.quality if fresh else Quality.HELD,
        trend_veh_h=known.trend_veh_h,
        is_open=known.is_open,
        number_until_s=as_of_s + fresh_s if fresh and may_number else None,
        reason=_reason_for_value(known, capacity_veh, fresh=fresh),
    )
    if capacity_veh is None:
        if not fresh:
            return replace(estimate, reason=content.UNCLEAR)
        p_free = 1.0 if free_veh > facility.reserve_veh else 0.0
        return replace(estimate, p_free=p_free, word_until_s=as_of_s + fresh_s)
    clear_s = clear_until_age_s(free_veh, facility.reserve_veh, capacity_veh, known.sigma_veh)
    word_s = max(fresh_s if known.sigma_veh == 0.0 or may_number else 0.0, min(clear_s, WORD_LIMIT_S))
    spread_veh = math.hypot(sigma_veh(age_s, capacity_veh), known.sigma_veh)
    may_word = age_s <= word_s and (clear_s >= 0.0 or may_number)
    return replace(
        estimate,
        p_free=probability_more_than(facility.reserve_veh, free_veh, spread_veh),
        sigma_veh=spread_veh,
        word_until_s=as_of_s + word_s if may_word else None,
        reason=estimate.reason if may_word else content.UNCLEAR,
    )


def _reason_for_value(known: LastKnown, capacity_veh: int | None, *, fresh: bool) -> str:
    if not fresh:
        return content.HELD
    if capacity_veh is None:
        return content.UNKNOWN_CAPACITY
    if known.source is LevelSource.COUNTED:
        return content.COUNTED
    return content.REPAIRED if known.quality is Quality.REPAIRED else content.FRESH


def _fresh_s(facility: Facility) -> float:
    return min(max(FRESH_INTERVALS * facility.update_interval_s, FRESH_AT_LEAST_S), NUMBER_LIMIT_S)
