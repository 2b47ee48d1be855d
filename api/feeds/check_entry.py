"""One line of a check: what became of one record of a feed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.feeds.port import RejectReason
from traffic_core.quality_gate import Rejected
from traffic_core.readings import BayReading, OccupancyReading

if TYPE_CHECKING:
    from api.feeds.naming import Naming
    from api.feeds.port import FeedReject
    from traffic_core.quality_gate import Accepted
    from traffic_core.readings import Reading


def entry_of_reading(reading: Reading, outcome: Accepted | Rejected, now_s: float) -> dict[str, Any]:
    """Entry of a reading that the gate has judged; `told` is what counts after its repairs."""
    entry = {
        "facility": place_of(reading),
        "source": reading.source_id,
        "outcome": "accepted",
        "told": told(reading),
        "age_s": round(now_s - reading.measured_at_s, 1),
        "reason": "",
        "explanation": "",
    }
    if isinstance(outcome, Rejected):
        return entry | {
            "outcome": "rejected",
            "reason": outcome.reason.value,
            "explanation": f"{outcome.field}: {outcome.explanation}",
        }
    if outcome.repairs:
        return entry | {
            "outcome": "repaired",
            "told": told(outcome.reading),
            "reason": ", ".join(reason.value for reason in outcome.repairs),
            "explanation": f"was: {told(reading)}",
        }
    return entry


def entry_of_reject(reject: FeedReject, naming: Naming) -> dict[str, Any]:
    """Entry of a record or field that the format refused; the facility is ours where the naming knows it."""
    source_id = reject.source_id
    ours = None
    if reject.reason is RejectReason.OWNED_BY_OTHER_FEED:  # noted after naming
        ours = source_id
    elif source_id is not None:
        ours = naming.our_bay(source_id) if naming.is_bay(source_id) else naming.ours(source_id)
    facility = ours if ours is None or source_id is None or not naming.is_bay(source_id) else ours.rpartition(".")[0]
    return {
        "facility": facility or source_id,
        "source": ours or source_id,
        "outcome": "rejected",
        "told": "",
        "age_s": None,
        "reason": reject.reason.value,
        "explanation": f"{reject.field} = {reject.value}: {reject.explanation}",
    }


def place_of(reading: Reading) -> str:
    """The facility that a reading is about; the name of a bay is `FACILITY.BAY`."""
    return reading.source_id.rpartition(".")[0] if isinstance(reading, BayReading) else reading.source_id


def told(reading: Reading) -> str:
    """What a reading says, in words."""
    if isinstance(reading, BayReading):
        return "bay taken" if reading.occupied else "bay free"
    if not isinstance(reading, OccupancyReading):
        return ""
    parts = [
        f"{value} {word}"
        for word, value in (
            ("free", reading.free_veh),
            ("occupied", reading.occupied_veh),
            ("entered", reading.entered_veh),
            ("left", reading.left_veh),
            ("places", reading.capacity_veh),
        )
        if value is not None
    ]
    if reading.is_open is not None:
        parts.append("open" if reading.is_open else "closed")
    return ", ".join(parts)
