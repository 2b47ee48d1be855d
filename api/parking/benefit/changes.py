"""A change and its interval as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.study.numbers import decimals_for, number

if TYPE_CHECKING:
    from api.parking.benefit.content import Cell
    from simulator.results.run_result import Figure
    from simulator.study.intervals import Comparison
    from simulator.study.numbers import Language

SHARES = frozenset({"as_wanted_share"})
"""Shown in percent."""


def _unproven(one: Comparison, language: Language) -> str:
    """What to say of a change whose interval may exclude 0, but not with all that is judged together."""
    if not one.excludes_zero:
        return nothing(one, language)
    if language == "de":
        return "für sich allein gesichert, mit den anderen zusammen nicht"
    return "significant alone, but not together with the others"


def nothing(one: Comparison, language: Language) -> str:
    """What is said where no change is shown."""
    if one.unchanged:
        return "genau 0" if language == "de" else "exactly 0"
    return "von 0 nicht zu unterscheiden" if language == "de" else "not distinguishable from 0"


def change(one: Comparison, figure: Figure, language: Language) -> str:
    """What the signs change, with its interval; only what is significant has a number of its own."""
    if one.difference is None:
        return "-"
    if one.unchanged:
        return nothing(one, language)
    if one.interval is None:
        only = number(-one.difference * scale(figure), 1, language, signed=True)
        return f"nur ein Laufpaar ({only})" if language == "de" else f"one pair of runs only ({only})"
    low, high = -one.interval.high * scale(figure), -one.interval.low * scale(figure)
    decimals = min(2, decimals_for((high - low) / 2.0))
    ends = [number(end, decimals, language, signed=True) for end in (low, high)]
    span = f"{ends[0]} bis {ends[1]}" if language == "de" else f"{ends[0]} to {ends[1]}"
    if not one.significant:
        return f"{_unproven(one, language)} ({span})"
    return f"{number(-one.difference * scale(figure), decimals, language, signed=True)} ({span})"


def mean_of(value: float | None, figure: Figure, language: Language) -> str:
    """Mean of a figure, in its unit."""
    if value is None:
        return "-"
    scaled = value * scale(figure)
    return number(scaled, 0 if abs(scaled) >= 100.0 else 1, language)


def scale(figure: Figure) -> float:
    """What a figure is shown in: shares in percent."""
    return 100.0 if figure.name in SHARES else 1.0


def kappa_of(cell: Cell, language: Language) -> str:
    """Share of drivers who obey, as the language writes it."""
    return f"{cell.kappa:g}".replace(".", "," if language == "de" else ".")
