"""`stadttakt run`: start the service, keep it running, stop it cleanly."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import structlog
from rich.console import Console

from api.assembly import assemble
from api.bus import topics
from api.bus.open import bus_from_url
from api.clock import ScaledClock, WallClock
from api.errors import ConfigError
from api.feed_runner import FeedRunner
from api.http.app import create_app
from api.http.keys import KeyRing, read_keys
from api.kernels import warm_up_all
from api.logs import set_up_logs
from api.memory import resident_mb
from api.memory_of_before import take_over
from api.retention import keep_only
from api.server import Server, address_of, reserve
from api.start_time import start_time_s
from api.store.recorder import Recorder
from api.store.store import Store
from api.town import default_model, load_town
from api.wire.readings import MalformedBatchError

if TYPE_CHECKING:
    from api.assembly import Service
    from api.bus.port import Bus
    from api.clock import Clock
    from api.town import Town

log = structlog.get_logger(__name__)
console = Console(stderr=True, highlight=False, soft_wrap=True)

DEFAULT_STORE = "sqlite:///var/stadttakt.db"
DEMO_STORE = "sqlite:///var/demo.db"
"""Simulated history must never be mistaken for the town's own."""
READY_POLL_S = 0.05

Job: TypeAlias = Callable[[], Awaitable[None]]
MayReport: TypeAlias = Callable[[str, str], bool]
"""Sender and source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSettings:
    """Options of `stadttakt run`."""

    demo: bool
    model: Path | None
    feeds: Path | None
    keys: Path | None
    bus: str
    store: str | None
    host: str
    port: int
    start: str
    speed: float
    seed: int
    kappa: float
    keep_days: float


async def run_service(settings: ServiceSettings) -> None:
    """Run until SIGTERM or SIGINT.  Raises `ConfigError` and the like before anything has begun."""
    began = time.monotonic()
    set_up_logs()
    if settings.demo and settings.feeds is not None:
        raise ConfigError("--feeds", str(settings.feeds), "cannot be joined with --demo: real and simulated do not mix")
    town = load_town(settings.model or default_model())
    keys = read_keys(settings.keys) if settings.keys is not None else KeyRing([])
    clock = _clock(settings, town)
    feeds = FeedRunner.from_file(settings.feeds, os.environ) if settings.feeds is not None else FeedRunner([])
    bus = bus_from_url(settings.bus, now_s=clock.now_s)
    store = _open_store(settings.store or (DEMO_STORE if settings.demo else DEFAULT_STORE))
    recorder = Recorder(store)
    listening = reserve(settings.host, settings.port)
    with listening:
        console.print("preparing kernels; the first start on a machine compiles them, which takes a while")
        await asyncio.to_thread(warm_up_all)
        service = assemble(await feeds.discover(town, clock), clock, bus, recorder, keys, feeds)
        recorder.start()
        taken = await asyncio.to_thread(take_over, service, store, clock.now_s())
        console.print(f"{town.info.name}: {_extent(service.town)}; taken over from {store.name}: {taken}")
        server = Server(create_app(service.live), listening)
        jobs: list[Job] = [
            lambda: listen(bus, service, _senders(settings, keys)),
            service.loop.run,
            lambda: feeds.run(service.intake),
            lambda: keep_only(store, clock, settings.keep_days),
            lambda: _announce(service, address_of(listening), began),
        ]
        if settings.demo:
            jobs.append(lambda: _demo(settings, service, bus))
        async with bus:
            await _run_until_signal(server, jobs)
    stored = await asyncio.to_thread(recorder.stop)
    store.close()
    counters = service.intake.counters().model_dump()
    console.print(f"stopped; readings {counters}; history {'complete' if stored else 'INCOMPLETE'}")


async def _run_until_signal(server: Server, jobs: list[Job]) -> None:
    """Run everything; a job that fails ends all, a signal ends all without an error."""
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(server.run_until_told())
        tasks = [group.create_task(_awaited(job)) for job in jobs]
        await stopping.wait()
        server.should_exit = True
        await serving
        for task in tasks:
            task.cancel()


async def _awaited(job: Job) -> None:
    await job()


async def listen(bus: Bus, service: Service, may_report: MayReport) -> None:
    """Take the readings that come over the bus.  What is no batch is counted, and the loop goes on."""
    async with bus.subscribe(topics.ALL_READINGS) as messages:
        async for message in messages:
            try:
                service.intake.take_body(message.payload, partial(may_report, topics.subject(message.topic)))
            except MalformedBatchError as error:
                log.warning("no_batch", topic=message.topic, explanation=error.explanation)


def _senders(settings: ServiceSettings, keys: KeyRing) -> MayReport:
    """Who may report what over the bus: with a file of keys its devices, each under its name; else whom a broker lets.

    The broker's access rules make sure that a device writes under its own name only.
    """
    if settings.keys is None or settings.demo:
        return lambda _sender, _source: True

    def may_report(sender: str, source: str) -> bool:
        device = keys.named(sender)
        return device is not None and device.may_report(source)

    return may_report


async def _demo(settings: ServiceSettings, service: Service, bus: Bus) -> None:
    from api.demo import DemoTown  # noqa: PLC0415  # the live path starts without SimPy

    folder = settings.model or default_model()
    demo = await asyncio.to_thread(
        DemoTown, service.town, folder, bus, service.clock, seed=settings.seed, kappa=settings.kappa
    )
    await demo.run()


async def _announce(service: Service, address: str, began: float) -> None:
    """Say when the first valid sign content is out, and how much memory that took."""
    condition = service.live.condition
    while condition.problems():  # noqa: ASYNC110  # readiness is a state of several parts, not an event of one
        await asyncio.sleep(READY_POLL_S)
    passed_s = time.monotonic() - began
    console.print(f"ready after {passed_s:.1f} s with {resident_mb():.0f} MB: {address}")


def _clock(settings: ServiceSettings, town: Town) -> Clock:
    present_s = time.time()
    start_s = start_time_s(settings.start, town.timezone, present_s)
    if settings.start == "now" and settings.speed == 1.0:
        return WallClock()
    return ScaledClock(start_s, settings.speed)


def _open_store(address: str) -> Store:
    if address in {DEFAULT_STORE, DEMO_STORE}:
        Path("var").mkdir(exist_ok=True)
    return Store(address)


def _extent(town: Town) -> str:
    network, parking = town.network, town.parking
    return (
        f"{len(network.nodes)} nodes, {len(network.links)} links, {len(town.junctions)} signalised junctions, "
        f"{len(network.detectors)} detectors, {len(parking.facilities)} car parks, {len(parking.signs)} signs"
    )
