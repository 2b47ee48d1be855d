"""Changes of a network, each a new valid network: links, turns, lanes, speed, capacity, control of a node."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from traffic_core.errors import InvalidValueError
from traffic_core.network import Lane, Network, Turn
from traffic_core.turning import permitted_turns

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from traffic_core.network import Link, Movement, NodeControl


def without_links(network: Network, link_ids: Collection[str]) -> Network:
    """Network without some links and without the turns, lanes and detectors that refer to them.

    Raises
    ------
    InvalidValueError
        Where there is no such link.
    """
    for link_id in link_ids:
        link_of(network, link_id)
    gone = set(link_ids)
    return replace(
        network,
        links={link.id: link for link in network.links.values() if link.id not in gone},
        turns={t.id: t for t in network.turns.values() if t.from_link not in gone and t.to_link not in gone},
        lanes=tuple(lane for lane in network.lanes if lane.link_id not in gone),
        detectors={d.id: d for d in network.detectors.values() if d.link_id not in gone},
    )


def without_turns(network: Network, turn_ids: Collection[str]) -> Network:
    """Network without some turns.

    Raises
    ------
    InvalidValueError
        Where there is no such turn.
    """
    for turn_id in turn_ids:
        if turn_id not in network.turns:
            raise InvalidValueError("turn", turn_id, "must name a turn of the network")
    gone = set(turn_ids)
    return replace(network, turns={turn.id: turn for turn in network.turns.values() if turn.id not in gone})


def with_lanes(
    network: Network, link_id: str, lanes: int, lane_turns: Sequence[Collection[Movement]] | None = None
) -> Network:
    """Network in which a link has another number of lanes; its capacity per lane stays.

    `lane_turns` are the movements of each lane from the right; without them described lanes beyond the new number go,
    and new lanes are not described.

    Raises
    ------
    InvalidValueError
        Where there is no such link, or its type cannot hold the number.
    """
    link = link_of(network, link_id)
    capacity_veh_h = link.capacity_veh_h / link.lanes * lanes
    changed = _with_changed_link(network, replace(link, lanes=lanes, capacity_veh_h=capacity_veh_h), lanes)
    return changed if lane_turns is None else _with_lane_turns(changed, link_id, lane_turns)


def with_speed(network: Network, link_id: str, free_speed_m_s: float) -> Network:
    """Network in which a link has another free speed.  Raises like `with_lanes`."""
    link = link_of(network, link_id)
    return _with_changed_link(network, replace(link, free_speed_m_s=free_speed_m_s), link.lanes)


def with_capacity(network: Network, link_id: str, capacity_veh_h: float) -> Network:
    """Network in which all lanes of a link together have another capacity.  Raises like `with_lanes`."""
    link = link_of(network, link_id)
    return _with_changed_link(network, replace(link, capacity_veh_h=capacity_veh_h), link.lanes)


def with_control(network: Network, node_id: str, control: NodeControl) -> Network:
    """Network in which right of way at a node is settled otherwise.

    Raises
    ------
    InvalidValueError
        Where there is no such node.
    """
    if node_id not in network.nodes:
        raise InvalidValueError("node", node_id, "must name a node of the network")
    changed = replace(network.nodes[node_id], control=control)
    return replace(network, nodes=dict(network.nodes) | {node_id: changed})


def with_link(network: Network, link: Link, lane_turns: Sequence[Collection[Movement]] | None = None) -> Network:
    """Network with one link more, and with the turns at both of its ends that `permitted_turns` would give it.

    Existing turns stay as they are.  New ones are called `T{link}-{n}`, first those into the link.

    Raises
    ------
    InvalidValueError
        Where the id is taken or a turn's id would be, or an end is no node of the network.
    """
    if link.id in network.links:
        raise InvalidValueError("link", link.id, "must be an id that no link has yet")
    ends = (link.from_node, link.to_node)
    near = {known.id: known for known in network.links.values() if {known.from_node, known.to_node} & set(ends)}
    found = permitted_turns(near | {link.id: link}).values()
    into = [turn for turn in found if turn.to_link == link.id]
    out_of = [turn for turn in found if turn.from_link == link.id]
    turns = dict(network.turns)
    for number, turn in enumerate([*into, *out_of], start=1):
        turn_id = f"T{link.id}-{number}"
        if turn_id in turns:
            raise InvalidValueError("link", link.id, f"must leave the id {turn_id} of an existing turn alone")
        turns[turn_id] = replace(turn, id=turn_id)
    longer = replace(network, links=dict(network.links) | {link.id: link}, turns=turns)
    return longer if lane_turns is None else _with_lane_turns(longer, link.id, lane_turns)


def turn_between(network: Network, from_link: str, to_link: str) -> Turn:
    """The turn from one link into another.

    Raises
    ------
    InvalidValueError
        Where there is none.
    """
    for turn in network.turns.values():
        if (turn.from_link, turn.to_link) == (from_link, to_link):
            return turn
    raise InvalidValueError(
        "from_link, to_link", (from_link, to_link), "must be links that a turn of the network joins"
    )


def link_of(network: Network, link_id: str) -> Link:
    """Link by id.  Raises `InvalidValueError` where there is none."""
    if link_id not in network.links:
        raise InvalidValueError("link", link_id, "must name a link of the network")
    return network.links[link_id]


def _with_changed_link(network: Network, link: Link, lanes: int) -> Network:
    kept = tuple(lane for lane in network.lanes if lane.link_id != link.id or lane.number <= lanes)
    return replace(network, links=dict(network.links) | {link.id: link}, lanes=kept)


def _with_lane_turns(network: Network, link_id: str, lane_turns: Sequence[Collection[Movement]]) -> Network:
    lanes = network.links[link_id].lanes
    if len(lane_turns) != lanes:
        raise InvalidValueError("lane_turns", len(lane_turns), f"must describe each of the {lanes} lanes")
    described = [
        Lane(link_id=link_id, number=number, movements=frozenset(movements))
        for number, movements in enumerate(lane_turns, start=1)
    ]
    return replace(network, lanes=(*(lane for lane in network.lanes if lane.link_id != link_id), *described))
