"""Measures on car parks and signs."""

from __future__ import annotations

import pytest

from parking.facility import FacilityKind
from parking.sign import Arrow
from simulator.garage_flow import flow_of_use, usually_parked_veh
from simulator.scenario.events import FacilityEvent
from traffic_core.geometry import distance_m

SIX_S = 1_795_500_000.0 - 3_600.0
NEW = "measure: new_facility, id: NEW, name: New, district: Centre, kind: garage, mean_stay_min: 60"


def test_a_new_car_park_stands_at_a_node(staged_of):
    parking = staged_of(f"{NEW}, capacity_veh: 120, access_node: R, fee_eur_h: 1.5, guided: false").model.parking
    facility, use = parking.facilities["NEW"], parking.uses["NEW"]
    assert (facility.kind, facility.capacity_veh, facility.access_node) == (FacilityKind.GARAGE, 120, "R")
    assert (use.fee_eur_h, use.mean_stay_min, use.guided, use.occupied_share) == (1.5, 60.0, False, ())


def test_a_new_car_park_in_mid_link_cuts_both_directions(staged_of, base):
    staged = staged_of(f"{NEW}, capacity_veh: 120, link: X_W, position_m: 200, opposite_link: W_X")
    network, facility = staged.model.network, staged.model.parking.facilities["NEW"]
    assert facility.access_node == "X_W@200"
    assert distance_m(facility.position, base.network.nodes["X"].position) == pytest.approx(200.0, abs=0.1)
    assert {link.id for link in network.links.values() if link.to_node == "X_W@200"} == {"X_W-X_W@200", "W_X-X_W@200"}
    assert staged.model.parking.signs["S1"].link_id == "W_X-X_W@200"


def test_a_closed_car_park_is_closed_for_those_who_arrive(staged_of):
    (all_day,) = staged_of("measure: close_facility, facility: GP").events
    assert all_day == FacilityEvent(facility_id="GP", from_s=SIX_S - 1_800.0, until_s=SIX_S + 14_400.0)
    (timed,) = staged_of("measure: close_facility, facility: GP, from: 07:00, until: 08:00").events
    assert (timed.from_s, timed.until_s) == (SIX_S + 3_600.0, SIX_S + 7_200.0)


def test_a_resized_car_park_is_wanted_by_as_many_as_before(staging_of, base):
    # 60 places, half of them taken: 30 cars.  They fit 40 places, and not 24.
    staged, warnings = staging_of("measure: resize_facility, facility: GP, change_veh: -20")
    before, use = base.parking.uses["GP"], staged.model.parking.uses["GP"]
    assert staged.model.parking.facilities["GP"].capacity_veh == 40
    assert (use.occupied_share, use.usual_capacity_veh) == (before.occupied_share, 60)
    assert usually_parked_veh(use, 40, 28_800.0) == 30
    assert flow_of_use(use, 40) == flow_of_use(before, 60)
    assert warnings == ()
    staged, warnings = staging_of("measure: resize_facility, facility: GP, capacity_veh: 24")
    use = staged.model.parking.uses["GP"]
    assert use.usual_capacity_veh == 60
    assert usually_parked_veh(use, 24, 28_800.0) == 24
    assert flow_of_use(use, 24).arrivals_veh_h == flow_of_use(before, 60).arrivals_veh_h
    (warning,) = warnings
    assert warning.endswith(
        "at its usual peak 6 cars more than its 24 places want to stand in GP: they are turned away"
    )


def test_several_changes_of_size_leave_the_wish_to_park_alone(staged_of, base):
    twice = "measure: resize_facility, facility: GP, change_veh: -20"
    assert staged_of(twice, twice).model.parking.uses["GP"].usual_capacity_veh == 60
    back = "measure: resize_facility, facility: GP, capacity_veh: 60"
    assert staged_of(twice, back).model.parking.uses["GP"] == base.parking.uses["GP"]


def test_a_price_changes_alone(staged_of, base):
    uses = staged_of("measure: price, facility: GP, fee_eur_h: 3").model.parking.uses
    assert uses["GP"].fee_eur_h == 3.0
    assert uses["GR"] == base.parking.uses["GR"]


def test_signs_come_and_go(staged_of, base):
    signs = staged_of(
        "measure: remove_sign, sign: S1",
        "measure: new_sign, id: S2, name: North, link: N_X, position_m: 300, rows: "
        "[{label_de: Mitte, label_en: Centre, arrow: left, facilities: [GP, GR]}]",
    ).model.parking.signs
    assert list(signs) == ["S2"]
    assert distance_m(signs["S2"].position, base.network.nodes["X"].position) == pytest.approx(300.0, abs=0.5)
    (row,) = signs["S2"].rows
    assert (row.arrow, row.facility_ids, row.label_en) == (Arrow.LEFT, ("GP", "GR"), "Centre")


def test_a_sign_goes_dark_and_comes_back_and_stays_where_it_is(staged_of, base):
    off, on = "measure: sign, sign: S1, state: off", "measure: sign, sign: all, state: on"
    staged = staged_of(off)
    assert staged.dark_signs == ("S1",)
    assert staged.model.parking.signs == base.parking.signs
    assert staged_of("measure: sign, sign: all, state: off").dark_signs == ("S1",)
    assert staged_of(off, on).dark_signs == ()
    assert staged_of().dark_signs == ()


def test_a_sign_that_was_removed_before_is_not_dark(staged_of):
    assert staged_of("measure: sign, sign: S1, state: off", "measure: remove_sign, sign: S1").dark_signs == ()


def test_the_wish_to_park_is_scaled_and_the_places_stay(staging_of, base):
    # 60 places, half of them taken: 30 cars; with 1.5 times the wish 45, with 3 times 90 and so 30 more than places.
    staged, warnings = staging_of("measure: parking_demand, facility: GP, factor: 1.5")
    use = staged.model.parking.uses["GP"]
    assert staged.model.parking.facilities == base.parking.facilities
    assert usually_parked_veh(use, 60, 28_800.0) == 45
    assert warnings == ()
    staged, told = staging_of("measure: parking_demand, facility: [GP, GR], factor: 3")
    assert usually_parked_veh(staged.model.parking.uses["GP"], 60, 28_800.0) == 60
    assert usually_parked_veh(staged.model.parking.uses["GR"], 400, 28_800.0) == 400
    assert [text.split("): ", 1)[1] for text in told] == [
        "at its peak 30 cars more than its 60 places want to stand in GP",
        "at its peak 200 cars more than its 400 places want to stand in GR",
    ]


def test_what_signs_and_wishes_cannot_be_is_said(errors_of):
    errors = errors_of(
        "measure: sign, sign: NONE, state: off",
        "measure: parking_demand, facility: NONE, factor: 2",
    )
    assert [error.split("): ", 1)[1] for error in errors] == [
        "sign = 'NONE': must name a sign of the model, or be all",
        "facility = 'NONE': must name a car park of the model",
    ]


def test_what_does_not_fit_the_car_parks_is_said(errors_of):
    errors = errors_of(
        f"{NEW.replace('id: NEW', 'id: GP')}, capacity_veh: 9, access_node: R",
        f"{NEW}, capacity_veh: 9",
        f"{NEW}, capacity_veh: 9, access_node: Q",
        f"{NEW}, capacity_veh: 9, link: X_W, position_m: 0.2",
        f"{NEW}, capacity_veh: 9, link: X_W, position_m: 100, opposite_link: X_P",
        f"{NEW}, capacity_veh: 9, access_node: R, reserve_veh: 9",
        "measure: close_facility, facility: NONE",
        "measure: resize_facility, facility: GP, change_veh: -60",
        "measure: resize_facility, facility: GP, change_veh: 5, capacity_veh: 9",
        "measure: price, facility: NONE, fee_eur_h: 1",
        "measure: remove_sign, sign: NONE",
        "measure: new_sign, id: S1, name: N, link: N_X, position_m: 3, rows: "
        "[{label_de: M, label_en: C, arrow: left, facilities: GP}]",
        "measure: new_sign, id: S3, name: N, link: N_X, position_m: 3, rows: "
        "[{label_de: M, label_en: C, arrow: left, facilities: NONE}]",
        "measure: close_facility, facility: GP",
        "measure: close_facility, facility: GP, from: 07:00, until: 08:00",
    )
    assert [error.split("): ", 1)[1] for error in errors] == [
        "id = 'GP': must be an id that no car park has yet",
        "access_node: must be given, or link and position_m instead",
        "access_node = 'Q': must name a node of the network",
        "position_m = 0.2: must be a number from 1 to 599",
        "opposite_link = 'X_P': must be the other direction of link X_W",
        "facility[NEW].reserve_veh = 9: must be a number from 0 to 8",
        "facility = 'NONE': must name a car park of the model",
        "change_veh = -60: must leave at least 1 of the 60 places; close_facility closes a car park",
        "capacity_veh = 9: must be given, or change_veh instead",
        "facility = 'NONE': must name a car park of the model",
        "sign = 'NONE': must name a sign of the model",
        "id = 'S1': must be an id that no sign has yet",
        "rows.facilities = 'NONE': must name a car park of the model",
        "close_facility = 'GP': must not overlap another close_facility measure there",
    ]
