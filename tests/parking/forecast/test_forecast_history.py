"""Cleaning of recorded histories."""

from __future__ import annotations

import numpy as np
import pytest

from parking.forecast.history import Series, clean, tells_changes_only
from traffic_core.errors import InvalidValueError

BEGIN_S = 1_767_571_200


def series(*rows):
    """Rows of (minutes after the beginning, free places)."""
    at_s, free_veh = zip(*rows, strict=True)
    return Series(at_s=BEGIN_S + 60 * np.array(at_s, np.int64), free_veh=np.array(free_veh, np.int64))


def every_5_min(*free_veh):
    return series(*((5 * number, free) for number, free in enumerate(free_veh)))


def shares(given, capacity_veh=100):
    history = clean({"A": given}, {"A": capacity_veh})
    return history, history.free_share[:, 0]


def test_a_step_has_the_last_number_told_up_to_its_beginning():
    history, share = shares(series((0, 10), (2, 20), (6, 20), (10, 20), (11, 30), (15, 30)))
    assert history.first_step == BEGIN_S // 300
    assert share.tolist() == [0.1, 0.2, 0.2, 0.3]


def test_numbers_far_outside_are_refused_and_near_ones_are_drawn_in():
    history, share = shares(every_5_min(50, 106, 105, 98, 4, -5, -6, 4, 4))
    assert share[[2, 5]].tolist() == [1.0, 0.0]
    assert np.flatnonzero(np.isnan(share)).tolist() == [1, 6]
    assert history.refused == (2,)


def test_a_gap_of_more_than_half_an_hour_stays_unknown():
    _, share = shares(series((0, 50), (5, 50), (60, 50), (65, 50)))
    assert np.isfinite(share).tolist() == [True] * 8 + [False] * 4 + [True] * 2


def test_in_a_history_of_changes_silence_means_as_before_while_another_reports():
    changing = series(*((5 * number, 50 + number % 2) for number in range(40)))
    history = clean({"A": series((0, 50), (60, 40)), "B": changing}, {"A": 100, "B": 100})
    assert tells_changes_only({"B": changing})
    assert history.free_share[:13, 0].tolist() == [0.5] * 12 + [0.4]
    assert np.isfinite(history.free_share[:, 0]).all()


def test_in_a_history_of_changes_nothing_holds_once_all_are_silent_for_half_an_hour():
    history = clean({"A": series((0, 50), (5, 49), (120, 48))}, {"A": 100})
    assert np.isfinite(history.free_share[:, 0]).tolist() == [True] * 8 + [False] * 16 + [True]


def test_in_a_history_of_changes_a_number_holds_for_twelve_hours():
    changing = series(*((5 * number, 50 + number % 2) for number in range(200)))
    history = clean({"A": series((0, 50)), "B": changing}, {"A": 100, "B": 100})
    assert int(np.isfinite(history.free_share[:, 0]).sum()) == 12 * 12 + 1


def test_a_fall_to_zero_from_many_places_is_a_closing():
    history, share = shares(every_5_min(60, 60, 0, 0, 55, 55))
    assert np.isnan(share).tolist() == [False, False, True, True, False, False]
    assert history.closed_steps == (2,)


def test_raw_numbers_keep_a_closing_as_zeros():
    history = clean({"A": every_5_min(60, 60, 0, 0, 55, 55)}, {"A": 100}, without_closings=False)
    assert history.free_share[:, 0].tolist() == [0.6, 0.6, 0.0, 0.0, 0.55, 0.55]
    assert history.closed_steps == (0,)


def test_a_small_fall_to_zero_is_a_closing_only_where_it_lasts_an_hour():
    assert np.isfinite(shares(every_5_min(10, 10, *[0] * 11, 10, 10))[1]).all()
    assert int(np.isnan(shares(every_5_min(10, 10, *[0] * 12, 10, 10))[1]).sum()) == 12


def test_a_jump_up_from_zero_is_the_end_of_a_closing():
    assert int(np.isnan(shares(every_5_min(3, 3, 0, 0, 40, 40))[1]).sum()) == 2


def test_a_gap_within_zeros_does_not_end_a_closing():
    _, share = shares(series((0, 60), (5, 60), (10, 0), (15, 0), (180, 0), (185, 0), (190, 50), (195, 50)))
    assert np.isfinite(share).tolist() == [True, True, *[False] * 36, True, True]


def test_what_changed_during_a_gap_is_no_jump():
    _, share = shares(series((0, 60), (5, 60), (180, 0), (185, 0), (190, 1), (195, 1)))
    assert share[36:].tolist() == [0.0, 0.0, 0.01, 0.01]


def test_filling_up_is_no_closing():
    assert np.isfinite(shares(every_5_min(5, 5, *[0] * 20, 5, 5))[1]).all()


def test_a_part_of_the_facilities_keeps_what_belongs_to_it():
    both = clean({"A": every_5_min(1, 1), "B": every_5_min(-60, 2, 2)}, {"A": 10, "B": 20})
    part = both.of([1])
    assert part.facility_ids == ("B",)
    assert part.refused == (1,)
    assert part.capacity_veh.tolist() == [20.0]


def test_a_history_without_capacities_is_refused():
    with pytest.raises(InvalidValueError, match=r"history = 1: must have a facility"):
        clean({"A": every_5_min(1, 1)}, {})


def test_a_history_that_lasts_too_long_is_refused():
    with pytest.raises(InvalidValueError, match="no longer than 20 years"):
        clean({"A": series((0, 1), (60 * 24 * 366 * 21, 1))}, {"A": 10})
