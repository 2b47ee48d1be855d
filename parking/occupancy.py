"""Free places of each facility from accepted readings, and how long each statement about them holds.

What a value may still be used for depends on its age alone, counted from the earlier of measurement and receipt:

- up to two update intervals (at least a minute, for feeds faster than the signs; never over 10 min): the number, and
  the word it implies;
- older: the last value is held, its spread grows, and a word stands only while it is clear (95 %);
- over 30 min: nothing.  Closed stays closed until the facility says that it has opened.

A refused report contradicts the value before it: then nothing is said until free places are told anew, for entries and
exits cannot tell which of both is right.  Unknown is never free.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from parking import content
from parking.persistence import clear_until_age_s, probability_more_than, sigma_veh
from traffic_core.errors import InvalidValueError
from traffic_core.plausible_level import (
    believed_capacity_veh,
    capacity_in_force_veh,
    implied_free_veh,
    tells_level,
    within_veh,
)
from traffic_core.readings import Quality

if TYPE_CHECKING:
    from collections.abc import Mapping

    from parking.facility import Facility
    from traffic_core.readings import OccupancyReading

FRESH_INTERVALS = 2.0
FRESH_AT_LEAST_S = 60.0
NUMBER_LIMIT_S = 600.0
WORD_LIMIT_S = 1_800.0
CLOCK_TOLERANCE_S = 5.0
"""How far a value may lie ahead of the clock; beyond, the clock has jumped and no age can be told."""
TREND_WINDOW_S = 900.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _LastKnown:
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
    contradicted: bool = False


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


class OccupancyState:
    """Last known state of every facility of a model."""

    def __init__(self, facilities: Mapping[str, Facility]) -> None:
        self._facilities = dict(facilities)
        self._known = {key: _LastKnown() for key in self._facilities}

    def accept(self, reading: OccupancyReading) -> bool:
        """Take over an accepted reading; False where it is older than what is known and therefore changes nothing.

        Free places are those it implies (see `traffic_core.plausible_level`), held within 0 and the capacity (then of
        quality `repaired`).  Quality `unknown` says that its counts are not believed: they contradict the last value.

        Raises
        ------
        InvalidValueError
            For a facility that is not in the model.
        """
        known = self._last_known(reading.source_id)
        if _comes_late(known, reading):
            return False
        model_veh = self._facilities[reading.source_id].capacity_veh
        as_of_s = min(reading.measured_at_s, reading.received_at_s)
        told = replace(
            known,
            reported_veh=believed_capacity_veh(model_veh, reading.capacity_veh) or known.reported_veh,
            heard_at_s=as_of_s,
            measured_at_s=reading.measured_at_s,
            is_open=known.is_open if reading.is_open is None else reading.is_open,
            contradicted=known.contradicted or reading.quality is Quality.UNKNOWN,
        )
        # entries and exits move on what is known; since an unknown or long lost value they tell nothing
        last_veh = known.free_veh if _holds(known, as_of_s) else None
        free_veh = implied_free_veh(reading, model_veh, told.reported_veh, last_veh)
        if free_veh is not None:
            trend_veh_h = None if known.contradicted else _trend_veh_h(known, free_veh, as_of_s)
            told = replace(
                told,
                free_veh=free_veh,
                quality=reading.quality,
                as_of_s=as_of_s,
                trend_veh_h=trend_veh_h,
                contradicted=known.contradicted and not tells_level(reading),
            )
        self._known[reading.source_id] = _within(told, capacity_in_force_veh(model_veh, told.reported_veh))
        return True

    def reject(self, facility_id: str, at_s: float, *, contradicts: bool = True) -> None:
        """Note that a reading of the facility was refused, and whether it throws doubt on the value known before."""
        known = self._last_known(facility_id)
        self._known[facility_id] = replace(known, rejected_at_s=at_s, contradicted=known.contradicted or contradicts)

    def estimates(self, now_s: float) -> dict[str, PlacesEstimate]:
        """Estimate of every facility, in the order of the model."""
        return {key: _estimate(facility, self._known[key], now_s) for key, facility in self._facilities.items()}

    def _last_known(self, facility_id: str) -> _LastKnown:
        if facility_id not in self._known:
            raise InvalidValueError("source_id", facility_id, "must name a facility of the model")
        return self._known[facility_id]


def _comes_late(known: _LastKnown, reading: OccupancyReading) -> bool:
    """Whether a report is older than the last one; not where that lies ahead of the clock, which was set back."""
    if known.measured_at_s is None or known.measured_at_s > reading.received_at_s + CLOCK_TOLERANCE_S:
        return False
    return reading.measured_at_s < known.measured_at_s


def _holds(known: _LastKnown, at_s: float) -> bool:
    return known.as_of_s is not None and at_s - known.as_of_s <= WORD_LIMIT_S


def _within(known: _LastKnown, capacity_veh: int | None) -> _LastKnown:
    if known.free_veh is None:
        return known
    possible_veh = within_veh(known.free_veh, capacity_veh)
    if possible_veh == known.free_veh:
        return known
    return replace(known, free_veh=possible_veh, quality=Quality.REPAIRED)


def _trend_veh_h(known: _LastKnown, free_veh: int, as_of_s: float) -> float | None:
    """Change of free places, smoothed exponentially over 15 min, starting from no change, veh/h."""
    if known.free_veh is None or known.as_of_s is None or not _holds(known, as_of_s):
        return None
    passed_s = as_of_s - known.as_of_s
    if passed_s <= 0:
        return known.trend_veh_h
    before_veh_h = known.trend_veh_h or 0.0
    rate_veh_h = (free_veh - known.free_veh) * 3_600.0 / passed_s
    return before_veh_h + (rate_veh_h - before_veh_h) * -math.expm1(-passed_s / TREND_WINDOW_S)


def _estimate(facility: Facility, known: _LastKnown, now_s: float) -> PlacesEstimate:
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
    )
    if known.is_open is False:
        return _closed(nothing, facility, known, now_s)
    if known.free_veh is None or known.as_of_s is None or age_s is None:
        return nothing
    if age_s < -CLOCK_TOLERANCE_S or age_s > WORD_LIMIT_S:
        return nothing
    if known.contradicted:
        return replace(nothing, reason=content.CONTRADICTED)
    return _open(nothing, facility, known, max(0.0, age_s))


def _reason_for_nothing(known: _LastKnown, age_s: float | None, now_s: float) -> str:
    if known.rejected_at_s is not None and 0 <= now_s - known.rejected_at_s <= WORD_LIMIT_S:
        return content.FEED_REJECTED
    if known.heard_at_s is None:
        return content.NEVER_REPORTED
    if age_s is None:
        return content.NO_VALUE
    return content.AHEAD_OF_CLOCK if age_s < -CLOCK_TOLERANCE_S else content.STALE


def _closed(nothing: PlacesEstimate, facility: Facility, known: _LastKnown, now_s: float) -> PlacesEstimate:
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


def _open(nothing: PlacesEstimate, facility: Facility, known: _LastKnown, age_s: float) -> PlacesEstimate:
    free_veh, as_of_s, capacity_veh = known.free_veh or 0, known.as_of_s or 0.0, nothing.capacity_veh
    fresh_s = _fresh_s(facility)
    fresh = age_s <= fresh_s
    estimate = replace(
        nothing,
        free_veh=free_veh if capacity_veh is not None and age_s <= NUMBER_LIMIT_S else None,
        held_veh=free_veh,
        quality=known.quality if fresh else Quality.HELD,
        trend_veh_h=known.trend_veh_h,
        is_open=known.is_open,
        number_until_s=as_of_s + fresh_s if fresh and capacity_veh is not None else None,
        reason=_reason_for_value(known.quality, capacity_veh, fresh=fresh),
    )
    if capacity_veh is None:
        if not fresh:
            return replace(estimate, reason=content.UNCLEAR)
        p_free = 1.0 if free_veh > facility.reserve_veh else 0.0
        return replace(estimate, p_free=p_free, word_until_s=as_of_s + fresh_s)
    clear_s = clear_until_age_s(free_veh, facility.reserve_veh, capacity_veh)
    word_s = max(fresh_s, min(clear_s, WORD_LIMIT_S))
    return replace(
        estimate,
        p_free=probability_more_than(facility.reserve_veh, free_veh, sigma_veh(age_s, capacity_veh)),
        word_until_s=as_of_s + word_s if age_s <= word_s else None,
        reason=estimate.reason if age_s <= word_s else content.UNCLEAR,
    )


def _reason_for_value(quality: Quality, capacity_veh: int | None, *, fresh: bool) -> str:
    if not fresh:
        return content.HELD
    if capacity_veh is None:
        return content.UNKNOWN_CAPACITY
    return content.REPAIRED if quality is Quality.REPAIRED else content.FRESH


def _fresh_s(facility: Facility) -> float:
    return min(max(FRESH_INTERVALS * facility.update_interval_s, FRESH_AT_LEAST_S), NUMBER_LIMIT_S)
