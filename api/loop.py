"""The control loop: every second the signals, every ten seconds the guidance, and what is published of them."""

from __future__ import annotations

import math
import time
from collections import defaultdict
from typing import TYPE_CHECKING, TypeVar

import structlog

from api.logs import Throttle
from api.outgoing import Outgoing, loads, parking_message, sign_message, signal_message
from api.wire.signals import STATE_VALIDITY_S, signal_payloads
from api.wire.signs import facility_payload, sign_payload
from parking.demand import ParkingDemand
from signal_plans.announcement import Announcement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from api.board import Board
    from api.bus.port import Bus
    from api.city import City
    from api.clock import Clock
    from api.history import History
    from api.parking_log import ParkingLog
    from api.town import Town
    from api.wire.publications import FacilityPayload, SignPayload
    from parking.forecast.forecaster import Forecaster
    from parking.forecast.forecasts import Forecasts
    from parking.guidance import Guidance, GuidanceResult
    from parking.occupancy import PlacesEstimate
    from parking.override import Override
    from signal_plans.control import SignalControl
    from signal_plans.decision import SignalState

GUIDANCE_EVERY_S = 10.0
TURN_EVERY_S = 1.0
PARKING_VALIDITY_S = 60.0
LOADS_VALIDITY_S = 30.0
T = TypeVar("T")


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
        parking_log: ParkingLog | None = None,
        forecaster: Forecaster | None = None,
    ) -> None:
        self.clock = clock
        self.town = town
        self.city = city
        self.control = control
        self.guidance = guidance
        self.board = board
        self.history = history
        self.bus = bus
        self.parking_log = parking_log
        self.forecaster = forecaster
        self.forecasts: Forecasts | None = None
        """Of the last guidance cycle."""
        self.override_ended: Callable[[Override], None] | None = None
        """Told of every override that has run out."""
        self.turned_at: float | None = None
        """Monotonic time of the last turn."""
        self.cycles = 0
        self.failures = 0
        self.skipped_s = 0
        self.last_cycle_s = 0.0
        self._demand = ParkingDemand(town.parking, guidance.cells)
        self._complaints = defaultdict[str, Throttle](lambda: Throttle(structlog.get_logger(__name__)))
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
                self._failed("turn")
            else:
                await self.publish(messages)
            await self.clock.wait_until(math.floor(now_s) + TURN_EVERY_S)

    async def publish(self, messages: list[Outgoing]) -> None:
        """Hand messages to the bus, which never waits for a broker."""
        for message in messages:
            await self.bus.publish(
                message.topic, message.payload, retain=True, qos=message.qos, expires_at_s=message.expires_at_s
            )

    def guide_at_once(self) -> None:
        """Decide signs in the next turn instead of waiting for the cycle: an operator has said something."""
        self._guided_at_s = -math.inf

    def turn(self, now_s: float) -> list[Outgoing]:
        """One cycle at `now_s`; return what is to be said over the bus.

        The parts stand apart: what one of them says is handed on although another fails, which is logged and counted.
        """
        began = time.perf_counter()
        failures = self.failures
        self._part("parking log", self._keep, now_s)  # first: what is known to be wrong must outlive what fails next
        self.city.flows.advance(now_s)
        messages: list[Outgoing] = []
        if self.control is not None:
            messages += self._part("signals", self._signals, now_s)
        if not 0.0 <= now_s - self._guided_at_s < GUIDANCE_EVERY_S:
            self._guided_at_s = math.floor(now_s / GUIDANCE_EVERY_S) * GUIDANCE_EVERY_S
            messages += self._part("guidance", self._guidance, now_s)
            messages += self._part("loads", self._loads, now_s)
        if self.failures == failures:
            self.cycles += 1
            self.turned_at = time.monotonic()
        self.last_cycle_s = time.perf_counter() - began
        return messages

    def _part(self, name: str, part: Callable[[float], list[Outgoing]], now_s: float) -> list[Outgoing]:
        try:
            return part(now_s)
        except Exception:  # noqa: BLE001  # logged and counted; the other parts go on
            self._failed(name)
            return []

    def _failed(self, part: str) -> None:
        self.failures += 1
        self._complaints[part].warning("turn_failed", part=part, exc_info=True)

    def _keep(self, now_s: float) -> list[Outgoing]:
        if self.parking_log is not None:
            self.parking_log.keep(self.city, now_s)
        return []

    def _loads(self, now_s: float) -> list[Outgoing]:
        told = loads(self.city)
        self.board.put("loads", now_s, told, dict.fromkeys(told, now_s + LOADS_VALIDITY_S))
        return []

    def _signals(self, now_s: float) -> list[Outgoing]:
        control = self.control
        if control is None:
            return []
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

    def _forecasts(
        self, forecaster: Forecaster, now_s: float, estimates: Mapping[str, PlacesEstimate]
    ) -> Forecasts | None:
        """What is expected; nothing where the forecast fails: signs then go by the present values."""
        try:
            return forecaster.forecasts(now_s, estimates)
        except Exception:  # noqa: BLE001  # logged and counted; signs do without
            self._failed("forecast")
            return None

    def _guidance(self, now_s: float) -> list[Outgoing]:
        estimates = self.city.occupancy.estimates(now_s)
        if self.forecaster is not None:
            self.forecasts = self._forecasts(self.forecaster, now_s, estimates)
        demand_veh = self._demand.of(self.city.flows)
        result: GuidanceResult = self.guidance.step(now_s, estimates, demand_veh, self.forecasts)
        for ended in self.guidance.overrides.take_ended():
            if self.override_ended is not None:
                self.override_ended(ended)
        unsaid = list(result.failures)
        label = self.town.info.label_en

        def of_sign(sign_id: str) -> SignPayload:
            recommended = {number for number, is_best in enumerate(result.recommended[sign_id]) if is_best}
            return sign_payload(self.town.parking.signs[sign_id], result.contents[sign_id], recommended, label)

        def of_facility(key: str) -> FacilityPayload:
            return facility_payload(
                self.town.parking.facilities[key], estimates[key], result.facilities[key], until_s[key]
            )

        signs = _each(result.changed, of_sign, unsaid)
        self.board.put("signs", now_s, signs, {sign_id: result.contents[sign_id].valid_until_s for sign_id in signs})
        until_s = {key: _parking_until_s(now_s, estimate) for key, estimate in estimates.items()}
        facilities = _each(self.town.parking.facilities, of_facility, unsaid)
        if unsaid:
            self.failures += 1
            self._complaints["unsaid"].warning("not_said", count=len(unsaid), first=unsaid[0])
        changed = self.board.put("parking", now_s, facilities, until_s)
        items = self.board.items
        self.history.guidance(now_s, result, {sign_id: items["signs"][sign_id].page.body for sign_id in signs})
        messages = [sign_message(sign_id, items["signs"][sign_id]) for sign_id in signs]
        return messages + [parking_message(facility_id, items["parking"][facility_id]) for facility_id in changed]


def _each(keys: Iterable[str], make: Callable[[str], T], failures: list[str]) -> dict[str, T]:
    """Payload of each; one that cannot be made joins `failures`, and the others are said."""
    found: dict[str, T] = {}
    for key in keys:
        try:
            found[key] = make(key)
        except ValueError as error:
            failures.append(f"{key}: {error}")
    return found


def _parking_until_s(now_s: float, estimate: PlacesEstimate) -> float:
    """How long what is said of a car park may be shown: shortly, and never beyond the limits of its data."""
    limits_s = (limit_s for limit_s in (estimate.number_until_s, estimate.word_until_s) if limit_s is not None)
    return min([now_s + PARKING_VALIDITY_S, *(limit_s for limit_s in limits_s if limit_s > now_s)])
