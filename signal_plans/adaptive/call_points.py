"""Names under which buses and persons ask a junction for green.

A group on its own lane or crossing is called `{junction}.{group}`, a vehicle group that a bus shares with cars
`{junction}.{group}.{link}`: the link that the bus comes on.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from signal_plans.signal_group import GroupKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from signal_plans.layout import SignalLayout
    from traffic_core.network import Network
    from traffic_core.quality_gate import KnownSources


class CallPoint(NamedTuple):
    """Where a bus calls: a group, and for a group of the street the link it comes on."""

    junction_id: str
    group_id: str
    link_id: str | None


def call_points(network: Network, layouts: Sequence[SignalLayout]) -> dict[str, CallPoint]:
    """All groups that a bus may call, by name: those of vehicles and those of buses."""
    found = {}
    for layout in layouts:
        for group in layout.groups.values():
            name = f"{layout.junction_id}.{group.id}"
            if group.kind is GroupKind.VEHICLE:
                for link in dict.fromkeys(network.turns[turn].from_link for turn in group.turns):
                    found[f"{name}.{link}"] = CallPoint(layout.junction_id, group.id, link)
            elif group.kind is GroupKind.BUS:
                found[name] = CallPoint(layout.junction_id, group.id, None)
    return found


def buttons(layouts: Sequence[SignalLayout]) -> dict[str, int]:
    """Groups that are served on request, by name, as positions among all groups of the town."""
    names = [(layout.junction_id, group) for layout in layouts for group in layout.groups.values()]
    return {f"{junction}.{group.id}": place for place, (junction, group) in enumerate(names) if group.on_request}


def with_requests(sources: KnownSources, network: Network, layouts: Sequence[SignalLayout]) -> KnownSources:
    """What may report in a town, with buses and buttons."""
    return replace(sources, call_points=frozenset(call_points(network, layouts)), buttons=frozenset(buttons(layouts)))
