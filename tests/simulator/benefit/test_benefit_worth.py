"""Worth of signs: values by hand, what is looked at together, intervals."""

from __future__ import annotations

import pytest

from simulator.benefit.figures import MAIN
from simulator.benefit.worth import HIGH_RATES, LOW_RATES, DaysPerYear, Rates, Worth, held_together, value_per_year
from simulator.study.intervals import Interval, compare

DAYS = DaysPerYear(low=10, high=20)


def figures(hours, km=0.0, co2_kg=0.0):
    return {MAIN: hours, "parker_km": km, "co2_kg": co2_kg}


def worth_of(sign_id, differences):
    comparison = compare(MAIN, [(100.0, 100.0 + difference) for difference in differences])
    return Worth(sign_id=sign_id, comparisons={MAIN: comparison}, turned_veh=1.0, eur_year=Interval(low=1.0, high=2.0))


def test_a_run_is_worth_its_hours_kilometres_and_tonnes():
    """2 h at 10 EUR, 30 km at 0.2 EUR, 500 kg at 100 EUR/t: 20 + 6 + 50."""
    rates = Rates(time_eur_h=10.0, running_eur_km=0.2, co2_eur_t=100.0)
    assert rates.value_eur(figures(2.0, 30.0, 500.0)) == pytest.approx(76.0)


def test_a_benefit_that_never_varies_spans_the_rates_and_the_days():
    """One hour saved in every run: 6 EUR on 10 days to 12 EUR on 20 days."""
    with_signs = {seed: figures(9.0) for seed in (1, 2, 3)}
    without = {seed: figures(10.0) for seed in (1, 2, 3)}
    assert (LOW_RATES.time_eur_h, HIGH_RATES.time_eur_h) == (6.0, 12.0)
    value = value_per_year(with_signs, without, DAYS, 0.95)
    assert (value.low, value.high) == (pytest.approx(60.0), pytest.approx(240.0))


def test_a_loss_is_largest_with_high_rates_and_many_days():
    value = value_per_year({1: figures(10.0), 2: figures(10.0)}, {1: figures(9.0), 2: figures(9.0)}, DAYS, 0.95)
    assert (value.low, value.high) == (pytest.approx(-240.0), pytest.approx(-60.0))


def test_one_pair_of_runs_has_no_value():
    assert value_per_year({1: figures(9.0)}, {1: figures(10.0)}, DAYS, 0.95) is None


def test_signs_are_judged_together_and_those_that_fall_short_lose_their_value():
    """Alone the second would be significant at 5 %; of four signs it must reach 1.25 to 5 %."""
    strong, weak = worth_of("A", (1.0, 1.1, 0.9, 1.0)), worth_of("B", (1.0, 0.4, 1.2, 0.5))
    nothing = [worth_of(name, (0.5, -0.5, 0.3, -0.3)) for name in "CD"]
    assert weak.main.excludes_zero
    judged = {one.sign_id: one for one in held_together([strong, weak, *nothing])}
    assert [judged[name].is_proven for name in "ABCD"] == [True, False, False, False]
    assert judged["A"].eur_year is not None
    assert judged["B"].eur_year is None


def test_intervals_shrink_with_the_number_of_runs():
    spread = (1.0, -1.0, 2.0, -2.0)
    widths = [compare(MAIN, [(0.0, value) for value in spread * times]).interval.half_width for times in (1, 3, 9)]
    assert widths[0] > widths[1] > widths[2] > 0.0
