"""The quality gate: which reading may change the picture of the town, which is repaired, which is refused and why."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from traffic_core.occupancy_check import KnownLevel, OccupancyCheck, without_counts
from traffic_core.quality_outcome import NO_NEWS, Accepted, GateSettings, Reason, Rejected, refuse
from traffic_core.readings import (
    ApproachReading,
    BayReading,
    BusCall,
    ButtonPress,
    DetectorReading,
    OccupancyReading,
    Quality,
    Reading,
)
from traffic_core.request_check import check_request

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["NO_NEWS", "Accepted", "GateSettings", "KnownSources", "QualityGate", "Reason", "Rejected"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSources:
    """What may report: lanes by detector, capacity by facility (None: unknown), reach by area detector, and more.

    Besides, the groups that buses and persons may ask green for, and limits of facilities that are not the gate's own.
    """

    detector_lanes: Mapping[str, int] = field(default_factory=dict)
    facility_capacity_veh: Mapping[str, int | None] = field(default_factory=dict)
    facility_limits: Mapping[str, GateSettings] = field(default_factory=dict)
    area_reach_m: Mapping[str, float] = field(default_factory=dict)
    bay_silent_s: Mapping[str, float] = field(default_factory=dict)
    """So long a sensor of a bay may be silent and its last report still holds, by facility; else the usual age."""
    call_points: frozenset[str] = frozenset()
    buttons: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Seen:
    """What the gate remembers of one source."""

    given_at_s: float | None = None
    """Time of the last reading as the device gave it: the same again is a duplicate."""
    measured_at_s: float | None = None
    """The same after repair: readings come in this order, so one device clock that runs ahead silences nobody."""
    places: KnownLevel = field(default_factory=KnownLevel)

    def forget_after(self, at_s: float) -> None:
        """Forget times that lie ahead of the clock: it was set back.  What was counted is still known."""
        if self.measured_at_s is not None and self.measured_at_s > at_s:
            self.given_at_s = self.measured_at_s = None


class QualityGate:
    """Judge readings one by one; count every outcome by its reason."""

    def __init__(self, sources: KnownSources, settings: GateSettings | None = None) -> None:
        self.sources = sources
        self.settings = settings or GateSettings()
        self.accepted: Counter[str] = Counter()
        self.repaired: Counter[Reason] = Counter()
        self.rejected: Counter[Reason] = Counter()
        self.by_facility: Counter[tuple[str, Reason]] = Counter()
        """Repairs and refusals of each car park of the model."""
        self._seen: dict[tuple[type[Reading], str], _Seen] = {}
        self._bays: Counter[str] = Counter()
        """Bays that have reported, by car park."""

    def judge(self, reading: Reading, now_s: float) -> Accepted | Rejected:
        """Accept, repair or refuse one reading that is at hand at `now_s`."""
        outcome = self._judge(reading, now_s)
        if isinstance(outcome, Rejected):
            self.rejected[outcome.reason] += 1
        else:
            self.accepted[_KIND[type(reading)]] += 1
            self.repaired.update(outcome.repairs)
        if isinstance(reading, OccupancyReading) and reading.source_id in self.sources.facility_capacity_veh:
            reasons = (outcome.reason,) if isinstance(outcome, Rejected) else outcome.repairs
            self.by_facility.update((reading.source_id, reason) for reason in reasons)
        return outcome

    def remember(self, reading: Reading) -> None:
        """Take a reading accepted before a restart as the last one seen, without judging or counting it."""
        key = (type(reading), reading.source_id)
        if isinstance(reading, BayReading) and key not in self._seen:
            self._bays[reading.source_id.rpartition(".")[0]] += 1
        seen = self._seen.setdefault(key, _Seen())
        seen.given_at_s = seen.measured_at_s = reading.measured_at_s
        self._take_places(seen, reading)

    def _judge(self, reading: Reading, now_s: float) -> Accepted | Rejected:
        if isinstance(reading, BusCall | ButtonPress):
            known = self.sources.call_points if isinstance(reading, BusCall) else self.sources.buttons
            return check_request(reading, known, self.settings, now_s)
        refusal = self._check_source(reading)
        if refusal is not None:
            return refusal
        key = (type(reading), reading.source_id)
        seen = self._seen.get(key) or _Seen()
        seen.forget_after(now_s + self.settings.tolerated_future_s)
        refusal = self._check_time(reading, seen, now_s)
        if refusal is not None:
            return refusal
        repairs: list[Reason] = []
        placed = self._placed(reading, seen, now_s, repairs)
        outcome: Reading | Rejected = placed
        if isinstance(placed, DetectorReading):
            outcome = self._check_count(placed)
        elif isinstance(placed, OccupancyReading):
            outcome = self._check_occupancy(placed, seen, repairs)
        elif isinstance(placed, ApproachReading):
            outcome = self._check_seen(placed)
        if isinstance(reading, BayReading) and key not in self._seen:
            self._bays[reading.source_id.rpartition(".")[0]] += 1
        self._seen[key] = seen
        seen.given_at_s, seen.measured_at_s = reading.measured_at_s, placed.measured_at_s
        if isinstance(outcome, Rejected):
            return outcome
        self._take_places(seen, outcome)
        return Accepted(reading=outcome, repairs=tuple(repairs))

    def _limits(self, reading: Reading) -> GateSettings:
        facility_id = reading.source_id
        if isinstance(reading, BayReading):
            facility_id = facility_id.rpartition(".")[0]
        return self.sources.facility_limits.get(facility_id, self.settings)

    def _take_places(self, seen: _Seen, reading: Reading) -> None:
        if isinstance(reading, OccupancyReading):
            model_veh = self.sources.facility_capacity_veh.get(reading.source_id)
            seen.places.take(reading, model_veh, self._limits(reading).max_age_s)

    def _check_source(self, reading: Reading) -> Rejected | None:
        facilities = self.sources.facility_capacity_veh
        if isinstance(reading, DetectorReading):
            known = reading.source_id in self.sources.detector_lanes
        elif isinstance(reading, OccupancyReading):
            known = reading.source_id in facilities
        elif isinstance(reading, ApproachReading):
            known = reading.source_id in self.sources.area_reach_m
        else:
            known = isinstance(reading, BayReading) and self._is_bay(reading)
        if known:
            return None
        return refuse(reading, Reason.UNKNOWN_SOURCE, "source_id", f"no {_KIND[type(reading)]} source of this name")

    def _is_bay(self, reading: BayReading) -> bool:
        """Whether a car park can have this bay: one that has reported before, or one more within its capacity.

        Names of bays are not listed anywhere, and whoever invents them must not fill the memory.
        """
        facility_id = reading.source_id.rpartition(".")[0]
        if facility_id not in self.sources.facility_capacity_veh:
            return False
        if (BayReading, reading.source_id) in self._seen:
            return True
        capacity_veh = self.sources.facility_capacity_veh[facility_id]
        return self._bays[facility_id] < (capacity_veh or self.settings.most_bays)

    def _check_time(self, reading: Reading, seen: _Seen, now_s: float) -> Rejected | None:
        limits = self._limits(reading)
        ahead_s = reading.measured_at_s - now_s
        if ahead_s > limits.max_future_s:
            limit = f"{ahead_s:.0f} s in the future, at most {limits.max_future_s:.0f} s are believed"
            return refuse(reading, Reason.FUTURE, "measured_at", limit)
        if reading.measured_at_s == seen.given_at_s and not _closes(reading, seen):
            return refuse(reading, Reason.DUPLICATE, "measured_at", "this time was reported before")
        max_age_s = limits.max_age_s
        if isinstance(reading, ApproachReading):
            max_age_s = limits.max_approach_age_s
        elif isinstance(reading, BayReading):  # tells changes: an old report holds as long as one from the store
            facility_id = reading.source_id.rpartition(".")[0]
            max_age_s = self.sources.bay_silent_s.get(facility_id, max_age_s)
        if -ahead_s > max_age_s:
            limit = f"{-ahead_s:.0f} s old, at most {max_age_s:.0f} s are used"
            return refuse(reading, Reason.TOO_OLD, "measured_at", limit)
        if seen.measured_at_s is not None and reading.measured_at_s < seen.measured_at_s:
            late_s = seen.measured_at_s - reading.measured_at_s
            return refuse(reading, Reason.OUT_OF_ORDER, "measured_at", f"{late_s:.0f} s before the last one")
        return None

    def _placed(self, reading: Reading, seen: _Seen, now_s: float, repairs: list[Reason]) -> Reading:
        """The reading at the moment it counts for: never far ahead of now, and later than the one before.

        Where two readings of a source share a moment the second comes a hair later: the store keeps one for each.
        """
        at_s = reading.measured_at_s
        if at_s - now_s > self.settings.tolerated_future_s:
            repairs.append(Reason.FUTURE)
            at_s = now_s
        if seen.measured_at_s is not None and at_s <= seen.measured_at_s:
            at_s = math.nextafter(seen.measured_at_s, math.inf)
        if reading.measured_at_s == seen.given_at_s and isinstance(reading, OccupancyReading):
            repairs.append(Reason.DUPLICATE)
            return without_counts(replace(reading, measured_at_s=at_s))
        quality = Quality.REPAIRED if repairs else reading.quality
        return reading if at_s == reading.measured_at_s else replace(reading, measured_at_s=at_s, quality=quality)

    def _check_count(self, reading: DetectorReading) -> DetectorReading | Rejected:
        lanes = self.sources.detector_lanes[reading.source_id]
        most_veh = self.settings.max_lane_flow_veh_s * lanes * reading.interval_s + lanes
        if reading.count_veh <= most_veh:
            return reading
        limit = f"{reading.count_veh} in {reading.interval_s:g} s, {lanes} lane(s) pass at most {most_veh:.0f}"
        return refuse(reading, Reason.OUT_OF_RANGE, "count_veh", limit)

    def _check_seen(self, reading: ApproachReading) -> ApproachReading | Rejected:
        reach_m = self.sources.area_reach_m[reading.source_id] + self.settings.beyond_reach_m
        farthest_m = max((vehicle.distance_m for vehicle in reading.vehicles), default=0.0)
        if farthest_m <= reach_m:
            return reading
        limit = f"{farthest_m:.0f} m from the stop line, the detector sees {reach_m:.0f} m at most"
        return refuse(reading, Reason.OUT_OF_RANGE, "vehicles", limit)

    def _check_occupancy(
        self, reading: OccupancyReading, seen: _Seen, repairs: list[Reason]
    ) -> OccupancyReading | Rejected:
        model_veh = self.sources.facility_capacity_veh[reading.source_id]
        check = OccupancyCheck(reading, model_veh, seen.places, seen.measured_at_s, self._limits(reading))
        outcome = check.outcome()
        repairs.extend(check.repairs)
        return outcome


_KIND: dict[type[Reading], str] = {
    DetectorReading: "detector",
    OccupancyReading: "occupancy",
    BayReading: "bay",
    ApproachReading: "approach",
    BusCall: "bus_call",
    ButtonPress: "button",
}


def _closes(reading: Reading, seen: _Seen) -> bool:
    """Whether this is news of closing; some feeds change nothing else, not even the time."""
    return isinstance(reading, OccupancyReading) and reading.is_open is False and seen.places.is_open is not False
