"""All rules over all car parks: which data are faulty now, since when and why.

Driven by accepted readings alone: a car park that says nothing grows old and needs no rule.  A fault ends by itself:

- standing still, alone or together: after two slots of 5 min in which the level changed;
- within a narrow band, none or all: once the level has changed in two slots and left the band;
- level against counts: once both differ by no more than half the limit since the fault began, or the level has followed
  its counts for 6 h while it moved; where the counts fall silent it goes on as one of standing still.

Standing still, alone or together, also ends with one step that is no small one.  Closing ends nothing.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from parking.quality import faults
from parking.quality.faults import FacilityFault, FaultRule
from parking.quality.neighbours import Neighbours
from parking.quality.rules import DEFAULT_RULES
from parking.quality.together import Together
from parking.quality.watched import Watched
from traffic_core.plausible_level import believed_capacity_veh, capacity_in_force_veh, implied_free_veh, tells_level

if TYPE_CHECKING:
    from collections.abc import Mapping

    from parking.facility import Facility
    from parking.quality.rules import QualityRules
    from traffic_core.readings import OccupancyReading


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultEvent:
    """A fault began (`ended` is False) or ended."""

    at_s: float
    facility_id: str
    fault: FacilityFault
    ended: bool


class FacilityWatch:
    """Belongs to whoever takes in the readings; knows nothing of signs."""

    def __init__(self, facilities: Mapping[str, Facility], rules: Mapping[str, QualityRules] | None = None) -> None:
        self._facilities = dict(facilities)
        given = rules or {}
        self._watched = {key: Watched(given.get(key, DEFAULT_RULES)) for key in self._facilities}
        self._neighbours = Neighbours(self._facilities)
        self._together = Together()
        self.found: Counter[tuple[str, FaultRule]] = Counter()
        """How often each rule found each car park at fault since the start."""
        self._events: list[FaultEvent] = []
        self.replaying = False
        """Whether readings may come again that a restart has taken over already; until the first one that is live."""

    def fault(self, facility_id: str) -> FacilityFault | None:
        """The fault of a car park that stands now."""
        return self._watched[facility_id].fault

    def faults(self) -> dict[str, FacilityFault]:
        """All faults that stand now, in the order of the model."""
        return {key: watched.fault for key, watched in self._watched.items() if watched.fault is not None}

    def take_events(self) -> list[FaultEvent]:
        """What began and ended since the last call."""
        events, self._events = self._events, []
        return events

    def accept(self, reading: OccupancyReading) -> FacilityFault | None:
        """Take in an accepted reading; return the fault of its car park, if any."""
        watched = self._watched[reading.source_id]
        if reading.is_open is not None:
            watched.is_open = reading.is_open
        at_s = min(reading.measured_at_s, reading.received_at_s)
        if self.replaying and at_s <= watched.known_until_s:
            return watched.fault
        watched.resume(at_s, reading.received_at_s)
        if watched.is_open is False:
            watched.pause(at_s)
            return self._settle(reading.source_id, at_s)
        self._note(reading, watched, at_s)
        return self._settle(reading.source_id, at_s)

    def state(self) -> dict[str, dict[str, Any]]:
        """What was learned and found of each car park, as plain values, to be kept over a restart."""
        return {key: watched.state() for key, watched in self._watched.items() if watched.heard}

    def restore(self, facility_id: str, state: Mapping[str, Any]) -> None:
        """Take over what `state` gave for one car park.

        Raises
        ------
        ValueError, KeyError, TypeError
            For what `state` cannot have given.
        """
        if facility_id in self._watched:
            self._watched[facility_id].restore(state)
            self.replaying = True

    def tells_level(self, facility_id: str, now_s: float) -> bool:
        """Whether the feed of a car park tells its free places, and not just who comes and goes."""
        return self._watched[facility_id].tells_level(now_s)

    def known_until_s(self, facility_id: str) -> float:
        """Last reading that the state taken over knows; -inf where none was."""
        return self._watched[facility_id].known_until_s

    def _note(self, reading: OccupancyReading, watched: Watched, at_s: float) -> None:
        facility = self._facilities[reading.source_id]
        believed_veh = believed_capacity_veh(facility.capacity_veh, reading.capacity_veh)
        watched.capacity_veh = capacity_in_force_veh(facility.capacity_veh, believed_veh) or watched.capacity_veh
        level_veh = None
        if tells_level(reading):
            level_veh = implied_free_veh(reading, facility.capacity_veh, believed_veh, None)
        came_veh, went_veh = reading.entered_veh or 0, reading.left_veh or 0
        if level_veh is None and reading.entered_veh is None and reading.left_veh is None:
            return
        watched.heard = True
        if level_veh is not None:
            watched.note_level(at_s, level_veh, facility.reserve_veh)
            if reading.entered_veh is not None or reading.left_veh is not None:
                watched.counts.note(at_s, level_veh, came_veh - went_veh)
        if watched.frozen.note(at_s, level_veh, came_veh, went_veh):
            self._close(reading.source_id, watched, at_s)
        watched.judge(at_s)

    def _close(self, facility_id: str, watched: Watched, at_s: float) -> None:
        activity = self._neighbours.activity(facility_id, at_s)
        slot = watched.close_slot(at_s, activity)
        if watched.fault is None:
            self._neighbours.note(facility_id, at_s, changed=slot.changed, chance=slot.chance)
        still = self._together.note(facility_id, slot, watched.rules)
        span_s = at_s - self._together.since_s
        for key in still:
            other = self._watched[key]
            if other.fault is None:
                de, en = faults.together_words(len(still), span_s)
                other.begin(FaultRule.FROZEN_TOGETHER, at_s, self._together.since_s, de, en)
                if key != facility_id:
                    self._settle(key, at_s)

    def _settle(self, facility_id: str, at_s: float) -> FacilityFault | None:
        """Count and tell what began or ended."""
        watched = self._watched[facility_id]
        fault, told = watched.fault, watched.told
        if told is not None and (fault is None or fault.rule is not told.rule):
            self._events.append(FaultEvent(at_s=at_s, facility_id=facility_id, fault=told, ended=True))
        if fault is not None and (told is None or fault.rule is not told.rule):
            self.found[facility_id, fault.rule] += 1
            self._events.append(FaultEvent(at_s=at_s, facility_id=facility_id, fault=fault, ended=False))
        watched.told = fault
        return fault
