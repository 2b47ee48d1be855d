"""What happens at a moment of a run: the measures of a scenario that do not hold all day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from traffic_core.demand import Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneEvent:
    """Some lanes at the downstream end of a link are blocked, or all: a link that is closed takes nobody in."""

    link_id: str
    lanes_open: int
    from_s: float
    until_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureEvent:
    """Nobody may enter a link; drivers know it and go round; who is on it drives out."""

    link_id: str
    from_s: float
    until_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FacilityEvent:
    """A car park is closed for those who arrive."""

    facility_id: str
    from_s: float
    until_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeEvent:
    """A junction is commanded a programme of its own supply data and ignores the centre meanwhile."""

    junction_id: str
    programme_id: str
    from_s: float
    until_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SurgeEvent:
    """Additional trips from one zone to another, spread evenly over a period: an event's visitors come or go."""

    name: str
    from_zone: str
    to_zone: str
    purpose: Purpose
    veh: float
    from_s: float
    until_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorFaultEvent:
    """A detector is silent, or counts nothing, or reports its last values again and again."""

    detector_id: str
    fault: str
    """`silent`, `zero` or `stuck`."""
    from_s: float
    until_s: float


Event: TypeAlias = LaneEvent | ClosureEvent | FacilityEvent | ProgrammeEvent | SurgeEvent | DetectorFaultEvent
