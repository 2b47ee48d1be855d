"""What a restart takes over from the store: the last readings, contents and commands."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from api.parking.forecast_memory import refill
from api.signals_desk import subject_of
from api.signs_desk import stored_overrides
from api.store.errors import RowsRefusedError, StoreUnavailableError
from api.wire.publications import SignalCommand, SignPayload
from api.wire.signals import decision_of
from api.wire.signs import content_of
from parking.occupancy import WORD_LIMIT_S
from signal_plans.decision import stage_wish
from signal_plans.mode import ModeKind
from signal_plans.reasons import SignalReason
from traffic_core.readings import BayReading, OccupancyReading

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.assembly import Service
    from api.store.rows import DecisionRow, SignalCommandRow, StageWishRow
    from api.store.store import Store
    from parking.sign import SignContent
    from signal_plans.decision import SignalDecision

log = structlog.get_logger(__name__)

LONGEST_COUNT_S = 86_400.0
"""How far back a level is looked for that entries and exits have moved on since; what is older has drifted."""


def take_over(service: Service, store: Store, now_s: float) -> dict[str, int]:
    """Restore what the store knows; return how much of each.  A store that is away costs memory, not the start."""
    try:
        store.migrate()
        signs = store.latest_signs()
        commands = store.commands_at(now_s)
        stages = store.stage_wishes_at(now_s)
        operators = _operators(service, store)
        bays = _bays(service, store, now_s)
        parking = service.loop.parking_log
        if parking is not None:
            parking.restore(service.city, store, list(service.town.parking.facilities))
        readings = _readings(service, store, now_s)  # from where that memory ends
        overrides = stored_overrides(store, now_s)
        forecaster = service.loop.forecaster
        if forecaster is not None:
            refill(forecaster, service.town.parking, store, now_s)
    except (StoreUnavailableError, RowsRefusedError) as error:
        log.warning("nothing_taken_over", error=str(error))
        return {"readings": 0, "contents": 0, "commands": 0, "wishes": 0, "overrides": 0}
    known: list[OccupancyReading | BayReading] = [*readings, *bays]
    for reading in known:
        service.city.accept(reading)
        service.gate.remember(reading)
    if parking is not None:
        parking.restore_doubts(service.city)
    contents = [found for row in signs.values() if (found := _content(row.payload_json)) is not None]
    service.loop.guidance.restore(contents)
    taken = _take_commands(service, commands, stages)
    desk = service.live.signals
    wishes = 0 if desk is None else sum(desk.restore(rows, now_s) for rows in operators)
    signs_desk = service.live.signs
    kept = 0 if signs_desk is None else signs_desk.restore(overrides, now_s)
    return {
        "readings": len(readings),
        "contents": len(contents),
        "commands": taken,
        "wishes": wishes,
        "overrides": kept,
    }


def _operators(service: Service, store: Store) -> list[list[DecisionRow]]:
    """What operators asked, by junction, oldest first: however old, as a permission does not expire."""
    if service.live.signals is None:
        return []
    return [store.lasting_decisions(subject_of(name)) for name in service.live.signals.junction_ids]


def _readings(service: Service, store: Store, now_s: float) -> list[OccupancyReading]:
    """Accepted readings from which the state of the car parks follows again, oldest first.

    Of each: the last one; the last that told whether it is open, however old; all that a level may still be known
    from; where entries and exits alone have moved the level on since, all from the one that told it; and all since what
    was learned was kept.
    """
    end_s = math.nextafter(now_s + service.gate.settings.tolerated_future_s, math.inf)
    levels = store.latest_occupancy(end_s, ("free_veh", "occupied_veh"))
    latest = store.latest_occupancy(end_s)
    openness = store.latest_occupancy(end_s, ("is_open",))
    found: dict[tuple[float, str], OccupancyReading] = {}
    for facility_id in service.gate.sources.facility_capacity_veh.keys() & latest.keys():
        from_s = now_s - WORD_LIMIT_S
        if facility_id in levels and levels[facility_id].measured_at_s > now_s - LONGEST_COUNT_S:
            from_s = min(from_s, levels[facility_id].measured_at_s)
        if (known_s := service.city.known_until_s(facility_id)) > now_s - LONGEST_COUNT_S:
            from_s = min(from_s, known_s)
        known = [latest[facility_id], *store.history(OccupancyReading, facility_id, from_s, end_s)]
        if facility_id in openness:
            known.append(openness[facility_id])
        found.update({(reading.measured_at_s, facility_id): reading for reading in known})
    return [found[key] for key in sorted(found)]


def _bays(service: Service, store: Store, now_s: float) -> list[BayReading]:
    """The last reading of each bay that may still be alive; a bay tells nothing until its state changes."""
    counting = service.city.occupancy.counting
    silent_s = max((counting.settings(key).bay_silent_s for key in service.town.parking.facilities), default=0.0)
    end_s = math.nextafter(now_s, math.inf)
    return [reading for reading in store.latest_bays(end_s) if now_s - reading.measured_at_s <= silent_s]


def _content(text: str) -> SignContent | None:
    try:
        return content_of(SignPayload.model_validate_json(text))
    except ValueError as error:  # written by an older version: the next content replaces it
        log.warning("content_not_taken_over", error=str(error))
        return None


def _take_commands(service: Service, rows: list[SignalCommandRow], stages: Mapping[str, StageWishRow]) -> int:
    control = service.loop.control
    if control is None:
        return 0
    commands: list[SignalDecision] = []
    for row in rows:
        try:
            commands.append(_as_wished(_decision(service, row.payload_json), row, stages.get(row.junction_id)))
        except (ValueError, KeyError) as error:  # unsafe or unknown in today's supply
            log.warning("command_not_taken_over", error=str(error))
    strangers = control.restore(commands)
    for stranger in strangers:
        log.warning("command_not_taken_over", error=f"{stranger.junction_id} is supplied otherwise today")
    return len(commands) - len(strangers)


def _decision(service: Service, text: str) -> SignalDecision:
    command = SignalCommand.model_validate_json(text)
    return decision_of(command, service.town.junctions[command.junction_id].layout)


def _as_wished(command: SignalDecision, row: SignalCommandRow, last: StageWishRow | None) -> SignalDecision:
    """A command of adaptive control with the stage that was wished last since."""
    if command.kind is not ModeKind.ADAPTIVE or last is None or last.issued_at_s < row.issued_at_s:
        return command
    from_s = round(last.valid_from_s)
    wish = stage_wish(command.programme.layout, json.loads(last.groups_json), from_s)
    return replace(command, valid_from_s=from_s, reason=SignalReason(last.reason), wish=wish)
