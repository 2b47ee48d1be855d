"""Which turns give way to groups that are green at the same time: to who crosses beside them, or comes towards them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signal_plans.rilsa.arms import arms_of
from signal_plans.rilsa.placement import TURNERS, crossed_arms, links_of
from signal_plans.streams.from_layout import stream_town

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signal_plans.layout import SignalLayout
    from traffic_core.network import Network


def go_first(network: Network, layout: SignalLayout) -> dict[str, tuple[str, ...]]:
    """Groups that go first, by the turn that gives way to them, in the order of the layout.

    Turners let who crosses the arm they lead to go first, and left turns oncoming traffic, wherever the supply has no
    intergreen between the two; turners of a pair that the supply flags as permissive do so anyway.
    """
    turns = {turn: group.id for group in layout.groups.values() for turn in group.turns}
    arm_of = {link: place for place, arm in enumerate(arms_of(network, layout.junction_id)) for link in links_of(arm)}
    found: dict[str, set[str]] = {turn: set() for turn in turns}
    for walker, crossed in crossed_arms(network, layout).items():
        for turn, group in turns.items():
            into = arm_of[network.turns[turn].to_link] == arm_of[crossed]
            if into and network.turns[turn].movement in TURNERS and not layout.intergreen.conflict(group, walker):
                found[turn].add(walker)
    for turn, groups in _oncoming(network, layout):
        found[turn].update(groups)
    for yielding, first in layout.permissive:
        of_group = [turn for turn in layout.groups[yielding].turns if network.turns[turn].movement in TURNERS]
        if not any(first in found[turn] for turn in of_group):
            for turn in of_group:
                found[turn].add(first)
    return {
        turn: tuple(group for group in layout.groups if group in groups) for turn, groups in found.items() if groups
    }


def _oncoming(network: Network, layout: SignalLayout) -> Iterator[tuple[str, set[str]]]:
    """Left turns and the groups of the traffic they let go first, as the streams of the junction have it."""
    (junction,) = stream_town(network, [layout]).junctions
    by_pair = {(turn.from_link, turn.to_link): turn.id for turn in network.turns.values()}
    for stream in junction.streams:
        if stream.yields_to:
            come = junction.lanes[stream.lane].id.rpartition("/")[0]
            yield by_pair[come, stream.exit], {junction.streams[other].group for other in stream.yields_to}
