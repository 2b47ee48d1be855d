"""Signal decisions and states as they are published, and commands as a controller reads them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from api.wire.base import instant_text, seconds_of
from api.wire.publications import GreenPayload, SignalCommand, SignalPayload, StageWishPayload
from signal_plans.decision import SignalDecision, stage_wish
from signal_plans.mode import ModeKind
from signal_plans.programme import GreenWindow, SignalProgramme
from signal_plans.reasons import REASONS, SignalReason
from signal_plans.view import junction_views
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signal_plans.control import SignalControl
    from signal_plans.decision import SignalState
    from signal_plans.layout import SignalLayout
    from traffic_core.network import Network


STATE_VALIDITY_S = 10.0
"""How long the state of a second may be shown."""


def command_of(decision: SignalDecision, valid_until_s: float) -> SignalCommand:
    """A command for the controller of a junction."""
    return SignalCommand(
        junction_id=decision.junction_id,
        programme_id=decision.programme.id,
        cycle_s=decision.programme.cycle_s,
        offset_s=decision.programme.offset_s,
        greens=_greens(decision.programme),
        valid_from=instant_text(decision.valid_from_s),
        valid_until=instant_text(valid_until_s),
        reason=decision.reason.value,
        mode=decision.kind.value,
        wish=None
        if decision.wish is None
        else StageWishPayload(
            stage_id=decision.wish.stage_id,
            groups=list(decision.wish.groups),
            valid_from=instant_text(decision.wish.from_s),
        ),
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
    kind = ModeKind(command.mode)
    if kind is ModeKind.ADAPTIVE and command.wish is None:
        raise InvalidValueError(f"command[{command.junction_id}].wish", None, "must be given under adaptive control")
    return SignalDecision(
        junction_id=command.junction_id,
        programme=programme,
        valid_from_s=_second_of(command.valid_from),
        reason=SignalReason(command.reason),
        kind=kind,
        wish=None
        if command.wish is None
        else stage_wish(layout, command.wish.groups, _second_of(command.wish.valid_from)),
    )


def _second_of(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp())


def expiry_of(command: SignalCommand) -> float:
    """When a command expires that is not said again, s since 1970."""
    return seconds_of(datetime.fromisoformat(command.valid_until))


def signal_payloads(control: SignalControl, state: SignalState, network: Network) -> Iterator[SignalPayload]:
    """State of every junction in one second."""
    for view in junction_views(control, state):
        lon, lat = network.nodes[view.junction_id].position
        programme = view.command.programme
        yield SignalPayload(
            **command_of(view.command, state.now_s + STATE_VALIDITY_S).model_dump(exclude={"greens"}),
            greens=_greens(programme),
            name=programme.layout.name,
            lon=lon,
            lat=lat,
            second=view.second,
            stage_id=view.stage_id,
            stage_since=instant_text(view.stage_since_s),
            groups={group: lamp.word for group, lamp in view.lamps.items()},
            queue_veh={group: round(queue, 1) for group, queue in view.queue_veh.items() if queue is not None},
            load=None if view.load is None else round(view.load, 3),
            reason_de=REASONS[view.command.reason].de,
            reason_en=REASONS[view.command.reason].en,
        )


def _greens(programme: SignalProgramme) -> dict[str, list[GreenPayload]]:
    return {
        group: [GreenPayload(start_s=window.start_s, length_s=window.length_s) for window in windows]
        for group, windows in programme.greens.items()
    }
