"""Measures on streets: closures, lanes, speed, capacity, new links, incidents, faults of detectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.scenario.events import ClosureEvent, DetectorFaultEvent
from traffic_core.errors import InvalidValueError
from traffic_core.geometry import line_length_m
from traffic_core.network import Link
from traffic_core.network_edits import (
    link_of,
    turn_between,
    with_capacity,
    with_lanes,
    with_link,
    with_speed,
    without_links,
    without_turns,
)
from traffic_core.units import KM_H_PER_M_S

if TYPE_CHECKING:
    from simulator.scenario.document import (
        CloseLink,
        CloseTurn,
        DetectorFault,
        Incident,
        NewLink,
        SetCapacity,
        SetLanes,
        SetSpeed,
    )
    from simulator.scenario.draft import Draft
    from simulator.scenario.problems import Place


def close_link(draft: Draft, measure: CloseLink, place: Place) -> None:
    """Close links for a time, or take them out of the network with what stands on them."""
    for link_id in measure.link:
        link_of(draft.network, link_id)
    if measure.from_ is None and measure.until is None:
        _remove_links(draft, dict.fromkeys(measure.link), place)
    elif window := draft.window(place, measure.from_, measure.until):
        for link_id in dict.fromkeys(measure.link):
            draft.occupy(place, "close_link", link_id, window)
            draft.events.append(ClosureEvent(link_id=link_id, from_s=window.from_s, until_s=window.until_s))


def _remove_links(draft: Draft, link_ids: dict[str, None], place: Place) -> None:
    links = [draft.network.links[link_id] for link_id in link_ids]
    for detector in draft.network.detectors.values():
        if detector.link_id in link_ids:
            draft.warn(place, f"detector {detector.id} goes with link {detector.link_id}")
    for sign in [sign for sign in draft.signs.values() if sign.link_id in link_ids]:
        draft.warn(place, f"sign {sign.id} goes with link {sign.link_id}")
        del draft.signs[sign.id]
    before = {turn.from_link for turn in draft.network.turns.values()}
    draft.network = without_links(draft.network, link_ids)
    after = {turn.from_link for turn in draft.network.turns.values()}
    for link_id in draft.network.links:
        if link_id in before and link_id not in after:
            draft.warn(place, f"link {link_id} leads nowhere any more")
    linked = {node for link in draft.network.links.values() for node in (link.from_node, link.to_node)}
    for node in dict.fromkeys(node for link in links for node in (link.from_node, link.to_node)):
        if node in linked:
            continue
        for zone in draft.demand.zones.values():
            if node in zone.nodes:
                draft.findings.add(place, "link", list(link_ids), f"must leave a link at node {node} of zone {zone.id}")
        for facility in draft.facilities.values():
            if facility.access_node == node:
                limit = f"must leave a link at node {node} of car park {facility.id}"
                draft.findings.add(place, "link", list(link_ids), limit)


def close_turn(draft: Draft, measure: CloseTurn, _: Place) -> None:
    """Forbid a turn."""
    if measure.turn is not None and measure.from_link is None and measure.to_link is None:
        turn_id = measure.turn
    elif measure.turn is None and measure.from_link is not None and measure.to_link is not None:
        turn_id = turn_between(draft.network, measure.from_link, measure.to_link).id
    else:
        raise InvalidValueError("turn", measure.turn, "must be given, or from_link and to_link instead")
    draft.network = without_turns(draft.network, (turn_id,))


def set_lanes(draft: Draft, measure: SetLanes, place: Place) -> None:
    """Give links another number of lanes."""
    for link_id in measure.link:
        before = {lane.number for lane in draft.network.lanes if lane.link_id == link_id}
        draft.network = with_lanes(draft.network, link_id, measure.lanes, measure.lane_turns)
        if measure.lane_turns is None and before:
            draft.warn(place, f"the lanes of link {link_id} keep the movements of the table; lane_turns changes them")


def set_speed(draft: Draft, measure: SetSpeed, _: Place) -> None:
    """Give links another free speed."""
    for link_id in measure.link:
        draft.network = with_speed(draft.network, link_id, measure.speed_km_h / KM_H_PER_M_S)


def set_capacity(draft: Draft, measure: SetCapacity, _: Place) -> None:
    """Give links another capacity."""
    for link_id in measure.link:
        draft.network = with_capacity(draft.network, link_id, measure.veh_h)


def new_link(draft: Draft, measure: NewLink, _: Place) -> None:
    """Build one direction of a street."""
    nodes = draft.network.nodes
    for field, node in (("from_node", measure.from_node), ("to_node", measure.to_node)):
        if node not in nodes:
            raise InvalidValueError(field, node, "must name a node of the network")
    line = (nodes[measure.from_node].position, *measure.line, nodes[measure.to_node].position)
    link = Link(
        id=measure.id,
        name=measure.name,
        from_node=measure.from_node,
        to_node=measure.to_node,
        line=line,
        length_m=line_length_m(line),
        free_speed_m_s=measure.speed_km_h / KM_H_PER_M_S,
        lanes=measure.lanes,
        capacity_veh_h=measure.capacity_veh_h,
        road_class=measure.road_class,
        provenance=draft.provenance,
    )
    draft.network = with_link(draft.network, link, measure.lane_turns)


def incident(draft: Draft, measure: Incident, place: Place) -> None:
    """Block lanes of a link for a time."""
    link = link_of(draft.network, measure.link)
    if measure.position_m is not None:
        draft.plan_cut(place, measure.link, measure.position_m)
    if measure.lanes_blocked > link.lanes:
        limit = f"must be at most the {link.lanes} lanes of link {link.id}"
        draft.findings.add(place, "lanes_blocked", measure.lanes_blocked, limit)
    if window := draft.window(place, measure.from_, measure.until):
        draft.occupy(place, "incident", measure.link, window)
        draft.incidents.append((place, measure, window))


def detector_fault(draft: Draft, measure: DetectorFault, place: Place) -> None:
    """Let a detector fail."""
    if measure.detector not in draft.network.detectors:
        raise InvalidValueError("detector", measure.detector, "must name a detector of the network")
    if window := draft.window(place, measure.from_, measure.until):
        draft.occupy(place, "detector_fault", measure.detector, window)
        draft.events.append(
            DetectorFaultEvent(
                detector_id=measure.detector, fault=measure.fault, from_s=window.from_s, until_s=window.until_s
            )
        )
