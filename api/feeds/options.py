"""What the `options` of a feed may hold; each format has its own model."""

from __future__ import annotations

from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict


class FormatOptions(BaseModel):
    """No option at all; formats that have some extend this."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("must be a time zone like Europe/Berlin") from error
    return value


ZoneName = Annotated[str, AfterValidator(_zone)]
