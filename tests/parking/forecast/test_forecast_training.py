"""Training on a made-up history: better than the profile, calibrated, the same bytes twice, read back as written."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from parking.forecast.evaluation import IN_90, MODEL, PERSISTENCE, PROFILE, judge, sign_counts, split
from parking.forecast.forecasts import Forecasts
from parking.forecast.model import LEADS, Variant, probability_above
from parking.forecast.model_file import SCHEMA, read_model, read_report, write_model
from parking.forecast.training import SHORTEST_STEPS, train, usable_facilities
from parking.forecast.trees import Trees
from traffic_core.errors import FileError, InvalidValueError

from .conftest import CALENDAR, SMALL, made_up_history

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def judged(trained):
    later = split(made_up_history(weeks=20), 15 * 2_016)[1]
    return judge(trained.model, later, CALENDAR), later


def test_the_model_beats_the_profile_and_the_profile_persistence(judged):
    means = judged[0].means()
    half_hour = LEADS.index(6)
    assert (means[MODEL, half_hour:] < means[PROFILE, half_hour:]).all()
    assert (means[MODEL] < means[PERSISTENCE]).all()


def test_nine_in_ten_outcomes_fall_into_the_interval(judged):
    assert judged[0].means()[IN_90] == pytest.approx(np.full(len(LEADS), 0.9), abs=0.03)


def test_figures_of_one_facility_are_a_part_of_all(judged):
    result = judged[0]
    alone = result.means([0]) * result.means([0])[-1] + result.means([1]) * result.means([1])[-1]
    assert alone[:-1] / result.means()[-1] == pytest.approx(result.means()[:-1])


def test_the_probability_of_a_place_is_told_wherever_the_number_is_known(judged):
    result, later = judged
    assert np.array_equal(np.isfinite(result.p_free), np.isfinite(later.free_share))
    assert (result.p_free[np.isfinite(result.p_free)] >= 0.0).all()


def test_every_rule_meets_the_same_arrivals(trained, judged):
    counts = sign_counts(trained.model, judged[0], judged[1])
    for rules in counts.values():
        assert len({(of.at_full, of.at_free) for of in rules.values()}) == 1


def test_a_facility_that_fills_up_has_odds(trained):
    assert trained.model.fills_up.tolist() == [True, False]
    assert all(trees.leaf.shape[0] > 0 for trees in trained.model.odds)


def test_the_variant_with_the_least_error_is_taken(trained):
    best = np.argmin(trained.error_share, axis=0)
    assert np.array_equal(best, trained.model.variant)
    assert int(Variant.MODEL) in best


def test_quantiles_rise_and_stay_within_the_facility(trained, history):
    model = trained.model
    watch = model.watch.copy()
    features, usable = watch.look(history.free_share[-1], CALENDAR, model.lead_steps)
    for h in range(len(LEADS)):
        assert usable[0, :, h].all()
        quantiles = model.quantiles(features[0, :, h], h)
        assert (np.diff(quantiles, axis=1) >= 0.0).all()
        assert quantiles.min() >= 0.0
        assert quantiles.max() <= 1.0


def test_forecasts_tell_the_same_probability_as_the_evaluation(trained, history):
    model = trained.model
    features, _ = model.watch.copy().look(np.array([0.02, 0.3]), CALENDAR, model.lead_steps)
    quantiles = np.stack([model.quantiles(features[0, :, h], h) for h in range(len(LEADS))], axis=1)
    told = Forecasts(
        made_at_s=0.0,
        facility_ids=model.facility_ids,
        lead_s=tuple(300.0 * lead for lead in model.leads),
        levels=model.levels,
        free_veh=quantiles * model.capacity_veh[:, None, None],
        sources=("model", "model"),
    )
    direct = probability_above(quantiles[:, 1], model.levels, 0.5 / model.capacity_veh)
    assert [told.probability_more_than(key, 0, 600.0) for key in ("A", "B")] == pytest.approx(list(direct))


def test_the_same_history_gives_the_same_bytes(trained, history, tmp_path):
    write_model(trained.model, {"a": 1}, tmp_path / "once.npz")
    write_model(train(history, CALENDAR, SMALL).model, {"a": 1}, tmp_path / "twice.npz")
    assert (tmp_path / "once.npz").read_bytes() == (tmp_path / "twice.npz").read_bytes()


def test_a_model_is_read_as_it_was_written(trained, history, tmp_path):
    path = tmp_path / "model.npz"
    write_model(trained.model, {"found": [1, 2]}, path)
    again = read_model(path)
    assert read_report(path) == {"found": [1, 2]}
    assert again.facility_ids == trained.model.facility_ids
    assert again.thresholds == trained.model.thresholds
    watch = trained.model.watch.copy()
    features, _ = watch.look(history.free_share[-1], CALENDAR, again.lead_steps)
    for h in range(len(LEADS)):
        assert np.array_equal(again.quantiles(features[0, :, h], h), trained.model.quantiles(features[0, :, h], h))


def damaged(path, **changes):
    with np.load(path) as file:
        arrays = {key: file[key] for key in file.files}
    head = json.loads(arrays["head"].tobytes())
    for key, value in changes.items():
        if key in head:
            head[key] = value
        else:
            arrays[key] = value
    arrays["head"] = np.frombuffer(json.dumps(head).encode(), np.uint8)
    np.savez(path, **arrays)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"schema": "stadttakt/parking-forecast/0"}, rf"model.schema = .*: is {SCHEMA}"),
        ({"features": ["other"]}, "model.features"),
        ({"profile": np.zeros((2, 7))}, r"model.profile.shape = \(2, 7\)"),
        ({"variant": np.zeros((1, 1), np.int64)}, "model.variant.shape"),
        ({"seen": np.zeros((2, 2_016))}, "model.seen"),
        ({"thresholds": [0.9, 0.1]}, "thresholds.free_above_share"),
        ({"leads": [1, 2, 3, 6, 12, 240]}, "model.leads"),
        ({"middle_0_threshold": np.zeros((1, 1))}, "trees.shape"),
    ],
)
def test_a_damaged_model_is_refused_by_name(trained, tmp_path, changes, message):
    path = tmp_path / "model.npz"
    write_model(trained.model, {}, path)
    damaged(path, **changes)
    with pytest.raises(FileError, match=message) as caught:
        read_model(path)
    assert caught.value.file == str(path)


def test_an_archive_of_other_arrays_is_refused(tmp_path):
    np.savez(tmp_path / "model.npz", head=np.zeros(3, np.uint8))
    with pytest.raises(FileError, match=r"model.capacity_veh"):
        read_model(tmp_path / "model.npz")


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 broken"])
def test_something_that_is_no_model_is_refused(tmp_path, content):
    path = tmp_path / "model.npz"
    path.write_bytes(content)
    with pytest.raises(FileError, match="must be a forecast model"):
        read_model(path)


def test_a_short_history_is_refused(history):
    with pytest.raises(InvalidValueError, match=r"history = '11 weeks': must be at least 12 weeks long"):
        train(split(history, SHORTEST_STEPS - 1)[0], CALENDAR, SMALL)


def test_a_facility_that_was_hardly_known_gets_no_model(history):
    share = history.free_share.copy()
    share[:, 1] = np.nan
    share[: 27 * 288, 1] = 0.5
    assert usable_facilities(replace(history, free_share=share), history.steps) == [0]


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        (((1, 3), (1, 3), (1, 3)), "trees.shape"),
        (((1, 2), (1, 2), (1, 3)), r"trees.nodes = 2"),
    ],
)
def test_trees_must_be_complete(shapes, message):
    feature, threshold, leaf = shapes
    with pytest.raises(InvalidValueError, match=message):
        Trees(feature=np.zeros(feature, np.uint8), threshold=np.zeros(threshold), leaf=np.zeros(leaf))


def test_trees_know_the_features_and_say_numbers():
    with pytest.raises(InvalidValueError, match=r"trees.feature = 200: must be below 22"):
        Trees(feature=np.full((1, 1), 200, np.uint8), threshold=np.zeros((1, 1)), leaf=np.zeros((1, 2)))
    with pytest.raises(InvalidValueError, match=r"trees.leaf"):
        Trees(feature=np.zeros((1, 1), np.uint8), threshold=np.zeros((1, 1)), leaf=np.full((1, 2), np.nan))
