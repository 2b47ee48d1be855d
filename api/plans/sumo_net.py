"""Signals of a SUMO network: which connection obeys which place of a state, and who gives way to whom.

Right of way comes from the `request` elements of the junctions.  Request i of a junction is its i-th connection,
counted by incoming lane (`incLanes`) and, within a lane, in the order of the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from traffic_core.errors import FileError
from traffic_core.formats.sumo.raw import RawNet, read_raw
from traffic_core.formats.sumo.xml import Element, net_elements

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

GREEN = frozenset("Gg")
UNSIGNALLED = frozenset("soO")
"""Places that stop and go on red, or have no signal at the time."""
KNOWN_LETTERS = frozenset("rugGyYsoO")
MOST_HOPS = 4
"""A way across a junction has at most so many internal lanes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SumoConnection:
    """A way from lane to lane under a signal.  Several may share one place (`index`) of the states."""

    index: int
    node: str
    request: int
    from_edge: str
    from_lane: int
    to_edge: str
    to_lane: int
    direction: str
    """As in the file: s, l, L, r, R, t, T."""
    crossing_m: float
    crossing_m_s: float
    yields_to: frozenset[int]
    """Requests of the same node it gives way to."""
    foes: frozenset[int]
    """Requests of the same node whose way it meets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SumoPhase:
    """A phase of a shipped programme."""

    state: str
    duration_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SumoSignal:
    """A `tlLogic` with its connections in the order of their places, and the first programme of the file."""

    id: str
    connections: tuple[SumoConnection, ...]
    phases: tuple[SumoPhase, ...]
    offset_s: float
    crossings: bool
    """Whether places of the states belong to something else than vehicles' connections."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SumoNet:
    """A network file with its signals."""

    file: str
    raw: RawNet
    signals: tuple[SumoSignal, ...]


def read_sumo_net(path: Path) -> SumoNet:
    """Read the signals of a network file.

    Raises
    ------
    FileError
        For a file that is no whole SUMO network, a signal without programme or connections, a state that is too short
        or has unknown letters, requests that are missing, of the wrong length or contradict each other.
    """
    raw = read_raw(path)
    inside = _inside(path)
    rights = {node: _Rights(raw, junction) for node, junction in raw.junctions.items() if _children(junction)}
    by_signal: dict[str, list[SumoConnection]] = {}
    for connection in raw.connections:
        if signal := connection.attributes.get("tl"):
            by_signal.setdefault(signal, []).append(_connection(raw, rights, inside, connection))
    if not by_signal:
        raise FileError(raw.file, 0, "connection.tl", None, "must occur: the network has no signal")
    programmes: dict[str, Element] = {}
    for programme in raw.programmes:
        programmes.setdefault(programme.text("id"), programme)
    signals = []
    for signal, connections in by_signal.items():
        if signal not in programmes:
            raise FileError(raw.file, 0, "tlLogic", signal, "must occur: connections of the file obey it")
        ordered = tuple(sorted(connections, key=lambda connection: connection.index))
        signals.append(_signal(programmes[signal], ordered))
    return SumoNet(file=raw.file, raw=raw, signals=tuple(signals))


def _children(junction: Element) -> list[Element]:
    return [child for child in junction.children if child.tag == "request"]


class _Rights:
    """Requests of one junction."""

    def __init__(self, raw: RawNet, junction: Element) -> None:
        self._junction = junction
        self.rows: dict[int, tuple[frozenset[int], frozenset[int]]] = {}
        size = len(_children(junction))
        for row in _children(junction):
            place = row.index("index")
            yields_to, foes = self._bits(row, "response", size), self._bits(row, "foes", size)
            if place in self.rows:
                raise row.error("index", f"must occur once in junction {junction.text('id')}")
            self.rows[place] = yields_to, foes
        for place, (yields_to, foes) in self.rows.items():
            if missing := sorted(yields_to - foes):
                limit = f"must be among the foes of request {place}"
                raise junction.error("request.response", f"{limit}: {missing[0]} is not")
            if lonely := sorted(foe for foe in foes if place not in self.rows.get(foe, (foes, foes))[1]):
                limit = f"must agree: request {place} names {lonely[0]} as a foe, but not the other way round"
                raise junction.error("request.foes", limit)
        self._place = self._places(raw)

    def _bits(self, row: Element, name: str, size: int) -> frozenset[int]:
        text = row.text(name)
        if len(text) != size or set(text) - {"0", "1"}:
            limit = f"must be {size} digits 0 or 1, as junction {self._junction.text('id')} has {size} requests"
            raise row.error(name, limit)
        return frozenset(place for place, bit in enumerate(reversed(text)) if bit == "1")

    def _places(self, raw: RawNet) -> dict[int, int]:
        by_lane: dict[str, list[Element]] = {}
        for connection in raw.connections:
            lane = f"{connection.text('from')}_{connection.index('fromLane')}"
            by_lane.setdefault(lane, []).append(connection)
        lanes = self._junction.attributes.get("incLanes", "").split()
        ordered = [connection for lane in lanes for connection in by_lane.get(lane, [])]
        return {id(connection): place for place, connection in enumerate(ordered)}

    def of(self, connection: Element) -> tuple[int, frozenset[int], frozenset[int]]:
        """Request of a connection with those it gives way to and those it meets."""
        place = self._place.get(id(connection))
        if place is None or place not in self.rows:
            limit = f"must be given for the connection from {connection.text('from')} to {connection.text('to')}"
            raise self._junction.error("request", limit)
        return place, *self.rows[place]


def _inside(path: Path) -> dict[str, tuple[float, float, str]]:
    """Length, speed and following lane of each internal lane, by its id."""
    lanes: dict[str, tuple[float, float]] = {}
    follows: dict[str, str] = {}
    for element in net_elements(path):
        if element.tag == "edge" and element.attributes.get("function") == "internal":
            for lane in element.children:
                if lane.tag == "lane":
                    lanes[lane.text("id")] = lane.not_negative("length"), lane.not_negative("speed")
        elif element.tag == "connection" and element.attributes.get("from", "").startswith(":"):
            source = f"{element.text('from')}_{element.index('fromLane')}"
            follows.setdefault(source, element.attributes.get("via", ""))
    return {lane: (*size, follows.get(lane, "")) for lane, size in lanes.items()}


def _connection(
    raw: RawNet, rights: Mapping[str, _Rights], inside: Mapping[str, tuple[float, float, str]], connection: Element
) -> SumoConnection:
    node = raw.edges[connection.text("from")].text("to")
    if node not in rights:
        raise raw.junctions[node].error("request", "must be given for each connection of a junction with signals")
    request, yields_to, foes = rights[node].of(connection)
    from_lane = connection.index("fromLane")
    speed_m_s = raw.lanes[connection.text("from")][from_lane].not_negative("speed")
    length_m, via = 0.0, connection.attributes.get("via", "")
    for _ in range(MOST_HOPS):
        if via not in inside:
            break
        part_m, part_m_s, via = inside[via]
        length_m, speed_m_s = length_m + part_m, min(speed_m_s, part_m_s)
    return SumoConnection(
        index=connection.index("linkIndex"),
        node=node,
        request=request,
        from_edge=connection.text("from"),
        from_lane=from_lane,
        to_edge=connection.text("to"),
        to_lane=connection.index("toLane"),
        direction=connection.attributes.get("dir", "s"),
        crossing_m=length_m,
        crossing_m_s=max(speed_m_s, 1.0),
        yields_to=yields_to,
        foes=foes,
    )


def _signal(programme: Element, connections: tuple[SumoConnection, ...]) -> SumoSignal:
    phases = []
    highest = connections[-1].index
    sizes = set()
    for phase in programme.children:
        if phase.tag != "phase":
            continue
        state = phase.text("state")
        if unknown := sorted(set(state) - KNOWN_LETTERS):
            raise phase.error("state", f"of signal {programme.text('id')} must not hold {unknown[0]!r}")
        if len(state) <= highest:
            limit = f"of signal {programme.text('id')} must have a letter for place {highest} of its connections"
            raise phase.error("state", limit)
        sizes.add(len(state))
        phases.append(SumoPhase(state=state, duration_s=phase.not_negative("duration")))
    if not phases:
        raise programme.error("phase", "must occur at least once")
    if len(sizes) > 1:
        raise programme.error("phase.state", f"must have one length, not {sorted(sizes)}")
    offset_s = programme.number("offset") if programme.attributes.get("offset") else 0.0
    places = {connection.index for connection in connections}
    return SumoSignal(
        id=programme.text("id"),
        connections=connections,
        phases=tuple(phases),
        offset_s=offset_s,
        crossings=len(places) < sizes.pop(),
    )
