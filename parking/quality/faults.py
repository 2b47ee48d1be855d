"""Faults of a car park's data, and what a person reads of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FaultRule(StrEnum):
    """Which rule found the fault, the weightiest first."""

    COUNTS = "counts"
    """The level does not follow the entries and exits that are counted."""
    FROZEN = "frozen"
    """The level stands still at an hour at which it usually moves."""
    FROZEN_TOGETHER = "frozen_together"
    """All car parks stand still at once."""
    CONSTANT = "constant"
    """The level has stayed within a narrow band for a day or more."""
    STUCK = "stuck"
    """The level has been none or all for days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FacilityFault:
    """Why nothing is said of a car park although it reports."""

    rule: FaultRule
    since_s: float
    """When the rule found it."""
    from_s: float
    """Since when the data have been doubtful, as far as known."""
    explanation_de: str
    explanation_en: str


def span_words(span_s: float) -> tuple[str, str]:
    """A length of time in German and English: minutes up to two hours, hours up to two days, then days."""
    if span_s < 7_200.0:
        number = round(span_s / 60.0)
        return f"{number} Minuten", f"{number} minutes"
    if span_s < 172_800.0:
        number = round(span_s / 3_600.0)
        return f"{number} Stunden", f"{number} hours"
    number = round(span_s / 86_400.0)
    return f"{number} Tagen", f"{number} days"


def frozen_words(free_veh: int | None, span_s: float, expected: float) -> tuple[str, str]:
    """Explanation of a level that stands still; `expected` is how many changes were to be expected meanwhile.

    `free_veh` is None where the car park only counts who comes and goes.
    """
    de, en = span_words(span_s)
    if free_veh is None:
        return (
            f"seit {de} weder Ein- noch Ausfahrten gezählt; üblich wären zu dieser Zeit etwa {expected:.0f} Änderungen",
            f"neither entries nor exits counted for {en}; about {expected:.0f} changes would be usual at this hour",
        )
    return (
        f"seit {de} unverändert {free_veh} freie Plätze gemeldet; üblich wären jetzt etwa {expected:.0f} Änderungen",
        f"{free_veh} free spaces reported unchanged for {en}; about {expected:.0f} changes would be usual at this hour",
    )


def together_words(number: int, span_s: float) -> tuple[str, str]:
    """Explanation of several car parks that stand still at once."""
    de, en = span_words(span_s)
    return (
        f"seit {de} ändert sich an {number} Parkmöglichkeiten gleichzeitig nichts",
        f"nothing has changed at {number} car parks at once for {en}",
    )


def constant_words(low_veh: int, high_veh: int, span_s: float) -> tuple[str, str]:
    """Explanation of a level that stays within a narrow band."""
    de, en = span_words(span_s)
    band_de = f"{low_veh}" if low_veh == high_veh else f"{low_veh} bis {high_veh}"
    band_en = f"{low_veh}" if low_veh == high_veh else f"{low_veh} to {high_veh}"
    return (
        f"seit {de} dauernd {band_de} freie Plätze gemeldet",
        f"{band_en} free spaces reported all the time for {en}",
    )


def counts_words(change_veh: int, net_veh: int, span_s: float) -> tuple[str, str]:
    """Explanation of a level that does not follow its counts; `net_veh` entered more than left."""
    de, en = span_words(span_s)
    return (
        f"Belegung änderte sich in {de} um {change_veh:+d}, gezählt wurden Ein- minus Ausfahrten {net_veh:+d}",
        f"occupancy changed by {change_veh:+d} in {en}, entries less exits counted were {net_veh:+d}",
    )
