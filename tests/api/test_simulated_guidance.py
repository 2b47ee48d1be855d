"""The guidance inside a simulation forecasts as the service does for a town without a trained model."""

from __future__ import annotations

import numpy as np
import pytest

from api.parking.town_forecaster import town_forecaster
from api.town import default_model, load_town
from parking.occupancy import OccupancyState
from simulator.base_model import load_base
from simulator.run import forecaster_of
from traffic_core.readings import OccupancyReading


@pytest.mark.parametrize(
    "now_s",
    [
        pytest.param(1_795_600_800.0, id="Wednesday 25 November 2026, 11:00 in Berlin"),
        pytest.param(1_799_229_600.0, id="Epiphany, Wednesday 6 January 2027, 11:00"),
        pytest.param(1_795_860_000.0, id="Saturday 28 November 2026, 11:00"),
    ],
)
def test_the_simulator_forecasts_what_the_service_forecasts(now_s):
    folder = default_model()
    town, base = load_town(folder), load_base(folder)
    assert town.forecast is None
    state = OccupancyState(town.parking.facilities)
    for key, facility in town.parking.facilities.items():
        free_veh = (facility.capacity_veh or 0) // 3
        state.accept(OccupancyReading(source_id=key, measured_at_s=now_s, received_at_s=now_s, free_veh=free_veh))
    estimates = state.estimates(now_s)
    service, simulated = (one.forecasts(now_s, estimates) for one in (town_forecaster(town), forecaster_of(base)))
    assert simulated.facility_ids == service.facility_ids
    assert simulated.sources == service.sources
    assert not set(simulated.sources) <= {"none"}
    np.testing.assert_array_equal(simulated.free_veh, service.free_veh)
