"""Signal decisions and states as they are published, and commands as a controller reads them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from api.wire.base import instant_text
from api.wire.publications import GreenPayload, SignalCommand, SignalPayload
from signal_plans.decision import SignalDecision
from signal_plans.lamp import Lamp
from signal_plans.programme import GreenWindow, SignalProgramme
from signal_plans.reasons import REASONS, SignalReason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signal_plans.control import SignalControl
    from signal_plans.decision import SignalState
    from signal_plans.layout import SignalLayout
    from traffic_core.network import Network


def command_of(decision: SignalDecision) -> SignalCommand:
    """A command for the controller of a junction."""
    return SignalCommand(
        junction_id=decision.junction_id,
        programme_id=decision.programme.id,
        cycle_s=decision.programme.cycle_s,
        offset_s=decision.programme.offset_s,
        greens=_greens(decision.programme),
        valid_from=instant_text(decision.valid_from_s),
        reason=decision.reason.value,
    )


def decision_of(command: SignalCommand, layout: SignalLayout) -> SignalDecision:
    """The decision a command carries.  Raises `UnsafeProgrammeError` or `InvalidValueError`: nothing unsafe gets in."""
    programme = SignalProgramme(
        id=command.programme_id,
        layout=layout,
        cycle_s=command.cycle_s,
        offset_s=command.offset_s,
        greens={
            group: tuple(GreenWindow(start_s=window.start_s, length_s=window.length_s) for window in windows)
            for group, windows in command.greens.items()
        },
    )
    return SignalDecision(
        junction_id=command.junction_id,
        programme=programme,
        valid_from_s=round(datetime.fromisoformat(command.valid_from).timestamp()),
        reason=SignalReason(command.reason),
    )


def signal_payloads(control: SignalControl, state: SignalState, network: Network) -> Iterator[SignalPayload]:
    """State of every junction in one second."""
    first = control.town.first_group
    for j, junction_id in enumerate(control.junction_ids):
        running = control.running(junction_id)
        if running is None:
            continue
        layout = control.town.layouts[j]
        groups = range(int(first[j]), int(first[j + 1]))
        names = dict(zip(groups, layout.groups, strict=True))
        lon, lat = network.nodes[junction_id].position
        yield SignalPayload(
            **command_of(running).model_dump(exclude={"greens"}),
            greens=_greens(running.programme),
            name=layout.name,
            lon=lon,
            lat=lat,
            second=int(state.second[j]),
            stage_id=layout.stages[int(state.stage[j])].id,
            stage_since=instant_text(float(state.stage_since_s[j])),
            groups={names[g]: Lamp(int(state.lamp[g])).word for g in groups},
            queue_veh={names[g]: round(float(state.queue_veh[g]), 1) for g in groups if state.flow_known[g]},
            load=round(float(state.load[j]), 3) if state.load_known[j] else None,
            reason_de=REASONS[running.reason].de,
            reason_en=REASONS[running.reason].en,
        )


def _greens(programme: SignalProgramme) -> dict[str, list[GreenPayload]]:
    return {
        group: [GreenPayload(start_s=window.start_s, length_s=window.length_s) for window in windows]
        for group, windows in programme.greens.items()
    }
