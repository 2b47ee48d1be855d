"""The plan of a junction in the form that the drawings of signal plans take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.planning.junctions.plan import junction_plan
from signal_plans.drawing.sketch import Sketch, SketchArm, SketchLane, SketchTurn
from signal_plans.signal_group import GroupKind
from traffic_core.consistency.facts import ModelFacts

if TYPE_CHECKING:
    from api.planning.junctions.plan import Arm, JunctionPlan
    from api.town import Town


def sketch_of(town: Town, junction_id: str) -> Sketch:
    """Sketch of a junction with supply data."""
    layout = town.junctions[junction_id].layout
    vehicle = {group.id: group.turns for group in layout.groups.values() if group.kind is GroupKind.VEHICLE}
    plan = junction_plan(ModelFacts(network=town.network, supplies={junction_id: vehicle}), junction_id)
    places = {id(arm): place for place, arm in enumerate(plan.arms)}
    turns = tuple(
        SketchTurn(
            id=path.turn.id,
            from_arm=places[id(path.come)],
            to_arm=places[id(path.go)],
            start_offset_m=path.start_offset_m,
            end_offset_m=path.end_offset_m,
        )
        for path in plan.turns
    )
    groups = {group.id: vehicle.get(group.id, ()) for group in layout.groups.values()}
    return Sketch(
        id=junction_id,
        name=layout.name,
        arms=tuple(_arm(plan, arm) for arm in plan.arms),
        turns=turns,
        groups=groups,
    )


def _arm(plan: JunctionPlan, arm: Arm) -> SketchArm:
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
    )
