"""Forecasts of free places on the wire, marked as what they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from api.wire.base import Instant, WireModel, instant_text

if TYPE_CHECKING:
    from parking.forecast.forecasts import Forecasts

LEADS_MIN = (15, 30, 60, 120)
LEVELS = (0.05, 0.5, 0.95)


class ForecastPointPayload(WireModel):
    """What is expected at one moment: free places that are undercut with a probability of 5, 50 and 95 %."""

    lead_min: int
    at: Instant
    free_veh_p05: float
    free_veh_p50: float
    free_veh_p95: float


class FacilityForecastPayload(WireModel):
    """Forecast of one car park.  `source`: model, profile (typical day) or persistence (stays as it is)."""

    facility_id: str
    kind: Literal["forecast"] = "forecast"
    """No measurement: never to be shown as a number of free places."""
    source: Literal["model", "profile", "persistence"]
    made_at: Instant
    points: list[ForecastPointPayload]
    model_label: str


def forecast_payload(forecasts: Forecasts, facility_id: str, model_label: str) -> FacilityForecastPayload | None:
    """Forecast of one car park; None where nothing can be said."""
    points = []
    for minutes in LEADS_MIN:
        quantiles = [forecasts.quantile_veh(facility_id, 60.0 * minutes, level) for level in LEVELS]
        low, middle, high = (None if of is None else round(of, 1) for of in quantiles)
        if low is None or middle is None or high is None:
            return None
        points.append(
            ForecastPointPayload.model_validate(
                {
                    "lead_min": minutes,
                    "at": instant_text(forecasts.made_at_s + 60.0 * minutes),
                    "free_veh_p05": low,
                    "free_veh_p50": middle,
                    "free_veh_p95": high,
                }
            )
        )
    return FacilityForecastPayload.model_validate(
        {
            "facility_id": facility_id,
            "source": forecasts.source(facility_id),
            "made_at": instant_text(forecasts.made_at_s),
            "points": points,
            "model_label": model_label,
        }
    )
