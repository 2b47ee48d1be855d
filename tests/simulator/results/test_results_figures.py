"""Figures of made-up trips, by hand.  The period lasts from 100 to 1000 s."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.results.figures import fates_of, figures
from simulator.results.run_result import FIGURES
from simulator.results.trip_log import Tally
from traffic_core.errors import InvalidValueError

TALLY = Tally(gave_up_veh=3, turned_by_sign_veh=2)
NAN, INF = math.nan, math.inf


def test_every_figure_is_made_in_its_order(make_log, quiet):
    made = figures(make_log(), quiet, TALLY)
    assert list(made) == [figure.name for figure in FIGURES]


def test_a_run_without_trips_has_counts_but_no_means(make_log, quiet):
    made = figures(make_log(), quiet, TALLY)
    means = {"mean_delay_s", "mean_trip_s", "stops_per_trip", "parking_search_s", "parking_walk_m"}
    assert {name for name, value in made.items() if value is None} == means
    counts = {name: value for name, value in made.items() if name not in means}
    assert counts.pop("gave_up_veh") == 3.0
    assert counts.pop("turned_by_sign_veh") == 2.0
    assert set(counts.values()) == {0.0}


def test_means_are_of_the_trips_that_began_in_the_period_and_are_done(make_log, quiet):
    made = figures(
        make_log(
            ("leisure", 99.0, 900.0, 0.0),  # began in the warm-up
            ("leisure", 100.0, 200.0, 70.0),  # took 100 s, lost 30 s
            ("shopping", 300.0, 500.0, 150.0),  # took 200 s, lost 50 s
            ("shopping", 500.0, NAN, 10.0),  # under way
            ("shopping", 600.0, INF, 10.0),  # lost
            ("shopping", 1000.0, NAN, 10.0),  # begins after the period
        ),
        quiet,
        TALLY,
    )
    assert made["mean_trip_s"] == 150.0
    assert made["mean_delay_s"] == 40.0
    assert (made["trips_done"], made["trips_unfinished"], made["lost_trips"]) == (2.0, 1.0, 1.0)


def test_the_delay_so_far_of_those_under_way_is_in_the_delay_of_all_trips(make_log, quiet):
    made = figures(
        make_log(
            ("leisure", 100.0, 1000.0, 180.0),  # done in the last moment, lost 720 s
            ("leisure", 200.0, NAN, 80.0),  # 800 s under way, lost 720 s so far
            ("leisure", 990.0, NAN, 60.0),  # cannot be there yet, lost nothing so far
            ("leisure", 300.0, INF, INF),  # lost: no delay
            ("leisure", 640.0, 1001.0, 0.0),  # there only after the end: 360 s so far
        ),
        quiet,
        TALLY,
    )
    assert made["total_delay_h"] == pytest.approx((720 + 720 + 0 + 360) / 3600)
    assert made["mean_delay_s"] == 720.0
    assert (made["trips_done"], made["trips_unfinished"], made["lost_trips"]) == (1.0, 3.0, 1.0)


def test_a_driver_sent_to_a_nearer_car_park_gains_time(make_log, quiet):
    made = figures(make_log(("leisure", 100.0, 200.0, 118.0)), quiet, TALLY)
    assert made["mean_delay_s"] == -18.0
    assert made["total_delay_h"] == pytest.approx(-18 / 3600)


def test_parking_means_are_of_those_who_parked_in_a_car_park(make_log, quiet):
    made = figures(
        make_log(
            ("leisure", 50.0, 400.0, 10.0, 999.0, 999.0),
            ("leisure", 100.0, 400.0, 10.0, 30.0, 0.0),
            ("leisure", 100.0, 400.0, 10.0, 90.0, 500.0),
            ("leisure", 100.0, 400.0, 10.0),
            ("leisure", 100.0, NAN, 10.0),
        ),
        quiet,
        TALLY,
    )
    assert (made["parking_search_s"], made["parking_walk_m"]) == (60.0, 250.0)


def test_streets_count_all_vehicles(make_street, make_log):
    recorder = make_street(0.0, 2.0, 4.0, 6.0, 8.0).record(35.0, 1000.0, samples_s=(39.0,))
    made = figures(make_log(("leisure", 40.0, 50.0, 10.0), ("leisure", 40.0, 60.0, 10.0)), recorder, TALLY)
    assert made["stops_per_trip"] == 4 / 2
    assert made["driven_km"] == pytest.approx(4 * 0.1)  # the first has left both links before
    assert made["longest_queue_veh"] == 4.0


def test_the_trips_of_a_street_end_as_its_figures_say(make_street, make_log):
    street = make_street(0.0, 2.0, 4.0, 6.0, 8.0)
    recorder = street.record(0.0, 65.0)
    ends_s = street.traffic.town.trip_end_s[:5].tolist()
    rows = [("leisure", at_s, end_s, 30.0) for at_s, end_s in zip((0, 2, 4, 6, 8), ends_s, strict=True)]
    made = figures(make_log(*rows), recorder, TALLY)
    assert (made["trips_done"], made["trips_unfinished"]) == (4.0, 1.0)
    assert made["mean_delay_s"] == pytest.approx((0 + 8 + 16 + 24) / 4)
    assert made["total_delay_h"] == pytest.approx((0 + 8 + 16 + 24 + (65 - 8 - 30)) / 3600)


@given(
    st.lists(
        st.tuples(
            st.floats(0.0, 1200.0), st.one_of(st.just(NAN), st.just(INF), st.floats(0.0, 2000.0)), st.floats(0.0, 900.0)
        )
    )
)
def test_every_trip_of_the_period_has_one_fate(make_log, quiet, rows):
    log = make_log(*(("leisure", at_s, at_s + took_s, free_s) for at_s, took_s, free_s in rows))
    fates = fates_of(log, 100.0, 1000.0)
    begun = (log.at_s >= 100.0) & (log.at_s < 1000.0)
    np.testing.assert_array_equal(np.sum([fates.done, fates.unfinished, fates.lost], axis=0), begun)
    made = figures(log, quiet, TALLY)
    assert made["trips_done"] + made["trips_unfinished"] + made["lost_trips"] == begun.sum()
    assert all(value is None or math.isfinite(value) for value in made.values())
    if made["mean_delay_s"] is not None and not made["trips_unfinished"]:
        assert made["total_delay_h"] * 3600 == pytest.approx(made["mean_delay_s"] * made["trips_done"], abs=1e-6)


def test_a_run_that_is_not_over_has_no_figures(make_street, make_log):
    with pytest.raises(InvalidValueError, match=r"recorder = 0\.0: must be closed up to here"):
        figures(make_log(), make_street().recorder(0.0, 900.0), TALLY)
