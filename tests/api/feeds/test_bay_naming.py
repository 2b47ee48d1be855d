from __future__ import annotations

import pytest

from api.feeds.naming import Naming
from api.feeds.port import FeedFacility, ParseResult, RejectReason
from traffic_core.readings import BayReading, OccupancyReading

AT_S = 1_790_000_000.0


def place_for_one(source_id="s1", **change):
    values = {"free_veh": 0, "occupied_veh": 1, "capacity_veh": 1} | change
    return OccupancyReading(source_id=source_id, measured_at_s=AT_S, received_at_s=AT_S + 1, **values)


def bay(source_id, *, occupied=True):
    return BayReading(source_id=source_id, measured_at_s=AT_S, received_at_s=AT_S, occupied=occupied)


def named(naming, *readings, facilities=()):
    return naming.apply(ParseResult(readings=readings, facilities=tuple(facilities)))


def test_a_listed_bay_gets_our_name_and_an_unlisted_one_is_refused():
    naming = Naming(facilities={}, prefix="", bays={"eui1": "MARKT.7"})
    result = named(naming, bay("eui1"), bay("eui2"))
    assert [reading.source_id for reading in result.readings] == ["MARKT.7"]
    assert [(r.source_id, r.reason) for r in result.rejects] == [("eui2", RejectReason.UNKNOWN_FACILITY)]


def test_a_prefix_makes_names_of_bays_and_one_without_a_facility_makes_none():
    assert named(Naming(facilities={}, prefix="PH."), bay("1")).readings[0].source_id == "PH.1"
    result = named(Naming(facilities={}, prefix="PH-"), bay("1"))
    assert [r.reason for r in result.rejects] == [RejectReason.UNKNOWN_FACILITY]


def test_a_car_park_with_one_place_is_the_bay_that_the_list_says():
    naming = Naming(facilities={"G": "GARAGE"}, prefix="", bays={"s1": "MARKT.1"})
    result = named(naming, place_for_one(), place_for_one("G", capacity_veh=80, free_veh=40, occupied_veh=40))
    assert result.readings[0] == BayReading(
        source_id="MARKT.1", measured_at_s=AT_S, received_at_s=AT_S + 1, occupied=True
    )
    assert (result.readings[1].source_id, result.readings[1].free_veh) == ("GARAGE", 40)


@pytest.mark.parametrize(
    ("change", "occupied"),
    [
        ({"free_veh": 1, "occupied_veh": 0}, False),
        ({"free_veh": None, "occupied_veh": 1}, True),
        ({"free_veh": 1, "occupied_veh": None, "capacity_veh": None, "is_open": True}, False),
    ],
)
def test_one_count_is_enough(change, occupied):
    naming = Naming(facilities={}, prefix="F.", single_bays=True)
    assert named(naming, place_for_one(**change)).readings[0].occupied is occupied


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"free_veh": 1}, RejectReason.CONTRADICTORY),
        ({"free_veh": 2}, RejectReason.OUT_OF_RANGE),
        ({"occupied_veh": -1}, RejectReason.OUT_OF_RANGE),
        ({"capacity_veh": 2}, RejectReason.OUT_OF_RANGE),
        ({"is_open": False}, RejectReason.NO_VALUE),
        ({"free_veh": None, "occupied_veh": None, "is_open": True}, RejectReason.NO_VALUE),
    ],
)
def test_a_record_that_is_no_bay_is_refused_and_never_free(change, reason):
    result = named(Naming(facilities={}, prefix="F.", single_bays=True), place_for_one(**change))
    assert result.readings == ()
    assert [reject.reason for reject in result.rejects] == [reason]


def test_static_facts_of_bays_make_up_their_facility_in_the_middle_of_them():
    bays = [
        FeedFacility(id="1", name="a", capacity_veh=1, position=(9.0, 48.0), is_bay=True),
        FeedFacility(id="2", name="b", capacity_veh=1, position=(9.2, 48.2), is_bay=True),
        FeedFacility(id="3", name="c", capacity_veh=None, position=None, is_bay=True),
    ]
    (facility,) = named(Naming(facilities={}, prefix="PH."), facilities=bays).facilities
    assert (facility.id, facility.capacity_veh, facility.is_bay) == ("PH", 3, False)
    assert facility.position == pytest.approx((9.1, 48.1))
