"""Patience, stay and counting of drivers, and signs that stay dark."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
import simpy

from simulator import run
from simulator.driver_draws import MEAN_PATIENCE_S, DriverDraws
from simulator.garage import Garage
from simulator.run import run_staged
from simulator.scenario.events import ProgrammeEvent
from simulator.sign_board import SignBoard


def test_a_driver_has_his_own_patience_and_stay_in_any_order():
    one, other = DriverDraws(7), DriverDraws(7)
    forward = [one.manner(trip, 0) for trip in range(20)]
    backward = [other.manner(trip, 0) for trip in reversed(range(20))]
    assert forward == backward[::-1]
    assert len(set(forward)) == 20
    assert DriverDraws(8).manner(3, 0) != one.manner(3, 0)


def test_the_stay_is_the_same_at_every_entry_and_the_patience_is_not():
    first, second = (DriverDraws(7).manner(3, attempt) for attempt in (0, 1))
    assert first.stay == second.stay
    assert first.patience_s != second.patience_s


def test_patience_and_stay_are_exponential_on_average():
    """2,000 draws: the mean of an exponential number is within 4 / √2000 = 9 % of its expectation."""
    draws = DriverDraws(1)
    manners = [draws.manner(trip, 0) for trip in range(2_000)]
    assert sum(one.patience_s for one in manners) / 2_000 == pytest.approx(MEAN_PATIENCE_S, rel=0.09)
    assert sum(one.stay for one in manners) / 2_000 == pytest.approx(1.0, rel=0.09)


def test_a_counter_misses_the_drivers_whose_own_number_is_below_its_share():
    """2,000 drivers, 30 % missed: the share is within 4 √(0.3 × 0.7 / 2000) = 4.1 points of it."""
    manners = [DriverDraws(1).manner(trip, 0) for trip in range(2_000)]
    for seen in ([one.seen_in for one in manners], [one.seen_out for one in manners]):
        assert sum(one < 0.3 for one in seen) / 2_000 == pytest.approx(0.3, abs=0.041)


def garage_of(parking, miss_share):
    return Garage(simpy.Environment(), parking.facilities["GP"], parking.uses["GP"], 10, 3, miss_share)


def test_who_is_counted_does_not_depend_on_who_came_before(parking_with):
    """A share of 0.1 misses the driver 0.05 and sees those of 0.1 and 0.5, in every order and without him."""
    for order in ((0.05, 0.5, 0.1), (0.1, 0.05, 0.5), (0.5, 0.1)):
        garage = garage_of(parking_with(), 0.1)
        for seen in order:
            garage.count_entry(seen)
            garage.count_exit(seen)
        report = garage.report(1_795_500_000.0)
        assert (garage.entered_veh, garage.left_veh) == (len(order), len(order))
        assert (report.entered_veh, report.left_veh) == (2, 2)


def test_a_dark_sign_takes_contents_and_shows_none():
    signs = {name: SimpleNamespace(rows=(None,)) for name in ("S1", "S2")}
    board = SignBoard(signs, dark=("S2",))
    for name in signs:
        board.show(SimpleNamespace(sign_id=name, rows=("row",), sequence=1, valid_until_s=10.0))
    assert (board.rows("S1", 5.0), board.rows("S2", 5.0)) == (("row",), ())


@pytest.mark.slow
def test_signals_that_never_listen_need_no_decisions(town, monkeypatch):
    """With all junctions held for the whole run the centre may leave the signals out: nothing else changes."""
    staged = town(centre=True, kappa=0.5, duration_s=900.0, warm_up_s=300.0).staged
    until_s = staged.start_s + staged.duration_s
    held = ProgrammeEvent(junction_id="X", programme_id="P2", from_s=staged.start_s - 300.0, until_s=until_s)
    staged = replace(staged, events=(held,))
    without = run_staged(staged, seed=2, fingerprint="f").figures
    monkeypatch.setattr(run, "_all_are_held", lambda _: False)
    assert run_staged(staged, seed=2, fingerprint="f").figures == without
