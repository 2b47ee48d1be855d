"""The demand as the simulator draws from it: cells with nodes and the hours of their trips."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from simulator.parking_shares import Quarter
from simulator.scenario.events import SurgeEvent
from traffic_core import require
from traffic_core.demand import HOURS, WAY_BACK, DayType, Purpose, ZoneKind
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from simulator.staged import Staged
    from traffic_core.demand import Demand, Zone
    from traffic_core.network import Network

HOUR_S = 3_600.0
NEVER_PARKS = frozenset({Purpose.THROUGH, Purpose.DELIVERY, *WAY_BACK.values()})
"""Their trips do not end in a public facility: nobody stops, or he is at home."""
NEVER_PARKED = frozenset({Purpose.THROUGH, Purpose.DELIVERY, *WAY_BACK})
"""Their trips do not begin in a public facility."""
NONE_LEAVE = (0.0,) * 24
DAY_OF_WEEKDAY = (*(DayType.WEEKDAY,) * 5, DayType.SATURDAY, DayType.SUNDAY)
HGV_SHARE: Mapping[Purpose, float] = MappingProxyType({Purpose.DELIVERY: 1.0, Purpose.THROUGH: 0.055})
"""Share of a purpose's trips that heavy goods vehicles make, 0 where it is missing.

An assumption: counts say 5 to 6 % heavy goods vehicles on the B27, where nearly all trips are through trips; no count
tells the purposes apart.  That every delivery is made by a lorry rather than a van errs on the safe side.
"""
NO_PURPOSE_FACTOR: Mapping[Purpose, float] = MappingProxyType({})
NO_ZONE_FACTOR: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class OdCell:
    """Trips from one zone to another with one purpose."""

    name: str
    purpose: Purpose
    from_zone: str
    to_zone: str
    origins: tuple[str, ...]
    destinations: tuple[str, ...]
    from_inside: bool
    to_inside: bool
    may_park: bool
    """Whether its trips may end in a public facility."""
    may_have_parked: bool
    """Whether its trips may begin in a public facility."""
    veh_24h: float
    """Of a weekday; of a surge all its trips."""
    shares: tuple[tuple[float, ...], ...]
    """Share of `veh_24h` that starts in an hour: by weekday from Monday, then by hour.  Empty for a surge."""
    window_s: tuple[float, float] | None = None
    """Of a surge: its trips are spread evenly from the one time to the other, seconds since 1970."""

    @property
    def nodes(self) -> tuple[str, ...]:
        """Where its trips begin and end."""
        return (*self.origins, *self.destinations)

    @property
    def hgv_share(self) -> float:
        """Share of its trips that heavy goods vehicles make."""
        return HGV_SHARE.get(self.purpose, 0.0)


def od_cells(
    demand: Demand,
    factor: float,
    purpose_factor: Mapping[Purpose, float] = NO_PURPOSE_FACTOR,
    zone_factor: Mapping[str, float] = NO_ZONE_FACTOR,
) -> tuple[OdCell, ...]:
    """All cells with trips, in the order of the demand; the factors are those of `Staged`.

    Raises `InvalidValueError` for a negative factor or one of an unknown zone.
    """
    _check_factors(demand, factor, purpose_factor, zone_factor)
    week = {purpose: tuple(demand.shares(day, purpose) for day in DAY_OF_WEEKDAY) for purpose in Purpose}
    cells = []
    for cell in demand.cells:
        of_zones = zone_factor.get(cell.origin, 1.0) * zone_factor.get(cell.destination, 1.0)
        veh_24h = cell.veh_24h * factor * purpose_factor.get(cell.purpose, 1.0) * of_zones
        if veh_24h <= 0.0:
            continue
        start, end = demand.zones[cell.origin], demand.zones[cell.destination]
        cells.append(
            OdCell(
                name=f"{cell.origin} {cell.destination} {cell.purpose.value}",
                purpose=cell.purpose,
                from_zone=cell.origin,
                to_zone=cell.destination,
                origins=start.nodes,
                destinations=end.nodes,
                from_inside=start.kind is ZoneKind.INSIDE,
                to_inside=end.kind is ZoneKind.INSIDE,
                may_park=cell.purpose not in NEVER_PARKS,
                may_have_parked=cell.purpose not in NEVER_PARKED,
                veh_24h=veh_24h,
                shares=week[cell.purpose],
            )
        )
    return tuple(cells)


def surge_cells(demand: Demand, surges: Iterable[SurgeEvent]) -> tuple[OdCell, ...]:
    """A cell for every surge with trips.  No factor of the demand changes it.

    Its trips never begin in a public facility: garages make the trips out of the usual demand, not additional ones.
    Raises `InvalidValueError` for an unknown zone, the same zone twice, a negative volume or a window without length.
    """
    cells = []
    seen: Counter[str] = Counter()
    for surge in surges:
        where = f"surge[{surge.name}]"
        start = _zone(demand, f"{where}.from_zone", surge.from_zone)
        end = _zone(demand, f"{where}.to_zone", surge.to_zone)
        if start is end:
            raise InvalidValueError(f"{where}.to_zone", surge.to_zone, "must differ from from_zone")
        require.not_negative(f"{where}.veh", surge.veh)
        if not -math.inf < surge.from_s < surge.until_s < math.inf:
            raise InvalidValueError(f"{where}.until_s", surge.until_s, f"must lie after from_s = {surge.from_s}")
        name = f"surge {surge.name} {surge.from_zone} {surge.to_zone} {surge.purpose.value}"
        seen[name] += 1
        if surge.veh <= 0.0:
            continue
        cells.append(
            OdCell(
                name=name if seen[name] == 1 else f"{name} {seen[name]}",
                purpose=surge.purpose,
                from_zone=surge.from_zone,
                to_zone=surge.to_zone,
                origins=start.nodes,
                destinations=end.nodes,
                from_inside=start.kind is ZoneKind.INSIDE,
                to_inside=end.kind is ZoneKind.INSIDE,
                may_park=surge.purpose not in NEVER_PARKS,
                may_have_parked=False,
                veh_24h=surge.veh,
                shares=(),
                window_s=(surge.from_s, surge.until_s),
            )
        )
    return tuple(cells)


def staged_cells(staged: Staged) -> tuple[OdCell, ...]:
    """All cells of a run: those of the demand with its factors, then the surges."""
    demand = staged.model.demand
    surges = [event for event in staged.events if isinstance(event, SurgeEvent)]
    usual = od_cells(demand, staged.demand_factor, staged.purpose_factor, staged.zone_factor)
    return (*usual, *surge_cells(demand, surges))


def _check_factors(
    demand: Demand, factor: float, purpose_factor: Mapping[Purpose, float], zone_factor: Mapping[str, float]
) -> None:
    require.not_negative("demand_factor", factor)
    for purpose, value in purpose_factor.items():
        require.not_negative(f"purpose_factor[{purpose.value}]", value)
    for zone, value in zone_factor.items():
        _zone(demand, "zone_factor", zone)
        require.not_negative(f"zone_factor[{zone}]", value)


def _zone(demand: Demand, field: str, zone: str) -> Zone:
    if zone not in demand.zones:
        raise InvalidValueError(field, zone, "must name a zone of the demand")
    return demand.zones[zone]


def quarters_of(demand: Demand, network: Network, leaving: Mapping[str, tuple[float, ...]]) -> list[Quarter]:
    """Inside zones with the trips that may end or begin in a facility there, in each hour of a weekday.

    `leaving` is the share of a zone's outgoing trips that garages make, by hour: those drivers go home and do not park
    again, so they are no incoming trips here.
    """
    inflow_veh_h = {zone: [0.0] * HOURS for zone in demand.zones}
    outflow_veh_h = {zone: [0.0] * HOURS for zone in demand.zones}
    for cell in demand.cells:
        from_facility = leaving.get(cell.origin, NONE_LEAVE) if cell.purpose not in NEVER_PARKED else NONE_LEAVE
        for hour, share in enumerate(demand.shares(DayType.WEEKDAY, cell.purpose)):
            if cell.purpose not in NEVER_PARKED:
                outflow_veh_h[cell.origin][hour] += cell.veh_24h * share
            if cell.purpose not in NEVER_PARKS:
                inflow_veh_h[cell.destination][hour] += cell.veh_24h * share * (1.0 - from_facility[hour])
    return [
        Quarter(
            id=zone.id,
            positions=tuple(network.nodes[node].position for node in zone.nodes),
            inflow_veh_h=tuple(inflow_veh_h[zone.id]),
            outflow_veh_h=tuple(outflow_veh_h[zone.id]),
        )
        for zone in demand.zones.values()
        if zone.kind is ZoneKind.INSIDE
    ]
