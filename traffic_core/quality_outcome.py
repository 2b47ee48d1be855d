"""What the quality gate says about a reading, and its limits."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from traffic_core.readings import Reading


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
    INCONSISTENT = "inconsistent"
    JUMP = "jump"


NO_NEWS = frozenset({Reason.UNKNOWN_SOURCE, Reason.TOO_OLD, Reason.DUPLICATE, Reason.OUT_OF_ORDER})
"""Refusals that tell nothing about now; every other one contradicts the value that was known before."""


REASON_WORDS: Mapping[Reason, tuple[str, str]] = MappingProxyType(
    {
        Reason.UNKNOWN_SOURCE: ("unbekannte Quelle", "unknown source"),
        Reason.TOO_OLD: ("Meldung zu alt", "report too old"),
        Reason.FUTURE: ("Zeitstempel liegt in der Zukunft", "time stamp lies in the future"),
        Reason.DUPLICATE: ("dieselbe Meldung noch einmal", "the same report again"),
        Reason.OUT_OF_ORDER: ("Meldung älter als die vorige", "report older than the one before"),
        Reason.NEGATIVE: ("weniger als null Plätze frei gemeldet", "fewer than no free spaces reported"),
        Reason.ABOVE_CAPACITY: ("mehr Plätze gemeldet als vorhanden", "more spaces reported than there are"),
        Reason.CAPACITY_CHANGE: ("gemeldete Stellplatzzahl passt nicht", "reported capacity does not fit"),
        Reason.OUT_OF_RANGE: ("Zählwert unmöglich hoch", "count impossibly high"),
        Reason.INCONSISTENT: ("frei und belegt widersprechen sich", "free and occupied contradict each other"),
        Reason.JUMP: ("unmöglicher Sprung", "impossible jump"),
    }
)
"""What a person reads of a reason: in German, in English."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateSettings:
    """Limits of the gate.  The defaults come from feeds of German and British car parks, see docs/feeds.md."""

    max_age_s: float = 1_800.0
    """Older readings say nothing about now."""
    max_approach_age_s: float = 10.0
    """Vehicles seen longer ago have gone elsewhere."""
    beyond_reach_m: float = 50.0
    """So far beyond its reach an area detector may still see a vehicle."""
    tolerated_future_s: float = 5.0
    max_future_s: float = 240.0
    """Clocks of real feeds run up to four minutes ahead; the reading then counts as measured on arrival."""
    repair_share: float = 0.10
    """A count this share of capacity outside its range is a drifted count and is clamped; further out it is refused."""
    repair_veh: int = 5
    jump_share: float = 0.25
    """Largest believed rise of free places in `jump_interval_s`, and most entries or exits, share of capacity.

    99.9 % of real changes are below 20 %.
    """
    jump_veh: int = 10
    jump_interval_s: float = 300.0
    most_bays: int = 1_000
    """Bays that a car park of unknown capacity may have."""
    max_lane_flow_veh_s: float = 0.8
    """More than 2,880 vehicles an hour do not pass one lane."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A reading that counts, after the repairs named."""

    reading: Reading
    repairs: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A reading that changes nothing, but may contradict what was known."""

    source_id: str
    reason: Reason
    field: str
    explanation: str


def refuse(reading: Reading, reason: Reason, field: str, explanation: str) -> Rejected:
    """Refuse a reading."""
    return Rejected(source_id=reading.source_id, reason=reason, field=field, explanation=explanation)
