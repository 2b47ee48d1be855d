"""What a restart takes over from the store: the last readings, contents and commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from api.store.errors import StoreUnavailableError
from api.wire.publications import SignalCommand, SignPayload
from api.wire.signals import decision_of
from api.wire.signs import content_of

if TYPE_CHECKING:
    from api.assembly import Service
    from api.store.store import Store
    from parking.sign import SignContent
    from signal_plans.decision import SignalDecision

log = structlog.get_logger(__name__)


def take_over(service: Service, store: Store, now_s: float) -> dict[str, int]:
    """Restore what the store knows; return how much of each.  A store that is away costs memory, not the start."""
    try:
        store.migrate()
        readings = store.latest_occupancy()
        signs = store.latest_signs()
        commands = store.latest_commands()
    except StoreUnavailableError as error:
        log.warning("nothing_taken_over", error=str(error))
        return {"readings": 0, "contents": 0, "commands": 0}
    known = service.gate.sources.facility_capacity_veh
    usable = [r for r in readings.values() if r.source_id in known and r.measured_at_s <= now_s]
    for reading in usable:
        service.city.accept(reading)
        service.gate.remember(reading)
    contents = [found for row in signs.values() if (found := _content(row.payload_json)) is not None]
    service.loop.guidance.restore(contents)
    taken = _take_commands(service, [row.payload_json for row in commands.values()])
    return {"readings": len(usable), "contents": len(contents), "commands": taken}


def _content(text: str) -> SignContent | None:
    try:
        return content_of(SignPayload.model_validate_json(text))
    except ValueError as error:  # written by an older version: the next content replaces it
        log.warning("content_not_taken_over", error=str(error))
        return None


def _take_commands(service: Service, texts: list[str]) -> int:
    control = service.loop.control
    if control is None:
        return 0
    commands: list[SignalDecision] = []
    for text in texts:
        try:
            commands.append(_decision(service, text))
        except (ValueError, KeyError) as error:  # unsafe or unknown in today's supply
            log.warning("command_not_taken_over", error=str(error))
    strangers = control.restore(commands)
    for stranger in strangers:
        log.warning("command_not_taken_over", error=f"{stranger.junction_id} is supplied otherwise today")
    return len(commands) - len(strangers)


def _decision(service: Service, text: str) -> SignalDecision:
    command = SignalCommand.model_validate_json(text)
    return decision_of(command, service.town.junctions[command.junction_id].layout)
