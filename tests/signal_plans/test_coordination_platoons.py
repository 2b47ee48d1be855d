from __future__ import annotations

import pytest

from signal_plans.coordination.arterial import Arterial, ArterialSignal, CoordinatedGreen, SectionWay, SpeedRange
from signal_plans.coordination.green_wave import green_wave
from signal_plans.coordination.platoons import StreetFlows, _dispersed, _queue, progress
from signal_plans.coordination.refining import cost_s, refined, street_cost, wanted_times_s
from signal_plans.programme import GreenWindow

SPEED = SpeedRange(wanted_m_s=10.0, slowest_m_s=10.0, fastest_m_s=10.0)


def street(greens, lengths_m, cycle_s=60):
    signals = []
    for i, (start_s, length_s) in enumerate(greens):
        green = CoordinatedGreen(window=GreenWindow(start_s=start_s, length_s=length_s))
        signals.append(ArterialSignal(id=str(i), outbound=green, inbound=green))
    ways = tuple(SectionWay(length_m=length_m, speed=SPEED) for length_m in lengths_m)
    return Arterial(cycle_s=cycle_s, signals=tuple(signals), outbound=ways, inbound=ways)


def flows(count, outbound=600.0, inbound=600.0, turning=0.0):
    return StreetFlows(
        outbound_veh_h=outbound,
        inbound_veh_h=inbound,
        saturation_veh_h=((1_800.0, 1_800.0),) * count,
        turning_share=turning,
    )


def test_even_arrivals_wait_as_the_uniform_delay_formula_says():
    # C = 60 s, g = 30 s, 1/6 veh/s against 1/2 veh/s: 0.5 * 60 * 0.5^2 / (1 - 1/3) = 11.25 s
    light = [0.0] * 30 + [0.5] * 30
    _, _, waited_s = _queue([1 / 6] * 60, light)
    assert waited_s / 10.0 == pytest.approx(11.25, abs=0.3)  # steps of a second


def test_vehicles_stop_in_red_and_those_that_lose_little_count_in_part():
    # loss falls from 30 s by 2/3 s each second (1/6 veh/s against 1/2 veh/s) to 0 after 45 s; below 8 s, which is for
    # its last 12 s, it counts by its share of 8 s: (33 + 12 / 2) / 6 = 6.5 of 10 vehicles
    _, stopped, _ = _queue([1 / 6] * 60, [0.0] * 30 + [0.5] * 30)
    assert stopped == pytest.approx(6.5, abs=0.2)


def test_all_that_arrives_leaves():
    leaving, _, _ = _queue([1 / 6] * 60, [0.0] * 30 + [0.5] * 30)
    assert sum(leaving) == pytest.approx(10.0)


def test_first_vehicles_of_a_platoon_arrive_after_four_fifths_of_the_travel_time():
    # F = 1 / (1 + 0.35 * 0.8 * 10) = 1 / 3.8
    arriving = _dispersed([1.0] + [0.0] * 59, 10.0)
    assert arriving[7] < 0.001
    assert arriving[8] == pytest.approx(1 / 3.8, abs=1e-4)
    assert arriving[9] == pytest.approx(1 / 3.8 * (1 - 1 / 3.8), abs=1e-4)
    assert sum(arriving) == pytest.approx(1.0, abs=1e-6)


def test_offset_of_the_travel_time_saves_stops_against_the_opposite_one():
    one_way = street([(0, 30), (0, 30)], [200.0])
    good = progress(one_way, (0, 20), flows(2, inbound=0.0), (20.0,), (20.0,))
    bad = progress(one_way, (0, 50), flows(2, inbound=0.0), (20.0,), (20.0,))
    assert good.stops_veh < 0.25
    assert bad.stops_veh > 0.75
    assert good.delay_s < 3.0
    assert bad.delay_s > 20.0


def test_means_of_both_directions_are_weighted_by_their_vehicles():
    result = progress(street([(0, 30), (0, 30)], [200.0]), (0, 20), flows(2, 900.0, 300.0), (20.0,), (20.0,))
    assert result.stops_veh == pytest.approx((3 * result.outbound[0] + result.inbound[0]) / 4)
    assert result.delay_s == pytest.approx((3 * result.outbound[1] + result.inbound[1]) / 4)


def test_street_that_turns_round_has_its_directions_exchanged():
    there = progress(street([(0, 25), (0, 35)], [200.0]), (0, 20), flows(2, 700.0, 400.0, 0.2), (20.0,), (20.0,))
    back = progress(street([(0, 35), (0, 25)], [200.0]), (20, 0), flows(2, 400.0, 700.0, 0.2), (20.0,), (20.0,))
    assert there.outbound == pytest.approx(back.inbound)
    assert there.inbound == pytest.approx(back.outbound)


def test_empty_street_has_no_delay():
    result = progress(street([(0, 30), (0, 30)], [200.0]), (0, 20), flows(2, 0.0, 0.0), (20.0,), (20.0,))
    assert (result.stops_veh, result.delay_s) == (0.0, 0.0)


def test_refined_offsets_keep_their_share_of_the_bands_and_cost_no_more():
    arterial = street([(0, 30), (10, 40), (25, 26), (0, 35)], [180.0, 260.0, 150.0])
    wave = green_wave(arterial)
    better = refined(arterial, wave, street_cost(arterial, flows(4)), 0.8)
    times_s = wanted_times_s(arterial)
    before, after = (cost_s(progress(arterial, found.offsets_s, flows(4), *times_s)) for found in (wave, better))
    assert after <= before
    assert better.outbound.width_s >= 0.8 * wave.outbound.width_s - 1e-5
    assert better.inbound.width_s >= 0.8 * wave.inbound.width_s - 1e-5
    assert better.offsets_s[0] == 0


def test_wave_that_may_lose_nothing_keeps_its_bands():
    arterial = street([(0, 30), (0, 30)], [300.0])
    wave = green_wave(arterial)
    kept = refined(arterial, wave, street_cost(arterial, flows(2)), 1.0)
    assert (kept.outbound.width_s, kept.inbound.width_s) == pytest.approx((30.0, 30.0))
