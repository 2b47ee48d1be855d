from __future__ import annotations

import pytest

from signal_plans.coordination.arterial import Arterial, ArterialSignal, CoordinatedGreen, SectionWay, SpeedRange
from signal_plans.coordination.bands import bands
from signal_plans.programme import GreenWindow
from traffic_core.errors import InvalidValueError

SPEED = SpeedRange(wanted_m_s=15.0, slowest_m_s=15.0, fastest_m_s=15.0)


def signal(name, outbound, inbound, queue_s=0.0):
    greens = [
        CoordinatedGreen(window=GreenWindow(start_s=start, length_s=length), queue_s=queue_s)
        for start, length in (outbound, inbound)
    ]
    return ArterialSignal(id=name, outbound=greens[0], inbound=greens[1])


def street(cycle_s, signals, lengths_m, **more):
    ways = tuple(SectionWay(length_m=length_m, speed=more.pop("speed", SPEED)) for length_m in lengths_m)
    return Arterial(cycle_s=cycle_s, signals=tuple(signals), outbound=ways, inbound=ways, **more)


def two_equal(queue_s=0.0):
    return street(60, [signal(name, (0, 30), (0, 30), queue_s) for name in "AB"], [300.0])


def test_offset_equal_to_travel_time_gives_all_of_the_green_outbound_and_what_is_left_inbound():
    # inbound green at A, seen from B 20 s earlier: [0, 30) against [20 + 20, 50 + 20) leaves 10 s
    outbound, inbound = bands(two_equal(), (0, 20), (20.0,), (20.0,))
    assert (outbound.width_s, inbound.width_s) == (30.0, 10.0)


def test_half_a_cycle_shares_the_band_between_the_directions():
    outbound, inbound = bands(two_equal(), (0, 30), (20.0,), (20.0,))
    assert (outbound.width_s, inbound.width_s) == (20.0, 20.0)


def test_band_passes_the_second_signal_a_travel_time_later_and_within_its_green():
    outbound, _ = bands(two_equal(), (0, 30), (20.0,), (20.0,))
    assert outbound.start_s == (10.0, 30.0)


def test_queue_seconds_are_taken_from_the_beginning_of_green():
    outbound, _ = bands(two_equal(queue_s=6.0), (0, 20), (20.0,), (20.0,))
    assert (outbound.width_s, outbound.start_s[0]) == (24.0, 6.0)


def test_band_that_runs_over_the_end_of_the_cycle_is_one_band():
    cut = street(60, [signal("A", (50, 30), (50, 30)), signal("B", (50, 30), (50, 30))], [900.0])
    outbound, inbound = bands(cut, (0, 0), (60.0,), (60.0,))
    assert (outbound.width_s, inbound.width_s) == (30.0, 30.0)
    assert outbound.start_s == (50.0, 110.0)


def test_greens_that_never_meet_leave_no_band():
    apart = street(60, [signal("A", (0, 20), (0, 20)), signal("B", (30, 20), (30, 20))], [900.0])
    outbound, _ = bands(apart, (0, 0), (60.0,), (60.0,))
    assert outbound.width_s == 0.0
    assert not outbound.exists


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"signals": ("A",)}, "arterial.signals = 1: must be at least 2"),
        ({"lengths_m": ()}, "arterial.outbound = 0: must be 1 sections"),
        ({"cycle_s": 130}, "arterial.cycle_s = 130: must be a number from 20 to 120"),
        ({"cycle_s": 25}, r"signal[A].outbound.length_s = 30"),
        ({"outbound_weight": -1.0}, "arterial.outbound_weight = -1.0"),
        ({"outbound_weight": 0.0, "inbound_weight": 0.0}, "arterial.weights = 0.0: must be a number above 0"),
    ],
)
def test_unusable_street_is_named(change, part):
    made = {"cycle_s": 60, "signals": ("A", "B"), "lengths_m": (300.0,)} | change
    made["signals"] = [signal(name, (0, 30), (0, 30)) for name in made["signals"]]
    with pytest.raises(InvalidValueError) as raised:
        street(made.pop("cycle_s"), made.pop("signals"), made.pop("lengths_m"), **made)
    assert part in str(raised.value)


def test_speeds_out_of_order_are_named():
    with pytest.raises(InvalidValueError, match=r"speed.wanted_m_s = 20.0: must be a number from 10 to 15"):
        SpeedRange(wanted_m_s=20.0, slowest_m_s=10.0, fastest_m_s=15.0)
