"""The forecast of the live service: what it rests on, and that it is the one that was evaluated."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from parking.facility import Facility, FacilityKind
from parking.forecast.calendar import Calendar
from parking.forecast.forecaster import Forecaster
from parking.forecast.model import LEADS
from parking.forecast.spread import spread_veh, typical_change_veh, widened
from parking.model import FacilityUse, ParkingModel
from parking.occupancy import OccupancyState
from parking.persistence import sigma_veh
from traffic_core.provenance import Confidence, Provenance
from traffic_core.readings import OccupancyReading

from .conftest import CALENDAR, FIRST_STEP, WEEKS

BERLIN = Calendar(ZoneInfo("Europe/Berlin"))
WEDNESDAY_NOON_S = 1_796_209_200.0
"""2 December 2026, 12:00 in Berlin."""
SUNDAY_NOON_S = WEDNESDAY_NOON_S + 4 * 86_400.0
DAY = tuple(0.5 if hour < 13 else 0.9 for hour in range(24))


def town(capacity_veh=100, occupied_share=(), keys=("A",), **use):
    made_up = Provenance(source="made up for the test", confidence=Confidence.ESTIMATED)
    facilities = {
        key: Facility(
            id=key, name=key, district="Mitte", position=(9.0, 48.0), kind=FacilityKind.GARAGE,
            capacity_veh=capacity_veh, reserve_veh=0, update_interval_s=300.0, access_node="N", provenance=made_up,
        )
        for key in keys
    }  # fmt: skip
    known = FacilityUse(fee_eur_h=0.0, mean_stay_min=60.0, guided=True, occupied_share=occupied_share, **use)
    return ParkingModel(facilities=facilities, signs={}, uses=dict.fromkeys(facilities, known))


def estimates(parking, now_s, free_veh, age_s=0.0, **values):
    state = OccupancyState(parking.facilities)
    at_s = now_s - age_s
    for key, free in free_veh.items():
        if free is not None:
            state.accept(
                OccupancyReading(source_id=key, measured_at_s=at_s, received_at_s=at_s, free_veh=free, **values)
            )
    return state.estimates(now_s)


def told(parking, now_s, free_veh=40, **values):
    return Forecaster(parking, BERLIN).forecasts(now_s, estimates(parking, now_s, {"A": free_veh}, **values))


def test_without_anything_learned_it_stays_as_it_is():
    forecasts = told(town(), WEDNESDAY_NOON_S)
    assert forecasts.source("A") == "persistence"
    assert forecasts.quantile_veh("A", 1_800.0, 0.5) == pytest.approx(40.0)
    sigma = sigma_veh(1_800.0, 100.0)
    assert forecasts.quantile_veh("A", 1_800.0, 0.95) == pytest.approx(40.0 + 1.6449 * sigma, abs=1e-3)


def test_a_typical_day_moves_the_middle_along():
    forecasts = told(town(occupied_share=DAY), WEDNESDAY_NOON_S)
    assert forecasts.source("A") == "profile"
    assert forecasts.quantile_veh("A", 3_600.0, 0.5) == pytest.approx(0.0)  # 40 % more are taken at 13:00
    assert forecasts.quantile_veh("A", 1_800.0, 0.5) == pytest.approx(20.0)


def test_a_typical_weekday_says_nothing_of_a_sunday():
    assert told(town(occupied_share=DAY), SUNDAY_NOON_S).source("A") == "persistence"


def test_a_typical_day_refers_to_the_usual_size():
    use = town(occupied_share=DAY, usual_capacity_veh=200).uses["A"]
    assert typical_change_veh(use, 100.0, 12 * 3_600.0, [3_600.0]) == pytest.approx([-80.0])
    assert typical_change_veh(town().uses["A"], 100.0, 0.0, [3_600.0]) is None


@pytest.mark.parametrize(
    ("parking", "values"),
    [
        (town(capacity_veh=None), {}),
        (town(), {"is_open": False}),
        (town(), {"age_s": 1_900.0}),
        (town(), {"free_veh": None}),
    ],
)
def test_nothing_is_said_of_what_is_not_known(parking, values):
    forecasts = told(parking, WEDNESDAY_NOON_S, **values)
    assert forecasts.source("A") == "none"
    assert forecasts.quantile_veh("A", 900.0, 0.5) is None


def test_an_older_number_strays_further():
    young = told(town(), WEDNESDAY_NOON_S)
    old = told(town(), WEDNESDAY_NOON_S, age_s=1_200.0)
    assert old.quantile_veh("A", 900.0, 0.05) < young.quantile_veh("A", 900.0, 0.05)


def test_a_forecast_is_told_again_while_no_number_changes():
    parking = town()
    forecaster = Forecaster(parking, BERLIN)
    first = forecaster.forecasts(WEDNESDAY_NOON_S, estimates(parking, WEDNESDAY_NOON_S, {"A": 40}))
    times_s = [WEDNESDAY_NOON_S + later for later in (10.0, 20.0, 40.0)]
    again, changed, old = (
        forecaster.forecasts(at_s, estimates(parking, at_s, {"A": free}))
        for at_s, free in zip(times_s, (40, 41, 41), strict=True)
    )
    assert again is first
    assert changed.made_at_s == times_s[1]
    assert old is changed
    late_s = times_s[1] + 31.0
    assert forecaster.forecasts(late_s, estimates(parking, late_s, {"A": 41})).made_at_s == late_s


def test_an_uncertain_count_widens_as_normal_errors_add():
    levels = (0.05, 0.5, 0.95)
    certain = spread_veh([50.0], 100.0, 0.0, [900.0], levels)
    uncertain = spread_veh([50.0], 100.0, 0.0, [900.0], levels, measured_sigma_veh=4.0)
    assert widened(certain, levels, 4.0) == pytest.approx(uncertain)
    assert np.array_equal(widened(certain, levels, 0.0), certain)


def replayed(trained, history, first, last, **changes):
    """Forecasts of the last step after the service followed the recorded numbers from a step on."""
    parking = town(keys=history.facility_ids)
    parking = ParkingModel(
        facilities={
            key: replace(of, capacity_veh=int(capacity))
            for (key, of), capacity in zip(parking.facilities.items(), history.capacity_veh, strict=True)
        },
        signs={},
        uses=parking.uses,
    )
    forecaster = Forecaster(parking, CALENDAR, replace(trained.model, **changes))
    for step in range(first, last):
        now_s = 300.0 * (history.first_step + step)
        numbers = dict(
            zip(history.facility_ids, np.rint(history.free_share[step] * history.capacity_veh).astype(int).tolist(),
                strict=True)
        )  # fmt: skip
        made = forecaster.forecasts(now_s, estimates(parking, now_s, numbers))
    return forecaster, made


@pytest.fixture(scope="module")
def longer():
    from .conftest import made_up_history  # noqa: PLC0415

    return made_up_history(weeks=WEEKS + 1)


@pytest.mark.slow
def test_the_service_says_what_was_evaluated(trained, longer):
    begin = WEEKS * 2_016
    _, made = replayed(trained, longer, begin, begin + 40)
    model = trained.model
    watch = model.watch.copy()
    wanted = np.zeros(40, np.bool_)
    wanted[-1] = True
    part = longer.free_share[begin : begin + 40]
    features, _ = watch.advance(part, CALENDAR, model.half_life_weeks, model.lead_steps, wanted)
    assert made.sources == ("model", "model")
    for h in range(len(LEADS)):
        expected = model.quantiles(features[0, :, h], h) * longer.capacity_veh[:, None]
        # the service looks after the profile has learned from the step, the evaluation before
        assert made.free_veh[:, h] == pytest.approx(expected, abs=0.05)


@pytest.mark.slow
def test_a_model_from_long_ago_starts_with_an_empty_memory(trained, longer):
    later = replace(longer, first_step=FIRST_STEP + 60 * 2_016)
    _, made = replayed(trained, later, 0, 3)
    assert made.sources == ("model", "model")
    assert np.isfinite(made.free_veh).all()


@pytest.mark.slow
def test_a_gap_of_some_hours_is_bridged(trained, longer):
    begin = WEEKS * 2_016
    forecaster, _ = replayed(trained, longer, begin, begin + 3)
    parking = town(keys=("A", "B"))
    now_s = 300.0 * (longer.first_step + begin + 60)
    made = forecaster.forecasts(now_s, estimates(parking, now_s, {"A": 40, "B": 50}))
    assert made.sources == ("model", "model")
    back_s = now_s - 7_200.0
    assert forecaster.forecasts(back_s, estimates(parking, back_s, {"A": 40, "B": 50})).source("A") == "model"


@pytest.mark.slow
def test_an_aged_number_counts_as_more_time_ahead(trained):
    parking = town(keys=("A", "B"))
    now_s = trained.model.trained_to_s
    fresh = Forecaster(parking, CALENDAR, trained.model).forecasts(now_s, estimates(parking, now_s, {"A": 40}))
    aged = Forecaster(parking, CALENDAR, trained.model).forecasts(
        now_s, estimates(parking, now_s, {"A": 40}, age_s=1_200.0)
    )
    assert aged.quantile_veh("A", 900.0, 0.5) == pytest.approx(fresh.quantile_veh("A", 1_800.0, 0.5))
    assert fresh.source("B") == "none"


@pytest.mark.slow
def test_facilities_without_a_model_fall_back(trained):
    parking = town(keys=("A", "C"), occupied_share=DAY)
    now_s = trained.model.trained_to_s
    made = Forecaster(parking, CALENDAR, trained.model).forecasts(now_s, estimates(parking, now_s, {"A": 40, "C": 40}))
    assert made.sources == ("model", "profile")


@pytest.mark.slow
def test_intervals_that_miss_too_often_widen_after_a_day(trained, longer, monkeypatch):
    narrow = trained.model.error_quantiles * 0.2
    begin = WEEKS * 2_016
    last = begin + 288 + 108  # a morning, where neither end of the interval is 0 or the capacity
    forecaster, adapting = replayed(trained, longer, begin, last, error_quantiles=narrow)
    monkeypatch.setattr("parking.forecast.forecaster.adapted", lambda stretch, _missed, _scored: stretch)
    fixed = replayed(trained, longer, begin, last, error_quantiles=narrow)[1]
    stretch = forecaster._follower._stretch
    assert (stretch[:, 2] > 1.1).all()
    ends = [adapting.levels.index(level) for level in (0.05, 0.95)]
    for f, h in ((0, 2), (0, 3), (1, 2), (1, 3)):
        wider, width = np.diff(adapting.free_veh[f, h, ends])[0], np.diff(fixed.free_veh[f, h, ends])[0]
        assert wider == pytest.approx(stretch[f, h] * width, rel=1e-6)
