"""Boosted trees on examples whose answer is known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from traffic_core.kernels.planning.boosting import NO_SPLIT, grow_trees


def grown(bins, target, *, trees=1, nodes=1, rate=1.0, least=1, is_event=False, start=0.0):
    bins, target = np.array(bins, np.uint8).reshape(len(target), -1), np.array(target, float)
    used = bins.max(axis=0).astype(np.int64) + 1
    feature, split = np.zeros((trees, nodes), np.uint8), np.zeros((trees, nodes), np.uint8)
    leaf, said = np.zeros((trees, nodes + 1)), np.full(target.size, start)
    grow_trees(bins, target, used, rate, least, is_event, feature, split, leaf, said)
    return feature, split, leaf, said


def test_a_step_is_found_and_leaves_hold_the_medians_of_their_rows():
    rows = np.repeat([0, 1, 2, 3], 20)
    target = np.where(rows <= 1, -1.0, 2.0)
    target[0] = -100.0  # one outlier moves a mean, but no median
    feature, split, leaf, said = grown(rows, target)
    assert feature.tolist() == [[0]]
    assert split.tolist() == [[1]]
    assert leaf.tolist() == [[-1.0, 2.0]]
    assert said[1] == -1.0


def test_the_feature_that_tells_more_is_taken():
    chance = np.random.default_rng(3)
    useless, useful = chance.integers(0, 4, 200), chance.integers(0, 4, 200)
    target = np.where(useful > 2, 1.0, -1.0)
    feature, split, _, _ = grown(np.stack([useless, useful], axis=1), target)
    assert feature.tolist() == [[1]]
    assert split.tolist() == [[2]]


def test_with_too_few_rows_nothing_is_split():
    feature, split, leaf, _ = grown([0, 1, 0, 1], [1.0, 2.0, 1.0, 2.0], least=50)
    assert feature.tolist() == [[0]]
    assert split.tolist() == [[NO_SPLIT]]
    assert leaf.tolist() == [[1.5, 0.0]]


def test_each_tree_takes_its_share_of_what_is_left_over():
    rows = np.repeat([0, 1], 40)
    _, _, leaf, said = grown(rows, np.where(rows, 8.0, -8.0), trees=3, rate=0.5)
    assert leaf[:, 1].tolist() == [4.0, 2.0, 1.0]
    assert said[-1] == 7.0


def test_the_odds_of_an_event_take_a_newton_step():
    rows = np.repeat([0, 1], 40)
    _, _, leaf, _ = grown(rows, (rows == 1).astype(float), is_event=True)
    # gradient 0.5 and weight 0.25 per row: 40 × 0.5 / (40 × 0.25 + 5)
    assert leaf[0].tolist() == pytest.approx([-4.0 / 3.0, 4.0 / 3.0])


def test_many_trees_say_the_share_of_events():
    chance = np.random.default_rng(5)
    rows = np.repeat([0, 1], 500)
    happened = (chance.random(1_000) < np.where(rows, 0.8, 0.1)).astype(float)
    said = grown(rows, happened, trees=40, rate=0.5, is_event=True)[3]
    told = [1.0 / (1.0 + math.exp(-said[0])), 1.0 / (1.0 + math.exp(-said[-1]))]
    assert told == pytest.approx([happened[:500].mean(), happened[500:].mean()], abs=0.01)
