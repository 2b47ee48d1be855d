"""Event plans: what facilities and signs show at announced times, such as a fair day, below any operator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from typing import TYPE_CHECKING

from parking.override import FOR_FACILITIES, LARGEST_RESERVE_VEH, Force
from parking.sign import Display, Rung
from traffic_core import require
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

LONGEST_DAYS = 366
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The same time of day on every date from the first to the last, in the town's time.

    `until` at or before `start` means the day after.  Where clocks are set back, a start means the first of two equal
    times and an end the second; a time that clocks leave out means the one as far behind the jump.
    """

    first_date: date
    last_date: date
    start: clock_time
    until: clock_time

    def __post_init__(self) -> None:
        days = (self.last_date - self.first_date).days + 1
        require.between("event.last_date - first_date (days)", days, 1, LONGEST_DAYS)

    def holds(self, at_s: float, zone: ZoneInfo) -> bool:
        """Whether a moment lies within."""
        today = datetime.fromtimestamp(at_s, zone).date()
        return any(self._within(day, at_s, zone) for day in (today - ONE_DAY, today))

    def _within(self, day: date, at_s: float, zone: ZoneInfo) -> bool:
        if not self.first_date <= day <= self.last_date:
            return False
        last_day = day if self.until > self.start else day + ONE_DAY
        start = datetime.combine(day, self.start, zone)
        until = datetime.combine(last_day, self.until, zone).replace(fold=1)
        if not _exists(until, zone):  # a left-out time with fold 1 lies before the jump
            until = until.replace(fold=0)
        return start.timestamp() <= at_s < until.timestamp()


@dataclass(frozen=True, slots=True, kw_only=True)
class EventEntry:
    """What one facility, or one row of a sign, shows during an event.

    `recommend` marks the facility as the one to go to, on every row that leads to it and invites.
    """

    event_id: str
    window: Window
    facility_id: str | None = None
    sign_id: str | None = None
    row: int | None = None
    """Place on the sign, from 0."""
    show: Display | None = None
    reserve_veh: int | None = None
    recommend: bool = False

    def __post_init__(self) -> None:
        require.identifier("event.event_id", self.event_id)
        if (self.facility_id is None) == (self.sign_id is None):
            raise InvalidValueError("event.target", self.event_id, "must be a facility or a row of a sign")
        told = sum((self.show is not None, self.reserve_veh is not None, self.recommend))
        if told != 1:
            raise InvalidValueError("event.show", self.event_id, "must say exactly one thing")
        if self.reserve_veh is not None:
            require.between("event.reserve_veh", self.reserve_veh, 0, LARGEST_RESERVE_VEH)
        if self.show is not None and self.show not in FOR_FACILITIES:
            raise InvalidValueError("event.show", self.show.value, "must be full, closed or neutral")
        if self.facility_id is None and self.show is None:
            raise InvalidValueError("event.show", self.sign_id, "must be full, closed or neutral for a row of a sign")

    @property
    def target(self) -> str:
        """`parking/ID` or `sign/ID/ROW`, rows from 1."""
        return f"parking/{self.facility_id}" if self.row is None else f"sign/{self.sign_id}/{self.row + 1}"

    @property
    def force(self) -> Force:
        """As what it counts while it holds."""
        return Force(show=self.show, reserve_veh=self.reserve_veh, rung=Rung.EVENT, by=self.event_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPlan:
    """All active entries of a town; the first that speaks of something counts."""

    zone: ZoneInfo | None
    entries: tuple[EventEntry, ...] = ()
    names: Mapping[str, tuple[str, str]]
    """Name of each event in German and English."""

    def at(self, now_s: float) -> tuple[EventEntry, ...]:
        """Entries in force."""
        if self.zone is None:
            return ()
        return tuple(entry for entry in self.entries if entry.window.holds(now_s, self.zone))


NO_EVENTS = EventPlan(zone=None, names={})


def _exists(local: datetime, zone: ZoneInfo) -> bool:
    there_and_back = local.astimezone(UTC).astimezone(zone)
    return there_and_back.replace(tzinfo=None) == local.replace(tzinfo=None)
