"""The plan of a junction in the form that the drawings of signal plans take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.planning.junctions.plan import junction_plan
from signal_plans.drawing.sketch import Sketch, SketchArm, SketchLane, SketchTurn
from signal_plans.rilsa.giving_way import go_first
from signal_plans.rilsa.placement import crossed_arms
from signal_plans.signal_group import GroupKind
from traffic_core.consistency.facts import ModelFacts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.planning.junctions.plan import Arm, JunctionPlan
    from api.town import Town
    from signal_plans.layout import SignalLayout


def sketch_of(town: Town, junction_id: str) -> Sketch:
    """Sketch of a junction with supply data."""
    layout = town.junctions[junction_id].layout
    vehicle = {group.id: group.turns for group in layout.groups.values() if group.kind is GroupKind.VEHICLE}
    crossed = crossed_arms(town.network, layout)
    plan = junction_plan(ModelFacts(network=town.network, supplies={junction_id: vehicle}), junction_id)
    places = {id(arm): place for place, arm in enumerate(plan.arms)}
    first = go_first(town.network, layout)
    turns = tuple(
        SketchTurn(
            id=path.turn.id,
            from_arm=places[id(path.come)],
            to_arm=places[id(path.go)],
            start_offset_m=path.start_offset_m,
            end_offset_m=path.end_offset_m,
            gives_way_to=first.get(path.turn.id, ()),
        )
        for path in plan.turns
    )
    groups = {group.id: vehicle.get(group.id, ()) for group in layout.groups.values()}
    return Sketch(
        id=junction_id,
        name=layout.name,
        arms=tuple(_arm(plan, arm, _crossings(layout, arm, crossed)) for arm in plan.arms),
        turns=turns,
        groups=groups,
    )


def _crossings(layout: SignalLayout, arm: Arm, crossed: Mapping[str, str]) -> Mapping[GroupKind, tuple[str, ...]]:
    """Groups that cross an arm, by their kind."""
    links = {link.id for link in (arm.come, arm.go) if link is not None}
    here = [layout.groups[name] for name, link in crossed.items() if link in links]
    return {kind: tuple(group.id for group in here if group.kind is kind) for kind in GroupKind}


def _arm(plan: JunctionPlan, arm: Arm, crossings: Mapping[GroupKind, tuple[str, ...]]) -> SketchArm:
    link = arm.come or arm.go
    detectors = tuple(
        (detector.id, detector.to_stop_line_m)
        for detector in plan.detectors
        if arm.come is not None and detector.link_id == arm.come.id
    )
    return SketchArm(
        name=link.name if link is not None else "",
        bearing_deg=arm.bearing_deg,
        stop_m=arm.stop_m,
        edges_m=arm.edges_m,
        lanes=tuple(
            SketchLane(offset_m=lane.offset_m, movements=lane.movements, described=lane.described) for lane in arm.lanes
        ),
        out_offsets_m=arm.out_offsets_m,
        detectors=detectors,
        crossings=crossings[GroupKind.PEDESTRIAN],
        cycle_crossings=crossings[GroupKind.CYCLE],
    )
