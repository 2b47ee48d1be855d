"""Event plans: what facilities and signs show at announced times, such as a fair day, below any operator."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
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
    times and an end the second; a time that clocks leave out means the one as far behind the jump.  Where nothing of
    the window would be left so, a start in the hour left out is told by the time before the jump, and the window has
    its length.
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
        spans_s = (self.span_s(day, zone) for day in (today - ONE_DAY, today))
        return any(span_s is not None and span_s[0] <= at_s < span_s[1] for span_s in spans_s)

    def span_s(self, day: date, zone: ZoneInfo) -> tuple[float, float] | None:
        """Start and end of the window of a day, None on a day that is not one of its days."""
        if not self.first_date <= day <= self.last_date:
            return None
        last_day = day if self.until > self.start else day + ONE_DAY
        start = datetime.combine(day, self.start, zone)
        until = datetime.combine(last_day, self.until, zone).replace(fold=1)
        if not _exists(until, zone):  # a left-out time with fold 1 lies before the jump
            until = until.replace(fold=0)
        if until.timestamp() <= start.timestamp():
            start = start.replace(fold=1)
        return start.timestamp(), until.timestamp()


@dataclass(slots=True)
class _Today:
    """What is in force from one change to the next, so that a cycle need not look at every entry."""

    day: date | None = None
    spans: list[tuple[float, float, EventEntry]] = field(default_factory=list)
    """Windows of the day and of the day before, in the order of the plan."""
    from_s: float = math.inf
    until_s: float = -math.inf
    entries: tuple[EventEntry, ...] = ()

    def renew(self, day: date, entries: tuple[EventEntry, ...], zone: ZoneInfo) -> None:
        """Lay out another day."""
        known: dict[Window, list[tuple[float, float]]] = {}
        self.spans = []
        for entry in entries:
            window = entry.window
            if window.last_date < day - ONE_DAY or window.first_date > day:
                continue
            if window not in known:
                told = (window.span_s(one, zone) for one in (day - ONE_DAY, day))
                known[window] = [span_s for span_s in told if span_s is not None]
            self.spans += [(*span_s, entry) for span_s in known[window]]
        self.day, self.from_s, self.until_s = day, math.inf, -math.inf

    def look(self, now_s: float) -> None:
        """Find what is in force, and how long that stays so."""
        self.from_s, self.until_s = -math.inf, math.inf
        found: list[EventEntry] = []
        for start_s, until_s, entry in self.spans:
            for change_s in (start_s, until_s):
                if change_s <= now_s:
                    self.from_s = max(self.from_s, change_s)
                else:
                    self.until_s = min(self.until_s, change_s)
            # both days of a window may hold where clocks go back
            if start_s <= now_s < until_s and not (found and found[-1] is entry):
                found.append(entry)
        self.entries = tuple(found)


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
    _today: _Today = field(default_factory=_Today, init=False, repr=False, compare=False)

    def at(self, now_s: float) -> tuple[EventEntry, ...]:
        """Entries in force."""
        if self.zone is None or not self.entries:
            return ()
        today, day = self._today, datetime.fromtimestamp(now_s, self.zone).date()
        if today.day != day:
            today.renew(day, self.entries, self.zone)
        if not today.from_s <= now_s < today.until_s:
            today.look(now_s)
        return today.entries


NO_EVENTS = EventPlan(zone=None, names={})


def _exists(local: datetime, zone: ZoneInfo) -> bool:
    there_and_back = local.astimezone(UTC).astimezone(zone)
    return there_and_back.replace(tzinfo=None) == local.replace(tzinfo=None)
