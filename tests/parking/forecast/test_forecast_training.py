"""Training on a made-up history: better than the profile, calibrated, the same bytes twice, read back as written."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from parking.forecast.evaluation import COUNT, IN_90, MODEL, PERSISTENCE, PROFILE, judge, sign_counts, split
from parking.forecast.forecasts import Forecasts
from parking.forecast.model import LEADS, Variant, probability_above
from parking.forecast.model_file import SCHEMA, read_model, read_report, write_model
from parking.forecast.thresholds import SignThresholds
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


def test_every_step_is_judged_whatever_its_minute(judged):
    result, later = judged
    for h, lead in enumerate(LEADS):
        known = np.isfinite(later.free_share[:-lead]) & np.isfinite(later.free_share[lead:])
        assert result.sums[COUNT, :, h].tolist() == known.sum(axis=0).tolist()
        stayed = np.abs(later.free_share[:-lead] - later.free_share[lead:])
        assert result.sums[PERSISTENCE, :, h] == pytest.approx(np.where(known, stayed, 0.0).sum(axis=0))


def test_without_its_memory_the_model_is_no_better_and_the_signs_alone_are_judged_the_same(trained, judged):
    result, later = judged
    forgetful = judge(trained.model, later, CALENDAR, forgets=True)
    assert np.array_equal(forgetful.sums[[PERSISTENCE, COUNT]], result.sums[[PERSISTENCE, COUNT]])
    assert not np.array_equal(forgetful.sums[MODEL], result.sums[MODEL])
    signs = judge(trained.model, later, CALENDAR, only_signs=True)
    assert np.array_equal(signs.p_free, result.p_free, equal_nan=True)


def test_figures_of_one_facility_are_a_part_of_all(judged):
    result = judged[0]
    alone = result.means([0]) * result.means([0])[-1] + result.means([1]) * result.means([1])[-1]
    assert alone[:-1] / result.means()[-1] == pytest.approx(result.means()[:-1])


def test_the_probability_of_a_place_is_told_wherever_the_number_is_known(judged):
    result, later = judged
    assert np.array_equal(np.isfinite(result.p_free), np.isfinite(later.free_share))
    assert (result.p_free[np.isfinite(result.p_free)] >= 0.0).all()


def test_every_rule_meets_the_same_arrivals(trained, judged):
    counts = sign_counts(trained.model, judged[0], judged[1], SignThresholds())
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


def test_another_capacity_moves_the_half_place_along(trained, history):
    model = trained.model
    features, _ = model.watch.copy().look(np.array([0.02, 0.3]), CALENDAR, model.lead_steps)
    for capacity in (98.0, 100.0, 101.0, 120.0):
        live = np.array([capacity, 400.0])
        quantiles = model.quantiles(features[0, :, 1], 1, None, live)
        wanted = model.quantiles(features[0, :, 1], 1)
        told, usual = (
            probability_above(of, model.levels, 0.5 / capacity_veh)[0]
            for of, capacity_veh in ((quantiles, live), (wanted, model.capacity_veh))
        )
        assert told == pytest.approx(usual, abs=0.03)


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
        ({"half_life_weeks": 0}, r"model.half_life_weeks = 0: must be a number from 0.1"),
        ({"half_life_weeks": "x"}, "model.half_life_weeks"),
        ({"half_life_weeks": float("nan")}, "model.half_life_weeks"),
        ({"next_step": float("inf")}, "model.next_step"),
        ({"next_step": "a"}, "model.next_step"),
        ({"leads": [1, 2, 3, 6, 12, 24.5]}, "model.leads"),
        ({"leads": [-1, 2, 3, 6, 12, 24]}, "model.leads"),
        ({"leads": [1, 2]}, "model.leads"),
        ({"levels": [0.5, 0.05, 0.95]}, "model.levels"),
        ({"levels": [0.01 + 0.04 * number for number in range(23)]}, "model.levels"),
        ({"facility_ids": ["A", "A"]}, "model.facility_ids"),
        ({"facility_ids": [["A"], "B"]}, "model.facility_ids"),
        ({"thresholds": ["a", "b"]}, "model.thresholds"),
        ({"thresholds": [0.1, 0.2, 0.3]}, "model.thresholds"),
        ({"timezone": 5}, "model.timezone"),
        ({"variant": np.full((2, 6), 7)}, r"model.variant = 7: must be from 0 to 2"),
        ({"variant": np.full((2, 6), -9)}, "model.variant = -9"),
        ({"seen": np.full((2, 2_016), -1)}, "model.seen = -1"),
        ({"profile": np.full((2, 2_016), 50.0)}, r"model.profile = 50.0: must be from 0 to 1"),
        ({"by_day": np.full((2, 864), np.inf)}, "model.by_day = inf"),
        ({"capacity_veh": np.array([0, 10])}, "model.capacity_veh = 0"),
        ({"error_quantiles": np.full((2, 6, 7, 23), 1e308)}, "model.error_quantiles"),
        ({"error_quantiles": np.broadcast_to(-np.arange(23.0), (2, 6, 7, 23))}, "model.error_quantiles = 'falling'"),
        ({"odds_1_leaf": np.full((10, 8), 1e300)}, "model.odds_1_leaf"),
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


def huge_head():
    """A few bytes that say they are 8 TB."""
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (10**12,)})
    return header.getvalue() + b"x" * 8


def packed(change=None):
    """An archive with a part that says it is huge, or with one byte of its directory and header changed."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("head.npy", huge_head())
    found = bytearray(content.getvalue())
    if change is not None:
        at, value = change
        directory = found.find(b"PK\x01\x02")
        found[at] = found[directory + at + 2] = value
    return bytes(found)


@pytest.mark.parametrize("content", [packed(), packed((8, 99)), packed((6, 1))])  # huge, unknown packing, encrypted
def test_a_file_made_to_do_harm_is_refused(tmp_path, content):
    path = tmp_path / "model.npz"
    path.write_bytes(content)
    with pytest.raises(FileError, match="must be a forecast model"):
        read_model(path)


def test_no_byte_that_is_flipped_gets_past_the_reading(trained, tmp_path):
    path = tmp_path / "model.npz"
    write_model(trained.model, {}, path)
    whole = path.read_bytes()
    refused = 0
    for place in range(0, len(whole), max(1, len(whole) // 60)):
        broken = bytearray(whole)
        broken[place] ^= 0xFF
        path.write_bytes(bytes(broken))
        try:
            read_model(path)
        except FileError:
            refused += 1
    assert refused > 50


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
