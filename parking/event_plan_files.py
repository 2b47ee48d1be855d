"""The table `event_plan.csv` of a model folder: what signs show at announced events.

| column | meaning |
| --- | --- |
| event_id, name_de, name_en | the event; several lines may belong to one, with the same names |
| active | 1, or 0 for a line that is kept and checked but does nothing |
| first_date, last_date | days, as 2027-01-31 |
| from_time, until_time | town time, as 09:30; an end at or before the start is on the day after |
| target | `parking/ID`, or `sign/ID/ROW` with rows from 1 |
| show | `full`, `closed`, `neutral`; for `parking/ID` also `recommend` or `reserve:N` |
"""

from __future__ import annotations

import re
from datetime import date, time
from typing import TYPE_CHECKING, NamedTuple

from parking.event_plan import EventEntry, EventPlan, Window
from parking.sign import Display
from traffic_core.tables import PROVENANCE_COLUMNS, Row, read_table

if TYPE_CHECKING:
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from parking.model import ParkingModel

FILE = "event_plan.csv"
EVENT_PLAN_COLUMNS = (
    *("event_id", "name_de", "name_en", "active", "first_date", "last_date", "from_time", "until_time"),
    *("target", "show", *PROVENANCE_COLUMNS),
)
RECOMMEND = "recommend"
_RESERVE = re.compile(r"reserve:(\d{1,6})", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)
_SHOWN = {display.value: display for display in (Display.FULL, Display.CLOSED, Display.NEUTRAL)}


class _Target(NamedTuple):
    facility_id: str | None = None
    sign_id: str | None = None
    row: int | None = None


def read_event_plan(folder: Path, model: ParkingModel, zone: ZoneInfo) -> EventPlan:
    """Active entries of the table; an empty plan where there is none.

    Raises
    ------
    FileError
        Names file, row, field, value and limit of the first cell that cannot be used, also in lines that are inactive:
        an unknown facility, sign or row, a date or time that is none, a line that contradicts an earlier one.
    """
    path = folder / FILE
    key = ("event_id", "first_date", "from_time", "target", "show")
    rows = read_table(path, EVENT_PLAN_COLUMNS, key=key) if path.exists() else []
    names: dict[str, tuple[str, str]] = {}
    entries: list[EventEntry] = []
    for row in rows:
        event_id = row.text("event_id")
        told = row.text("name_de"), row.text("name_en")
        if names.setdefault(event_id, told) != told:
            raise row.error("name_de", f"must be the same in all rows of {event_id}")
        row.provenance()
        entry = _entry(row, event_id, model)
        if row.flag("active"):
            entries.append(entry)
    return EventPlan(zone=zone, entries=tuple(entries), names=names)


def _entry(row: Row, event_id: str, model: ParkingModel) -> EventEntry:
    target = _target(row, model)
    text = row.text("show")
    reserve = _RESERVE.fullmatch(text)
    if text != RECOMMEND and reserve is None and text not in _SHOWN:
        raise row.error("show", f"must be one of {', '.join(_SHOWN)}, {RECOMMEND} or reserve:N")
    if target.sign_id is not None and text not in _SHOWN:
        raise row.error("show", f"must be one of {', '.join(_SHOWN)} for a row of a sign")
    if text == RECOMMEND and not any(
        target.facility_id in line.facility_ids for sign in model.signs.values() for line in sign.rows
    ):
        raise row.error("target", "must stand on a sign to be recommended")
    with row.checked():
        return EventEntry(
            event_id=event_id,
            window=Window(
                first_date=_day(row, "first_date"),
                last_date=_day(row, "last_date"),
                start=_clock(row, "from_time"),
                until=_clock(row, "until_time"),
            ),
            facility_id=target.facility_id,
            sign_id=target.sign_id,
            row=target.row,
            show=_SHOWN.get(text),
            reserve_veh=None if reserve is None else int(reserve[1]),
            recommend=text == RECOMMEND,
        )


def _target(row: Row, model: ParkingModel) -> _Target:
    kind, _, rest = row.text("target").partition("/")
    if kind == "parking" and rest in model.facilities:
        return _Target(facility_id=rest)
    if kind != "sign":
        raise row.error("target", "must be parking/ID with a facility of facility.csv, or sign/ID/ROW")
    sign_id, _, number = rest.rpartition("/")
    if sign_id not in model.signs:
        raise row.error("target", "must name a sign of sign.csv, as sign/ID/ROW")
    rows = len(model.signs[sign_id].rows)
    if not number.isascii() or not number.isdigit() or not 1 <= int(number) <= rows:
        raise row.error("target", f"must name a row from 1 to {rows} of sign {sign_id}")
    return _Target(sign_id=sign_id, row=int(number) - 1)


def _day(row: Row, field: str) -> date:
    text = row.text(field)
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError as error:
        raise row.error(field, "must be a day of the calendar") from error
    raise row.error(field, "must be a date like 2027-01-31")


def _clock(row: Row, field: str) -> time:
    found = _CLOCK.fullmatch(row.text(field))
    if found is None:
        raise row.error(field, "must be a time like 09:30")
    return time(int(found[1]), int(found[2]))
