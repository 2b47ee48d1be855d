"""Displays step by step: hysteresis, dwell, rounding, sums."""

from __future__ import annotations

import math

import numpy as np
import pytest

from traffic_core.kernels import sign_state as kernel
from traffic_core.kernels.sign_state import CLOSED, FREE, FULL, NEUTRAL, NUMBER

DWELL_S = 180.0
RESERVE_VEH, RELEASE_VEH = 5, 9
FULL_BELOW, FREE_ABOVE = 0.4, 0.8


class Row:
    """One row that the kernel moves on."""

    def __init__(self, display=NEUTRAL, since_s=-math.inf, shown_veh=-1):
        self.display = np.array([display])
        self.since_s = np.array([since_s])
        self.shown_veh = np.array([shown_veh])
        self.cause = np.zeros(1, np.int64)

    def step(self, now_s, permitted, free_veh=-1, p_free=math.nan, p_arrival=math.nan):
        kernel.sign_state(
            float(now_s),
            DWELL_S,
            5,
            4,
            0.05,
            0.95,
            FULL_BELOW,
            FREE_ABOVE,
            np.array([permitted]),
            np.array([free_veh]),
            np.array([p_free]),
            np.array([p_arrival]),
            np.array([RESERVE_VEH]),
            np.array([RELEASE_VEH]),
            self.display,
            self.since_s,
            self.shown_veh,
            self.cause,
        )
        return int(self.display[0])

    def number(self, now_s, free_veh):
        self.step(now_s, kernel.MAY_NUMBER, free_veh)
        return int(self.shown_veh[0])

    def word(self, now_s, p_free, free_veh=50):
        return self.step(now_s, kernel.MAY_WORD, free_veh, p_free)


def test_the_first_content_need_not_wait():
    row = Row()
    assert row.step(0, kernel.MAY_NOTHING_YET) == NEUTRAL
    assert row.step(1, kernel.MAY_NUMBER, 50) == NUMBER


def test_full_is_shown_at_once_within_the_reserve():
    row = Row(NUMBER, 100.0, 10)
    assert row.step(101, kernel.MAY_NUMBER, RESERVE_VEH) == FULL
    assert row.shown_veh[0] == -1


def test_full_is_left_only_at_the_release():
    row = Row(FULL, 0.0)
    assert row.step(1_000, kernel.MAY_NUMBER, RELEASE_VEH - 1) == FULL
    assert row.cause[0] == kernel.BY_HYSTERESIS
    assert row.step(1_010, kernel.MAY_NUMBER, RELEASE_VEH) == NUMBER
    assert row.cause[0] == kernel.AS_DATA_SAY


def test_a_held_word_follows_the_same_hysteresis():
    row = Row(FULL, 0.0)
    assert row.word(1_000, 0.99, RELEASE_VEH - 1) == FULL
    assert row.word(1_000, 0.99, RELEASE_VEH) == FREE


@pytest.mark.parametrize("before", [NEUTRAL, FULL, CLOSED])
def test_an_inviting_change_waits_for_the_dwell(before):
    row = Row(before, 1_000.0)
    assert row.step(1_179.9, kernel.MAY_NUMBER, 50) == before
    assert row.cause[0] == kernel.BY_DWELL
    assert row.since_s[0] == 1_000.0
    assert row.step(1_180.0, kernel.MAY_NUMBER, 50) == NUMBER
    assert row.since_s[0] == 1_180.0


def test_a_number_after_a_word_waits_too_and_the_word_stays():
    row = Row(FREE, 1_000.0)
    assert row.step(1_010, kernel.MAY_NUMBER, 50) == FREE
    assert row.step(1_180, kernel.MAY_NUMBER, 50) == NUMBER


@pytest.mark.parametrize("before", [FREE, NUMBER, FULL, CLOSED])
def test_neutral_is_never_delayed(before):
    assert Row(before, 1_000.0, 50).step(1_000.1, kernel.MAY_NOTHING) == NEUTRAL


@pytest.mark.parametrize("before", [NEUTRAL, FREE, NUMBER, FULL])
def test_closed_is_never_delayed(before):
    assert Row(before, 1_000.0, 50).step(1_000.1, kernel.IS_CLOSED) == CLOSED


@pytest.mark.parametrize("before", [NEUTRAL, FREE, NUMBER, CLOSED])
def test_full_is_never_delayed(before):
    assert Row(before, 1_000.0, 50).step(1_000.1, kernel.MAY_NUMBER, 0) == FULL


def test_a_number_that_ages_becomes_a_word_at_once():
    assert Row(NUMBER, 1_000.0, 50).word(1_000.1, 0.99) == FREE


@pytest.mark.parametrize(
    ("p_free", "display"), [(0.95, FREE), (0.949, NEUTRAL), (0.051, NEUTRAL), (0.05, FULL), (math.nan, NEUTRAL)]
)
def test_a_word_stands_only_where_it_is_clear(p_free, display):
    assert Row().word(0, p_free) == display


def test_a_clock_that_jumps_back_starts_the_dwell_again():
    row = Row(FULL, 5_000.0)
    assert row.step(1_000, kernel.MAY_NUMBER, 50) == FULL
    assert row.step(1_180, kernel.MAY_NUMBER, 50) == NUMBER


def test_numbers_are_rounded_down_to_five():
    assert Row().number(0, 64) == 60
    assert Row().number(0, 65) == 65


@pytest.mark.parametrize("free_veh", [6, 7, 8, 9])
def test_numbers_below_ten_are_exact(free_veh):
    assert Row(NUMBER, 0.0, 60).number(1, free_veh) == free_veh


def test_more_than_a_row_can_write_is_the_word_free():
    row = Row()
    assert row.step(0, kernel.MAY_NUMBER, kernel.LARGEST_NUMBER_VEH + 1) == FREE
    assert (row.shown_veh[0], row.cause[0]) == (-1, kernel.AS_DATA_SAY)
    assert row.step(1_000, kernel.MAY_NUMBER, kernel.LARGEST_NUMBER_VEH) == NUMBER
    assert row.shown_veh[0] == 99_995
    assert row.step(1_010, kernel.MAY_NUMBER, kernel.LARGEST_NUMBER_VEH + 1) == FREE
    assert row.step(1_020, kernel.MAY_NUMBER, 5_000_000, p_arrival=0.1) == FULL, "a forecast counts as before"


def test_the_number_stays_within_the_dead_band():
    row = Row()
    shown = [row.number(second, free_veh) for second, free_veh in enumerate([60, 64, 65, 68, 69, 68, 65, 64])]
    # 60 stays until 69 are free (5 + 4 above); 65 falls as soon as it would be more than what is free
    assert shown == [60, 60, 60, 60, 65, 65, 65, 60]


def test_a_number_below_ten_has_no_dead_band():
    assert Row(NUMBER, 0.0, 9).number(1, 12) == 10


def sums(permitted, free_veh, display):
    """One row that stands for all given facilities: what it may show, free places, probability."""
    size = len(display)
    may, free, share = np.zeros(1, np.int64), np.zeros(1, np.int64), np.zeros(1)
    kernel.sum_rows(
        np.array([0, size]),
        np.arange(size),
        np.array(permitted, np.int64),
        np.array(free_veh, np.int64),
        np.array(display, np.int64),
        may,
        free,
        share,
    )
    return int(may[0]), int(free[0]), float(share[0])


def test_a_sum_counts_what_the_facilities_offer():
    numbers = [kernel.MAY_NUMBER] * 3
    assert sums(numbers, [40, 3, 20], [NUMBER, FULL, NUMBER]) == (kernel.MAY_NUMBER, 60, 1.0)


def test_a_closed_facility_adds_nothing_and_does_not_hide_the_sum():
    found = sums([kernel.MAY_NUMBER, kernel.IS_CLOSED], [40, 70], [NUMBER, CLOSED])
    assert found == (kernel.MAY_NUMBER, 40, 1.0)


@pytest.mark.parametrize("unknown", [kernel.MAY_NOTHING, kernel.MAY_NOTHING_YET])
def test_with_one_unknown_the_others_prove_a_word_but_no_number(unknown):
    assert sums([kernel.MAY_NUMBER, unknown], [40, -1], [NUMBER, NEUTRAL]) == (kernel.MAY_WORD, 40, 1.0)


def test_with_one_unknown_full_is_not_known():
    assert sums([kernel.MAY_NUMBER, kernel.MAY_NOTHING], [0, -1], [FULL, NEUTRAL])[0] == kernel.MAY_NOTHING


def test_a_held_facility_allows_a_word():
    assert sums([kernel.MAY_NUMBER, kernel.MAY_WORD], [40, 50], [NUMBER, FREE])[0] == kernel.MAY_WORD
    assert sums([kernel.MAY_NUMBER, kernel.MAY_WORD], [40, 0], [NUMBER, FULL])[0] == kernel.MAY_WORD


def test_all_full_is_full_and_all_closed_is_closed():
    assert sums([kernel.MAY_NUMBER, kernel.MAY_WORD], [0, 1], [FULL, FULL]) == (kernel.MAY_WORD, 0, 0.0)
    assert sums([kernel.IS_CLOSED, kernel.MAY_NUMBER], [0, 1], [CLOSED, FULL]) == (kernel.MAY_WORD, 0, 0.0)
    assert sums([kernel.IS_CLOSED] * 2, [-1, -1], [CLOSED, CLOSED])[0] == kernel.IS_CLOSED


def test_nothing_heard_of_any_is_nothing_yet():
    assert sums([kernel.MAY_NOTHING_YET] * 2, [-1, -1], [NEUTRAL, NEUTRAL])[0] == kernel.MAY_NOTHING_YET
    assert sums([kernel.MAY_NOTHING_YET, kernel.MAY_NOTHING], [-1, -1], [NEUTRAL] * 2)[0] == kernel.MAY_NOTHING


def test_groups_are_apart():
    may, free, share = np.zeros(2, np.int64), np.zeros(2, np.int64), np.zeros(2)
    numbers, display = np.full(3, kernel.MAY_NUMBER), np.full(3, NUMBER)
    free_veh = np.array([1, 20, 300])
    kernel.sum_rows(np.array([0, 2, 4]), np.array([0, 1, 1, 2]), numbers, free_veh, display, may, free, share)
    assert free.tolist() == [21, 320]


def test_an_expected_full_row_is_full_although_places_are_free_now():
    row = Row(display=NUMBER)
    assert row.step(0, kernel.MAY_NUMBER, 20, p_arrival=0.41) == NUMBER
    assert row.step(10, kernel.MAY_NUMBER, 20, p_arrival=0.4) == FULL
    assert row.cause[0] == kernel.BY_FORECAST
    assert row.shown_veh[0] == -1


def test_full_by_forecast_ends_at_its_own_limit_and_not_at_a_count():
    row = Row(display=FULL)
    assert row.step(0, kernel.MAY_NUMBER, RELEASE_VEH + 50, p_arrival=0.79) == FULL
    assert row.cause[0] == kernel.BY_HYSTERESIS
    assert row.step(10, kernel.MAY_NUMBER, RESERVE_VEH + 1, p_arrival=0.8) == NUMBER


def test_what_is_full_now_stays_full_whatever_is_expected():
    row = Row(display=NUMBER)
    assert row.step(0, kernel.MAY_NUMBER, RESERVE_VEH, p_arrival=1.0) == FULL
    assert row.cause[0] == kernel.AS_DATA_SAY


@pytest.mark.parametrize(
    ("p_free", "p_arrival", "expected"),
    [
        (0.95, 0.95, FREE),
        (0.95, 0.94, NEUTRAL),
        (0.94, 0.99, NEUTRAL),
        (0.99, 0.05, FULL),
        (0.05, 0.99, FULL),
        (0.5, math.nan, NEUTRAL),
    ],
)
def test_a_word_from_older_data_must_be_clear_by_both_probabilities(p_free, p_arrival, expected):
    row = Row()
    assert row.step(0, kernel.MAY_WORD, 50, p_free, p_arrival) == expected


def test_a_row_said_to_be_full_is_full_whatever_is_counted():
    row = Row(display=NUMBER)
    assert row.step(0, kernel.IS_FULL, 50, 1.0, 1.0) == FULL
    assert row.step(10, kernel.MAY_NUMBER, 50) == FULL, "the minimum display time runs"
    assert row.step(180, kernel.MAY_NUMBER, 50) == NUMBER


def test_a_member_said_to_be_full_adds_nothing_and_hinders_no_sum():
    permitted, free_veh, p_free = np.zeros(1, np.int64), np.zeros(1, np.int64), np.zeros(1)
    kernel.sum_rows(
        np.array([0, 2]),
        np.array([0, 1]),
        np.array([kernel.IS_FULL, kernel.MAY_NUMBER]),
        np.array([40, 30]),
        np.array([FULL, NUMBER]),
        permitted,
        free_veh,
        p_free,
    )
    assert (permitted[0], free_veh[0]) == (kernel.MAY_NUMBER, 30)
