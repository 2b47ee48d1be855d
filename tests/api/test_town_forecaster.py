"""A trained model and the town it is meant for; what a start takes over from the store into the forecast."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from api.errors import ConfigError
from api.parking.forecast_memory import LONGEST_S, refill, shares_of
from api.parking.town_forecaster import model_doubts
from api.store.store import Store
from api.town import load_town
from parking.forecast.calendar import Calendar
from parking.forecast.forecaster import Forecaster
from traffic_core.kernels.parking_forecast import RING
from traffic_core.readings import OccupancyReading

NOW_S = 300.0 * 5_800_000


@dataclass(frozen=True)
class Model:
    """What of a model is compared with the town."""

    facility_ids: tuple[str, ...]
    capacity_veh: np.ndarray
    timezone: str = "Europe/Berlin"
    trained_to_s: float = NOW_S


@pytest.fixture(scope="module")
def parking(le_model):
    return load_town(le_model).parking


@pytest.fixture
def model(parking):
    known = {key: of.capacity_veh for key, of in parking.facilities.items() if of.capacity_veh}
    ids = tuple(known)[:2]
    return Model(facility_ids=ids, capacity_veh=np.array([known[key] for key in ids]))


def test_a_model_of_the_town_raises_no_doubt(model, parking):
    assert model_doubts(model, parking, "Europe/Berlin", NOW_S) == []


def test_a_model_of_another_time_zone_or_of_other_car_parks_is_refused(model, parking):
    with pytest.raises(ConfigError, match=r"timezone = 'Europe/Berlin': must be that of the town, Europe/London"):
        model_doubts(model, parking, "Europe/London", NOW_S)
    with pytest.raises(ConfigError, match=r"facility_ids = .*must name car parks of the town"):
        model_doubts(replace(model, facility_ids=("X", "Y")), parking, "Europe/Berlin", NOW_S)


def test_what_speaks_against_a_model_is_told(model, parking):
    first = model.facility_ids[0]
    odd = replace(model, facility_ids=(first, "X"), capacity_veh=model.capacity_veh * 2)
    doubts = model_doubts(odd, parking, "Europe/Berlin", NOW_S + 20 * 7 * 86_400.0)
    assert len(doubts) == 3
    assert "X is no car park of the town" in doubts
    assert any(doubt.startswith(f"{first} has") for doubt in doubts)
    assert "the training ended 20 weeks ago" in doubts


def reading(at_s, key="A", **values):
    return OccupancyReading(source_id=key, measured_at_s=at_s, received_at_s=at_s, **values)


def test_shares_are_the_last_number_told_up_to_a_step():
    told = [
        reading(NOW_S + 299.0, free_veh=50),
        reading(NOW_S + 301.0, free_veh=120),
        reading(NOW_S + 900.0, occupied_veh=90),
        reading(NOW_S + 1_000.0, entered_veh=3),
        reading(NOW_S + 1_300.0, free_veh=10, is_open=False),
        reading(NOW_S + 1_600.0, free_veh=10, capacity_veh=40),
    ]
    found = shares_of(told, 100, 5_800_000, 13)
    assert found[:7] == pytest.approx([math.nan, 0.5, 1.0, 0.1, 0.1, math.nan, 0.25], nan_ok=True)
    assert np.isfinite(found[7:12]).all(), "up to 30 min old"
    assert math.isnan(found[12])
    assert np.isnan(shares_of(told[:1], None, 5_800_000, 3)).all(), "without a capacity nothing is known"
    assert np.isnan(shares_of([], 100, 5_800_000, 3)).all()


class Asked:
    """A forecaster that keeps what it is told."""

    def __init__(self, *ids):
        self.remembered_ids = ids
        self.told = None

    def remember(self, first_step, free_share):
        self.told = first_step, free_share


@pytest.fixture
def store(tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'town.db'}")
    store.migrate()
    store.write([reading(NOW_S - 300.0 * back, free_veh=back % 100) for back in range(1, RING + 50)])
    yield store
    store.close()


ONE = SimpleNamespace(facilities={"A": SimpleNamespace(capacity_veh=100), "B": SimpleNamespace(capacity_veh=100)})


def test_a_start_remembers_the_last_eight_days_of_the_store(store):
    asked = Asked("A", "B")
    assert refill(asked, ONE, store, NOW_S) == 1
    first_step, shares = asked.told
    assert first_step == 5_800_000 - RING + 1
    assert list(shares) == ["A"]
    assert np.isfinite(shares["A"]).all()
    assert shares["A"][-3:].tolist() == [0.03, 0.02, 0.01]
    assert shares["A"][0] == ((RING - 1) % 100) / 100


def test_a_start_waits_no_longer_than_it_may(store):
    times = iter([0.0, *[1.0] * 3, *[LONGEST_S + 1.0] * 20])
    asked = Asked("A")
    assert refill(asked, ONE, store, NOW_S, lambda: next(times)) == 1
    assert int(np.isfinite(asked.told[1]["A"]).sum()) == 3 * 288, "the newest days first"
    empty = Asked()
    assert refill(empty, ONE, store, NOW_S) == 0
    assert empty.told is None


def test_a_forecaster_without_a_model_asks_the_store_for_nothing(store, parking):
    assert refill(Forecaster(parking, Calendar(ZoneInfo("Europe/Berlin"))), parking, store, NOW_S) == 0
