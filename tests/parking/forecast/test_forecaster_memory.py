"""What the live forecast remembers: over a clock that is put back, over a restart, and while few numbers change."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from parking.forecast.forecaster import Forecaster

from .conftest import CALENDAR, WEEKS, made_up_history
from .test_forecaster import estimates, replayed, town

pytestmark = pytest.mark.slow
BEGIN = WEEKS * 2_016
KEYS = ("A", "B")


@pytest.fixture(scope="module")
def longer():
    return made_up_history(weeks=WEEKS + 2)


def numbers(history, step):
    values = np.rint(history.free_share[step] * history.capacity_veh).astype(int).tolist()
    return dict(zip(history.facility_ids, values, strict=True))


def test_a_clock_put_back_over_the_border_of_a_step_costs_no_memory(trained, longer):
    forecaster, _ = replayed(trained, longer, BEGIN, BEGIN + 300)
    parking = town(keys=KEYS)
    border_s = 300.0 * (longer.first_step + BEGIN + 300)
    follower = forecaster._follower
    forecaster.forecasts(border_s + 0.4, estimates(parking, border_s + 0.4, {"A": 40, "B": 50}))
    known, seen = np.isfinite(follower._watch.ring).sum(), follower._watch.seen.sum()
    for number in range(4):
        for at_s in (border_s - 0.5, border_s + 0.4, border_s - 3_000.0):
            forecaster.forecasts(at_s, estimates(parking, at_s, {"A": 41 + number, "B": 50}))
    assert np.isfinite(follower._watch.ring).sum() == known
    assert follower._watch.seen.sum() == seen, "no step is learned twice"
    assert np.isfinite(follower._pending).any()
    far_s = border_s - 3 * 3_600.0
    forecaster.forecasts(far_s, estimates(parking, far_s, {"A": 41, "B": 50}))
    assert np.isfinite(follower._watch.ring).sum() == 2


def test_a_restart_with_the_last_days_says_what_one_without_a_restart_says(trained, longer):
    steps = 9 * 288
    _, through = replayed(trained, longer, BEGIN, BEGIN + steps + 1)
    first = longer.first_step + BEGIN
    parts = {key: longer.free_share[BEGIN : BEGIN + steps, f] for f, key in enumerate(KEYS)}
    # eight days of the nine, as the store is asked for them
    kept = 2_303
    parking = town(keys=KEYS)
    parking = replace(
        parking, facilities={key: replace(of, capacity_veh=int(capacity)) for (key, of), capacity in
                             zip(parking.facilities.items(), longer.capacity_veh, strict=True)}
    )  # fmt: skip
    again = Forecaster(parking, CALENDAR, trained.model)
    again.remember(first + steps - kept, {key: of[-kept:] for key, of in parts.items()})
    now_s = 300.0 * (first + steps)
    told = again.forecasts(now_s, estimates(parking, now_s, numbers(longer, BEGIN + steps)))
    cold = Forecaster(parking, CALENDAR, trained.model)
    unknowing = cold.forecasts(now_s, estimates(parking, now_s, numbers(longer, BEGIN + steps)))
    middle = told.levels.index(0.5)
    off, off_cold = (
        np.abs(of.free_veh[:, :, middle] - through.free_veh[:, :, middle]).max() for of in (told, unknowing)
    )
    assert off < 4.0, "one day less was learned, and the widths begin anew"
    assert off < off_cold
    ring = again._follower._watch.ring
    assert np.isfinite(ring).sum() == 2 * (kept + 1)


def test_what_the_training_knew_is_remembered_but_not_learned_again(trained, longer):
    again = Forecaster(town(keys=KEYS), CALENDAR, trained.model)
    seen = again._follower._watch.seen.sum()
    again.remember(longer.first_step + BEGIN - 200, {"A": longer.free_share[BEGIN - 200 : BEGIN + 10, 0]})
    watch = again._follower._watch
    assert watch.seen.sum() == seen + 10
    remembered = watch.ring[0, (longer.first_step + BEGIN - 200 + np.arange(210)) % watch.ring.shape[1]]
    assert np.array_equal(remembered, longer.free_share[BEGIN - 200 : BEGIN + 10, 0])
    assert watch.next_step == longer.first_step + BEGIN + 10
    assert again.remembered_ids == KEYS
    assert Forecaster(town(), CALENDAR).remembered_ids == ()


def test_within_a_step_only_what_has_changed_is_reckoned_anew(trained, longer, monkeypatch):
    forecaster, _ = replayed(trained, longer, BEGIN, BEGIN + 3)
    parking = town(keys=KEYS)
    now_s = 300.0 * (longer.first_step + BEGIN + 3)
    first = forecaster.forecasts(now_s, estimates(parking, now_s, {"A": 40, "B": 50}))
    rows = []
    real = type(trained.model).quantiles

    def counted(model, features, *others):
        rows.append(features.shape[0])
        return real(model, features, *others)

    monkeypatch.setattr(type(trained.model), "quantiles", counted)
    second = forecaster.forecasts(now_s + 10.0, estimates(parking, now_s + 10.0, {"A": 30, "B": 50}))
    assert set(rows) == {1}
    assert np.array_equal(second.free_veh[1], first.free_veh[1])
    assert not np.array_equal(second.free_veh[0], first.free_veh[0])
