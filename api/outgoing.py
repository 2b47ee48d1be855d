"""What goes out over the bus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic_core import to_json

from api.bus import topics
from api.wire.publications import LoadPayload
from api.wire.signals import command_of
from signal_plans.announcement import validity_s
from traffic_core.readings import Quality

if TYPE_CHECKING:
    from api.board import Item
    from api.city import City
    from signal_plans.decision import SignalDecision


UNKNOWN_LOAD = LoadPayload(load=None, flow_veh_h=None, quality=Quality.UNKNOWN.value)


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


def signal_message(decision: SignalDecision, now_s: float) -> Outgoing:
    """Command for a signal controller; a broker whose centre is dead keeps it no longer than its validity."""
    until_s = now_s + validity_s(decision)
    return Outgoing(topics.signal(decision.junction_id), to_json(command_of(decision, until_s)), expires_at_s=until_s)


def parking_message(facility_id: str, item: Item) -> Outgoing:
    """State of a car park for the public; past its validity it is neither sent nor kept."""
    return Outgoing(topics.parking(facility_id), item.page.body, qos=0, expires_at_s=item.valid_until_s)


def loads(city: City) -> dict[str, LoadPayload]:
    """Loads of all links with a detector; one whose detectors are silent is unknown."""
    flow_veh_h, known = city.flows.of(city.flows.links)
    return {
        link_id: LoadPayload(
            load=round(float(flow_veh_h[i]) / city.capacity_veh_h[link_id], 3),
            flow_veh_h=round(float(flow_veh_h[i])),
            quality=Quality.MEASURED.value,
        )
        if known[i]
        else UNKNOWN_LOAD
        for i, link_id in enumerate(city.flows.links)
    }
