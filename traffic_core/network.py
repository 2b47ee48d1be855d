"""The street network: nodes, links, lanes and turns, valid by construction."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from traffic_core import require
from traffic_core.errors import InvalidValueError
from traffic_core.geometry import LonLat, line_length_m, require_lon_lat

if TYPE_CHECKING:
    from collections.abc import Mapping

    from traffic_core.provenance import Provenance

SHORTEST_M, LONGEST_M = 1.0, 100_000.0
"""Of a link, as all limits here."""
LENGTH_TOLERANCE_RATIO = 0.02
LENGTH_TOLERANCE_M = 5.0
SLOWEST_M_S, FASTEST_M_S = 1.0, 60.0
MOST_LANES = 8
LEAST_VEH_H = 50.0
MOST_VEH_H_LANE = 3_000.0


class NodeControl(StrEnum):
    """How right of way is settled at a node."""

    SIGNAL = "signal"
    GIVE_WAY = "give_way"
    ROUNDABOUT = "roundabout"
    GRADE_SEPARATED = "grade_separated"
    GATE = "gate"
    """Where traffic enters and leaves the model."""
    NONE = "none"


class RoadClass(StrEnum):
    """Function of a road in the network."""

    MOTORWAY = "motorway"
    TRUNK = "trunk"
    PRIMARY = "primary"
    SECONDARY = "secondary"
    TERTIARY = "tertiary"
    RESIDENTIAL = "residential"
    RAMP = "ramp"
    SERVICE = "service"


class Movement(StrEnum):
    """Direction of a turn as the driver sees it."""

    LEFT = "left"
    THROUGH = "through"
    RIGHT = "right"
    U_TURN = "u_turn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A junction, a bend or a gate."""

    id: str
    name: str
    position: LonLat
    control: NodeControl
    provenance: Provenance

    def __post_init__(self) -> None:
        require.identifier("node.id", self.id)
        require_lon_lat(f"node[{self.id}].position", self.position)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One direction of a street between two nodes.  `line` runs in driving direction and includes both ends."""

    id: str
    name: str
    from_node: str
    to_node: str
    line: tuple[LonLat, ...]
    length_m: float
    free_speed_m_s: float
    lanes: int
    capacity_veh_h: float
    road_class: RoadClass
    provenance: Provenance

    def __post_init__(self) -> None:
        require.identifier("link.id", self.id)
        where = f"link[{self.id}]"
        if self.from_node == self.to_node:
            raise InvalidValueError(f"{where}.to_node", self.to_node, "must differ from from_node")
        if len(self.line) < 2:
            raise InvalidValueError(f"{where}.line", self.line, "must have at least two points")
        for point in self.line:
            require_lon_lat(f"{where}.line", point)
        require.between(f"{where}.length_m", self.length_m, SHORTEST_M, LONGEST_M)
        drawn_m = line_length_m(self.line)
        if abs(drawn_m - self.length_m) > LENGTH_TOLERANCE_M + LENGTH_TOLERANCE_RATIO * drawn_m:
            limit = f"must agree with its drawn length of {drawn_m:.1f} m"
            raise InvalidValueError(f"{where}.length_m", self.length_m, limit)
        require.between(f"{where}.free_speed_m_s", self.free_speed_m_s, SLOWEST_M_S, FASTEST_M_S)
        require.between(f"{where}.lanes", self.lanes, 1, MOST_LANES)
        require.between(f"{where}.capacity_veh_h", self.capacity_veh_h, LEAST_VEH_H, MOST_VEH_H_LANE * self.lanes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One lane of a link at its downstream end; lane 1 is the rightmost."""

    link_id: str
    number: int
    movements: frozenset[Movement]

    def __post_init__(self) -> None:
        if not self.movements:
            where = f"lane[{self.link_id}/{self.number}].movements"
            raise InvalidValueError(where, self.movements, "must not be empty")


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A permitted way from one link into the next."""

    id: str
    node_id: str
    from_link: str
    to_link: str
    movement: Movement


@dataclass(frozen=True, slots=True, kw_only=True)
class Detector:
    """A counting point on a link; `to_stop_line_m` is its distance to the downstream end."""

    id: str
    link_id: str
    to_stop_line_m: float
    interval_s: float
    provenance: Provenance

    def __post_init__(self) -> None:
        require.identifier("detector.id", self.id)
        require.not_negative(f"detector[{self.id}].to_stop_line_m", self.to_stop_line_m)
        require.between(f"detector[{self.id}].interval_s", self.interval_s, 1.0, 3_600.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A network whose references all resolve.  Mappings keep the order of the input: it is the order of the arrays."""

    nodes: Mapping[str, Node]
    links: Mapping[str, Link]
    turns: Mapping[str, Turn]
    lanes: tuple[Lane, ...] = ()
    detectors: Mapping[str, Detector] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("nodes", "links", "turns", "detectors"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))
        for link in self.links.values():
            for end in ("from_node", "to_node"):
                if getattr(link, end) not in self.nodes:
                    where = f"link[{link.id}].{end}"
                    raise InvalidValueError(where, getattr(link, end), "must name a node of the network")
        for turn in self.turns.values():
            self._check_turn(turn)
        for lane in self.lanes:
            link = self._link_of(f"lane[{lane.link_id}/{lane.number}].link_id", lane.link_id)
            require.between(f"lane[{lane.link_id}/{lane.number}].number", lane.number, 1, link.lanes)
        for detector in self.detectors.values():
            link = self._link_of(f"detector[{detector.id}].link_id", detector.link_id)
            require.between(f"detector[{detector.id}].to_stop_line_m", detector.to_stop_line_m, 0.0, link.length_m)

    def _link_of(self, where: str, link_id: str) -> Link:
        if link_id not in self.links:
            raise InvalidValueError(where, link_id, "must name a link of the network")
        return self.links[link_id]

    def _check_turn(self, turn: Turn) -> None:
        where = f"turn[{turn.id}]"
        if self._link_of(f"{where}.from_link", turn.from_link).to_node != turn.node_id:
            raise InvalidValueError(f"{where}.from_link", turn.from_link, f"must end at node {turn.node_id}")
        if self._link_of(f"{where}.to_link", turn.to_link).from_node != turn.node_id:
            raise InvalidValueError(f"{where}.to_link", turn.to_link, f"must start at node {turn.node_id}")


_Keyed = TypeVar("_Keyed", Node, Link, Turn, Detector)


def keyed(records: list[_Keyed]) -> dict[str, _Keyed]:
    """Records by id.  Raises `InvalidValueError` where an id occurs twice."""
    found: dict[str, _Keyed] = {}
    for record in records:
        if record.id in found:
            raise InvalidValueError(f"{type(record).__name__.lower()}.id", record.id, "must occur once")
        found[record.id] = record
    return found
