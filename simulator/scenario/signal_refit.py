"""Signal supply data that follow a changed network: turns come and go, saturation flows keep their value per lane."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from signal_plans.junction import Junction
from signal_plans.signal_group import GroupKind, SignalGroup
from traffic_core.network_arrays import arrays_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.scenario.draft import Draft
    from traffic_core.network import Network, Turn
    from traffic_core.network_arrays import NetworkArrays


def refit_signals(draft: Draft) -> None:
    """Fit the supply data of all junctions to the network of the draft.

    A group whose turns are gone keeps its lamps and its green, for nobody.  A new turn obeys the group of a turn from
    the same link, of the same direction if there is one; where there is none that is a finding: nobody knows its green.
    """
    at_node: dict[str, list[Turn]] = {}
    for turn in draft.network.turns.values():
        at_node.setdefault(turn.node_id, []).append(turn)
    arrays: dict[int, NetworkArrays] = {}
    for junction_id, junction in list(draft.junctions.items()):
        supplied = draft.supplied_for[junction_id]
        if supplied is draft.network:
            continue
        joined = _joined(draft, junction_id, junction, at_node.get(junction_id, []))
        if joined is None:
            del draft.junctions[junction_id]
            draft.warn(draft.scenario.place, f"junction {junction_id} has no turn left: its signals are gone")
            continue
        before, after = (_arrays(network, arrays) for network in (supplied, draft.network))
        groups = {
            group.id: _refitted(group, joined[group.id], before, after) for group in junction.layout.groups.values()
        }
        if groups != dict(junction.layout.groups):
            draft.junctions[junction_id] = _with_groups(junction, groups)
    for node_id in list(draft.own):
        if node_id not in draft.junctions:
            del draft.own[node_id]


def _arrays(network: Network, known: dict[int, NetworkArrays]) -> NetworkArrays:
    """Arrays of a network that lives as long as `known`: several junctions share it."""
    if id(network) not in known:
        known[id(network)] = arrays_of(network)
    return known[id(network)]


def _joined(
    draft: Draft, junction_id: str, junction: Junction, present: list[Turn]
) -> dict[str, tuple[str, ...]] | None:
    """Turns of each group that are there now, new ones with those they go with; None where no vehicle turn is left."""
    here = {turn.id: turn for turn in present}
    turns = {group.id: [t for t in group.turns if t in here] for group in junction.layout.groups.values()}
    for group in junction.layout.groups.values():
        if lost := [turn for turn in group.turns if turn not in here]:
            text = f"signal group {group.id} of junction {junction_id} loses {', '.join(lost)}"
            draft.warn(draft.scenario.place, text)
    group_of = {t: g.id for g in junction.layout.groups.values() if g.kind is GroupKind.VEHICLE for t in turns[g.id]}
    for turn in present:
        if turn.id in group_of:
            continue
        beside = [here[other] for other in group_of if here[other].from_link == turn.from_link]
        alike = [other for other in beside if other.movement is turn.movement] or beside
        if not alike:
            limit = f"has no signal group at junction {junction_id}: new_signal must supply the junction anew"
            draft.findings.add(draft.scenario.place, f"turn {turn.id} from link {turn.from_link}", None, limit)
            continue
        turns[group_of[alike[0].id]].append(turn.id)
        group_of[turn.id] = group_of[alike[0].id]
    return {group: tuple(ids) for group, ids in turns.items()} if group_of else None


def _refitted(group: SignalGroup, turns: tuple[str, ...], before: NetworkArrays, after: NetworkArrays) -> SignalGroup:
    if group.kind is not GroupKind.VEHICLE:
        return replace(group, turns=turns)
    if not turns:
        return replace(group, kind=GroupKind.BUS, turns=(), saturation_flow_veh_h=0.0)
    ratio = served_lanes(after, turns) / served_lanes(before, group.turns)
    return replace(group, turns=turns, saturation_flow_veh_h=group.saturation_flow_veh_h * ratio)


def served_lanes(arrays: NetworkArrays, turns: tuple[str, ...]) -> int:
    """Lanes from which turns are made."""
    groups = sorted({int(arrays.turn_group[arrays.turn_index[turn]]) for turn in turns})
    return int(arrays.group_lanes[groups].sum())


def _with_groups(junction: Junction, groups: Mapping[str, SignalGroup]) -> Junction:
    layout = replace(junction.layout, groups=groups)
    return Junction(
        layout=layout, programmes=tuple(replace(programme, layout=layout) for programme in junction.programmes)
    )
