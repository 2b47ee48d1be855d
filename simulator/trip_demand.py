"""The demand as the simulator draws from it: cells with nodes and hourly rates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.parking_shares import Quarter
from traffic_core.demand import HOURS, WAY_BACK, DayType, Purpose, ZoneKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.day_clock import DayClock
    from traffic_core.demand import Demand
    from traffic_core.network import Network

HOUR_S = 3_600.0
LONGEST_WAIT_HOURS = 14 * 24
"""A cell without a trip for two weeks has none."""
NEVER_PARKS = frozenset({Purpose.THROUGH, Purpose.DELIVERY, *WAY_BACK.values()})
"""Their trips do not end in a public facility: nobody stops, or he is at home."""
NEVER_PARKED = frozenset({Purpose.THROUGH, Purpose.DELIVERY, *WAY_BACK})
"""Their trips do not begin in a public facility."""
NONE_LEAVE = (0.0,) * 24
DAY_OF_WEEKDAY = (*(DayType.WEEKDAY,) * 5, DayType.SATURDAY, DayType.SUNDAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class OdCell:
    """Trips from one zone to another with one purpose."""

    name: str
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
    rates_veh_h: tuple[tuple[float, ...], ...]
    """By weekday from Monday, then by hour."""

    @property
    def nodes(self) -> tuple[str, ...]:
        """Where its trips begin and end."""
        return (*self.origins, *self.destinations)


def od_cells(demand: Demand, factor: float) -> tuple[OdCell, ...]:
    """All cells with trips."""
    week = {purpose: [demand.shares(day, purpose) for day in DAY_OF_WEEKDAY] for purpose in Purpose}
    cells = []
    for cell in demand.cells:
        veh_24h = cell.veh_24h * factor
        if veh_24h <= 0.0:
            continue
        start, end = demand.zones[cell.origin], demand.zones[cell.destination]
        cells.append(
            OdCell(
                name=f"{cell.origin} {cell.destination} {cell.purpose.value}",
                from_zone=cell.origin,
                to_zone=cell.destination,
                origins=start.nodes,
                destinations=end.nodes,
                from_inside=start.kind is ZoneKind.INSIDE,
                to_inside=end.kind is ZoneKind.INSIDE,
                may_park=cell.purpose not in NEVER_PARKS,
                may_have_parked=cell.purpose not in NEVER_PARKED,
                veh_24h=veh_24h,
                rates_veh_h=tuple(tuple(veh_24h * share for share in shares) for shares in week[cell.purpose]),
            )
        )
    return tuple(cells)


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


def next_trip_s(target: float, now_s: float, rates_veh_h: tuple[tuple[float, ...], ...], clock: DayClock) -> float:
    """Time until the expected number of trips from now on reaches `target`, s; inf where there are none.

    With `target` drawn from the unit exponential distribution this is the next trip of a Poisson process whose rate
    changes with the local hour (time change, Cinlar 1975).
    """
    at_s = now_s
    for _ in range(LONGEST_WAIT_HOURS):
        weekday, hour, second_s = clock.local(at_s)
        rate_veh_h = rates_veh_h[weekday][hour]
        left_s = HOUR_S - second_s % HOUR_S
        if target <= rate_veh_h * left_s / HOUR_S and rate_veh_h > 0.0:
            return at_s - now_s + target / rate_veh_h * HOUR_S
        target -= rate_veh_h * left_s / HOUR_S
        at_s += left_s
    return float("inf")
