"""Where the links of a result run, for maps and GeoJSON."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

from traffic_core.demand import ZoneKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from traffic_core.demand import Zone
    from traffic_core.geometry import LonLat
    from traffic_core.network import Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A name on a map; `gate` stands at the edge of a model."""

    name: str
    position: tuple[float, float]
    gate: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Courses:
    """Lines of R links in the order of the results, and names around them."""

    lines: tuple[tuple[LonLat, ...], ...]
    """Longitude and latitude, or plane coordinates of an unknown unit."""
    geographic: bool = True
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultLinks:
    """Identity of R links in the order of the results; `courses` is None where a network has no coordinates."""

    ids: tuple[str, ...]
    from_nodes: tuple[str, ...]
    to_nodes: tuple[str, ...]
    names: tuple[str, ...]
    courses: Courses | None = None


def links_of_network(network: Network, places: tuple[Place, ...] = ()) -> ResultLinks:
    """Identity and course of every link of a street network."""
    links = tuple(network.links.values())
    return ResultLinks(
        ids=tuple(link.id for link in links),
        from_nodes=tuple(link.from_node for link in links),
        to_nodes=tuple(link.to_node for link in links),
        names=tuple(link.name for link in links),
        courses=Courses(lines=tuple(link.line for link in links), places=places),
    )


def places_of(network: Network, zones: Iterable[Zone]) -> tuple[Place, ...]:
    """Names for a map: each outside zone at its gate, and districts, which several inside zones begin with."""
    known = list(zones)
    gates = [Place(name=z.name, position=_middle(network, z.nodes), gate=True) for z in known if not _inside(z)]
    districts: dict[str, list[Zone]] = {}
    for zone in known:
        first = zone.name.split()[0]
        if _inside(zone) and first[0].isalpha() and not first.endswith("gebiet"):  # Gewerbegebiet is no district
            districts.setdefault(first, []).append(zone)
    named = [
        Place(name=name, position=_middle(network, [node for zone in group for node in zone.nodes]))
        for name, group in districts.items()
        if len(group) > 1 or group[0].name == name
    ]
    return (*gates, *named)


def _inside(zone: Zone) -> bool:
    return zone.kind is ZoneKind.INSIDE


def _middle(network: Network, nodes: Collection[str]) -> tuple[float, float]:
    positions = [network.nodes[node].position for node in nodes]
    return fmean(lon for lon, _ in positions), fmean(lat for _, lat in positions)
