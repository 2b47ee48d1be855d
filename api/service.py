"""`stadttakt run`: start the service, keep it running, stop it cleanly."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

import structlog
from rich.console import Console

from api.bus import topics
from api.http.app import create_app
from api.logs import Throttle, set_up_logs
from api.memory import resident_mb
from api.retention import keep_only
from api.server import Server, address_of, allow_many_connections
from api.start import Prepared, ServiceSettings, prepare
from api.town import default_model
from api.wire.readings import MalformedBatchError

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from api.assembly import Service
    from api.bus.port import Bus
    from api.http.keys import KeyRing

log = structlog.get_logger(__name__)
console = Console(stderr=True, highlight=False, soft_wrap=True)

READY_POLL_S = 0.05

Job: TypeAlias = Callable[[], Awaitable[None]]
MayReport: TypeAlias = Callable[[str, str], bool]
"""Sender and source."""


async def run_service(settings: ServiceSettings) -> None:
    """Run until SIGTERM or SIGINT, also during the start.

    Raises `ConfigError` and the like for settings that cannot be used, before anything has begun.
    """
    began = time.monotonic()
    set_up_logs()
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    async with AsyncExitStack() as stack:
        prepared = await _unless(stopping, prepare(settings, stack, console.print))
        if prepared is None:
            console.print("stopped before it was ready")
            return
        await _operate(settings, prepared, stopping, began)
    counters = prepared.service.intake.counters().model_dump()
    kept = prepared.recorder.status()
    complete = not (kept.waiting or kept.refused or any(kept.dropped.values()))
    console.print(f"stopped; readings {counters}; history {'complete' if complete else 'INCOMPLETE'}")


async def _unless(stopping: asyncio.Event, start: Coroutine[None, None, Prepared]) -> Prepared | None:
    """The outcome of the start; None when a stop comes first."""
    starting = asyncio.create_task(start)
    stop = asyncio.create_task(stopping.wait())
    await asyncio.wait([starting, stop], return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    if starting.done():
        return starting.result()
    starting.cancel()
    await asyncio.wait([starting])
    return None


async def _operate(settings: ServiceSettings, prepared: Prepared, stopping: asyncio.Event, began: float) -> None:
    """Run all jobs; one that fails ends all with its error, a stop ends all without one."""
    service, bus, feeds = prepared.service, prepared.bus, prepared.feeds
    most = allow_many_connections()
    server = Server(create_app(service.live), prepared.listening, most)
    jobs: list[Job] = [
        lambda: feeds.run(service.intake),  # first: what is pulled already counts in the first turn
        lambda: listen(bus, service, _senders(settings, prepared.keys)),
        service.loop.run,
        lambda: keep_only(prepared.store, service.clock, settings.keep_days),
        lambda: _announce(service, address_of(prepared.listening), began),
    ]
    if settings.demo:
        jobs.append(lambda: _demo(settings, service, bus))
    async with bus, asyncio.TaskGroup() as group:
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
    complaints = Throttle(log)
    async with bus.subscribe(topics.ALL_READINGS) as messages:
        async for message in messages:
            try:
                service.intake.take_body(message.payload, partial(may_report, topics.subject(message.topic)))
            except MalformedBatchError as error:
                complaints.warning("no_batch", topic=message.topic, explanation=error.explanation)


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
