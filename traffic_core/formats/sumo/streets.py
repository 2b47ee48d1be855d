"""Which edges of a SUMO network are streets for cars, and which of their lanes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from traffic_core.errors import FileError
from traffic_core.formats.identifiers import identifier_of
from traffic_core.formats.sumo.classes import cars_may
from traffic_core.network import MOST_LANES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from traffic_core.formats.imported import Warnings
    from traffic_core.formats.sumo.raw import RawNet
    from traffic_core.formats.sumo.xml import Element

U_TURN_DIRS = {"t", "T"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Street:
    """An edge that becomes a link."""

    edge: Element
    link_id: str
    car_lanes: tuple[Element, ...]
    """At least one, in the order of the file."""
    lane_number: Mapping[int, int]
    """Number of a lane in the model (1 is the rightmost) by its index in the file; car lanes only."""

    @property
    def lanes(self) -> int:
        """Lanes of the link."""
        return max(self.lane_number.values())

    @property
    def speed_m_s(self) -> float:
        """Speed of the fastest car lane."""
        return max(lane.not_negative("speed") for lane in self.car_lanes)

    @property
    def declared_length_m(self) -> float:
        """Length of the file: from the junction's rim to the stop line, without the way across junctions."""
        return self.car_lanes[0].not_negative("length")


def car_streets(raw: RawNet, warnings: Warnings) -> tuple[dict[str, Street], dict[str, str]]:
    """Streets by id of their edge, and why each other edge is left out, also by its id.

    Raises
    ------
    FileError
        For lanes that do not count from 0, or a speed or length that is negative or no finite number.
    """
    streets: dict[str, Street] = {}
    left_out: dict[str, str] = {}
    left_hand = raw.net.attributes.get("lefthand", "false") in {"true", "1"}
    if left_hand:
        warnings.add("left-hand traffic: the model takes lanes and right of way for right-hand traffic", raw.file)
    for edge_id, edge in raw.edges.items():
        lanes = raw.lanes[edge_id]
        car_lanes = tuple(lane for lane in lanes if cars_may(lane))
        for lane in lanes:
            lane.not_negative("speed")
            lane.not_negative("length")
        if reason := _reason_to_leave_out(edge, lanes, car_lanes):
            left_out[edge_id] = reason
            warnings.add(f"edge left out: {reason}", edge_id)
            continue
        for lane in lanes:
            if lane not in car_lanes:
                warnings.add("lane not for cars left out", lane.attributes.get("id", edge_id))
        if len(car_lanes) > MOST_LANES:
            warnings.add(f"more than {MOST_LANES} lanes, the others joined to lane {MOST_LANES}", edge_id)
        from_right = tuple(reversed(car_lanes)) if left_hand else car_lanes
        number = {lane.index("index"): min(place, MOST_LANES) for place, lane in enumerate(from_right, start=1)}
        streets[edge_id] = Street(edge=edge, link_id=identifier_of(edge_id), car_lanes=car_lanes, lane_number=number)
    return streets, left_out


def open_connections(raw: RawNet, streets: Mapping[str, Street]) -> tuple[bool, ...]:
    """Whether cars may take each connection of the file, from a lane for cars into one.

    Raises `FileError` where the file has no connection at all, although one street ends where another one begins.
    """
    if not raw.connections:
        leads_to: dict[str, set[str]] = {}
        for street in streets.values():
            leads_to.setdefault(street.edge.text("from"), set()).add(street.edge.text("to"))
        for street in streets.values():
            if leads_to.get(street.edge.text("to"), set()) - {street.edge.text("from")}:
                limit = f"must occur: without any, nobody gets across junction {street.edge.text('to')}"
                raise FileError(raw.file, 0, "connection", None, limit)
    return tuple(
        _is_car_lane(connection, "from", streets) and _is_car_lane(connection, "to", streets) and cars_may(connection)
        for connection in raw.connections
    )


def _is_car_lane(connection: Element, end: str, streets: Mapping[str, Street]) -> bool:
    street = streets.get(connection.text(end))
    return street is not None and connection.index(f"{end}Lane") in street.lane_number


def _reason_to_leave_out(edge: Element, lanes: tuple[Element, ...], car_lanes: tuple[Element, ...]) -> str:
    """Empty where the edge is a street for cars."""
    function = edge.attributes.get("function", "normal")
    if function != "normal":
        return f"function {function}"
    if not lanes:
        return "no lane"
    if not car_lanes:
        return "no lane for cars"
    if edge.text("from") == edge.text("to"):
        return "begins and ends at the same junction"
    return ""
