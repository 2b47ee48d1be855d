"""Measures on who drives."""

from __future__ import annotations

import pytest

from traffic_core.demand import Purpose

SIX_S = 1_795_500_000.0 - 3_600.0


def test_factors_multiply(staged_of):
    staged = staged_of(
        "measure: demand, factor: 1.2",
        "measure: demand, factor: 0.5",
        "measure: demand, factor: 1.1, zone: ZP",
        "measure: demand, factor: 2, purpose: shopping",
        "measure: kappa, share: 0.6",
    )
    assert staged.demand_factor == pytest.approx(0.6)
    assert staged.zone_factor == {"ZP": 1.1}
    assert staged.purpose_factor == {Purpose.SHOPPING: 2.0}
    assert staged.kappa == 0.6


def test_a_purpose_of_a_zone_scales_its_cells(staged_of):
    staged = staged_of("measure: demand, factor: 0.5, zone: ZP, purpose: shopping")
    veh = {(cell.origin, cell.destination): cell.veh_24h for cell in staged.model.demand.cells}
    assert (veh["ZW", "ZP"], veh["ZP", "ZS"], veh["ZW", "ZE"]) == (2_000.0, 2_000.0, 4_000.0)


def test_visitors_come_from_where_others_come_and_go_home(staged_of):
    events = staged_of(
        "measure: event, name: Fair, zone: ZP, visitors_veh: 1000, arrive_from: 07:00, arrive_until: 08:00, "
        "leave_from: 09:00, leave_until: 09:30"
    ).events
    assert [(e.from_zone, e.to_zone, e.purpose, e.veh, e.from_s - SIX_S, e.until_s - SIX_S) for e in events] == [
        ("ZW", "ZP", Purpose.FAIR, 500.0, 3_600.0, 7_200.0),
        ("ZN", "ZP", Purpose.FAIR, 500.0, 3_600.0, 7_200.0),
        ("ZP", "ZW", Purpose.FAIR_HOME, 500.0, 10_800.0, 12_600.0),
        ("ZP", "ZN", Purpose.FAIR_HOME, 500.0, 10_800.0, 12_600.0),
    ]


def test_visitors_come_from_where_they_are_said_to_live(staged_of):
    events = staged_of(
        "measure: event, name: Fair, zone: ZP, visitors_veh: 800, arrive_from: 07:00, arrive_until: 08:00, "
        "from_zones: {ZS: 3, ZE: 1}"
    ).events
    assert [(event.from_zone, event.veh) for event in events] == [("ZS", 600.0), ("ZE", 200.0)]


def test_events_are_in_the_order_of_their_begin(staged_of):
    events = staged_of(
        "measure: close_facility, facility: GP, from: 08:00, until: 09:00",
        "measure: close_link, link: W_X, from: 07:00, until: 09:00",
    ).events
    assert [event.from_s - SIX_S for event in events] == [3_600.0, 7_200.0]


def test_what_does_not_fit_the_demand_is_said(errors_of):
    fair = "measure: event, name: Fair, visitors_veh: 100"
    errors = errors_of(
        "measure: demand, factor: 4",
        "measure: demand, factor: 4",
        "measure: demand, factor: 2, zone: NONE",
        f"{fair}, zone: ZP",
        f"{fair}, zone: ZP, arrive_from: 07:00",
        f"{fair}, zone: ZP, leave_from: 07:00, leave_until: 11:00",
        f"{fair}, zone: ZP, leave_from: 08:00, leave_until: 07:00",
        f"{fair}, zone: ZP, arrive_from: 07:00, arrive_until: 08:00, from_zones: {{ZP: 1}}",
        f"{fair}, zone: ZP, arrive_from: 07:00, arrive_until: 08:00, from_zones: {{}}",
        f"{fair}, zone: NONE, arrive_from: 07:00, arrive_until: 08:00",
    )
    assert [error.split("): ", 1)[1] for error in errors] == [
        "factor = 4.0: must with the other factors (4) be at most 10",
        "zone = 'NONE': must name a zone of the model",
        "arrive_from: must be given with arrive_until, or leave_from with leave_until",
        "arrive_until: must be given as well as arrive_from",
        "leave_until = '11:00': must lie in the run with its warm-up, 05:30 to 10:00",
        "leave_until = '07:00': must be after leave_from = '08:00'",
        "from_zones = 'ZP': must differ from the zone of the event",
        "from_zones = {}: must name at least one zone",
        "zone = 'NONE': must name a zone of the model",
    ]


def test_an_event_in_a_zone_that_nobody_visits_needs_homes(staged_of, errors_of):
    without = "measure: demand, factor: 0, zone: ZP, purpose: shopping"
    fair = "measure: event, name: Fair, visitors_veh: 100, zone: ZP, arrive_from: 07:00, arrive_until: 08:00"
    (error,) = errors_of(without, fair)
    assert error.endswith("from_zones: must be given: no trips come into zone ZP from outside")
