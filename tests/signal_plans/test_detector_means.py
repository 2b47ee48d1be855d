"""Means of detectors: what is heard counts for minutes, silence is not zero."""

from __future__ import annotations

import math

import numpy as np
import pytest

from signal_plans.detector_means import DetectorMeans
from traffic_core.readings import DetectorReading

START_S = 1_800_000_000.0


def reading(at_s, count_veh=10, share=0.5, name="DJN", interval_s=60.0):
    return DetectorReading(
        source_id=name,
        measured_at_s=START_S + at_s,
        received_at_s=START_S + at_s,
        interval_s=interval_s,
        count_veh=count_veh,
        occupancy_share=share,
    )


@pytest.fixture
def means(build):
    return DetectorMeans(build.network(["J"]))


def test_the_first_reading_counts_alone_and_the_next_by_its_length(means):
    means.accept(reading(0))
    assert means.flow_veh_h(START_S)[means.row["DJN"]] == 600.0
    means.accept(reading(60, count_veh=20, share=1.0))
    weight = 1 - math.exp(-60 / 300)
    assert means.flow_veh_h(START_S + 60)[0] == pytest.approx(600 + weight * 600)
    assert means.occupancy_share(START_S + 60)[0] == pytest.approx(0.5 + weight * 0.5)


def test_silence_and_a_clock_that_was_set_back_make_it_unknown(means):
    means.accept(reading(0))
    assert not np.isnan(means.flow_veh_h(START_S + 300)[0])
    assert np.isnan(means.flow_veh_h(START_S + 301)[0])
    means.accept(reading(700, count_veh=20))
    assert means.flow_veh_h(START_S + 700)[0] == 1_200.0, "nothing of before the silence"
    assert np.isnan(means.flow_veh_h(START_S - 3_600)[0])


def test_a_detector_that_tells_no_occupancy_has_none(means):
    means.accept(reading(0, share=None))
    assert np.isnan(means.occupancy_share(START_S)).all()


def test_older_readings_and_strangers_are_left_out(means):
    means.accept(reading(60))
    means.accept(reading(60, count_veh=99))
    means.accept(reading(0, count_veh=99))
    means.accept(reading(120, count_veh=99, name="X"))
    assert means.flow_veh_h(START_S + 60)[0] == 600.0


def test_of_a_link_the_most_occupied_detector_counts(means):
    means.accept(reading(0, share=0.4))
    found = means.link_occupancy_share(["JNin", "JEin", "nowhere"], START_S)
    assert found[0] == 0.4
    assert np.isnan(found[1:]).all()
