"""A scenario as it was read: its files joined, its own values checked, its references not yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.scenario.document import Measure
    from simulator.scenario.problems import Place
    from simulator.staged import Devices

MINUTES_OF_DAY = 1_440


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedMeasure:
    """A measure, where it stands, and the folder that its own paths start from."""

    place: Place
    folder: Path
    measure: Measure


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A base model, a part of a day, and what is changed."""

    id: str
    place: Place
    title_de: str
    title_en: str
    description_de: str
    description_en: str
    sources: tuple[str, ...]
    model: Path | None
    """Folder of the base model; None: the shipped one."""
    day: date
    from_min: int
    """Local minutes after midnight."""
    until_min: int
    warm_up_s: float
    kappa: float
    centre: bool
    devices: Devices
    step_s: float
    measures: tuple[PlacedMeasure, ...]
    """Those of the extended scenario first."""


def minutes_of(time: str) -> int:
    """Minutes after midnight of a local time HH:MM."""
    hour, minute = time.split(":")
    return int(hour) * 60 + int(minute)


def time_of(minutes: int) -> str:
    """Local time HH:MM of minutes after midnight."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def instant_s(day: date, minutes: int, timezone: str) -> float:
    """Seconds since 1970 at which the clocks of a town show a time; of a repeated hour the first, as whole seconds."""
    days, minute = divmod(minutes, MINUTES_OF_DAY)
    local = datetime.combine(day, datetime.min.time(), tzinfo=ZoneInfo(timezone))
    return (local + timedelta(days=days, minutes=minute)).timestamp()


def is_skipped(day: date, minutes: int, timezone: str) -> bool:
    """Whether the clocks of a town leave a time out, as 02:15 on the day that summer time begins."""
    days, minute = divmod(minutes, MINUTES_OF_DAY)
    wall = datetime.combine(day, datetime.min.time()) + timedelta(days=days, minutes=minute)
    zone = ZoneInfo(timezone)
    return datetime.fromtimestamp(instant_s(day, minutes, timezone), tz=zone).replace(tzinfo=None) != wall
