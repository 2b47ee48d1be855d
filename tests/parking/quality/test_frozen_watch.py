"""A level that stands still is found by its improbability, and a quiet night is not."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parking.quality.frozen import FrozenWatch
from parking.quality.movement import DEFAULT_CHANCE, MOST_CHANCE, SLOT_S, Movement
from parking.quality.neighbours import LEAST_ACTIVITY, Neighbours
from parking.quality.rules import DEFAULT_RULES
from parking.quality.together import Together

MONDAY_S = 1_800_000_000.0 // 604_800.0 * 604_800.0 + 4 * 86_400.0
"""Monday 00:00 UTC."""


def learned(hours, chance=1.0, weeks=4):
    """Movement that changed in each slot of some hours of the day, with a chance, over weeks."""
    movement = Movement()
    for slot in range(weeks * 7 * 288):
        at_s = MONDAY_S + (slot + 1) * SLOT_S
        hour = int((at_s - 1.0) // 3_600.0) % 24
        movement.learn(at_s - 1.0, changed=hour in hours and slot % round(1.0 / chance) == 0)
    return movement


def test_without_a_past_the_default_counts_at_every_hour():
    movement = Movement()
    assert {round(movement.chance(MONDAY_S + 3_600.0 * hour), 9) for hour in range(200)} == {DEFAULT_CHANCE}
    assert movement.changes_a_day() == pytest.approx(288 * DEFAULT_CHANCE)


def test_one_hour_of_changes_matches_hand_calculation():
    movement = Movement()
    for slot in range(12):
        movement.learn(MONDAY_S + slot * SLOT_S, changed=True)
    # of the day (12 + 1.2) / (12 + 12) = 0.55; of the week (12 + 24 * 0.55) / (12 + 24) = 0.7; forgetting aside
    assert movement.chance(MONDAY_S + 1_800.0) == pytest.approx(0.7, abs=0.005)
    # halfway to the next hour, of which nothing is known
    assert movement.chance(MONDAY_S + 3_600.0) == pytest.approx((0.7 + 0.1) / 2.0, abs=0.005)


def test_a_day_is_told_from_a_night_and_nothing_is_certain():
    movement = learned(range(6, 20))
    assert movement.chance(MONDAY_S + 12 * 3_600.0) == MOST_CHANCE
    assert movement.chance(MONDAY_S + 1 * 3_600.0) < 0.02


def test_what_was_learned_goes_on_after_a_restart_and_nonsense_is_refused():
    movement, again = learned(range(6, 20)), Movement()
    again.restore(movement.state())
    assert again.chance(MONDAY_S + 40_000.0) == pytest.approx(movement.chance(MONDAY_S + 40_000.0), abs=1e-3)
    with pytest.raises(ValueError, match="seen: must be 168 numbers"):
        again.restore(movement.state() | {"seen": [1.0]})


def run(frozen, levels, *, start_s=MONDAY_S + 12 * 3_600.0, activity=1.0, at_bound=False):
    for slot, level_veh in enumerate(levels):
        at_s = start_s + slot * SLOT_S
        if frozen.note(at_s, level_veh, 0, 0):
            frozen.close(at_s, activity=activity, at_bound=at_bound, faulty=False)
    return frozen


def test_evidence_of_standing_still_matches_hand_calculation():
    frozen = run(FrozenWatch(Movement()), [40] * 4)
    # three slots of the default chance, less what they teach: about 3 * -ln(0.9)
    assert frozen.nats == pytest.approx(-3.0 * math.log(0.9), rel=0.1)
    assert frozen.expected == pytest.approx(0.3, rel=0.1)
    assert run(FrozenWatch(Movement()), [40, 40, 40, 41]).nats == 0.0


def test_a_lively_hour_is_found_within_half_an_hour_and_a_night_never():
    lively = run(FrozenWatch(learned(range(6, 20))), [40] * 7)
    assert lively.nats > DEFAULT_RULES.frozen_nats
    assert run(FrozenWatch(learned(range(6, 20))), [40] * 60, start_s=MONDAY_S).nats < DEFAULT_RULES.frozen_nats


def test_a_full_car_park_gathers_no_evidence_and_a_quiet_town_less():
    assert run(FrozenWatch(learned(range(6, 20))), [0] * 20, at_bound=True).nats == 0.0
    usual = run(FrozenWatch(learned(range(6, 20))), [40] * 4)
    quiet = run(FrozenWatch(learned(range(6, 20))), [40] * 4, activity=0.3)
    assert quiet.nats < 0.2 * usual.nats


def test_more_who_came_than_went_without_any_change_is_evidence_at_any_hour():
    frozen = FrozenWatch(learned(range(6, 20)))
    for slot in range(5):
        at_s = MONDAY_S + 2 * 3_600.0 + slot * SLOT_S
        if frozen.note(at_s, 40, 3, 1):
            frozen.close(at_s, activity=1.0, at_bound=False, faulty=False)
    assert frozen.nats == pytest.approx(4 * 2.3)


def test_readings_faster_than_a_slot_are_one_slot():
    frozen = FrozenWatch(Movement(0.5))
    ended = [frozen.note(MONDAY_S + 60.0 * minute, 40, 0, 0) for minute in range(6)]
    assert ended == [False] * 5 + [True]


def test_neighbours_that_stand_still_tell_nothing_and_those_that_move_less_excuse():
    neighbours = Neighbours(["A", "B", "C"])
    assert neighbours.activity("A", MONDAY_S) == 1.0
    for slot in range(6):
        at_s = MONDAY_S + slot * SLOT_S
        neighbours.note("B", at_s, changed=False, chance=0.9)
        neighbours.note("C", at_s, changed=slot % 2 == 0, chance=0.9)
    # B should have changed 5.4 times and is left out; C changed 3 of 5.4 times: 6 / 8.4
    assert neighbours.activity("A", MONDAY_S + 5 * SLOT_S) == pytest.approx(6.0 / 8.4)
    assert neighbours.activity("A", MONDAY_S + 7_200.0) == 1.0


@given(st.lists(st.tuples(st.booleans(), st.floats(0.0, 0.97)), max_size=40))
def test_a_town_is_never_taken_for_less_lively_than_its_limit(slots):
    neighbours = Neighbours(["A", "B"])
    for number, (changed, chance) in enumerate(slots):
        neighbours.note("B", MONDAY_S + 60.0 * number, changed=changed, chance=chance)
    assert LEAST_ACTIVITY <= neighbours.activity("A", MONDAY_S + 60.0 * len(slots)) <= 1.0


def test_all_that_stand_still_together_are_found_and_one_that_moves_acquits_all():
    movement = learned(range(6, 20))
    watches = {key: FrozenWatch(movement) for key in "ABCDEFGH"}
    together, found = Together(), []
    for slot in range(7):
        at_s = MONDAY_S + 12 * 3_600.0 + slot * SLOT_S
        for key, watch in watches.items():
            if watch.note(at_s, 40, 0, 0):
                closed = watch.close(at_s, activity=1.0, at_bound=False, faulty=False)
                found.append((slot, len(together.note(key, closed, DEFAULT_RULES))))
    first = next(slot for slot, number in found if number)
    assert 4 <= first <= 6
    watches["A"].note(at_s + 1.0, 41, 0, 0)
    watches["A"].note(at_s + SLOT_S, 41, 0, 0)
    moved = watches["A"].close(at_s + SLOT_S, activity=1.0, at_bound=False, faulty=False)
    assert together.note("A", moved, DEFAULT_RULES) == ()
