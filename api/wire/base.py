"""The strict base of all wire models, and time on the wire."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from traffic_core.readings import EARLIEST_S, LATEST_S

RFC_3339 = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})", re.ASCII)


class WireModel(BaseModel):
    """Nothing is coerced, nothing unknown is accepted, no number is infinite."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False, frozen=True)


def _text_only(value: object) -> object:
    if not isinstance(value, str) or not RFC_3339.fullmatch(value):
        raise ValueError("must be a time as text, like 2026-11-21T07:30:00Z")  # pydantic wants ValueError
    return value


Instant = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(_text_only)]
"""A time with its offset from UTC, as RFC 3339 text."""


def seconds_of(instant: datetime) -> float:
    """Seconds since 1970 of an aware time.  Raises `ValueError` outside the years 2000 to 2199."""
    at_s = instant.timestamp()
    if not EARLIEST_S <= at_s < LATEST_S:
        raise ValueError(f"{instant.isoformat()} is outside the years 2000 to 2199")
    return at_s


def instant_text(at_s: float) -> str:
    """RFC 3339 text of a time in UTC, to the millisecond."""
    return datetime.fromtimestamp(at_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
