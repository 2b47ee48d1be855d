"""A small town: nine crossings, five quarters, four gates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from traffic_core.calibration.gravity import Deterrence
from traffic_core.calibration.start import Mass, Ways, gravity_cells
from traffic_core.demand import DayProfile, DayType, Demand, DemandCell, Purpose, Zone, ZoneKind
from traffic_core.geometry import line_length_m
from traffic_core.network import Link, Movement, Network, Node, NodeControl, RoadClass, Turn, keyed
from traffic_core.provenance import Confidence, Provenance

MADE_UP = Provenance(source="made up", confidence=Confidence.ESTIMATED)
COURSE = np.array([4, 3, 2, 2, 4, 14, 42, 75, 68, 56, 55, 57, 61, 64, 66, 73, 78, 75, 64, 48, 33, 24, 19, 13])
EAST_DEG, NORTH_DEG = 0.0068, 0.0045
"""About 500 m each."""
BENT = {
    "X00": (0.1, -0.2),
    "X01": (-0.15, 0.05),
    "X02": (0.2, 0.1),
    "X10": (0.05, -0.1),
    "X11": (0.1, 0.15),
    "X12": (-0.1, -0.05),
    "X20": (0.15, 0.1),
    "X21": (-0.2, 0.15),
    "X22": (0.05, 0.25),
}
"""Crossings lie off the grid, so that no two ways are equally long: else nobody knows which one is driven."""
GATES = {"GN": (1, 3), "GE": (3, 1), "GS": (1, -1), "GW": (-1, 1)}
QUARTERS = {"Q0": ("X00",), "Q1": ("X20",), "Q2": ("X02",), "Q3": ("X22",), "Q4": ("X11",)}
MASSES = {"Q0": 3_000.0, "Q1": 2_000.0, "Q2": 4_000.0, "Q3": 1_500.0, "Q4": 6_000.0}


@dataclass(frozen=True, slots=True)
class Town:
    """Network and demand."""

    network: Network
    demand: Demand


def _network() -> Network:
    places = {f"X{x}{y}": (x, y) for x in range(3) for y in range(3)} | GATES
    bent = {name: BENT.get(name, (0.0, 0.0)) for name in places}
    nodes = keyed(
        [
            Node(
                id=name,
                name=name,
                position=(9.0 + EAST_DEG * (x + bent[name][0]), 48.0 + NORTH_DEG * (y + bent[name][1])),
                control=NodeControl.GATE if name in GATES else NodeControl.NONE,
                provenance=MADE_UP,
            )
            for name, (x, y) in places.items()
        ]
    )
    near = [
        (a, b)
        for a, (ax, ay) in places.items()
        for b, (bx, by) in places.items()
        if abs(ax - bx) + abs(ay - by) == 1 and not (a in GATES and b in GATES)
    ]
    links = keyed([_link(a, b, nodes) for a, b in near])
    ways = [(a, b) for a in links.values() for b in links.values() if a.to_node == b.from_node]
    turns = [
        Turn(id=f"{a.id}~{b.id}", node_id=a.to_node, from_link=a.id, to_link=b.id, movement=Movement.THROUGH)
        for a, b in ways
        if a.from_node != b.to_node
    ]
    return Network(nodes=nodes, links=links, turns=keyed(turns))


def _link(start: str, end: str, nodes: dict[str, Node]) -> Link:
    line = (nodes[start].position, nodes[end].position)
    return Link(
        id=f"{start}-{end}",
        name=f"{start} to {end}",
        from_node=start,
        to_node=end,
        line=line,
        length_m=line_length_m(line),
        free_speed_m_s=13.9 if start[0] == "G" or end[0] == "G" else 11.1,
        lanes=1,
        capacity_veh_h=900.0,
        road_class=RoadClass.SECONDARY,
        provenance=MADE_UP,
    )


def _zones() -> dict[str, Zone]:
    kinds = dict.fromkeys(QUARTERS, ZoneKind.INSIDE) | dict.fromkeys(GATES, ZoneKind.OUTSIDE)
    return {
        name: Zone(id=name, name=name, kind=kind, nodes=QUARTERS.get(name, (name,)), provenance=MADE_UP)
        for name, kind in kinds.items()
    }


def made_masses() -> list[Mass]:
    """Inside, errands; over the edge, ways to work in both directions; through."""
    masses = [
        Mass(zone=zone, purpose=Purpose.LEISURE, production_veh_24h=veh, attraction_veh_24h=veh)
        for zone, veh in MASSES.items()
    ]
    for zone, veh in MASSES.items():
        masses.append(Mass(zone=zone, purpose=Purpose.COMMUTING, production_veh_24h=veh, attraction_veh_24h=0.0))
    for gate, share in zip(GATES, (0.4, 0.3, 0.2, 0.1), strict=True):
        away = share * sum(MASSES.values())
        masses.append(Mass(zone=gate, purpose=Purpose.COMMUTING, production_veh_24h=0.0, attraction_veh_24h=away))
        masses.append(Mass(zone=gate, purpose=Purpose.THROUGH, production_veh_24h=1_000.0, attraction_veh_24h=1_000.0))
    return masses


def made_ways() -> Ways:
    """Minutes as the crow flies at 30 km/h."""
    zones = _zones()
    places = {f"X{x}{y}": (x, y) for x in range(3) for y in range(3)} | GATES
    at = np.array([places[zone.nodes[0]] for zone in zones.values()], dtype=float)
    cost = np.abs(at[:, None] - at[None, :]).sum(axis=2)
    return Ways(zones=zones, cost=cost, deterrence=Deterrence(scale=4.0))


def profile(shares: np.ndarray, purpose: Purpose | None = None) -> DayProfile:
    return DayProfile(day_type=DayType.WEEKDAY, purpose=purpose, shares=tuple((shares / shares.sum()).tolist()))


def made_demand(cells: tuple[DemandCell, ...]) -> Demand:
    """Ways to work before noon, back after."""
    morning, evening = COURSE.astype(float), COURSE.astype(float)
    morning[12:] *= 0.2
    evening[:12] *= 0.2
    profiles = [profile(COURSE), profile(morning, Purpose.COMMUTING), profile(evening, Purpose.COMMUTING_HOME)]
    return Demand(zones=_zones(), cells=cells, profiles={each.key: each for each in profiles})


@pytest.fixture(scope="session")
def town() -> Town:
    cells = gravity_cells(made_masses(), made_ways(), source="made up")
    return Town(network=_network(), demand=made_demand(cells))
