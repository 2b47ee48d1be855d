"""Trips drawn ahead: numbered random numbers, Poisson processes, decisions about parking."""

from __future__ import annotations

import dataclasses
import math
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.day_clock import DayClock
from simulator.parking_choice import drawn
from simulator.parking_shares import ParkingShares
from simulator.trip_demand import OdCell, od_cells
from simulator.trip_schedule import (
    CAR,
    LORRY,
    TripBlock,
    TripSource,
    decide,
    entity_hash,
    joined,
    parking_table,
    philox,
    uniforms,
    unit_exponential,
)
from traffic_core.demand import DayType, Purpose
from traffic_core.errors import InvalidValueError

BERLIN = DayClock("Europe/Berlin")
START_S = datetime(2026, 11, 24, tzinfo=ZoneInfo("Europe/Berlin")).timestamp()
NODES = {"A": 7, "B": 3, "C": 5}
EVEN = ((1 / 24,) * 24,) * 7
TIDE = (tuple(hour / 276 for hour in range(24)),) * 5 + ((0.0,) * 24, (0.02,) * 24)
KNOWN_ANSWERS = (
    "00000000 00000000 00000000 00000000 00000000 00000000 6627e8d5 e169c58d bc57ac4c 9b00dbd8",
    "ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff 408f276d 41c83b0e a20bc7c6 6d5451fd",
    "243f6a88 85a308d3 13198a2e 03707344 a4093822 299f31d0 d16cfe09 94fdcceb 5001e420 24126ea1",
)
"""Counter, key and result of Philox4x32-10 from the file kat_vectors of the Random123 distribution."""


def make_cell(name, veh_24h=100.0, **changes):
    parts = {
        "name": name,
        "purpose": Purpose.SHOPPING,
        "from_zone": "ZA",
        "to_zone": "ZB",
        "origins": ("A",),
        "destinations": ("B", "C"),
        "from_inside": True,
        "to_inside": True,
        "may_park": True,
        "may_have_parked": True,
        "veh_24h": veh_24h,
        "shares": EVEN,
    }
    return OdCell(**{**parts, **changes})


def source(cells, seed=1):
    return TripSource(cells, BERLIN, seed, NODES)


def surge(veh, from_s, until_s):
    return make_cell("surge", veh, shares=(), window_s=(from_s, until_s))


def same(one, other):
    columns = [field.name for field in dataclasses.fields(TripBlock)]
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in columns)


# ---- random numbers ------------------------------------------------------------------------------------------------


def test_philox_gives_the_published_answers():
    words = np.array([[int(word, 16) for word in line.split()] for line in KNOWN_ANSWERS], dtype=np.uint64)
    for row in words:
        result = philox([np.array([word]) for word in row[:4]], (int(row[4]), int(row[5])))
        assert [int(word[0]) for word in result] == row[6:].tolist()


def test_the_numbers_of_an_entity_are_the_same_in_every_version():
    entity = np.array([entity_hash("cell ZA ZB shopping")], dtype=np.uint64)
    one, other = uniforms(2**63 + 5, entity, np.array([3]), 1)
    assert (one[0], other[0]) == (0.760022877350996, 0.35185626082382493)


def grid_of_uniforms(cells=400, numbers=250):
    """(cells, numbers) of entities whose names differ in one character."""
    entity = np.array([entity_hash(f"cell {at}") for at in range(cells)], dtype=np.uint64)
    number = np.tile(np.arange(numbers), cells)
    return [part.reshape(cells, numbers) for part in uniforms(1, np.repeat(entity, numbers), number, 0)]


def test_numbers_are_uniform():
    """Chi-square of 100 classes of 100,000 numbers: mean 99, standard deviation sqrt(2 x 99) = 14.1."""
    for part in grid_of_uniforms():
        counts = np.histogram(part, bins=100, range=(0.0, 1.0))[0]
        assert abs(((counts - 1_000.0) ** 2 / 1_000.0).sum() - 99.0) < 4.0 * 14.1
        assert part.min() >= 0.0
        assert part.max() < 1.0


def test_neighbouring_cells_numbers_pairs_and_seeds_do_not_hang_together():
    """Pairs of numbers fill the unit square evenly: chi-square of 10 x 10 classes; and they do not correlate."""
    one, other = grid_of_uniforms()
    entity = np.array([entity_hash("cell 0")] * one.size, dtype=np.uint64)
    seeds = [uniforms(seed, entity, np.arange(one.size), 0)[0] for seed in (1, 2)]
    for a, b in [(one[1:], one[:-1]), (one[:, 1:], one[:, :-1]), (one, other), seeds]:
        counts = np.histogram2d(a.ravel(), b.ravel(), bins=10, range=((0, 1), (0, 1)))[0]
        assert abs(((counts - a.size / 100) ** 2 / (a.size / 100)).sum() - 99.0) < 4.0 * 14.1
        assert abs(np.corrcoef(a.ravel(), b.ravel())[0, 1]) < 4.0 / a.size**0.5


@given(st.lists(st.integers(0, 2**53 - 1), min_size=1))
def test_the_exponential_number_is_the_negative_logarithm_of_the_rest(bits):
    uniform = np.array(bits) * 2.0**-53
    expected = [-math.log1p(-u) for u in uniform.tolist()]
    np.testing.assert_allclose(unit_exponential(uniform), expected, rtol=1e-15 * 4, atol=0.0)


# ---- trips ---------------------------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.floats(1.0, 20_000.0), min_size=1, max_size=6),
    st.floats(0.1, 3_000.0),
    st.integers(0, 2**64 - 1),
)
def test_blocks_of_any_length_join_to_one(lengths_s, veh_24h, seed):
    cells = [
        make_cell("a", veh_24h, shares=TIDE),
        make_cell("b", 30_000.0),
        make_cell("c", 1.0),
        surge(200.0, START_S + 1_234.5, START_S + 9_876.5),
    ]
    ends_s = np.cumsum([START_S + 77.7, *lengths_s]).tolist()
    drawn_ahead = source(cells, seed)
    parts = [drawn_ahead.block(a, b) for a, b in pairwise(ends_s)]
    whole = source(cells, seed).block(ends_s[0], ends_s[-1])
    assert same(joined(parts), whole)
    for (a, b), part in zip(pairwise(ends_s), parts, strict=True):
        assert ((part.at_s >= a) & (part.at_s < b)).all()
    keys = list(zip(whole.at_s.tolist(), whole.cell.tolist(), whole.number.tolist(), strict=True))
    assert keys == sorted(keys)


def next_trip_s(target, now_s, cell):
    """Time until the expected number of trips from now on reaches `target`, hour by hour."""
    at_s = now_s
    while True:
        weekday, hour, second_s = BERLIN.local(at_s)
        left_s = 3_600.0 - second_s % 3_600.0
        expected = cell.veh_24h * cell.shares[weekday][hour] * left_s / 3_600.0
        if target <= expected:
            return at_s - now_s + target / expected * left_s
        target -= expected
        at_s += left_s


def test_trips_follow_the_clock_and_the_profile_as_drawn_one_by_one():
    """From Friday to Monday: a tide on Friday, nothing on Saturday, few on Sunday."""
    cell = make_cell("a", 60.0, shares=TIDE)
    friday_s = START_S + 3 * 86_400.0 + 100.0
    trips = source([cell]).block(friday_s, friday_s + 3 * 86_400.0)
    entity = np.array([entity_hash("cell a")], dtype=np.uint64)
    now_s = friday_s
    for number, at_s in enumerate(trips.at_s.tolist()):
        target = float(unit_exponential(uniforms(1, entity, np.array([number]), 0)[0])[0])
        now_s += next_trip_s(target, now_s, cell)
        assert at_s == pytest.approx(now_s, abs=1e-3)
    assert trips.number.tolist() == list(range(len(trips)))
    days = BERLIN.local_times(trips.at_s).weekday
    assert [int((days == day).sum()) > 20 for day in (4, 5, 6)] == [True, False, True]
    assert not (days == 5).any()


def test_the_clock_set_back_gives_the_hour_twice():
    """All 240 trips of a day start from 2 to 3 o'clock, which the day in October has twice."""
    night = tuple(1.0 if hour == 2 else 0.0 for hour in range(24))
    sunday_s = datetime(2026, 10, 25, tzinfo=ZoneInfo("Europe/Berlin")).timestamp()
    trips = source([make_cell("a", 240.0, shares=(night,) * 7)]).block(sunday_s, sunday_s + 90_000.0)
    assert len(trips) == pytest.approx(480, abs=4 * 480**0.5)
    assert trips.at_s.min() >= sunday_s + 7_200.0
    assert trips.at_s.max() < sunday_s + 14_400.0


def test_counts_of_an_hour_scatter_as_poisson_counts_do():
    """Mean and variance of 2,000 counts are 5; the variance of such a variance is 2 x 25 / 2,000 + 5 / 2,000."""
    trips = source([make_cell(f"cell {at}", 120.0) for at in range(2_000)]).block(START_S, START_S + 3_600.0)
    counts = np.bincount(trips.cell, minlength=2_000)
    assert counts.mean() == pytest.approx(5.0, abs=4 * (5 / 2_000) ** 0.5)
    assert counts.var() == pytest.approx(5.0, abs=4 * (55 / 2_000) ** 0.5)


def test_one_cell_more_or_changed_leaves_the_trips_of_the_others_alone():
    cells = [make_cell("a", 500.0), make_cell("b", 500.0)]
    before = source(cells).block(START_S, START_S + 20_000.0)
    more = [make_cell("new", 900.0), cells[0], make_cell("b", 700.0), surge(90.0, START_S, START_S + 9_000.0)]
    after = source(more).block(START_S, START_S + 20_000.0)
    for column in ("at_s", "number", "destination_node", "parking", "follows", "leaving", "attention"):
        assert np.array_equal(getattr(before, column)[before.cell == 0], getattr(after, column)[after.cell == 1])


@settings(deadline=None, max_examples=30)
@given(st.floats(1.0, 3.0))
def test_a_larger_volume_brings_trips_forward_and_adds_some_at_the_end(factor):
    few = source([make_cell("a", 300.0, shares=TIDE)]).block(START_S, START_S + 86_400.0)
    many = source([make_cell("a", 300.0 * factor, shares=TIDE)]).block(START_S, START_S + 86_400.0)
    assert len(many) >= len(few)
    assert (many.at_s[: len(few)] <= few.at_s).all()
    assert np.array_equal(many.parking[: len(few)], few.parking)


def test_a_surge_brings_its_vehicles_within_its_window():
    from_s, until_s = START_S + 1_000.0, START_S + 8_200.0
    trips = source([surge(2_000.0, from_s, until_s)]).block(START_S, START_S + 86_400.0)
    assert len(trips) == pytest.approx(2_000, abs=4 * 2_000**0.5)
    assert trips.at_s.min() >= from_s
    assert trips.at_s.max() < until_s
    first_half = int((trips.at_s < (from_s + until_s) / 2).sum())
    assert first_half == pytest.approx(1_000, abs=4 * 1_000**0.5)


def test_a_surge_that_began_before_the_run_brings_the_rest():
    """A quarter of its window is left: 500 of 2,000."""
    trips = source([surge(2_000.0, START_S - 3_000.0, START_S + 1_000.0)]).block(START_S, START_S + 4_000.0)
    assert len(trips) == pytest.approx(500, abs=4 * 500**0.5)


def test_nodes_are_drawn_in_equal_shares_and_lorries_by_purpose():
    cells = [
        make_cell("a", 10_000.0, origins=("C", "A", "B")),
        make_cell("b", 10_000.0, purpose=Purpose.THROUGH),
        make_cell("c", 100.0, purpose=Purpose.DELIVERY),
    ]
    trips = source(cells).block(START_S, START_S + 86_400.0)
    shops, through, deliveries = (trips.cell == at for at in range(3))
    for node in (3, 5, 7):
        assert (trips.origin_node[shops] == node).mean() == pytest.approx(1 / 3, abs=0.02)
    assert set(trips.origin_node[through].tolist()) == {7}
    assert (trips.destination_node == 3).mean() == pytest.approx(0.5, abs=0.02)
    assert (trips.vehicle_class[shops] == CAR).all()
    assert (trips.vehicle_class[deliveries] == LORRY).all()
    assert (trips.vehicle_class[through] == LORRY).mean() == pytest.approx(0.055, abs=0.01)


def test_a_weekday_of_the_shipped_model_has_the_trips_of_its_demand(le_network, le_demand):
    index = {node: at for at, node in enumerate(le_network.nodes)}
    cells = od_cells(le_demand, 1.0)
    trips = TripSource(cells, BERLIN, 1, index).block(START_S, START_S + 86_400.0)
    expected = sum(cell.veh_24h for cell in cells)
    assert len(trips) == pytest.approx(expected, abs=4 * expected**0.5)
    by_hour = np.bincount(BERLIN.local_times(trips.at_s).hour, minlength=24)
    for hour, veh_h in enumerate(le_demand.total_veh_h(DayType.WEEKDAY)):
        assert by_hour[hour] == pytest.approx(veh_h, abs=4.5 * veh_h**0.5)


def test_no_cells_and_no_time_make_no_trips():
    assert len(source([]).block(START_S, START_S + 3_600.0)) == 0
    assert len(source([make_cell("a")]).block(START_S, START_S)) == 0


@pytest.mark.parametrize(
    ("cells", "seed", "parts"),
    [
        ([], -1, ["seed", "-1", "from 0 to 2^64 - 1"]),
        ([], 2**64, ["seed", "from 0 to 2^64 - 1"]),
        ([make_cell("a"), make_cell("b"), make_cell("a")], 1, ["cell.name", "'a'", "must occur once"]),
        ([make_cell("a", origins=("X",))], 1, ["cell[a].nodes", "'X'", "must name a node"]),
    ],
)
def test_cells_or_a_seed_that_cannot_be_are_refused(cells, seed, parts):
    with pytest.raises(InvalidValueError) as caught:
        source(cells, seed)
    assert all(part in str(caught.value) for part in parts)


def test_a_block_that_does_not_follow_the_one_before_is_refused():
    drawn_ahead = source([make_cell("a")])
    drawn_ahead.block(0.0, 900.0)
    with pytest.raises(InvalidValueError, match=r"from_s = 1000\.0: must be the end of the block before, 900\.0"):
        drawn_ahead.block(1_000.0, 1_900.0)
    with pytest.raises(InvalidValueError, match=r"until_s = 800\.0: must be a time from from_s = 900\.0 on"):
        drawn_ahead.block(900.0, 800.0)


# ---- parking -------------------------------------------------------------------------------------------------------


def reference(cell, trip, shares, hour, kappa):
    """Facility, whether he reads signs, and whether the trip is made, of one trip."""
    parking, follows, leaving = trip
    if cell.from_inside and cell.may_have_parked and leaving < shares.leaving[cell.from_zone][hour]:
        return None, False, False
    if not (cell.to_inside and cell.may_park):
        return None, False, True
    facility = drawn(shares.arriving[cell.to_zone][hour], parking)
    return facility, facility is not None and follows < kappa, True


PARKING_CELLS = [
    make_cell("both"),
    make_cell("back", from_zone="ZB", to_zone="ZA"),
    make_cell("home", may_park=False),
    make_cell("to work", may_have_parked=False),
    make_cell("from outside", from_zone="ZO", from_inside=False),
    make_cell("to outside", to_zone="ZO", to_inside=False),
]


@st.composite
def parking_shares_of_two_zones(draw):
    def of_hour():
        names = draw(st.permutations(["G1", "G2", "G3"]))[: draw(st.integers(0, 3))]
        return {name: draw(st.sampled_from([0.0, 0.1, 0.2, 0.3])) for name in names}

    arriving = {zone: (of_hour(), of_hour()) * 12 for zone in ("ZA", "ZB")}
    leaving = {zone: (draw(st.floats(0.0, 0.9)),) * 24 for zone in ("ZA", "ZB")}
    return ParkingShares(arriving, leaving, {})


@settings(deadline=None, max_examples=40)
@given(parking_shares_of_two_zones(), st.integers(0, 1_000), st.floats(0.0, 1.0))
def test_decisions_are_those_of_one_trip_after_the_other(shares, seed, kappa):
    facilities = ["G3", "G1", "G2"]
    trips = source(PARKING_CELLS, seed).block(START_S, START_S + 14_400.0)
    edges = np.resize([0.1, 0.3, 0.1 + 0.2, 0.6, 0.0], len(trips))
    parking = np.where(np.arange(len(trips)) % 3 == 0, edges, trips.parking)
    trips = dataclasses.replace(trips, parking=parking)
    hour = BERLIN.local_times(trips.at_s).hour
    found = decide(trips, parking_table(PARKING_CELLS, shares, facilities), hour, kappa)
    for at, cell in enumerate(trips.cell.tolist()):
        numbers = (trips.parking[at], trips.follows[at], trips.leaving[at])
        facility, follower, keep = reference(PARKING_CELLS[cell], numbers, shares, int(hour[at]), kappa)
        assert found.facility[at] == (-1 if facility is None else facilities.index(facility))
        assert (found.follower[at], found.keep[at]) == (follower, keep)


def test_a_facility_takes_its_slice_of_the_unit_interval():
    """Slices of G1 up to 0.3 and of G2 up to 0.5; a quarter of the trips is made by garages."""
    shares = ParkingShares({"ZB": ({"G1": 0.3, "G2": 0.2},) * 24, "ZA": ({},) * 24}, {"ZA": (0.25,) * 24, "ZB": ()}, {})
    table = parking_table([make_cell("a")], shares, ["G2", "G1"])
    five = np.zeros(5, dtype=np.int64)
    trips = TripBlock(
        at_s=np.zeros(5),
        cell=five,
        number=five,
        origin_node=five,
        destination_node=five,
        vehicle_class=five,
        parking=np.array([0.29, 0.3, 0.5, 0.1, 0.1]),
        follows=np.array([0.19, 0.2, 0.0, 0.5, 0.0]),
        leaving=np.array([0.25, 0.9, 0.9, 0.9, 0.24]),
        attention=np.zeros(5),
    )
    found = decide(trips, table, five, 0.2)
    assert found.facility.tolist() == [1, 0, -1, 1, -1]
    assert found.follower.tolist() == [1, 0, 0, 0, 0]
    assert found.keep.tolist() == [True, True, True, True, False]


def test_shares_without_a_zone_or_with_an_unknown_facility_are_refused():
    of_day = ({"G1": 0.3},) * 24
    with pytest.raises(InvalidValueError, match="shares = 'ZB': must hold every inside zone"):
        parking_table([make_cell("a")], ParkingShares({"ZA": of_day}, {"ZA": (0.0,) * 24}, {}), ["G1"])
    shares = ParkingShares({"ZA": of_day, "ZB": of_day}, {"ZA": (0.0,) * 24, "ZB": (0.0,) * 24}, {})
    with pytest.raises(InvalidValueError, match=r"shares.arriving\[ZB\] = \['G1'\]: must name known facilities"):
        parking_table([make_cell("a")], shares, ["G2"])
