"""Clocks: the only place where the live service learns what time it is."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol

LONGEST_SLEEP_S = 1.0


class Clock(Protocol):
    """Time of the service in seconds since 1970, and waiting in that time."""

    @property
    def speed(self) -> float:
        """Seconds of this clock per second of wall time; 1 for real operation."""
        ...

    def now_s(self) -> float:
        """The present time."""
        ...

    async def wait_until(self, at_s: float) -> None:
        """Return as soon as it is `at_s`, at once if that is past, early if the clock is set back meanwhile."""
        ...


class WallClock:
    """The machine's clock."""

    speed = 1.0

    def now_s(self) -> float:
        """The present time."""
        return time.time()

    async def wait_until(self, at_s: float) -> None:
        """Sleep in short pieces.  When the machine's clock is set back, return early: the caller must look anew."""
        left_s = at_s - time.time()
        while left_s > 0:
            await asyncio.sleep(min(left_s, LONGEST_SLEEP_S))
            before_s, left_s = left_s, at_s - time.time()
            if left_s > before_s:
                return


class ScaledClock:
    """A clock that starts at a chosen time and runs `speed` times as fast as the wall's."""

    def __init__(self, start_s: float, speed: float) -> None:
        self.speed = speed
        self._start_s = start_s
        self._began = time.monotonic()

    def now_s(self) -> float:
        """The present time."""
        return self._start_s + (time.monotonic() - self._began) * self.speed

    async def wait_until(self, at_s: float) -> None:
        """Sleep for the scaled rest."""
        await asyncio.sleep(max(0.0, (at_s - self.now_s()) / self.speed))


class ManualClock:
    """A clock that stands still until it is set: for replays that decide themselves when time goes on."""

    speed = 1.0

    def __init__(self, start_s: float) -> None:
        self._now_s = start_s
        self._moved = asyncio.Event()

    def now_s(self) -> float:
        """The present time."""
        return self._now_s

    def set(self, now_s: float) -> None:
        """Move the clock and wake who waits for it."""
        self._now_s = now_s
        self._moved.set()
        self._moved = asyncio.Event()

    async def wait_until(self, at_s: float) -> None:
        """Wait until somebody has moved the clock far enough."""
        while self._now_s < at_s:
            await self._moved.wait()
