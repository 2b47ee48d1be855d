"""Times as lists write them: with or without an offset, as seconds, or in a form of their own."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from api.feeds.fields import FieldError
from api.feeds.port import RejectReason
from traffic_core.readings import EARLIEST_S, LATEST_S

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

ISO, UNIX_S, UNIX_MS = "iso", "unix_s", "unix_ms"
AHEAD_S = 300.0
"""Clocks of publishers run up to some minutes ahead."""
_ISO = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d(?:\.\d{1,9})?)?\s?(Z|[+-]\d\d:?\d\d)?", re.ASCII)
_NUMBER = re.compile(r"\d{1,15}(\.\d{1,9})?", re.ASCII)


def list_time_s(value: object, form: str, zone: ZoneInfo | None, received_at_s: float) -> float:
    """Seconds since 1970 UTC of a time that reached us at `received_at_s`; raises `FieldError`.

    form : `iso` (also with a blank for the T), `unix_s`, `unix_ms`, or a pattern of `datetime.strptime`
    zone : where times without an offset are local; None: they are refused
    """
    if form in {UNIX_S, UNIX_MS}:
        seconds = _number(value) / (1_000.0 if form == UNIX_MS else 1.0)
    else:
        moment = _iso(value) if form == ISO else _pattern(value, form)
        seconds = _moment_s(moment, zone, received_at_s)
    if not EARLIEST_S <= seconds <= LATEST_S:
        raise FieldError(RejectReason.IMPOSSIBLE_TIME, "must be from 2000 to 2199")
    return seconds


def _number(value: object) -> float:
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        return float(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e15:
        raise FieldError(RejectReason.WRONG_TYPE, "must be a number of seconds or milliseconds since 1970")
    return float(value)


def _iso(value: object) -> datetime:
    match = _ISO.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise FieldError(RejectReason.IMPOSSIBLE_TIME, "must be a time written like 2026-11-21T07:30:00+01:00")
    day, minute, second, offset = match.groups()
    try:
        return datetime.fromisoformat(f"{day}T{minute}{second or ':00'}{offset or ''}")
    except ValueError as error:
        raise FieldError(RejectReason.IMPOSSIBLE_TIME, "is no time of any calendar day") from error


def _pattern(value: object, form: str) -> datetime:
    text = value.strip() if isinstance(value, str) else ""
    try:
        return datetime.strptime(text, form)  # noqa: DTZ007  # the zone follows
    except (ValueError, OverflowError) as error:
        raise FieldError(RejectReason.IMPOSSIBLE_TIME, f"must be a time written like {form}") from error


def _moment_s(moment: datetime, zone: ZoneInfo | None, received_at_s: float) -> float:
    try:
        if moment.tzinfo is not None:
            return moment.timestamp()
        if zone is None:
            raise FieldError(RejectReason.NAIVE_TIME, "must have an offset from UTC; or name the time_zone in options")
        return _local_s(moment, zone, received_at_s)
    except (ValueError, OverflowError) as error:
        if isinstance(error, FieldError):
            raise
        raise FieldError(RejectReason.IMPOSSIBLE_TIME, "is no time of any calendar day") from error


def _local_s(moment: datetime, zone: ZoneInfo, received_at_s: float) -> float:
    """In the hour that autumn repeats the later moment that has come; in the hour that spring skips there is none."""
    both = [moment.replace(tzinfo=zone, fold=fold).timestamp() for fold in (0, 1)]
    real = [at_s for at_s in both if _reads(moment, at_s, zone)]
    if not real:
        raise FieldError(RejectReason.IMPOSSIBLE_TIME, "falls into the hour that the clock skips in spring")
    come = [at_s for at_s in real if at_s <= received_at_s + AHEAD_S]
    return max(come) if come else min(real)


def _reads(moment: datetime, at_s: float, zone: ZoneInfo) -> bool:
    """Whether a clock of the zone shows `moment` at `at_s`."""
    shown = datetime.fromtimestamp(at_s, zone).replace(tzinfo=None)
    return abs(shown - moment) < timedelta(seconds=1)
