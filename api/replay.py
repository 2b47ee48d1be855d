"""`stadttakt replay`: a recorded garage history goes through the feed port; the signs follow."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic_core import to_json
from rich.console import Console

from api.assembly import assemble
from api.bus.in_process import InProcessBus
from api.clock import ManualClock
from api.discovered import empty_network, empty_parking, with_discovered
from api.errors import ConfigError
from api.feeds.history import replay_batches
from api.feeds.history_capacity import Capacities, estimate_capacities, read_capacities
from api.feeds.port import FeedFacility, FeedReject
from api.http.app import create_app
from api.http.keys import KeyRing
from api.kernels import warm_up_all
from api.server import Server, address_of, begin_to_listen, reserve
from api.store.recorder import Recorder
from api.town import ModelInfo, Town
from api.wire.base import instant_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from api.assembly import Service
    from api.store.rows import Row
    from traffic_core.readings import OccupancyReading

UPDATE_INTERVAL_S = 300.0
"""What histories of car parks usually have."""
LONGEST_TICK_S = 60.0
SETTLED_AFTER_S = 2_400.0
"""After so long without data every sign has gone neutral; the rest of a gap is skipped."""
YIELD_EVERY = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaySettings:
    """Options of `stadttakt replay`."""

    history: Path
    speed: float
    capacities: Path | None
    hours: float | None
    step_s: float
    serve: bool
    host: str
    port: int
    as_json: bool


class NoStore:
    """A replay leaves no history: the file it plays is the history."""

    def migrate(self) -> None:
        """Nothing to prepare."""

    def write(self, rows: Sequence[Row]) -> None:
        """Nothing to keep."""


async def run_replay(settings: ReplaySettings) -> bool:
    """Play the whole history, or its first hours; print the counts.  Returns whether any row was accepted."""
    if not settings.history.is_file():
        raise ConfigError("HISTORY", str(settings.history), "must be a file")
    warm_up_all(simulated=False)
    capacities = _capacities(settings)
    replay = Replay(settings, capacities)
    async with replay.bus:
        playing = asyncio.create_task(replay.play())
        if settings.serve:
            await _serve_meanwhile(settings, replay.service, playing)
        await playing
    summary = replay.summary()
    _print(settings, summary)
    return bool(summary["accepted"])


class Replay:
    """One history, one service around it, one clock that follows the file."""

    def __init__(self, settings: ReplaySettings, capacities: Capacities) -> None:
        self.settings = settings
        self.capacities = capacities
        self.bus = InProcessBus()
        self.clock = ManualClock(0.0)
        self.displays: Counter[str] = Counter()
        """Rows shown, by display, counted at every guidance cycle with data."""
        self.rows = 0
        self.first_s = self.last_s = 0.0
        recorder = Recorder(NoStore())
        recorder.start()
        self._recorder = recorder
        self.service = assemble(_town(settings, capacities), self.clock, self.bus, recorder, KeyRing([]))

    async def play(self) -> None:
        """Step through the file."""
        began = time.monotonic()
        batches = replay_batches(self.settings.history, self.settings.step_s, capacities=self.capacities.by_place_veh)
        for number, (at_s, items) in enumerate(batches):
            if not self.first_s:
                self.first_s = self.last_s = at_s
            if self.settings.hours is not None and at_s - self.first_s > self.settings.hours * 3_600.0:
                break
            await self._fill_gap(at_s)
            self._deliver(at_s, items)
            await self.service.loop.publish(self.service.loop.turn(at_s))
            self._count_displays()
            self.last_s = at_s
            if self.settings.speed > 0.0:
                ahead_s = (at_s - self.first_s) / self.settings.speed - (time.monotonic() - began)
                await asyncio.sleep(max(0.0, ahead_s))
            elif number % YIELD_EVERY == 0:
                await asyncio.sleep(0)
        await asyncio.to_thread(self._recorder.stop)

    async def _fill_gap(self, until_s: float) -> None:
        """Let time pass where the file is silent, so that signs age as they would have."""
        tick_s = max(LONGEST_TICK_S, self.settings.step_s)
        at_s = self.last_s + tick_s
        while at_s < min(until_s, self.last_s + SETTLED_AFTER_S):
            self.clock.set(at_s)
            await self.service.loop.publish(self.service.loop.turn(at_s))
            at_s += tick_s

    def _deliver(self, at_s: float, items: list[OccupancyReading | FeedReject]) -> None:
        self.clock.set(at_s)
        self.rows += len(items)
        refused = [item for item in items if isinstance(item, FeedReject)]
        self.service.intake.refused_before.update(item.reason.value for item in refused)
        self.service.intake.take(item for item in items if not isinstance(item, FeedReject))

    def _count_displays(self) -> None:
        for item in self.service.live.board.items["signs"].values():
            self.displays.update(row["display"] for row in item.payload.model_dump()["rows"])

    def summary(self) -> dict[str, Any]:
        """What became of the rows."""
        counters = self.service.intake.counters()
        return {
            "history": self.settings.history.name,
            "from": instant_text(self.first_s) if self.first_s else None,
            "to": instant_text(self.last_s) if self.first_s else None,
            "places": len(self.service.town.parking.facilities),
            "capacities": self.capacities.origin.value,
            "rows": self.rows,
            "accepted": sum(counters.accepted.values()),
            "repaired": counters.repaired,
            "rejected": counters.rejected,
            "cycles": self.service.loop.cycles,
            "displays": dict(self.displays),
        }


def _town(settings: ReplaySettings, capacities: Capacities) -> Town:
    name = settings.history.name
    info = ModelInfo(
        id="replay",
        name=name,
        label_de="Wiedergabe einer Aufzeichnung",
        label_en="replay of a recording",
        timezone="Europe/Berlin",
        licence="that of the recording",
        attribution=[name],
        bbox=[9.0, 48.6, 9.2, 48.75],
        notes=f"capacities {capacities.origin.value}; positions unknown, drawn in a ring",
    )
    town = Town(info=info, network=empty_network(), junctions={}, parking=empty_parking())
    found = [
        FeedFacility(id=place, name=place, capacity_veh=capacity_veh, position=None)
        for place, capacity_veh in capacities.by_place_veh.items()
    ]
    return with_discovered(town, found, interval_s=UPDATE_INTERVAL_S, source=f"recording {name}")


def _capacities(settings: ReplaySettings) -> Capacities:
    if settings.capacities is None:
        return estimate_capacities(settings.history)
    try:
        return read_capacities(settings.capacities)
    except OSError as error:
        raise ConfigError("--capacities", str(settings.capacities), f"cannot be read: {error.strerror}") from error


async def _serve_meanwhile(settings: ReplaySettings, service: Service, playing: asyncio.Task[None]) -> None:
    listening = reserve(settings.host, settings.port)
    begin_to_listen(listening)
    Console(stderr=True).print(f"replaying at {address_of(listening)}")
    server = Server(create_app(service.live), listening)
    serving = asyncio.create_task(server.run_until_told())
    try:
        await asyncio.wait([playing])
    finally:
        server.should_exit = True
        await serving
        listening.close()


def _print(settings: ReplaySettings, summary: dict[str, Any]) -> None:
    console = Console()
    if settings.as_json:
        console.out(to_json(summary).decode(), highlight=False)
        return
    for name, value in summary.items():
        console.print(f"{name:12s} {value}", highlight=False)
