"""Measures on car parks and signs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from parking.facility import Facility
from parking.model import FacilityUse
from parking.sign import Sign, SignRow
from simulator.scenario.events import FacilityEvent
from traffic_core import require
from traffic_core.errors import InvalidValueError
from traffic_core.network_edits import link_of
from traffic_core.network_split import along_m, cut_line

if TYPE_CHECKING:
    from simulator.scenario.document import (
        CloseFacility,
        NewFacility,
        NewSign,
        RemoveSign,
        ResizeFacility,
        ScaleParking,
        SetPrice,
        SetSign,
    )
    from simulator.scenario.draft import Draft
    from simulator.scenario.problems import Place
    from traffic_core.geometry import LonLat

EVERY_SIGN = "all"
UPDATE_INTERVAL_S = 60.0
"""How often a new facility reports."""


def new_facility(draft: Draft, measure: NewFacility, place: Place) -> None:
    """Build a car park."""
    if measure.id in draft.facilities:
        raise InvalidValueError("id", measure.id, "must be an id that no car park has yet")
    node_id, position = _access(draft, measure, place)
    facility = Facility(
        id=measure.id,
        name=measure.name,
        district=measure.district,
        position=position,
        kind=measure.kind,
        capacity_veh=measure.capacity_veh,
        reserve_veh=measure.reserve_veh,
        update_interval_s=UPDATE_INTERVAL_S,
        access_node=node_id,
        provenance=draft.provenance,
    )
    use = FacilityUse(
        fee_eur_h=measure.fee_eur_h,
        mean_stay_min=measure.mean_stay_min,
        guided=measure.guided,
        occupied_share=measure.occupied_share or (),
    )
    draft.facilities[measure.id], draft.uses[measure.id] = facility, use


def _access(draft: Draft, measure: NewFacility, place: Place) -> tuple[str, LonLat]:
    nodes, links = draft.network.nodes, draft.network.links
    given = (measure.access_node is not None, measure.link is not None, measure.position_m is not None)
    if given == (True, False, False) and measure.access_node is not None:
        if measure.access_node not in nodes:
            raise InvalidValueError("access_node", measure.access_node, "must name a node of the network")
        return measure.access_node, nodes[measure.access_node].position
    if given != (False, True, True) or measure.link is None or measure.position_m is None:
        raise InvalidValueError("access_node", measure.access_node, "must be given, or link and position_m instead")
    node_id, position = draft.plan_cut(place, measure.link, measure.position_m)
    if measure.opposite_link is not None:
        there, back = links[measure.link], link_of(draft.network, measure.opposite_link)
        if (there.from_node, there.to_node) != (back.to_node, back.from_node):
            limit = f"must be the other direction of link {measure.link}"
            raise InvalidValueError("opposite_link", measure.opposite_link, limit)
        draft.plan_cut(place, measure.opposite_link, along_m(back, position), node_id)
    return node_id, position


def close_facility(draft: Draft, measure: CloseFacility, place: Place) -> None:
    """Let nobody in for a time.  All day is a time too: who wants to go there is turned away."""
    _facility(draft, measure.facility)
    if window := draft.window(place, measure.from_, measure.until):
        draft.occupy(place, "close_facility", measure.facility, window)
        draft.events.append(FacilityEvent(facility_id=measure.facility, from_s=window.from_s, until_s=window.until_s))


def resize_facility(draft: Draft, measure: ResizeFacility, place: Place) -> None:
    """Give a car park another size; as many drivers as before want to park there."""
    facility, use = _facility(draft, measure.facility), draft.uses[measure.facility]
    before = facility.capacity_veh
    size = _size(measure, before)
    reserve = min(facility.reserve_veh, size - 1)
    draft.facilities[facility.id] = replace(facility, capacity_veh=size, reserve_veh=reserve)
    if before is None:
        return
    usual = use.wanted_places_veh(before)
    draft.uses[facility.id] = replace(use, usual_capacity_veh=None if usual == size else usual)
    peak = max(use.occupied_share, default=0.0) * usual
    if peak > size:
        text = f"at its usual peak {peak - size:.0f} cars more than its {size} places want to stand in {facility.id}"
        draft.warn(place, f"{text}: they are turned away")


def _size(measure: ResizeFacility, before: int | None) -> int:
    """Number of places after the measure, of which `before` are there now."""
    if measure.capacity_veh is not None and measure.change_veh is None:
        return measure.capacity_veh
    if measure.capacity_veh is not None or measure.change_veh is None:
        raise InvalidValueError("capacity_veh", measure.capacity_veh, "must be given, or change_veh instead")
    if before is None:
        limit = "must not be given for a car park of unknown size; capacity_veh instead"
        raise InvalidValueError("change_veh", measure.change_veh, limit)
    if before + measure.change_veh < 1:
        limit = f"must leave at least 1 of the {before} places; close_facility closes a car park"
        raise InvalidValueError("change_veh", measure.change_veh, limit)
    return before + measure.change_veh


def set_price(draft: Draft, measure: SetPrice, _: Place) -> None:
    """Give a car park another fee."""
    _facility(draft, measure.facility)
    draft.uses[measure.facility] = replace(draft.uses[measure.facility], fee_eur_h=measure.fee_eur_h)


def new_sign(draft: Draft, measure: NewSign, _: Place) -> None:
    """Put up a sign."""
    if measure.id in draft.signs:
        raise InvalidValueError("id", measure.id, "must be an id that no sign has yet")
    link = link_of(draft.network, measure.link)
    require.between("position_m", measure.position_m, 0.0, link.length_m)
    for row in measure.rows:
        for facility_id in row.facilities:
            if facility_id not in draft.facilities:
                raise InvalidValueError("rows.facilities", facility_id, "must name a car park of the model")
    draft.signs[measure.id] = Sign(
        id=measure.id,
        name=measure.name,
        position=cut_line(link.line, measure.position_m / link.length_m)[0][-1],
        link_id=measure.link,
        rows=tuple(
            SignRow(label_de=row.label_de, label_en=row.label_en, arrow=row.arrow, facility_ids=row.facilities)
            for row in measure.rows
        ),
        provenance=draft.provenance,
    )


def remove_sign(draft: Draft, measure: RemoveSign, _: Place) -> None:
    """Take a sign away."""
    if measure.sign not in draft.signs:
        raise InvalidValueError("sign", measure.sign, "must name a sign of the model")
    del draft.signs[measure.sign]


def set_sign(draft: Draft, measure: SetSign, _: Place) -> None:
    """Darken signs, or let them show again.  The centre does not know of it and goes on telling them what to show."""
    signs = tuple(draft.signs) if measure.sign == (EVERY_SIGN,) else measure.sign
    for sign_id in signs:
        if sign_id not in draft.signs:
            raise InvalidValueError("sign", sign_id, f"must name a sign of the model, or be {EVERY_SIGN}")
    if measure.state == "off":
        draft.dark_signs.update(signs)
    else:
        draft.dark_signs.difference_update(signs)


def scale_parking(draft: Draft, measure: ScaleParking, place: Place) -> None:
    """Let more or fewer drivers want to park in car parks; several factors multiply."""
    for facility_id in measure.facility:
        facility, use = _facility(draft, facility_id), draft.uses[facility_id]
        if facility.capacity_veh is None:
            raise InvalidValueError("facility", facility_id, "must name a car park of known size")
        usual = max(1, round(use.wanted_places_veh(facility.capacity_veh) * measure.factor))
        draft.uses[facility_id] = replace(use, usual_capacity_veh=usual)
        peak = max(use.occupied_share, default=0.0) * usual
        if peak > facility.capacity_veh:
            over = f"at its peak {peak - facility.capacity_veh:.0f} cars more than its {facility.capacity_veh} places"
            draft.warn(place, f"{over} want to stand in {facility_id}")


def _facility(draft: Draft, facility_id: str) -> Facility:
    if facility_id not in draft.facilities:
        raise InvalidValueError("facility", facility_id, "must name a car park of the model")
    return draft.facilities[facility_id]
