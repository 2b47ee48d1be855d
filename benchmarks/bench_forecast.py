"""The parking forecast: time of one guidance cycle's forecast, and the figures on the archives beside the checkout.

Run with `pytest benchmarks/bench_forecast.py -s`; the figures take about a minute per archive.
"""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from api.parking.evaluate_run import evaluate
from api.parking.forecast_report import evaluation_lines
from api.parking.prepared import HistorySettings
from parking.facility import Facility, FacilityKind
from parking.forecast.calendar import Calendar
from parking.forecast.calibration import error_quantiles
from parking.forecast.features import Watch
from parking.forecast.forecaster import Forecaster
from parking.forecast.model import CLASSES, LEADS, LEVELS, ODDS_LEADS, ForecastModel, Variant
from parking.forecast.thresholds import SignThresholds
from parking.forecast.training import TrainingSettings
from parking.forecast.trees import Trees
from parking.model import FacilityUse, ParkingModel
from parking.occupancy import OccupancyState
from traffic_core.kernels.parking_forecast import FEATURES
from traffic_core.provenance import Confidence, Provenance
from traffic_core.readings import OccupancyReading

ARCHIVES = Path(__file__).resolve().parents[2] / "shared" / "data" / "parking_history"
BEGIN_S = 1_796_169_600.0
CYCLES = 400
CAPACITY_VEH = 200


def town(size):
    made_up = Provenance(source="made up for the benchmark", confidence=Confidence.ESTIMATED)
    facilities = {
        f"F{number}": Facility(
            id=f"F{number}",
            name=f"F{number}",
            district="",
            position=(9.0, 48.0),
            kind=FacilityKind.GARAGE,
            capacity_veh=CAPACITY_VEH,
            reserve_veh=0,
            update_interval_s=300.0,
            access_node="N",
            provenance=made_up,
        )
        for number in range(size)
    }
    day = tuple(0.4 + 0.02 * hour for hour in range(24))
    use = FacilityUse(fee_eur_h=0.0, mean_stay_min=60.0, guided=True, occupied_share=day)
    return ParkingModel(facilities=facilities, signs={}, uses=dict.fromkeys(facilities, use))


def made_up_model(size):
    """As large as a trained one; what it says is chance."""
    chance = np.random.default_rng(1)

    def trees(count, depth):
        nodes = 2**depth - 1
        return Trees(
            feature=chance.integers(0, FEATURES, (count, nodes)).astype(np.uint8),
            threshold=chance.normal(0.0, 0.3, (count, nodes)),
            leaf=chance.normal(0.0, 0.001, (count, nodes + 1)),
        )

    watch = Watch.fresh(size, int(BEGIN_S) // 300)
    watch.profile[:] = chance.uniform(0.3, 0.4, watch.profile.shape)
    watch.by_day[:] = 0.35
    facility = np.repeat(np.arange(size), 50)
    errors = error_quantiles(chance.normal(size=facility.size), np.full(facility.size, 0.1), facility, size, LEVELS)
    return ForecastModel(
        facility_ids=tuple(f"F{number}" for number in range(size)),
        capacity_veh=np.full(size, CAPACITY_VEH, np.int64),
        leads=LEADS,
        levels=LEVELS,
        half_life_weeks=12.0,
        timezone="Europe/Berlin",
        holidays="none",
        middle=tuple(trees(200, 6) for _ in LEADS),
        spread=tuple(trees(60, 4) for _ in LEADS),
        variant=np.full((size, len(LEADS)), int(Variant.MODEL), np.int64),
        error_quantiles=np.broadcast_to(errors[:, None], (size, len(LEADS), CLASSES, len(LEVELS))).copy(),
        odds=tuple(trees(150, 6) for _ in range(ODDS_LEADS)),
        fills_up=np.ones(size, np.bool_),
        thresholds=SignThresholds(),
        watch=watch,
        trained_to_s=BEGIN_S,
    )


@pytest.mark.parametrize("size", [10, 80])
@pytest.mark.parametrize("has_model", [True, False])
def test_forecasts_of_one_cycle(size, has_model):
    parking = town(size)
    forecaster = Forecaster(parking, Calendar(ZoneInfo("Europe/Berlin")), made_up_model(size) if has_model else None)
    state = OccupancyState(parking.facilities)
    took_s = []
    for cycle in range(CYCLES):
        now_s = BEGIN_S + 10.0 * cycle
        if cycle % 30 == 0:
            for key in parking.facilities:
                state.accept(
                    OccupancyReading(source_id=key, measured_at_s=now_s, received_at_s=now_s, free_veh=20 + cycle // 30)
                )
        estimates = state.estimates(now_s)
        began_s = time.perf_counter()
        told = forecaster.forecasts(now_s, estimates)
        took_s.append(time.perf_counter() - began_s)
    source = "model" if has_model else "profile"
    assert set(told.sources) == {source}
    took_ms = 1_000.0 * np.array(took_s[20:])
    print(
        f"\n{size} car parks, {source}: median {median(took_ms):.2f} ms, p90 {np.quantile(took_ms, 0.9):.2f} ms, "
        f"p99 {np.quantile(took_ms, 0.99):.2f} ms"
    )


@pytest.mark.parametrize("share", [0.1, 1.0])
@pytest.mark.parametrize("size", [10, 80])
def test_forecasts_by_a_model_while_numbers_change(size, share):
    """So many of the car parks tell another number in every cycle of 10 s."""
    parking, chance = town(size), np.random.default_rng(1)
    forecaster = Forecaster(parking, Calendar(ZoneInfo("Europe/Berlin")), made_up_model(size))
    state = OccupancyState(parking.facilities)
    took_s = []
    for cycle in range(CYCLES):
        now_s = BEGIN_S + 10.0 * cycle
        for key in parking.facilities:
            if cycle == 0 or chance.random() < share:
                free_veh = int(chance.integers(0, CAPACITY_VEH // 2))
                state.accept(
                    OccupancyReading(source_id=key, measured_at_s=now_s, received_at_s=now_s, free_veh=free_veh)
                )
        estimates = state.estimates(now_s)
        began_s = time.thread_time()
        forecaster.forecasts(now_s, estimates)
        took_s.append(time.thread_time() - began_s)
    took_ms = 1_000.0 * np.array(took_s[20:])
    print(
        f"\n{size} car parks, {100 * share:.0f} % with another number: median {median(took_ms):.2f} ms, "
        f"p99 {np.quantile(took_ms, 0.99):.2f} ms"
    )


@pytest.mark.shared
@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "timezone", "holidays"),
    [
        ("konstanz_free_2023_2025", "Europe/Berlin", "bw"),
        ("esslingen_free_2020_2022", "Europe/Berlin", "bw"),
        ("bath_2014_2015", "Europe/London", "none"),
    ],
)
def test_figures_on_an_archive(name, timezone, holidays):
    path = ARCHIVES / f"{name}.csv.gz"
    if not path.is_file():
        pytest.skip(f"{path.name} is not here")
    began_s = time.perf_counter()
    settings = HistorySettings(history=path, capacities=None, timezone=timezone, holidays=holidays)
    report = evaluate(settings, TrainingSettings(timezone=timezone, holidays=holidays))
    print()
    print("\n".join(evaluation_lines(report)))
    print(f"{time.perf_counter() - began_s:.0f} s")
    for of in report["overall"].values():
        assert of["model"] < of["profile"]
        assert of["model"] < of["persistence"]
        assert 0.88 <= of["within_90"] <= 0.92
