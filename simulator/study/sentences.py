"""Plain sentences on what a study proves and what it does not, in German and English.

The main figure is judged alone.  Of the others a change is called one only if it holds with all of them looked at
together (Holm); the interval that is printed is that of the figure alone.  Nowhere does a sentence say that two
scenarios are the same because no difference was found, unless they agree in every single pair.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.results.cautions import unfinished_warning
from simulator.study.numbers import decimals_for, number, percent
from simulator.study.phrases import phrase_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.study.intervals import Comparison, Interval
    from simulator.study.numbers import Language
    from simulator.study.phrases import Phrase


def sentences(comparisons: Mapping[str, Comparison], confidence: float, language: Language) -> tuple[str, ...]:
    """One sentence for each figure of a variant: first the changes, then what is not proven, then what is unchanged."""
    ordered = sorted(comparisons.values(), key=_rank)
    return (*_caution(comparisons, language), *(sentence(one, confidence, language) for one in ordered))


def _caution(comparisons: Mapping[str, Comparison], language: Language) -> tuple[str, ...]:
    """What has to be said before the means, where too many trips of the base or the variant did not end."""
    done, unfinished = comparisons.get("trips_done"), comparisons.get("trips_unfinished")
    if done is None or unfinished is None:
        return ()
    worst = max(
        (
            (done.base_mean or 0.0, unfinished.base_mean or 0.0),
            (done.variant_mean or 0.0, unfinished.variant_mean or 0.0),
        ),
        key=lambda means: means[1] / max(1.0, means[0]),
    )
    said = unfinished_warning(*worst, language)
    return () if said is None else (said,)


def _rank(one: Comparison) -> int:
    if one.unchanged:
        return 2
    return 0 if one.significant else 1


def sentence(one: Comparison, confidence: float, language: Language) -> str:
    """What the pairs say of one figure."""
    phrase = phrase_of(one.figure)
    text = _german(one, phrase, confidence) if language == "de" else _english(one, phrase, confidence)
    return text[0].upper() + text[1:]


def _german(one: Comparison, phrase: Phrase, confidence: float) -> str:
    if one.difference is None:
        return f"für {phrase.object_de} gibt es keinen Vergleich: kein Laufpaar hat in beiden Fällen einen Wert."
    if one.unchanged:
        runs = f"in allen {one.pairs} Laufpaaren" if one.pairs > 1 else "im einzigen Laufpaar"
        return f"{phrase.subject_de} ist {runs} gleich."
    if one.interval is None:
        change = _with_unit(number(one.difference, 1, "de", signed=True), phrase.unit_de)
        return f"für {phrase.object_de} gibt es nur ein Laufpaar ({change}); daraus folgt nichts Gesichertes."
    details = _interval(one, one.interval, confidence, phrase.unit_de, "de")
    if one.significant:
        verb = "sinkt" if one.difference < 0 else "steigt"
        amount = _with_unit(number(abs(one.difference), _decimals(one.interval), "de"), phrase.unit_de)
        return f"{phrase.subject_de} {verb} um {amount} ({details})."
    if one.excludes_zero:
        return (
            f"für {phrase.object_de} ist mit {one.pairs} Laufpaaren ein Unterschied nicht gesichert ({details}): für "
            "sich allein wäre er es, bei gleichzeitiger Prüfung der Größen nicht."
        )
    return f"für {phrase.object_de} ist mit {one.pairs} Laufpaaren kein Unterschied nachweisbar ({details})."


def _english(one: Comparison, phrase: Phrase, confidence: float) -> str:
    if one.difference is None:
        return f"for {phrase.subject_en} there is no comparison: no pair of runs has a value on both sides."
    if one.unchanged:
        runs = f"in all {one.pairs} pairs of runs" if one.pairs > 1 else "in the only pair of runs"
        return f"{phrase.subject_en} is the same {runs}."
    if one.interval is None:
        change = _with_unit(number(one.difference, 1, "en", signed=True), phrase.unit_en)
        return f"for {phrase.subject_en} there is only one pair of runs ({change}); it proves nothing."
    details = _interval(one, one.interval, confidence, phrase.unit_en, "en")
    if one.significant:
        verb = "falls" if one.difference < 0 else "rises"
        amount = _with_unit(number(abs(one.difference), _decimals(one.interval), "en"), phrase.unit_en)
        return f"{phrase.subject_en} {verb} by {amount} ({details})."
    if one.excludes_zero:
        return (
            f"for {phrase.subject_en}, {one.pairs} pairs of runs do not establish a difference ({details}): alone it "
            "would be significant, with all figures tested together it is not."
        )
    return f"for {phrase.subject_en}, {one.pairs} pairs of runs show no significant difference ({details})."


def _interval(one: Comparison, interval: Interval, confidence: float, unit: str, language: Language) -> str:
    """Limits of the interval and the relative change; of a significant fall the limits of the fall, as it is said."""
    low, high = interval.low, interval.high
    signed = not one.significant
    if one.significant and high < 0:
        low, high = -high, -low
    decimals = _decimals(interval)
    limits = [number(value, decimals, language, signed=signed) for value in (low, high)]
    level = number(100.0 * confidence, 0 if round(100.0 * confidence, 6).is_integer() else 1, language)
    if language == "de":
        text = f"{level}-%-Intervall {limits[0]} bis {_with_unit(limits[1], unit)}"
    else:
        text = f"{level} % interval {limits[0]} to {_with_unit(limits[1], unit)}"
    return text if one.relative is None else f"{text}, {percent(one.relative, language)}"


def _decimals(interval: Interval) -> int:
    return decimals_for(interval.half_width)


def _with_unit(text: str, unit: str) -> str:
    return f"{text} {unit}" if unit else text
