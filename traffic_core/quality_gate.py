"""The quality gate: which reading may change the picture of the town, which is repaired, which is refused and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from traffic_core.readings import BayReading, DetectorReading, OccupancyReading, Quality, Reading

if TYPE_CHECKING:
    from collections.abc import Mapping


class Reason(StrEnum):
    """Why a reading was repaired or refused."""

    UNKNOWN_SOURCE = "unknown_source"
    TOO_OLD = "too_old"
    FUTURE = "future"
    DUPLICATE = "duplicate"
    OUT_OF_ORDER = "out_of_order"
    NEGATIVE = "negative"
    ABOVE_CAPACITY = "above_capacity"
    CAPACITY_CHANGE = "capacity_change"
    OUT_OF_RANGE = "out_of_range"
    JUMP = "jump"


@dataclass(frozen=True, slots=True, kw_only=True)
class GateSettings:
    """Limits of the gate.  The defaults come from feeds of German and British car parks, see docs/feeds.md."""

    max_age_s: float = 1_800.0
    """Older readings say nothing about now."""
    tolerated_future_s: float = 5.0
    max_future_s: float = 240.0
    """Clocks of real feeds run up to four minutes ahead; the reading then counts as measured on arrival."""
    repair_share: float = 0.10
    """A count this share of capacity outside its range is a drifted count and is clamped; further out it is refused."""
    repair_veh: int = 5
    jump_share: float = 0.25
    """Largest believed change in `jump_interval_s`, share of capacity; 99.9 % of real ones are below 20 %."""
    jump_veh: int = 10
    jump_interval_s: float = 300.0
    max_lane_flow_veh_s: float = 0.8
    """More than 2,880 vehicles an hour do not pass one lane."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSources:
    """What may report: lanes by detector, capacity by facility (None: unknown)."""

    detector_lanes: Mapping[str, int] = field(default_factory=dict)
    facility_capacity_veh: Mapping[str, int | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A reading that counts, after the repairs named."""

    reading: Reading
    repairs: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A reading that changes nothing."""

    source_id: str
    reason: Reason
    field: str
    explanation: str


@dataclass(slots=True)
class _Seen:
    """What the gate remembers of one source; times as the device gave them."""

    measured_at_s: float
    level_veh: int | None = None
    level_at_s: float = 0.0
    refused_veh: int | None = None
    """Level of the last reading refused as a jump: if the next one agrees with it, the jump was real."""


class QualityGate:
    """Judge readings one by one; count every outcome by its reason."""

    def __init__(self, sources: KnownSources, settings: GateSettings | None = None) -> None:
        self.sources = sources
        self.settings = settings or GateSettings()
        self.accepted: Counter[str] = Counter()
        self.repaired: Counter[Reason] = Counter()
        self.rejected: Counter[Reason] = Counter()
        self._seen: dict[tuple[type[Reading], str], _Seen] = {}

    def judge(self, reading: Reading, now_s: float) -> Accepted | Rejected:
        """Accept, repair or refuse one reading that is at hand at `now_s`."""
        outcome = self._judge(reading, now_s)
        if isinstance(outcome, Rejected):
            self.rejected[outcome.reason] += 1
        else:
            self.accepted[_KIND[type(reading)]] += 1
            self.repaired.update(outcome.repairs)
        return outcome

    def remember(self, reading: Reading) -> None:
        """Take a reading accepted before a restart as the last one seen, without judging or counting it."""
        self._note(reading, reading.measured_at_s)

    def _judge(self, reading: Reading, now_s: float) -> Accepted | Rejected:
        refusal = self._check_source(reading) or self._check_time(reading, now_s)
        if refusal is not None:
            return refusal
        given_at_s = reading.measured_at_s
        repairs: list[Reason] = []
        if given_at_s - now_s > self.settings.tolerated_future_s:
            reading = replace(reading, measured_at_s=now_s, quality=Quality.REPAIRED)
            repairs.append(Reason.FUTURE)
        outcome: Reading | Rejected = reading
        if isinstance(reading, DetectorReading):
            outcome = self._check_count(reading)
        elif isinstance(reading, OccupancyReading):
            outcome = self._check_occupancy(reading, given_at_s, repairs)
        if isinstance(outcome, Rejected):
            return outcome
        self._note(outcome, given_at_s)
        return Accepted(reading=outcome, repairs=tuple(repairs))

    def _note(self, reading: Reading, given_at_s: float) -> None:
        seen = self._seen.setdefault((type(reading), reading.source_id), _Seen(given_at_s))
        seen.measured_at_s = given_at_s
        if isinstance(reading, OccupancyReading) and reading.free_veh is not None:
            seen.level_veh, seen.level_at_s, seen.refused_veh = reading.free_veh, given_at_s, None

    def _check_source(self, reading: Reading) -> Rejected | None:
        facilities = self.sources.facility_capacity_veh
        if isinstance(reading, DetectorReading):
            known = reading.source_id in self.sources.detector_lanes
        elif isinstance(reading, OccupancyReading):
            known = reading.source_id in facilities
        else:
            known = reading.source_id.rpartition(".")[0] in facilities
        if known:
            return None
        return _refuse(reading, Reason.UNKNOWN_SOURCE, "source_id", f"no {_KIND[type(reading)]} source of this name")

    def _check_time(self, reading: Reading, now_s: float) -> Rejected | None:
        ahead_s = reading.measured_at_s - now_s
        if ahead_s > self.settings.max_future_s:
            limit = f"{ahead_s:.0f} s in the future, at most {self.settings.max_future_s:.0f} s are believed"
            return _refuse(reading, Reason.FUTURE, "measured_at", limit)
        seen = self._seen.get((type(reading), reading.source_id))
        if seen is not None and reading.measured_at_s == seen.measured_at_s:
            return _refuse(reading, Reason.DUPLICATE, "measured_at", "this time was reported before")
        if -ahead_s > self.settings.max_age_s:
            limit = f"{-ahead_s:.0f} s old, at most {self.settings.max_age_s:.0f} s are used"
            return _refuse(reading, Reason.TOO_OLD, "measured_at", limit)
        if seen is not None and reading.measured_at_s < seen.measured_at_s:
            late_s = seen.measured_at_s - reading.measured_at_s
            return _refuse(reading, Reason.OUT_OF_ORDER, "measured_at", f"{late_s:.0f} s before the last one")
        return None

    def _check_count(self, reading: DetectorReading) -> DetectorReading | Rejected:
        lanes = self.sources.detector_lanes[reading.source_id]
        most_veh = self.settings.max_lane_flow_veh_s * lanes * reading.interval_s + lanes
        if reading.count_veh <= most_veh:
            return reading
        limit = f"{reading.count_veh} in {reading.interval_s:g} s, {lanes} lane(s) pass at most {most_veh:.0f}"
        return _refuse(reading, Reason.OUT_OF_RANGE, "count_veh", limit)

    def _check_occupancy(
        self, reading: OccupancyReading, given_at_s: float, repairs: list[Reason]
    ) -> OccupancyReading | Rejected:
        known_veh = self.sources.facility_capacity_veh[reading.source_id]
        if reading.capacity_veh is not None and known_veh is not None and _is_other(reading.capacity_veh, known_veh):
            reading = replace(reading, capacity_veh=None, quality=Quality.REPAIRED)
            repairs.append(Reason.CAPACITY_CHANGE)
        capacity_veh = known_veh if known_veh is not None else reading.capacity_veh
        free = self._clamp(reading, "free_veh", capacity_veh)
        occupied = self._clamp(reading, "occupied_veh", capacity_veh)
        for outcome in (free, occupied):
            if isinstance(outcome, Rejected):
                return outcome
            if isinstance(outcome, Reason):
                repairs.append(outcome)
        if isinstance(free, Reason):
            reading = replace(reading, quality=Quality.REPAIRED, free_veh=_nearest(free, capacity_veh))
        if isinstance(occupied, Reason):
            reading = replace(reading, quality=Quality.REPAIRED, occupied_veh=_nearest(occupied, capacity_veh))
        return self._check_jump(reading, given_at_s, capacity_veh)

    def _clamp(self, reading: OccupancyReading, name: str, capacity_veh: int | None) -> Reason | Rejected | None:
        """Say why a count must be brought to the nearest end of its range, or that it is too far out for that."""
        value: int | None = getattr(reading, name)
        if value is None:
            return None
        margin_veh = max(self.settings.repair_veh, self.settings.repair_share * (capacity_veh or 0))
        if value < 0:
            if value >= -margin_veh:
                return Reason.NEGATIVE
            return _refuse(reading, Reason.NEGATIVE, name, f"{value} is below 0 by more than {margin_veh:.0f}")
        if capacity_veh is not None and value > capacity_veh:
            if value <= capacity_veh + margin_veh:
                return Reason.ABOVE_CAPACITY
            limit = f"{value} is above the capacity of {capacity_veh} by more than {margin_veh:.0f}"
            return _refuse(reading, Reason.ABOVE_CAPACITY, name, limit)
        return None

    def _check_jump(
        self, reading: OccupancyReading, given_at_s: float, capacity_veh: int | None
    ) -> OccupancyReading | Rejected:
        seen = self._seen.get((OccupancyReading, reading.source_id))
        if reading.free_veh is None or capacity_veh is None or seen is None or seen.level_veh is None:
            return reading
        gap_s = given_at_s - seen.level_at_s
        if gap_s > self.settings.max_age_s:
            return reading
        share = self.settings.jump_share * max(1.0, gap_s / self.settings.jump_interval_s)
        limit_veh = max(self.settings.jump_veh, share * capacity_veh)
        change_veh = reading.free_veh - seen.level_veh
        confirmed = seen.refused_veh is not None and abs(reading.free_veh - seen.refused_veh) <= limit_veh
        if abs(change_veh) <= limit_veh or confirmed:
            return reading
        seen.refused_veh = reading.free_veh
        seen.measured_at_s = given_at_s
        limit = (
            f"a change of {change_veh:+d} in {gap_s:.0f} s, at most {limit_veh:.0f} is believed unless it is repeated"
        )
        return _refuse(reading, Reason.JUMP, "free_veh", limit)


_KIND: dict[type[Reading], str] = {
    DetectorReading: "detector",
    OccupancyReading: "occupancy",
    BayReading: "bay",
}


def _refuse(reading: Reading, reason: Reason, name: str, explanation: str) -> Rejected:
    return Rejected(source_id=reading.source_id, reason=reason, field=name, explanation=explanation)


def _nearest(reason: Reason, capacity_veh: int | None) -> int | None:
    return 0 if reason is Reason.NEGATIVE else capacity_veh


def _is_other(told_veh: int, known_veh: int) -> bool:
    """Whether a capacity told by a feed is so far from the known one that it cannot be a mere rebuild of some bays."""
    return not 0.5 * known_veh <= told_veh <= 1.5 * known_veh
