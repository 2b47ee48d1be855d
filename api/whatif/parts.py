"""Where the CPU seconds of a run go, part by part."""

from __future__ import annotations

import cProfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import parking
import signal_plans
import simulator
import traffic_core

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Function: TypeAlias = tuple[str, int, str]
    Stats: TypeAlias = Mapping[
        Function, tuple[Any, Any, float, float, Mapping[Function, tuple[Any, Any, float, float]]]
    ]

OTHER = "other"
DEEPEST = 30
_ROOMS = {Path(next(iter(room.__path__))): room.__name__ for room in (traffic_core, signal_plans, parking, simulator)}
_PARTS = (
    ("kernel", ("traffic_core/kernels/traffic", "traffic_core/kernels/departures", "simulator/road_traffic")),
    ("routes", ("simulator/routes", "traffic_core/kernels/paths")),
    (
        "detectors",
        (
            *("simulator/detectors", "simulator/approach_sensors", "traffic_core/kernels/detectors"),
            *("traffic_core/kernels/loops", "traffic_core/kernels/approach_view"),
        ),
    ),
    ("signals", ("simulator/light", "simulator/lamp_", "simulator/roadside", "signal_plans/", "traffic_core/kernels/")),
    ("garages", ("simulator/garage", "simulator/parking_", "parking/demand")),
    ("guidance", ("simulator/centre", "simulator/sign_board", "parking/")),
    ("recording", ("simulator/results/", "simulator/trip_book")),
    ("buses", ("simulator/bus",)),
    ("trips", ("simulator/trip_", "simulator/drivers", "simulator/day_clock", "simulator/random_streams")),
    (
        "roads",
        ("simulator/road", "simulator/right_of_way", "simulator/junction_", "simulator/streets", "traffic_core/"),
    ),
)
"""Beginnings of module files; the first that fits counts."""


def part_of(file: str) -> str | None:
    """Part that a source file belongs to; None for what others made: that counts for the part that calls it."""
    path = Path(file)
    for folder, room in _ROOMS.items():
        if path.is_relative_to(folder):
            name = f"{room}/{path.relative_to(folder).as_posix()}"
            return next((part for part, begins in _PARTS if name.startswith(begins)), OTHER)
    if "simpy" in path.parts:
        return "events (SimPy)"
    return None


class Parts:
    """Measures what happens inside `measured()`."""

    def __init__(self) -> None:
        self._profile = cProfile.Profile(time.process_time)

    @contextmanager
    def measured(self) -> Iterator[None]:
        """Measure the time until the end of the `with` statement."""
        self._profile.enable()
        try:
            yield
        finally:
            self._profile.disable()

    def seconds(self) -> dict[str, float]:
        """CPU seconds by part, the largest first."""
        self._profile.create_stats()
        stats: Stats = self._profile.stats
        return seconds_by_part(stats)

    def lines(self) -> tuple[str, ...]:
        """A short table."""
        seconds = self.seconds()
        total = sum(seconds.values()) or 1.0
        width = max(map(len, seconds), default=0)
        return tuple(f"{part:<{width}}  {of:8.2f} s  {of / total:6.1%}" for part, of in seconds.items())


def seconds_by_part(stats: Stats) -> dict[str, float]:
    """Own time of every function, that of library functions shared among their callers by the time spent for each."""
    found: dict[str, float] = {}
    shares: dict[Function, dict[str, float]] = {}
    for function, (_, _, own_s, _, _) in stats.items():
        for part, share in _shares(function, stats, shares, 0).items():
            found[part] = found.get(part, 0.0) + share * own_s
    return dict(sorted(((part, of) for part, of in found.items() if of > 0.0), key=lambda item: -item[1]))


def _shares(function: Function, stats: Stats, known: dict[Function, dict[str, float]], depth: int) -> dict[str, float]:
    """Shares of a function's time by part; they sum to 1."""
    if function in known:
        return known[function]
    part = part_of(function[0])
    callers = stats[function][4] if function in stats else {}
    total_s = sum(spent[3] for spent in callers.values())
    if part is not None or total_s <= 0.0 or depth > DEEPEST:
        return {part or OTHER: 1.0}
    known[function] = {OTHER: 1.0}  # a function that calls itself in a circle
    mixed: dict[str, float] = {}
    for caller, spent in callers.items():
        for name, share in _shares(caller, stats, known, depth + 1).items():
            mixed[name] = mixed.get(name, 0.0) + share * spent[3] / total_s
    known[function] = mixed
    return mixed
