"""Rows of facilities and districts: display, quality, age, reason, and how long the data carry them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from parking import content
from parking.display import DisplayBoard
from parking.display_rows import facility_row
from parking.settings import DisplaySettings
from parking.sign import LARGEST_NUMBER_VEH, Display, RowContent
from traffic_core.errors import InvalidValueError
from traffic_core.kernels import sign_state as kernels
from traffic_core.readings import Quality

HOLD_S = 15.0


class Board:
    """Facilities A, B, C with a row for each and one for all, fed by hand."""

    def __init__(self, town, *facilities):
        self.town = town
        self.facilities = facilities or tuple(town.facility(key) for key in "ABC")
        self.ids = tuple(known.id for known in self.facilities)
        model = town.model(self.facilities, [town.sign("S", ";".join(self.ids))])
        self.board = DisplayBoard(model, DisplaySettings(), HOLD_S)
        self.state = town.state(*self.facilities)

    def report(self, after_s=0.0, is_open=None, **free_veh):
        for key, value in free_veh.items():
            self.state.accept(self.town.report(key, self.town.now_s + after_s, free_veh=value, is_open=is_open))

    def at(self, after_s=0.0):
        now_s = self.town.now_s + after_s
        return self.board.step(now_s, self.state.estimates(now_s))

    def one(self, after_s=0.0):
        return self.at(after_s)["A",]

    def all(self, after_s=0.0):
        return self.at(after_s)[self.ids]


@pytest.fixture
def board(town):
    return Board(town)


def shown(state):
    return state.content.display, state.content.free_veh, state.content.reason


def test_fresh_data_show_a_number_until_they_age(board, town):
    board.report(A=52)
    state = board.one(10.0)
    assert shown(state) == (Display.NUMBER, 50, content.FRESH)
    assert (state.content.quality, state.content.age_s) == (Quality.MEASURED, 10.0)
    assert state.until_s == town.now_s + 120.0


def test_a_number_ends_before_its_data_age_within_the_next_cycle(board):
    board.report(A=52)
    assert board.one(105.0).content.display is Display.NUMBER
    assert shown(board.one(105.1)) == (Display.FREE, None, content.HELD)


def test_a_word_from_a_counted_level_says_so(board, town):
    board.report(A=52)
    later_s = town.now_s + 300.0
    known = board.state.estimates(later_s)
    counted = known | {"A": replace(known["A"], reason=content.COUNTED)}
    assert shown(board.board.step(later_s, known)["A",]) == (Display.FREE, None, content.HELD)
    assert shown(board.board.step(later_s, counted)["A",]) == (Display.FREE, None, content.COUNTED)


def test_after_half_an_hour_the_row_is_neutral(board):
    board.report(A=90)
    assert board.one(1_785.0).content.display is Display.FREE
    assert shown(board.one(1_786.0)) == (Display.NEUTRAL, None, content.UNCLEAR)
    state = board.one(1_801.0)
    assert shown(state) == (Display.NEUTRAL, None, content.STALE)
    assert (state.content.quality, state.until_s) == (Quality.UNKNOWN, None)


def test_the_reason_tells_full_from_reserve(board):
    board.report(A=0)
    assert shown(board.one()) == (Display.FULL, None, content.FULL)
    board.report(10.0, A=2)
    assert shown(board.one(10.0)) == (Display.FULL, None, content.RESERVE)


def test_full_ends_two_per_cent_above_the_reserve(board):
    board.report(A=0)
    board.at()
    board.report(1_000.0, A=3)
    assert shown(board.one(1_000.0)) == (Display.FULL, None, content.HYSTERESIS)
    board.report(1_010.0, A=4)
    assert shown(board.one(1_010.0)) == (Display.NUMBER, 4, content.FRESH)


def test_an_inviting_change_waits_and_says_so(board):
    board.report(A=0)
    board.at()
    board.report(60.0, A=80)
    assert shown(board.one(60.0)) == (Display.FULL, None, content.DWELL)
    board.report(180.0, A=80)
    assert shown(board.one(180.0)) == (Display.NUMBER, 80, content.FRESH)


def test_closed_needs_no_data_to_live_on(board):
    board.report(A=50, is_open=False)
    state = board.one(5_000.0)
    assert shown(state) == (Display.CLOSED, None, content.CLOSED)
    assert state.until_s is None


def test_unknown_capacity_shows_a_word_only(town):
    board = Board(town, town.facility("A", capacity_veh=None), town.facility("B"))
    board.report(A=50, B=50)
    states = board.at()
    assert shown(states["A",]) == (Display.FREE, None, content.UNKNOWN_CAPACITY)
    assert shown(states["A", "B"]) == (Display.FREE, None, content.UNKNOWN_CAPACITY)


def test_a_district_shows_the_sum_and_the_worst_it_rests_on(board, town):
    board.report(A=30)
    board.report(20.0, B=120, C=1)
    state = board.all(30.0)
    # 30 + 100 (repaired) + nothing of C, which keeps its reserve
    assert shown(state) == (Display.NUMBER, 130, content.SUM)
    assert (state.content.quality, state.content.age_s) == (Quality.REPAIRED, 30.0)
    assert state.until_s == town.now_s + 120.0


def test_a_district_with_a_silent_facility_shows_a_word(board):
    board.report(A=30, B=40)
    assert shown(board.all()) == (Display.FREE, None, content.PARTIAL)


def test_a_district_of_held_facilities_shows_a_word(board):
    board.report(A=30, B=40, C=50)
    board.at()
    assert shown(board.all(300.0)) == (Display.FREE, None, content.HELD)


def test_a_district_is_full_only_where_all_are_known_to_be(board):
    board.report(A=0, B=1)
    assert shown(board.all()) == (Display.NEUTRAL, None, content.PARTIAL)
    board.report(10.0, C=2)
    assert shown(board.all(10.0)) == (Display.FULL, None, content.FULL)


def test_a_district_is_closed_where_all_are(board):
    board.report(A=1, B=1, C=1, is_open=False)
    assert shown(board.all()) == (Display.CLOSED, None, content.CLOSED)


def test_a_district_that_reopens_waits(board):
    board.report(A=1, B=1, C=1, is_open=False)
    board.at()
    board.report(180.0, A=50, B=50, C=50, is_open=True)
    states = board.at(180.0)
    assert states["A",].content.display is Display.NUMBER
    board.report(190.0, A=0)
    assert board.all(190.0).content.display is Display.NUMBER


def test_a_district_whose_garages_open_again_is_as_slow_as_they_are(board):
    board.report(A=0, B=0, C=0)
    board.at()
    board.report(100.0, A=50)
    assert shown(board.all(100.0)) == (Display.FULL, None, content.FULL)
    board.report(179.0, A=50, B=0, C=0)
    assert shown(board.all(180.0)) == (Display.NUMBER, 50, content.SUM)


def test_a_silent_district_says_why(board):
    assert shown(board.all()) == (Display.NEUTRAL, None, content.NEVER_REPORTED)
    board.report(A=50)
    board.at()
    assert shown(board.all(4_000.0)) == (Display.NEUTRAL, None, content.PARTIAL)


def test_one_silent_facility_leaves_the_others_alone(board):
    board.report(A=50, B=50)
    quiet = board.at()
    other = Board(board.town)
    other.report(A=50, B=50, C=50)
    loud = other.at()
    assert quiet["A",] == loud["A",]
    assert quiet["B",] == loud["B",]


def test_a_restored_row_goes_on_where_it_was(board, town):
    full = RowContent(display=Display.FULL, free_veh=None, quality=Quality.MEASURED, age_s=0.0, reason=content.FULL)
    board.board.restore(("A",), full, town.now_s - 1_000.0)
    board.board.restore(board.ids, full, town.now_s - 20.0)
    board.board.restore(("A", "gone"), full, town.now_s)
    board.report(A=3, B=50, C=50)
    states = board.at()
    assert shown(states["A",]) == (Display.FULL, None, content.HYSTERESIS)
    assert shown(states[board.ids]) == (Display.FULL, None, content.DWELL)


def test_a_restored_neutral_row_need_not_wait(board, town):
    neutral = RowContent(
        display=Display.NEUTRAL, free_veh=None, quality=Quality.UNKNOWN, age_s=None, reason=content.NEVER_REPORTED
    )
    board.board.restore(("A",), neutral, town.now_s - 1.0)
    board.report(A=50)
    assert shown(board.one()) == (Display.NUMBER, 50, content.FRESH)


def test_row_and_kernel_agree_on_the_largest_number():
    assert LARGEST_NUMBER_VEH == kernels.LARGEST_NUMBER_VEH


def test_a_sum_above_what_a_row_can_write_is_the_word_free(town):
    board = Board(town, town.facility("A", capacity_veh=None), town.facility("B"))
    board.state.accept(town.report("A", free_veh=99_999, capacity_veh=99_999))
    board.report(B=76)
    assert shown(board.one()) == (Display.NUMBER, 99_995, content.FRESH)
    assert shown(board.all()) == (Display.FREE, None, content.SUM)
    assert board.all().content.quality is Quality.MEASURED
    board.state.accept(town.report("A", town.now_s + 10.0, free_veh=100_000, capacity_veh=100_000))
    assert shown(board.one(10.0)) == (Display.FREE, None, content.FRESH)


def test_a_row_that_cannot_be_made_is_neutral_and_leaves_the_others_alone(board, monkeypatch):
    made = facility_row

    def broken(line, estimate, force, kept):
        if estimate.facility_id == "A":
            raise InvalidValueError("row.free_veh", 100_000, "must lie within 0 and 99999")
        return made(line, estimate, force, kept)

    monkeypatch.setattr("parking.display.facility_row", broken)
    board.report(A=50, B=40, C=30)
    states = board.at()
    assert shown(states["A",]) == (Display.NEUTRAL, None, content.FAULTY)
    assert shown(states["B",]) == (Display.NUMBER, 40, content.FRESH)
    assert len(board.board.failures) == 1
    assert board.board.failures[0].startswith("A: row.free_veh")
    monkeypatch.undo()
    board.at(10.0)
    assert board.board.failures == []


def test_a_sum_that_cannot_be_made_is_neutral(board, monkeypatch):
    def broken(line, states):
        raise InvalidValueError("row.free_veh", -1, "must lie within 0 and 99999")

    monkeypatch.setattr("parking.display.group_row", broken)
    board.report(A=50, B=40, C=30)
    assert shown(board.all()) == (Display.NEUTRAL, None, content.FAULTY)
    assert shown(board.one()) == (Display.NUMBER, 50, content.FRESH)
