"""The route for what is expected of a car park."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, HTTPException

from api.http.publications import UNKNOWN
from api.wire.forecasts import FacilityForecastPayload, forecast_payload
from api.wire.publications import ErrorPayload

if TYPE_CHECKING:
    from api.http.live import Live

VALID_S = 60.0
"""Six guidance cycles; a forecast that nobody renews is none."""
CLOCK_TOLERANCE_S = 5.0


def forecasts(live: Live) -> APIRouter:
    """`GET /v1/parking/{facility_id}/forecast`."""
    router = APIRouter(prefix="/v1", tags=["parking"])

    @router.get(
        "/parking/{facility_id}/forecast",
        response_model=FacilityForecastPayload,
        responses=UNKNOWN | {503: {"model": ErrorPayload, "description": "Nothing can be expected at present"}},
    )
    async def forecast(facility_id: str) -> FacilityForecastPayload:
        """Expected free places in 15, 30, 60 and 120 min with quantiles.  Not a measurement."""
        told = live.forecasts()
        if told is not None and facility_id not in told.facility_ids:
            raise HTTPException(404, f"no parking item {facility_id!r}")
        age_s = None if told is None else live.clock.now_s() - told.made_at_s
        if told is None or age_s is None or not -CLOCK_TOLERANCE_S <= age_s <= VALID_S:
            raise HTTPException(503, "there is no forecast")
        payload = forecast_payload(told, facility_id, live.label.label_en)
        if payload is None:
            raise HTTPException(503, f"nothing can be expected of {facility_id!r}")
        return payload

    return router
