"""The start of the service: check the settings, open what they name, take over what was before."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from api.assembly import Service, assemble
from api.bus.open import bus_from_url
from api.clock import ScaledClock, WallClock
from api.errors import ConfigError
from api.feed_runner import FeedRunner
from api.http.keys import KeyRing, read_keys
from api.kernels import compile_in_child, is_cache_cold, warm_up_all
from api.memory_of_before import take_over
from api.server import begin_to_listen, reserve
from api.start_time import start_time_s
from api.store.recorder import Recorder
from api.store.store import Store
from api.town import adaptive_demonstration, default_model, load_town
from parking.forecast.model_file import read_model

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from contextlib import AsyncExitStack

    from api.bus.port import Bus
    from api.clock import Clock
    from api.town import Town

DEFAULT_STORE = "sqlite:///var/stadttakt.db"
DEMO_STORE = "sqlite:///var/demo.db"
"""Simulated history must never be mistaken for the town's own."""

T = TypeVar("T")


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
    parking_model: Path | None = None
    """Trained forecast of the car parks; takes the place of that of the model folder."""
    adaptive: bool = False
    """A demo in which area detectors watch all approaches and adaptive control is allowed everywhere, without plans."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A service that is ready to run, and what it runs on."""

    service: Service
    bus: Bus
    feeds: FeedRunner
    keys: KeyRing
    store: Store
    recorder: Recorder
    listening: socket.socket


async def prepare(settings: ServiceSettings, stack: AsyncExitStack, say: Callable[[str], None]) -> Prepared:
    """Open everything; `stack` closes it again, in the reverse order, however the start ends.

    Raises `ConfigError`, `FileError` or `InvalidValueError` for settings that cannot be used.
    """
    if settings.demo and settings.feeds is not None:
        raise ConfigError("--feeds", str(settings.feeds), "cannot be joined with --demo: real and simulated do not mix")
    if settings.adaptive and not settings.demo:
        limit = "needs --demo: with real signals an operator allows adaptive control, for each junction"
        raise ConfigError("--adaptive", "given", limit)
    town = replace(load_town(settings.model or default_model()), simulated=settings.demo)
    if settings.adaptive:
        town = adaptive_demonstration(town)
    if settings.parking_model is not None:
        town = replace(town, forecast=read_model(settings.parking_model))
    keys = read_keys(settings.keys) if settings.keys is not None else KeyRing([])
    clock = _clock(settings, town)
    feeds = FeedRunner.from_file(settings.feeds, os.environ) if settings.feeds is not None else FeedRunner([])
    stack.callback(feeds.stop)
    bus = bus_from_url(settings.bus, now_s=clock.now_s)
    store = _open_store(settings)
    stack.callback(store.close)
    recorder = Recorder(store)
    stack.push_async_callback(asyncio.to_thread, recorder.stop)
    listening = reserve(settings.host, settings.port)
    stack.callback(listening.close)
    if is_cache_cold():
        say("compiling kernels, once on a machine; this takes a while")
        await compile_in_child()
    say("preparing kernels")
    await in_daemon_thread(partial(warm_up_all, simulated=settings.demo))
    begin_to_listen(listening)
    service = assemble(await feeds.discover(town, clock), clock, bus, recorder, keys, feeds)
    recorder.start()
    taken = await asyncio.to_thread(take_over, service, store, clock.now_s())
    stack.callback(_keep_memory, service)
    if settings.adaptive and service.loop.control is not None:
        service.loop.control.adaptive_allowed[:] = True
    say(f"{town.info.name}: {_extent(service.town)}; taken over from {store.name}: {taken}")
    return Prepared(
        service=service, bus=bus, feeds=feeds, keys=keys, store=store, recorder=recorder, listening=listening
    )


def _keep_memory(service: Service) -> None:
    """What was learned and found of the car parks goes to the recorder, which stops after this."""
    if service.loop.parking_log is not None:
        service.loop.parking_log.keep_all(service.city, service.clock.now_s())


async def in_daemon_thread(function: Callable[[], T]) -> T:
    """Run something long that nobody waits for when the service is stopped meanwhile."""
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if outcome.done():
            return
        if error is not None:
            outcome.set_exception(error)
        else:
            outcome.set_result(result)  # type: ignore[arg-type]  # without an error there is a result

    def work() -> None:
        try:
            result = function()
        except BaseException as error:  # noqa: BLE001  # handed to whoever waits
            tell(None, error)
        else:
            tell(result, None)

    def tell(result: T | None, error: BaseException | None) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=work, name="start", daemon=True).start()
    return await outcome


def _clock(settings: ServiceSettings, town: Town) -> Clock:
    start_s = start_time_s(settings.start, town.timezone, time.time())
    if settings.start == "now" and settings.speed == 1.0:
        return WallClock()
    return ScaledClock(start_s, settings.speed)


def _open_store(settings: ServiceSettings) -> Store:
    if settings.store is not None:
        return Store(settings.store)
    folder = Path("var")
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise ConfigError("--store", None, f"{folder.absolute()} cannot be made: {error.strerror}") from error
    return Store(DEMO_STORE if settings.demo else DEFAULT_STORE)


def _extent(town: Town) -> str:
    network, parking = town.network, town.parking
    return (
        f"{len(network.nodes)} nodes, {len(network.links)} links, {len(town.junctions)} signalised junctions, "
        f"{len(network.detectors)} detectors, {len(parking.facilities)} car parks, {len(parking.signs)} signs"
    )
