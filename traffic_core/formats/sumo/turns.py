"""Turns and lane use of a SUMO network from its connections.

U-turns (`dir` t or T) exist at most junctions of a SUMO network.  One is kept only where its edge has no other way on
and does not end at a gate: at a dead end inside the network.  Elsewhere it is left out, counted and kept aside.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from traffic_core.formats.identifiers import identifier_of, turn_id_of
from traffic_core.formats.sumo.streets import U_TURN_DIRS
from traffic_core.network import Lane, Link, Movement, Turn
from traffic_core.turning import movement_between

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from traffic_core.formats.imported import Warnings
    from traffic_core.formats.sumo.raw import RawNet
    from traffic_core.formats.sumo.streets import Street
    from traffic_core.formats.sumo.xml import Element

_OF_DIR = {
    "s": Movement.THROUGH,
    "l": Movement.LEFT,
    "L": Movement.LEFT,
    "r": Movement.RIGHT,
    "R": Movement.RIGHT,
    "t": Movement.U_TURN,
    "T": Movement.U_TURN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnTables:
    """Turns and lanes, and for each connection of the file the turn it became, empty where it was left out."""

    turns: dict[str, Turn]
    lanes: tuple[Lane, ...]
    turn_of_connection: tuple[str, ...]


def turns_of(
    raw: RawNet,
    streets: Mapping[str, Street],
    links: Mapping[str, Link],
    open_to_cars: Sequence[bool],
    gates: set[str],
    warnings: Warnings,
) -> TurnTables:
    """Turns in the order of the connections; a movement stands at a lane exactly where a turn leaves it.

    `open_to_cars` has one entry per connection.
    """
    goes_on = {
        connection.text("from")
        for connection, use in zip(raw.connections, open_to_cars, strict=True)
        if use and connection.attributes.get("dir") not in U_TURN_DIRS
    }
    turns: dict[str, Turn] = {}
    movements: dict[tuple[str, int], set[Movement]] = defaultdict(set)
    became: list[str] = []
    for connection, use in zip(raw.connections, open_to_cars, strict=True):
        if not use or _needless_u_turn(connection, raw, goes_on, gates, warnings):
            became.append("")
            continue
        come, go = (streets[connection.text(end)] for end in ("from", "to"))
        turn_id = turn_id_of(come.link_id, go.link_id)
        if turn_id not in turns:
            turns[turn_id] = Turn(
                id=turn_id,
                node_id=identifier_of(come.edge.text("to")),
                from_link=come.link_id,
                to_link=go.link_id,
                movement=_movement(connection, links[come.link_id], links[go.link_id], warnings),
            )
        number = come.lane_number[connection.index("fromLane")]
        movements[come.link_id, number].add(turns[turn_id].movement)
        became.append(turn_id)
    return TurnTables(turns=turns, lanes=_lanes(streets, movements, warnings), turn_of_connection=tuple(became))


def _needless_u_turn(connection: Element, raw: RawNet, goes_on: set[str], gates: set[str], warnings: Warnings) -> bool:
    if connection.attributes.get("dir") not in U_TURN_DIRS:
        return False
    come = connection.text("from")
    if come not in goes_on and raw.edges[come].text("to") not in gates:
        return False
    warnings.add("U-turn left out", f"{come} to {connection.text('to')}")
    return True


def _movement(connection: Element, come: Link, go: Link, warnings: Warnings) -> Movement:
    known = _OF_DIR.get(connection.attributes.get("dir", ""))
    if known is not None:
        return known
    warnings.add("direction of a turn computed from the drawn lines", f"{come.id} to {go.id}")
    return movement_between(come.line, go.line)


def _lanes(
    streets: Mapping[str, Street], movements: Mapping[tuple[str, int], set[Movement]], warnings: Warnings
) -> tuple[Lane, ...]:
    lanes: list[Lane] = []
    for street in streets.values():
        numbers = range(1, street.lanes + 1)
        described = [number for number in numbers if (street.link_id, number) in movements]
        if not described:
            continue
        for number in numbers:
            if number not in described:
                warnings.add("lane without a way on, not described", f"{street.edge.text('id')} lane {number}")
                continue
            found = frozenset(movements[street.link_id, number])
            lanes.append(Lane(link_id=street.link_id, number=number, movements=found))
    return tuple(lanes)
