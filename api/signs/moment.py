"""A moment as somebody types it: in the town's time, or with its offset from UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from api.errors import ConfigError
from traffic_core.readings import EARLIEST_S, LATEST_S

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

LIMIT = "must be a time like 2026-11-21T07:30 (town's time) or 2026-11-21T06:30Z"


def moment_s(text: str, zone: ZoneInfo) -> float:
    """Seconds since 1970.

    Raises
    ------
    ConfigError
        For what is no time, one that clocks left out, or one that came twice and does not say which it is.
    """
    try:
        told = datetime.fromisoformat(text)
    except ValueError as error:
        raise ConfigError("time", text, LIMIT) from error
    if told.tzinfo is None:
        told = _of_town(text, told, zone)
    if not EARLIEST_S <= told.timestamp() < LATEST_S:
        raise ConfigError("time", text, "must lie in the years 2000 to 2199")
    return told.timestamp()


def _of_town(text: str, told: datetime, zone: ZoneInfo) -> datetime:
    first, second = told.replace(tzinfo=zone, fold=0), told.replace(tzinfo=zone, fold=1)
    if first.utcoffset() == second.utcoffset():
        return first
    if first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != told:
        raise ConfigError("time", text, f"must exist: clocks in {zone.key} left this hour out")
    limit = f"came twice when clocks in {zone.key} were set back: add its offset, {_offset(first)} or {_offset(second)}"
    raise ConfigError("time", text, limit)


def _offset(told: datetime) -> str:
    return told.strftime("%z")
