"""Links of GMNS folders of other programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from traffic_core.formats.free_speed import FREE_SPEED_KM_H
from traffic_core.formats.gmns.units import length_unit_m
from traffic_core.formats.gmns.words import (
    CLASS_OF,
    LANES,
    NOT_FOR_CARS,
    UNKNOWN_CLASS,
    bars_cars,
    cell,
    id_cell,
    number,
    whole,
    word,
)
from traffic_core.formats.identifiers import identifier_of
from traffic_core.formats.lane_capacity import CAPACITY_VEH_H_LANE
from traffic_core.geometry import line_length_m
from traffic_core.network import (
    FASTEST_M_S,
    LEAST_VEH_H,
    LENGTH_TOLERANCE_M,
    LENGTH_TOLERANCE_RATIO,
    MOST_LANES,
    MOST_VEH_H_LANE,
    SHORTEST_M,
    SLOWEST_M_S,
    Link,
    Node,
    RoadClass,
)
from traffic_core.provenance import Confidence, Provenance
from traffic_core.units import KM_H_PER_M_S

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from traffic_core.formats.gmns.lines import LineReader
    from traffic_core.formats.gmns.units import Units
    from traffic_core.formats.imported import Warnings
    from traffic_core.geometry import LonLat
    from traffic_core.tables import Row

DIRECTED = {"1", "true", "t", "yes", "1.0"}
NOT_DIRECTED = {"0", "false", "f", "no", "0.0"}


@dataclass(frozen=True, slots=True)
class Street:
    """A row of link.csv that cars may use, with its line from start to end."""

    row: Row
    id: str
    start: str
    end: str
    line: tuple[LonLat, ...]


class LinkReader:
    """Turns rows into links; keeps which links a row became, under the id of the file."""

    def __init__(self, nodes: Mapping[str, Node], lines: LineReader, units: Units, warnings: Warnings) -> None:
        self.links: dict[str, Link] = {}
        self.links_of: dict[str, list[Link]] = {}
        """By the file's link id: one link for each direction, none where the row was left out."""
        self._nodes, self._lines, self._units, self._warnings = nodes, lines, units, warnings

    def read(self, rows: Iterable[Row]) -> None:
        """Read all rows.  Raises `FileError` for what cannot be used: see `read_gmns`."""
        streets = [street for number, row in enumerate(rows, start=1) if (street := self._street(row, number))]
        unit_m = self._units.length_m
        if unit_m is None:
            pairs = ((number(street.row, "length") or 0.0, line_length_m(street.line)) for street in streets)
            unit_m = length_unit_m(pairs, self._warnings)
        if streets and "directed" not in streets[0].row.cells:
            self._warnings.add("no column directed: every link taken as one direction", streets[0].row.file)
        for street in streets:
            for link in self._links(street, unit_m):
                self.links[link.id] = link
                self.links_of[id_cell(street.row, "link_id") or street.id].append(link)

    def _street(self, row: Row, running: int) -> Street | None:
        """What the row joins, None where no car may drive."""
        file_id = id_cell(row, "link_id") or str(running)
        link_id = identifier_of(file_id)
        if file_id in self.links_of:
            raise row.error("link_id", "must occur once")
        self.links_of[file_id] = []
        start, end = (self._node(row, name) for name in ("from_node_id", "to_node_id"))
        if not _for_cars(row):
            self._warnings.add("link not for cars: left out", f"link {file_id}")
        elif start == end:
            self._warnings.add("link from a node to itself: left out", f"link {file_id}")
        else:
            line = self._lines.line(row, self._nodes[start].position, self._nodes[end].position)
            return Street(row, link_id, start, end, line)
        return None

    def _node(self, row: Row, name: str) -> str:
        node_id = identifier_of(id_cell(row, name))
        if node_id not in self._nodes:
            raise row.error(name, "must name a node_id of node.csv")
        return node_id

    def _links(self, street: Street, unit_m: float | None) -> list[Link]:
        """One link, or one for each direction of a row that is not directed."""
        row, assumed = street.row, set[str]()
        road_class = self._class(street, assumed)
        lanes = self._lanes(street, road_class, assumed)
        speed_m_s = self._speed_m_s(street, road_class, assumed)
        capacity_veh_h = self._capacity_veh_h(street, road_class, lanes, assumed)
        length_m = self._length_m(street, unit_m)
        source = f"{row.file}, link {street.id}" + (f"; assumed: {', '.join(sorted(assumed))}" if assumed else "")
        confidence = Confidence.ESTIMATED if assumed else Confidence.ANCHOR
        ways = [(street.id, street.start, street.end, street.line)]
        if not self._directed(street):
            ways.append((self._reverse_id(street.id), street.end, street.start, street.line[::-1]))
        with row.checked():
            return [
                Link(
                    id=link_id,
                    name=cell(row, "name"),
                    from_node=start,
                    to_node=end,
                    line=line,
                    length_m=length_m,
                    free_speed_m_s=speed_m_s,
                    lanes=lanes,
                    capacity_veh_h=capacity_veh_h,
                    road_class=road_class,
                    provenance=Provenance(source=source, confidence=confidence),
                )
                for link_id, start, end, line in ways
            ]

    def _directed(self, street: Street) -> bool:
        """Whether the row is one direction only: taken so where the file does not say it."""
        said = word(cell(street.row, "directed"))
        if said and said not in DIRECTED | NOT_DIRECTED:
            raise street.row.error("directed", "must be 1 or true, 0 or false")
        if not said and "directed" in street.row.cells:
            self._warnings.add("not stated whether a link is directed: one direction taken", f"link {street.id}")
        return said not in NOT_DIRECTED

    def _reverse_id(self, link_id: str) -> str:
        reverse = f"{link_id}_r"
        while reverse in self.links_of or reverse in self.links:
            reverse += "r"
        return reverse

    def _class(self, street: Street, assumed: set[str]) -> RoadClass:
        text = cell(street.row, "facility_type") or cell(street.row, "link_type_name")
        known = CLASS_OF.get(word(text))
        if known is None:
            assumed.add("road class")
            kind = f"road class {text!r} not known" if text else "road class not stated"
            self._warnings.add(f"{kind}: {UNKNOWN_CLASS.value} taken", f"link {street.id}")
            return UNKNOWN_CLASS
        return known

    def _lanes(self, street: Street, road_class: RoadClass, assumed: set[str]) -> int:
        lanes = whole(street.row, "lanes")
        if lanes is None:
            assumed.add("lanes")
            self._warnings.add("lanes taken from the road class", f"link {street.id}")
            return LANES.get(road_class, 1)
        if lanes > MOST_LANES:
            self._warnings.add(f"more than {MOST_LANES} lanes: {MOST_LANES} taken", f"link {street.id}: {lanes}")
        return min(lanes, MOST_LANES)

    def _speed_m_s(self, street: Street, road_class: RoadClass, assumed: set[str]) -> float:
        stated = number(street.row, "free_speed")
        if not stated:
            assumed.add("free speed")
            self._warnings.add("free speed taken from the road class", f"link {street.id}")
            return FREE_SPEED_KM_H[road_class] / KM_H_PER_M_S
        speed_m_s = stated * self._units.speed_m_s
        if self._units.speed_m_s == 1.0 / KM_H_PER_M_S:
            speed_m_s = stated / KM_H_PER_M_S  # exactly what the writer and the reader of our own tables compute
        if not SLOWEST_M_S <= speed_m_s <= FASTEST_M_S:
            self._warnings.add("free speed outside 1 to 60 m/s: the limit taken", f"link {street.id}: {stated:g}")
        return min(max(speed_m_s, SLOWEST_M_S), FASTEST_M_S)

    def _capacity_veh_h(self, street: Street, road_class: RoadClass, lanes: int, assumed: set[str]) -> float:
        """Capacity of all lanes: the file gives that of one."""
        stated = number(street.row, "capacity")
        if not stated:
            assumed.add("capacity")
            self._warnings.add("capacity taken from the road class", f"link {street.id}")
            return CAPACITY_VEH_H_LANE[road_class] * lanes
        if stated > MOST_VEH_H_LANE:
            assumed.add("capacity")
            what = f"link {street.id}: {stated:g} on {lanes} lanes"
            self._warnings.add("capacity above 3,000 veh/h per lane: taken as that of all lanes", what)
            return min(stated, MOST_VEH_H_LANE * lanes)
        if stated * lanes < LEAST_VEH_H:
            self._warnings.add("capacity below 50 veh/h: 50 taken", f"link {street.id}: {stated:g}")
        return max(stated * lanes, LEAST_VEH_H)

    def _length_m(self, street: Street, unit_m: float | None) -> float:
        """Length of the file where it agrees with the drawn line, otherwise that of the line."""
        drawn_m = line_length_m(street.line)
        stated = number(street.row, "length")
        if stated and unit_m is not None:
            if abs(drawn_m - stated * unit_m) <= LENGTH_TOLERANCE_M + LENGTH_TOLERANCE_RATIO * drawn_m:
                return max(stated * unit_m, SHORTEST_M)
            what = f"link {street.id}: {stated * unit_m:.1f} m, drawn {drawn_m:.1f} m"
            self._warnings.add("length far from that of the line: computed from the coordinates", what)
        if drawn_m < SHORTEST_M:
            self._warnings.add("link shorter than 1 m: 1 m taken", f"link {street.id}")
        return max(drawn_m, SHORTEST_M)


def _for_cars(row: Row) -> bool:
    kind = word(cell(row, "facility_type") or cell(row, "link_type_name"))
    return kind not in NOT_FOR_CARS and not bars_cars(row) and whole(row, "lanes") != 0
