"""Which links a report shows.

Measures cut links in their middle and build new ones, so that base and variants have different links.  A report shows
the links of the model before all measures, whole, and those that scenarios build.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.whatif.report.content import LinkShape
from traffic_core.network_split import upstream_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from traffic_core.network import Link, Network


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ShownLinks:
    """The links of a report."""

    shapes: tuple[LinkShape, ...]
    row: Mapping[str, int]
    """By id"""


def whole_of(model: Network, network: Network, link_id: str) -> str:
    """Id of the link that a link was cut from, or its own: `network` is `model` after measures."""
    if link_id in model.links:
        return link_id
    node_id = network.links[link_id].to_node
    whole = link_id.removesuffix(f"-{node_id}")
    return whole if whole in network.links and upstream_id(whole, node_id) == link_id else link_id


def shown_links(model: Network, changed: Iterable[Network]) -> ShownLinks:
    """Links of a model, then those that only the changed networks have, in their order."""
    shapes = {link.id: _shape(link, (link,)) for link in model.links.values()}
    for network in changed:
        parts: dict[str, list[Link]] = {}
        for link in network.links.values():
            whole = whole_of(model, network, link.id)
            if whole not in shapes:
                parts.setdefault(whole, []).append(link)
        for whole, (last, *before) in parts.items():  # a part is added behind what it is cut from, in driving order
            shapes[whole] = _shape(network.links[whole], (*before, last))
    return ShownLinks(shapes=tuple(shapes.values()), row={link_id: row for row, link_id in enumerate(shapes)})


def _shape(link: Link, parts: Iterable[Link]) -> LinkShape:
    points = dict.fromkeys((point[0], point[1]) for part in parts for point in part.line)
    line = tuple(points) if len(points) > 1 else tuple((point[0], point[1]) for point in link.line)
    return LinkShape(link_id=link.id, name=link.name, line=line, lanes=link.lanes)
