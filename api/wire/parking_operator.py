"""What operators count in a car park, and what they are answered."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from api.wire.base import WireModel

Places = Annotated[int, Field(ge=0, le=100_000)]

NO_CONTROLS = r"^[^\x00-\x1f\x7f-\x9f]*$"


class RecountBody(WireModel):
    """Vehicles inside, or free places, as counted by a person just now."""

    occupied_veh: Places | None = None
    free_veh: Places | None = None
    reason: Annotated[str, Field(min_length=1, max_length=200, pattern=NO_CONTROLS)] = "recount"
    """Why, in words; no names of persons."""

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.occupied_veh is None) == (self.free_veh is None):
            raise ValueError("must hold either occupied_veh or free_veh")
        return self


class RecountAnswer(WireModel):
    """What a recount has changed."""

    facility_id: str
    counted_at: str
    occupied_veh: int
    free_veh: int
    drift_veh: float | None
    """Vehicles more than were known before; null where nothing was known."""
    drift_alarm: bool
    """Whether that is more than misses of the counts explain."""
    feed_goes_on: bool = False
    """Whether a feed tells the free places of this car park: its next report replaces the recount."""
