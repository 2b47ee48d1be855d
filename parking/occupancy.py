"""Free places of each facility from accepted readings, and how long each statement about them holds.

What a value may still be used for depends on its age alone, counted from the earlier of measurement and receipt:

- up to two update intervals (at least a minute, for feeds faster than the signs; never over 10 min): the number, and
  the word it implies;
- older: the last value is held, its spread grows, and a word stands only while it is clear (95 %);
- over 30 min: nothing.  Closed stays closed until the facility says that it has opened.

A refused report contradicts the value before it: then nothing is said until free places are told anew, for entries and
exits cannot tell which of both is right.  Unknown is never free.

Where entries and exits alone are told, a filter estimates the occupancy (`parking.counting`), and with its uncertainty
comes what may be said: a number, a word, nothing.  Single bays tell of car parks without any other source.  While a
fault of the data stands (`parking.quality`), nothing is said.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from parking.counting.bays import whole_of_part
from parking.counting.fleet import CountingFleet
from parking.places_estimate import (
    CLOCK_TOLERANCE_S,
    NUMBER_LIMIT_S,
    WORD_LIMIT_S,
    Doubt,
    LastKnown,
    LevelSource,
    PlacesEstimate,
    estimate_of,
)
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

    from parking.counting.estimator import CountingEstimator
    from parking.facility import Facility
    from parking.quality.faults import FacilityFault
    from traffic_core.quality_outcome import Reason
    from traffic_core.readings import BayReading, OccupancyReading

__all__ = ["NUMBER_LIMIT_S", "WORD_LIMIT_S", "OccupancyState", "PlacesEstimate"]

TREND_WINDOW_S = 900.0


class OccupancyState:
    """Last known state of every facility of a model."""

    def __init__(self, facilities: Mapping[str, Facility], counting: CountingFleet | None = None) -> None:
        self._facilities = dict(facilities)
        self._known = {key: LastKnown() for key in self._facilities}
        self.counting = counting or CountingFleet(facilities)
        self.faults: Mapping[str, FacilityFault] = {}
        """Faults that stand now, by facility; whoever watches the data sets them."""
        self.replaying = False
        """Whether readings may come again that a restart has taken over already; until the first one that is live."""

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
        if not self.replaying and _comes_late(known, reading):
            return False
        model_veh = self._facilities[reading.source_id].capacity_veh
        as_of_s = min(reading.measured_at_s, reading.received_at_s)
        counted = known.source is LevelSource.COUNTED
        if counted and reading.quality is Quality.UNKNOWN:
            self.reject(reading.source_id, as_of_s)
            known = self._known[reading.source_id]
        told = replace(
            known,
            reported_veh=believed_capacity_veh(model_veh, reading.capacity_veh) or known.reported_veh,
            heard_at_s=as_of_s,
            measured_at_s=reading.measured_at_s,
            is_open=known.is_open if reading.is_open is None else reading.is_open,
            contradicted=known.contradicted or (reading.quality is Quality.UNKNOWN and not counted),
        )
        if _only_counts(reading) and (estimator := self._estimator(known, reading.source_id)) is not None:
            if not self._knows(estimator, as_of_s):
                estimator.at_least(as_of_s, reading.received_at_s + CLOCK_TOLERANCE_S)
                estimator.counted(as_of_s, reading.entered_veh or 0, reading.left_veh or 0)
            told = _estimated(told, known, estimator, max(as_of_s, estimator.at_s or as_of_s))
        else:
            told = self._told(told, known, reading, as_of_s)
        self._known[reading.source_id] = _within(told, capacity_in_force_veh(model_veh, told.reported_veh))
        return True

    def _told(self, told: LastKnown, known: LastKnown, reading: OccupancyReading, as_of_s: float) -> LastKnown:
        """What is known after a reading that tells more than entries and exits, or of a capacity nobody knows."""
        # entries and exits move on what is known; since an unknown or long lost value they tell nothing
        last_veh = known.free_veh if _holds(known, as_of_s) else None
        model_veh = self._facilities[reading.source_id].capacity_veh
        free_veh = implied_free_veh(reading, model_veh, told.reported_veh, last_veh)
        if free_veh is None:
            return told
        drift_veh = known.drift_veh
        estimator = self.counting.known(reading.source_id)
        if estimator is not None and model_veh is not None:
            if not self._knows(estimator, as_of_s):
                estimator.told(as_of_s, float(model_veh - within_veh(free_veh, model_veh)))
            drift_veh = estimator.drift_veh if known.source is LevelSource.COUNTED else drift_veh
        return replace(
            told,
            free_veh=free_veh,
            quality=reading.quality,
            as_of_s=as_of_s,
            trend_veh_h=None if known.contradicted else _trend_veh_h(known, free_veh, as_of_s),
            contradicted=known.contradicted and not tells_level(reading),
            source=LevelSource.TOLD,
            sigma_veh=0.0,
            may_number=True,
            may_word=True,
            drift_veh=drift_veh,
        )

    def _knows(self, estimator: CountingEstimator, as_of_s: float) -> bool:
        """Whether a reading is in the filter that a restart has taken over: it must not count twice."""
        return self.replaying and estimator.at_s is not None and as_of_s <= estimator.at_s

    def _estimator(self, known: LastKnown, facility_id: str) -> CountingEstimator | None:
        """The filter of a facility that counts; it begins with the level told before, where there is one."""
        if (estimator := self.counting.known(facility_id)) is not None:
            return estimator
        estimator = self.counting.of(facility_id)
        if estimator is not None and known.free_veh is not None and known.as_of_s is not None:
            estimator.told(known.as_of_s, float(estimator.capacity_veh - known.free_veh))
        return estimator

    def accept_bay(self, reading: BayReading) -> bool:
        """Take over the report of one bay; False where its car park is not in the model or of unknown capacity.

        Beside counts the bays are one more observation; beside told levels they say nothing new; else they alone tell
        how full the car park is.
        """
        facility_id = reading.source_id.rpartition(".")[0]
        facility = self._facilities.get(facility_id)
        if facility is None or facility.capacity_veh is None:
            return False
        seen = self.counting.bay(facility_id, reading)
        known = self._known[facility_id]
        heard = known.source is not LevelSource.BAYS and _holds(known, reading.received_at_s)
        estimator = self.counting.known(facility_id)
        if seen is None or (heard and known.source is LevelSource.TOLD):
            return True
        if heard and estimator is not None:
            estimator.saw_bays(seen)
            self._known[facility_id] = _estimated(known, known, estimator, known.as_of_s or seen.at_s)
            return True
        whole = whole_of_part(seen, facility.capacity_veh)
        if whole is None:
            return True
        settings = self.counting.settings(facility_id)
        free_veh = round(facility.capacity_veh - whole[0])
        self._known[facility_id] = replace(
            known,
            free_veh=free_veh,
            quality=Quality.MEASURED,
            as_of_s=seen.at_s,
            heard_at_s=seen.at_s,
            trend_veh_h=_trend_veh_h(known, free_veh, seen.at_s),
            contradicted=False,
            source=LevelSource.BAYS,
            sigma_veh=whole[1],
            may_number=settings.may_number(whole[1], facility.capacity_veh),
            may_word=settings.may_word(whole[1], facility.capacity_veh),
        )
        return True

    def restore_count(self, facility_id: str, state: Mapping[str, Any]) -> None:
        """Go on from the filter of before a restart; readings that are in it already change nothing.

        Raises
        ------
        ValueError, KeyError, TypeError
            For a state that `counting.state()` cannot have given, or of another capacity than today's.
        """
        self.counting.restore(facility_id, state)
        estimator = self.counting.known(facility_id)
        known = self._known.get(facility_id)
        if estimator is None or known is None or estimator.at_s is None:
            return
        at_s = estimator.at_s
        self.replaying = True
        self._known[facility_id] = replace(
            _estimated(known, known, estimator, at_s), heard_at_s=at_s, measured_at_s=at_s
        )

    def reject(self, facility_id: str, at_s: float, *, contradicts: bool = True, reason: Reason | None = None) -> None:
        """Note that a reading of the facility was refused, and whether it throws doubt on the value known before."""
        known = replace(self._last_known(facility_id), rejected_at_s=at_s, refused=reason)
        estimator = self.counting.known(facility_id) if known.source is LevelSource.COUNTED else None
        if estimator is not None and contradicts and known.as_of_s is not None:
            estimator.doubt()
            self._known[facility_id] = _estimated(known, known, estimator, known.as_of_s)
        else:
            self._known[facility_id] = replace(known, contradicted=known.contradicted or contradicts)

    def doubts(self) -> dict[str, Doubt]:
        """Facilities whose last value refused reports throw doubt on; what a restart must know beside the readings."""
        return {
            key: Doubt(contradicted=known.contradicted, rejected_at_s=known.rejected_at_s, refused=known.refused)
            for key, known in self._known.items()
            if known.contradicted or (known.rejected_at_s is not None and not known.may_word)
        }

    def restore_doubt(self, facility_id: str, doubt: Doubt) -> None:
        """Go on with a doubt of before a restart, once the readings up to then are known again."""
        known = replace(self._last_known(facility_id), rejected_at_s=doubt.rejected_at_s, refused=doubt.refused)
        estimator = self.counting.known(facility_id) if known.source is LevelSource.COUNTED else None
        if doubt.contradicted or estimator is None or known.as_of_s is None:
            self._known[facility_id] = replace(known, contradicted=True)
            return
        if estimator.may_word:
            estimator.doubt()
        self._known[facility_id] = _estimated(known, known, estimator, known.as_of_s)

    def estimates(self, now_s: float) -> dict[str, PlacesEstimate]:
        """Estimate of every facility, in the order of the model."""
        return {
            key: estimate_of(facility, self._known[key], self.faults.get(key), now_s)
            for key, facility in self._facilities.items()
        }

    def _last_known(self, facility_id: str) -> LastKnown:
        if facility_id not in self._known:
            raise InvalidValueError("source_id", facility_id, "must name a facility of the model")
        return self._known[facility_id]


def _comes_late(known: LastKnown, reading: OccupancyReading) -> bool:
    """Whether a report is older than the last one; not where that lies ahead of the clock, which was set back."""
    if known.measured_at_s is None or known.measured_at_s > reading.received_at_s + CLOCK_TOLERANCE_S:
        return False
    return reading.measured_at_s < known.measured_at_s


def _only_counts(reading: OccupancyReading) -> bool:
    counted = reading.entered_veh is not None or reading.left_veh is not None
    told = reading.free_veh is not None or reading.occupied_veh is not None
    return counted and not told and reading.quality is not Quality.UNKNOWN


def _estimated(told: LastKnown, known: LastKnown, estimator: CountingEstimator, as_of_s: float) -> LastKnown:
    """What is known once the filter has moved on; nothing where it has never known enough to say a word."""
    if known.free_veh is None and not estimator.may_word:
        return told
    free_veh = round(estimator.free_veh)
    return replace(
        told,
        free_veh=free_veh,
        quality=Quality.MEASURED,
        as_of_s=as_of_s,
        trend_veh_h=None if known.contradicted else _trend_veh_h(known, free_veh, as_of_s),
        source=LevelSource.COUNTED,
        sigma_veh=estimator.sigma_veh,
        may_number=estimator.may_number,
        may_word=estimator.may_word,
        drift_veh=estimator.drift_veh,
    )


def _holds(known: LastKnown, at_s: float) -> bool:
    return known.as_of_s is not None and at_s - known.as_of_s <= WORD_LIMIT_S


def _within(known: LastKnown, capacity_veh: int | None) -> LastKnown:
    if known.free_veh is None:
        return known
    possible_veh = within_veh(known.free_veh, capacity_veh)
    if possible_veh == known.free_veh:
        return known
    return replace(known, free_veh=possible_veh, quality=Quality.REPAIRED)


def _trend_veh_h(known: LastKnown, free_veh: int, as_of_s: float) -> float | None:
    """Change of free places, smoothed exponentially over 15 min, starting from no change, veh/h."""
    if known.free_veh is None or known.as_of_s is None or not _holds(known, as_of_s):
        return None
    passed_s = as_of_s - known.as_of_s
    if passed_s <= 0:
        return known.trend_veh_h
    before_veh_h = known.trend_veh_h or 0.0
    rate_veh_h = (free_veh - known.free_veh) * 3_600.0 / passed_s
    return before_veh_h + (rate_veh_h - before_veh_h) * -math.expm1(-passed_s / TREND_WINDOW_S)
