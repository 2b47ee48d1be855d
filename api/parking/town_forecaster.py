"""The forecaster of a town: its trained model, if it has one, in its local time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.parking.forecast_calendar import calendar_of
from parking.forecast.forecaster import Forecaster

if TYPE_CHECKING:
    from api.town import Town

DEFAULT_HOLIDAYS = "bw"


def town_forecaster(town: Town) -> Forecaster:
    """Forecaster that follows the estimates of a town.  Raises `ConfigError` for a model of unknown holidays."""
    holidays = DEFAULT_HOLIDAYS if town.forecast is None else town.forecast.holidays
    return Forecaster(town.parking, calendar_of(town.timezone, holidays), town.forecast)
