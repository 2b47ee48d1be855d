"""What `--start` and other options of time mean."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from api.errors import ConfigError
from traffic_core.readings import EARLIEST_S, LATEST_S

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


def start_time_s(text: str, zone: ZoneInfo, present_s: float, option: str = "--start") -> float:
    """Seconds since 1970 of `now`, of HH:MM today in the town's time, or of a full time with its offset from UTC."""
    if text == "now":
        return present_s
    if match := re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)", text):
        today = datetime.fromtimestamp(present_s, zone)
        chosen = today.replace(hour=int(match[1]), minute=int(match[2]), second=0, microsecond=0)
        return chosen.timestamp()
    try:
        chosen = datetime.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(option, text, "must be now, HH:MM, or a time like 2026-11-21T07:30:00+01:00") from error
    if chosen.tzinfo is None:
        raise ConfigError(option, text, "must carry its offset from UTC, like 2026-11-21T07:30:00+01:00")
    if not EARLIEST_S <= chosen.timestamp() < LATEST_S:
        raise ConfigError(option, text, "must lie in the years 2000 to 2199")
    return chosen.timestamp()
