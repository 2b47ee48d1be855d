"""When buses start, in seconds since 1970."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from simulator.bus_lines import BusLine

SATURDAY_PERCENT = 60
SUNDAY_PERCENT = 40
"""Of a weekday's departures that run; assumed."""
_SATURDAY, _SUNDAY = 5, 6


class Departure(NamedTuple):
    """One start of a line."""

    at_s: float
    day: date
    minute: float
    """After local midnight of `day`, by the wall clock."""


def departures_of_day(line: BusLine, day: date, zone: ZoneInfo) -> tuple[Departure, ...]:
    """Departures of a local day, ascending.

    Of n weekday departures floor(n p / 100) run at the weekend, spread evenly over the day.  In the night when clocks
    go back, a time that occurs twice is the first of the two; one that is skipped is an hour later.
    """
    percent = {_SATURDAY: SATURDAY_PERCENT, _SUNDAY: SUNDAY_PERCENT}.get(day.weekday(), 100)
    midnight = datetime.combine(day, time())
    return tuple(
        sorted(
            Departure((midnight + timedelta(minutes=minute)).replace(tzinfo=zone).timestamp(), day, minute)
            for place, minute in enumerate(line.departures_min)
            if (place + 1) * percent // 100 > place * percent // 100
        )
    )


def departures_from(line: BusLine, start_s: float, zone: ZoneInfo) -> Iterator[Departure]:
    """Departures at or after a moment, ascending and without end; none of a line that never runs."""
    if not line.departures_min:
        return
    day = datetime.fromtimestamp(start_s, tz=UTC).astimezone(zone).date() - timedelta(days=1)
    while True:
        for departure in departures_of_day(line, day, zone):
            if departure.at_s >= start_s:
                yield departure
        day += timedelta(days=1)
