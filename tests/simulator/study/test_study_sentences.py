"""What is said of a study: changes, what is not proven, and what is the same."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulator.results.run_result import FIGURES
from simulator.study.intervals import Comparison, Interval, compare, compare_all
from simulator.study.method_notes import method_notes
from simulator.study.numbers import decimals_for, number, percent
from simulator.study.phrases import PHRASES, phrase_of
from simulator.study.sentences import sentence, sentences
from simulator.study.stopping import StoppingRule
from simulator.study.study_result import FailedRun, StudyResult

RISE = Comparison(
    figure="mean_delay_s",
    pairs=10,
    undefined=0,
    base_mean=39.7,
    variant_mean=52.0,
    difference=12.3,
    relative=0.31,
    interval=Interval(low=9.8, high=14.8),
    p_value=0.0001,
    excludes_zero=True,
    significant=True,
    unchanged=False,
)


def _both(one):
    return sentence(one, 0.95, "de"), sentence(one, 0.95, "en")


def test_a_rise_is_told_with_its_interval_and_share():
    assert _both(RISE) == (
        "Der mittlere Zeitverlust je Fahrt steigt um 12,3 s (95-%-Intervall 9,8 bis 14,8 s, +31 %).",
        "The mean delay per trip rises by 12.3 s (95 % interval 9.8 to 14.8 s, +31 %).",
    )


def test_a_fall_is_told_as_the_amount_it_falls_by():
    fall = replace(
        RISE, figure="driven_km", difference=-1234.0, relative=-0.024, interval=Interval(low=-1474.0, high=-994.0)
    )
    assert _both(fall) == (
        "Die Fahrleistung sinkt um 1.234 km (95-%-Intervall 994 bis 1.474 km, −2,4 %).",
        "The distance driven falls by 1,234 km (95 % interval 994 to 1,474 km, −2.4 %).",
    )


def test_what_is_not_proven_is_not_called_equal():
    open_ = replace(
        RISE,
        difference=0.5,
        relative=0.0126,
        interval=Interval(low=-1.2, high=2.2),
        excludes_zero=False,
        significant=False,
    )
    assert _both(open_) == (
        (
            "Für den mittleren Zeitverlust je Fahrt ist mit 10 Laufpaaren kein Unterschied nachweisbar "
            "(95-%-Intervall −1,2 bis +2,2 s, +1,3 %)."
        ),
        (
            "For the mean delay per trip, 10 pairs of runs show no significant difference "
            "(95 % interval −1.2 to +2.2 s, +1.3 %)."
        ),
    )


def test_what_holds_alone_but_not_among_all_figures_says_so():
    german, english = _both(replace(RISE, significant=False))
    assert "nicht gesichert (95-%-Intervall +9,8 bis +14,8 s, +31 %)" in german
    assert "bei gleichzeitiger Prüfung der Größen nicht" in german
    assert "do not establish a difference" in english
    assert "with all figures tested together it is not" in english


def test_equal_pairs_are_called_the_same():
    assert _both(compare("trips_done", [(5.0, 5.0), (6.0, 6.0)])) == (
        "Die Zahl der beendeten Fahrten ist in allen 2 Laufpaaren gleich.",
        "The number of trips done is the same in all 2 pairs of runs.",
    )


def test_one_pair_proves_nothing_and_none_is_no_comparison():
    german, english = _both(compare("longest_queue_veh", [(5.0, 8.0)]))
    assert german == (
        "Für den längsten Stau einer Zufahrt gibt es nur ein Laufpaar (+3,0 Fahrzeuge); "
        "daraus folgt nichts Gesichertes."
    )
    assert (
        english
        == "For the longest queue of an approach there is only one pair of runs (+3.0 vehicles); it proves nothing."
    )
    german, english = _both(compare("parking_search_s", [(None, 8.0)]))
    assert german.startswith("Für die mittlere Parksuchzeit gibt es keinen Vergleich")
    assert english.startswith("For the mean time to find a place to park there is no comparison")


def test_changes_come_before_what_is_open_and_what_is_the_same():
    base = {seed: {"a": 1.0, "b": 1.0, "c": 1.0} for seed in (1, 2, 3)}
    variant = {seed: {"a": 1.0, "b": (0.0, 2.0, 3.0)[seed - 1], "c": 2.0} for seed in (1, 2, 3)}
    told = sentences(compare_all(base, variant), 0.95, "en")
    assert [text.split("”")[0].split("“")[1] for text in told] == ["c", "b", "a"]


def test_every_figure_has_a_phrase():
    assert sorted(PHRASES) == sorted(figure.name for figure in FIGURES)
    assert phrase_of("new_figure").subject_en == "the figure “new_figure”"


def test_other_confidences_are_named():
    assert "99-%-Intervall" in sentence(RISE, 0.99, "de")
    assert "97.5 % interval" in sentence(RISE, 0.975, "en")


@pytest.mark.parametrize(
    ("half_width", "decimals"), [(250.0, 0), (12.0, 0), (9.9, 1), (2.5, 1), (0.25, 2), (0.0123, 3), (1e-9, 4), (0.0, 1)]
)
def test_two_digits_of_the_uncertainty_are_left(half_width, decimals):
    assert decimals_for(half_width) == decimals


@pytest.mark.parametrize(
    ("value", "decimals", "german", "english"),
    [
        (1234567.891, 2, "+1.234.567,89", "+1,234,567.89"),
        (-1234.5, 1, "−1.234,5", "−1,234.5"),
        (-0.04, 1, "0,0", "0.0"),
        (0.0, 0, "0", "0"),
    ],
)
def test_numbers_are_written_as_each_language_does(value, decimals, german, english):
    assert number(value, decimals, "de", signed=True) == german
    assert number(value, decimals, "en", signed=True) == english


def test_shares_have_a_decimal_where_they_are_small():
    assert [percent(share, "de") for share in (0.3149, -0.0314, 0.0, 12.0)] == ["+31 %", "−3,1 %", "0,0 %", "+1.200 %"]


def _result(**changes):
    values = {
        "base_id": "base",
        "variant_ids": ("closed",),
        "fingerprints": {},
        "rule": StoppingRule(),
        "stopped_because": "narrow_enough",
        "seeds": (1, 2, 3, 4, 5, 6),
        "failed": (),
        "estimates": {},
        "comparisons": {},
        "mean_seeds": (),
        "mean_tables": {},
    }
    return StudyResult(**(values | changes))


def test_the_notes_tell_seeds_correction_stop_and_its_price():
    german, english = (" ".join(method_notes(_result(), language)) for language in ("de", "en"))
    for said in (
        "6 Startwerten (1–6)",
        "Holm",
        "Hauptgröße (Mittlerer Zeitverlust je Fahrt)",
        "schmal genug",
        "etwas seltener als angegeben",
    ):
        assert said in german
    for said in ("6 seeds (1–6)", "Holm", "narrow enough", "a little less often"):
        assert said in english
    assert "Fehlgeschlagen" not in german


def test_the_notes_name_failed_runs():
    result = _result(failed=(FailedRun(scenario_id="closed", seed=4, reason="ValueError: no"),))
    assert "closed, Startwert 4: ValueError: no" in method_notes(result, "de")[-1]
    assert "closed, seed 4: ValueError: no" in method_notes(result, "en")[-1]


def test_a_fixed_number_of_seeds_has_no_word_on_stopping():
    result = _result(rule=StoppingRule(n_min=6, n_max=6), stopped_because="all_seeds_done")
    assert len(method_notes(result, "de")) == len(method_notes(result, "en")) == 2


def test_many_unfinished_trips_are_told_before_any_mean():
    """10 % of the trips of the variant did not end; the base has 1 %."""
    base = {seed: {"trips_done": 1_000.0 + seed, "trips_unfinished": 10.0} for seed in (1, 2, 3)}
    variant = {seed: {"trips_done": 900.0 + seed, "trips_unfinished": 90.0 + seed} for seed in (1, 2, 3)}
    first = sentences(compare_all(base, variant), 0.95, "en")[0]
    assert "92 trips were still under way" in first
    assert "902 done" in first
    calm = sentences(compare_all(base, base), 0.95, "de")
    assert not any("unterwegs" in said for said in calm)
