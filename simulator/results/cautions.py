"""Tells when the means of a run mislead, in German and English."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.study.numbers import number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.results.run_result import RunResult
    from simulator.study.numbers import Language

MOST_UNFINISHED_SHARE = 0.05
"""Of the trips done; with more the means are warned of."""


def warnings_of(result: RunResult, languages: Sequence[Language] = ("de", "en")) -> list[str]:
    """One sentence in each language where too many trips were unfinished; none where the means can be compared."""
    done, unfinished = result.figures["trips_done"] or 0.0, result.figures["trips_unfinished"] or 0.0
    said = (unfinished_warning(done, unfinished, language) for language in languages)
    return [one for one in said if one is not None]


def unfinished_warning(done: float, unfinished: float, language: Language) -> str | None:
    """The sentence for these numbers of trips; None where the means can be compared."""
    if unfinished <= MOST_UNFINISHED_SHARE * done:
        return None
    say = _german if language == "de" else _english
    return say(number(done, 0, language), number(unfinished, 0, language))


def _german(done: str, unfinished: str) -> str:
    return (
        f"Am Ende waren {unfinished} Fahrten noch unterwegs, {done} beendet: Die Mittelwerte je Fahrt zählen nur die "
        "beendeten und sind zu günstig; aussagekräftiger ist der Zeitverlust aller Fahrten."
    )


def _english(done: str, unfinished: str) -> str:
    return (
        f"At the end {unfinished} trips were still under way and {done} done: the means per trip count only those done "
        "and are too favourable; the delay of all trips says more."
    )
