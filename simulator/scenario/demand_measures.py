"""Measures on who drives: demand, guidance share, events with visitors."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from simulator.scenario.events import SurgeEvent
from simulator.scenario.fields import LARGEST_FACTOR
from traffic_core.demand import Purpose, ZoneKind
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.scenario.document import Happening, ScaleDemand, SetKappa
    from simulator.scenario.draft import Draft, Window
    from simulator.scenario.problems import Place


def set_kappa(draft: Draft, measure: SetKappa, _: Place) -> None:
    """Another share of drivers reads signs."""
    draft.kappa = measure.share


def scale_demand(draft: Draft, measure: ScaleDemand, _: Place) -> None:
    """Scale trips; several factors multiply."""
    zone, purpose = measure.zone, measure.purpose
    if zone is not None:
        _check_zone(draft, "zone", zone)
    if zone is None and purpose is None:
        draft.demand_factor = _product(draft.demand_factor, measure.factor)
    elif purpose is None and zone is not None:
        draft.zone_factor[zone] = _product(draft.zone_factor.get(zone, 1.0), measure.factor)
    elif zone is None and purpose is not None:
        draft.purpose_factor[purpose] = _product(draft.purpose_factor.get(purpose, 1.0), measure.factor)
    else:
        cells = tuple(
            replace(cell, veh_24h=cell.veh_24h * measure.factor)
            if cell.purpose is purpose and zone in {cell.origin, cell.destination}
            else cell
            for cell in draft.demand.cells
        )
        draft.demand = replace(draft.demand, cells=cells)


def happening(draft: Draft, measure: Happening, place: Place) -> None:
    """Visitors come to a zone and go home again."""
    _check_zone(draft, "zone", measure.zone)
    weights = _weights(draft, measure)
    total = sum(weights.values())
    both = (("arrive", measure.arrive_from, measure.arrive_until), ("leave", measure.leave_from, measure.leave_until))
    if all(start is None and end is None for _, start, end in both):
        raise InvalidValueError("arrive_from", None, "must be given with arrive_until, or leave_from with leave_until")
    for way, start, end in both:
        if (start is None) != (end is None):
            limit = f"must be given as well as {way}_{'until' if start is None else 'from'}"
            raise InvalidValueError(f"{way}_{'from' if start is None else 'until'}", None, limit)
        window = draft.window(place, start, end, (f"{way}_from", f"{way}_until")) if start is not None else None
        if window is not None:
            for zone, weight in weights.items():
                veh = measure.visitors_veh * weight / total
                draft.events.append(_surge(measure, way, zone, veh, window))


def _surge(measure: Happening, way: str, zone: str, veh: float, window: Window) -> SurgeEvent:
    come = way == "arrive"
    return SurgeEvent(
        name=measure.name,
        from_zone=zone if come else measure.zone,
        to_zone=measure.zone if come else zone,
        purpose=Purpose.FAIR if come else Purpose.FAIR_HOME,
        veh=veh,
        from_s=window.from_s,
        until_s=window.until_s,
    )


def _weights(draft: Draft, measure: Happening) -> Mapping[str, float]:
    """Where the visitors live: as told, or as the trips of a day into the zone from outside, in the order of zones."""
    if measure.from_zones is not None:
        if not measure.from_zones:
            raise InvalidValueError("from_zones", {}, "must name at least one zone")
        for zone in measure.from_zones:
            _check_zone(draft, "from_zones", zone)
            if zone == measure.zone:
                raise InvalidValueError("from_zones", zone, "must differ from the zone of the event")
        return measure.from_zones
    zones = draft.demand.zones
    found = {zone.id: 0.0 for zone in zones.values() if zone.kind is ZoneKind.OUTSIDE and zone.id != measure.zone}
    for cell in draft.demand.cells:
        if cell.destination == measure.zone and cell.origin in found:
            found[cell.origin] += cell.veh_24h
    weights = {zone: veh for zone, veh in found.items() if veh > 0.0}
    if not weights:
        limit = f"must be given: no trips come into zone {measure.zone} from outside"
        raise InvalidValueError("from_zones", None, limit)
    return weights


def _check_zone(draft: Draft, field: str, zone: str) -> None:
    if zone not in draft.demand.zones:
        raise InvalidValueError(field, zone, "must name a zone of the model")


def _product(before: float, factor: float) -> float:
    if before * factor > LARGEST_FACTOR:
        limit = f"must with the other factors ({before:g}) be at most {LARGEST_FACTOR:g}"
        raise InvalidValueError("factor", factor, limit)
    return before * factor
