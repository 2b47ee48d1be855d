"""A model as the checks see it: the network, and the other parts as plain data."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from traffic_core.network import Link, NodeControl

if TYPE_CHECKING:
    from collections.abc import Mapping

    from traffic_core.demand import Zone
    from traffic_core.geometry import LonLat
    from traffic_core.network import Lane, Network, Node, Turn

_By = dict[str, list[Link]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CarPark:
    """A car park: where it lies and at which node its driveway begins."""

    id: str
    position: LonLat
    access_node: str


@dataclass(frozen=True, kw_only=True)
class ModelFacts:
    """Everything the checks look at.  Unlike in a `Network`, references between the parts may lead nowhere."""

    network: Network
    zones: tuple[Zone, ...] = ()
    supplies: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    """Turns of each vehicle signal group, by junction and group."""
    car_parks: tuple[CarPark, ...] = ()
    counted_links: frozenset[str] = frozenset()
    """Links with a count."""

    @cached_property
    def come(self) -> _By:
        """Links into each node."""
        return self._links_by("to_node")

    @cached_property
    def go(self) -> _By:
        """Links out of each node."""
        return self._links_by("from_node")

    def _links_by(self, end: str) -> _By:
        found: _By = {node: [] for node in self.network.nodes}
        for link in self.network.links.values():
            found[getattr(link, end)].append(link)
        return found

    @cached_property
    def turns_from(self) -> dict[str, list[Turn]]:
        """Turns out of each link."""
        found: dict[str, list[Turn]] = {link: [] for link in self.network.links}
        for turn in self.network.turns.values():
            found[turn.from_link].append(turn)
        return found

    @cached_property
    def entered(self) -> frozenset[str]:
        """Links that some turn leads into."""
        return frozenset(turn.to_link for turn in self.network.turns.values())

    @cached_property
    def lanes_of(self) -> dict[str, list[Lane]]:
        """Described lanes of each link that has any, from the right."""
        found: dict[str, list[Lane]] = defaultdict(list)
        for lane in sorted(self.network.lanes, key=lambda lane: lane.number):
            found[lane.link_id].append(lane)
        return dict(found)

    @cached_property
    def zone_nodes(self) -> frozenset[str]:
        """Nodes at which trips of a zone or a car park start and end."""
        of_zones = (node for zone in self.zones for node in zone.nodes)
        return frozenset(of_zones) | {park.access_node for park in self.car_parks}

    def neighbours(self, node_id: str) -> set[str]:
        """Nodes at the other ends of the links of a node."""
        return {link.from_node for link in self.come[node_id]} | {link.to_node for link in self.go[node_id]}

    def is_gate(self, node_id: str) -> bool:
        """Whether traffic enters or leaves the model there."""
        return self.network.nodes[node_id].control is NodeControl.GATE

    def is_dead_end(self, node_id: str) -> bool:
        """Whether a node has one neighbour and is no gate."""
        return len(self.neighbours(node_id)) == 1 and not self.is_gate(node_id)


def named(record: Node | Link | Zone) -> str:
    """Name and id of a record, once where they are the same."""
    return record.id if record.name == record.id else f"{record.name} ({record.id})"


def listed(ids: list[str], most: int = 6) -> str:
    """Ids between commas, the first few and how many more."""
    more = len(ids) - most
    return ", ".join(ids[:most]) + (f" and {more} more" if more > 0 else "")
