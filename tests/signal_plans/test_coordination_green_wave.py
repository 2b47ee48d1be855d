from __future__ import annotations

from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signal_plans.coordination.arterial import Arterial, ArterialSignal, CoordinatedGreen, SectionWay, SpeedRange
from signal_plans.coordination.bands import bands
from signal_plans.coordination.green_wave import green_wave
from signal_plans.programme import GreenWindow


def street(cycle_s, greens, travel_s, *, speeds=(10.0, 10.0, 10.0), **more):
    """Street whose sections take `travel_s` at 10 m/s; greens are (start, length) outbound and inbound."""
    slowest, wanted, fastest = speeds
    speed = SpeedRange(wanted_m_s=wanted, slowest_m_s=slowest, fastest_m_s=fastest)
    signals = [
        ArterialSignal(
            id=str(i),
            outbound=CoordinatedGreen(window=GreenWindow(start_s=there[0], length_s=there[1])),
            inbound=CoordinatedGreen(window=GreenWindow(start_s=back[0], length_s=back[1])),
        )
        for i, (there, back) in enumerate(greens)
    ]
    ways = tuple(SectionWay(length_m=10.0 * time_s, speed=speed) for time_s in travel_s)
    return Arterial(cycle_s=cycle_s, signals=tuple(signals), outbound=ways, inbound=ways, **more)


def equal_greens(count, start_s, length_s):
    return [((start_s, length_s), (start_s, length_s))] * count


def widths(wave):
    return wave.outbound.width_s, wave.inbound.width_s


def test_two_signals_match_hand_calculation():
    # any offset from 20 to 40 s gives 40 s in both directions together; the even one is taken
    wave = green_wave(street(60, equal_greens(2, 0, 30), [20]))
    assert wave.offsets_s == (0, 30)
    assert widths(wave) == pytest.approx((20.0, 20.0))


def test_one_way_wave_is_as_wide_as_the_smallest_green():
    greens = [((5, 30), (0, 30)), ((50, 22), (9, 20)), ((17, 41), (20, 35))]
    wave = green_wave(street(70, greens, [13, 28], inbound_weight=0.0))
    assert wave.outbound.width_s == pytest.approx(22.0)


def test_travel_time_of_half_a_cycle_opens_all_greens_in_both_directions():
    # the simple alternating system: every second signal half a cycle later
    wave = green_wave(street(60, equal_greens(5, 12, 30), [30, 30, 30, 30]))
    assert wave.offsets_s == (0, 30, 0, 30, 0)
    assert widths(wave) == pytest.approx((30.0, 30.0))


def test_travel_time_of_a_quarter_cycle_opens_half_of_each_green():
    # the double alternating system: signals in pairs, efficiency one quarter
    wave = green_wave(street(60, equal_greens(6, 0, 30), [15] * 5))
    assert widths(wave) == pytest.approx((15.0, 15.0))


def test_speed_within_its_bounds_makes_both_bands_full():
    # 300 m in 30 s, half a cycle, needs 10 m/s; wanted are 15
    wave = green_wave(street(60, equal_greens(2, 0, 30), [30], speeds=(10.0, 15.0, 15.0)))
    assert widths(wave) == pytest.approx((30.0, 30.0), abs=0.01)
    assert wave.outbound_s[0] == pytest.approx(30.0, abs=0.01)


def test_speed_stays_as_wanted_where_another_gains_nothing():
    wave = green_wave(street(60, equal_greens(2, 0, 30), [30], speeds=(8.0, 10.0, 12.0)))
    assert wave.outbound_s[0] == pytest.approx(30.0)


def test_balance_prefers_two_fair_bands_to_a_wide_and_a_missing_one():
    greens = [((59, 30), (34, 27)), ((23, 25), (43, 33)), ((59, 26), (42, 33))]
    assert widths(green_wave(street(80, greens, [39, 29]))) == pytest.approx((0.0, 27.0))
    assert widths(green_wave(street(80, greens, [39, 29], balance=0.3))) == pytest.approx((13.0, 13.0))


def test_weights_decide_which_direction_gets_the_band():
    wave = green_wave(street(60, equal_greens(2, 0, 30), [20], outbound_weight=3.0))
    assert widths(wave) == pytest.approx((30.0, 10.0))


def test_direction_without_any_band_does_not_stand_in_the_way_of_the_other():
    greens = [((0, 20), (0, 10)), ((0, 20), (20, 10)), ((0, 20), (50, 10))]
    wave = green_wave(street(60, greens, [60, 60], outbound_weight=10.0))
    assert widths(wave) == pytest.approx((20.0, 0.0))


def test_change_of_speed_from_section_to_section_is_bounded():
    greens = [((0, 12), (0, 12)), ((10, 12), (21, 12)), ((31, 12), (2, 12)), ((44, 12), (17, 12))]
    limited = street(60, greens, [20, 30, 25], speeds=(8.0, 10.0, 14.0), largest_change_m_s=0.5)
    free = street(60, greens, [20, 30, 25], speeds=(8.0, 10.0, 14.0))
    wave = green_wave(limited)
    for ways, times_s in ((limited.outbound, wave.outbound_s), (limited.inbound, wave.inbound_s)):
        speeds = [way.length_m / time_s for way, time_s in zip(ways, times_s, strict=True)]
        assert all(abs(a - b) <= 0.5 + 1e-6 for a, b in pairwise(speeds))
        assert all(8.0 - 1e-6 <= speed <= 14.0 + 1e-6 for speed in speeds)
    assert sum(widths(green_wave(free))) >= sum(widths(wave)) - 0.05


def test_bands_of_sections_lose_nothing_where_one_band_is_enough():
    wave = green_wave(street(60, equal_greens(3, 0, 30), [30, 30]), section_bands=True)
    assert widths(wave) == pytest.approx((30.0, 30.0))


def test_twenty_signals_are_solved():
    greens = [((7 * i % 80, 34 + 5 * i % 11), (11 * i % 80, 34 + 3 * i % 7)) for i in range(20)]
    arterial = street(80, greens, [12 + 7 * i % 23 for i in range(19)], speeds=(8.5, 10.0, 10.0))
    wave = green_wave(arterial)
    assert (wave.outbound, wave.inbound) == bands(arterial, wave.offsets_s, wave.outbound_s, wave.inbound_s)
    assert max(widths(wave)) > 10.0


def test_same_street_gives_the_same_wave():
    arterial = street(70, [((5, 30), (0, 30)), ((50, 22), (9, 20)), ((17, 41), (20, 35))], [13, 28])
    assert green_wave(arterial) == green_wave(arterial)


def longest_run(cycle_s, mask):
    """Longest run of ones on a circle of seconds."""
    if mask == (1 << cycle_s) - 1:
        return cycle_s
    doubled, longest = mask | mask << cycle_s, 0
    while doubled:
        doubled &= doubled << 1
        longest += 1
    return longest


def by_trying_all_offsets(cycle_s, greens, travel_s):
    """Most seconds of both bands together, from masks of whole seconds."""

    def mask(green, shift_s):
        return sum(1 << (green[0] + shift_s + second) % cycle_s for second in range(green[1]))

    arrive_s = [sum(travel_s[:i]) for i in range(len(greens))]
    there = [[mask(green[0], o - arrive_s[i]) for o in range(cycle_s)] for i, green in enumerate(greens)]
    back = [[mask(green[1], o + arrive_s[i]) for o in range(cycle_s)] for i, green in enumerate(greens)]
    best = 0
    for offsets in product(range(cycle_s), repeat=len(greens) - 1):
        common_there, common_back = there[0][0], back[0][0]
        for i, offset in enumerate(offsets, 1):
            common_there &= there[i][offset]
            common_back &= back[i][offset]
        best = max(best, longest_run(cycle_s, common_there) + longest_run(cycle_s, common_back))
    return best


@st.composite
def small_streets(draw):
    cycle_s = draw(st.integers(20, 24))
    count = draw(st.integers(2, 4))
    green = st.tuples(st.integers(0, cycle_s - 1), st.integers(4, 15))
    greens = draw(st.lists(st.tuples(green, green), min_size=count, max_size=count))
    return cycle_s, greens, draw(st.lists(st.integers(3, 30), min_size=count - 1, max_size=count - 1))


@settings(max_examples=12)
@given(small_streets())
def test_no_whole_offsets_give_wider_bands(case):
    cycle_s, greens, travel_s = case
    found = sum(widths(green_wave(street(cycle_s, greens, travel_s))))
    assert found == pytest.approx(by_trying_all_offsets(cycle_s, greens, travel_s), abs=0.02)
