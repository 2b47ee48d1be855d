"""What goes out over the bus."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic_core import to_json

from api.bus import topics
from api.wire.publications import LoadPayload
from api.wire.signals import command_of
from traffic_core.readings import Quality

if TYPE_CHECKING:
    from api.board import Item
    from api.city import City
    from signal_plans.decision import SignalDecision


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One retained message."""

    topic: str
    payload: bytes
    qos: int = 1
    expires_at_s: float | None = None


def sign_message(sign_id: str, item: Item) -> Outgoing:
    """Content for a sign; past its validity it is neither sent nor kept."""
    return Outgoing(topics.sign(sign_id), item.page.body, expires_at_s=item.valid_until_s)


def signal_message(decision: SignalDecision) -> Outgoing:
    """Command for a signal controller."""
    return Outgoing(topics.signal(decision.junction_id), to_json(command_of(decision)))


def parking_message(facility_id: str, item: Item) -> Outgoing:
    """State of a car park for the public."""
    return Outgoing(topics.parking(facility_id), item.page.body, qos=0)


def loads(city: City) -> dict[str, LoadPayload]:
    """Loads of the links whose flow is known."""
    return {
        link_id: LoadPayload(load=round(load, 3), flow_veh_h=round(flow_veh_h), quality=Quality.MEASURED.value)
        for link_id, flow_veh_h, load in city.loads()
        if math.isfinite(load)
    }
