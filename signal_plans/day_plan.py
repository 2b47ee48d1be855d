"""Day plans: which mode runs at which local time of which kind of day.

A switching time holds from its moment until the next one of the day; every kind of day begins at 00:00.  On the days
on which the clocks change:

* a time in the hour that is skipped comes at the moment of the change (02:30 at the moment when 02:00 becomes 03:00);
* a time in the hour that comes twice comes at its first occurrence only, and holds through the second.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from signal_plans.holidays import holidays
from traffic_core import require
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from signal_plans.mode import Mode

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOLIDAY = "holiday"
SCHOOL_HOLIDAY = "school_holiday"
"""Special day that counts on working days only and never before a public holiday."""
DAY_MIN = 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchingTime:
    """From a minute of the local day on: a mode, and the programme that runs instead while data for it are missing."""

    minute: int
    mode: Mode
    otherwise: str = ""
    """Programme; empty means the junction's fallback."""

    def __post_init__(self) -> None:
        require.between("day_plan.minute", self.minute, 0, DAY_MIN - 1)

    @property
    def clock(self) -> str:
        """Local time as text."""
        return f"{self.minute // 60:02}:{self.minute % 60:02}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialDays:
    """Days of a kind, such as a trade fair, both ends included."""

    kind: str
    first: date
    last: date

    def __post_init__(self) -> None:
        require.identifier("special_day.kind", self.kind)
        if self.kind in (*WEEKDAYS, HOLIDAY):
            raise InvalidValueError("special_day.kind", self.kind, "must not be a weekday or holiday")
        if self.last < self.first:
            raise InvalidValueError("special_day.last_date", self.last.isoformat(), f"must not be before {self.first}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Where and when: the town's time zone and its special days, the first that fits counts."""

    zone: ZoneInfo
    special: tuple[SpecialDays, ...] = ()

    def kinds(self, day: date) -> tuple[str, ...]:
        """What a day is, the strongest first: special days, holiday, school holiday, weekday."""
        found = [days.kind for days in self.special if days.first <= day <= days.last]
        weekday = WEEKDAYS[day.weekday()]
        school = SCHOOL_HOLIDAY in found and day.weekday() < 5
        return (
            *(kind for kind in found if kind != SCHOOL_HOLIDAY),
            *((HOLIDAY,) if day in holidays(day.year) else ()),
            *((SCHOOL_HOLIDAY,) if school else ()),
            weekday,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPlan:
    """The plan of a group of junctions: switching times by kind of day, in their order."""

    id: str
    junctions: tuple[str, ...]
    days: Mapping[str, tuple[SwitchingTime, ...]]

    def __post_init__(self) -> None:
        require.identifier("day_plan.id", self.id)
        where = f"day_plan[{self.id}]"
        if not self.junctions:
            raise InvalidValueError(f"{where}.junctions", (), "must not be empty")
        for kind in (*WEEKDAYS, HOLIDAY):
            if kind not in self.days:
                raise InvalidValueError(f"{where}.days", kind, "must have an entry: the day would be without a plan")
        for kind, times in self.days.items():
            _check_day(f"{where}.{kind}", times)


def _check_day(where: str, times: tuple[SwitchingTime, ...]) -> None:
    if not times or times[0].minute != 0:
        first = times[0].clock if times else None
        raise InvalidValueError(f"{where}.from_time", first, "must begin at 00:00")
    for before, after in pairwise(times):
        if after.minute <= before.minute:
            raise InvalidValueError(f"{where}.from_time", after.clock, f"must be later than {before.clock} before it")


class Planned(NamedTuple):
    """What a plan says at a moment, and how long it stays so."""

    entry: SwitchingTime
    kind: str
    """Kind of day."""
    from_s: int
    until_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPlans:
    """All plans of a town; a junction has one at most."""

    calendar: Calendar
    plans: tuple[DayPlan, ...] = ()
    _of_junction: dict[str, int] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for place, plan in enumerate(self.plans):
            for junction_id in plan.junctions:
                if junction_id in self._of_junction:
                    other = self.plans[self._of_junction[junction_id]].id
                    raise InvalidValueError(f"day_plan[{plan.id}].junctions", junction_id, f"has the plan {other} too")
                self._of_junction[junction_id] = place

    def place_of(self, junction_id: str) -> int | None:
        """Position of a junction's plan in `plans`; None where it has none."""
        return self._of_junction.get(junction_id)


def planned(plan: DayPlan, calendar: Calendar, now_s: float) -> Planned:
    """What a plan says at `now_s`, s since 1970-01-01 00:00 UTC; holds for `from_s` <= t < `until_s`."""
    day = datetime.fromtimestamp(now_s, calendar.zone).date()
    kind = next(kind for kind in calendar.kinds(day) if kind in plan.days)
    times = plan.days[kind]
    moments_s = [moment_s(day, entry.minute, calendar.zone) for entry in times]
    place = max(bisect_right(moments_s, now_s) - 1, 0)
    next_day_s = moment_s(day + timedelta(1), 0, calendar.zone)
    until_s = moments_s[place + 1] if place + 1 < len(times) else next_day_s
    return Planned(times[place], kind, moments_s[place], until_s)


def moment_s(day: date, minute: int, zone: ZoneInfo) -> int:
    """When a local time comes, s since 1970; the first time where it comes twice, the moment of the change where never.

    See the head of this file.
    """
    local = datetime.combine(day, time(minute // 60, minute % 60), zone)
    first = local.replace(fold=0).astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return int(first.timestamp())
    # Not there: the clock went over it.  The change lies between the readings by the offset after and before it.
    low, high = int(local.replace(fold=1).timestamp()), int(first.timestamp())
    offset = datetime.fromtimestamp(low, zone).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if datetime.fromtimestamp(middle, zone).utcoffset() == offset else (low, middle)
    return high
