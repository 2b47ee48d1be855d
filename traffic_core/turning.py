"""Turns from the drawn lines of links: their directions, and which are permitted where no table says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from traffic_core.bearings import bearing_at_end_deg, bearing_at_start_deg, deflection_deg, movement_of
from traffic_core.network import Movement, Turn

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from traffic_core.geometry import LonLat
    from traffic_core.network import Link

BACK_BEYOND_DEG = 165.0
"""A turn as sharp as this leads back whatever street it leads into; between 150 degrees and this it may be a fork."""


def movement_between(line_in: Sequence[LonLat], line_out: Sequence[LonLat]) -> Movement:
    """Direction of the turn from one line into the next, both drawn in driving direction: `bearings.movement_of`."""
    return movement_of(_deflection(line_in, line_out))


def permitted_turns(links: Mapping[str, Link], banned: Collection[tuple[str, str]] = ()) -> dict[str, Turn]:
    """Every way from a link into the next but the `banned` pairs (from link, to link), by id.

    Ways back only where a link would otherwise lead nowhere: a U-turn to the node the link comes from, or any turn
    beyond 165 degrees.  Ids are `T{node}-{n}`, n from 1 at each node; nodes, and at each node the turns, follow the
    order of `links`.
    """
    bans = banned if isinstance(banned, (set, frozenset)) else set(banned)
    ending: dict[str, list[Link]] = {}
    starting: dict[str, list[Link]] = {}
    for link in links.values():
        ending.setdefault(link.to_node, []).append(link)
        starting.setdefault(link.from_node, []).append(link)
    turns: dict[str, Turn] = {}
    for node_id, arrivals in ending.items():
        number = 0
        for come in arrivals:
            ways = [go for go in starting.get(node_id, ()) if (come.id, go.id) not in bans]
            for go in [go for go in ways if not _leads_back(come, go)] or ways:
                number += 1
                turn_id, movement = f"T{node_id}-{number}", movement_between(come.line, go.line)
                turns[turn_id] = Turn(id=turn_id, node_id=node_id, from_link=come.id, to_link=go.id, movement=movement)
    return turns


def _leads_back(come: Link, go: Link) -> bool:
    deflection = _deflection(come.line, go.line)
    if go.to_node == come.from_node:
        return movement_of(deflection) is Movement.U_TURN
    return abs(deflection) > BACK_BEYOND_DEG


def _deflection(line_in: Sequence[LonLat], line_out: Sequence[LonLat]) -> float:
    return deflection_deg(bearing_at_end_deg(line_in), bearing_at_start_deg(line_out))
