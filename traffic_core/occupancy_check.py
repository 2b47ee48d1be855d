"""Whether the counts of a car park can be true: range, agreement with the capacity, jumps, entries and exits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from traffic_core.plausible_level import (
    believed_capacity_veh,
    capacity_in_force_veh,
    implied_free_veh,
    tells_level,
    within_veh,
)
from traffic_core.quality_outcome import Reason, Rejected, refuse
from traffic_core.readings import Quality

if TYPE_CHECKING:
    from traffic_core.quality_outcome import GateSettings
    from traffic_core.readings import OccupancyReading


@dataclass(slots=True)
class KnownLevel:
    """What the gate remembers of a car park."""

    level_veh: int | None = None
    level_at_s: float = 0.0
    refused_veh: int | None = None
    """Level of the last reading refused as a jump: if the next one agrees with it, the jump was real."""
    believed_capacity_veh: int | None = None
    is_open: bool | None = None

    def take(self, reading: OccupancyReading, model_veh: int | None, max_age_s: float) -> None:
        """Go on from an accepted reading."""
        believed_veh = believed_capacity_veh(model_veh, reading.capacity_veh)
        if believed_veh is not None:
            self.believed_capacity_veh = believed_veh
        if reading.is_open is not None:
            self.is_open = reading.is_open
        last_veh = self.level_veh if reading.measured_at_s - self.level_at_s <= max_age_s else None
        level_veh = implied_free_veh(reading, model_veh, self.believed_capacity_veh, last_veh)
        if level_veh is None:
            return
        self.level_veh = within_veh(level_veh, capacity_in_force_veh(model_veh, self.believed_capacity_veh))
        self.level_at_s = reading.measured_at_s
        if tells_level(reading):
            self.refused_veh = None

    def is_news(self, is_open: bool | None) -> bool:
        """Whether the car park closes, or opens after it was closed."""
        return is_open is False or (is_open is True and self.is_open is False)


class OccupancyCheck:
    """The check of one reading against what is known of its car park."""

    def __init__(
        self,
        reading: OccupancyReading,
        model_veh: int | None,
        known: KnownLevel,
        last_at_s: float | None,
        settings: GateSettings,
    ) -> None:
        self.repairs: list[Reason] = []
        self._reading = reading
        self._known = known
        self._last_at_s = last_at_s
        self._settings = settings
        self._model_veh = model_veh
        believed_veh = believed_capacity_veh(model_veh, reading.capacity_veh)
        if believed_veh != reading.capacity_veh:
            self._reading = replace(reading, capacity_veh=believed_veh)
            if reading.capacity_veh:
                self._repair(Reason.CAPACITY_CHANGE)
        self._believed_veh = believed_veh or known.believed_capacity_veh
        self._capacity_veh = capacity_in_force_veh(model_veh, self._believed_veh)

    def outcome(self) -> OccupancyReading | Rejected:
        """The reading with its repairs, or why it changes nothing.

        News of closing or opening is never refused with the counts beside it: the reading then loses its counts and
        gets the quality "unknown".
        """
        refusal = self._check_flows() or self._check_told() or self._check_level()
        if refusal is None:
            return self._reading
        if not self._known.is_news(self._reading.is_open):
            return refusal
        self.repairs = [refusal.reason]
        return without_counts(self._reading)

    def _check_flows(self) -> Rejected | None:
        """Nobody drives in and out that fast; counted since the reading before, or for as long as a reading lives."""
        gap_s = self._settings.max_age_s if self._last_at_s is None else self._gap_s(self._last_at_s)
        limit_veh = self._limit_veh(gap_s)
        for name in ("entered_veh", "left_veh"):
            count_veh: int = getattr(self._reading, name) or 0
            if count_veh > limit_veh:
                limit = f"{count_veh} in {gap_s:.0f} s, at most {limit_veh:.0f} are believed"
                return refuse(self._reading, Reason.OUT_OF_RANGE, name, limit)
        return None

    def _check_told(self) -> Rejected | None:
        """Range of both counts, and whether they add up to the capacity."""
        free_veh, occupied_veh = self._reading.free_veh, self._reading.occupied_veh
        for name, value in (("free_veh", free_veh), ("occupied_veh", occupied_veh)):
            refusal = None if value is None else self._bring_into_range(name, value)
            if refusal is not None:
                return refusal
        if free_veh is None or occupied_veh is None or self._capacity_veh is None:
            return None
        gap_veh = free_veh + occupied_veh - self._capacity_veh
        if abs(gap_veh) <= self._margin_veh():
            return None
        limit = f"{free_veh} free and {occupied_veh} occupied differ by {gap_veh:+d} from {self._capacity_veh} places"
        return refuse(self._reading, Reason.INCONSISTENT, "free_veh", limit)

    def _check_level(self) -> Rejected | None:
        reading, known = self._reading, self._known
        if self._model_veh is not None and not tells_level(reading):
            return None  # a filter with bounds takes these counts; the plain sum of here drifts away from it
        gap_s = self._gap_s(known.level_at_s)
        last_veh = known.level_veh if gap_s <= self._settings.max_age_s else None
        level_veh = implied_free_veh(reading, self._model_veh, self._believed_veh, last_veh)
        if level_veh is None:
            return None
        if not tells_level(reading):
            return self._bring_into_range("left_veh" if level_veh > 0 else "entered_veh", level_veh)
        if last_veh is None:
            return None
        level_veh = within_veh(level_veh, self._capacity_veh)
        limit_veh = self._limit_veh(gap_s)
        repeated = known.refused_veh is not None and abs(level_veh - known.refused_veh) <= limit_veh
        if level_veh - last_veh <= limit_veh or repeated:
            return None
        known.refused_veh = level_veh
        told = "occupied_veh" if reading.free_veh is None else "free_veh"
        rise = f"{level_veh - last_veh} more free places in {gap_s:.0f} s"
        return refuse(reading, Reason.JUMP, told, f"{rise}, at most {limit_veh:.0f} are believed unless repeated")

    def _bring_into_range(self, name: str, value: int) -> Rejected | None:
        """Bring a count that has drifted to the nearest end of its range; refuse what is too far out for that.

        Entries and exits themselves stay as told: whoever applies them holds the level within its range.
        """
        nearest_veh = within_veh(value, self._capacity_veh)
        if value == nearest_veh:
            return None
        reason = Reason.NEGATIVE if value < 0 else Reason.ABOVE_CAPACITY
        margin_veh = self._margin_veh()
        if abs(value - nearest_veh) > margin_veh:
            level = " free places after entries and exits" if name in {"entered_veh", "left_veh"} else ""
            limit = f"{value}{level}: out of 0 to {self._capacity_veh} by more than {margin_veh:.0f}"
            return refuse(self._reading, reason, name, limit)
        if name == "free_veh":
            self._reading = replace(self._reading, free_veh=nearest_veh)
        elif name == "occupied_veh":
            self._reading = replace(self._reading, occupied_veh=nearest_veh)
        self._repair(reason)
        return None

    def _repair(self, reason: Reason) -> None:
        self.repairs.append(reason)
        self._reading = replace(self._reading, quality=Quality.REPAIRED)

    def _margin_veh(self) -> float:
        return max(self._settings.repair_veh, self._settings.repair_share * (self._capacity_veh or 0))

    def _limit_veh(self, gap_s: float) -> float:
        """Largest believed change: a share of the capacity, or what passes one lane where it is unknown."""
        settings = self._settings
        change_veh = settings.max_lane_flow_veh_s * gap_s
        if self._capacity_veh is not None:
            capacity_veh = min(self._capacity_veh, self._known.believed_capacity_veh or self._capacity_veh)
            change_veh = settings.jump_share * max(1.0, gap_s / settings.jump_interval_s) * capacity_veh
        return max(float(settings.jump_veh), change_veh)

    def _gap_s(self, since_s: float) -> float:
        return max(0.0, self._reading.measured_at_s - since_s)


def without_counts(reading: OccupancyReading) -> OccupancyReading:
    """What a reading still says once its counts are not believed: whether it is open."""
    return replace(
        reading,
        free_veh=None,
        occupied_veh=None,
        capacity_veh=None,
        entered_veh=None,
        left_veh=None,
        quality=Quality.UNKNOWN,
    )
