"""The control loop: every second the signals, every ten seconds the guidance, and what is published of them."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

import structlog

from api.logs import Throttle
from api.outgoing import Outgoing, loads, parking_message, sign_message, signal_message
from api.wire.signals import STATE_VALIDITY_S, signal_payloads
from api.wire.signs import facility_payload, sign_payload
from parking.demand import ParkingDemand
from signal_plans.announcement import Announcement

if TYPE_CHECKING:
    from api.board import Board
    from api.bus.port import Bus
    from api.city import City
    from api.clock import Clock
    from api.history import History
    from api.town import Town
    from parking.guidance import Guidance, GuidanceResult
    from parking.occupancy import PlacesEstimate
    from signal_plans.control import SignalControl
    from signal_plans.decision import SignalState

GUIDANCE_EVERY_S = 10.0
TURN_EVERY_S = 1.0
PARKING_VALIDITY_S = 60.0
LOADS_VALIDITY_S = 30.0


class ControlLoop:
    """Thin: it reads the clock, calls the rooms in their order, and hands on what they decide."""

    def __init__(
        self,
        *,
        clock: Clock,
        town: Town,
        city: City,
        control: SignalControl | None,
        guidance: Guidance,
        board: Board,
        history: History,
        bus: Bus,
    ) -> None:
        self.clock = clock
        self.town = town
        self.city = city
        self.control = control
        self.guidance = guidance
        self.board = board
        self.history = history
        self.bus = bus
        self.turned_at: float | None = None
        """Monotonic time of the last turn."""
        self.cycles = 0
        self.failures = 0
        self.skipped_s = 0
        self.last_cycle_s = 0.0
        self._demand = ParkingDemand(town.parking, guidance.cells)
        self._complaints = Throttle(structlog.get_logger(__name__))
        self._guided_at_s = -math.inf
        self._announcement = Announcement()

    async def run(self) -> None:
        """Turn once a second of the clock until cancelled.

        A turn that fails is logged and counted, and the next one is tried: what was published expires by itself, and
        `/healthz` says so when no turn succeeds any more.
        """
        while True:
            now_s = self.clock.now_s()
            try:
                messages = self.turn(now_s)
            except Exception:  # noqa: BLE001  # logged and counted; the next turn may succeed
                self.failures += 1
                self._complaints.warning("turn_failed", exc_info=True)
            else:
                await self.publish(messages)
            await self.clock.wait_until(math.floor(now_s) + TURN_EVERY_S)

    async def publish(self, messages: list[Outgoing]) -> None:
        """Hand messages to the bus, which never waits for a broker."""
        for message in messages:
            await self.bus.publish(
                message.topic, message.payload, retain=True, qos=message.qos, expires_at_s=message.expires_at_s
            )

    def turn(self, now_s: float) -> list[Outgoing]:
        """One cycle at `now_s`; return what is to be said over the bus."""
        began = time.perf_counter()
        self.city.flows.advance(now_s)
        messages: list[Outgoing] = []
        if self.control is not None:
            messages += self._signals(self.control, now_s)
        if not 0.0 <= now_s - self._guided_at_s < GUIDANCE_EVERY_S:
            self._guided_at_s = math.floor(now_s / GUIDANCE_EVERY_S) * GUIDANCE_EVERY_S
            messages += self._guidance(now_s)
            told = loads(self.city)
            self.board.put("loads", now_s, told, dict.fromkeys(told, now_s + LOADS_VALIDITY_S))
        self.cycles += 1
        self.turned_at = time.monotonic()
        self.last_cycle_s = time.perf_counter() - began
        return messages

    def _signals(self, control: SignalControl, now_s: float) -> list[Outgoing]:
        flow_veh_h, known = control.approaches.group_flows(*self.city.flows.of(control.approaches.links))
        observed = self.city.observed(control.approaches, now_s)
        state: SignalState = control.step(now_s, flow_veh_h, known, observed)
        if self.city.sensors is not None:
            self.city.sensors.note(state, observed.occupancy_share)
        self.skipped_s += state.skipped_s
        payloads = {payload.junction_id: payload for payload in signal_payloads(control, state, self.town.network)}
        self.board.put("signals", now_s, payloads, dict.fromkeys(payloads, state.now_s + STATE_VALIDITY_S))
        self.history.signals(now_s, state)
        said = self._announcement.due(control, state.decisions, now_s)
        return [signal_message(decision, now_s) for decision in said]

    def _guidance(self, now_s: float) -> list[Outgoing]:
        estimates = self.city.occupancy.estimates(now_s)
        result: GuidanceResult = self.guidance.step(now_s, estimates, self._demand.of(self.city.flows))
        label = self.town.info.label_en
        signs = {}
        limits_s = {}
        for sign_id in result.changed:
            content = result.contents[sign_id]
            recommended = {number for number, is_best in enumerate(result.recommended[sign_id]) if is_best}
            signs[sign_id] = sign_payload(self.town.parking.signs[sign_id], content, recommended, label)
            limits_s[sign_id] = content.valid_until_s
        self.board.put("signs", now_s, signs, limits_s)
        until_s = {key: _parking_until_s(now_s, estimate) for key, estimate in estimates.items()}
        facilities = {
            key: facility_payload(facility, estimates[key], result.facilities[key], until_s[key])
            for key, facility in self.town.parking.facilities.items()
        }
        changed = self.board.put("parking", now_s, facilities, until_s)
        items = self.board.items
        self.history.guidance(now_s, result, {sign_id: items["signs"][sign_id].page.body for sign_id in signs})
        messages = [sign_message(sign_id, items["signs"][sign_id]) for sign_id in signs]
        return messages + [parking_message(facility_id, items["parking"][facility_id]) for facility_id in changed]


def _parking_until_s(now_s: float, estimate: PlacesEstimate) -> float:
    """How long what is said of a car park may be shown: shortly, and never beyond the limits of its data."""
    limits_s = (limit_s for limit_s in (estimate.number_until_s, estimate.word_until_s) if limit_s is not None)
    return min([now_s + PARKING_VALIDITY_S, *(limit_s for limit_s in limits_s if limit_s > now_s)])
