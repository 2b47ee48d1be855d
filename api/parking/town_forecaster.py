"""The forecaster of a town: its trained model, if it has one, in its local time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from api.errors import ConfigError
from api.parking.forecast_calendar import calendar_of
from parking.forecast.forecaster import Forecaster

if TYPE_CHECKING:
    from api.town import Town
    from parking.forecast.model import ForecastModel
    from parking.model import ParkingModel

log = structlog.get_logger(__name__)

DEFAULT_HOLIDAYS = "bw"
CAPACITY_SHARE = 0.05
OLD_WEEKS = 8
_WEEK_S = 7 * 86_400.0


def town_forecaster(town: Town, now_s: float | None = None) -> Forecaster:
    """Forecaster that follows the estimates of a town.

    Raises
    ------
    ConfigError
        For a model of unknown holidays, of another time zone than the town's, or of none of its car parks.
    """
    if town.forecast is not None:
        for doubt in model_doubts(town.forecast, town.parking, town.info.timezone, now_s):
            log.warning("parking_model_doubtful", doubt=doubt)
    holidays = DEFAULT_HOLIDAYS if town.forecast is None else town.forecast.holidays
    return Forecaster(town.parking, calendar_of(town.timezone, holidays), town.forecast)


def model_doubts(model: ForecastModel, parking: ParkingModel, timezone: str, now_s: float | None) -> list[str]:
    """What speaks against a trained model that can be used all the same.  Raises `ConfigError` for one that cannot."""
    if model.timezone != timezone:
        raise ConfigError("forecast model: timezone", model.timezone, f"must be that of the town, {timezone}")
    known = [key for key in model.facility_ids if key in parking.facilities]
    if not known:
        raise ConfigError("forecast model: facility_ids", model.facility_ids, "must name car parks of the town")
    doubts = [f"{key} is no car park of the town" for key in model.facility_ids if key not in parking.facilities]
    for key, trained_veh in zip(model.facility_ids, model.capacity_veh.tolist(), strict=True):
        capacity_veh = parking.facilities[key].capacity_veh if key in parking.facilities else None
        if capacity_veh is not None and abs(capacity_veh - trained_veh) > CAPACITY_SHARE * trained_veh:
            doubts.append(f"{key} has {capacity_veh} places and had {trained_veh} in the training")
    if now_s is not None and now_s - model.trained_to_s > OLD_WEEKS * _WEEK_S:
        doubts.append(f"the training ended {(now_s - model.trained_to_s) / _WEEK_S:.0f} weeks ago")
    return doubts
