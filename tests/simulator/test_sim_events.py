"""Events in the small town: closures, blocked lanes, closed car parks, ordered programmes; the trip book."""

from __future__ import annotations

import math

import numpy as np
import pytest

import simulator.trip_book
from signal_plans.switching import plan_switch
from simulator.scenario.events import ClosureEvent, FacilityEvent, LaneEvent, ProgrammeEvent

START_S = 1_795_500_000.0


def entered(sim, link):
    return int(sim.traffic.town.entered_veh[sim.arrays.link_index[link]])


def inside(sim, link):
    town, row = sim.traffic.town, sim.arrays.link_index[link]
    return int(town.entered_veh[row] - town.left_veh[row])


@pytest.mark.slow
def test_nobody_enters_a_closed_link_and_who_is_on_it_drives_out(town):
    closed = ClosureEvent(link_id="X_P", from_s=START_S + 300.0, until_s=START_S + 900.0)
    sim = town(events=(closed,))
    sim.advance(START_S + 300.5)
    before, on_it = entered(sim, "X_P"), inside(sim, "X_P")
    assert on_it > 0
    sim.advance(START_S + 420.0)
    assert entered(sim, "X_P") == before
    assert inside(sim, "X_P") == 0
    sim.advance(START_S + 1_500.0)
    assert entered(sim, "X_P") > before + 50


@pytest.mark.slow
def test_who_cannot_get_there_while_a_link_is_closed_is_counted_as_lost(town):
    """Only X_P leads to the zones behind it: their trips have no way meanwhile, those between north and south have."""
    closed = ClosureEvent(link_id="X_P", from_s=START_S + 300.0, until_s=START_S + 900.0)
    sim = town(events=(closed,))
    sim.advance(START_S + 900.0)
    log = sim.book.log()
    began = (log.at_s > START_S + 310.0) & (log.at_s < START_S + 700.0)
    lost = np.isposinf(log.end_s)
    assert (lost & began).sum() > 20
    assert (np.isfinite(log.end_s) & began).sum() > 20
    assert not (lost & (log.at_s < START_S)).any()


@pytest.mark.slow
def test_a_blocked_street_holds_everybody_until_it_is_free(town):
    blocked = LaneEvent(link_id="W_X", lanes_open=0, from_s=START_S + 300.0, until_s=START_S + 600.0)
    sim = town(events=(blocked,))
    sim.advance(START_S + 300.5)
    link = sim.arrays.link_index["W_X"]
    left = int(sim.traffic.town.left_veh[link])
    sim.advance(START_S + 600.0)
    assert int(sim.traffic.town.left_veh[link]) == left
    queue = inside(sim, "W_X")
    assert queue > 15
    sim.advance(START_S + 1_500.0)
    assert int(sim.traffic.town.left_veh[link]) > left + queue


def test_restrictions_that_overlap_are_taken_back_one_by_one(town):
    sim = town()
    sim.fill()
    link = sim.arrays.link_index["N_X"]
    headway_s = float(sim.traffic.town.exit_headway_s[link])
    sim.restrictions.block(link, 1, sim.now_s)
    sim.restrictions.block(link, 1, sim.now_s)
    sim.restrictions.unblock(link, 1, sim.now_s)
    assert sim.traffic.town.exit_free_s[link] == math.inf
    sim.restrictions.unblock(link, 1, sim.now_s)
    assert sim.traffic.town.exit_free_s[link] == sim.now_s
    assert sim.traffic.town.exit_headway_s[link] == headway_s
    sim.restrictions.close(link)
    sim.restrictions.close(link)
    sim.restrictions.reopen(link, sim.now_s)
    assert sim.routes.closed[link]
    sim.restrictions.reopen(link, sim.now_s)
    assert not sim.routes.closed[link]
    assert sim.traffic.town.entry_free_s[link] == sim.now_s


@pytest.mark.slow
def test_a_car_park_is_closed_while_its_event_lasts(town):
    event = FacilityEvent(facility_id="GP", from_s=START_S + 300.0, until_s=START_S + 900.0)
    sim = town(events=(event,))
    sim.advance(START_S + 300.5)
    garage = sim.garages["GP"]
    entered_veh, refused_veh = garage.entered_veh, garage.refused_veh
    sim.advance(START_S + 900.0)
    assert garage.entered_veh <= entered_veh + 1  # one driver may be at the entry already
    assert garage.refused_veh > refused_veh
    sim.advance(START_S + 1_800.0)
    assert garage.entered_veh > entered_veh + 1


@pytest.mark.slow
def test_a_junction_runs_what_the_scenario_orders_and_not_what_the_centre_says(town, junctions):
    first, second = junctions["X"].programmes
    event = ProgrammeEvent(junction_id="X", programme_id="P2", from_s=START_S + 100.0, until_s=START_S + 700.0)
    sim = town(events=(event,))
    sim.advance(START_S + 400.0)
    assert sim.programmes() == {"X": second}
    planned, at_s = plan_switch(second, first, int(START_S) + 401)
    sim.command_signal("X", planned, at_s, START_S + 3_600.0)
    sim.advance(START_S + 690.0)
    assert sim.programmes() == {"X": second}
    sim.advance(START_S + 1_000.0)
    assert sim.programmes() == {"X": first}


@pytest.mark.slow
def test_trips_home_are_in_the_log_while_they_are_under_way(town):
    sim = town()
    sim.advance(START_S + 1_800.0)
    log = sim.book.log()
    home = log.purpose == log.purposes.index(simulator.trip_book.FROM_CAR_PARK)
    assert (home & np.isfinite(log.end_s)).sum() > 10
    assert (home & np.isnan(log.end_s)).sum() > 0
    begun = np.isnan(log.end_s) & (log.at_s < START_S + 1_700.0)
    assert begun.sum() <= sim.traffic.inside_veh + sim.traffic.waiting_outside_veh + 60


@pytest.mark.slow
def test_a_live_town_forgets_what_is_over_and_says_the_same(town, monkeypatch):
    monkeypatch.setattr(simulator.trip_book, "MOST_ROWS", 200)
    monkeypatch.setattr(simulator.trip_book, "RECENT_S", 300.0)
    whole, short = town(), town(keeps_trips=False)
    whole.advance(START_S + 3_600.0)
    short.advance(START_S + 3_600.0)
    assert short.statistics().done_trips == whole.statistics().done_trips
    assert short.statistics().mean_delay_s == pytest.approx(whole.statistics().mean_delay_s)
    assert short.book.log().at_s.size < whole.book.log().at_s.size / 2
