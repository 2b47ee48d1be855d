"""Every fault that the check of a town knows is found where it is put, and said in words."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.plain_roads import PlainLinks, plain_roads
from simulator.road_faults import check, describe
from simulator.road_traffic import RoadTraffic
from traffic_core.kernels import conservation, departures, traffic
from traffic_core.traffic_arrays import ENTERED, FREE_SLOTS, IS_AWAITED, layout


def street():
    """Ten vehicles on link 0 and three outside it."""
    roads = plain_roads(
        PlainLinks(
            nodes=3,
            from_node=np.array([0, 1]),
            to_node=np.array([1, 2]),
            length_m=np.array([500.0, 500.0]),
            speed_m_s=np.array([10.0, 10.0]),
            wave_m_s=np.array([5.0, 5.0]),
            jam_veh_m=np.array([0.15, 0.15]),
            entry_veh_s=np.full(2, np.inf),
            exit_veh_s=np.full(2, np.inf),
            priority=np.ones(2),
            node_veh_s=np.full(3, np.inf),
            signal=np.array([-1, -1]),
        )
    )
    moving = RoadTraffic(roads, 0.0, checked=True)
    moving.follow(np.zeros((1, 1, 2), dtype=np.int32), np.zeros((1, 1, 3), dtype=np.int32))
    way = moving.add_fixed_way((1,))
    for number in range(10):
        moving.spawn(0, float(number), flags=0, fixed_at=way)
    for _ in range(3):
        moving.spawn(0, 90.0, flags=0, fixed_at=way)
    moving.advance(0.0, 58.0)
    return moving


def test_kernels_that_share_the_fields_of_a_town_know_their_present_layout():
    assert {module.LAYOUT for module in (conservation, departures, traffic)} == {layout()}


def test_a_street_in_order_has_no_fault():
    moving = street()
    assert moving.inside_veh == 10
    assert moving.waiting_outside_veh == 3
    assert conservation.fault(58.0, moving.town) == conservation.FINE
    assert describe(conservation.FINE, moving.town) == "no fault"
    check(58.0, moving.town)


def test_a_slot_kept_for_an_awaited_arrival_is_no_fault_and_a_forgotten_one_is():
    moving = street()
    slot = moving.spawn(1, 60.0, flags=IS_AWAITED, fixed_at=moving.add_fixed_way(()))
    (arrival,) = moving.advance(58.0, 150.0).arrived
    assert arrival == (slot, pytest.approx(110.0))
    check(150.0, moving.town)
    moving.town.vehicle_flags[slot] = 0
    with pytest.raises(RuntimeError, match=f"slot {slot} .*in no queue, not free and not awaited"):
        check(150.0, moving.town)


def put(moving, field, place, value):
    getattr(moving.town, field)[place] = value


QUEUE_0, QUEUE_1 = 2, 3
FAULTS = [
    ("length", QUEUE_1, -1, "queue on link 1 .length -1.: its list and its length differ"),
    ("tail", 0, 0, "queue outside link 0 .length 3.: its list and its length differ"),
    ("head", 0, -1, "queue outside link 0 .length 3.: its list"),
    ("vehicle_link", "on 0", 1, "queue on link 0 .* vehicle of another queue"),
    ("vehicle_since_s", "on 0", 99.0, "queue on link 0 .*stands before one that came first"),
    ("vehicle_ready_at_s", "outside 0", 99.0, "queue outside link 0 .*stands before one"),
    ("entered_veh", 1, 9, "link 1 .*: other vehicles"),
    ("entered_pce", 0, 77.0, "link 0 .*: its queues have other pce"),
    ("room_pce", 0, 3.0, "link 0 .10 of 3 pce|link 0 .*they have no room"),
    ("group_pce", 1, 1.0, "link 1 .*lane groups"),
    ("totals", ENTERED, 99, "all: 99 vehicles entered"),
    ("totals", FREE_SLOTS, 1, "in no queue, not free"),
]


@pytest.mark.parametrize(("field", "place", "value", "words"), FAULTS)
def test_a_fault_is_found_and_named(field, place, value, words):
    moving = street()
    if isinstance(place, str):
        place = moving.town.head[QUEUE_0 if place == "on 0" else 0]
    put(moving, field, place, value)
    with pytest.raises(RuntimeError, match=words) as fault:
        check(58.0, moving.town)
    assert str(fault.value).startswith("traffic at 58 s: ")


def test_departures_that_do_not_ascend_or_are_yet_to_come_are_a_fault():
    moving = street()
    put(moving, "left_at_s", moving.town.first_ring[0] + 3, -5.0)
    with pytest.raises(RuntimeError, match=r"link 0 .*do not ascend or are yet to come"):
        check(50.0, moving.town)


def test_a_slot_in_use_among_the_free_ones_is_a_fault():
    moving = street()
    put(moving, "vehicle_free_slots", 7, moving.town.head[QUEUE_0])
    with pytest.raises(RuntimeError, match=r"in place 7 of .* free ones: it is not free"):
        check(58.0, moving.town)


def test_checked_traffic_stops_at_the_first_fault():
    moving = street()
    put(moving, "entered_pce", 0, 77.0)
    with pytest.raises(RuntimeError, match="traffic at 59 s: link 0"):
        moving.advance(58.0, 100.0)
