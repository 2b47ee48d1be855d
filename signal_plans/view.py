"""One junction in words, for people and for interfaces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from signal_plans.lamp import Lamp
from signal_plans.mode import WITHOUT_LAMPS
from signal_plans.signal_group import GroupKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from signal_plans.control import SignalControl
    from signal_plans.decision import SignalDecision, SignalState


@dataclass(frozen=True, slots=True, kw_only=True)
class JunctionView:
    """What a junction does in a second; None means "not known"."""

    junction_id: str
    command: SignalDecision
    """The programme that runs, with offset and reason."""
    second: int
    stage_id: str
    stage_since_s: int
    lamps: Mapping[str, Lamp]
    """Empty where the junction is off, flashing or on its own."""
    queue_veh: Mapping[str, float | None]
    """Estimated queue of each vehicle group."""
    load: float | None
    """Highest degree of saturation of the junction."""


def junction_views(control: SignalControl, state: SignalState) -> list[JunctionView]:
    """Views of all junctions in the order of the town, from the state that `control.step` returned last."""
    views = []
    for j, layout in enumerate(control.town.layouts):
        command = control.running(layout.junction_id)
        if command is None:
            continue
        first = control.town.groups(j).start
        places = list(enumerate(layout.groups.values(), start=first))
        views.append(
            JunctionView(
                junction_id=layout.junction_id,
                command=command,
                second=int(state.second[j]),
                stage_id=layout.stages[int(state.stage[j])].id,
                stage_since_s=int(state.stage_since_s[j]),
                lamps={}
                if command.kind in WITHOUT_LAMPS
                else {group.id: Lamp(int(state.lamp[g])) for g, group in places},
                queue_veh={
                    group.id: float(state.queue_veh[g]) if state.flow_known[g] else None
                    for g, group in places
                    if group.kind is GroupKind.VEHICLE
                },
                load=float(state.load[j]) if state.load_known[j] else None,
            )
        )
    return views
