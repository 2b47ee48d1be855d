"""The demo: a simulated town takes the place of the real one, on the other side of the bus.

It sends readings as devices do and obeys the sign contents and signal commands it receives, nothing else.
"""

from __future__ import annotations

import asyncio
import math
from typing import TYPE_CHECKING

import structlog
from pydantic_core import to_json

from api.bus import patterns, topics
from api.wire.publications import SignalCommand, SignPayload
from api.wire.readings import MOST_READINGS, from_domain
from api.wire.signals import decision_of, expiry_of
from api.wire.signs import content_of
from simulator.approach_sensors import readings_of
from simulator.bus_files import read_lines
from simulator.simulation import Simulation
from simulator.staged import BaseModel, Staged
from traffic_core.demand_files import read_demand

if TYPE_CHECKING:
    from pathlib import Path

    from api.bus.port import Bus, Message
    from api.clock import Clock
    from api.town import Town
    from traffic_core.readings import Reading

log = structlog.get_logger(__name__)

STEP_S = 1.0
WARM_UP_S = 900.0
DEVICE = "simulated-town"


class DemoTown:
    """Drives the service with simulated readings."""

    def __init__(self, town: Town, folder: Path, bus: Bus, clock: Clock, *, seed: int, kappa: float) -> None:
        self.town = town
        self.bus = bus
        self.clock = clock
        self.refused = 0
        """Commands and contents that no device would accept."""
        self._inbox: list[Message] = []
        model = BaseModel(
            id=town.info.id,
            timezone=town.info.timezone,
            network=town.network,
            demand=read_demand(folder, town.network),
            junctions=town.junctions,
            parking=town.parking,
            lines=read_lines(folder, town.network),
        )
        staged = Staged(
            scenario_id="live",
            model=model,
            start_s=math.floor(clock.now_s()),
            duration_s=math.inf,
            warm_up_s=WARM_UP_S,
            kappa=kappa,
            centre=False,
            demand_factor=1.0,
        )
        self.simulation = Simulation(staged, seed=seed, area_detectors=town.area_detectors)

    async def run(self) -> None:
        """Keep pace with the clock until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._listen(topics.ALL_SIGNS))
            tasks.create_task(self._listen(topics.ALL_SIGNALS))
            tasks.create_task(self._live())

    async def _live(self) -> None:
        at_s = float(math.floor(self.clock.now_s()))
        while True:
            self._apply_messages()
            readings = await asyncio.to_thread(self._advance, at_s)
            for first in range(0, len(readings), MOST_READINGS):
                batch = [from_domain(reading) for reading in readings[first : first + MOST_READINGS]]
                await self.bus.publish(topics.readings(DEVICE), to_json({"readings": batch}))
            at_s = max(at_s + STEP_S, float(math.floor(self.clock.now_s())))
            await self.clock.wait_until(at_s)

    def _advance(self, until_s: float) -> list[Reading]:
        """What devices report up to `until_s`; area detectors of this moment alone, as older news serve nobody."""
        readings = self.simulation.advance(until_s)
        seen = readings_of(self.simulation.approaches(), self.simulation.now_s)
        return [*readings, *seen, *self.simulation.bus_calls()]

    async def _listen(self, pattern: str) -> None:
        async with self.bus.subscribe(pattern) as messages:
            async for message in messages:
                self._inbox.append(message)

    def _apply_messages(self) -> None:
        """Hand over what has come; between two steps, because the simulation runs in a thread of its own."""
        messages, self._inbox = self._inbox, []
        for message in messages:
            try:
                if patterns.matches(topics.ALL_SIGNS, message.topic):
                    self.simulation.show(content_of(SignPayload.model_validate_json(message.payload)))
                else:
                    self._command(message.payload)
            except (ValueError, KeyError) as error:  # what no device would accept
                self.refused += 1
                log.warning("device_refused", topic=message.topic, error=str(error))

    def _command(self, payload: bytes) -> None:
        command = SignalCommand.model_validate_json(payload)
        decision = decision_of(command, self.town.junctions[command.junction_id].layout)
        self.simulation.obey(decision, expiry_of(command))
